package collections

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"
)

// The index gives what counting from the start gives, at every offset.
func TestLineIndex(t *testing.T) {
	t.Parallel()
	for _, src := range []string{"", "a", "\n", "é\n漢字\n\n😀x", strings.Repeat("é–x\n", 3000), strings.Repeat("漢", 5000)} {
		x := newLineIndex([]byte(src))
		for at := 0; at <= len(src); at++ {
			if at < len(src) && !utf8.RuneStart(src[at]) {
				continue
			}
			before := []byte(src[:at])
			wantLine := 1 + bytes.Count(before, []byte("\n"))
			wantCol := 1 + utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
			if line, col := x.position(at); line != wantLine || col != wantCol {
				t.Fatalf("offset %d of %.20q: got %d:%d, want %d:%d", at, src, line, col, wantLine, wantCol)
			}
			if len(src) > 100 {
				at += 97 // enough of the long ones
			}
		}
	}
}
