package mask

import (
	"html"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxLevels limits how often a character may have been escaped: a JSON body may
// quote JSON, and a log may quote the body.
const maxLevels = 3

// A symbol is one character of a text before it was escaped.
type symbol struct {
	value rune
	byte  bool // value is a byte and not a code point
	width int  // bytes of its spelling; 0 at the end of the text
}

// bytes appends the bytes of a symbol.
func (c symbol) bytes(to []byte) []byte {
	if c.byte {
		return append(to, byte(c.value))
	}
	return utf8.AppendRune(to, c.value)
}

// symbolAt reads the symbol at an index of a text that was escaped level times:
// as in URLs (%41), in JSON and JavaScript (\u0041, \x41, \/), or in HTML
// (&#65;).
func symbolAt(s string, at, level int) symbol {
	if at >= len(s) {
		return symbol{}
	}
	if level == 0 {
		return symbol{value: rune(s[at]), byte: true, width: 1}
	}
	first := symbolAt(s, at, level-1)
	rest := cursor{text: s, at: at + first.width, level: level - 1}
	var c symbol
	switch first.value {
	case '%':
		c = rest.percent()
	case '\\':
		c = rest.backslash()
	case '&':
		c = rest.entity()
	default:
		return first
	}
	if c.width == 0 {
		return first
	}
	c.width = rest.at - at
	return c
}

// readings appends the possible readings of the symbol at an index, besides its
// plain byte: one for each level of escaping, and those of quotes and spaces in
// CSV, SQL and forms.
func readings(s string, at int, to []symbol) []symbol {
	last := symbolAt(s, at, 0)
	to = folded(s, at, 0, last, to)
	for level := 1; level <= maxLevels; level++ {
		c := symbolAt(s, at, level)
		if c == last {
			break
		}
		to = folded(s, at, level, c, append(to, c))
		last = c
	}
	return to
}

// folded appends further readings: the space for a + in a form, the quote for
// two quotes in a quoted text, the quote in a quoted shell text, and the byte
// for \xc3 in languages other than JavaScript.
func folded(s string, at, level int, c symbol, to []symbol) []symbol {
	if !c.byte && c.value >= utf8.RuneSelf && c.value <= 0xff {
		return append(to, symbol{value: c.value, byte: true, width: c.width})
	}
	switch c.value {
	case '+':
		return append(to, symbol{value: ' ', byte: true, width: c.width})
	case '"', '\'':
		if width := quoteInShell(s, at+c.width); c.value == '\'' && width > 0 {
			to = append(to, symbol{value: c.value, byte: true, width: c.width + width})
		}
		if next := symbolAt(s, at+c.width, level); next.value == c.value && next.width > 0 {
			return append(to, symbol{value: c.value, byte: true, width: c.width + next.width})
		}
	}
	return to
}

// quoteInShell returns the width of what follows a quote, when a quoted shell
// text ends there, contains one quote and begins again: a backslash and two more
// quotes, also when these are quoted once more.
func quoteInShell(s string, at int) int {
	for level := range maxLevels {
		c := cursor{text: s, at: at, level: level}
		if c.next() == '\\' && c.next() == '\'' && c.next() == '\'' {
			return c.at - at
		}
	}
	return 0
}

// A cursor reads the symbols of a text one after the other. Its methods return
// a symbol of width 0 when there is no escape sequence.
type cursor struct {
	text      string
	at, level int
}

// next returns the value of the next symbol, or -1 at the end.
func (c *cursor) next() rune {
	x := symbolAt(c.text, c.at, c.level)
	if x.width == 0 {
		return -1
	}
	c.at += x.width
	return x.value
}

// hex reads n hexadecimal digits.
func (c *cursor) hex(n int) (rune, bool) {
	v := rune(0)
	for range n {
		d, ok := hexDigit(c.next())
		if !ok {
			return 0, false
		}
		v = v<<4 | d
	}
	return v, true
}

func hexDigit(r rune) (rune, bool) {
	switch {
	case r >= '0' && r <= '9':
		return r - '0', true
	case r >= 'a' && r <= 'f':
		return r - 'a' + 10, true
	case r >= 'A' && r <= 'F':
		return r - 'A' + 10, true
	}
	return 0, false
}

// percent reads what follows a %: two digits, or u and four digits as in
// JavaScript's escape.
func (c *cursor) percent() symbol {
	start := c.at
	if v, ok := c.hex(2); ok {
		return symbol{value: v, byte: true, width: 1}
	}
	c.at = start
	if c.next() == 'u' {
		return c.units('%')
	}
	return symbol{}
}

// controls maps the letter after a backslash to a control character.
var controls = map[rune]rune{'n': '\n', 't': '\t', 'r': '\r', 'b': '\b', 'f': '\f', 'v': '\v', '0': 0}

// backslash reads what follows a backslash. Any ASCII sign may be escaped, as
// in shells, patterns and Markdown.
func (c *cursor) backslash() symbol {
	x := c.next()
	switch {
	case x == 'u':
		return c.unicode()
	case x == 'x':
		return c.digits(2)
	case x == 'U':
		return c.digits(8)
	case x >= '0' && x <= '3':
		if c, ok := c.octal(x - '0'); ok {
			return c
		}
	case x >= '!' && x < utf8.RuneSelf && !isAlphanumeric(x):
		return symbol{value: x, byte: true, width: 1}
	}
	if v, ok := controls[x]; ok {
		return symbol{value: v, byte: true, width: 1}
	}
	return symbol{}
}

func isAlphanumeric(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}

// unicode reads the digits of \u0041, of \u{1f600} or of a surrogate pair.
func (c *cursor) unicode() symbol {
	start := c.at
	if s := c.units('\\'); s.width > 0 {
		return s
	}
	c.at = start
	return c.braced()
}

// units reads the four digits of a character, or those of a surrogate pair,
// whose second half is escaped in the same way.
func (c *cursor) units(escape rune) symbol {
	high, ok := c.hex(4)
	if !ok {
		return symbol{}
	}
	if high < 0xd800 || high > 0xdfff {
		return symbol{value: high, width: 1}
	}
	after := c.at
	if c.next() == escape && c.next() == 'u' {
		if low, ok := c.hex(4); ok && high < 0xdc00 && low >= 0xdc00 && low <= 0xdfff {
			return symbol{value: 0x10000 + (high-0xd800)<<10 + (low - 0xdc00), width: 1}
		}
	}
	c.at = after
	return symbol{value: utf8.RuneError, width: 1}
}

// digits reads n hexadecimal digits, or any number of them in braces.
func (c *cursor) digits(n int) symbol {
	start := c.at
	if v, ok := c.hex(n); ok {
		return symbol{value: v, width: 1}
	}
	c.at = start
	return c.braced()
}

// octal reads the last two of three octal digits, as shells write a byte.
func (c *cursor) octal(v rune) (s symbol, ok bool) {
	start := c.at
	for range 2 {
		d := c.next()
		if d < '0' || d > '7' {
			c.at = start
			return symbol{}, false
		}
		v = v<<3 | (d - '0')
	}
	return symbol{value: v, byte: true, width: 1}, true
}

// braced reads hexadecimal digits in braces.
func (c *cursor) braced() symbol {
	if c.next() != '{' {
		return symbol{}
	}
	v := rune(0)
	for range 7 {
		x := c.next()
		if x == '}' {
			return symbol{value: v, width: 1}
		}
		d, ok := hexDigit(x)
		if !ok {
			break
		}
		v = v<<4 | d
	}
	return symbol{}
}

// longestEntity is the length of the longest HTML entity that is recognized:
// thetasym; and #1114111; are that long.
const longestEntity = 8

// manyZeros limits the leading zeros of a numeric entity.
const manyZeros = 16

// isNumberPrefix reports whether the number of an entity begins after this
// text.
func isNumberPrefix(name []byte) bool {
	return len(name) == 1 && name[0] == '#' || len(name) == 2 && name[0] == '#' && name[1]|0x20 == 'x'
}

// entity reads the name or number of an HTML entity.
func (c *cursor) entity() symbol {
	var buf [longestEntity + 1]byte
	name := buf[:0]
	for zeros := 0; len(name) <= longestEntity; {
		x := c.next()
		if x == ';' && zeros > 0 && isNumberPrefix(name) {
			return symbol{width: 1} // only zeros
		}
		if x == ';' {
			return entityNamed(string(name))
		}
		if x == '0' && zeros < manyZeros && isNumberPrefix(name) {
			zeros++
			continue
		}
		if !isAlphanumeric(x) && x != '#' {
			break
		}
		name = append(name, byte(x))
	}
	return symbol{}
}

func entityNamed(name string) symbol {
	if number, ok := strings.CutPrefix(name, "#"); ok {
		base := 10
		if number != "" && number[0]|0x20 == 'x' {
			number, base = number[1:], 16
		}
		v, err := strconv.ParseUint(number, base, 21)
		if err != nil {
			return symbol{}
		}
		return symbol{value: rune(v), width: 1}
	}
	plain := html.UnescapeString("&" + name + ";")
	v, n := utf8.DecodeRuneInString(plain)
	if n != len(plain) {
		return symbol{}
	}
	return symbol{value: v, width: 1}
}
