// Package jslex splits JavaScript into tokens, for code that must look into the
// text of a script, because text in a string, a comment or a regular expression
// is not code. It never fails: scripts that do not compile have tokens, too.
package jslex

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Kind says what a token is.
type Kind uint8

// Kinds of tokens.
const (
	Word       Kind = iota + 1 // an identifier or a keyword, #private names included
	Number                     // 1, 0x1f, 1_000n
	String                     // 'a' or "a"; to the end of the line when it is not closed
	Template                   // a piece of a template: `a`, `a${, }b${ or }c`
	RegExp                     // /a/g
	Punctuator                 // =>, ?., {
	Comment                    // // a, /* a */, <!-- a, #! in the first line
	Unknown                    // a character that does not begin a token
)

// A Token is a piece of a script that is not white space.
type Token struct {
	Kind    Kind
	Text    string // as written
	Start   int    // offset in bytes
	Newline bool   // there is a line end between the token before and this one
}

// End returns the offset after the token.
func (t Token) End() int { return t.Start + len(t.Text) }

// Is reports whether the token is this word or punctuator.
func (t Token) Is(text string) bool {
	return t.Text == text && (t.Kind == Word || t.Kind == Punctuator)
}

// Tokens returns the tokens of a script in order, with its comments.
func Tokens(source string) iter.Seq[Token] {
	return func(yield func(Token) bool) {
		l := lexer{source: source}
		for l.next() {
			if !yield(l.token) {
				return
			}
		}
	}
}

// Code returns the tokens of a script without its comments.
func Code(source string) []Token {
	var list []Token
	for t := range Tokens(source) {
		if t.Kind != Comment {
			list = append(list, t)
		}
	}
	return list
}

// A lexer reads the tokens of a script.
type lexer struct {
	source string
	at     int
	token  Token
	coded  bool // there is code before this place in the line
	grammar
}

// next reads the next token, and reports whether there is one.
func (l *lexer) next() bool {
	newline := l.space()
	if l.at >= len(l.source) {
		return false
	}
	start := l.at
	l.coded = l.coded && !newline
	kind := l.scan()
	l.token = Token{Kind: kind, Text: l.source[start:l.at], Start: start, Newline: newline}
	l.coded = kind != Comment || l.coded && !strings.ContainsFunc(l.token.Text, isLineEnd)
	l.take(l.token)
	return true
}

// space skips white space, and reports whether a line ended.
func (l *lexer) space() (newline bool) {
	for l.at < len(l.source) {
		c, size := utf8.DecodeRuneInString(l.source[l.at:])
		switch {
		case isLineEnd(c):
			newline = true
		case c != ' ' && c != '\t' && c != '\v' && c != '\f' && c != '\uFEFF' && !unicode.Is(unicode.Zs, c):
			return newline
		}
		l.at += size
	}
	return newline
}

func isLineEnd(c rune) bool { return c == '\n' || c == '\r' || c == '\u2028' || c == '\u2029' }

// scan moves to the end of the token that begins here.
func (l *lexer) scan() Kind {
	rest := l.source[l.at:]
	c, size := utf8.DecodeRuneInString(rest)
	switch {
	case l.comment(rest) > 0:
		l.at += l.comment(rest)
		return Comment
	case c == '"', c == '\'':
		l.at += quoted(rest, c)
		return String
	case c == '`', c == '}' && l.inTemplate():
		l.at += templatePiece(rest)
		return Template
	case isDigit(c), c == '.' && len(rest) > 1 && isDigit(rune(rest[1])):
		l.at += number(rest)
		return Number
	case c == '/' && !l.value:
		if n := regexp(rest); n > 0 {
			l.at += n
			return RegExp
		}
	case c == '#' && len(rest) > 1 && word(rest[1:]) > 0:
		l.at += 1 + word(rest[1:])
		return Word
	}
	if n := word(rest); n > 0 {
		l.at += n
		return Word
	}
	if n := punctuator(rest); n > 0 {
		l.at += n
		return Punctuator
	}
	l.at += size
	return Unknown
}

// comment returns the length of a comment, or 0 when none begins here. HTML
// comments are comments of scripts, too.
func (l *lexer) comment(s string) int {
	switch {
	case strings.HasPrefix(s, "/*"):
		if end := strings.Index(s[2:], "*/"); end >= 0 {
			return 2 + end + 2
		}
		return len(s)
	case strings.HasPrefix(s, "//"), strings.HasPrefix(s, "<!--"), l.at == 0 && strings.HasPrefix(s, "#!"), !l.coded && strings.HasPrefix(s, "-->"):
		return lineEnd(s)
	}
	return 0
}

func lineEnd(s string) int {
	if i := strings.IndexFunc(s, isLineEnd); i >= 0 {
		return i
	}
	return len(s)
}

// quoted returns the length of a string; to the end of the line when it is not
// closed.
func quoted(s string, quote rune) int {
	for i := 1; i < len(s); {
		c, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case c == quote:
			return i + size
		case c == '\\':
			i += size
			if strings.HasPrefix(s[i:], "\r\n") {
				size = 2
			} else {
				_, size = utf8.DecodeRuneInString(s[i:])
			}
		case c == '\n', c == '\r':
			return i
		}
		i += size
	}
	return len(s)
}

// templatePiece returns the length of a template up to its end or the next ${.
func templatePiece(s string) int {
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '`':
			return i + 1
		case s[i] == '\\':
			i++
		case strings.HasPrefix(s[i:], "${"):
			return i + 2
		}
	}
	return len(s)
}

// regexp returns the length of a regular expression, or 0 when it does not end
// on its line.
func regexp(s string) int {
	class := false
	for i := 1; i < len(s); {
		c, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case isLineEnd(c):
			return 0
		case c == '\\':
			i += size
			if c, size = utf8.DecodeRuneInString(s[i:]); isLineEnd(c) {
				return 0
			}
		case c == '[':
			class = true
		case c == ']':
			class = false
		case c == '/' && !class:
			i += size
			for i < len(s) {
				c, size := utf8.DecodeRuneInString(s[i:])
				if !isWordPart(c) {
					break
				}
				i += size
			}
			return i
		}
		i += size
	}
	return 0
}

// number returns the length of a number. Letters after it are part of the
// token, because a number and a word cannot follow each other directly.
func number(s string) int {
	i := 0
	radix := len(s) > 1 && s[0] == '0' && strings.ContainsRune("xXoObB01234567", rune(s[1]))
	for i < len(s) {
		c, size := utf8.DecodeRuneInString(s[i:])
		exponent := i > 0 && (s[i-1] == 'e' || s[i-1] == 'E') && !radix
		switch {
		case isWordPart(c):
		case c == '.' && !radix && !strings.ContainsAny(s[:i], ".eE"):
		case (c == '+' || c == '-') && exponent:
		default:
			return i
		}
		i += size
	}
	return i
}

// word returns the length of an identifier, or 0 when none begins here.
func word(s string) int {
	i := 0
	for i < len(s) {
		c, size := utf8.DecodeRuneInString(s[i:])
		if c == '\\' {
			if size = unicodeEscape(s[i:]); size == 0 {
				break
			}
		} else if !isWordPart(c) || i == 0 && !isWordStart(c) {
			break
		}
		i += size
	}
	return i
}

// unicodeEscape returns the length of \u0041 or \u{41}.
func unicodeEscape(s string) int {
	if !strings.HasPrefix(s, `\u`) {
		return 0
	}
	if strings.HasPrefix(s, `\u{`) {
		return strings.IndexByte(s, '}') + 1
	}
	if len(s) < 6 || strings.Trim(s[2:6], "0123456789abcdefABCDEF") != "" {
		return 0
	}
	return 6
}

func isDigit(c rune) bool { return c >= '0' && c <= '9' }

func isWordStart(c rune) bool {
	if c < utf8.RuneSelf {
		return c == '$' || c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
	}
	return unicode.IsLetter(c) || unicode.Is(unicode.Nl, c) || unicode.Is(unicode.Other_ID_Start, c)
}

func isWordPart(c rune) bool {
	if c < utf8.RuneSelf {
		return isWordStart(c) || isDigit(c)
	}
	return isWordStart(c) || unicode.In(c, unicode.Mn, unicode.Mc, unicode.Nd, unicode.Pc, unicode.Other_ID_Continue) || c == '\u200c' || c == '\u200d'
}

// long are the punctuators of more than one character.
var long = setOf(">>>= ... === !== **= <<= >>= >>> &&= ||= ??= => == != <= >= && || ?? ?. ++ -- += -= *= /= %= &= |= ^= << >> **")

func setOf(words string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		set[word] = true
	}
	return set
}

// punctuator returns the length of a punctuator, or 0 when none begins here.
func punctuator(s string) int {
	if strings.IndexByte("{}()[];,~:@", s[0]) >= 0 {
		return 1
	}
	if strings.IndexByte("<>+-*/%&|^!?=.", s[0]) < 0 {
		return 0
	}
	for n := min(4, len(s)); n > 1; n-- {
		if long[s[:n]] && !(s[:n] == "?." && len(s) > n && isDigit(rune(s[n]))) { // a?.5:1
			return n
		}
	}
	return 1
}
