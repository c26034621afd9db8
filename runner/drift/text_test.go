package drift_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postie/runner/drift"
)

func TestPrint(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		in   []drift.Finding
		want string
	}{
		{nil, "no drift\n"},
		{[]drift.Finding{{Item: "A\nb", Kind: drift.Status, Path: "status", A: "200", B: "404"}}, "A\\nb\n  status status: 200 → 404\n1 difference\n"},
		{[]drift.Finding{{Item: "A", Kind: drift.Missing, Path: "$.a", A: "1"}, {Item: "A", Kind: drift.Added, Path: "$.b", B: "2"}, {Item: "B", Kind: drift.Failed, Path: "request", A: "down"}},
			"A\n  missing $.a: 1 is gone\n  added $.b: 2 is new\nB\n  failed request: no answer on either side: down\n3 differences\n"},
	} {
		var b strings.Builder
		drift.Print(&b, tt.in)
		if d := cmp.Diff(tt.want, b.String()); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
	}
}
