package engine

import (
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/libquickjs"
)

// A cFunction is the engine's JSCFunction.
type cFunction = func(tls *libc.TLS, ctx uintptr, this Value, count int32, first uintptr) Value

// override has a function of the language's own do what instead makes of its code,
// which is of a type F. The function stays the object it is. It reports false for
// a function that is not the engine's own.
func override[F any](m *Machine, fn Value, instead func(own F) F) bool {
	if nativeOf(fn) == 0 {
		return false
	}
	code := &at[native](pointerOf(fn) + unsafe.Offsetof(lib.TJSObject{}.Fu)).Fc_function
	replaced := instead(*(*F)(unsafe.Pointer(&struct{ p uintptr }{*code})))
	m.overrides = append(m.overrides, replaced) // the engine's pointer does not keep it alive
	*code = address(replaced)
	return true
}

// member is what a global object has under names, one of another, for the caller
// to free.
func (m *Machine) member(global string, names ...string) Value {
	v := m.global(global)
	for _, name := range names {
		text := m.cString(name)
		member := lib.XJS_GetPropertyStr(m.tls, m.context, v, text)
		libc.Xfree(m.tls, text)
		m.Free(v)
		v = member
	}
	return v
}

// LikeV8 has functions of the language's own that differ between engines do what
// V8's do.
func (m *Machine) LikeV8() {
	m.readDates()
	m.writeRadix()
}
