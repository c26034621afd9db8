package engine

import (
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/libquickjs"
)

// A cFunction is the engine's JSCFunction.
type cFunction = func(tls *libc.TLS, ctx uintptr, this Value, count int32, first uintptr) Value

// override replaces the code of a built-in function by the result of instead,
// which gets the original code. F is the type of the code. The function object
// stays the same. It returns false when fn is no built-in function.
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

// member returns a property of a global object: names are the keys to follow.
// The caller frees it.
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

// LikeV8 replaces built-in functions whose results differ between engines by
// versions that do what V8 does.
func (m *Machine) LikeV8() {
	m.readDates()
	m.writeRadix()
}
