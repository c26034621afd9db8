package datetext

import (
	"strings"
	"unicode"
)

// The kinds of tokens.
const (
	end       = iota
	invalid   // the text begins like the format of the language, and is no date
	digits    // a number
	symbol    // : - + . or )
	space     // one character of white space
	other     // ignored text: brackets with their content, commas, …
	month     // the name of a month; the value is its number
	half      // am or pm; the value is the hours to add
	zoneName  // the value is the hours from UTC
	separator // T, before a time
	word      // any other word
)

// A token is a piece of a text.
type token struct {
	kind, value int
	size        int // of a number or a word, in characters
}

func (t token) number(size int) bool { return t.kind == digits && t.size == size }
func (t token) is(c rune) bool       { return t.kind == symbol && t.value == int(c) }
func (t token) isWord() bool         { return t.kind >= month }

// zulu reports whether the token is the letter Z.
func (t token) zulu() bool { return t.kind == zoneName && t.size == 1 }

// sign returns 1 or -1 for a sign, and 0 for other tokens.
func (t token) sign() int {
	switch {
	case t.is('+'):
		return 1
	case t.is('-'):
		return -1
	}
	return 0
}

// milliseconds returns the value of a number after a decimal point: its first
// three digits.
func (t token) milliseconds() int {
	n := t.value
	for size := t.size; size < 3; size++ {
		n *= 10
	}
	for size := min(t.size, maxDigits); size > 3; size-- {
		n /= 10
	}
	return n
}

// maxDigits is how many digits of a number count, after leading zeros.
const maxDigits = 9

// words are the words with a meaning. Only the first three letters of a month
// matter.
var words = map[string]token{
	"jan": {kind: month, value: 1}, "feb": {kind: month, value: 2}, "mar": {kind: month, value: 3}, "apr": {kind: month, value: 4},
	"may": {kind: month, value: 5}, "jun": {kind: month, value: 6}, "jul": {kind: month, value: 7}, "aug": {kind: month, value: 8},
	"sep": {kind: month, value: 9}, "oct": {kind: month, value: 10}, "nov": {kind: month, value: 11}, "dec": {kind: month, value: 12},
	"am": {kind: half}, "pm": {kind: half, value: 12}, "t": {kind: separator},
	"z": {kind: zoneName}, "ut": {kind: zoneName}, "utc": {kind: zoneName}, "gmt": {kind: zoneName},
	"cdt": {kind: zoneName, value: -5}, "cst": {kind: zoneName, value: -6}, "edt": {kind: zoneName, value: -4}, "est": {kind: zoneName, value: -5},
	"mdt": {kind: zoneName, value: -6}, "mst": {kind: zoneName, value: -7}, "pdt": {kind: zoneName, value: -7}, "pst": {kind: zoneName, value: -8},
}

// A scanner reads a text token by token.
type scanner struct {
	text  []rune
	ahead token
}

func newScanner(text string) scanner {
	s := scanner{text: []rune(text)}
	s.ahead = s.scan()
	return s
}

func (s *scanner) peek() token { return s.ahead }

func (s *scanner) next() token {
	t := s.ahead
	s.ahead = s.scan()
	return t
}

// skip consumes the symbol c if it is the next token.
func (s *scanner) skip(c rune) bool {
	if !s.ahead.is(c) {
		return false
	}
	s.next()
	return true
}

func (s *scanner) scan() token {
	if len(s.text) == 0 {
		return token{kind: end}
	}
	switch c := s.text[0]; {
	case isDigit(c):
		return s.number()
	case strings.ContainsRune(":-+.)", c):
		s.text = s.text[1:]
		return token{kind: symbol, value: int(c)}
	case inWord(c):
		return s.word()
	case isSpace(c):
		s.text = s.text[1:]
		return token{kind: space}
	case c == '(':
		s.brackets()
	default:
		s.text = s.text[1:]
	}
	return token{kind: other}
}

func isDigit(c rune) bool { return '0' <= c && c <= '9' }
func isSpace(c rune) bool { return unicode.IsSpace(c) || c == '\ufeff' }
func inWord(c rune) bool  { return c >= 'A' && !isSpace(c) }

// while consumes the characters for which fits holds.
func (s *scanner) while(fits func(rune) bool) []rune {
	n := 0
	for n < len(s.text) && fits(s.text[n]) {
		n++
	}
	taken := s.text[:n]
	s.text = s.text[n:]
	return taken
}

func (s *scanner) number() token {
	all := s.while(isDigit)
	t := token{kind: digits, size: len(all)}
	for len(all) > 0 && all[0] == '0' {
		all = all[1:]
	}
	for _, c := range all[:min(len(all), maxDigits)] {
		t.value = t.value*10 + int(c-'0')
	}
	return t
}

func (s *scanner) word() token {
	all := s.while(inWord)
	t, ok := words[lower(all)]
	if !ok && len(all) > 3 {
		t = words[lower(all[:3])]
		ok = t.kind == month
	}
	if !ok {
		t = token{kind: word}
	}
	t.size = len(all)
	return t
}

// lower converts ASCII letters to lower case; other characters have no meaning
// in words.
func lower(letters []rune) string {
	out := make([]rune, len(letters))
	for i, c := range letters {
		if out[i] = c; 'A' <= c && c <= 'Z' {
			out[i] += 'a' - 'A'
		}
	}
	return string(out)
}

// brackets skips text in brackets, to the end of the text when a bracket is not
// closed.
func (s *scanner) brackets() {
	for depth := 0; len(s.text) > 0; {
		switch s.text[0] {
		case '(':
			depth++
		case ')':
			depth--
		}
		s.text = s.text[1:]
		if depth == 0 {
			return
		}
	}
}
