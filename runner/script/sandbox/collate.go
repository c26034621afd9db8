package sandbox

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"sync"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"postie/runner/script/sandbox/engine"
)

// A collator compares texts in the order of a locale. It caches the sort key of
// each text, because a sort compares each text many times.
type collator struct {
	*collate.Collator
	locale, options string

	plain bool // Latin letters are ordered as in English
	keys  map[string][]byte
	size  int // of all keys and their texts
	text  [2][]byte
	room  collate.Buffer
}

// keysRoom limits the size of a collator's cache, in bytes.
const keysRoom = 16 << 20

// compare implements host.compare(a, b, locale, options): the order of two
// texts in a locale. The options are letters: n numeric, b ignores case and
// accents, a ignores case, c ignores accents.
func (r *realm) compare(c *engine.Call) engine.Value {
	c.Quick()
	o := r.collated
	locale, _ := c.Latin1(c.At(2))
	options, _ := c.Latin1(c.At(3))
	if o == nil || string(locale) != o.locale || string(options) != o.options {
		o = r.collator(string(locale), string(options))
		r.collated = o // a sort asks for the same collator again and again
	}
	a, one := c.Latin1(c.At(0))
	b, two := c.Latin1(c.At(1))
	if one && two && o.plain && isPlain(a) && isPlain(b) {
		return engine.Number(float64(compareLatin(a, b)))
	}
	return engine.Number(float64(bytes.Compare(o.key(c, 0, a, one), o.key(c, 1, b, two))))
}

// key returns the sort key of an argument. When whole is true, latin is the
// complete argument as Latin-1 bytes.
func (o *collator) key(c *engine.Call, arg int, latin []byte, whole bool) []byte {
	text := o.text[arg][:0]
	if whole {
		for _, b := range latin {
			text = utf8.AppendRune(text, rune(b))
		}
	} else {
		units, _ := c.UTF16(c.At(arg))
		for _, r := range utf16.Decode(units) {
			text = utf8.AppendRune(text, r)
		}
	}
	o.text[arg] = text
	if key, ok := o.keys[string(text)]; ok {
		return key
	}
	key := bytes.Clone(o.Key(&o.room, text)) // a copy, because the array of the key is a large one
	o.room.Reset()
	if o.size += 2*len(text) + len(key); o.keys == nil || o.size > keysRoom {
		o.keys, o.size = map[string][]byte{}, 2*len(text)+len(key)
	}
	o.keys[string(text)] = key
	return key
}

// collator returns the realm's collator for a locale. The realm makes each one
// once, because that is slow. No collator is safe for use by several
// goroutines.
func (r *realm) collator(locale, options string) *collator {
	key := locale + "/" + options
	if c := r.collators[key]; c != nil {
		return c
	}
	var list []collate.Option
	for letter, option := range map[string]collate.Option{"n": collate.Numeric, "b": collate.Loose,
		"a": collate.IgnoreCase, "c": collate.IgnoreDiacritics} {
		if strings.Contains(options, letter) {
			list = append(list, option)
		}
	}
	english := locale == "en" || locale == "en-US" || locale == "en-GB"
	c := &collator{Collator: collate.New(language.Make(locale), list...), locale: locale, options: options, plain: options == "" && english}
	r.collators[key] = c
	return c
}

// isPlain reports whether latinWeights contains all characters of a text.
func isPlain(text []byte) bool {
	w := latinWeights()
	for _, b := range text {
		if !w[b].known {
			return false
		}
	}
	return true
}

// A latinWeight is the place of a Latin-1 character in the order of English.
// The letters of two texts are compared first, then their accents, then their
// case.
type latinWeight struct {
	known               bool
	first, accent, last uint8
}

// plainLetters are the Latin-1 characters beyond ASCII that are one letter with
// an accent. Other characters count as two letters or as letters of their own.
const plainLetters = "ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝàáâãäåçèéêëìíîïñòóôõöùúûüýÿ"

var latinWeights = sync.OnceValue(func() *[256]latinWeight {
	chars := strings.Split(plainLetters, "")
	for b := ' '; b <= '~'; b++ {
		chars = append(chars, string(b))
	}
	loose, caseless, strict := collate.New(language.English, collate.Loose), collate.New(language.English, collate.IgnoreCase), collate.New(language.English)
	slices.SortFunc(chars, strict.CompareString)
	weights := new([256]latinWeight)
	var before latinWeight
	for i, char := range chars {
		w := latinWeight{true, uint8(i), uint8(i), uint8(i)}
		if i > 0 && loose.CompareString(chars[i-1], char) == 0 {
			w.first = before.first
		}
		if i > 0 && caseless.CompareString(chars[i-1], char) == 0 {
			w.accent = before.accent
		}
		r, _ := utf8.DecodeRuneInString(char)
		weights[r], before = w, w
	}
	return weights
})

// compareLatin compares two texts, for which isPlain holds, in the order of
// English.
func compareLatin(a, b []byte) int {
	w := latinWeights()
	for i := range min(len(a), len(b)) {
		if x, y := w[a[i]].first, w[b[i]].first; x != y {
			return cmp.Compare(x, y)
		}
	}
	if len(a) != len(b) {
		return cmp.Compare(len(a), len(b))
	}
	for i := range a {
		if x, y := w[a[i]].accent, w[b[i]].accent; x != y {
			return cmp.Compare(x, y)
		}
	}
	for i := range a {
		if a[i] != b[i] {
			return cmp.Compare(w[a[i]].last, w[b[i]].last)
		}
	}
	return 0
}
