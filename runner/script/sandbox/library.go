package sandbox

import (
	"bytes"
	"crypto/sha256"

	"modernc.org/quickjs"

	"postie/runner/script"
	"postie/runner/script/sandbox/engine"
)

// Libraries are CommonJS modules: the body of a function. Postman's libraries
// get a console whose output is dropped, as in Postman; the user's own packages
// get the console of the script.
const (
	packageHead = "(function (module, exports, require) {\n"
	libraryHead = "(function (module, exports, require, console) {\n"
)

// library evaluates the module that a require() name refers to, and returns its
// function. It returns undefined when there is no such module, and the text of
// an error when the module cannot be loaded.
func (r *realm) library(name string) quickjs.Value {
	fn, err := r.requireFunction(name)
	if err != nil {
		return r.text(err.Error())
	}
	return fn
}

func (r *realm) requireFunction(name string) (quickjs.Value, error) {
	if r.x == nil {
		return quickjs.Value{}, errIdle
	}
	lib, err := r.x.host.Library(r.x.ctx, name)
	if err != nil {
		return quickjs.Value{}, err
	}
	if lib == nil {
		return quickjs.UndefinedValue, nil
	}
	if code, ok := bytecodeOf(lib); ok {
		r.shared.loads(libraryMark + name)
		if fn, err := r.vm.EvalBytecodeValue(code); err == nil {
			return fn, nil
		}
	}
	r.shared.keep()
	key := "library:" + name + ":" + lib.Source
	p := r.programs.get(key)
	if p == nil {
		head := libraryHead
		if len(lib.Bytecode) == 0 {
			head = packageHead
		}
		if p, err = r.compile(name, head+lib.Source+tail); err != nil {
			return quickjs.Value{}, err
		}
		p.source = "" // the key already contains it
		p.load = loadOf(lib.Source)
		r.programs.put(key, p)
	}
	if len(lib.Bytecode) == 0 { // a package of the user's own
		r.install(lib.Source)
		if p.load != nil {
			r.vm.Attend(p.load)
		}
	}
	return r.vm.EvalBytecodeValue(p.code)
}

// CompileLibrary compiles source for script.Library.Bytecode: the hash of the
// source, then the bytecode.
func CompileLibrary(name, source string) ([]byte, error) {
	vm, err := engine.Open()
	if err != nil {
		return nil, err
	}
	defer vm.Close()
	r := &realm{vm: vm}
	p, err := r.compile(name, libraryHead+source+tail)
	if err != nil {
		return nil, err
	}
	return append(sumOf([]byte(source)), p.code...), nil
}

// bytecodeOf returns the bytecode of a library. It returns false when the
// bytecode is of another source or of another version of the engine, which
// cannot load it.
func bytecodeOf(lib *script.Library) ([]byte, bool) {
	if len(lib.Bytecode) <= sha256.Size {
		return nil, false
	}
	return lib.Bytecode[sha256.Size:], bytes.HasPrefix(lib.Bytecode, sumOf([]byte(lib.Source)))
}
