package engine

import (
	"math"
	"slices"
	"unsafe"

	lib "modernc.org/libquickjs"
	"modernc.org/quickjs"
)

// Sort sorts the first n elements of an array in V8's order. An exception of
// the comparator becomes the first element of thrown, and the array stays
// unchanged.
func (m *Machine) Sort(list quickjs.Value, n int, compare, thrown quickjs.Value) {
	room := 2 * int(unsafe.Sizeof(*new(lib.TJSValue)))
	s := &sorting{Machine: m, compare: raw(&compare), arguments: m.tls.Alloc(room)}
	defer m.tls.Free(room)
	values := make([]lib.TJSValue, n)
	for i := range values {
		values[i] = lib.XJS_GetPropertyUint32(m.tls, m.context, raw(&list), uint32(i))
	}
	if before := slices.Clone(values); !s.sort(values) {
		for _, v := range before {
			lib.XFreeValue(m.tls, m.context, v)
		}
		lib.XJS_SetPropertyUint32(m.tls, m.context, raw(&thrown), 0, lib.XJS_GetException(m.tls, m.context))
		return
	}
	for i, v := range values { // the array takes ownership of them
		lib.XJS_SetPropertyUint32(m.tls, m.context, raw(&list), uint32(i), v)
	}
}

// A sorting is one call of Sort.
type sorting struct {
	*Machine
	compare   lib.TJSValue
	arguments uintptr
}

// sort returns false when the comparator has thrown.
func (s *sorting) sort(values []lib.TJSValue) (ok bool) {
	defer func() {
		if p := recover(); p != nil && p != any(s) {
			panic(p)
		}
	}()
	sortLikeV8(values, s.order)
	return true
}

// order returns the result of the comparator, or 0 when it is no number. When
// the comparator throws, order panics with s.
func (s *sorting) order(a, b lib.TJSValue) float64 {
	list := unsafe.Slice(at[lib.TJSValue](s.arguments), 2)
	list[0], list[1] = a, b
	undefined := quickjs.UndefinedValue
	v := lib.XJS_Call(s.tls, s.context, s.compare, raw(&undefined), 2, s.arguments)
	switch tagOf(v) {
	case lib.EJS_TAG_EXCEPTION:
		panic(s)
	case lib.EJS_TAG_INT, lib.EJS_TAG_BOOL:
		return float64(*(*int32)(unsafe.Pointer(&v)))
	}
	return s.number(v)
}

// number converts a value to a number as JavaScript does, and frees the value.
func (s *sorting) number(v lib.TJSValue) float64 {
	const size = int(unsafe.Sizeof(float64(0)))
	p := s.tls.Alloc(size)
	defer s.tls.Free(size)
	failed := lib.XJS_ToFloat64(s.tls, s.context, p, v)
	lib.XFreeValue(s.tls, s.context, v)
	if failed != 0 {
		panic(s)
	}
	if n := *at[float64](p); !math.IsNaN(n) {
		return n
	}
	return 0
}
