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
	Scopes map[string]string // of a scope's own, by "@scope"
	Token  string            // sent as Bearer; "" for none
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
	r.Scopes = scopes(settings)
	r.Token = settings["//"+u.Host+strings.TrimRight(u.Path, "/")+"/:_authToken"]
	return r, nil
}

// scopes are the registries of settings such as "@team:registry".
func scopes(settings map[string]string) map[string]string {
	out := map[string]string{}
	for key, value := range settings {
		if scope, ok := strings.CutSuffix(key, ":registry"); ok && strings.HasPrefix(scope, "@") {
			out[scope] = strings.TrimRight(value, "/")
		}
	}
	return out
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
	address := p.Archive
	if address == "" {
		base, err := r.base(p.Name)
		if err != nil {
			return nil, err
		}
		address = fmt.Sprintf("%s/%s/-/%s-%s.tgz", base, p.Name, path.Base(p.Name), p.Version)
	}
	archive, err := r.get(ctx, address, "")
	if err != nil {
		return nil, fmt.Errorf("%s@%s: %w", p.Name, p.Version, err)
	}
	return archive, p.verify(archive)
}

// get reads an address of the registry, or of a scope's own. Only the
// registry itself is given the token.
func (r *Registry) get(ctx context.Context, address, accept string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	if accept != "" {
		req.Header.Set("Accept", accept)
	}
	if r.Token != "" && strings.HasPrefix(address, r.URL+"/") {
		req.Header.Set("Authorization", "Bearer "+r.Token)
	}
	resp, err := r.Client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the registry answers %s", resp.Status)
	}
	return io.ReadAll(io.LimitReader(resp.Body, maxArchive))
}

// base is the address of the registry that has name: its scope's, if npm's
// configuration names one, else the one for all. JSR is always a scope's.
func (r *Registry) base(name string) (string, error) {
	scope, _, scoped := strings.Cut(name, "/")
	if scoped && r.Scopes[scope] != "" {
		return r.Scopes[scope], nil
	}
	if scope == "@jsr" {
		return "", errors.New("no registry is configured for jsr: set @jsr:registry= in ~/.npmrc")
	}
	return r.URL, nil
}
