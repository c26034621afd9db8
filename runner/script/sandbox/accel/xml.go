//go:build amd64 || arm64

package accel

import (
	"strconv"
	"strings"
)

// An xmlReader parses simple, well-formed documents as the library sax does in
// its strict mode. It leaves unusual documents to the library, which has rules
// and errors of its own for them.
type xmlReader struct {
	text    string
	at      int
	open    []string // names of the open elements
	handler xmlHandler
}

// An xmlHandler is called with the content of a document, in order. start
// returns false for an element name that it cannot handle.
type xmlHandler interface {
	start(name string, attributes []xmlAttribute) bool
	chars(text string, cdata bool)
	end() bool
}

type xmlAttribute struct{ name, value string }

// deepestXML limits how deep elements may be nested.
const deepestXML = 200

// document parses a whole document, and reports whether it could.
func (r *xmlReader) document() bool {
	return r.around() && r.element() && r.content() && r.around() && r.at == len(r.text)
}

// around skips what is allowed before and after the root element.
func (r *xmlReader) around() bool {
	for {
		r.space()
		switch {
		case r.has("<!--"):
			if !r.comment() {
				return false
			}
		case r.has("<?"):
			if !r.instruction() {
				return false
			}
		default:
			return true
		}
	}
}

func (r *xmlReader) has(prefix string) bool { return strings.HasPrefix(r.text[r.at:], prefix) }

// peek returns the next byte, or 0 at the end.
func (r *xmlReader) peek() byte {
	if r.at < len(r.text) {
		return r.text[r.at]
	}
	return 0
}

// space skips white space, and reports whether there was some.
func (r *xmlReader) space() bool {
	begin := r.at
	for r.at < len(r.text) && isXMLSpace(r.text[r.at]) {
		r.at++
	}
	return r.at > begin
}

func isXMLSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

// comment skips a comment. The library does not accept two hyphens inside it.
func (r *xmlReader) comment() bool { return r.skip("<!--", "--", "-->") }

// instruction skips a processing instruction. The library does not see its end
// after two question marks.
func (r *xmlReader) instruction() bool { return r.skip("<?", "?", "?>") }

// skip skips text from begin to end. The first mark in it must be the beginning
// of end.
func (r *xmlReader) skip(begin, mark, end string) bool {
	r.at += len(begin)
	size := strings.Index(r.text[r.at:], mark)
	if size < 0 {
		return false
	}
	r.at += size
	if !r.has(end) {
		return false
	}
	r.at += len(end)
	return true
}

// name reads an ASCII name. It returns "" for other names.
func (r *xmlReader) name() string {
	begin := r.at
	for r.at < len(r.text) && isNameByte(r.text[r.at], r.at > begin) {
		r.at++
	}
	if r.peek() >= 0x80 {
		return ""
	}
	return r.text[begin:r.at]
}

func isNameByte(c byte, inside bool) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == ':' || c == '_' || inside && (c == '.' || c == '-' || '0' <= c && c <= '9')
}

// element parses a start tag, and the end of an empty element.
func (r *xmlReader) element() bool {
	if r.peek() != '<' {
		return false
	}
	r.at++
	name := r.name()
	if name == "" || len(r.open) == deepestXML {
		return false
	}
	attributes, ok := r.attributes()
	if !ok || !r.handler.start(name, attributes) {
		return false
	}
	if r.peek() == '/' {
		r.at++
		if r.peek() != '>' {
			return false
		}
		r.at++
		return r.handler.end()
	}
	r.at++
	r.open = append(r.open, name)
	return true
}

// attributes parses the attributes of a start tag, up to its end. The first of
// two attributes with the same name counts.
func (r *xmlReader) attributes() (list []xmlAttribute, ok bool) {
	for {
		space := r.space()
		switch c := r.peek(); {
		case c == '>' || c == '/':
			return list, true
		case !space:
			return nil, false
		}
		a, ok := r.attribute()
		if !ok {
			return nil, false
		}
		if !hasAttribute(list, a.name) {
			list = append(list, a)
		}
	}
}

func hasAttribute(list []xmlAttribute, name string) bool {
	for i := range list {
		if list[i].name == name {
			return true
		}
	}
	return false
}

func (r *xmlReader) attribute() (a xmlAttribute, ok bool) {
	if a.name = r.name(); isSpecial(a.name) {
		return a, false
	}
	r.space()
	if r.peek() != '=' {
		return a, false
	}
	r.at++
	r.space()
	quote := r.peek()
	if quote != '"' && quote != '\'' {
		return a, false
	}
	r.at++
	end := strings.IndexByte(r.text[r.at:], quote)
	if end < 0 {
		return a, false
	}
	a.value, ok = unescapeXML(r.text[r.at : r.at+end])
	r.at += end + 1
	return a, ok
}

// content parses the content of the open elements, to the end of the last one.
func (r *xmlReader) content() bool {
	for len(r.open) > 0 {
		end := strings.IndexByte(r.text[r.at:], '<')
		if end < 0 {
			return false
		}
		if end > 0 {
			text, ok := unescapeXML(r.text[r.at : r.at+end])
			if !ok {
				return false
			}
			r.handler.chars(text, false)
			r.at += end
		}
		if !r.markup() {
			return false
		}
	}
	return true
}

func (r *xmlReader) markup() bool {
	switch {
	case r.has("</"):
		return r.endTag()
	case r.has("<!--"):
		return r.comment()
	case r.has("<![CDATA["):
		return r.cdata()
	case r.has("<?"):
		return r.instruction()
	}
	return r.element()
}

func (r *xmlReader) endTag() bool {
	r.at += len("</")
	if r.name() != r.open[len(r.open)-1] {
		return false
	}
	r.space()
	if r.peek() != '>' {
		return false
	}
	r.at++
	r.open = r.open[:len(r.open)-1]
	return r.handler.end()
}

func (r *xmlReader) cdata() bool {
	r.at += len("<![CDATA[")
	end := strings.Index(r.text[r.at:], "]]>")
	if end < 0 {
		return false
	}
	if end > 0 {
		r.handler.chars(r.text[r.at:r.at+end], true)
	}
	r.at += end + len("]]>")
	return true
}

// unescapeXML replaces the entities in a text. It knows XML's own entities and
// character numbers.
func unescapeXML(s string) (string, bool) {
	amp := strings.IndexByte(s, '&')
	if amp < 0 {
		return s, true
	}
	var out strings.Builder
	for ; amp >= 0; amp = strings.IndexByte(s, '&') {
		out.WriteString(s[:amp])
		name, rest, ok := strings.Cut(s[amp+1:], ";")
		if !ok {
			return "", false
		}
		r, ok := entity(name)
		if !ok {
			return "", false
		}
		out.WriteRune(r)
		s = rest
	}
	out.WriteString(s)
	return out.String(), true
}

func entity(name string) (rune, bool) {
	switch name {
	case "amp":
		return '&', true
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	digits, ok := strings.CutPrefix(name, "#")
	base := 10
	if rest, hex := strings.CutPrefix(strings.ToLower(digits), "x"); hex {
		digits, base = rest, 16
	}
	n, err := strconv.ParseUint(digits, base, 21)
	return rune(n), ok && err == nil && isXMLChar(rune(n))
}

func isXMLChar(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= ' ' && r < 0xd800 || r >= 0xe000 && r <= 0xfffd || r >= 0x10000 && r <= 0x10ffff
}
