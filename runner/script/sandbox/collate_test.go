package sandbox

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// Latin letters are ordered as the rules of English order them, and keys order texts as
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
	plain := plainLetters
	for b := ' '; b <= '~'; b++ {
		plain += string(b)
	}
	latin := func(text string) (bytes []byte) {
		for _, r := range text {
			bytes = append(bytes, byte(r))
		}
		return bytes
	}
	if !isPlain(latin(plain)) || isPlain(latin("ß")) || isPlain([]byte("a\n")) {
		t.Error("plain is what it is not")
	}
	for range 40000 {
		chars := plain
		if r.IntN(2) == 0 {
			chars = "aAbBäÄáÁâ -_.1"
		}
		a, b := text(chars), text(chars)
		if got, want := compareLatin(latin(a), latin(b)), english.CompareString(a, b); got != want {
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
