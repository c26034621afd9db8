package engine

import (
	"unsafe"

	lib "modernc.org/libquickjs"
)

// Variable returns the value of a variable, as V8 prints it in messages, and
// its type, in the function where the error that is being reworded was thrown.
// It returns "" when the variable is unknown, or when the function has several
// variables with that name.
func (m *Machine) Variable(name string) (text, kind string) {
	if v := m.variable(name); v != nil {
		return m.print(*v)
	}
	return "", ""
}

// Member returns a property of a variable's value: names are the keys to
// follow. It returns "" when the property cannot be read without running code.
func (m *Machine) Member(variable string, names ...string) (text, kind string) {
	found := m.variable(variable)
	if found == nil {
		return "", ""
	}
	v := share(*found)
	for _, name := range names {
		if tagOf(v) != lib.EJS_TAG_OBJECT {
			m.Free(v)
			return "", ""
		}
		atom := m.atom(name)
		next := m.data(v, atom)
		lib.XJS_FreeAtom(m.tls, m.context, atom)
		m.Free(v)
		v = next
	}
	defer m.Free(v)
	return m.print(v)
}

func (m *Machine) variable(name string) *Value {
	frame, code := m.scripted()
	if frame == nil {
		return nil
	}
	var found *Value
	for i := range int(code.Farg_count) + int(code.Fvar_count) {
		v := at[lib.TJSBytecodeVarDef](code.Fvardefs + uintptr(i)*unsafe.Sizeof(lib.TJSBytecodeVarDef{}))
		switch {
		case m.atomText(v.Fvar_name) != name:
		case found != nil:
			return nil
		default:
			found = m.local(frame, code, i)
		}
	}
	if found == nil {
		found = m.captured(frame, code, name)
	}
	return found
}

// Argument returns an argument, as V8 prints it, and its type, of the function
// that threw the error that is being reworded.
func (m *Machine) Argument(i int) (text, kind string) {
	frame, _ := m.scripted()
	if frame == nil || frame.Farg_buf == 0 {
		return "", ""
	}
	if i >= int(frame.Farg_count) {
		return "undefined", "undefined"
	}
	return m.print(*at[Value](frame.Farg_buf + uintptr(i)*valueSize))
}

// Nothing returns "undefined" or "null" when the running function tried to use
// such a value, and "" when that is not known. It also returns how many objects
// were destructured on the way, and in how many for...of loops the function is.
// It reads the operand stack from the bottom: except in calls, only the topmost
// operand can be undefined or null.
func (m *Machine) Nothing() (text string, objects, loops int) {
	frame, code := m.scripted()
	if frame == nil || frame.Fvar_buf == 0 {
		return "", 0, 0
	}
	operands := frame.Fvar_buf + uintptr(code.Fvar_count)*valueSize
	for i := range uintptr(code.Fstack_size) {
		switch tagOf(*at[Value](operands + i*valueSize)) {
		case lib.EJS_TAG_UNDEFINED:
			return "undefined", objects, loops
		case lib.EJS_TAG_NULL:
			return "null", objects, loops
		case lib.EJS_TAG_OBJECT:
			objects++
		case lib.EJS_TAG_CATCH_OFFSET:
			if objects >= 2 { // an iterator and its method next; otherwise it is a try statement
				objects, loops = objects-2, loops+1
			}
		default:
			return "", objects, loops
		}
	}
	return "", objects, loops
}

// Operand returns the first operand of the running statement, as V8 prints it,
// its type, and the number of for...of loops around the statement. Below that
// operand, the stack has only entries of these loops and of try statements.
func (m *Machine) Operand() (text, kind string, loops int) {
	frame, code := m.scripted()
	if frame == nil || frame.Fvar_buf == 0 {
		return "", "", 0
	}
	operands := frame.Fvar_buf + uintptr(code.Fvar_count)*valueSize
	operand := func(i uintptr) Value { return *at[Value](operands + i*valueSize) }
	size := uintptr(code.Fstack_size)
	for i := uintptr(0); i < size; i++ {
		switch {
		case tagOf(operand(i)) == lib.EJS_TAG_CATCH_OFFSET:
		case i+2 < size && tagOf(operand(i+2)) == lib.EJS_TAG_CATCH_OFFSET && isIterator(operand(i)): // followed by its method
			i, loops = i+2, loops+1
		default:
			text, kind = m.print(operand(i))
			return text, kind, loops
		}
	}
	return "", "", loops
}

// isIterator reports whether a value may be a built-in iterator, judged by its
// class. A value may also lie below remains of a loop that has ended.
func isIterator(v Value) bool {
	if tagOf(v) != lib.EJS_TAG_OBJECT {
		return false
	}
	class := at[lib.TJSObject](pointerOf(v)).Fclass_id
	return class != lib.EJS_CLASS_OBJECT && class != lib.EJS_CLASS_ARRAY
}

// scripted returns the innermost frame of a JavaScript function, and the
// function's code.
func (m *Machine) scripted() (*lib.TJSStackFrame, *lib.TJSFunctionBytecode) {
	return scriptedFrom(at[lib.TJSRuntime](m.runtime).Fcurrent_stack_frame)
}

// CallerFile returns the file name of the caller of the running function.
func (m *Machine) CallerFile() string {
	frame, _ := m.scripted()
	if frame == nil {
		return ""
	}
	if _, code := scriptedFrom(frame.Fprev_frame); code != nil {
		return m.atomText(code.Fdebug.Ffilename)
	}
	return ""
}

// scriptedFrom returns the first frame of a JavaScript function, from the frame
// p outwards.
func scriptedFrom(p uintptr) (*lib.TJSStackFrame, *lib.TJSFunctionBytecode) {
	for p != 0 {
		frame := at[lib.TJSStackFrame](p)
		if fn := frame.Fcur_func; tagOf(fn) == lib.EJS_TAG_OBJECT {
			switch at[lib.TJSObject](pointerOf(fn)).Fclass_id {
			case lib.EJS_CLASS_BYTECODE_FUNCTION, lib.EJS_CLASS_GENERATOR_FUNCTION, lib.EJS_CLASS_ASYNC_FUNCTION, lib.EJS_CLASS_ASYNC_GENERATOR_FUNCTION:
				return frame, at[lib.TJSFunctionBytecode](closureOf(fn).Ffunction_bytecode)
			}
		}
		p = frame.Fprev_frame
	}
	return nil, nil
}

func closureOf(fn lib.TJSValue) *closure {
	return at[closure](pointerOf(fn) + unsafe.Offsetof(lib.TJSObject{}.Fu))
}

// local returns where the i-th variable of a function is stored; arguments come
// first.
func (m *Machine) local(frame *lib.TJSStackFrame, code *lib.TJSFunctionBytecode, i int) *Value {
	list, i := frame.Farg_buf, i
	if n := int(code.Farg_count); i >= n {
		list, i = frame.Fvar_buf, i-n
	}
	if list == 0 {
		return nil
	}
	return at[Value](list + uintptr(i)*valueSize)
}

// captured returns where a closure variable of the function is stored, or nil
// when there is none with that name.
func (m *Machine) captured(frame *lib.TJSStackFrame, code *lib.TJSFunctionBytecode, name string) *Value {
	refs := closureOf(frame.Fcur_func).Fvar_refs
	for i := range int(code.Fclosure_var_count) {
		v := at[lib.TJSClosureVar](code.Fclosure_var + uintptr(i)*unsafe.Sizeof(lib.TJSClosureVar{}))
		if refs == 0 || m.atomText(v.Fvar_name) != name {
			continue
		}
		if ref := *at[uintptr](refs + uintptr(i)*unsafe.Sizeof(refs)); ref != 0 {
			return at[Value](at[lib.TJSVarRef](ref).Fpvalue)
		}
	}
	return nil
}
