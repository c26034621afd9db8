package sandbox_test

import (
	"fmt"
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
	lines := strings.Split(strings.TrimSpace(string(want)), "\n")
	byTag := map[string][]string{}
	var tags []string
	for _, line := range lines {
		tag, _, _ := strings.Cut(line, " ")
		if byTag[tag] == nil {
			tags = append(tags, tag)
		}
		byTag[tag] = append(byTag[tag], line)
	}
	if slowness > 1 {
		tags = tags[:4] // the others differ in data alone
	}
	for _, tag := range tags {
		c := newCell(t, script.Options{})
		c.succeeds(fmt.Sprintf("globalThis.only = [%q];\n%s", tag, ask))
		var got []string
		for _, line := range c.console {
			got = append(got, strings.Trim(strings.TrimPrefix(line, "log "), `'"`))
		}
		if diff := cmp.Diff(byTag[tag], got); diff != "" {
			t.Errorf("(-node +postie)\n%s", diff)
		}
	}
}
