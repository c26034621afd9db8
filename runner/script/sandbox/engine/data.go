//go:build amd64 || arm64

package engine

import (
	"bytes"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/libquickjs"
)

// Plain data is what JSON.parse returns: strings, numbers, booleans, null,
// arrays, and objects that inherit only from Object.prototype and have only
// data properties. Reading it changes nothing and calls no function.

// Limits of what is done without a check for interrupts.
const (
	deepestData = 500
	mostData    = 20_000_000 // values
)

// SameData reports whether two values are certainly equal by any definition of
// deep equality: the same strings, numbers and so on, in objects with the same
// keys in any order. The values may also be equal when it returns false.
func (c *Call) SameData(a, b Value) bool {
	d := data{Call: c, shapes: map[uintptr]*properties{}}
	return d.same(a, b)
}

// CopyData returns a deep copy of plain data. An object that occurs twice
// occurs twice in the copy, too. It returns Undefined for values that are not
// plain or are cyclic, and an exception when there is no memory.
func (c *Call) CopyData(v Value) Value {
	d := data{Call: c, shapes: map[uintptr]*properties{}, copies: map[uintptr]Value{}}
	copied, ok := d.copy(v)
	if !ok && tagOf(copied) != lib.EJS_TAG_EXCEPTION {
		return Undefined
	}
	return copied
}

// A data is a walk over plain data.
type data struct {
	*Call
	depth, count int
	shapes       map[uintptr]*properties
	last         *properties       // the last one used
	copies       map[uintptr]Value // of objects; Undefined while one is being copied
}

// deeper counts one more value and one more level, and reports whether the
// limits allow them. The caller lowers the depth again.
func (d *data) deeper() bool {
	d.depth++
	d.count++
	return d.depth <= deepestData && d.count <= mostData
}

func (d *data) same(a, b Value) bool {
	tag := tagOf(a)
	if tag != tagOf(b) {
		return false
	}
	switch tag {
	case lib.EJS_TAG_UNDEFINED, lib.EJS_TAG_NULL:
		return true
	case lib.EJS_TAG_INT, lib.EJS_TAG_BOOL:
		return intOf(a) == intOf(b)
	case lib.EJS_TAG_FLOAT64: // zeros with different signs are not equal by every definition
		return *word(a) == *word(b) || floatOf(a) != floatOf(a) && floatOf(b) != floatOf(b)
	case lib.EJS_TAG_STRING:
		return sameText(pointerOf(a), pointerOf(b))
	case lib.EJS_TAG_STRING_ROPE:
		x, ok := d.flat(a)
		y, also := d.flat(b)
		return ok && also && sameText(pointerOf(x), pointerOf(y))
	case lib.EJS_TAG_OBJECT:
		if pointerOf(a) == pointerOf(b) {
			return true
		}
		defer func() { d.depth-- }()
		return d.deeper() && d.sameObject(a, b)
	}
	return false
}

func sameText(a, b uintptr) bool {
	n, wide := stringSize(a)
	m, alsoWide := stringSize(b)
	if n != m || wide != alsoWide {
		return false // a string with 16-bit characters usually has one that needs them
	}
	if wide {
		n *= 2
	}
	return a == b || bytes.Equal(bytesAt(a+stringData, n), bytesAt(b+stringData, n))
}

func (d *data) sameObject(a, b Value) bool {
	if list, ok := d.plainArray(a); ok {
		other, ok := d.plainArray(b)
		if !ok || len(list) != len(other) {
			return false
		}
		for i := range list {
			if !d.same(list[i], other[i]) {
				return false
			}
		}
		return true
	}
	one, other := d.properties(a), d.properties(b)
	if !one.plain || !other.plain || len(one.names) != len(other.names) {
		return false
	}
	from, to := slotsOf(a, one), slotsOf(b, other)
	for i, v := range from {
		w := &to[i]
		if one.names[i] != other.names[i] {
			if w, _ = property(pointerOf(b), one.names[i]); w == nil {
				return false
			}
		}
		if !d.same(v, *w) {
			return false
		}
	}
	return true
}

// plainArray returns the elements of an array without other properties.
func (d *data) plainArray(v Value) ([]Value, bool) {
	list, ok := fastArray(v)
	shape := at[lib.TJSShape](at[lib.TJSObject](pointerOf(v)).Fshape)
	return list, ok && shape.Fprop_count == 1 && shape.Fproto == d.prototype(lib.EJS_CLASS_ARRAY)
}

func (m *Machine) prototype(class uintptr) uintptr {
	return pointerOf(*at[Value](at[lib.TJSContext](m.context).Fclass_proto + class*valueSize))
}

// properties are the properties of all objects with one shape.
type properties struct {
	shape uintptr
	plain bool
	names []lib.TJSAtom
}

// properties returns the properties of an object. The object is not plain when
// one of them is not a data property or has a symbol as its name.
func (d *data) properties(v Value) *properties {
	o := at[lib.TJSObject](pointerOf(v))
	if o.Fclass_id != lib.EJS_CLASS_OBJECT {
		return &properties{}
	}
	if d.last != nil && d.last.shape == o.Fshape {
		return d.last
	}
	p := d.shapes[o.Fshape]
	if p == nil {
		p = &properties{shape: o.Fshape}
		p.plain = d.list(p)
		d.shapes[o.Fshape] = p
	}
	d.last = p
	return p
}

// list lists the names of a shape's properties, and reports whether the shape
// is plain.
func (d *data) list(p *properties) bool {
	shape := at[lib.TJSShape](p.shape)
	if shape.Fproto != d.prototype(lib.EJS_CLASS_OBJECT) || shape.Fdeleted_prop_count != 0 {
		return false
	}
	first := p.shape + shapeHash + 4*uintptr(shape.Fprop_hash_mask) + 4
	for i := range uintptr(shape.Fprop_count) {
		name := at[lib.TJSShapeProperty](first + i*propertySize).Fatom
		if *at[uint32](first + i*propertySize)>>26 != lib.MJS_PROP_C_W_E || atomKind(d.tls, d.context, name) != lib.EJS_ATOM_KIND_STRING {
			return false
		}
		p.names = append(p.names, name)
	}
	return true
}

//go:linkname atomKind modernc.org/libquickjs._JS_AtomGetKind
func atomKind(tls *libc.TLS, context uintptr, name lib.TJSAtom) int32

// slotsOf returns the values of an object's properties.
func slotsOf(v Value, p *properties) []Value {
	return unsafe.Slice(at[Value](at[lib.TJSObject](pointerOf(v)).Fprop), len(p.names))
}

// copy returns a copy, which the caller owns. When ok is false, the value is an
// exception or Undefined.
func (d *data) copy(v Value) (Value, bool) {
	switch tagOf(v) {
	case lib.EJS_TAG_UNDEFINED, lib.EJS_TAG_NULL, lib.EJS_TAG_INT, lib.EJS_TAG_BOOL, lib.EJS_TAG_FLOAT64:
		return v, true
	case lib.EJS_TAG_STRING, lib.EJS_TAG_STRING_ROPE:
		return share(v), true
	case lib.EJS_TAG_OBJECT:
	default:
		return Undefined, false
	}
	if known, ok := d.copies[pointerOf(v)]; ok {
		return share(known), IsObject(known)
	}
	defer func() { d.depth-- }()
	if !d.deeper() {
		return Undefined, false
	}
	d.copies[pointerOf(v)] = Undefined
	copied, ok := d.copyObject(v)
	if ok {
		d.copies[pointerOf(v)] = copied
	}
	return copied, ok
}

func (d *data) copyObject(v Value) (Value, bool) {
	if list, ok := d.plainArray(v); ok {
		values, failed, ok := d.copyAll(list)
		if !ok {
			return failed, false
		}
		return d.made(d.newList(values), values)
	}
	p := d.properties(v)
	t, ok := templateOf(v, lib.EJS_CLASS_OBJECT)
	if !ok || !p.plain {
		return Undefined, false
	}
	values, failed, ok := d.copyAll(slotsOf(v, p))
	if !ok {
		return failed, false
	}
	copied, to := d.build(&t)
	if to != 0 {
		copy(unsafe.Slice(at[Value](to), len(values)), values)
	}
	return d.made(copied, values)
}

// made returns a new object that owns the values. When v is an exception, it
// frees them.
func (d *data) made(v Value, values []Value) (Value, bool) {
	if tagOf(v) == lib.EJS_TAG_EXCEPTION {
		d.freeAll(values)
		return v, false
	}
	return v, true
}

// copyAll copies the members of an array or object. When a member cannot be
// copied, failed is the result of its copy.
func (d *data) copyAll(members []Value) (values []Value, failed Value, ok bool) {
	values = make([]Value, 0, len(members))
	for _, member := range members {
		v, ok := d.copy(member)
		if !ok {
			d.freeAll(values)
			return nil, v, false
		}
		values = append(values, v)
	}
	return values, Undefined, true
}
