package engine

import (
	"unsafe"

	lib "modernc.org/libquickjs"
)

// Variable is the value of a variable, as V8 prints it in messages, and its type,
// where the error being reworded was thrown. It is "" for one that is not known,
// or that stands for several.
func (m *Machine) Variable(name string) (text, kind string) {
	if v := m.variable(name); v != nil {
		return m.print(*v)
	}
	return "", ""
}

// Member is what the value of a variable has under a name, and that under
// another: "" when it is not known without running code.
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

// Argument is an argument of the function that the error being reworded was
// thrown in, as V8 prints it, and its type.
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

// Nothing is which of undefined and null the function at work stumbled over,
// "" when that is not known, and how many objects it took apart to get there
// and how many loops over values it is in. Its operands lie one upon another,
// the last of them on top: what lies beneath is no such value but in a call.
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
			if objects >= 2 { // an iterator and its method next; else it is a try
				objects, loops = objects-2, loops+1
			}
		default:
			return "", objects, loops
		}
	}
	return "", objects, loops
}

// Operand is the value that the statement at work began with, as V8 prints it, its
// type, and how many loops over values the statement is in: what lies beneath the
// value is of those and of try statements.
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
		case i+2 < size && tagOf(operand(i+2)) == lib.EJS_TAG_CATCH_OFFSET && isIterator(operand(i)): // and its method
			i, loops = i+2, loops+1
		default:
			text, kind = m.print(operand(i))
			return text, kind, loops
		}
	}
	return "", "", loops
}

// isIterator reports whether a value may be an iterator of the engine's own, by
// its class: what is left over from a loop that has ended may lie above a value.
func isIterator(v Value) bool {
	if tagOf(v) != lib.EJS_TAG_OBJECT {
		return false
	}
	class := at[lib.TJSObject](pointerOf(v)).Fclass_id
	return class != lib.EJS_CLASS_OBJECT && class != lib.EJS_CLASS_ARRAY
}

// scripted is the innermost frame of a function of JavaScript, and its code.
func (m *Machine) scripted() (*lib.TJSStackFrame, *lib.TJSFunctionBytecode) {
	return scriptedFrom(at[lib.TJSRuntime](m.runtime).Fcurrent_stack_frame)
}

// CallerFile is the name of the file that the caller of the function at work is
// from.
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

// scriptedFrom is the first frame of a function of JavaScript from one on.
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

// local is where the i-th variable of a function is; arguments come first.
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

// captured is where a variable of a function around this one is, nil for none.
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
