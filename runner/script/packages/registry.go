package packages

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"time"
)

// A Registry is an npm registry.
type Registry struct {
	URL    string
	Token  string // sent as Bearer; "" for none
	Client *http.Client
}

var errNoRegistry = errors.New("no npm registry is configured: set npm_config_registry, or registry= in ~/.npmrc")

// FindRegistry reads npm's configuration: the environment, then .npmrc in the
// home folder, then npm itself.
func FindRegistry(ctx context.Context, getenv func(string) string) (*Registry, error) {
	r := &Registry{Client: &http.Client{Timeout: 2 * time.Minute}}
	settings := npmrc(filepath.Join(getenv("HOME"), ".npmrc"))
	for _, found := range []string{getenv("npm_config_registry"), getenv("NPM_CONFIG_REGISTRY"), settings["registry"]} {
		if found != "" {
			r.URL = found
			break
		}
	}
	if r.URL == "" {
		out, err := exec.CommandContext(ctx, "npm", "config", "get", "registry").Output()
		if err != nil {
			return nil, errNoRegistry
		}
		r.URL = strings.TrimSpace(string(out))
	}
	u, err := url.Parse(r.URL)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("npm registry %q is not a URL", r.URL)
	}
	r.URL = strings.TrimRight(r.URL, "/")
	r.Token = settings["//"+u.Host+strings.TrimRight(u.Path, "/")+"/:_authToken"]
	return r, nil
}

// npmrc reads key=value lines; a file that is not there has none.
func npmrc(name string) map[string]string {
	out := map[string]string{}
	f, err := os.Open(name)
	if err != nil {
		return out
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		key, value, ok := strings.Cut(lines.Text(), "=")
		if ok && !strings.HasPrefix(strings.TrimSpace(key), "#") {
			out[strings.TrimSpace(key)] = strings.Trim(strings.TrimSpace(value), `"`)
		}
	}
	return out
}

// maxArchive bounds a package's archive.
const maxArchive = 64 << 20

// fetch gets a package's archive and verifies it.
func (r *Registry) fetch(ctx context.Context, p *locked) ([]byte, error) {
	address := fmt.Sprintf("%s/%s/-/%s-%s.tgz", r.URL, p.Name, path.Base(p.Name), p.Version)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	if r.Token != "" {
		req.Header.Set("Authorization", "Bearer "+r.Token)
	}
	resp, err := r.Client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%s@%s: %w", p.Name, p.Version, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s@%s: the registry answers %s", p.Name, p.Version, resp.Status)
	}
	archive, err := io.ReadAll(io.LimitReader(resp.Body, maxArchive))
	if err != nil {
		return nil, fmt.Errorf("%s@%s: %w", p.Name, p.Version, err)
	}
	return archive, p.verify(archive)
}
