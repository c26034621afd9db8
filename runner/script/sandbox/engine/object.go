package engine

import (
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/libquickjs"
)

// The engine stores the names, order and attributes of an object's properties
// in a shape, which objects share, and their values in a list of each object.
// Creating an object from an existing shape takes a twentieth of the time of
// adding the properties one by one.

// slotSize is the size of a property's value, or of its getter and setter.
const slotSize = unsafe.Sizeof(lib.TJSProperty{})

// A template is a shape from which objects are created. Its user must hold the
// shape.
type template struct {
	shape uintptr
	class uint16
	count int
	plain bool // all properties are data properties
}

// templateOf returns the template for objects like v. ok is false when v is of
// another class, or does not share its shape.
func templateOf(v Value, class uint16) (t template, ok bool) {
	if tagOf(v) != lib.EJS_TAG_OBJECT {
		return t, false
	}
	o := at[lib.TJSObject](pointerOf(v))
	shape := at[lib.TJSShape](o.Fshape)
	if o.Fclass_id != class || shape.Fis_hashed == 0 || shape.Fdeleted_prop_count != 0 {
		return t, false
	}
	t = template{shape: o.Fshape, class: class, count: int(shape.Fprop_count), plain: true}
	for i := range t.count {
		switch t.kind(i) {
		case lib.MJS_PROP_NORMAL:
		case lib.MJS_PROP_GETSET:
			t.plain = false
		default:
			return t, false
		}
	}
	return t, true
}

// kind returns the kind of a property: a value, a getter and setter, ….
func (t *template) kind(i int) uint32 {
	mask := at[lib.TJSShape](t.shape).Fprop_hash_mask
	properties := t.shape + unsafe.Sizeof(lib.TJSShape{}) + (uintptr(mask)+1)*4
	return at[lib.TJSShapeProperty](properties+uintptr(i)*unsafe.Sizeof(lib.TJSShapeProperty{})).F__ccgo0 >> 26 & lib.MJS_PROP_TMASK
}

// build creates an object. Its slots must be filled before anything else is
// created, because the engine would read them as values. It returns 0 with a
// pending exception when there is no memory.
func (b *binding) build(t *template) (v Value, slots uintptr) {
	hold(t.shape)
	v = newObjectFromShape(b.tls, b.context, t.shape, lib.TJSClassID(t.class), 0)
	if tagOf(v) == lib.EJS_TAG_EXCEPTION {
		return v, 0
	}
	return v, at[lib.TJSObject](pointerOf(v)).Fprop
}

// Copy returns an object with the properties of v, getters and setters
// included. The first properties get the given values, which the copy then
// owns. It returns an exception when there is no memory.
func (m *Machine) Copy(v Value, values ...Value) Value {
	t, ok := templateOf(v, lib.EJS_CLASS_OBJECT)
	if !ok || fallback != "" || len(values) > t.count || len(values) > 0 && !t.plain {
		return m.copySlowly(v, values)
	}
	copied, to := m.build(&t)
	if to == 0 {
		m.freeAll(values)
		return copied
	}
	t.fill(to, at[lib.TJSObject](pointerOf(v)).Fprop, values)
	return copied
}

// fill copies the slots of an object. The first slots get values instead.
func (t *template) fill(to, from uintptr, values []Value) {
	for i := range t.count {
		offset := uintptr(i) * slotSize
		switch {
		case i < len(values):
			*at[Value](to + offset) = values[i]
		case t.plain || t.kind(i) == lib.MJS_PROP_NORMAL:
			*at[Value](to + offset) = share(*at[Value](from + offset))
		default:
			pair := *at[[2]uintptr](from + offset)
			for _, f := range pair {
				if f != 0 {
					hold(f)
				}
			}
			*at[[2]uintptr](to + offset) = pair
		}
	}
}

// Like returns a function with the Go code of fn, another prototype, and no
// properties.
func (m *Machine) Like(fn, prototype Value) Value {
	v := lib.XJS_NewObjectProtoClass(m.tls, m.context, prototype, lib.EJS_CLASS_C_FUNCTION)
	if tagOf(v) != lib.EJS_TAG_EXCEPTION {
		m.become(v, fn)
	}
	return v
}

// become makes the function v run the code of fn.
func (m *Machine) become(v, fn Value) {
	of := unsafe.Offsetof(lib.TJSObject{}.Fu)
	*at[native](pointerOf(v) + of) = *at[native](pointerOf(fn) + of)
	lib.XJS_DupContext(m.tls, at[native](pointerOf(fn)+of).Frealm)
}

// CopyFunction is Copy for a Go function, with another value for its last
// property. It returns undefined for other functions.
func (m *Machine) CopyFunction(v, last Value) Value {
	t, ok := templateOf(v, lib.EJS_CLASS_C_FUNCTION)
	if !ok || fallback != "" || t.count == 0 || t.kind(t.count-1) != lib.MJS_PROP_NORMAL {
		return Undefined
	}
	copied, to := m.build(&t)
	if to == 0 {
		return copied
	}
	m.become(copied, v)
	t.fill(to, at[lib.TJSObject](pointerOf(v)).Fprop, nil)
	slot := at[Value](to + uintptr(t.count-1)*slotSize)
	m.Free(*slot)
	*slot = share(last)
	return copied
}

// copySlowly is Copy for objects with any shape. It copies property by
// property.
func (m *Machine) copySlowly(v Value, values []Value) Value {
	proto := lib.XJS_GetPrototype(m.tls, m.context, v)
	out := lib.XJS_NewObjectProto(m.tls, m.context, proto)
	m.Free(proto)
	const all = lib.MJS_GPN_STRING_MASK | lib.MJS_GPN_SYMBOL_MASK | lib.MJS_GPN_PRIVATE_MASK
	const room = int(2*unsafe.Sizeof(uintptr(0)) + unsafe.Sizeof(lib.TJSPropertyDescriptor{}))
	p := m.tls.Alloc(room)
	defer m.tls.Free(room)
	count, found := p+unsafe.Sizeof(uintptr(0)), p+2*unsafe.Sizeof(uintptr(0))
	if tagOf(out) == lib.EJS_TAG_EXCEPTION || lib.XJS_GetOwnPropertyNames(m.tls, m.context, p, count, v, all) < 0 {
		m.freeAll(values)
		m.Free(out)
		return exception
	}
	list, n := *at[uintptr](p), *at[uint32](count)
	defer lib.XJS_FreePropertyEnum(m.tls, m.context, list, n)
	for i := range int(n) {
		name := at[lib.TJSPropertyEnum](list + uintptr(i)*unsafe.Sizeof(lib.TJSPropertyEnum{})).Fatom
		if lib.XJS_GetOwnProperty(m.tls, m.context, found, v, name) <= 0 {
			continue
		}
		d := at[lib.TJSPropertyDescriptor](found)
		if i < len(values) {
			m.Free(d.Fvalue)
			d.Fvalue = values[i]
		}
		m.define(out, name, d)
	}
	return out
}

// define defines a property of an object from a descriptor, whose values it
// takes over.
func (m *Machine) define(object Value, name lib.TJSAtom, d *lib.TJSPropertyDescriptor) {
	flags := d.Fflags&lib.MJS_PROP_C_W_E | lib.MJS_PROP_HAS_CONFIGURABLE | lib.MJS_PROP_HAS_ENUMERABLE
	if d.Fflags&lib.MJS_PROP_GETSET != 0 {
		flags |= lib.MJS_PROP_HAS_GET | lib.MJS_PROP_HAS_SET
	} else {
		flags |= lib.MJS_PROP_HAS_WRITABLE | lib.MJS_PROP_HAS_VALUE
	}
	if lib.XJS_DefineProperty(m.tls, m.context, object, name, d.Fvalue, d.Fgetter, d.Fsetter, flags) < 0 {
		m.drop()
	}
	m.freeAll([]Value{d.Fvalue, d.Fgetter, d.Fsetter})
}

func (m *Machine) freeAll(values []Value) {
	for _, v := range values {
		m.Free(v)
	}
}

// An Atom is a property name in the engine's format.
type Atom = lib.TJSAtom

// Atom converts a string or symbol to an atom, which is valid as long as the
// machine lives.
func (b *binding) Atom(name Value) Atom { return lib.XJS_ValueToAtom(b.tls, b.context, name) }

// Get returns a property, or an exception when its getter throws. The caller
// owns it.
func (b *binding) Get(object Value, name Atom) Value {
	return lib.XJS_GetPropertyInternal(b.tls, b.context, object, name, object, 0)
}

// Set sets a property and takes ownership of the value. It ignores a refusal.
func (b *binding) Set(object Value, name Atom, value Value) {
	if lib.XJS_SetPropertyInternal(b.tls, b.context, object, name, value, object, 0) < 0 {
		b.drop()
	}
}

// Alike reports whether two objects share a shape, so that their properties,
// attributes and prototype are the same. Objects with different shapes may be
// alike, too.
func Alike(a, b Value) bool {
	return tagOf(a) == lib.EJS_TAG_OBJECT && tagOf(b) == lib.EJS_TAG_OBJECT && fallback == "" &&
		at[lib.TJSObject](pointerOf(a)).Fshape == at[lib.TJSObject](pointerOf(b)).Fshape
}

// Create returns an object without properties.
func (b *binding) Create(prototype Value) Value {
	return lib.XJS_NewObjectProto(b.tls, b.context, prototype)
}

// Global returns the global object.
func (b *binding) Global() Value { return lib.XJS_GetGlobalObject(b.tls, b.context) }

// Elements returns the elements of an array, borrowed, and nil for another
// value.
func (b *binding) Elements(array Value) []Value {
	if tagOf(array) != lib.EJS_TAG_OBJECT {
		return nil
	}
	length := lib.XJS_GetPropertyStr(b.tls, b.context, array, uintptr(unsafe.Pointer(&lengthName)))
	out := make([]Value, max(0, intOf(length)))
	for i := range out {
		out[i] = lib.XJS_GetPropertyUint32(b.tls, b.context, array, uint32(i))
		b.Free(out[i])
	}
	return out
}

var lengthName = [...]byte{'l', 'e', 'n', 'g', 't', 'h', 0}

// hold adds a reference to the value at p.
func hold(p uintptr) { *at[int32](p - 4)++ }

// share returns v with one more reference.
func share(v Value) Value {
	if tagOf(v) < 0 {
		hold(pointerOf(v))
	}
	return v
}

// Hide defines a property that is not enumerable. It ignores a refusal by a
// frozen object.
func (b *binding) Hide(object, key, value Value) {
	const attributes = lib.MJS_PROP_CONFIGURABLE | lib.MJS_PROP_WRITABLE
	atom := lib.XJS_ValueToAtom(b.tls, b.context, key)
	defer lib.XJS_FreeAtom(b.tls, b.context, atom)
	if lib.XJS_DefinePropertyValue(b.tls, b.context, object, atom, share(value), attributes) < 0 {
		b.drop()
	}
}

// newObjectFromShape takes ownership of the reference to the shape.
//
//go:linkname newObjectFromShape modernc.org/libquickjs._JS_NewObjectFromShape
func newObjectFromShape(tls *libc.TLS, ctx, shape uintptr, class lib.TJSClassID, properties uintptr) Value
