package drift

import (
	"bytes"
	"strings"
	"testing"
)

// The page lists every finding, and what was found stays text.
func TestHTML(t *testing.T) {
	var b bytes.Buffer
	err := HTML(&b, Page{A: "a.ndjson", B: "</title><script>1</script>", Compared: 3, Findings: []Finding{
		{Item: "A / <b>", Path: "status", Kind: Status, A: "200", B: "500"},
		{Item: "A / <b>", Try: 1, Path: "$.name", Kind: Missing, A: `"<img src=x onerror=1>"`},
		{Item: "C", Path: "$.x", Kind: Added, B: "1"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	page := b.String()
	for _, want := range []string{"3 differences", "3 answers, of which 2 differ", "A / &lt;b&gt;", "(execution 1)", "&lt;img src=x", `default-src 'none'`} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in\n%s", want, page)
		}
	}
	if strings.Contains(page, "<script") || strings.Contains(page, "<img") {
		t.Error("what was found is markup")
	}
	b.Reset()
	if err := HTML(&b, Page{A: "a", B: "b", Compared: 1}); err != nil || !strings.Contains(b.String(), "<title>No drift · a and b</title>") {
		t.Errorf("%v\n%s", err, b.String())
	}
}
