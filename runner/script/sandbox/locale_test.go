package sandbox_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postie/runner/script"
)

// What Intl says of dates, numbers, lists and plurals in the common locales
// is what node says: testdata/locales.js asks, locales.txt has its answers.
func TestLocales(t *testing.T) {
	t.Parallel()
	ask, err := os.ReadFile("testdata/locales.js")
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("testdata/locales.txt")
	if err != nil {
		t.Fatal(err)
	}
	c := newCell(t, script.Options{})
	c.succeeds(string(ask))
	var got []string
	for _, line := range c.console {
		got = append(got, strings.Trim(strings.TrimPrefix(line, "log "), `'"`))
	}
	if diff := cmp.Diff(strings.Split(strings.TrimSpace(string(want)), "\n"), got); diff != "" {
		t.Errorf("(-node +postie)\n%s", diff)
	}
}
