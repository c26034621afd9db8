package plain

import (
	"math"
	"unicode/utf16"

	"postie/collections/vars"
)

// A kind is a type of JavaScript values.
type kind uint8

const (
	undefined kind = iota
	null
	boolean
	number
	text
	array
	object
)

// A value is a JavaScript value that no script can change: it comes from a
// literal, a variable or JSON.
type value struct {
	kind   kind
	number float64 // for a boolean, 1 is true
	text   string
	list   []value  // elements, or the values of properties
	keys   []string // of an object, in their order
}

func truth(b bool) value {
	if b {
		return value{kind: boolean, number: 1}
	}
	return value{kind: boolean}
}

func (v value) isTrue() bool { return v.kind == boolean && v.number == 1 }

func (v value) compound() bool { return v.kind == array || v.kind == object }

// truthy reports whether a condition with this value holds.
func (v value) truthy() bool {
	switch v.kind {
	case boolean, number:
		return v.number != 0 && !math.IsNaN(v.number)
	case text:
		return v.text != ""
	}
	return v.compound()
}

// typeName returns Chai's name of the value's type.
func (v value) typeName() string {
	return [...]string{"undefined", "null", "boolean", "number", "string", "array", "object"}[v.kind]
}

// identical is the operator ===. It gives up on two objects or arrays, because
// their identity is unknown here.
func (r *run) identical(a, b value) bool {
	switch {
	case a.kind != b.kind:
		return false
	case a.compound():
		r.giveUp()
	case a.kind == text:
		r.work(len(a.text) / 16)
		return a.text == b.text
	}
	return a.number == b.number
}

// newText returns a text value and counts its cost.
func (r *run) newText(s string) value {
	r.work(len(s))
	return value{kind: text, text: s}
}

// deepEqual compares two values as Chai's eql does.
func (r *run) deepEqual(a, b value) bool {
	r.work(1 + len(b.keys))
	switch {
	case r.stuck:
		return false
	case a.kind != b.kind || len(a.list) != len(b.list):
		return false
	case a.kind == number:
		return a.number == b.number && math.Signbit(a.number) == math.Signbit(b.number) || math.IsNaN(a.number) && math.IsNaN(b.number)
	case a.kind == object:
		for i, key := range a.keys {
			other, ok := b.own(key)
			if !ok || !r.deepEqual(a.list[i], other) {
				return false
			}
		}
		return true
	}
	for i := range a.list {
		if !r.deepEqual(a.list[i], b.list[i]) {
			return false
		}
	}
	return a.text == b.text && a.number == b.number
}

// own returns a property of an object. A duplicate name has its last value.
func (v value) own(name string) (value, bool) {
	for i := len(v.keys) - 1; i >= 0; i-- {
		if v.keys[i] == name {
			return v.list[i], true
		}
	}
	return value{}, false
}

// member returns a property of a value. Inherited properties are left to the
// machine.
func (r *run) member(of value, name string) value {
	switch of.kind {
	case object:
		r.work(len(of.keys))
		got, ok := of.own(name)
		if !ok && inherited[name] {
			return r.giveUp()
		}
		return got
	case array, text:
		if name == "length" {
			return value{kind: number, number: float64(of.length())}
		}
	}
	return r.giveUp()
}

// element returns an element of an array, or a property of an object.
func (r *run) element(of, at value) value {
	switch {
	case of.kind == array && at.kind == number && at.number == math.Trunc(at.number) && at.number >= 0:
		if i := at.number; i < float64(len(of.list)) {
			return of.list[int(i)]
		}
		return value{}
	case of.kind == object && at.kind == text:
		return r.member(of, at.text)
	case of.kind == text && at.kind == number && ascii(of.text) && at.number == math.Trunc(at.number) && at.number >= 0:
		if at.number < float64(len(of.text)) {
			return value{kind: text, text: of.text[int(at.number):][:1]}
		}
		return value{}
	}
	return r.giveUp()
}

// length returns the length of a text, in UTF-16 units, or of an array.
func (v value) length() int {
	if v.kind == array {
		return len(v.list)
	}
	return units(v.text)
}

// units returns the length of a text in UTF-16 units.
func units(s string) (n int) {
	for _, c := range s {
		n += utf16.RuneLen(c)
	}
	return n
}

// inherited are the properties that all objects inherit.
var inherited = map[string]bool{
	"constructor": true, "hasOwnProperty": true, "isPrototypeOf": true, "propertyIsEnumerable": true, "toLocaleString": true,
	"toString": true, "valueOf": true, "__proto__": true,
	"__defineGetter__": true, "__defineSetter__": true, "__lookupGetter__": true, "__lookupSetter__": true,
}

// shown converts a value to text, as in a template.
func (r *run) shown(v value) string {
	switch v.kind {
	case undefined:
		return "undefined"
	case null:
		return "null"
	case boolean:
		return vars.Text(v.isTrue())
	case number:
		return vars.Text(v.number)
	case text:
		return v.text
	}
	r.giveUp()
	return ""
}
