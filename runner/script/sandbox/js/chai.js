'use strict';

// The exports of require('chai'): the plugin interface, and other members that
// mostly plugins use.

const {
  expect, Assertion, config, typeName, articled, refuse, flag, derive, hasProperty, getPathInfo, addProperty, addMethod,
  addChainableMethod, guarded, ignored, misused, lengthTrap, complete,
} = load('expect');
const { AssertionError, inspect, objDisplay, getActual, getMessage, getOperator, unknown } = load('failure');
const { getName, compareByInspect, getOwnEnumerablePropertySymbols, getOwnEnumerableProperties, checkError } = load('words');
const { typeOf } = load('types');
const { deepEqual } = load('deepequal');

complete();

function transferFlags(from, to, includeAll = true) {
  const flags = from.__flags || (from.__flags = { __proto__: null });
  const layer = { __proto__: Object.getPrototypeOf(to.__flags || Object.create(null)), ...to.__flags };
  for (const key in flags) {
    if (includeAll || !['object', 'ssfi', 'lockSsfi', 'message'].includes(key)) layer[key] = flags[key];
  }
  to.__flags = layer;
}

const test = (assertion, [expr]) => (flag(assertion, 'negate') ? !expr : expr);

function addLengthGuard(fn, name, chainable) {
  const guard = { configurable: true, get() { throw misused(name, 'length'); } };
  return Object.defineProperty(fn, 'length', chainable ? lengthTrap(name) : guard);
}

// proxify guards an object against unknown properties, as assertions are
// guarded.
function proxify(target, method) {
  if (!config.useProxy) return target;
  return new Proxy(target, {
    get(target, name) {
      if (ignored(name) || name in target) return Reflect.get(target, name);
      throw method ? misused(method, name) : unknown(target, name);
    },
  });
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

return { chai };
