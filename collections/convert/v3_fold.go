package convert

import (
	"unicode/utf16"
)

type foldMode int

const (
	foldPlain foldMode = iota
	foldBlock
	foldQuoted
)

// minContent is the smallest width of a line's text, however deep it is
// indented.
const minContent = 20

// A folder breaks the lines of a text at blanks between words. Widths are
// counted in UTF-16 units, as in JavaScript.
type folder struct {
	text     []uint16
	indent   string
	mode     foldMode
	end      int  // where the current line must end
	first    bool // the first line has no room, so begin with a break
	overflow bool // a line without blanks is too long

	at       int // index of the current character
	split    int // the last blank at which the line can be broken, -1 for none
	folds    []int
	escaped  map[int]bool // folds within a word, after a backslash
	escStart int          // where the last escape begins and ends
	escEnd   int
}

func (f *folder) step() int { return max(1+minContent, 1+lineWidth-len(f.indent)) }

func (f *folder) char(i int) uint16 {
	if i < 0 || i >= len(f.text) {
		return 0
	}
	return f.text[i]
}

func blank(c uint16) bool { return c == ' ' || c == '\t' }

// fold returns the text with its line breaks.
func (f *folder) fold() string {
	if len(f.text) <= f.step() {
		return string(utf16.Decode(f.text))
	}
	if f.first {
		f.folds = append(f.folds, 0)
		f.end = lineWidth - len(f.indent)
	}
	f.split, f.escStart, f.escEnd, f.escaped, f.at = -1, -1, -1, map[int]bool{}, -1
	if f.mode == foldBlock {
		if f.at = f.moreIndented(-1); f.at != -1 {
			f.end = f.at + f.step()
		}
	}
	var prev uint16
	for f.at++; f.at < len(f.text); f.at++ {
		c := f.text[f.at]
		if f.mode == foldQuoted && c == '\\' {
			f.skipEscape()
		}
		if c == '\n' {
			if f.mode == foldBlock {
				f.at = f.moreIndented(f.at)
			}
			f.end = f.at + len(f.indent) + f.step()
			f.split = -1
		} else if c = f.word(c, prev); c == 0 {
			return string(utf16.Decode(f.text))
		}
		prev = c
	}
	return f.broken()
}

// word looks at a character that does not end a line. It returns 0 when the
// text cannot be broken at all.
func (f *folder) word(c, prev uint16) uint16 {
	if next := f.char(f.at + 1); c == ' ' && prev != 0 && !blank(prev) && prev != '\n' && next != 0 && !blank(next) && next != '\n' {
		f.split = f.at
	}
	switch {
	case f.at < f.end:
	case f.split > 0:
		f.folds = append(f.folds, f.split)
		f.end = f.split + f.step()
		f.split = -1
	case f.mode == foldQuoted:
		for blank(prev) { // blanks at the end of a line may be beyond the limit
			prev = c
			f.at++
			c = f.char(f.at)
			f.overflow = true
		}
		at := f.escStart - 1
		if f.at > f.escEnd+1 {
			at = f.at - 2
		}
		if f.escaped[at] || at <= 0 {
			return 0
		}
		f.folds = append(f.folds, at)
		f.escaped[at] = true
		f.end = at + f.step()
		f.split = -1
	default:
		f.overflow = true
	}
	if c == 0 {
		return ' ' // the end of the text
	}
	return c
}

func (f *folder) skipEscape() {
	f.escStart = f.at
	switch f.char(f.at + 1) {
	case 'x':
		f.at += 3
	case 'u':
		f.at += 5
	case 'U':
		f.at += 9
	default:
		f.at++
	}
	f.escEnd = f.at
}

// moreIndented skips the lines after i that begin with a blank, because such
// lines are not broken.
func (f *folder) moreIndented(i int) int {
	end, start := i, i+1
	for c := f.char(start); blank(c); {
		if i < start+len(f.indent) {
			i++
			c = f.char(i)
			continue
		}
		for i++; i < len(f.text) && f.text[i] != '\n'; i++ {
			continue
		}
		end, start = i, i+1
		c = f.char(start)
	}
	return end
}

// broken returns the text with line ends in place of the chosen blanks.
func (f *folder) broken() string {
	if len(f.folds) == 0 {
		return string(utf16.Decode(f.text))
	}
	part := func(from, to int) string { return string(utf16.Decode(f.text[from:max(from, to)])) }
	out := part(0, f.folds[0])
	for i, fold := range f.folds {
		end := len(f.text)
		if i+1 < len(f.folds) {
			end = f.folds[i+1]
		}
		if fold == 0 {
			out = "\n" + f.indent + part(0, end)
			continue
		}
		if f.mode == foldQuoted && f.escaped[fold] {
			out += part(fold, fold+1) + `\`
		}
		out += "\n" + f.indent + part(fold+1, end)
	}
	return out
}
