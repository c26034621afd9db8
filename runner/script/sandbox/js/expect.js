'use strict';

// Chai's BDD assertions: `expect(value).to.…`, with Chai 4.4's messages, plugin
// API and error objects.
//
// An assertion is an object over Assertion.prototype with one field, __flags:
// what the chain has said so far. Flags are never changed in place (a new flag
// is a new object with the old ones), so every word of a chain gets its own
// assertion for the price of one small object.
//
// Most scripts use few words. Each is defined when a chain first has it, those
// few use are in a file of their own (words.js), and so is what only plugins
// ask for (chai.js) and what is needed once an assertion has failed
// (failure.js).

const { typeOf } = load('types');
const { apply, indexOf } = load('own');

const config = {
  includeStack: false,
  showDiff: true,
  truncateThreshold: 40,
  useProxy: true,
  proxyExcludedKeys: ['then', 'catch', 'inspect', 'toJSON'],
  deepEqual: null,
};

const inspect = (value) => load('failure').inspect(value);
const typeName = (value) => typeOf(value).toLowerCase();
const articled = (type) => (/^[aeiou]/.test(type) ? 'an ' : 'a ') + type;

// ---- flags

let deepEqual; // once it is loaded

// BASE is the prototype of every assertion's flags: how `eql` compares by
// default.
const BASE = Object.create(null, {
  eql: {
    get: () => config.deepEqual || (deepEqual ??= load('deepequal').deepEqual),
    set(value) {
      Object.defineProperty(this, 'eql', { value, writable: true, enumerable: true, configurable: true });
    },
  },
});

function Assertion(object, message, ssfi, lockSsfi) {
  this.__flags = copy(FIRST, object, message, ssfi, lockSsfi);
}

const words = Assertion.prototype;

// Assertions and flags are copies of these objects, which is the fastest way to
// create an object.
const { copy } = host;
const FIRST = Object.assign(Object.create(BASE), { object: undefined, message: undefined, ssfi: undefined, lockSsfi: undefined });
const ASSERTION = Object.assign(Object.create(words), { __flags: undefined });

const begin = host.assertion;
const derive = (assertion) => copy(ASSERTION, assertion.__flags);

function flag(target, key, value) {
  const flags = target.__flags || (target.__flags = { __proto__: null });
  if (arguments.length < 3) return flags[key];
  set(target, key, value);
}

const set = (assertion, key, value) => {
  const flags = copy(assertion.__flags);
  flags[key] = value;
  assertion.__flags = flags;
};

// ---- defining words

// pending has the words that were not used yet, and the functions that define
// them. A script may have changed JavaScript's own methods before it uses a
// word, so none of these methods is called here.
const pending = Object.create(null);

// later registers words that are defined when a chain first uses them.
function later(names, define) {
  for (let i = 0; i < names.length; i++) pending[names[i]] = define; // for…of costs three times as much
}

const WORDS = 'words';
const RESPONSE = 'response_assertions';

// files has the words that are registered when a file is loaded.
const files = {
  __proto__: null,
  arguments: WORDS, Arguments: WORDS, within: WORDS, instanceof: WORDS, instanceOf: WORDS, ownProperty: WORDS, haveOwnProperty: WORDS,
  ownPropertyDescriptor: WORDS, haveOwnPropertyDescriptor: WORDS, match: WORDS, matches: WORDS, string: WORDS, keys: WORDS, key: WORDS,
  throw: WORDS, throws: WORDS, Throw: WORDS, respondTo: WORDS, respondsTo: WORDS, itself: WORDS, satisfy: WORDS, satisfies: WORDS,
  closeTo: WORDS, approximately: WORDS, members: WORDS, oneOf: WORDS, change: WORDS, changes: WORDS, increase: WORDS, increases: WORDS,
  decrease: WORDS, decreases: WORDS, by: WORDS, extensible: WORDS, sealed: WORDS, frozen: WORDS, finite: WORDS,
  statusCode: RESPONSE, statusReason: RESPONSE, statusCodeClass: RESPONSE, status: RESPONSE, info: RESPONSE, success: RESPONSE,
  redirection: RESPONSE, clientError: RESPONSE, serverError: RESPONSE, error: RESPONSE, accepted: RESPONSE, withoutContent: RESPONSE,
  badRequest: RESPONSE, unauthorized: RESPONSE, unauthorised: RESPONSE, forbidden: RESPONSE, notFound: RESPONSE,
  notAcceptable: RESPONSE, rateLimited: RESPONSE, header: RESPONSE, withBody: RESPONSE, json: RESPONSE, body: RESPONSE,
  jsonBody: RESPONSE, jsonSchema: RESPONSE, responseTime: RESPONSE, responseSize: RESPONSE, postmanRequest: RESPONSE,
  postmanResponse: RESPONSE, postmanRequestOrResponse: RESPONSE,
};

// defined defines a pending word, and reports whether there was one.
function defined(name) {
  const file = files[name];
  if (file !== undefined) load(file);
  const define = pending[name];
  if (define === undefined) return false;
  delete pending[name];
  define(name);
  return true;
}

// complete defines all words, for code that lists or changes them.
function complete() {
  load(WORDS);
  load(RESPONSE);
  for (const name in pending) defined(name);
}

const misused = (method, name) =>
  Error(`Invalid Chai property: ${method}.${name}. See docs for proper usage of "${method}".`);

function excluded(name) {
  const keys = config.proxyExcludedKeys;
  for (let i = 0; i < keys.length; i++) if (keys[i] === name) return true;
  return false;
}

const ignored = (name) => typeof name !== 'string' || !config.useProxy || excluded(name);

// The guards are at the end of the prototype chain: they are reached only for
// words that are not defined yet, so defined words cost nothing.
const wordGuard = new Proxy({}, {
  has(target, name) {
    return name in target || (typeof name === 'string' && defined(name));
  },
  get(target, name, receiver) {
    if (typeof name === 'string' && !excluded(name) && defined(name)) return Reflect.get(words, name, receiver);
    if (name in target) return Reflect.get(target, name, receiver);
    if (typeof receiver === 'function' && name in Function.prototype) return Function.prototype[name];
    if (receiver === words || ignored(name)) return undefined;
    throw load('failure').unknown(receiver, name);
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

// ---- adding words

// entered records the word that a plugin may name as the top of a failure's
// stack.
function entered(assertion, word) {
  const flags = assertion.__flags;
  if (flags && !flags.lockSsfi) flags.ssfi = word;
}

// A word is a Go function. Its own code is a property: a function, or for
// chainable methods an object with a method, which a plugin may change. The
// word runs this code on the assertion and returns the next assertion, with the
// flags that the assertion has by then, unless the code returns another value.
const CODE = Symbol('code');
host.words(ASSERTION, FIRST, CODE);

function word(name, code) {
  const made = host.word(name);
  if (code !== undefined) host.hide(made, CODE, code);
  return made;
}

function addProperty(proto, name, getter) {
  Object.defineProperty(proto, name, { get: word('propertyGetter', getter), configurable: true });
}

function addMethod(proto, name, method) {
  proto[name] = guarded(word('methodWrapper', method), name);
}

// A chainable method is both a property and a method: a function that is
// created at each use, for the assertion that it was read from.
function addChainableMethod(proto, name, method, chainingBehavior) {
  const behavior = { method, chainingBehavior };
  const trap = lengthTrap(name);
  proto.__methods ||= {};
  proto.__methods[name] = behavior;
  const plain = Object.defineProperties(host.chainable(word('chainableMethodWrapper'), words), {
    length: trap,
    name: { value: 'chainableMethodWrapper', configurable: true },
    [CODE]: { value: behavior },
  });
  Object.defineProperty(plain, '__flags', { value: undefined, writable: true, enumerable: true, configurable: true }); // the last
  function chainableGetter() {
    if (behavior.chainingBehavior) apply(behavior.chainingBehavior, this, []);
    const made = host.chain(plain, this, this.__flags);
    if (made !== undefined) return made;
    const chainableMethodWrapper = function (...args) {
      entered(this, chainableMethodWrapper);
      const result = apply(behavior.method, this, args);
      return result === undefined ? derive(this) : result;
    };
    Object.defineProperty(chainableMethodWrapper, 'length', trap);
    Object.setPrototypeOf(chainableMethodWrapper, this);
    chainableMethodWrapper.__flags = this.__flags;
    return chainableMethodWrapper;
  }
  Object.defineProperty(proto, name, { get: chainableGetter, configurable: true });
}

words.assert = function (...args) {
  if (this.__flags.negate ? !args[0] : args[0]) return;
  load('failure').report(this, args);
};

Object.defineProperty(words, '_obj', {
  get() { return this.__flags.object; },
  set(value) { set(this, 'object', value); },
});

words.__methods = {};

// refuse fails an assertion that makes no sense for its values, also when it is
// negated.
function refuse(assertion, text) {
  const { message } = assertion.__flags;
  load('failure').fail(assertion.__flags, (message ? `${message}: ` : '') + text);
}

// passes decides most checks: only after a failure are messages built and
// assert called.
const passes = (flags, ok) => (flags.negate ? !ok : ok);

const note = (assertion, message) => {
  if (message) set(assertion, 'message', message);
};

// within runs another assertion as a part of this one.
function within(assertion, check) {
  try {
    return check();
  } catch (err) {
    throw load('failure').surface(err, assertion.__flags);
  }
}

// nested starts an assertion about another value, with the same custom message.
const nested = (assertion, value) => new Assertion(value, assertion.__flags.message, undefined, true);

const needs = (assertion, value, type) => {
  if (typeOf(value) !== type) within(assertion, () => nested(assertion, value).to.be.a(type.toLowerCase()));
};

const needsProperty = (assertion, value, name) => {
  if (!hasProperty(value, name)) within(assertion, () => nested(assertion, value).to.have.property(name));
};

// ---- chains and flags

later('to be been is and has have with that which at of same but does still also'.split(' '), (name) => addProperty(words, name));

const properties = (names, getter) => later(names, (name) => addProperty(words, name, getter));
const methods = (names, method) => later(names, (name) => addMethod(words, name, method));
const chainables = (names, method, behavior) => later(names, (name) => addChainableMethod(words, name, method, behavior));

// looks adds words that only look at the value.
const looks = (names, check, message, negated) => properties(names, function () {
  const flags = this.__flags;
  const ok = check(flags.object);
  if (!passes(flags, ok)) this.assert(ok, message, negated);
});

for (const word of ['not', 'deep', 'nested', 'own', 'ordered']) {
  const key = word === 'not' ? 'negate' : word;
  properties([word], function () {
    set(this, key, true);
  });
}

for (const [word, other] of [['any', 'all'], ['all', 'any']]) {
  properties([word], function () {
    set(this, word, true);
    set(this, other, false);
  });
}

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

// hasAll decides the usual case: plain properties that exist.
function hasAll(flags, keys, value) {
  const { object } = flags;
  if (flags.negate || flags.deep || flags.own || flags.nested || object === null || typeof object !== 'object') return false;
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    if (!(key in object) || object[key] !== value[key]) return false;
  }
  return true;
}

// includesAll checks an object for each property of another object. When it is
// negated with several properties, it fails only if the object has all of them.
function includesAll(assertion, value) {
  const keys = Object.keys(value);
  if (hasAll(assertion.__flags, keys, value)) return;
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
      if (!(err instanceof load('failure').AssertionError)) throw err;
      return err;
    }
  });
  if (errors.length && errors.every(Boolean)) throw errors[0];
}

function contains(assertion, type, value) {
  const flags = assertion.__flags;
  const { object, deep } = flags;
  switch (type) {
    case 'string':
      return object.indexOf(value) !== -1;
    case 'weakset':
      if (deep) refuse(assertion, 'unable to use .deep.include with WeakSet');
      return object.has(value);
    case 'map': {
      let found = false;
      const same = deep ? flags.eql : sameValueZero;
      object.forEach((item) => { found ||= same(item, value); });
      return found;
    }
    case 'set': {
      if (!deep) return object.has(value);
      let found = false;
      object.forEach((item) => { found ||= flags.eql(item, value); });
      return found;
    }
    case 'array':
      return deep ? object.some((item) => flags.eql(item, value)) : apply(indexOf, object, [value]) !== -1;
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

// A response is ok when its status is.
properties(['ok'], function () {
  const { object } = this.__flags;
  if (object?.constructor?._postman_propertyName === 'Response') return load('response_assertions').ok(this);
  if (!passes(this.__flags, Boolean(object))) this.assert(object, 'expected #{this} to be truthy', 'expected #{this} to be falsy');
});


for (const [word, other] of [[true, false], [false, true]]) {
  properties([String(word)], function () {
    const flags = this.__flags;
    const ok = flags.object === word;
    if (!passes(flags, ok)) {
      this.assert(ok, `expected #{this} to be ${word}`, `expected #{this} to be ${other}`, flags.negate ? other : word);
    }
  });
}

looks(['null'], (value) => value === null, 'expected #{this} to be null', 'expected #{this} not to be null');
looks(['undefined'], (value) => value === undefined, 'expected #{this} to be undefined', 'expected #{this} not to be undefined');
looks(['NaN'], Number.isNaN, 'expected #{this} to be NaN', 'expected #{this} not to be NaN');
looks(['exist', 'exists'], (value) => value !== null && value !== undefined, 'expected #{this} to exist', 'expected #{this} to not exist');

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

properties(['empty'], function () {
  const ok = countOf(this) === 0;
  if (!passes(this.__flags, ok)) this.assert(ok, 'expected #{this} to be empty', 'expected #{this} not to be empty');
});

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

// sized returns the name of the value's size, for chains with `length`.
function sized(assertion) {
  const { object } = assertion.__flags;
  if (Array.isArray(object)) return 'length';
  const type = typeName(object);
  if (type === 'map' || type === 'set') return 'size';
  needsProperty(assertion, object, 'length');
  return 'length';
}

// comparable refuses limits that cannot be compared with the value.
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

// order adds a comparison: its names, its function, and the phrases for it and
// its opposite.
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

const hasProperty = (object, name) => object !== undefined && object !== null && name in Object(object);

// A path is split at dots and before brackets. A backslash makes these
// characters literal.
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
  } else if (typeof name !== 'string' && typeof name !== 'number' && typeof name !== 'symbol') {
    refuse(assertion, 'the argument to property must be a string, number, or symbol');
  }
  if (object === null || object === undefined) refuse(assertion, 'Target cannot be null or undefined.');
}

const { hasOwn } = Object;

// hasPlainly decides the usual case: a property that exists.
function hasPlainly(assertion, args) {
  const flags = assertion.__flags;
  const { object } = flags;
  const name = args[0];
  if (typeof name !== 'string' || args.length > 2 || object === null || typeof object !== 'object') return false;
  if (flags.negate || flags.deep || flags.own || flags.nested || !(name in object)) return false;
  const value = object[name];
  if (args.length === 2 && args[1] !== value) return false;
  set(assertion, 'object', value);
  return true;
}

function assertProperty(...args) {
  const name = args[0];
  const expected = args[1];
  if (hasPlainly(this, args)) return;
  note(this, args[2]);
  checkName(this, name);
  const flags = this.__flags;
  const { object, nested } = flags;
  const path = nested ? getPathInfo(object, name) : undefined;
  const value = path ? path.value : object[name];
  const has = path ? path.exists : flags.own ? hasOwn(Object(object), name) : name in Object(object);
  const valued = args.length > 1;
  const what = () => `${flags.deep ? 'deep ' : ''}${flags.own ? 'own ' : ''}${flags.nested ? 'nested ' : ''}property ${inspect(name)}`;
  // When negated with a value, an existing property alone is no failure.
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

Object.setPrototypeOf(words, wordGuard);

function expect(value, message) {
  return begin(value, message);
}

// failWith makes an interface's `fail([actual, expected,] message, operator)`.
const failWith = (name) => function fail(actual, expected, message, operator) {
  if (arguments.length < 2) [actual, message] = [undefined, actual];
  throw new (load('failure').AssertionError)(message || `${name}.fail()`, { actual, expected, operator });
};

expect.fail = failWith('expect');

return {
  expect, Assertion, words, config, failWith, begin, derive, flag, set, passes, note, needs, needsProperty, refuse, typeName, articled,
  hasProperty, getPathInfo, assertProperty, sized, comparable, properties, methods, chainables, looks, addProperty, addMethod,
  addChainableMethod, guarded, ignored, misused, lengthTrap, complete,
};
