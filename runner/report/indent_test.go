package report

import (
	"bytes"
	"encoding/json"
	"testing"
)

// The layout is json.Indent's, in whatever pieces the text comes.
func FuzzIndenter(f *testing.F) {
	for _, text := range []string{`{}`, `[]`, `{"a":[],"b":{},"c":[{}]}`, ` { "a" : [ 1 , -2.5e3 , true , null , "x\\\"y,{}[]:" ] } `, `"\\\\"`, `[[],[[1]]]`, `0`} {
		f.Add(text, 3)
	}
	f.Fuzz(func(t *testing.T, text string, size int) {
		var want, got bytes.Buffer
		if json.Indent(&want, []byte(text), "  ", "  ") != nil {
			return
		}
		in := indenter{w: &got, prefix: "  "}
		for rest := []byte(text); len(rest) > 0; {
			n := min(max(size, 1), len(rest))
			if _, err := in.Write(rest[:n]); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		if trimmed := bytes.TrimRight(want.Bytes(), " \t\r\n"); !bytes.Equal(trimmed, bytes.TrimRight(got.Bytes(), " \t\r\n")) {
			t.Errorf("%q\n%s\nwant\n%s", text, got.Bytes(), trimmed)
		}
	})
}
