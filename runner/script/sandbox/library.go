package sandbox

import (
	"modernc.org/quickjs"
)

// Libraries are CommonJS: the body of this function.
const libraryHead = "(function (module, exports, require) {\n"

// library evaluates what a require() name stands for to its function. It
// returns undefined when there is no such name, and a text when there is but
// it cannot be had.
func (r *realm) library(name string) quickjs.Value {
	fn, err := r.requireFunction(name)
	if err != nil {
		return r.text(err.Error())
	}
	return fn
}

func (r *realm) requireFunction(name string) (quickjs.Value, error) {
	if r.lost() {
		return quickjs.Value{}, errIdle
	}
	lib, err := r.x.host.Library(name)
	if err != nil {
		return quickjs.Value{}, err
	}
	if lib == nil {
		return quickjs.UndefinedValue, nil
	}
	if len(lib.Bytecode) > 0 {
		if fn, err := r.vm.EvalBytecodeValue(lib.Bytecode); err == nil {
			return fn, nil
		} // of another version of the engine: the source serves
	}
	key := "library:" + name + ":" + lib.Source
	p := r.engine.programs.get(key)
	if p == nil {
		if p, err = r.compile(name, libraryHead+lib.Source+tail); err != nil {
			return quickjs.Value{}, err
		}
		p.source = "" // it is in the key already
		r.engine.programs.put(key, p)
	}
	return r.vm.EvalBytecodeValue(p.code)
}
