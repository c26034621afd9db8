package vars_test

import (
	"strings"
	"testing"

	"postie/collections/vars"
)

func TestMapBetween(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                 "",
		"a{{b}}c":          "A{{b}}C",
		"{{a}}{{b}}":       "{{a}}{{b}}",
		"a{b}{{c":          "A{B}{{C",
		"{{a {{b}} c}}end": "{{A {{b}} C}}END",
	} {
		if got := vars.MapBetween(in, strings.ToUpper); got != want {
			t.Errorf("%q: %q; want %q", in, got, want)
		}
	}
}
