package engine

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"sync"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/libquickjs"
	"modernc.org/quickjs"
)

// A binding accesses the engine below quickjs.VM, for features that the VM has
// no method for: file names in stacks, unhandled rejections, and the texts that
// eval compiles.
type binding struct {
	tls     *libc.TLS
	runtime uintptr
	context uintptr
	watch   uintptr // address of the watcher in C memory, 0 until set
	scratch scratch
}

// bind finds the engine below vm. vm keeps it in fields that are not exported.
func bind(vm *quickjs.VM) (b binding, err error) {
	defer func() {
		if p := recover(); p != nil { // by reflect, when a field is missing or has another type
			err = fmt.Errorf("quickjs.VM: %v", p)
		}
	}()
	state := reflect.ValueOf(vm).Elem().FieldByName("state")
	runtime := state.FieldByName("runtime").Elem()
	_ = state.FieldByName("abandoned").Bool()
	_ = raw(&quickjs.Value{})
	return binding{
		tls:     (*libc.TLS)(runtime.FieldByName("tls").UnsafePointer()),
		runtime: uintptr(runtime.FieldByName("cRuntime").Uint()),
		context: uintptr(state.FieldByName("cContext").Uint()),
	}, nil
}

// raw returns v in the engine's format, borrowed: the caller must not free it.
func raw(v *quickjs.Value) lib.TJSValue { return *valueField(v) }

func valueField(v *quickjs.Value) *lib.TJSValue {
	return (*lib.TJSValue)(unsafe.Add(unsafe.Pointer(v), fields().value))
}

// fields returns the offsets of the fields of quickjs.Value, which are not
// exported.
var fields = sync.OnceValue(func() (offset struct{ vm, value uintptr }) {
	t := reflect.TypeFor[quickjs.Value]()
	vm, ok := t.FieldByName("vm")
	value, found := t.FieldByName("v")
	if !ok || !found || vm.Type != reflect.TypeFor[*quickjs.VM]() || value.Type != reflect.TypeFor[lib.TJSValue]() {
		panic("quickjs.Value has other fields")
	}
	offset.vm, offset.value = vm.Offset, value.Offset
	return offset
})

// CompileFile compiles source to bytecode whose stack frames have this file
// name. ok is false when the source does not compile; quickjs.VM.Compile
// returns the reason.
func (b *binding) CompileFile(source, file string) (code []byte, ok bool) {
	_ = b.compiled(source, file, func(fn lib.TJSValue) { code, ok = b.write(fn) })
	return code, ok
}

// CompileFunction is CompileFile for a function expression. It also returns the
// names that the function declares with var and function, in its blocks too.
func (b *binding) CompileFunction(source, file string) (code []byte, declared []string, ok bool) {
	_ = b.compiled(source, file, func(fn lib.TJSValue) {
		declared = b.declared(fn)
		code, ok = b.write(fn)
	})
	return code, declared, ok
}

// compiled compiles source and calls then with the result. It returns false
// when the source does not compile.
func (b *binding) compiled(source, file string, then func(fn lib.TJSValue)) bool {
	text, err := libc.CString(source)
	if err != nil {
		return false
	}
	defer libc.Xfree(b.tls, text)
	name, err := libc.CString(file)
	if err != nil {
		return false
	}
	defer libc.Xfree(b.tls, name)
	const flags = lib.MJS_EVAL_TYPE_GLOBAL | lib.MJS_EVAL_FLAG_COMPILE_ONLY
	fn := lib.XJS_Eval(b.tls, b.context, text, libc.Tsize_t(len(source)), name, flags)
	defer lib.XFreeValue(b.tls, b.context, fn)
	if lib.XJS_HasException(b.tls, b.context) != 0 {
		b.drop()
		return false
	}
	then(fn)
	return true
}

// declared lists the variables that the first function in compiled code
// declares with var or function. Variables of let, const and class have a
// scope.
func (b *binding) declared(fn lib.TJSValue) (names []string) {
	code := at[lib.TJSFunctionBytecode](pointerOf(fn))
	if code.Fcpool_count == 0 {
		return nil
	}
	function := at[lib.TJSFunctionBytecode](pointerOf(*at[lib.TJSValue](code.Fcpool)))
	for i := range int(function.Fvar_count) {
		v := at[lib.TJSBytecodeVarDef](function.Fvardefs + uintptr(int(function.Farg_count)+i)*unsafe.Sizeof(lib.TJSBytecodeVarDef{}))
		if v.F__ccgo8&hasScope == 0 {
			names = append(names, b.atomText(v.Fvar_name))
		}
	}
	return names
}

// hasScope is the bit of JSBytecodeVarDef.has_scope.
const hasScope = 1 << 3

func (b *binding) atomText(atom lib.TJSAtom) string {
	p := lib.XJS_AtomToCStringLen(b.tls, b.context, 0, atom)
	if p == 0 {
		b.drop()
		return ""
	}
	defer lib.XJS_FreeCString(b.tls, b.context, p)
	return libc.GoString(p)
}

// Stripped makes CompileFile leave out the source of functions. That halves the
// bytecode, and only the functions' toString shows it.
func (b *binding) Stripped(compile func()) {
	lib.XJS_SetStripInfo(b.tls, b.runtime, lib.MJS_STRIP_SOURCE)
	defer lib.XJS_SetStripInfo(b.tls, b.runtime, 0)
	compile()
}

// write serializes compiled code to bytecode.
func (b *binding) write(fn lib.TJSValue) (code []byte, ok bool) {
	const word = int(unsafe.Sizeof(libc.Tsize_t(0)))
	size := b.tls.Alloc(word) // on libc's stack, because Go may move its own
	defer b.tls.Free(word)
	p := lib.XJS_WriteObject(b.tls, b.context, size, fn, lib.MJS_WRITE_OBJ_BYTECODE)
	if p == 0 {
		b.drop()
		return nil, false
	}
	defer lib.Xjs_free(b.tls, b.context, p)
	return append([]byte(nil), libc.GoBytes(p, int(*at[libc.Tsize_t](size)))...), true
}

// drop clears the pending exception.
func (b *binding) drop() {
	lib.XFreeValue(b.tls, b.context, lib.XJS_GetException(b.tls, b.context))
}

// A watcher is the data that the engine passes to rejected: the function to
// call, and memory for its arguments.
type watcher struct {
	notify    lib.TJSValue
	this      lib.TJSValue
	arguments [3]lib.TJSValue
	lost      int
}

// WatchRejections makes the engine call notify(promise, reason, handled) when a
// promise is rejected without a handler, and again if it gets a handler later.
// notify is borrowed for as long as the VM lives.
func (b *binding) WatchRejections(notify *quickjs.Value) {
	undefined := quickjs.UndefinedValue
	b.watch = libc.Xcalloc(b.tls, 1, libc.Tsize_t(unsafe.Sizeof(watcher{})))
	w := at[watcher](b.watch)
	w.notify, w.this = raw(notify), raw(&undefined)
	lib.XJS_SetHostPromiseRejectionTracker(b.tls, b.runtime, address(rejected), b.watch)
}

// CallWithString calls fn with a text. Unlike the VM's own methods, it also
// works while the engine evaluates. It ignores an exception of fn.
func (b *binding) CallWithString(fn *quickjs.Value, text string) {
	chars, err := libc.CString(text)
	if err != nil {
		return
	}
	defer libc.Xfree(b.tls, chars)
	function := raw(fn)
	const size = int(unsafe.Sizeof(function))
	argument := b.tls.Alloc(size)
	defer b.tls.Free(size)
	value := at[lib.TJSValue](argument)
	*value = lib.XJS_NewStringLen(b.tls, b.context, chars, libc.Tsize_t(len(text)))
	defer lib.XFreeValue(b.tls, b.context, *value)
	undefined := quickjs.UndefinedValue
	lib.XFreeValue(b.tls, b.context, lib.XJS_Call(b.tls, b.context, function, raw(&undefined), 1, argument))
	if lib.XJS_HasException(b.tls, b.context) != 0 {
		b.drop()
	}
}

// LostRejections returns how many rejections could not be passed to notify,
// because there was no memory.
func (b *binding) LostRejections() int { return at[watcher](b.watch).lost }

// unwatch frees the memory of WatchRejections, which is outside of the heap.
func (b *binding) unwatch() {
	libc.Xfree(b.tls, b.watch)
	b.watch = 0
}

// abandon makes Close free nothing in the machine: its heap is dropped as a
// whole.
func (b *binding) abandon(vm *quickjs.VM) {
	state := reflect.ValueOf(vm).Elem().FieldByName("state")
	*(*bool)(state.FieldByName("abandoned").Addr().UnsafePointer()) = true
}

// reseed gives Math.random a new sequence: a restored machine would repeat the
// old one.
func (b *binding) reseed() {
	at[lib.TJSContext](b.context).Frandom_state = rand.Uint64() | 1 // must not be 0
}

func rejected(tls *libc.TLS, ctx uintptr, promise, reason lib.TJSValue, handled int32, opaque uintptr) {
	w := at[watcher](opaque)
	w.arguments = [3]lib.TJSValue{promise, reason, lib.XNewInt32(tls, ctx, handled)}
	arguments := opaque + unsafe.Offsetof(w.arguments)
	lib.XFreeValue(tls, ctx, lib.XJS_Call(tls, ctx, w.notify, w.this, 3, arguments))
	if lib.XJS_HasException(tls, ctx) != 0 {
		lib.XFreeValue(tls, ctx, lib.XJS_GetException(tls, ctx))
		if handled == 0 {
			w.lost++
		}
	}
}

// at returns a pointer to the engine's memory at p.
func at[T any](p uintptr) *T { return *(**T)(unsafe.Pointer(&p)) }

// address returns the address of a function, in the format that the engine
// calls.
func address(f any) uintptr {
	type iface [2]uintptr
	return (*iface)(unsafe.Pointer(&f))[1]
}

// RaiseGCThreshold sets the heap size, in bytes, at which the engine next
// collects cycles, if the present one is smaller. After each collection the
// engine sets one and a half times the size of the live heap: with only the API
// loaded it would collect every few scripts and free little.
func (b *binding) RaiseGCThreshold(bytes int) {
	size := libc.Tsize_t(bytes)
	if rt := at[lib.TJSRuntime](b.runtime); rt.Fmalloc_gc_threshold < size {
		rt.Fmalloc_gc_threshold = size
	}
}

// JobsPending reports whether microtasks are waiting.
func (b *binding) JobsPending() bool { return lib.XJS_IsJobPending(b.tls, b.runtime) != 0 }
