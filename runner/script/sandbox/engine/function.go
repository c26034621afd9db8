package engine

import (
	"errors"
	"fmt"
	"math"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/libquickjs"
	"modernc.org/quickjs"
)

// A Function is Go code that JavaScript calls. The caller owns its result. When
// the result is that of Throw, the call throws.
type Function func(c *Call) Value

// A Call is one call of a Function. Its arguments are borrowed during the call.
type Call struct {
	*Machine
	this  Value
	count int
	first uintptr
	owned []Value // freed after the call
	quick bool
}

// dispatcher is a JSCFunctionMagic of the engine.
type dispatcher = func(tls *libc.TLS, ctx uintptr, this Value, count int32, first uintptr, number int32) Value

// Define defines a function on the global object, under a name that does not
// exist yet.
func (m *Machine) Define(name string, f Function) error {
	if m.dispatch == nil {
		m.dispatch = m.call
	}
	text, err := libc.CString(name)
	if err != nil {
		return err
	}
	defer libc.Xfree(m.tls, text)
	number, err := m.add(f)
	if err != nil {
		return err
	}
	fn := m.function(text, number)
	global := lib.XJS_GetGlobalObject(m.tls, m.context)
	defer m.Free(global)
	if lib.XJS_DefinePropertyValueStr(m.tls, m.context, global, text, fn, lib.MJS_PROP_WRITABLE|lib.MJS_PROP_CONFIGURABLE) < 0 {
		m.drop()
		return fmt.Errorf("no function %s: no memory", name)
	}
	return nil
}

// add stores f and returns its number.
func (m *Machine) add(f Function) (int32, error) {
	if len(m.functions) > math.MaxInt16 {
		return 0, errors.New("too many functions")
	}
	m.functions = append(m.functions, f)
	return int32(len(m.functions) - 1), nil
}

// function returns the function object of a number. name is a C string.
func (m *Machine) function(name uintptr, number int32) Value {
	return lib.XJS_NewCFunction2(m.tls, m.context, address(m.dispatch), name, 0, lib.EJS_CFUNC_generic_magic, number)
}

// New returns a function as a value, which the caller owns. One name always
// stands for the same function.
func (m *Machine) New(name string, f Function) Value {
	number, ok := m.numbers[name]
	if !ok {
		var err error
		if number, err = m.add(f); err != nil {
			return Undefined
		}
		if m.numbers == nil {
			m.numbers = map[string]int32{}
		}
		m.numbers[name] = number
	}
	text := m.scratch.hold(m.tls, name+"\x00")
	if text == 0 {
		return lib.XJS_ThrowOutOfMemory(m.tls, m.context)
	}
	return m.function(text, number)
}

// WatchCalls calls fn after each call of a function that New made, with its
// name and whether it returned anything but undefined or false. It is for tests
// of which code does the work.
func (m *Machine) WatchCalls(fn func(name string, did bool)) {
	m.watching = func(number int32, did bool) {
		for name, n := range m.numbers {
			if n == number {
				fn(name, did)
			}
		}
	}
}

// call is called by the engine for each Function. It then makes the engine
// check for interrupts, since a function may take long, unless the function is
// quick.
func (m *Machine) call(_ *libc.TLS, _ uintptr, this Value, count int32, first uintptr, number int32) Value {
	c := Call{Machine: m, this: this, count: int(count), first: first}
	v := m.functions[number](&c)
	if m.watching != nil {
		m.watching(number, v != Undefined && v != Bool(false))
	}
	m.freeAll(c.owned)
	if counter := &at[lib.TJSContext](m.context).Finterrupt_counter; c.quick {
		*counter -= quickCall
	} else {
		*counter, m.interrupts.soon = 0, true
	}
	return v
}

// quickCall is how much a quick function adds to the engine's counter. The
// engine checks for interrupts at ten thousand.
const quickCall = 50

// Quick declares that the function takes about a microsecond for any arguments.
func (c *Call) Quick() { c.quick = true }

// This returns the receiver of the call, borrowed.
func (c *Call) This() Value { return c.this }

// Callee returns the called function, borrowed.
func (c *Call) Callee() Value {
	frame := at[lib.TJSRuntime](c.runtime).Fcurrent_stack_frame
	return at[lib.TJSStackFrame](frame).Fcur_func
}

// Pass calls fn with the same receiver and arguments. When fn throws, the
// result is an exception.
func (c *Call) Pass(fn Value) Value {
	return lib.XJS_Call(c.tls, c.context, fn, c.this, int32(c.count), c.first)
}

// Len returns the number of arguments.
func (c *Call) Len() int { return c.count }

// At returns an argument, or undefined when there is none.
func (c *Call) At(i int) Value {
	if i >= c.count {
		return Undefined
	}
	return *at[Value](c.first + uintptr(i)*valueSize)
}

// Text returns an argument that is a string, and "" for other values.
func (c *Call) Text(i int) string {
	s, _ := c.Machine.Text(c.At(i))
	return s
}

// IsText reports whether an argument is a string.
func (c *Call) IsText(i int) bool {
	tag := tagOf(c.At(i))
	return tag == lib.EJS_TAG_STRING || tag == lib.EJS_TAG_STRING_ROPE
}

// Int returns an argument that is an integer below 2^53, and false for other
// values.
func (c *Call) Int(i int) (int, bool) { return whole(c.At(i)) }

// whole returns a number without a fraction.
func whole(v Value) (int, bool) {
	switch tagOf(v) {
	case lib.EJS_TAG_INT:
		return int(intOf(v)), true
	case lib.EJS_TAG_FLOAT64:
		f := floatOf(v)
		return int(f), f == math.Trunc(f) && math.Abs(f) < 1<<53
	}
	return 0, false
}

// Number returns an argument that is a number, and 0 for other values.
func (c *Call) Number(i int) float64 {
	switch v := c.At(i); tagOf(v) {
	case lib.EJS_TAG_INT:
		return float64(intOf(v))
	case lib.EJS_TAG_FLOAT64:
		return floatOf(v)
	}
	return 0
}

// Bool reports whether an argument is true.
func (c *Call) Bool(i int) bool { return IsTrue(c.At(i)) }

// percentS is the C string "%s".
var percentS = [3]byte{'%', 's'}

// Throw throws a TypeError in the script.
func (c *Call) Throw(message string) Value {
	p := c.scratch.hold(c.tls, message+"\x00")
	if p == 0 {
		return lib.XJS_ThrowOutOfMemory(c.tls, c.context)
	}
	const room = 16
	list := c.tls.Alloc(room)
	defer c.tls.Free(room)
	return lib.XJS_ThrowTypeError(c.tls, c.context, uintptr(unsafe.Pointer(&percentS)), libc.VaList(list, p))
}

// Invoke calls a JavaScript function. The caller keeps the function and the
// arguments, and must Free the result. An exception is a *quickjs.Error.
func (m *Machine) Invoke(fn *quickjs.Value, arguments ...Value) (Value, error) {
	v := m.apply(fn, Undefined, arguments)
	if tagOf(v) == lib.EJS_TAG_EXCEPTION {
		return Undefined, m.exception()
	}
	return v, nil
}

// Try is Invoke for a function that may throw: then the result is the thrown
// value. The error is for a function that was interrupted.
func (m *Machine) Try(fn *quickjs.Value, this Value, arguments ...Value) (v Value, threw bool, err error) {
	v = m.apply(fn, this, arguments)
	if tagOf(v) != lib.EJS_TAG_EXCEPTION {
		return v, false, nil
	}
	if m.interrupts.fired {
		return Undefined, true, m.exception()
	}
	return lib.XJS_GetException(m.tls, m.context), true, nil
}

func (m *Machine) apply(fn *quickjs.Value, this Value, arguments []Value) Value {
	room := max(len(arguments), 1) * int(valueSize)
	list := m.tls.Alloc(room)
	defer m.tls.Free(room)
	copy(unsafe.Slice(at[Value](list), len(arguments)), arguments)
	return lib.XJS_Call(m.tls, m.context, raw(fn), this, int32(len(arguments)), list)
}

// exception returns the pending exception.
func (m *Machine) exception() error {
	thrown := m.owned(lib.XJS_GetException(m.tls, m.context))
	defer thrown.Free()
	return quickjs.ErrorFromValue(thrown)
}

// owned converts a value to the type of the engine's Go package.
func (m *Machine) owned(v Value) quickjs.Value {
	var out quickjs.Value
	*valueField(&out) = v
	*(**quickjs.VM)(unsafe.Add(unsafe.Pointer(&out), fields().vm)) = m.VM
	return out
}
