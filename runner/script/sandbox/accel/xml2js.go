//go:build amd64 || arm64

package accel

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"postie/runner/script/sandbox/engine"
)

// xml2js are the functions for the library xml2js.
var xml2js = map[string]engine.Function{"xml2js.object": xmlObject}

// xmlOptions are the options of the library, with the same names.
type xmlOptions struct {
	explicitArray, explicitCharkey, explicitRoot, ignoreAttrs, mergeAttrs, normalize, trim bool

	attrkey, charkey    string
	tagNames, attrNames []string // processors, by their names in the library
}

// xmlObject implements object(text, options that are set, attrkey, charkey,
// processors of tag names, processors of attribute names); lists are separated
// by spaces. It returns the object that the library makes of a document, or
// undefined when the library must make it.
func xmlObject(c *engine.Call) engine.Value {
	set := strings.Fields(c.Text(1))
	has := func(name string) bool { return slices.Contains(set, name) }
	b := &xmlBuilder{xmlOptions: xmlOptions{
		explicitArray: has("explicitArray"), explicitCharkey: has("explicitCharkey"), explicitRoot: has("explicitRoot"),
		ignoreAttrs: has("ignoreAttrs"), mergeAttrs: has("mergeAttrs"), normalize: has("normalize"), trim: has("trim"),
		attrkey: c.Text(2), charkey: c.Text(3), tagNames: strings.Fields(c.Text(4)), attrNames: strings.Fields(c.Text(5)),
	}}
	text := c.Text(0)
	if strings.Contains(text, "\ufeff") || strings.ContainsRune(text, utf8.RuneError) { // U+FFFD may stand for a lone surrogate
		return engine.Undefined
	}
	r := xmlReader{text: text, handler: b}
	if !r.document() {
		return engine.Undefined
	}
	v, _, ok := c.ParseJSON(string(b.root), false)
	if !ok {
		return engine.Undefined
	}
	return v
}

// An xmlBuilder builds the library's object of a document, as JSON.
type xmlBuilder struct {
	xmlOptions
	stack []*xmlElement
	root  []byte // set when the document is complete
}

// An xmlElement is an element that has not ended yet.
type xmlElement struct {
	name    string
	text    []byte
	cdata   bool
	attrs   []byte // JSON; "" when there are none
	members []xmlMember
	byName  map[string]int // index of each member, when there are many
}

// An xmlMember is a property with one or more values.
type xmlMember struct {
	name   string
	values [][]byte // JSON
}

// isSpecial reports whether a name cannot be used for an ordinary property: all
// objects inherit such a property, or it looks like a number, so that
// JavaScript lists it first.
func isSpecial(name string) bool {
	switch name {
	case "", "constructor", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "toLocaleString", "toString", "valueOf":
		return true
	}
	return strings.HasPrefix(name, "__") || '0' <= name[0] && name[0] <= '9'
}

// cannot reports whether a name cannot be used for a member.
func (b *xmlBuilder) cannot(name string) bool {
	return name == b.attrkey || name == b.charkey || name == "cdata" || isSpecial(name)
}

func (b *xmlBuilder) start(name string, attributes []xmlAttribute) bool {
	e := &xmlElement{name: processed(b.tagNames, name)}
	if b.cannot(e.name) {
		return false
	}
	b.stack = append(b.stack, e)
	if b.ignoreAttrs {
		return true
	}
	if b.mergeAttrs {
		for _, a := range attributes {
			name := processed(b.attrNames, a.name)
			if b.cannot(name) {
				return false
			}
			e.add(name, appendJSON(nil, a.value))
		}
		return true
	}
	return e.setAttributes(attributes, b.attrNames)
}

// setAttributes builds the object of attributes. It returns false when a
// processor gives two attributes the same name: in the library the last one
// counts.
func (e *xmlElement) setAttributes(attributes []xmlAttribute, processors []string) bool {
	var met []string
	for i, a := range attributes {
		name := processed(processors, a.name)
		if isSpecial(name) || len(processors) > 0 && slices.Contains(met, name) {
			return false
		}
		met = append(met, name)
		e.attrs = append(e.attrs, "{,"[min(i, 1)])
		e.attrs = append(appendJSON(e.attrs, name), ':')
		e.attrs = appendJSON(e.attrs, a.value)
	}
	if len(attributes) > 0 {
		e.attrs = append(e.attrs, '}')
	}
	return true
}

// processed applies the library's own name processors to a name.
func processed(processors []string, name string) string {
	for _, p := range processors {
		switch p {
		case "normalize":
			name = strings.ToLower(name)
		case "firstCharLowerCase":
			name = strings.ToLower(name[:min(1, len(name))]) + name[min(1, len(name)):]
		case "stripPrefix":
			if !strings.HasPrefix(name, "xmlns") {
				name = name[strings.LastIndexByte(name, ':')+1:]
			}
		}
	}
	return name
}

func (b *xmlBuilder) chars(text string, cdata bool) {
	e := b.stack[len(b.stack)-1]
	e.text = append(e.text, text...)
	e.cdata = e.cdata || cdata
}

// many is the number of members up to which a search looks at each member.
const many = 16

// add adds a value to a member of an element.
func (e *xmlElement) add(name string, value []byte) {
	i, ok := e.find(name)
	if !ok {
		e.members = append(e.members, xmlMember{name: name})
		if e.byName != nil {
			e.byName[name] = i
		}
	}
	e.members[i].values = append(e.members[i].values, value)
}

func (e *xmlElement) find(name string) (i int, ok bool) {
	if len(e.members) <= many {
		for i := range e.members {
			if e.members[i].name == name {
				return i, true
			}
		}
		return len(e.members), false
	}
	if e.byName == nil {
		e.byName = map[string]int{}
		for i := range e.members {
			e.byName[e.members[i].name] = i
		}
	}
	if i, ok = e.byName[name]; !ok {
		i = len(e.members)
	}
	return i, ok
}

func (b *xmlBuilder) end() bool {
	e := b.stack[len(b.stack)-1]
	b.stack = b.stack[:len(b.stack)-1]
	value := b.value(e)
	if len(b.stack) > 0 {
		b.stack[len(b.stack)-1].add(e.name, value)
		return true
	}
	if b.root = value; b.explicitRoot {
		b.root = append(append(append(appendJSON([]byte{'{'}, e.name), ':'), value...), '}')
	}
	return true
}

// value returns the JSON of an element: only its text when it has nothing else.
func (b *xmlBuilder) value(e *xmlElement) []byte {
	text := string(e.text)
	blank := strings.TrimFunc(text, isJSSpace) == "" && !e.cdata
	if !blank {
		text = b.spaced(text)
	}
	alone := len(e.attrs) == 0 && len(e.members) == 0
	if alone && (blank || !b.explicitCharkey) {
		return appendJSON(nil, text)
	}
	out := []byte{'{'}
	property := func(name string) {
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(appendJSON(out, name), ':')
	}
	if !blank {
		property(b.charkey)
		out = appendJSON(out, text)
	}
	if len(e.attrs) > 0 {
		property(b.attrkey)
		out = append(out, e.attrs...)
	}
	for i := range e.members {
		property(e.members[i].name)
		out = b.appendValues(out, e.members[i].values)
	}
	return append(out, '}')
}

func (b *xmlBuilder) appendValues(out []byte, values [][]byte) []byte {
	if len(values) == 1 && !b.explicitArray {
		return append(out, values[0]...)
	}
	for i, v := range values {
		out = append(append(out, "[,"[min(i, 1)]), v...)
	}
	return append(out, ']')
}

// spaced changes the white space of a text as the options require.
func (b *xmlBuilder) spaced(text string) string {
	if b.trim || b.normalize {
		text = strings.TrimFunc(text, isJSSpace)
	}
	if !b.normalize {
		return text
	}
	var out strings.Builder
	for text != "" {
		word := strings.IndexFunc(text, isJSSpace)
		if word < 0 {
			out.WriteString(text)
			break
		}
		rest := strings.TrimLeftFunc(text[word:], isJSSpace)
		out.WriteString(text[:word])
		if space := text[word : len(text)-len(rest)]; utf8.RuneCountInString(space) > 1 {
			out.WriteByte(' ')
		} else {
			out.WriteString(space)
		}
		text = rest
	}
	return out.String()
}

// isJSSpace reports whether JavaScript counts a character as white space.
func isJSSpace(r rune) bool { return r == '\ufeff' || r != 0x85 && unicode.IsSpace(r) }

// appendJSON appends a text as a JSON string.
func appendJSON(out []byte, s string) []byte {
	const digits = "0123456789abcdef"
	out = append(out, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"', c == '\\':
			out = append(out, '\\', c)
		case c < ' ':
			out = append(out, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
		default:
			out = append(out, c)
		}
	}
	return append(out, '"')
}
