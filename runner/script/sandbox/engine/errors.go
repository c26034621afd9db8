package engine

import (
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/libquickjs"
	"modernc.org/quickjs"
)

// An Error describes an error that a machine has just created.
type Error struct {
	Name     string // "RangeError" for the engine's InternalError, which other engines do not have
	Message  string
	Stack    string // frames, the innermost first, one a line
	Thrown   bool   // by the engine, and not made by a constructor
	Frames   int    // how many frames the script wants: Error.stackTraceLimit
	Given    string // first argument of the built-in function that threw, as V8 prints it
	Second   string // second argument
	Third    string
	Receiver string // receiver that Function.prototype.call passed, "" when it was not used
	NotEntry string // what the first argument contains in place of an entry, "" if nothing
	Kind     string // type of the first argument, as typeof; "" when no built-in function threw
}

// An errorWatch is called when an error is created.
type errorWatch struct {
	reword    func(*Error)
	class     lib.TJSValue // Error
	construct uintptr      // address of the code of the error constructors
	limit     lib.TJSAtom  // stackTraceLimit
	rewording bool         // errors that rewording itself causes are left as they are
}

// WatchErrors calls reword with each new error, before a script sees the error.
// The error gets the message and the stack that reword sets.
func (m *Machine) WatchErrors(reword func(*Error)) {
	context, runtime := at[lib.TJSContext](m.context), at[lib.TJSRuntime](m.runtime)
	context.Fuser_opaque = uintptr(unsafe.Pointer(m))
	m.reword, m.class, m.limit = reword, m.global("Error"), m.atom("stackTraceLimit")
	m.construct = nativeOf(m.class)
	class := at[lib.TJSClass](runtime.Fclass_array + uintptr(lib.EJS_CLASS_ERROR)*unsafe.Sizeof(lib.TJSClass{}))
	class.Fexotic = uintptr(unsafe.Pointer(&errorMethods))
}

// errorMethods replace the engine's way to define properties of errors.
// Defining the stack is the engine's last step when it creates an error.
var errorMethods = lib.TJSClassExoticMethods{Fdefine_own_property: address(defineInError)}

func defineInError(tls *libc.TLS, ctx uintptr, object lib.TJSValue, name lib.TJSAtom, value, get, set lib.TJSValue, flags int32) int32 {
	flags |= lib.MJS_PROP_NO_EXOTIC
	m := at[Machine](at[lib.TJSContext](ctx).Fuser_opaque)
	if name == uint32(lib.EJS_ATOM_stack) && !m.rewording && tagOf(value) == lib.EJS_TAG_STRING && flags&lib.MJS_PROP_ENUMERABLE == 0 {
		defer m.reserve(object)()
		if text := m.reworded(object, value); tagOf(text) == lib.EJS_TAG_STRING {
			defer lib.XFreeValue(tls, ctx, text)
			value = text
		}
	}
	return lib.XJS_DefineProperty(tls, ctx, object, name, value, get, set, flags)
}

// reserve protects an error while it is reworded: without memory for that, the
// engine throws another error in its place. The returned function ends the
// protection.
func (m *Machine) reserve(object lib.TJSValue) (release func()) {
	m.rewording = true
	m.lenient(true)
	lib.XDupValue(m.tls, m.context, object)
	pending := lib.XJS_HasException(m.tls, m.context) != 0
	return func() {
		m.rewording = false
		m.lenient(false)
		lib.XFreeValue(m.tls, m.context, object)
		if !pending && lib.XJS_HasException(m.tls, m.context) != 0 {
			m.drop()
		}
	}
}

// lenient allows or forbids the machine to use its reserve of memory.
func (m *Machine) lenient(open bool) {
	if m.heap != nil {
		m.heap.lenient = open
	}
}

// reworded sets the message of an error and returns its new stack.
func (m *Machine) reworded(object, stack lib.TJSValue) lib.TJSValue {
	e := Error{Name: m.dataText(object, uint32(lib.EJS_ATOM_name)), Message: m.dataText(object, uint32(lib.EJS_ATOM_message)), Stack: m.goString(stack),
		Thrown: !m.constructing(), Frames: m.frames()}
	if e.Thrown {
		e.Given, e.Kind, e.Second, e.Third = m.given()
		e.Receiver = m.receiver()
		if e.Kind != "" && e.Message == "not an object" {
			e.NotEntry = m.notEntry()
		}
	}
	kind, message := e.Name, e.Message
	m.reword(&e)
	if text := m.String(e.Message); e.Message != message && tagOf(text) == lib.EJS_TAG_STRING {
		lib.XJS_DefinePropertyValue(m.tls, m.context, object, uint32(lib.EJS_ATOM_message), text, lib.MJS_PROP_WRITABLE|lib.MJS_PROP_CONFIGURABLE)
	} else {
		lib.XFreeValue(m.tls, m.context, text)
	}
	if e.Name == "RangeError" && kind != e.Name {
		lib.XJS_SetPrototype(m.tls, m.context, object, at[lib.TJSContext](m.context).Fnative_error_proto[lib.EJS_RANGE_ERROR])
	}
	return m.String(e.Stack)
}

// constructing reports whether a constructor of errors is running. All of them
// have the same code.
func (m *Machine) constructing() bool {
	frame := at[lib.TJSRuntime](m.runtime).Fcurrent_stack_frame
	return frame != 0 && nativeOf(at[lib.TJSStackFrame](frame).Fcur_func) == m.construct
}

// A native is the part of a JSObject that describes a built-in function.
type native struct {
	Frealm, Fc_function uintptr
	Flength, Fcproto    uint8
	Fmagic              int16
}

// nativeOf returns the address of a built-in function's code, and 0 for other
// functions.
func nativeOf(function lib.TJSValue) uintptr {
	p := pointerOf(function)
	if tagOf(function) != lib.EJS_TAG_OBJECT || at[lib.TJSObject](p).Fclass_id != lib.EJS_CLASS_C_FUNCTION {
		return 0
	}
	return at[native](p + unsafe.Offsetof(lib.TJSObject{}.Fu)).Fc_function
}

// global returns a global value. The machine owns it as long as it lives.
func (m *Machine) global(name string) lib.TJSValue {
	global := lib.XJS_GetGlobalObject(m.tls, m.context)
	defer lib.XFreeValue(m.tls, m.context, global)
	text := m.cString(name)
	defer libc.Xfree(m.tls, text)
	return lib.XJS_GetPropertyStr(m.tls, m.context, global, text)
}

// data returns the value of a property of an object or its prototypes. The
// caller frees it. No function of a script is called.
func (m *Machine) data(object lib.TJSValue, name lib.TJSAtom) lib.TJSValue {
	const size = int(unsafe.Sizeof(lib.TJSPropertyDescriptor{}))
	p := m.tls.Alloc(size) // on libc's stack, because Go may move its own
	defer m.tls.Free(size)
	for depth := 0; depth < 16 && tagOf(object) == lib.EJS_TAG_OBJECT && at[lib.TJSObject](pointerOf(object)).Fclass_id != lib.EJS_CLASS_PROXY; depth++ {
		if lib.XJS_GetOwnProperty(m.tls, m.context, p, object, name) > 0 {
			d := at[lib.TJSPropertyDescriptor](p)
			lib.XFreeValue(m.tls, m.context, d.Fgetter)
			lib.XFreeValue(m.tls, m.context, d.Fsetter)
			return d.Fvalue
		}
		object = lib.XJS_GetPrototype(m.tls, m.context, object)
		lib.XFreeValue(m.tls, m.context, object) // the object whose prototype it is keeps it alive
	}
	undefined := quickjs.UndefinedValue
	return raw(&undefined)
}

func (m *Machine) dataText(object lib.TJSValue, name lib.TJSAtom) string {
	v := m.data(object, name)
	defer lib.XFreeValue(m.tls, m.context, v)
	return m.goString(v)
}

// goString returns a JavaScript string, or "" for other values.
func (m *Machine) goString(v lib.TJSValue) string {
	s, _ := m.Text(v)
	return s
}

func (m *Machine) atom(name string) lib.TJSAtom {
	text := m.cString(name)
	defer libc.Xfree(m.tls, text)
	return lib.XJS_NewAtomLen(m.tls, m.context, text, libc.Tsize_t(len(name)))
}

// frames returns Error.stackTraceLimit, or V8's default 10 when it is no
// integer.
func (m *Machine) frames() int {
	v := m.data(m.class, m.limit)
	defer lib.XFreeValue(m.tls, m.context, v)
	if tagOf(v) != lib.EJS_TAG_INT {
		return 10
	}
	return max(0, int(*(*int32)(unsafe.Pointer(&v))))
}

// cString returns a copy of s as a C string, or 0 when there is no memory.
func (m *Machine) cString(s string) uintptr {
	text, err := libc.CString(s)
	if err != nil {
		return 0
	}
	return text
}
