//go:build amd64 || arm64

package engine

import (
	"unsafe"

	lib "modernc.org/libquickjs"
)

// Bytes returns the memory of a DataView or Uint8Array. It belongs to the
// engine: do not keep it. Bytes returns false for other values, and for memory
// that is shared or may move.
func (c *Call) Bytes(v Value) ([]byte, bool) {
	switch classOf(v) {
	case lib.EJS_CLASS_UINT8_ARRAY, lib.EJS_CLASS_DATAVIEW:
		return viewed(v)
	}
	return nil, false
}

// Words32 returns the memory of an Int32Array or Uint32Array. It belongs to the
// engine: do not keep it.
func (c *Call) Words32(v Value) ([]uint32, bool) { return words32(v) }

func words32(v Value) ([]uint32, bool) {
	switch classOf(v) {
	case lib.EJS_CLASS_UINT32_ARRAY, lib.EJS_CLASS_INT32_ARRAY:
		b, ok := viewed(v)
		if !ok || len(b) < 4 {
			return nil, false
		}
		return unsafe.Slice((*uint32)(unsafe.Pointer(&b[0])), len(b)/4), true
	}
	return nil, false
}

// Shorts returns the memory of a Uint16Array. It belongs to the engine: do not
// keep it.
func (c *Call) Shorts(v Value) ([]uint16, bool) {
	if classOf(v) != lib.EJS_CLASS_UINT16_ARRAY {
		return nil, false
	}
	b, ok := viewed(v)
	if !ok || len(b) < 2 {
		return nil, false
	}
	return unsafe.Slice((*uint16)(unsafe.Pointer(&b[0])), len(b)/2), true
}

// Floats returns the memory of a Float64Array. It belongs to the engine: do not
// keep it.
func (c *Call) Floats(v Value) ([]float64, bool) {
	if classOf(v) != lib.EJS_CLASS_FLOAT64_ARRAY {
		return nil, false
	}
	b, ok := viewed(v)
	if !ok || len(b) < 8 {
		return nil, false
	}
	return unsafe.Slice((*float64)(unsafe.Pointer(&b[0])), len(b)/8), true
}

// classOf returns the engine's class id of an object, or 0 for other values.
func classOf(v Value) uint16 {
	if !IsObject(v) {
		return 0
	}
	return at[lib.TJSObject](pointerOf(v)).Fclass_id
}

// viewed returns the memory that a typed array or DataView shows.
func viewed(v Value) ([]byte, bool) {
	view := at[lib.TJSTypedArray](*at[uintptr](pointerOf(v) + objectUnion))
	buffer := at[lib.TJSArrayBuffer](*at[uintptr](view.Fbuffer + objectUnion))
	plain := buffer.Fdetached == 0 && buffer.Fshared == 0 && buffer.Fmax_byte_length < 0 && view.Ftrack_rab == 0
	first, size := int(view.Foffset), int(view.Flength)
	if !plain || first+size > int(buffer.Fbyte_length) || size == 0 {
		return nil, false
	}
	return bytesAt(buffer.Fdata+uintptr(first), size), true
}

// Words reads elements of an array of numbers, converted to 32 bits as
// JavaScript's bit operators do. It returns false when an element is missing or
// is no number.
func (c *Call) Words(v Value, first int, into []uint32) bool {
	if first < 0 {
		return false
	}
	if words, ok := words32(v); ok {
		return first+len(into) <= len(words) && copy(into, words[first:]) == len(into)
	}
	for i := range into {
		e := element(v, first+i)
		if e == nil {
			return false
		}
		n, ok := whole(*e)
		if !ok {
			return false
		}
		into[i] = uint32(int64(n))
	}
	return true
}

// SetWords sets existing elements of such an array, as signed or unsigned
// numbers. It returns false, and sets none, when one does not exist.
func (c *Call) SetWords(v Value, first int, from []uint32, unsigned bool) bool {
	if first < 0 {
		return false
	}
	if words, ok := words32(v); ok {
		return first+len(from) <= len(words) && copy(words[first:], from) == len(from)
	}
	for i := range from {
		if e := element(v, first+i); e == nil || tagOf(*e) < 0 {
			return false
		}
	}
	for i, w := range from {
		if unsigned {
			*element(v, first+i) = Number(float64(w))
		} else {
			*element(v, first+i) = ofInt(int32(w))
		}
	}
	return true
}
