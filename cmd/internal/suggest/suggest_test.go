package suggest_test

import (
	"errors"
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
