package sandbox

import (
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/graphemes"
	"github.com/clipperhouse/uax29/v2/sentences"
	uax29 "github.com/clipperhouse/uax29/v2/words"
)

// segments implements host.segments(text, granularity). It returns where the
// graphemes, words or sentences of a text end, as UTF-16 positions, and which
// of the words are word-like.
func (x *execution) segments(a arguments) (any, error) {
	var found struct {
		Ends []int `json:"ends"`
		Like []int `json:"like,omitempty"` // 1 for a word
	}
	at := 0
	for _, piece := range pieces(a.text(0), a.text(1)) {
		for _, r := range piece {
			at += utf16Size(r)
		}
		found.Ends = append(found.Ends, at)
		if a.text(1) == "word" {
			found.Like = append(found.Like, map[bool]int{true: 1}[wordLike(piece)])
		}
	}
	out, err := json.Marshal(found)
	return string(out), err
}

// pieces splits a text into graphemes, words or sentences.
func pieces(text, granularity string) (out []string) {
	switch granularity {
	case "word":
		for _, stretch := range stretches(text) {
			for all := uax29.FromString(stretch); all.Next(); {
				out = append(out, all.Value())
			}
		}
	case "sentence":
		for all := sentences.FromString(text); all.Next(); {
			out = append(out, all.Value())
		}
	default:
		for all := graphemes.FromString(text); all.Next(); {
			out = append(out, all.Value())
		}
	}
	return out
}

// stretches splits a text before and after each run of Korean syllables and
// their marks: CLDR, unlike Unicode's annex 29, does not join them to other
// letters.
func stretches(text string) (out []string) {
	from, korean, marked := 0, false, false
	cut := func(at int) {
		out = append(out, text[from:at])
		from = at
	}
	for at, r := range text {
		switch {
		case syllable(r):
			if !korean || marked {
				cut(at)
			}
			korean, marked = true, false
		case korean && mark(string(r)):
			marked = true
		case korean:
			cut(at)
			korean = false
		}
	}
	cut(len(text))
	return out
}

func syllable(r rune) bool { return r >= 0xac00 && r <= 0xd7a3 }

// mark reports whether a text consists only of marks, which belong to the
// letter before them.
func mark(text string) bool {
	joined := uax29.FromString("!" + text)
	return joined.Next() && len(joined.Value()) == 1+len(text)
}

func utf16Size(r rune) int {
	if r > 0xffff {
		return 2
	}
	return 1
}

// wordLike reports whether a piece between word boundaries is word-like, as
// Intl.Segmenter says. Letters and numbers are word-like, and so are characters
// that annex 29 joins to a following "_". A single "_" is not, nor is a piece
// that ends with a marked "_" or with a marked Korean syllable.
func wordLike(piece string) bool {
	first, size := utf8.DecodeRuneInString(piece)
	_, behind, joins := strings.Cut(piece, "_")
	switch {
	case piece == "_", joins && behind != "" && mark(behind):
		return false
	case syllable(first):
		last, _ := utf8.DecodeLastRuneInString(piece)
		return syllable(last)
	case unicode.In(first, unicode.Han, unicode.Hiragana):
		return true
	}
	joined := uax29.FromString(piece[:size] + "_")
	return joined.Next() && len(joined.Value()) > size
}
