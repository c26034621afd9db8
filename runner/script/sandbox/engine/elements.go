//go:build amd64 || arm64

package engine

import (
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/libquickjs"
)

// Offsets in a JSObject: its flags, and the data of arrays and typed arrays.
const (
	objectFlags   = 16
	fastArrayFlag = 0x10
	objectUnion   = unsafe.Offsetof(lib.TJSObject{}.Fu)
	arrayValues   = objectUnion + 8
	arrayCount    = objectUnion + 16
)

// fastArray returns the elements of an array that the engine stores
// contiguously.
func fastArray(v Value) ([]Value, bool) {
	if !IsObject(v) {
		return nil, false
	}
	p := pointerOf(v)
	if at[lib.TJSObject](p).Fclass_id != lib.EJS_CLASS_ARRAY || *at[uint8](p + objectFlags)&fastArrayFlag == 0 {
		return nil, false
	}
	return unsafe.Slice(at[Value](*at[uintptr](p + arrayValues)), *at[uint32](p + arrayCount)), true
}

// The properties of a JSShape. Each has an index into the hash chain, with
// flags above it, and a name.
const (
	shapeHash    = unsafe.Sizeof(lib.TJSShape{})
	propertyNext = 1<<26 - 1
	propertySize = unsafe.Sizeof(lib.TJSShapeProperty{})
)

// property returns where an object stores the value of its own property with a
// name, and the property's flags. It returns nil when there is no such
// property.
func property(object uintptr, name lib.TJSAtom) (value *Value, flags uint32) {
	o := at[lib.TJSObject](object)
	sh := at[lib.TJSShape](o.Fshape)
	next := *at[uint32](o.Fshape + shapeHash + 4*uintptr(name&sh.Fprop_hash_mask))
	first := o.Fshape + shapeHash + 4*uintptr(sh.Fprop_hash_mask) + 4
	for next != 0 {
		p := at[lib.TJSShapeProperty](first + uintptr(next-1)*propertySize)
		word := *at[uint32](first + uintptr(next-1)*propertySize)
		if p.Fatom == name {
			return at[Value](o.Fprop + uintptr(next-1)*unsafe.Sizeof(Value{})), word >> 26
		}
		next = word & propertyNext
	}
	return nil, 0
}

// IsObject reports whether v is an object, an array or a function.
func IsObject(v Value) bool { return tagOf(v) == lib.EJS_TAG_OBJECT }

// element returns where an ordinary object or array stores its i-th element. It
// returns nil when there is none or it is no data property.
func element(v Value, i int) *Value {
	if list, ok := fastArray(v); ok {
		if i < len(list) {
			return &list[i]
		}
		return nil
	}
	if !IsObject(v) || at[lib.TJSObject](pointerOf(v)).Fclass_id != lib.EJS_CLASS_OBJECT {
		return nil
	}
	value, flags := property(pointerOf(v), lib.MJS_ATOM_TAG_INT|lib.TJSAtom(i))
	if value == nil || flags&(lib.MJS_PROP_TMASK|lib.MJS_PROP_WRITABLE) != lib.MJS_PROP_WRITABLE {
		return nil
	}
	return value
}

// Own returns an object's own property with that name, or Undefined when it has
// no such data property.
func (c *Call) Own(v Value, name string) Value {
	if !IsObject(v) {
		return Undefined
	}
	return c.OwnNamed(v, c.Known(name))
}

// Known returns the atom of a name, or 0 when the machine has no such atom. The
// atom is valid as long as something uses it.
func (c *Call) Known(name string) Atom { return c.known(name) }

// OwnNamed is Own for an atom that Known has returned.
func (c *Call) OwnNamed(v Value, name Atom) Value {
	if !IsObject(v) || name == 0 {
		return Undefined
	}
	value, flags := property(pointerOf(v), name)
	if value == nil || flags&lib.MJS_PROP_TMASK != lib.MJS_PROP_NORMAL {
		return Undefined
	}
	return *value
}

// Ints reads elements of an array or of an array-like object. It returns false
// when one is missing or is no 32-bit integer.
func (c *Call) Ints(v Value, first int, into []int32) bool {
	if list, ok := fastArray(v); ok {
		if first < 0 || first+len(into) > len(list) {
			return false
		}
		for i := range into {
			if !int32Of(list[first+i], &into[i]) {
				return false
			}
		}
		return true
	}
	for i := range into {
		if e := element(v, first+i); e == nil || !int32Of(*e, &into[i]) {
			return false
		}
	}
	return true
}

// int32Of reads a 32-bit integer.
func int32Of(v Value, into *int32) bool {
	n, ok := whole(v)
	*into = int32(n)
	return ok && int(int32(n)) == n
}

// SetInts assigns elements of an array or object, as JavaScript does. It
// returns false when an assignment has thrown.
func (c *Call) SetInts(v Value, first int, from []int32) bool {
	for i, n := range from {
		if e := element(v, first+i); e != nil && tagOf(*e) >= 0 {
			*e = ofInt(n)
			continue
		}
		if lib.XJS_SetPropertyUint32(c.tls, c.context, v, uint32(first+i), ofInt(n)) < 0 {
			return false
		}
	}
	return true
}

// NewInts returns a new array of numbers.
func (c *Call) NewInts(from []int32) Value {
	v := newFastArray(c.tls, c.context, int64(len(from)))
	list, _ := fastArray(v)
	for i := range list {
		list[i] = ofInt(from[i])
	}
	return v
}

// newList returns a new array that owns the values.
func (c *Call) newList(from []Value) Value {
	v := newFastArray(c.tls, c.context, int64(len(from)))
	list, _ := fastArray(v)
	copy(list, from)
	return v
}

//go:linkname newFastArray modernc.org/libquickjs._js_allocate_fast_array
func newFastArray(tls *libc.TLS, context uintptr, size int64) Value

// Latin1 returns the characters of a string, one byte each. It returns false
// when v is no string or has other characters. The bytes are in the engine's
// memory: do not change or keep them.
func (c *Call) Latin1(v Value) ([]byte, bool) {
	v, ok := c.flat(v)
	if !ok {
		return nil, false
	}
	p := pointerOf(v)
	n, wide := stringSize(p)
	if !wide {
		return bytesAt(p+stringData, n), true
	}
	narrow := make([]byte, n)
	for i, char := range unsafe.Slice(at[uint16](p+stringData), n) {
		if narrow[i] = byte(char); char > 0xff {
			return nil, false
		}
	}
	return narrow, true
}

// Narrow returns the characters of a string that the engine stores with 8 bits
// each. They are in the engine's memory: do not change or keep them.
func (c *Call) Narrow(v Value) ([]byte, bool) {
	v, ok := c.flat(v)
	if !ok {
		return nil, false
	}
	n, wide := stringSize(pointerOf(v))
	return bytesAt(pointerOf(v)+stringData, n), !wide
}

// Wide returns the characters of a string that the engine stores with 16 bits
// each. They are in the engine's memory: do not change or keep them.
func (c *Call) Wide(v Value) ([]uint16, bool) {
	v, ok := c.flat(v)
	if !ok {
		return nil, false
	}
	n, wide := stringSize(pointerOf(v))
	if !wide {
		return nil, false
	}
	return unsafe.Slice(at[uint16](pointerOf(v)+stringData), n), true
}

// UTF16 returns the UTF-16 units of a string, and false when v is no string.
func (c *Call) UTF16(v Value) ([]uint16, bool) {
	v, ok := c.flat(v)
	if !ok {
		return nil, false
	}
	p := pointerOf(v)
	n, wide := stringSize(p)
	if wide {
		return unsafe.Slice(at[uint16](p+stringData), n), true
	}
	units := make([]uint16, n)
	for i, b := range bytesAt(p+stringData, n) {
		units[i] = uint16(b)
	}
	return units, true
}

// flat returns a string with contiguous characters, because the engine
// concatenates lazily. The result is freed after the call.
func (c *Call) flat(v Value) (Value, bool) {
	if tagOf(v) == lib.EJS_TAG_STRING_ROPE {
		v = linearize(c.tls, c.context, share(v))
		c.owned = append(c.owned, v)
	}
	return v, tagOf(v) == lib.EJS_TAG_STRING
}

//go:linkname linearize modernc.org/libquickjs._js_linearize_string_rope
func linearize(tls *libc.TLS, context uintptr, rope Value) Value

// NewLatin1 returns a new string with one character for each byte.
func (c *Call) NewLatin1(chars []byte) Value {
	return c.newText(len(chars), 0, func(p uintptr) { copy(bytesAt(p, len(chars)), chars) })
}

// NewUTF16 returns a new string.
func (c *Call) NewUTF16(chars []uint16) Value {
	return c.newText(len(chars), 1, func(p uintptr) { copy(unsafe.Slice(at[uint16](p), len(chars)), chars) })
}

func (c *Call) newText(size int, wide int32, fill func(p uintptr)) Value {
	p := allocString(c.tls, c.context, int32(size), wide)
	if p == 0 {
		return exception
	}
	fill(p + stringData)
	if wide == 0 {
		*at[byte](p + stringData + uintptr(size)) = 0
	}
	return ofPointer(lib.EJS_TAG_STRING, p)
}

// Thrown is the result of a Function after a method of Call has failed with an
// exception.
func (c *Call) Thrown() Value { return exception }

// Size returns the number of elements of an array that the engine stores
// contiguously, and false for other values.
func (c *Call) Size(v Value) (int, bool) {
	list, ok := fastArray(v)
	return len(list), ok
}

// Element returns an element of an array for which Size returns true, borrowed.
// It returns false when there is no such element.
func (c *Call) Element(v Value, i int) (Value, bool) {
	list, ok := fastArray(v)
	if !ok || i < 0 || i >= len(list) {
		return Undefined, false
	}
	return list[i], true
}
