'use strict';

// Libraries that scripts paste, with Go under them. A library is found by what
// it defines, wherever it was loaded from, while a script computes for long; a
// function of it does its work in Go once Go has given the library's own answer
// on a probe. The functions stay the objects they are.

const { apply } = Reflect;
const { keys, is, hasOwn, getPrototypeOf } = Object;
const exchange = host.native('exchange');
const around = host.native('around');
const leaf = host.native('leaf');
const mentions = host.native('mentions');
const remember = host.native('remember');
const intact = host.native('intact');

const done = new WeakSet();

const met = new WeakMap(); // how often, a while apart

// found is called with an object that looks like a part of the library which
// js/name.js knows, and may be called again with it: at once, while the library
// loads, and later. That file answers whether it has replaced functions, or
// undefined when the library is not all there yet. The fourth time it must do with
// what is there.
function found(name, object, atOnce) {
  if (done.has(object)) return false;
  const times = (met.get(object) ?? 0) + (atOnce ? 0 : 1);
  met.set(object, times);
  const answer = load(name).accelerate(object, times > 3);
  if (answer !== undefined) done.add(object);
  return answer;
}

// same reports whether values are equal, with all that is in them in the same
// order.
function same(a, b) {
  if (is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const names = keys(a);
  const others = keys(b);
  if (names.length !== others.length) return false;
  for (let i = 0; i < names.length; i++) if (names[i] !== others[i] || !same(a[names[i]], b[names[i]])) return false;
  return true;
}

// reach are the functions that functions know, as variables around them, and so
// on, which take so many arguments and have words in their source, and no
// function; the nearest come first.
function reach(functions, count, words) {
  const seen = new Set(functions);
  for (const fn of seen) for (const f of surroundings(fn)) if (typeof f === 'function' && seen.size < REACH) seen.add(f);
  return [...seen].filter((fn) => fn.length === count && leaf(fn) && mentions(fn, words));
}

const REACH = 500; // functions

// surroundings are the objects that are variables around a function.
function surroundings(fn) {
  const list = [];
  for (let i = 0, value; (value = around(fn, i)) !== null; i++) if (value) list.push(value);
  return list;
}

// An accelerator replaces functions of one library.
class Accelerator {
  #functions = [];
  #number;
  constructor(object) { this.object = object; }
  // own reports whether a property is a function whose source has these words:
  // one that a script has put in its place has not.
  own(name, words, object = this.object) {
    let owner = object;
    while (owner && !hasOwn(owner, name)) owner = getPrototypeOf(owner);
    if (!owner || typeof owner[name] !== 'function' || !mentions(owner[name], words)) return false;
    this.#functions.push(owner, name);
    return true;
  }
  // intact reports whether all functions that own has seen are in place still.
  intact() { return intact(this.#number ??= remember(...this.#functions)); }
  // replace has fn do what make returns, which is given a way to do what fn did
  // before, and one to get the function that does. probe is called with either and
  // must answer the same.
  replace(fn, make, probe) {
    let plain = fn;
    const fast = make((self, args) => apply(plain, self, args), () => plain);
    if (!same(probe((self, ...args) => apply(fast, self, args)), probe((self, ...args) => apply(fn, self, args)))) return false;
    if (!exchange(fn, fast)) return false;
    plain = fast;
    done.add(fast); // it looks as the library's function did
    return true;
  }
}

// instead has a function, whose result is nothing, do what go does where go
// answers that it has done it. It reports whether it could.
const instead = (fn, go, probe) => new Accelerator({ fn }).replace(fn, (plain) => function (...args) {
  if (!go(...args)) plain(this, args);
}, probe);

// words and bytes are numbers of all kinds, for probes.
const words = (size, type = Uint32Array) => type.from({ length: size }, (_, i) => Math.imul(i + 5, 0x9e3779b1));
const bytes = (size) => Uint8Array.from({ length: size }, (_, i) => (i * 37 + 211) & 255);

return { found, same, reach, surroundings, instead, words, bytes, Accelerator };
