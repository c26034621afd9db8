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

// segments is segments(text, granularity): where its graphemes, words or
// sentences end, as UTF-16 positions, and which of the words are like a word.
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

// pieces are the graphemes, words or sentences of a text, one after the other.
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

// stretches cuts a text around its runs of Korean syllables, with the marks that
// follow them: unlike the annex, CLDR joins them to no other letters.
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

// mark reports whether a text is only of what belongs to the letter before it.
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

// wordLike reports whether a piece between boundaries of words is one. What
// makes a word are letters, numbers and what joins them, such as "_": a joiner
// behind them is no boundary. One joiner is none, nor is what ends with a marked
// joiner or syllable.
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
