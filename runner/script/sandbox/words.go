package sandbox

import "postie/runner/script/sandbox/engine"

// words has what the words of assertions share (js/expect.js). Each word of a
// chain is a Go function. The word's own code, if any, is a property of that
// function.
type words struct {
	assertion engine.Value // assertions are copies of it
	first     engine.Value // flags of assertions are copies of it
	code      engine.Atom  // the property with a word's code: a function, or an object with a method
	method    engine.Atom
	flags     engine.Atom
	locked    engine.Atom
	entered   engine.Atom
}

// setWords implements host.words(assertion, flags, code), which is called
// before the other functions.
func (r *realm) setWords(c *engine.Call) engine.Value {
	name := func(text string) engine.Atom {
		v := c.String(text)
		defer c.Free(v)
		return c.Atom(v)
	}
	r.words = words{assertion: c.Share(c.At(0)), first: c.Share(c.At(1)), code: c.Atom(c.At(2)), method: name("method"), flags: name("__flags"),
		locked: name("lockSsfi"), entered: name("ssfi")}
	return engine.Undefined
}

// begin implements host.assertion(value, message). It returns the first
// assertion of a chain.
func (r *realm) begin(c *engine.Call) engine.Value {
	c.Quick()
	return c.Copy(r.words.assertion, c.Copy(r.words.first, c.Share(c.At(0)), c.Share(c.At(1))))
}

// newWord implements host.word(name). It returns a word without code.
func (r *realm) newWord(c *engine.Call) engine.Value { return c.New(c.Text(0), r.word) }

// chainable implements host.chainable(word, prototype). It returns a copy of a
// word without properties and with another prototype.
func chainable(c *engine.Call) engine.Value { return c.Like(c.At(0), c.At(1)) }

// chain implements host.chain(word, assertion, flags). It returns a copy of a
// word with the flags of an assertion, or undefined when the assertion has
// further properties.
func (r *realm) chain(c *engine.Call) engine.Value {
	c.Quick()
	if !engine.Alike(c.At(1), r.words.assertion) {
		return engine.Undefined
	}
	return c.CopyFunction(c.At(0), c.At(2))
}

// word is called when a word is read or called. It records the word, runs the
// word's code and returns the result of the code, or else the next assertion of
// the chain.
func (r *realm) word(c *engine.Call) engine.Value {
	c.Quick()
	flags := c.Get(c.This(), r.words.flags)
	if engine.Failed(flags) {
		return flags
	}
	code := c.Get(c.Callee(), r.words.code)
	defer c.Free(code)
	if engine.IsUndefined(code) {
		return c.Copy(r.words.assertion, flags)
	}
	r.enter(c, flags)
	c.Free(flags)
	if got := r.runWord(c, code); !engine.IsUndefined(got) {
		return got
	}
	return c.Copy(r.words.assertion, c.Get(c.This(), r.words.flags))
}

// enter records the word that a plugin may name as the top of a failure's
// stack.
func (r *realm) enter(c *engine.Call, flags engine.Value) {
	locked := c.Get(flags, r.words.locked)
	defer c.Free(locked)
	if !engine.IsUndefined(flags) && !c.Truthy(locked) {
		c.Set(flags, r.words.entered, c.Share(c.Callee()))
	}
}

// runWord calls a word's code: a function, or the method of an object.
func (r *realm) runWord(c *engine.Call, code engine.Value) engine.Value {
	if c.IsFunction(code) {
		return c.Pass(code)
	}
	method := c.Get(code, r.words.method)
	defer c.Free(method)
	return c.Pass(method)
}
