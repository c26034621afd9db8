package suggest_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postie/cmd/internal/exit"
	"postie/cmd/internal/suggest"
)

func TestReporter(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"newman-reporter-html": "did you mean html?",
		"htmlextra":            "-r html",
		"./mine.js":            "plugins are not loaded",
		"junt":                 "did you mean junit?",
		"nothing-like-it":      "reporters: ",
	} {
		var e *exit.Error
		if err := suggest.Reporter(name); !errors.As(err, &e) || !strings.Contains(e.Hint, want) {
			t.Errorf("%s: %+v; want the hint %q", name, err, want)
		}
	}
}

func TestFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"orders.json", "local.postman_environment.json", "shop.postman_collection.json", "users.csv", ".hidden"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct{ name, want string }{
		{"ordres.json", "orders.json"},
		{"orders.jsn", "orders.json"},
		{"local.json", "local.postman_environment.json"},
		{"lokal.postman_environment.json", "local.postman_environment.json"},
		{"shop.postman_environment.json", ""},
		{"user.csv", "users.csv"},
		{"products.json", ""},
		{filepath.Join("nowhere", "orders.json"), ""},
	} {
		want := ""
		if tt.want != "" {
			want = "did you mean " + filepath.Join(dir, tt.want) + "?"
		}
		if got := suggest.File(filepath.Join(dir, tt.name)); got != want {
			t.Errorf("%s: %q, want %q", tt.name, got, want)
		}
	}
}
