package engine

import (
	"strings"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/libquickjs"
)

// evalWorth is the least length of a text that is cached in compiled form:
// collections store libraries and helper functions in variables and evaluate them
// before each request. Shorter texts are usually data, and different each time.
const evalWorth = 256

// evalRoom and mostTexts limit the texts that one realm caches: their bytes and
// their number.
const (
	evalRoom  = 4 << 20
	mostTexts = 1000
)

// An evaluator wraps the engine's eval and caches the compiled form of long
// texts. Direct eval sees the variables around it, so its compiled form is
// valid only for one place in one function.
type evaluator struct {
	name   func(text string) string // returns the name of a text in stacks
	eval   evalFunction             // kept here, because the engine's pointer does not keep it alive
	native evalFunction
	plain  bool                     // there is no cache
	starts func(text string) func() // returns what to call before each run of a long text
	ready  map[place]kept
	held   []lib.TJSValue // functions whose code identifies a place
	size   int
}

// evalFunction is the engine's __JS_EvalInternal.
type evalFunction = func(tls *libc.TLS, ctx uintptr, this lib.TJSValue, text uintptr, size libc.Tsize_t,
	file uintptr, flags, scope int32) lib.TJSValue

// A place is where a text is evaluated. code is 0 for the global scope.
type place struct {
	code         uintptr
	scope, flags int32
	text         string
}

// kept is the compiled form of a text.
type kept struct {
	code   lib.TJSValue
	starts func() // is called before each run; nil for nothing
}

// WatchEval installs an evaluator. name is called with each text before it is
// compiled, and returns its name in stacks. starts is called with each long text
// when it is compiled, and returns a function to call before each run, or nil.
func (m *Machine) WatchEval(name func(text string) string, starts func(text string) func()) {
	context := at[lib.TJSContext](m.context)
	e := &evaluator{name: name, plain: m.heap == nil, native: functionAt(context.Feval_internal), starts: starts, ready: map[place]kept{}}
	e.eval = e.evaluate
	context.Feval_internal = address(e.eval)
	m.evaluator = e
}

func functionAt(p uintptr) evalFunction {
	return *(*evalFunction)(unsafe.Pointer(&struct{ p uintptr }{p}))
}

func (e *evaluator) evaluate(tls *libc.TLS, ctx uintptr, this lib.TJSValue, text uintptr, size libc.Tsize_t,
	file uintptr, flags, scope int32) lib.TJSValue {
	if !fromScript(flags) {
		return e.native(tls, ctx, this, text, size, file, flags, scope)
	}
	if size < evalWorth || e.plain {
		return e.compile(tls, ctx, this, text, size, flags, scope)
	}
	frame, fn := caller(ctx, flags)
	key := place{scope: scope, flags: flags, text: unsafe.String(at[byte](text), int(size))}
	var variables uintptr
	if fn != nil {
		key.code, variables = fn.Ffunction_bytecode, fn.Fvar_refs
	}
	k, ok := e.ready[key]
	if !ok {
		k.code = e.compile(tls, ctx, this, text, size, flags|lib.MJS_EVAL_FLAG_COMPILE_ONLY, scope)
		if lib.XJS_HasException(tls, ctx) != 0 {
			return k.code
		}
		k.starts = e.starts(key.text)
		e.keep(tls, ctx, key, k, frame)
	}
	if k.starts != nil {
		k.starts()
	}
	return evalCompiled(tls, ctx, lib.XDupValue(tls, ctx, k.code), this, variables, frame)
}

// compile makes the engine evaluate a text, or only compile it, under its name.
func (e *evaluator) compile(tls *libc.TLS, ctx uintptr, this lib.TJSValue, text uintptr, size libc.Tsize_t, flags, scope int32) lib.TJSValue {
	file, err := libc.CString(e.name(unsafe.String(at[byte](text), int(size))))
	if err != nil {
		return lib.XJS_ThrowOutOfMemory(tls, ctx)
	}
	defer libc.Xfree(tls, file)
	return e.native(tls, ctx, this, text, size, file, flags, scope)
}

// fromScript reports whether an evaluation comes from eval or new Function in a
// script, and not from our own code.
func fromScript(flags int32) bool {
	kind := flags & lib.MJS_EVAL_TYPE_MASK
	return kind == lib.MJS_EVAL_TYPE_DIRECT || kind == lib.MJS_EVAL_TYPE_INDIRECT
}

// A closure is the part of a JSObject that describes a JavaScript function.
type closure struct {
	Ffunction_bytecode, Fvar_refs uintptr
}

// caller returns the frame and the function whose variables a direct eval sees.
func caller(ctx uintptr, flags int32) (frame uintptr, fn *closure) {
	if flags&lib.MJS_EVAL_TYPE_MASK != lib.MJS_EVAL_TYPE_DIRECT {
		return 0, nil
	}
	frame = at[lib.TJSRuntime](at[lib.TJSContext](ctx).Frt).Fcurrent_stack_frame
	object := *at[uintptr](frame + unsafe.Offsetof(lib.TJSStackFrame{}.Fcur_func))
	return frame, at[closure](object + unsafe.Offsetof(lib.TJSObject{}.Fu))
}

// keep caches code. It holds the function of the place, so that no other
// function gets the same address.
func (e *evaluator) keep(tls *libc.TLS, ctx uintptr, key place, k kept, frame uintptr) {
	if e.size += len(key.text); e.size > evalRoom || len(e.ready) >= mostTexts {
		e.release(tls, ctx)
		e.size = len(key.text)
	}
	if frame != 0 {
		e.held = append(e.held, lib.XDupValue(tls, ctx, at[lib.TJSStackFrame](frame).Fcur_func))
	}
	key.text = strings.Clone(key.text)
	e.ready[key] = k
}

// release frees all cached code.
func (e *evaluator) release(tls *libc.TLS, ctx uintptr) {
	for _, k := range e.ready {
		lib.XFreeValue(tls, ctx, k.code)
	}
	for _, fn := range e.held {
		lib.XFreeValue(tls, ctx, fn)
	}
	e.forget()
}

// forget empties the cache without freeing anything, after the heap was
// restored.
func (e *evaluator) forget() {
	clear(e.ready)
	e.held, e.size = nil, 0
}

// evalCompiled runs compiled code as the engine's eval does after compiling.
// The engine does not export it.
//
//go:linkname evalCompiled modernc.org/libquickjs._JS_EvalFunctionInternal
func evalCompiled(tls *libc.TLS, ctx uintptr, code, this lib.TJSValue, variables, frame uintptr) lib.TJSValue
