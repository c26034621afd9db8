package sandbox

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// ASCII is ordered as the rules of English order it, and keys order texts as
// comparing them does.
func TestCollation(t *testing.T) {
	english := collate.New(language.English)
	r := rand.New(rand.NewPCG(1, 2))
	text := func(chars string) string {
		list := []rune(chars)
		out := make([]rune, r.IntN(9))
		for i := range out {
			out[i] = list[r.IntN(len(list))]
		}
		return string(out)
	}
	var ascii string
	for b := ' '; b <= '~'; b++ {
		ascii += string(b)
	}
	for range 20000 {
		chars := ascii
		if r.IntN(2) == 0 {
			chars = "aAbB -_.1"
		}
		a, b := text(chars), text(chars)
		if got, want := compareASCII([]byte(a), []byte(b)), english.CompareString(a, b); got != want {
			t.Fatalf("%q, %q: %d, want %d", a, b, got, want)
		}
	}
	for _, options := range [][]collate.Option{nil, {collate.Numeric}, {collate.Loose}, {collate.IgnoreCase}, {collate.IgnoreDiacritics}} {
		for _, tag := range []language.Tag{language.English, language.German, language.Swedish, language.Chinese, language.Japanese} {
			c := collate.New(tag, options...)
			for range 1000 {
				a, b := text("aAäÄåßzœ10 9é漢字仮名Ж\u0301"), text("aAäÄåßzœ10 9é漢字仮名Ж\u0301")
				key := func(s string) []byte { return c.KeyFromString(new(collate.Buffer), s) }
				if got, want := bytes.Compare(key(a), key(b)), c.CompareString(a, b); got != want {
					t.Fatalf("%v: %q, %q: %d, want %d", tag, a, b, got, want)
				}
			}
		}
	}
}
