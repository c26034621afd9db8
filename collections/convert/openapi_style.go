package convert

import (
	"fmt"
	"strings"
)

// A serialization says how a value becomes text: by style and explode of
// OpenAPI's Parameter and Encoding Objects.
type serialization struct {
	style    string // simple, label, matrix, form, spaceDelimited, pipeDelimited, deepObject
	explode  bool
	escape   func(string) string // percent-encodes names and values
	verbatim bool                // delimiters are not percent-encoded, either
}

// A nameValue is a parameter as it is sent. hasName is false when the style has
// only a value.
type nameValue struct{ name, value string }

// pairs returns how a value is sent in a query, a form or cookies, where names
// and values are. An empty object or list is not sent.
func (z serialization) pairs(name string, x *sample) []nameValue {
	switch {
	case x == nil:
		return nil
	case x.kind == objectSample && z.style == "deepObject":
		return z.deep(z.escape(name), x)
	case x.kind == scalarSample:
		return []nameValue{{z.escape(name), z.escape(x.text())}}
	case len(x.list)+len(x.members) == 0:
		return nil
	case x.kind == listSample && z.explode:
		var out []nameValue
		for _, e := range x.list {
			out = append(out, nameValue{z.escape(name), z.escape(e.text())})
		}
		return out
	case x.kind == objectSample && z.explode && z.style == "form":
		var out []nameValue
		for _, m := range x.members {
			out = append(out, nameValue{z.escape(m.key), z.escape(m.value.text())})
		}
		return out
	}
	return []nameValue{{z.escape(name), strings.Join(z.flat(x), z.delimiter())}}
}

// deep returns filter[a][b]=c. The specification does not say what a list in it
// becomes; most servers read filter[a][0]=b.
func (z serialization) deep(name string, x *sample) []nameValue {
	bracket := func(key string) string { return name + z.bracket("[") + z.escape(key) + z.bracket("]") }
	var out []nameValue
	switch x.kind {
	case objectSample:
		for _, m := range x.members {
			out = append(out, z.deep(bracket(m.key), m.value)...)
		}
	case listSample:
		for i, e := range x.list {
			out = append(out, z.deep(bracket(itoa(i)), e)...)
		}
	default:
		out = append(out, nameValue{name, z.escape(x.text())})
	}
	return out
}

func (z serialization) bracket(s string) string {
	if z.verbatim {
		return s
	}
	return fmt.Sprintf("%%%02X", s[0])
}

func (z serialization) delimiter() string {
	switch {
	case z.style == "spaceDelimited" && z.verbatim:
		return " "
	case z.style == "spaceDelimited":
		return "%20"
	case z.style == "pipeDelimited" && z.verbatim:
		return "|"
	case z.style == "pipeDelimited":
		return "%7C"
	}
	return ","
}

// flat returns the elements of a list, or the keys and values of an object in
// turn.
func (z serialization) flat(x *sample) []string {
	var out []string
	for _, e := range x.list {
		out = append(out, z.escape(e.text()))
	}
	for _, m := range x.members {
		out = append(out, z.escape(m.key), z.escape(m.value.text()))
	}
	return out
}

// text returns how a value is sent in a path or header, where only some styles
// have a name.
func (z serialization) text(name string, x *sample) string {
	switch z.style {
	case "label":
		return z.joined(x, ".", ".")
	case "matrix":
		return z.matrix(z.escape(name), x)
	}
	return z.joined(x, "", ",")
}

// joined returns a value with a prefix, and with a separator between exploded
// members.
func (z serialization) joined(x *sample, prefix, separator string) string {
	switch {
	case x == nil:
		return prefix
	case x.kind == scalarSample:
		return prefix + z.escape(x.text())
	case x.kind == objectSample && z.explode:
		return prefix + strings.Join(z.assignments(x), separator)
	case z.explode:
		return prefix + strings.Join(z.flat(x), separator)
	}
	return prefix + strings.Join(z.flat(x), ",")
}

func (z serialization) matrix(name string, x *sample) string {
	switch {
	case x == nil || x.kind == scalarSample && x.text() == "":
		return ";" + name
	case x.kind == scalarSample:
		return ";" + name + "=" + z.escape(x.text())
	case x.kind == objectSample && z.explode:
		return ";" + strings.Join(z.assignments(x), ";")
	case z.explode:
		out := ""
		for _, e := range z.flat(x) {
			out += ";" + name + "=" + e
		}
		return out
	}
	return ";" + name + "=" + strings.Join(z.flat(x), ",")
}

// assignments returns the members of an object as key=value.
func (z serialization) assignments(x *sample) []string {
	var out []string
	for _, m := range x.members {
		out = append(out, z.escape(m.key)+"="+z.escape(m.value.text()))
	}
	return out
}

// Characters that are not percent-encoded in a value. Blanks and characters
// beyond ASCII stay as they are here: the run encodes them, and the collection
// is easier to read.
const (
	unreserved = "-._~"
	// reserved characters may stay with allowReserved, except those with a
	// meaning in a query: & = + #, and [ ] which a query must not contain.
	reserved     = unreserved + ":/?@!$'()*,;"
	cookieOctets = unreserved + "!#$&'()*+/:<=>?@[]^_`{|}"
)

// escaper percent-encodes all but letters, digits and the kept characters.
func escaper(kept string, triples bool) func(string) string {
	return func(s string) string {
		var b strings.Builder
		for i := 0; i < len(s); i++ {
			c := s[i]
			switch {
			case c >= '0' && c <= '9', c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= 0x80, strings.IndexByte(kept, c) >= 0,
				c == '%' && triples && isTriple(s[i:]):
				b.WriteByte(c)
			default:
				fmt.Fprintf(&b, "%%%02X", c)
			}
		}
		return b.String()
	}
}

// isTriple reports whether a text begins with a percent-encoded byte.
func isTriple(s string) bool {
	isHex := func(c byte) bool { return strings.IndexByte("0123456789abcdefABCDEF", c) >= 0 }
	return len(s) > 2 && isHex(s[1]) && isHex(s[2])
}

var (
	escapeAll      = escaper(unreserved+" ", false)
	escapeReserved = escaper(reserved+" ", true)
	escapeCookie   = escaper(cookieOctets, false)
	asIs           = func(s string) string { return s }
)
