//go:build amd64 || arm64

package engine

import (
	"bytes"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/libquickjs"
)

// Plain data is what JSON.parse makes: texts, numbers, booleans, null, arrays,
// and objects that inherit from Object.prototype alone and whose properties are
// simply values. To read it changes nothing and calls nobody.

// Bounds of what is done in one go.
const (
	deepestData = 500
	mostData    = 20_000_000 // values
)

// SameData reports whether two values are surely equal by any definition of deep
// equality: the same texts, numbers and so on in objects with the same keys, in
// any order. False says nothing.
func (c *Call) SameData(a, b Value) bool {
	d := data{Call: c, shapes: map[uintptr]*properties{}}
	return d.same(a, b)
}

// CopyData is a deep copy of plain data, in which objects that were the same are
// the same. It is Undefined for other values, and for those with a circle in
// them; it may fail for lack of memory.
func (c *Call) CopyData(v Value) Value {
	d := data{Call: c, shapes: map[uintptr]*properties{}, copies: map[uintptr]Value{}}
	copied, ok := d.copy(v)
	if !ok && tagOf(copied) != lib.EJS_TAG_EXCEPTION {
		return Undefined
	}
	return copied
}

// data is a walk over plain data.
type data struct {
	*Call
	depth, count int
	shapes       map[uintptr]*properties
	last         *properties       // met last
	copies       map[uintptr]Value // of objects; Undefined while one is being copied
}

// deeper reports whether there may be another value below. The caller lowers the
// depth again.
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
	case lib.EJS_TAG_FLOAT64: // two zeros with different signs are not equal for all
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
		return false // a text that needs no wide characters has none, as a rule
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

// plainArray is the elements of an array that is nothing else.
func (d *data) plainArray(v Value) ([]Value, bool) {
	list, ok := fastArray(v)
	shape := at[lib.TJSShape](at[lib.TJSObject](pointerOf(v)).Fshape)
	return list, ok && shape.Fprop_count == 1 && shape.Fproto == d.prototype(lib.EJS_CLASS_ARRAY)
}

func (m *Machine) prototype(class uintptr) uintptr {
	return pointerOf(*at[Value](at[lib.TJSContext](m.context).Fclass_proto + class*valueSize))
}

// properties are what all objects of a shape have.
type properties struct {
	shape uintptr
	plain bool
	names []lib.TJSAtom
}

// properties are those of an object, which is not plain when one of them is not
// simply a value, or is named by a symbol.
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

// list names the properties of a shape, and reports whether it is plain.
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

// slotsOf is where an object has the values of its properties.
func slotsOf(v Value, p *properties) []Value {
	return unsafe.Slice(at[Value](at[lib.TJSObject](pointerOf(v)).Fprop), len(p.names))
}

// copy is a value's copy, the caller's. One that is not ok is an exception, or
// nothing.
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

// made is an object that has taken values over, unless there was no memory for it.
func (d *data) made(v Value, values []Value) (Value, bool) {
	if tagOf(v) == lib.EJS_TAG_EXCEPTION {
		d.freeAll(values)
		return v, false
	}
	return v, true
}

// copyAll copies the members of an array or object. When one cannot be copied,
// failed is what copy made of it.
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
