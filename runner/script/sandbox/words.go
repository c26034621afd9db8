package sandbox

import "postie/runner/script/sandbox/engine"

// words are what the words of assertions have in common: js/expect.js. Each
// word of a chain is a function of Go's, whose own code, if any, is a property
// of it.
type words struct {
	assertion engine.Value // what assertions are copies of
	first     engine.Value // what their flags are copies of
	code      engine.Atom  // the property: a function, or an object with a method
	method    engine.Atom
	flags     engine.Atom
	locked    engine.Atom
	entered   engine.Atom
}

// setWords is words(assertion, flags, code): it is called before any of the
// others.
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

// begin is assertion(value, message): the first of a chain.
func (r *realm) begin(c *engine.Call) engine.Value {
	c.Quick()
	return c.Copy(r.words.assertion, c.Copy(r.words.first, c.Share(c.At(0)), c.Share(c.At(1))))
}

// newWord is word(name): a word that has no code yet.
func (r *realm) newWord(c *engine.Call) engine.Value { return c.New(c.Text(0), r.word) }

// chainable is chainable(word, prototype): a word without properties, with
// another prototype.
func chainable(c *engine.Call) engine.Value { return c.Like(c.At(0), c.At(1)) }

// chain is chain(word, assertion, flags): a copy of a word with the flags of an
// assertion, undefined for one that is more than its flags.
func (r *realm) chain(c *engine.Call) engine.Value {
	c.Quick()
	if !engine.Alike(c.At(1), r.words.assertion) {
		return engine.Undefined
	}
	return c.CopyFunction(c.At(0), c.At(2))
}

// word is a word being read or called: it notes that it was entered, runs its
// code, and gives the next assertion of the chain unless that gave another value.
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

// enter notes the word a plugin may name as the top of a failure's stack.
func (r *realm) enter(c *engine.Call, flags engine.Value) {
	locked := c.Get(flags, r.words.locked)
	defer c.Free(locked)
	if !engine.IsUndefined(flags) && !c.Truthy(locked) {
		c.Set(flags, r.words.entered, c.Share(c.Callee()))
	}
}

// runWord calls a word's code, be it a function or the method of an object.
func (r *realm) runWord(c *engine.Call, code engine.Value) engine.Value {
	if c.IsFunction(code) {
		return c.Pass(code)
	}
	method := c.Get(code, r.words.method)
	defer c.Free(method)
	return c.Pass(method)
}
