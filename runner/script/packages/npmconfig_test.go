package packages

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The environment, the user's and the system's files name the registry, in
// that order. Files of the folder that a run starts in do not.
func TestPromise_78_FoldersNameNoRegistry(t *testing.T) {
	top := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		file := filepath.Join(top, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	write("project/.npmrc", "registry=http://foreign.test/\n@team:registry=http://foreign.test/\n")
	write("project/package.json", `{"workspaces":["*"]}`)
	write("home/.npmrc", "; a note\n# another\n registry = http://user.test/npm/ \n//user.test/npm/:_authToken=${TOKEN}\n@jsr:registry=\"http://j.test/\"\n")
	write("bare/x", "")
	system := write("etc/npmrc", "registry=http://system.test\n@sys:registry=http://s.test\n")
	other := write("other/npmrc", "registry=http://other.test\n")
	t.Chdir(filepath.Join(top, "project"))
	home, bare := filepath.Join(top, "home"), filepath.Join(top, "bare")
	for name, c := range map[string]struct {
		env    map[string]string
		url    string
		token  string
		scopes map[string]string
	}{
		"user":             {map[string]string{"HOME": home, "TOKEN": "t"}, "http://user.test/npm", "t", map[string]string{"@jsr": "http://j.test"}},
		"no such variable": {map[string]string{"HOME": home}, "http://user.test/npm", "${TOKEN}", map[string]string{"@jsr": "http://j.test"}},
		"on Windows":       {map[string]string{"USERPROFILE": home, "TOKEN": "t"}, "http://user.test/npm", "t", map[string]string{"@jsr": "http://j.test"}},
		"environment":      {map[string]string{"HOME": home, "npm_config_registry": "http://env.test/"}, "http://env.test", "", map[string]string{"@jsr": "http://j.test"}},
		"in capitals":      {map[string]string{"HOME": home, "NPM_CONFIG_REGISTRY": "http://env.test"}, "http://env.test", "", map[string]string{"@jsr": "http://j.test"}},
		"system":           {map[string]string{"HOME": bare, "npm_config_globalconfig": system}, "http://system.test", "", map[string]string{"@sys": "http://s.test"}},
		"user over system": {map[string]string{"HOME": home, "NPM_CONFIG_GLOBALCONFIG": system, "TOKEN": "t"}, "http://user.test/npm", "t", map[string]string{"@jsr": "http://j.test", "@sys": "http://s.test"}},
		"user's elsewhere": {map[string]string{"HOME": home, "npm_config_userconfig": other}, "http://other.test", "", map[string]string{}},
		"none":             {map[string]string{"HOME": bare}, "", "", map[string]string{}},
		"no home":          {map[string]string{}, "", "", map[string]string{}},
		"home is here":     {map[string]string{"HOME": filepath.Join(top, "project")}, "http://foreign.test", "", map[string]string{"@team": "http://foreign.test"}},
	} {
		r, err := FindRegistry(func(name string) string { return c.env[name] })
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if r.URL != c.url || r.Token != c.token || !cmp.Equal(r.Scopes, c.scopes) {
			t.Errorf("%s: %q, token %q, scopes %v", name, r.URL, r.Token, r.Scopes)
		}
	}
	if _, err := FindRegistry(func(name string) string { return map[string]string{"npm_config_registry": "no url"}[name] }); err == nil {
		t.Error("what is no URL is taken for one")
	}
}

// npm's default is asked for once, at the first fetch, and not again when that
// was cut off.
func TestDefaultRegistryIsAskedFor(t *testing.T) {
	t.Parallel()
	asked := 0
	r := &Registry{ask: func(ctx context.Context) (string, error) {
		asked++
		return "http://default.test", context.Cause(ctx)
	}}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.base(ctx, "a"); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	for range 3 {
		if got, err := r.base(t.Context(), "a"); got != "http://default.test" || err != nil {
			t.Errorf("%s, %v", got, err)
		}
	}
	if asked != 2 {
		t.Errorf("asked %d times", asked)
	}
	if _, err := (&Registry{}).base(t.Context(), "a"); !errors.Is(err, errNoRegistry) {
		t.Errorf("%v", err)
	}
}
