'use strict';

// Failed assertions: Chai's error objects and messages. This file is loaded
// only when an assertion fails.

const { config, flag, complete } = load('expect');
const { inspect: write, display } = load('inspect');
const { typeOf } = load('types');

const inspect = (value) => write(value, config.truncateThreshold || Infinity);
const objDisplay = (value) => display(value, config.truncateThreshold);

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

const GUARD = /^\s+at get \(postie:expect/;

const OURS = /\((?:postie:|native\))/;

// stamp sets an error's stack to the frames below the word that failed.
function stamp(error) {
  const frames = new Error().stack.split('\n').filter((line) => /^\s+at /.test(line));
  let word = config.includeStack ? -1 : frames.findIndex((line) => ENTRY.test(line));
  // One word may call another: then the outermost counts. Below a word that was
  // just defined, there is a frame of the guard.
  for (let i = word + 1; word >= 0 && i < frames.length && OURS.test(frames[i]); i++) {
    if (ENTRY.test(frames[i]) || GUARD.test(frames[i])) word = i;
  }
  const value = host.stack(String(error.name), String(error.message), frames.slice(word + 1).join('\n'));
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

// ---- messages

// report fails an assertion. args are the arguments of its assert.
function report(assertion, args) {
  const [, , , expected, actual, showDiff] = args;
  const differ = showDiff !== false && config.showDiff === true;
  const props = {
    actual: getActual(assertion, args),
    expected,
    showDiff: differ && (expected !== undefined || actual !== undefined),
  };
  const operator = getOperator(assertion, args);
  if (operator) props.operator = operator;
  fail(assertion.__flags, getMessage(assertion, args), props);
}

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

// ---- words that do not exist

// distance is Chai's edit distance, up to `cap`. Its table starts with 0 for
// all of `b`, so that short words seem closer than they are.
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

// ORDER is Chai's order of words: among words with the same distance, the first
// is suggested.
const ORDER = ('to be been is and has have with that which at of same but does still also not deep nested own ordered any all an a '
  + 'include contain contains includes ok true false null undefined NaN exist exists empty arguments Arguments equal equals eq eql eqls '
  + 'above gt greaterThan least gte greaterThanOrEqual below lt lessThan most lte lessThanOrEqual within instanceof instanceOf property '
  + 'ownProperty haveOwnProperty ownPropertyDescriptor haveOwnPropertyDescriptor length lengthOf match matches string keys key throw '
  + 'throws Throw respondTo respondsTo itself satisfy satisfies closeTo approximately members oneOf change changes increase increases '
  + 'decrease decreases by extensible sealed frozen finite').split(' ');

function wordsOf(target) {
  complete();
  const found = new Set(typeof target === 'function' ? FUNCTION_WORDS : []);
  for (let at = target; at !== null; at = Object.getPrototypeOf(at)) {
    for (const name of Object.getOwnPropertyNames(at)) found.add(name);
  }
  const own = [...found].filter((name) => !INTERNAL.includes(name) && !(name in Object.prototype));
  return [...ORDER.filter((name) => found.has(name)), ...own.filter((name) => !ORDER.includes(name))];
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

return { AssertionError, fail, report, surface, inspect, objDisplay, getActual, getMessage, getOperator, unknown };
