'use strict';

// Chai's BDD assertions: `expect(value).to.…`, with Chai 4.4's messages, plugin
// API and error objects.
//
// An assertion is an object over Assertion.prototype with one field, __flags:
// what the chain has said so far. Flags are layered, never changed in place (a
// new flag is a new object over the old ones), so every word of a chain gets its
// own assertion for the price of one small object. Messages are only put
// together once an assertion has failed.

const { inspect: write, display } = load('inspect');
const { deepEqual, typeOf } = load('deepequal');

const config = {
  includeStack: false,
  showDiff: true,
  truncateThreshold: 40,
  useProxy: true,
  proxyExcludedKeys: ['then', 'catch', 'inspect', 'toJSON'],
  deepEqual: null,
};

const inspect = (value) => write(value, config.truncateThreshold || Infinity);
const objDisplay = (value) => display(value, config.truncateThreshold);
const typeName = (value) => typeOf(value).toLowerCase();
const getName = (fn) => (typeof fn === 'function' ? fn.name : null);
const articled = (type) => (/^[aeiou]/.test(type) ? 'an ' : 'a ') + type;

// ---- AssertionError

function AssertionError(message, props) {
  this.message = message || 'Unspecified AssertionError';
  this.showDiff = false;
  for (const key of Object.keys(props || {})) {
    if (!OWN_FIELDS.includes(key)) this[key] = props[key];
  }
  stamp(this);
}

const OWN_FIELDS = ['name', 'message', 'stack', 'constructor', 'toJSON'];

AssertionError.prototype = {
  __proto__: Error.prototype,
  name: 'AssertionError',
  constructor: AssertionError,
  toJSON(withStack) {
    const { constructor, toJSON, stack, ...fields } = this;
    const json = { name: this.name, ...fields };
    if (withStack !== false && this.stack) json.stack = this.stack;
    return json;
  },
};

const ENTRY = /\b(propertyGetter|\w*[mM]ethodWrapper|overwriting\w+|assertWrapper)\b/;

const OURS = /\((?:postie:|native\))/;

// stamp gives an error the stack below the word of the chain that failed.
function stamp(error) {
  const frames = new Error().stack.split('\n').filter((line) => /^\s+at /.test(line));
  let word = config.includeStack ? -1 : frames.findIndex((line) => ENTRY.test(line));
  // One word may call another: the outermost counts.
  for (let i = word + 1; word >= 0 && i < frames.length && OURS.test(frames[i]); i++) {
    if (ENTRY.test(frames[i])) word = i;
  }
  const value = frames.slice(word + 1).join('\n');
  Object.defineProperty(error, 'stack', { value, writable: true, configurable: true });
}

// A failure inside another assertion is stamped again by the outer one.
const inner = new WeakSet();

function fail(flags, message, props) {
  const error = new AssertionError(message, props);
  if (flags.lockSsfi) inner.add(error);
  throw error;
}

function surface(error, flags) {
  if (inner.has(error)) {
    stamp(error);
    if (!flags?.lockSsfi) inner.delete(error);
  }
  return error;
}

// ---- flags

// BASE is under every assertion's flags: how `eql` compares unless told.
const BASE = Object.create(null, {
  eql: {
    get: () => config.deepEqual || deepEqual,
    set(value) {
      Object.defineProperty(this, 'eql', { value, writable: true, enumerable: true, configurable: true });
    },
  },
});

function Assertion(object, message, ssfi, lockSsfi) {
  this.__flags = { __proto__: BASE, object, message, ssfi, lockSsfi };
}

const words = Assertion.prototype;

const begin = (object, message) => ({ __proto__: words, __flags: { __proto__: BASE, object, message } });
const derive = (assertion) => ({ __proto__: words, __flags: assertion.__flags });

function flag(target, key, value) {
  const flags = target.__flags || (target.__flags = { __proto__: null });
  if (arguments.length < 3) return flags[key];
  target.__flags = { __proto__: flags, [key]: value };
}

const set = (assertion, key, value) => {
  assertion.__flags = { __proto__: assertion.__flags, [key]: value };
};

function transferFlags(from, to, includeAll = true) {
  const flags = from.__flags || (from.__flags = { __proto__: null });
  const layer = { __proto__: to.__flags || null };
  for (const key in flags) {
    if (includeAll || !['object', 'ssfi', 'lockSsfi', 'message'].includes(key)) layer[key] = flags[key];
  }
  to.__flags = layer;
}

// ---- words that do not exist

// distance is Chai's edit distance, as far as `cap`. Its table starts with 0 for
// the whole of `b`, which makes short words closer than they are.
function distance(a, b, cap) {
  if (Math.abs(a.length - b.length) >= cap) return cap;
  let above = Array.from({ length: b.length + 1 }, (_, j) => (j < b.length ? j : 0));
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = above[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.abs(i - j) >= cap ? cap : Math.min(above[j] + 1, row[j - 1] + 1, swap));
    }
    above = row;
  }
  return above[b.length];
}

const INTERNAL = ['__flags', '__methods', '_obj', 'assert'];
const FUNCTION_WORDS = ['length', 'name', 'arguments', 'caller', 'prototype', 'call', 'apply'];

function wordsOf(target) {
  const found = new Set(typeof target === 'function' ? FUNCTION_WORDS : []);
  for (let at = target; at !== null; at = Object.getPrototypeOf(at)) {
    for (const name of Object.getOwnPropertyNames(at)) found.add(name);
  }
  return [...found].filter((name) => !INTERNAL.includes(name) && !(name in Object.prototype));
}

function unknown(target, name) {
  let best = null;
  let closest = 4;
  for (const word of wordsOf(target)) {
    const far = distance(name, word, closest);
    if (far < closest) [best, closest] = [word, far];
  }
  return Error(`Invalid Chai property: ${name}${best === null ? '' : `. Did you mean "${best}"?`}`);
}

const misused = (method, name) =>
  Error(`Invalid Chai property: ${method}.${name}. See docs for proper usage of "${method}".`);

const ignored = (name) =>
  typeof name !== 'string' || !config.useProxy || config.proxyExcludedKeys.includes(name);

// The guards lie under all words: a lookup reaches them when no word has the
// name, so that known words cost nothing.
const wordGuard = new Proxy({}, {
  get(target, name, receiver) {
    if (name in target) return Reflect.get(target, name, receiver);
    if (typeof receiver === 'function' && name in Function.prototype) return Function.prototype[name];
    if (receiver === words || ignored(name)) return undefined;
    throw unknown(receiver, name);
  },
});

const methodNames = new WeakMap();

const methodGuard = new Proxy(Object.create(Function.prototype), {
  get(target, name, receiver) {
    if (name === 'length' && methodNames.has(receiver)) throw misused(methodNames.get(receiver), name);
    if (name in target) return Reflect.get(target, name, receiver);
    if (ignored(name) || !methodNames.has(receiver)) return undefined;
    throw misused(methodNames.get(receiver), name);
  },
});

function guarded(method, name) {
  methodNames.set(method, name);
  delete method.length;
  return Object.setPrototypeOf(method, methodGuard);
}

const lengthTrap = (name) => ({
  configurable: true,
  get() {
    throw Error(`Invalid Chai property: ${name}.length. Due to a compatibility issue, "length" cannot directly follow "${name}". Use "${name}.lengthOf" instead.`);
  },
});

function addLengthGuard(fn, name, chainable) {
  const guard = { configurable: true, get() { throw misused(name, 'length'); } };
  return Object.defineProperty(fn, 'length', chainable ? lengthTrap(name) : guard);
}

// proxify guards any object the way assertions are guarded.
function proxify(target, method) {
  if (!config.useProxy) return target;
  return new Proxy(target, {
    get(target, name) {
      if (ignored(name) || name in target) return Reflect.get(target, name);
      throw method ? misused(method, name) : unknown(target, name);
    },
  });
}

// ---- adding words

// entered notes the word a plugin may name as the top of a failure's stack.
function entered(assertion, word) {
  const flags = assertion.__flags;
  if (flags && !flags.lockSsfi) flags.ssfi = word;
}

function addProperty(proto, name, getter) {
  function propertyGetter() {
    entered(this, propertyGetter);
    const result = getter ? getter.call(this) : undefined;
    return result === undefined ? derive(this) : result;
  }
  Object.defineProperty(proto, name, { get: propertyGetter, configurable: true });
}

function addMethod(proto, name, method) {
  function methodWrapper(...args) {
    entered(this, methodWrapper);
    const result = method.apply(this, args);
    return result === undefined ? derive(this) : result;
  }
  proto[name] = guarded(methodWrapper, name);
}

// A chainable method is a word and a method at once: a function made for each
// use, over the assertion it was read from.
function addChainableMethod(proto, name, method, chainingBehavior) {
  const behavior = { method, chainingBehavior };
  const trap = lengthTrap(name);
  proto.__methods ||= {};
  proto.__methods[name] = behavior;
  function chainableGetter() {
    if (behavior.chainingBehavior) behavior.chainingBehavior.call(this);
    const chainableMethodWrapper = function (...args) {
      entered(this, chainableMethodWrapper);
      const result = behavior.method.apply(this, args);
      return result === undefined ? derive(this) : result;
    };
    Object.defineProperty(chainableMethodWrapper, 'length', trap);
    Object.setPrototypeOf(chainableMethodWrapper, this);
    chainableMethodWrapper.__flags = this.__flags;
    return chainableMethodWrapper;
  }
  Object.defineProperty(proto, name, { get: chainableGetter, configurable: true });
}

function overwriteProperty(proto, name, getter) {
  const old = Object.getOwnPropertyDescriptor(proto, name)?.get || (() => {});
  function overwritingPropertyGetter() {
    const result = getter(old).call(this);
    return result === undefined ? derive(this) : result;
  }
  Object.defineProperty(proto, name, { get: overwritingPropertyGetter, configurable: true });
}

function overwriteMethod(proto, name, method) {
  const missing = () => {
    throw new Error(`${name} is not a function`);
  };
  const old = typeof proto[name] === 'function' ? proto[name] : missing;
  function overwritingMethodWrapper(...args) {
    const result = method(old).apply(this, args);
    return result === undefined ? derive(this) : result;
  }
  proto[name] = guarded(overwritingMethodWrapper, name);
}

function overwriteChainableMethod(proto, name, method, chainingBehavior) {
  const behavior = proto.__methods[name];
  const old = { ...behavior };
  behavior.chainingBehavior = function overwritingChainableMethodGetter() {
    const result = chainingBehavior(old.chainingBehavior || (() => {})).call(this);
    return result === undefined ? derive(this) : result;
  };
  behavior.method = function overwritingChainableMethodWrapper(...args) {
    const result = method(old.method).apply(this, args);
    return result === undefined ? derive(this) : result;
  };
}

for (const add of [addProperty, addMethod, addChainableMethod, overwriteProperty, overwriteMethod, overwriteChainableMethod]) {
  Assertion[add.name] = function (...args) {
    add(this.prototype, ...args);
  };
}

for (const setting of ['includeStack', 'showDiff']) {
  const warn = () =>
    globalThis.console?.warn(`Assertion.${setting} is deprecated, use chai.config.${setting} instead.`);
  Object.defineProperty(Assertion, setting, {
    get: () => (warn(), config[setting]),
    set: (value) => (warn(), (config[setting] = value)),
  });
}

// ---- failing

const getActual = (assertion, args) => (args.length > 4 ? args[4] : assertion._obj);

function template(assertion, args) {
  const text = flag(assertion, 'negate') ? args[2] : args[1];
  return (typeof text === 'function' ? text() : text) || '';
}

function getMessage(assertion, args) {
  const message = flag(assertion, 'message');
  const text = template(assertion, args)
    .replace(/#\{this\}/g, () => objDisplay(flag(assertion, 'object')))
    .replace(/#\{act\}/g, () => objDisplay(getActual(assertion, args)))
    .replace(/#\{exp\}/g, () => objDisplay(args[3]));
  return message ? `${message}: ${text}` : text;
}

function getOperator(assertion, args) {
  const operator = flag(assertion, 'operator');
  if (operator) return operator;
  const text = template(assertion, args);
  if (!text || /\shave\s/.test(text)) return undefined;
  const deep = ['Array', 'Object', 'function'].includes(typeOf(args[3]));
  const not = /\snot\s/.test(text);
  if (deep) return not ? 'notDeepStrictEqual' : 'deepStrictEqual';
  return not ? 'notStrictEqual' : 'strictEqual';
}

const test = (assertion, [expr]) => (flag(assertion, 'negate') ? !expr : expr);

words.assert = function (expr, message, negateMessage, expected, actual, showDiff) {
  if (this.__flags.negate ? !expr : expr) return;
  const differ = showDiff !== false && config.showDiff === true;
  const props = {
    actual: getActual(this, arguments),
    expected,
    showDiff: differ && (expected !== undefined || actual !== undefined),
  };
  const operator = getOperator(this, arguments);
  if (operator) props.operator = operator;
  fail(this.__flags, getMessage(this, arguments), props);
};

Object.defineProperty(words, '_obj', {
  get() { return this.__flags.object; },
  set(value) { set(this, 'object', value); },
});

words.__methods = {};

// refuse fails an assertion that makes no sense for its values, negated or not.
function refuse(assertion, text) {
  const { message } = assertion.__flags;
  fail(assertion.__flags, (message ? `${message}: ` : '') + text);
}

// passes is the hot path of every check below: only a failure goes on to build
// messages and call assert.
const passes = (flags, ok) => (flags.negate ? !ok : ok);

const note = (assertion, message) => {
  if (message) set(assertion, 'message', message);
};

// within makes another assertion part of this one.
function within(assertion, check) {
  try {
    return check();
  } catch (err) {
    throw surface(err, assertion.__flags);
  }
}

// nested starts an assertion of another value with this one's custom message.
const nested = (assertion, value) => new Assertion(value, assertion.__flags.message, undefined, true);

const needs = (assertion, value, type) => {
  if (typeOf(value) !== type) within(assertion, () => nested(assertion, value).to.be.a(type.toLowerCase()));
};

const needsProperty = (assertion, value, name) => {
  if (!hasProperty(value, name)) within(assertion, () => nested(assertion, value).to.have.property(name));
};

// ---- chains and flags

// A word that says nothing is addProperty without a getter, at half the price.
for (const word of 'to be been is and has have with that which at of same but does still also'.split(' ')) {
  const get = function propertyGetter() {
    const flags = this.__flags;
    if (flags && !flags.lockSsfi) flags.ssfi = propertyGetter;
    return { __proto__: words, __flags: flags };
  };
  Object.defineProperty(words, word, { get, configurable: true });
}

for (const word of ['not', 'deep', 'nested', 'own', 'ordered']) {
  const key = word === 'not' ? 'negate' : word;
  addProperty(words, word, function () {
    set(this, key, true);
  });
}

addProperty(words, 'any', function () {
  this.__flags = { __proto__: this.__flags, any: true, all: false };
});

addProperty(words, 'all', function () {
  this.__flags = { __proto__: this.__flags, all: true, any: false };
});

const methods = (names, method) => {
  for (const name of names) addMethod(words, name, method);
};

const chainables = (names, method, behavior) => {
  for (const name of names) addChainableMethod(words, name, method, behavior);
};

// property adds words that only look at the value.
const property = (names, check, message, negated) => {
  for (const name of names) {
    addProperty(words, name, function () {
      const flags = this.__flags;
      const ok = check(flags.object);
      if (!passes(flags, ok)) this.assert(ok, message, negated);
    });
  }
};

// ---- types

chainables(['an', 'a'], function (type, message) {
  note(this, message);
  type = type.toLowerCase();
  const flags = this.__flags;
  const ok = type === typeName(flags.object);
  if (!passes(flags, ok)) {
    this.assert(ok, `expected #{this} to be ${articled(type)}`, `expected #{this} not to be ${articled(type)}`);
  }
});

// ---- include

const sameValueZero = (a, b) => a === b || (a !== a && b !== b);

// includesAll checks an object for each property of another. Negated with
// several properties, it fails only if the object has them all.
function includesAll(assertion, value) {
  const keys = Object.keys(value);
  const have = (key) => {
    const part = derive(assertion);
    set(part, 'lockSsfi', true);
    within(assertion, () => part.property(key, value[key]));
  };
  if (!assertion.__flags.negate || keys.length === 1) return keys.forEach(have);
  const errors = keys.map((key) => {
    try {
      have(key);
    } catch (err) {
      if (!(err instanceof AssertionError)) throw err;
      return err;
    }
  });
  if (errors.length && errors.every(Boolean)) throw errors[0];
}

function contains(assertion, type, value) {
  const { object, deep, eql } = assertion.__flags;
  switch (type) {
    case 'string':
      return object.indexOf(value) !== -1;
    case 'weakset':
      if (deep) refuse(assertion, 'unable to use .deep.include with WeakSet');
      return object.has(value);
    case 'map': {
      let found = false;
      const same = deep ? eql : sameValueZero;
      object.forEach((item) => { found ||= same(item, value); });
      return found;
    }
    case 'set': {
      if (!deep) return object.has(value);
      let found = false;
      object.forEach((item) => { found ||= eql(item, value); });
      return found;
    }
    case 'array':
      return deep ? object.some((item) => eql(item, value)) : object.indexOf(value) !== -1;
  }
}

chainables(['include', 'contain', 'contains', 'includes'], function (value, message) {
  note(this, message);
  const flags = this.__flags;
  const type = typeName(flags.object);
  const ok = contains(this, type, value);
  if (ok === undefined) {
    if (value === Object(value)) return includesAll(this, value);
    const given = typeName(value);
    refuse(this, `the given combination of arguments (${type} and ${given}) is invalid for this assertion. You can use an array, a map, an object, a set, a string, or a weakset instead of a ${given}`);
  }
  if (passes(flags, ok)) return;
  const what = `${flags.deep ? 'deep ' : ''}include ${inspect(value)}`;
  this.assert(ok, `expected #{this} to ${what}`, `expected #{this} to not ${what}`);
}, function () {
  set(this, 'contains', true);
});

// ---- values

property(['ok'], Boolean, 'expected #{this} to be truthy', 'expected #{this} to be falsy');

for (const [word, other] of [[true, false], [false, true]]) {
  addProperty(words, String(word), function () {
    const flags = this.__flags;
    const ok = flags.object === word;
    if (!passes(flags, ok)) {
      this.assert(ok, `expected #{this} to be ${word}`, `expected #{this} to be ${other}`, flags.negate ? other : word);
    }
  });
}

property(['null'], (value) => value === null, 'expected #{this} to be null', 'expected #{this} not to be null');
property(['undefined'], (value) => value === undefined, 'expected #{this} to be undefined', 'expected #{this} not to be undefined');
property(['NaN'], Number.isNaN, 'expected #{this} to be NaN', 'expected #{this} not to be NaN');
property(['exist', 'exists'], (value) => value !== null && value !== undefined, 'expected #{this} to exist', 'expected #{this} to not exist');

function countOf(assertion) {
  const { object } = assertion.__flags;
  const type = typeName(object);
  switch (type) {
    case 'array': case 'string':
      return object.length;
    case 'map': case 'set':
      return object.size;
    case 'weakmap': case 'weakset':
      return refuse(assertion, '.empty was passed a weak collection');
    case 'function':
      return refuse(assertion, `.empty was passed a function ${object.name}`.trim());
  }
  if (object !== Object(object)) refuse(assertion, `.empty was passed non-string primitive ${inspect(object)}`);
  return Object.keys(object).length;
}

addProperty(words, 'empty', function () {
  const ok = countOf(this) === 0;
  if (!passes(this.__flags, ok)) this.assert(ok, 'expected #{this} to be empty', 'expected #{this} not to be empty');
});

for (const word of ['arguments', 'Arguments']) {
  addProperty(words, word, function () {
    const type = typeOf(this.__flags.object);
    this.assert(type === 'Arguments', `expected #{this} to be arguments but got ${type}`, 'expected #{this} to not be arguments');
  });
}

// ---- equality

methods(['equal', 'equals', 'eq'], function (value, message) {
  note(this, message);
  const flags = this.__flags;
  if (flags.deep) {
    this.eql(value);
    return;
  }
  const ok = value === flags.object;
  if (!passes(flags, ok)) {
    this.assert(ok, 'expected #{this} to equal #{exp}', 'expected #{this} to not equal #{exp}', value, flags.object, true);
  }
});

methods(['eql', 'eqls'], function (value, message) {
  note(this, message);
  const flags = this.__flags;
  const ok = flags.eql(value, flags.object);
  if (!passes(flags, ok)) {
    this.assert(ok, 'expected #{this} to deeply equal #{exp}', 'expected #{this} to not deeply equal #{exp}', value, flags.object, true);
  }
});

// ---- order

// sized returns what the value's length is called, after `length`.
function sized(assertion) {
  const { object } = assertion.__flags;
  if (Array.isArray(object)) return 'length';
  const type = typeName(object);
  if (type === 'map' || type === 'set') return 'size';
  needsProperty(assertion, object, 'length');
  return 'length';
}

// comparable refuses bounds that cannot be compared with the value.
function comparable(assertion, bounds, [subject, dates, numbers]) {
  const { object, doLength } = assertion.__flags;
  const type = typeName(object);
  const all = (wanted) => bounds.every((bound) => typeName(bound) === wanted);
  if (!doLength && type === 'date' && !all('date')) refuse(assertion, `the ${subject} must be ${dates}`);
  if ((doLength || type === 'number') && !all('number')) refuse(assertion, `the ${subject} must be ${numbers}`);
  if (!doLength && type !== 'date' && type !== 'number') {
    refuse(assertion, 'expected ' + (type === 'string' ? `'${object}'` : object) + ' to be a number or a date');
  }
}

// order adds a comparison: its names, what it does, how it and its opposite read.
function order(names, compare, phrase, opposite, lengthOpposite) {
  const kinds = [`argument to ${names[0]}`, 'a date', 'a number'];
  methods(names, function (bound, message) {
    note(this, message);
    const flags = this.__flags;
    const { object, doLength } = flags;
    if (!doLength && typeof object === 'number' && typeof bound === 'number') {
      const ok = compare(object, bound);
      if (passes(flags, ok)) return;
    }
    const word = doLength && sized(this);
    comparable(this, [bound], kinds);
    if (doLength) {
      this.assert(
        compare(object[word], bound),
        `expected #{this} to have a ${word} ${phrase} #{exp} but got #{act}`,
        `expected #{this} to ${lengthOpposite(word)} #{exp}`,
        bound,
        object[word],
      );
    } else {
      this.assert(compare(object, bound), `expected #{this} to be ${phrase} #{exp}`, `expected #{this} to be ${opposite} #{exp}`, bound);
    }
  });
}

order(['above', 'gt', 'greaterThan'], (a, b) => a > b, 'above', 'at most', (word) => `not have a ${word} above`);
order(['least', 'gte', 'greaterThanOrEqual'], (a, b) => a >= b, 'at least', 'below', (word) => `have a ${word} below`);
order(['below', 'lt', 'lessThan'], (a, b) => a < b, 'below', 'at least', (word) => `not have a ${word} below`);
order(['most', 'lte', 'lessThanOrEqual'], (a, b) => a <= b, 'at most', 'above', (word) => `have a ${word} above`);

methods(['within'], function (start, finish, message) {
  note(this, message);
  const { object, doLength } = this.__flags;
  const dates = typeName(start) === 'date' && typeName(finish) === 'date';
  const range = dates ? `${start.toISOString()}..${finish.toISOString()}` : start + '..' + finish;
  const word = doLength && sized(this);
  comparable(this, [start, finish], ['arguments to within', 'dates', 'numbers']);
  if (doLength) {
    const count = object[word];
    const what = `have a ${word} within ${range}`;
    this.assert(count >= start && count <= finish, `expected #{this} to ${what}`, `expected #{this} to not ${what}`);
  } else {
    this.assert(object >= start && object <= finish, `expected #{this} to be within ${range}`, `expected #{this} to not be within ${range}`);
  }
});

// ---- instances and properties

methods(['instanceof', 'instanceOf'], function (constructor, message) {
  note(this, message);
  const flags = this.__flags;
  let ok;
  try {
    ok = flags.object instanceof constructor;
  } catch (err) {
    if (!(err instanceof TypeError)) throw err;
    refuse(this, `The instanceof assertion needs a constructor but ${typeOf(constructor)} was given.`);
  }
  if (passes(flags, ok)) return;
  const name = getName(constructor) ?? 'an unnamed constructor';
  this.assert(ok, `expected #{this} to be an instance of ${name}`, `expected #{this} to not be an instance of ${name}`);
});

const hasProperty = (object, name) => object !== undefined && object !== null && name in Object(object);

// A path is split at dots and before brackets; a backslash makes them literal.
const UNSAFE = ['constructor', '__proto__', 'prototype'];

function pathKeys(path) {
  const steps = path.replace(/([^\\])\[/g, '$1.[').match(/(?:\\\.|[^.])+/g);
  return steps.map((step) => {
    if (UNSAFE.includes(step)) return undefined;
    const index = /^\[(\d+)\]$/.exec(step);
    return index ? parseFloat(index[1]) : step.replace(/\\([.[\]])/g, '$1');
  });
}

function follow(object, keys) {
  let at = object;
  for (const [i, key] of keys.entries()) {
    if (!at) return null;
    at = at[key];
    if (i === keys.length - 1) return at;
  }
  return null;
}

function getPathInfo(object, path) {
  const keys = pathKeys(path);
  const parent = keys.length > 1 ? follow(object, keys.slice(0, -1)) : object;
  const name = keys.at(-1);
  return { parent, name, value: follow(object, keys), exists: hasProperty(parent, name) };
}

function checkName(assertion, name) {
  const { nested, own, object } = assertion.__flags;
  if (nested) {
    if (typeof name !== 'string') refuse(assertion, 'the argument to property must be a string when using nested syntax');
    if (own) refuse(assertion, 'The "nested" and "own" flags cannot be combined.');
  } else if (!['string', 'number', 'symbol'].includes(typeof name)) {
    refuse(assertion, 'the argument to property must be a string, number, or symbol');
  }
  if (object === null || object === undefined) refuse(assertion, 'Target cannot be null or undefined.');
}

// lookUp returns whether a value has a property, and its value.
function lookUp({ object, nested, own }, name) {
  if (nested) {
    const info = getPathInfo(object, name);
    return [info.exists, info.value];
  }
  const value = object[name];
  return [own ? Object.prototype.hasOwnProperty.call(object, name) : name in Object(object), value];
}

function assertProperty(name, expected, message) {
  note(this, message);
  checkName(this, name);
  const flags = this.__flags;
  const [has, value] = lookUp(flags, name);
  const valued = arguments.length > 1;
  const what = () => `${flags.deep ? 'deep ' : ''}${flags.own ? 'own ' : ''}${flags.nested ? 'nested ' : ''}property ${inspect(name)}`;
  // Negated with a value, merely having the property is no failure.
  if ((!flags.negate || !valued) && !passes(flags, has)) {
    this.assert(has, `expected #{this} to have ${what()}`, `expected #{this} to not have ${what()}`);
  }
  if (valued) {
    const ok = has && (flags.deep ? flags.eql(expected, value) : expected === value);
    if (!passes(flags, ok)) {
      this.assert(ok, `expected #{this} to have ${what()} of #{exp}, but got #{act}`, `expected #{this} to not have ${what()} of #{act}`, expected, value);
    }
  }
  set(this, 'object', value);
}

methods(['property'], assertProperty);

methods(['ownProperty', 'haveOwnProperty'], function (...args) {
  set(this, 'own', true);
  assertProperty.apply(this, args);
});

methods(['ownPropertyDescriptor', 'haveOwnPropertyDescriptor'], function (name, descriptor, message) {
  if (typeof descriptor === 'string') [descriptor, message] = [null, descriptor];
  note(this, message);
  const { object, eql } = this.__flags;
  const actual = Object.getOwnPropertyDescriptor(Object(object), name);
  if (actual && descriptor) {
    const what = `expected the own property descriptor for ${inspect(name)} on #{this} to`;
    this.assert(
      eql(descriptor, actual),
      `${what} match ${inspect(descriptor)}, got ${inspect(actual)}`,
      `${what} not match ${inspect(descriptor)}`,
      descriptor,
      actual,
      true,
    );
  } else {
    const what = `have an own property descriptor for ${inspect(name)}`;
    this.assert(actual, `expected #{this} to ${what}`, `expected #{this} to not ${what}`);
  }
  set(this, 'object', actual);
});

chainables(['length', 'lengthOf'], function (n, message) {
  note(this, message);
  const flags = this.__flags;
  const word = sized(this);
  const count = flags.object[word];
  const ok = count == n;
  if (!passes(flags, ok)) {
    this.assert(ok, `expected #{this} to have a ${word} of #{exp} but got #{act}`, `expected #{this} to not have a ${word} of #{act}`, n, count);
  }
}, function () {
  set(this, 'doLength', true);
});

// ---- strings

methods(['match', 'matches'], function (pattern, message) {
  note(this, message);
  const ok = pattern.exec(this.__flags.object);
  if (!passes(this.__flags, ok)) {
    this.assert(ok, 'expected #{this} to match ' + pattern, 'expected #{this} not to match ' + pattern);
  }
});

methods(['string'], function (text, message) {
  note(this, message);
  const flags = this.__flags;
  if (typeof flags.object !== 'string') needs(this, flags.object, 'String');
  const ok = flags.object.indexOf(text) !== -1;
  if (!passes(flags, ok)) {
    this.assert(ok, `expected #{this} to contain ${inspect(text)}`, `expected #{this} to not contain ${inspect(text)}`);
  }
});

// ---- keys

const compareByInspect = (a, b) => (inspect(a) < inspect(b) ? -1 : 1);

const getOwnEnumerablePropertySymbols = (object) =>
  Object.getOwnPropertySymbols(object).filter((symbol) => Object.getOwnPropertyDescriptor(object, symbol).enumerable);

const getOwnEnumerableProperties = (object) => [...Object.keys(object), ...getOwnEnumerablePropertySymbols(object)];

// keysWanted returns the keys the arguments ask for, keysFound those there are.
function keysWanted(assertion, collection, args) {
  const type = typeOf(args[0]);
  if (collection) return type === 'Array' ? args[0] : args;
  const single = type === 'Array' || type === 'Object';
  if (single && args.length > 1) {
    refuse(assertion, 'when testing keys against an object or an array you must give a single Array|Object|String argument or multiple String arguments');
  }
  const keys = single ? (type === 'Array' ? args[0] : Object.keys(args[0])) : args;
  return keys.map((key) => (typeof key === 'symbol' ? key : String(key)));
}

function keysFound(object, collection) {
  if (!collection) return getOwnEnumerableProperties(object);
  const keys = [];
  object.forEach((_, key) => keys.push(key));
  return keys;
}

function enumeration(keys, joint) {
  const texts = keys.map(inspect);
  if (texts.length === 1) return `key ${texts[0]}`;
  const last = texts.pop();
  return `keys ${texts.join(', ')}, ${joint} ${last}`;
}

methods(['keys', 'key'], function (...args) {
  const flags = this.__flags;
  const collection = ['Map', 'Set'].includes(typeOf(flags.object));
  const found = keysFound(flags.object, collection);
  const wanted = keysWanted(this, collection, args);
  if (!wanted.length) refuse(this, 'keys required');
  const same = flags.deep ? flags.eql : (a, b) => a === b;
  const has = (key) => found.some((other) => same(key, other));
  const ok = flags.any ? wanted.some(has) : wanted.every(has) && (flags.contains || wanted.length === found.length);
  if (passes(flags, ok)) return;
  const deeply = collection && flags.deep ? 'deeply ' : '';
  const what = `${deeply}${flags.contains ? 'contain' : 'have'} ${enumeration(wanted, flags.any ? 'or' : 'and')}`;
  this.assert(
    ok,
    `expected #{this} to ${what}`,
    `expected #{this} to not ${what}`,
    [...wanted].sort(compareByInspect),
    found.sort(compareByInspect),
    true,
  );
});

// ---- errors

const checkError = {
  compatibleInstance: (thrown, wanted) => wanted instanceof Error && thrown === wanted,
  compatibleConstructor(thrown, wanted) {
    const constructor = wanted instanceof Error ? wanted.constructor : wanted;
    if (constructor === wanted && !(wanted.prototype instanceof Error || wanted === Error)) return false;
    return thrown.constructor === constructor || thrown instanceof constructor;
  },
  compatibleMessage(thrown, matcher) {
    const text = typeof thrown === 'string' ? thrown : thrown.message;
    if (matcher instanceof RegExp) return matcher.test(text);
    return typeof matcher === 'string' && text.indexOf(matcher) !== -1;
  },
  getMessage: (error) => error?.message || (typeof error === 'string' ? error : ''),
  getConstructorName(error) {
    if (error instanceof Error) return getName(error.constructor);
    if (typeof error !== 'function') return error;
    return error.name || getName(new error()) || '';
  },
};

const described = (error) => (error instanceof Error ? error.toString() : error && checkError.getConstructorName(error));

function caughtFrom(fn) {
  try {
    fn();
  } catch (err) {
    return load('errors').reword(err);
  }
}

// assertThrown fails if nothing was thrown, or negated if anything was.
function assertThrown(assertion, thrown, wanted) {
  const name = wanted instanceof Error ? '#{exp}' : wanted ? checkError.getConstructorName(wanted) : 'an error';
  assertion.assert(
    thrown,
    `expected #{this} to throw ${name}`,
    'expected #{this} to not throw an error but #{act} was thrown',
    wanted && wanted.toString(),
    typeof thrown === 'string' ? thrown : described(thrown),
  );
}

methods(['throw', 'throws', 'Throw'], function (wanted, matcher, message) {
  note(this, message);
  const flags = this.__flags;
  const negate = flags.negate || false;
  needs(this, flags.object, 'function');
  if (wanted instanceof RegExp || typeof wanted === 'string') [wanted, matcher] = [null, wanted];
  const thrown = caughtFrom(flags.object);
  const both = Boolean(wanted && matcher);
  if (!negate || (wanted === undefined && matcher === undefined)) assertThrown(this, thrown, wanted);

  const wrongError = (expected, actual, but = ' but #{act} was thrown') =>
    this.assert(negate, 'expected #{this} to throw #{exp} but #{act} was thrown', `expected #{this} to not throw #{exp}${but}`, expected, actual);
  let failures = 0;
  if (wanted && thrown) {
    // Negated with an error and a message, both have to match to fail.
    if (wanted instanceof Error && checkError.compatibleInstance(thrown, wanted) === negate) {
      if (both && negate) failures |= 1;
      else wrongError(wanted.toString(), thrown.toString(), negate ? '' : undefined);
    }
    if (checkError.compatibleConstructor(thrown, wanted) === negate) {
      if (both && negate) failures |= 1;
      else wrongError(described(wanted), described(thrown));
    }
  }
  if (thrown && matcher !== undefined && matcher !== null && checkError.compatibleMessage(thrown, matcher) === negate) {
    if (both && negate) {
      failures |= 2;
    } else {
      const how = matcher instanceof RegExp ? 'matching' : 'including';
      this.assert(
        negate,
        `expected #{this} to throw error ${how} #{exp} but got #{act}`,
        `expected #{this} to throw error not ${how} #{exp}`,
        matcher,
        checkError.getMessage(thrown),
      );
    }
  }
  if (failures === 3) wrongError(described(wanted), described(thrown));
  set(this, 'object', thrown);
});

// ---- behaviour

methods(['respondTo', 'respondsTo'], function (method, message) {
  note(this, message);
  const { object, itself } = this.__flags;
  const found = typeof object === 'function' && !itself ? object.prototype[method] : object[method];
  const what = `respond to ${inspect(method)}`;
  this.assert(typeof found === 'function', `expected #{this} to ${what}`, `expected #{this} to not ${what}`);
});

addProperty(words, 'itself', function () {
  set(this, 'itself', true);
});

methods(['satisfy', 'satisfies'], function (matcher, message) {
  note(this, message);
  const flags = this.__flags;
  const ok = matcher(flags.object);
  if (!passes(flags, ok)) {
    this.assert(ok, `expected #{this} to satisfy ${objDisplay(matcher)}`, `expected #{this} to not satisfy${objDisplay(matcher)}`, !flags.negate, ok);
  }
});

methods(['closeTo', 'approximately'], function (expected, delta, message) {
  note(this, message);
  const { object } = this.__flags;
  needs(this, object, 'number');
  if (typeof expected !== 'number' || typeof delta !== 'number') {
    refuse(this, `the arguments to closeTo or approximately must be numbers${delta === undefined ? ', and a delta is required' : ''}`);
  }
  const what = `be close to ${expected} +/- ${delta}`;
  this.assert(Math.abs(object - expected) <= delta, `expected #{this} to ${what}`, `expected #{this} not to ${what}`);
});

// ---- members

// isSubset pairs each element with one of the others; unless only containment
// is asked, each of those is used once.
function isSubset(subset, superset, { contains, ordered, deep, eql }) {
  if (!contains) {
    if (subset.length !== superset.length) return false;
    superset = superset.slice();
  }
  return subset.every((element, i) => {
    if (ordered) return deep ? eql(element, superset[i]) : element === superset[i];
    const at = deep ? superset.findIndex((other) => eql(element, other)) : superset.indexOf(element);
    if (at >= 0 && !contains) superset.splice(at, 1);
    return at >= 0;
  });
}

methods(['members'], function (subset, message) {
  note(this, message);
  const flags = this.__flags;
  const { object, contains, ordered } = flags;
  needs(this, object, 'Array');
  needs(this, subset, 'Array');
  const ok = isSubset(subset, object, flags);
  if (passes(flags, ok)) return;
  const what = contains
    ? `be ${ordered ? 'an ordered superset' : 'a superset'} of #{exp}`
    : `have the same ${ordered ? 'ordered members' : 'members'} as #{exp}`;
  this.assert(ok, `expected #{this} to ${what}`, `expected #{this} to not ${what}`, subset, object, true);
});

methods(['oneOf'], function (list, message) {
  note(this, message);
  const { object, contains, deep, eql } = this.__flags;
  needs(this, list, 'Array');
  if (contains) {
    const ok = list.some((item) => object.indexOf(item) > -1);
    this.assert(ok, 'expected #{this} to contain one of #{exp}', 'expected #{this} to not contain one of #{exp}', list, object);
  } else if (deep) {
    const what = 'expected #{this} to deeply equal one of #{exp}';
    this.assert(list.some((item) => eql(object, item)), what, what, list, object);
  } else {
    this.assert(list.indexOf(object) > -1, 'expected #{this} to be one of #{exp}', 'expected #{this} to not be one of #{exp}', list, object);
  }
});

// ---- changes

const deltas = {
  change: (before, after) => before !== after,
  increase: (before, after) => after - before,
  decrease: (before, after) => before - after,
};

for (const behavior of ['change', 'increase', 'decrease']) {
  const measure = deltas[behavior];
  methods([behavior, `${behavior}s`], function (subject, key, message) {
    note(this, message);
    const { object: fn } = this.__flags;
    needs(this, fn, 'function');
    if (key) needsProperty(this, subject, key);
    else needs(this, subject, 'function');
    const before = key ? subject[key] : subject();
    if (behavior !== 'change') needs(this, before, 'number');
    fn();
    const keyless = key === undefined || key === null;
    const after = keyless ? subject() : subject[key];
    const what = keyless ? before : '.' + key;
    const delta = measure(before, after);
    this.__flags = {
      __proto__: this.__flags,
      deltaMsgObj: what,
      initialDeltaValue: before,
      finalDeltaValue: after,
      deltaBehavior: behavior,
      realDelta: delta,
    };
    this.assert(delta > 0, 'expected ' + what + ` to ${behavior}`, 'expected ' + what + ` to not ${behavior}`);
  });
}

methods(['by'], function (delta, message) {
  note(this, message);
  const { deltaMsgObj, initialDeltaValue, finalDeltaValue, deltaBehavior, realDelta } = this.__flags;
  const moved = deltaBehavior === 'change' ? Math.abs(finalDeltaValue - initialDeltaValue) : realDelta;
  const what = `${deltaBehavior} by ` + delta;
  this.assert(moved === Math.abs(delta), 'expected ' + deltaMsgObj + ` to ${what}`, 'expected ' + deltaMsgObj + ` to not ${what}`);
});

// ---- objects' states

property(['extensible'], Object.isExtensible, 'expected #{this} to be extensible', 'expected #{this} to not be extensible');
property(['sealed'], Object.isSealed, 'expected #{this} to be sealed', 'expected #{this} to not be sealed');
property(['frozen'], Object.isFrozen, 'expected #{this} to be frozen', 'expected #{this} to not be frozen');
property(['finite'], Number.isFinite, 'expected #{this} to be a finite number', 'expected #{this} to not be a finite number');

Object.setPrototypeOf(words, wordGuard);

// ---- interfaces

function expectTypes(assertion, types) {
  const wanted = types.map((type) => type.toLowerCase()).sort();
  const type = typeName(assertion.__flags.object);
  if (wanted.includes(type)) return;
  const listed = wanted.map((name, i) => (wanted.length > 1 && i === wanted.length - 1 ? 'or ' : '') + articled(name));
  refuse(assertion, `object tested must be ${listed.join(', ')}, but ${type} given`);
}

const util = {
  test,
  type: typeOf,
  expectTypes,
  getMessage,
  getActual,
  inspect: (value) => inspect(value),
  objDisplay,
  flag,
  transferFlags,
  eql: deepEqual,
  getPathInfo,
  hasProperty,
  getName,
  addProperty,
  addMethod,
  overwriteProperty,
  overwriteMethod,
  addChainableMethod,
  overwriteChainableMethod,
  compareByInspect,
  getOwnEnumerablePropertySymbols,
  getOwnEnumerableProperties,
  checkError,
  proxify,
  addLengthGuard,
  isProxyEnabled: () => config.useProxy,
  isNaN: Number.isNaN,
  getOperator,
};

function expect(value, message) {
  return begin(value, message);
}

// failWith makes an interface's `fail([actual, expected,] message, operator)`.
const failWith = (name) => function fail(actual, expected, message, operator) {
  if (arguments.length < 2) [actual, message] = [undefined, actual];
  throw new AssertionError(message || `${name}.fail()`, { actual, expected, operator });
};

expect.fail = failWith('expect');

const used = new Set();

const chai = {
  version: '4.3.8',
  AssertionError,
  use(plugin) {
    if (!used.has(plugin)) {
      used.add(plugin);
      plugin(chai, util);
    }
    return chai;
  },
  util,
  config,
  Assertion,
  expect,
  should: () => load('should').should(),
  Should: () => load('should').should(),
  get assert() { return load('assert').assert; },
  set assert(value) { Object.defineProperty(chai, 'assert', { value, writable: true, enumerable: true, configurable: true }); },
};

return { expect, AssertionError, Assertion, util, config, chai, failWith, surface };
