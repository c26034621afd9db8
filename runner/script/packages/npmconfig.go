package packages

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"postie/collections/regex"
)

var errNoRegistry = errors.New("no npm registry is configured: set npm_config_registry, or registry= in ~/.npmrc")

// FindRegistry reads npm's configuration: first the environment, then the
// user's .npmrc, then the system's. It does not read the .npmrc of a project: a
// folder must not decide where code comes from. When no registry is configured,
// npm is asked for its default at the first fetch.
func FindRegistry(getenv func(string) string) (*Registry, error) {
	c := readConfig(getenv)
	r := &Registry{Client: &http.Client{Timeout: 2 * time.Minute}, Scopes: c.scopes(), ask: askNPM(c.home)}
	if text := c.setting("registry"); text != "" {
		u, err := url.Parse(text)
		if err != nil || u.Host == "" {
			return nil, fmt.Errorf("npm registry %q is not a URL", text)
		}
		r.URL = strings.TrimRight(text, "/")
		r.Token = c.files["//"+u.Host+strings.TrimRight(u.Path, "/")+"/:_authToken"]
	}
	return r, nil
}

// A config is npm's configuration from the environment and from files.
type config struct {
	getenv func(string) string
	home   string            // "" when it is unknown
	files  map[string]string // the user's settings override the system's
}

func readConfig(getenv func(string) string) *config {
	c := &config{getenv: getenv, home: cmp.Or(getenv("HOME"), getenv("USERPROFILE"))}
	user := c.env("userconfig")
	if user == "" && c.home != "" {
		user = filepath.Join(c.home, ".npmrc")
	}
	c.files = c.read(c.env("globalconfig"))
	maps.Copy(c.files, c.read(user))
	return c
}

// env returns a setting from the environment.
func (c *config) env(name string) string {
	return cmp.Or(c.getenv("npm_config_"+name), c.getenv("NPM_CONFIG_"+strings.ToUpper(name)))
}

func (c *config) setting(name string) string { return cmp.Or(c.env(name), c.files[name]) }

// scopes returns the registries of scopes, from settings such as
// "@team:registry".
func (c *config) scopes() map[string]string {
	out := map[string]string{}
	for key, value := range c.files {
		if scope, ok := strings.CutSuffix(key, ":registry"); ok && strings.HasPrefix(scope, "@") {
			out[scope] = strings.TrimRight(value, "/")
		}
	}
	return out
}

// envReference matches a reference to an environment variable in a value.
var envReference = regex.Lazy(`\$\{([^}]+)\}`)

// read reads the key=value lines of a file. A missing file has no lines.
func (c *config) read(name string) map[string]string {
	out := map[string]string{}
	if name == "" {
		return out
	}
	f, err := os.Open(name)
	if err != nil {
		return out
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		key, value, ok := strings.Cut(strings.TrimSpace(lines.Text()), "=")
		if !ok || strings.HasPrefix(key, "#") || strings.HasPrefix(key, ";") {
			continue
		}
		value = envReference().ReplaceAllStringFunc(strings.Trim(strings.TrimSpace(value), `"`), func(ref string) string {
			return cmp.Or(c.getenv(ref[2:len(ref)-1]), ref)
		})
		out[strings.TrimSpace(key)] = value
	}
	return out
}

// askNPM asks npm for the registry: npm reads further files of the system, and
// knows its default. The option --global keeps npm from reading the caller's
// folder.
func askNPM(home string) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		cmd := exec.CommandContext(ctx, "npm", "config", "get", "registry", "--global")
		cmd.Dir = cmp.Or(home, string(filepath.Separator))
		cmd.WaitDelay = time.Second
		out, err := cmd.Output()
		u, bad := url.Parse(strings.TrimSpace(string(out)))
		if err != nil || bad != nil || u.Host == "" {
			return "", cmp.Or(context.Cause(ctx), errNoRegistry)
		}
		return strings.TrimRight(u.String(), "/"), nil
	}
}

// origin returns a text with everything that decides where a package comes
// from, so it differs for different registries.
func (r *Registry) origin() string {
	out := []string{cmp.Or(r.URL, "npm's default")}
	for _, scope := range slices.Sorted(maps.Keys(r.Scopes)) {
		out = append(out, scope+" "+r.Scopes[scope])
	}
	return strings.Join(out, "\n")
}
