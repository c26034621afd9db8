//go:build amd64 || arm64

package accel

import (
	"bytes"

	"postie/runner/script/sandbox/engine"
)

// html are the functions for the library cheerio.
var html = map[string]engine.Function{"html.tokens": htmlTokens, "html.position": htmlPosition}

// The callbacks of the library's tokenizer, by number.
const (
	htmlText = iota
	htmlOpenName
	htmlCloseTag
	htmlAttributeName
	htmlAttributeData
	htmlComment
	htmlAttributeEnd
	htmlOpenEnd
	htmlSelfClosing
	htmlTextEntity // the character replaces the position where a text begins
	htmlAttributeEntity
)

// mostTokens limits how many numbers one call returns.
const mostTokens = 40_000

// An htmlReader finds the tokens of simple parts of a page. It leaves unusual
// parts to the library, which has rules of its own for them.
type htmlReader[char byte | uint16] struct {
	text     []char
	entities bool // the library decodes entities
	xml      bool
	tokens   []int32 // for each token: number, where its text begins and ends, tokenizer position
}

// htmlTokens implements tokens(text, from, where the text before from begins,
// whether entities are decoded, whether it is XML). It returns the tokenizer's
// new position, where the text before that begins, and the tokens up to there.
func htmlTokens(c *engine.Call) engine.Value {
	from, ok := c.Int(1)
	begin, also := c.Int(2)
	if !ok || !also || begin < 0 || from < begin {
		return engine.Undefined
	}
	var tokens []int32
	if text, ok := c.Narrow(c.At(0)); ok && from <= len(text) {
		tokens = readHTML(text, from, begin, c.Bool(3), c.Bool(4))
	} else if text, ok := c.Wide(c.At(0)); ok && from <= len(text) {
		tokens = readHTML(text, from, begin, c.Bool(3), c.Bool(4))
	}
	if tokens == nil {
		return engine.Undefined
	}
	return c.NewInts(tokens)
}

func readHTML[char byte | uint16](text []char, from, begin int, entities, xml bool) []int32 {
	r := htmlReader[char]{text, entities, xml, make([]int32, 2, 64)}
	for len(r.tokens) < mostTokens {
		at := r.plain(from)
		if at == len(text) {
			from = at
			break
		}
		if at > begin {
			r.add(htmlText, begin, at, at)
		}
		from, begin = at, at
		before := len(r.tokens)
		next, ok := r.odd(at)
		if !ok {
			r.tokens = r.tokens[:before]
			break
		}
		from, begin = next, next
	}
	r.tokens[0], r.tokens[1] = int32(from), int32(begin)
	return r.tokens
}

func (r *htmlReader[char]) add(token, begin, end, at int) {
	r.tokens = append(r.tokens, int32(token), int32(begin), int32(end), int32(at))
}

// plain returns where the text that begins at i ends.
func (r *htmlReader[char]) plain(i int) int {
	for i < len(r.text) && r.text[i] != '<' && (r.text[i] != '&' || !r.entities) {
		i++
	}
	return i
}

func isHTMLSpace[char byte | uint16](c char) bool {
	return c == ' ' || c == '\n' || c == '\t' || c == '\f' || c == '\r'
}

func (r *htmlReader[char]) space(i int) int {
	for i < len(r.text) && isHTMLSpace(r.text[i]) {
		i++
	}
	return i
}

// at returns a character, or 0 after the last.
func (r *htmlReader[char]) at(i int) char {
	if i < len(r.text) {
		return r.text[i]
	}
	return 0
}

func isLetter[char byte | uint16](c char) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// odd reads a tag, a comment or an entity that begins at i.
func (r *htmlReader[char]) odd(i int) (end int, ok bool) {
	if r.text[i] == '&' {
		return r.entity(i, htmlTextEntity)
	}
	switch c := r.at(i + 1); {
	case c == '/':
		return r.closeTag(i + 2)
	case c == '!' && r.at(i+2) == '-' && r.at(i+3) == '-':
		return r.comment(i + 4)
	case isLetter(c):
		return r.openTag(i + 1)
	}
	return 0, false
}

func (r *htmlReader[char]) closeTag(begin int) (end int, ok bool) {
	if !isLetter(r.at(begin)) {
		return 0, false
	}
	i := begin
	for i < len(r.text) && r.text[i] != '>' && !isHTMLSpace(r.text[i]) {
		i++
	}
	r.add(htmlCloseTag, begin, i, i)
	for i < len(r.text) && r.text[i] != '>' {
		i++
	}
	return i + 1, i < len(r.text)
}

func (r *htmlReader[char]) comment(begin int) (end int, ok bool) {
	for i := begin; i+2 < len(r.text); i++ {
		if r.text[i] == '-' && r.text[i+1] == '-' && r.text[i+2] == '>' {
			r.add(htmlComment, begin, i, i+2)
			return i + 3, true
		}
	}
	return 0, false
}

func (r *htmlReader[char]) openTag(begin int) (end int, ok bool) {
	i := begin
	for i < len(r.text) && r.text[i] != '/' && r.text[i] != '>' && !isHTMLSpace(r.text[i]) {
		i++
	}
	if !r.xml && (r.is(begin, i, "script") || r.is(begin, i, "style")) {
		return 0, false // the content of these elements is not HTML
	}
	r.add(htmlOpenName, begin, i, i)
	for {
		i = r.space(i)
		switch {
		case i >= len(r.text):
			return 0, false
		case r.text[i] == '>':
			r.add(htmlOpenEnd, 0, 0, i)
			return i + 1, true
		case r.text[i] == '/':
			if i = r.space(i + 1); r.at(i) == '>' {
				r.add(htmlSelfClosing, 0, 0, i)
				return i + 1, true
			}
		default:
			if i, ok = r.attribute(i); !ok {
				return 0, false
			}
		}
	}
}

// is reports whether a part of the text is a word, in upper or lower case.
func (r *htmlReader[char]) is(begin, end int, word string) bool {
	if end-begin != len(word) {
		return false
	}
	for i, c := range []byte(word) {
		if r.text[begin+i] != char(c) && r.text[begin+i] != char(c-'a'+'A') {
			return false
		}
	}
	return true
}

// attribute reads an attribute with its value, if it has one.
func (r *htmlReader[char]) attribute(begin int) (end int, ok bool) {
	i := begin + 1
	for i < len(r.text) && r.text[i] != '=' && r.text[i] != '/' && r.text[i] != '>' && !isHTMLSpace(r.text[i]) {
		i++
	}
	r.add(htmlAttributeName, begin, i, i)
	if i = r.space(i); r.at(i) != '=' {
		r.add(htmlAttributeEnd, 0, 0, i)
		return i, i < len(r.text)
	}
	i = r.space(i + 1)
	quote := r.at(i)
	if quote == '"' || quote == '\'' {
		i++
	} else {
		quote = 0
	}
	begin = i
	for i < len(r.text) && (quote != 0 && r.text[i] != quote || quote == 0 && r.text[i] != '>' && !isHTMLSpace(r.text[i])) {
		if r.text[i] != '&' || !r.entities {
			i++
			continue
		}
		r.add(htmlAttributeData, begin, i, i)
		if i, ok = r.entity(i, htmlAttributeEntity); !ok {
			return 0, false
		}
		begin = i
	}
	if i == len(r.text) {
		return 0, false
	}
	r.add(htmlAttributeData, begin, i, i)
	r.add(htmlAttributeEnd, 0, 0, i)
	if quote != 0 {
		i++
	}
	return i, true
}

// commonEntities are the entities that are decoded here. XML has only the first
// five.
var commonEntities = []struct {
	name string
	char int
}{{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}, {"nbsp", 0xa0}, {"copy", 0xa9}}

// entity reads a common entity at i, with its semicolon.
func (r *htmlReader[char]) entity(i, token int) (end int, ok bool) {
	known := commonEntities
	if r.xml {
		known = known[:5]
	}
	for _, e := range known {
		if end := i + 1 + len(e.name); r.at(end) == ';' && r.spells(i+1, e.name) {
			r.add(token, e.char, i, end)
			return end + 1, true
		}
	}
	return 0, false
}

func (r *htmlReader[char]) spells(i int, word string) bool {
	for n, c := range []byte(word) {
		if r.at(i+n) != char(c) {
			return false
		}
	}
	return true
}

// htmlPosition implements position(siblings, element, backwards, by name). It
// returns how many siblings come before an element, or how many with the same
// name. It returns undefined when the siblings cannot be read without running
// code.
func htmlPosition(c *engine.Call) engine.Value {
	size, ok := c.Size(c.At(0))
	if !ok {
		return engine.Undefined
	}
	element := c.At(1)
	kind, name := c.Known("type"), c.Known("name")
	own, _ := c.Latin1(c.OwnNamed(element, name))
	position := 0
	for n := range size {
		i := n
		if c.Bool(2) {
			i = size - 1 - n
		}
		sibling, _ := c.Element(c.At(0), i)
		is, known := isHTMLElement(c, sibling, kind)
		switch {
		case !known:
			return engine.Undefined
		case !is:
			continue
		case sibling == element:
			return engine.Number(float64(position))
		}
		if c.Bool(3) {
			other, ok := c.Latin1(c.OwnNamed(sibling, name))
			if !ok || own == nil {
				return engine.Undefined
			}
			is = bytes.Equal(own, other)
		}
		if is {
			position++
		}
	}
	return engine.Number(float64(position))
}

func isHTMLElement(c *engine.Call, node engine.Value, kind engine.Atom) (is, known bool) {
	word, ok := c.Latin1(c.OwnNamed(node, kind))
	switch string(word) {
	case "tag", "script", "style":
		return true, ok
	}
	return false, ok
}
