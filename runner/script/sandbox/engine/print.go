package engine

import (
	"strconv"
	"unicode/utf8"
	"unsafe"

	lib "modernc.org/libquickjs"
)

// given returns the first argument of the running built-in function, as V8
// prints values in messages, and its type; then the second and third arguments.
func (m *Machine) given() (text, kind, second, third string) {
	frame := at[lib.TJSRuntime](m.runtime).Fcurrent_stack_frame
	if frame == 0 {
		return "", "", "", ""
	}
	f := at[lib.TJSStackFrame](frame)
	if nativeOf(f.Fcur_func) == 0 {
		return "", "", "", ""
	}
	argument := func(i uintptr) (text, kind string) {
		if i >= uintptr(f.Farg_count) || f.Farg_buf == 0 {
			return "undefined", "undefined"
		}
		return m.print(*at[lib.TJSValue](f.Farg_buf + i*valueSize))
	}
	text, kind = argument(0)
	second, _ = argument(1)
	third, _ = argument(2)
	return text, kind, second, third
}

// receiver returns the receiver that Function.prototype.call or apply passed to
// the running built-in function, or "" when neither called it.
func (m *Machine) receiver() string {
	frame := at[lib.TJSRuntime](m.runtime).Fcurrent_stack_frame
	if frame == 0 {
		return ""
	}
	caller := at[lib.TJSStackFrame](frame).Fprev_frame
	if caller == 0 || nativeOf(at[lib.TJSStackFrame](caller).Fcur_func) == 0 {
		return ""
	}
	f := at[lib.TJSStackFrame](caller)
	if name := m.dataText(f.Fcur_func, uint32(lib.EJS_ATOM_name)); name != "call" && name != "apply" {
		return ""
	}
	if f.Farg_count == 0 || f.Farg_buf == 0 {
		return "undefined"
	}
	text, _ := m.print(*at[lib.TJSValue](f.Farg_buf))
	return text
}

// notEntry returns what the first argument of the running built-in function
// contains in place of an entry: the first element of an array, or the first
// character of a string, that is no object. It returns "" when there is none.
func (m *Machine) notEntry() string {
	f := at[lib.TJSStackFrame](at[lib.TJSRuntime](m.runtime).Fcurrent_stack_frame)
	if f.Farg_count == 0 || f.Farg_buf == 0 {
		return ""
	}
	list := *at[lib.TJSValue](f.Farg_buf)
	if text, ok := m.Text(list); ok {
		first, _ := utf8.DecodeRuneInString(text)
		return string(first)
	}
	if tagOf(list) != lib.EJS_TAG_OBJECT || at[lib.TJSObject](pointerOf(list)).Fclass_id != lib.EJS_CLASS_ARRAY {
		return ""
	}
	length := m.data(list, uint32(lib.EJS_ATOM_length))
	for i := range int(*(*int32)(unsafe.Pointer(&length))) {
		const index = 1 << 31 // marks an atom that is an index
		member := m.data(list, uint32(i)|index)
		text, _ := m.print(member)
		object := tagOf(member) == lib.EJS_TAG_OBJECT
		lib.XFreeValue(m.tls, m.context, member)
		if !object {
			return text
		}
	}
	return ""
}

// print returns a value as V8 prints it in messages, and its type. It calls no
// function of a script.
func (m *Machine) print(v lib.TJSValue) (text, kind string) {
	switch tag := tagOf(v); tag {
	case lib.EJS_TAG_UNINITIALIZED:
		return "", ""
	case lib.EJS_TAG_UNDEFINED:
		return "undefined", "undefined"
	case lib.EJS_TAG_NULL:
		return "null", "object"
	case lib.EJS_TAG_BOOL:
		return strconv.FormatBool(*(*int32)(unsafe.Pointer(&v)) != 0), "boolean"
	case lib.EJS_TAG_STRING, lib.EJS_TAG_STRING_ROPE:
		return m.goString(v), "string"
	case lib.EJS_TAG_SYMBOL:
		atom := lib.XJS_ValueToAtom(m.tls, m.context, v)
		defer lib.XJS_FreeAtom(m.tls, m.context, atom)
		return "Symbol(" + m.atomText(atom) + ")", "symbol"
	case lib.EJS_TAG_OBJECT:
		return m.printObject(v)
	case lib.EJS_TAG_SHORT_BIG_INT, lib.EJS_TAG_BIG_INT:
		return m.printNumber(v), "bigint"
	}
	return m.printNumber(v), "number"
}

func (m *Machine) printNumber(v lib.TJSValue) string {
	text := lib.XJS_ToString(m.tls, m.context, v)
	defer lib.XFreeValue(m.tls, m.context, text)
	return m.goString(text)
}

// printObject returns the name of an object's class: #<Point>, [object Array].
func (m *Machine) printObject(v lib.TJSValue) (text, kind string) {
	if lib.XJS_IsFunction(m.tls, m.context, v) != 0 {
		return "function", "function"
	}
	class := at[lib.TJSObject](pointerOf(v)).Fclass_id
	if class != lib.EJS_CLASS_OBJECT {
		entry := at[lib.TJSClass](at[lib.TJSRuntime](m.runtime).Fclass_array + uintptr(class)*unsafe.Sizeof(lib.TJSClass{}))
		return "[object " + m.atomText(entry.Fclass_name) + "]", "object"
	}
	constructor := m.data(v, uint32(lib.EJS_ATOM_constructor))
	defer lib.XFreeValue(m.tls, m.context, constructor)
	name := "Object"
	if tagOf(constructor) == lib.EJS_TAG_OBJECT {
		name = m.dataText(constructor, uint32(lib.EJS_ATOM_name))
	}
	return "#<" + name + ">", "object"
}
