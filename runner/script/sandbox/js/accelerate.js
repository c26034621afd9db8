'use strict';

// Libraries that scripts paste get faster functions in Go. A library is found
// by what it defines, while a script computes for a long time. One of its
// functions is replaced only after Go has returned the library's own result for
// a probe. The function objects stay the same.

const { apply } = Reflect;
const { keys, is, hasOwn, getPrototypeOf } = Object;
const exchange = host.native('exchange');
const around = host.native('around');
const leaf = host.native('leaf');
const mentions = host.native('mentions');
const remember = host.native('remember');
const intact = host.native('intact');

const done = new WeakSet();

const met = new WeakMap(); // how often found was called with an object

// found is called with an object that looks like a part of the library for
// which there is js/name.js. It may be called again with the same object: while
// the library loads (atOnce), and later. js/name.js returns whether it has
// replaced functions, or undefined when the library is not complete yet. At the
// fourth time it must work with what exists.
function found(name, object, atOnce) {
  if (done.has(object)) return false;
  const times = (met.get(object) ?? 0) + (atOnce ? 0 : 1);
  met.set(object, times);
  const answer = load(name).accelerate(object, times > 3);
  if (answer !== undefined) done.add(object);
  return answer;
}

// same reports whether two values are deeply equal, with keys in the same
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

// reach returns the functions that other functions refer to, directly or not,
// by closure variables. It returns only those with count parameters, with these
// words in their source and without an inner function. The nearest come first.
function reach(functions, count, words) {
  const seen = new Set(functions);
  for (const fn of seen) for (const f of surroundings(fn)) if (typeof f === 'function' && seen.size < REACH) seen.add(f);
  return [...seen].filter((fn) => fn.length === count && leaf(fn) && mentions(fn, words));
}

const REACH = 500; // functions

// surroundings returns the objects in the closure variables of a function.
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
  // own reports whether a property is a function whose source contains these
  // words. A function that a script has put in its place does not contain them.
  own(name, words, object = this.object) {
    let owner = object;
    while (owner && !hasOwn(owner, name)) owner = getPrototypeOf(owner);
    if (!owner || typeof owner[name] !== 'function' || !mentions(owner[name], words)) return false;
    this.#functions.push(owner, name);
    return true;
  }
  // intact reports whether all functions that own has seen are unchanged.
  intact() { return intact(this.#number ??= remember(...this.#functions)); }
  // replace makes fn run the function that make returns. make gets a function
  // that calls the original, and a function that returns the original. probe is
  // called with the fast function and with fn; both results must be the same.
  replace(fn, make, probe) {
    let plain = fn;
    const fast = make((self, args) => apply(plain, self, args), () => plain);
    if (!same(probe((self, ...args) => apply(fast, self, args)), probe((self, ...args) => apply(fn, self, args)))) return false;
    if (!exchange(fn, fast)) return false;
    plain = fast;
    done.add(fast); // it must not be found again
    return true;
  }
  // replaceAtUse is like replace, but compares the results only when fn is first
  // called: a script that pastes a large library uses a small part of it, and
  // pays for that part alone. Of several makes it takes the first whose function
  // agrees with fn; without one fn keeps the library's code. While a script has
  // put functions of its own in the library's place, nothing is compared: it
  // would see the calls of the probe. It is called after own has seen all
  // functions, and returns whether fn can be replaced.
  replaceAtUse(fn, makes, probe) {
    const it = this;
    it.intact(); // remembers the functions as they are now
    let chosen;
    const first = function (...args) {
      if (!chosen && !it.intact()) return apply(first, this, args);
      if (!chosen) {
        chosen = first; // which has the library's code by now; the probe may call fn
        const candidates = makes.map((make) => make((self, args) => apply(first, self, args), () => first));
        const better = agreeing(candidates, first, probe) ?? first;
        done.add(better); // it must not be found again
        exchange(fn, better);
        chosen = fn;
      }
      return apply(chosen, this, args);
    };
    if (!exchange(fn, first)) return false;
    done.add(first);
    return true;
  }
}

// agreeing returns the first of some functions that gives a probe the same
// results as the library's.
function agreeing(candidates, plain, probe) {
  const results = (fn) => probe((self, ...args) => apply(fn, self, args));
  try {
    const wanted = results(plain);
    return candidates.find((fn) => same(results(fn), wanted));
  } catch {
    return undefined;
  }
}

// instead makes a function without a result run go. When go returns a false
// value, the original does the work. It returns whether the function was
// replaced.
const instead = (fn, go, probe) => new Accelerator({ fn }).replace(fn, (plain) => function (...args) {
  if (!go(...args)) plain(this, args);
}, probe);

// integers are the values of an object that has whole numbers under some of these
// names, and nothing else: reading them runs no code of a script.
function integers(object, names) {
  if (typeof object !== 'object' || object === null || getPrototypeOf(object) !== Object.prototype) return undefined;
  const given = Object.getOwnPropertyDescriptors(object);
  return Reflect.ownKeys(given).every((name) => names.includes(name) && Number.isSafeInteger(given[name].value)) ? { ...object } : undefined;
}

// words and bytes are numbers of all kinds, for probes.
const words = (size, type = Uint32Array) => type.from({ length: size }, (_, i) => Math.imul(i + 5, 0x9e3779b1));
const bytes = (size) => Uint8Array.from({ length: size }, (_, i) => (i * 37 + 211) & 255);

return { found, same, reach, surroundings, instead, integers, words, bytes, Accelerator };
