package vars

import (
	"bytes"
	"encoding/json"
	"testing"
)

// A text is quoted as encoding/json quotes it without its care for HTML.
func FuzzAppendText(f *testing.F) {
	for _, text := range []string{"", "plain", "\"\\\n\r\t\b\f\x00\x1f\x7f", "é€😀", "\u2028\u2029\ufffd", "\xff\xc3", "<&>", "\xed\xa0\x80"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var want bytes.Buffer
		enc := json.NewEncoder(&want)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(text); err != nil {
			t.Fatal(err)
		}
		got := AppendText([]byte("before"), text)
		if string(got)+"\n" != "before"+want.String() {
			t.Errorf("%q: %s, want %s", text, got, want.String())
		}
	})
}
