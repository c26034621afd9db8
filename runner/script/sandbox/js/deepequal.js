'use strict';

// Deep equality as Chai's `eql` defines it.

const { typeOf } = load('types');
const { apply, keys: ownKeys, OwnMap } = load('own');
const { propertyIsEnumerable } = Object.prototype;
const { getOwnPropertySymbols } = Object;
const same = host.native('data.same');

const isObject = (value) => typeof value === 'object' && value !== null;

// simply compares values that need no recursion. It returns null for other
// values.
function simply(a, b) {
  if (a === b) return a !== 0 || 1 / a === 1 / b;
  if (a !== a && b !== b) return true;
  return isObject(a) && isObject(b) ? null : false;
}

// met records a pair that is being compared, and reports whether it was met
// before, in either order. A difference ends the whole comparison. So a pair
// that is met again is equal so far, or is being compared further up: either
// way it counts as equal.
function met(pairs, a, b) {
  if (!pairs) return false;
  const known = pairs.get(a);
  if (known?.has(b) || pairs.get(b)?.has(a)) return true;
  if (known) known.set(b, true);
  else pairs.set(a, new OwnMap().set(b, true));
  return false;
}

function compare(a, b, walk) {
  if (walk.comparator) {
    if (isObject(a) && isObject(b) && met(walk.pairs, a, b)) return true;
    const verdict = walk.comparator(a, b);
    if (typeof verdict === 'boolean') return verdict;
    return simply(a, b) ?? byType(a, b, walk);
  }
  const simple = simply(a, b);
  if (simple !== null) return simple;
  return met(walk.pairs, a, b) || byType(a, b, walk);
}

function byType(a, b, walk) {
  const type = typeOf(a);
  if (type !== typeOf(b)) return false;
  switch (type) {
    case 'Object':
      return objects(a, b, walk);
    case 'Array': case 'Arguments':
    case 'Int8Array': case 'Uint8Array': case 'Uint8ClampedArray':
    case 'Int16Array': case 'Uint16Array': case 'Int32Array': case 'Uint32Array':
    case 'Float32Array': case 'Float64Array':
      return sequences(a, b, walk);
    case 'String': case 'Number': case 'Boolean': case 'Date':
      return deepEqual(a.valueOf(), b.valueOf());
    case 'RegExp':
      return a.toString() === b.toString();
    case 'Error':
      return keyed(a, b, ['name', 'message', 'code'], walk);
    case 'Set': case 'Map':
      return collections(a, b, walk);
    case 'ArrayBuffer':
      return sequences(new Uint8Array(a), new Uint8Array(b), walk);
    case 'DataView':
      return sequences(new Uint8Array(a.buffer), new Uint8Array(b.buffer), walk);
    case 'Generator':
      return sequences(drained(a), drained(b), walk);
    case 'Promise': case 'Symbol': case 'WeakMap': case 'WeakSet':
      return false;
    default:
      return type.startsWith('Temporal.') ? temporal(type, a, b) : objects(a, b, walk);
  }
}

function temporal(type, a, b) {
  if (type === 'Temporal.Duration') return a.total('nanoseconds') === b.total('nanoseconds');
  return typeof a.equals === 'function' ? a.equals(b) : a.toString() === b.toString();
}

function sequences(a, b, walk) {
  const { length } = a;
  if (length !== b.length) return false;
  for (let i = 0; i < length; i++) if (!compare(a[i], b[i], walk)) return false;
  return true;
}

function keyed(a, b, keys, walk) {
  for (let i = 0; i < keys.length; i++) if (!compare(a[keys[i]], b[keys[i]], walk)) return false;
  return true;
}

// collections compares sets and maps in the order of their entries' text.
function collections(a, b, walk) {
  let sizes;
  try {
    sizes = [a.size, b.size];
  } catch {
    return false;
  }
  if (sizes[0] !== sizes[1]) return false;
  return sizes[0] === 0 || sequences(entries(a), entries(b), walk);
}

function entries(collection) {
  const found = [];
  collection.forEach((value, key) => found.push([value, key]));
  return found.sort();
}

// drained returns all values of an iterator, and its return value.
function drained(iterator) {
  const values = [];
  let step;
  do {
    step = iterator.next();
    values.push(step.value);
  } while (step.done === false);
  return values;
}

function iterated(value) {
  if (typeof value[Symbol.iterator] !== 'function') return [];
  try {
    return drained(value[Symbol.iterator]()).sort();
  } catch {
    return [];
  }
}

function enumerable(value) {
  let keys = ownKeys(value);
  let all = 0;
  for (const _ in value) all++;
  if (all > keys.length) { // some are inherited
    keys = [];
    for (const key in value) keys[keys.length] = key;
  }
  const symbols = getOwnPropertySymbols(value);
  for (let i = 0; i < symbols.length; i++) {
    if (apply(propertyIsEnumerable, value, [symbols[i]])) keys[keys.length] = symbols[i];
  }
  return keys;
}

// sameKeys first tries the order of keys, which is usually the same in both
// objects.
function sameKeys(a, b) {
  if (a.every((key, i) => key === b[i])) return true;
  const sorted = b.map(String).sort();
  return a.map(String).sort().every((key, i) => key === sorted[i]);
}

function objects(a, b, walk) {
  const left = enumerable(a);
  const right = enumerable(b);
  if (left.length && left.length === right.length) {
    return sameKeys(left, right) && keyed(a, b, left, walk);
  }
  const first = iterated(a);
  const second = iterated(b);
  if (first.length && first.length === second.length) return sequences(first, second, walk);
  return !left.length && !right.length && !first.length && !second.length;
}

// deepEqual compares two values. options.comparator may decide a pair by
// returning true or false; memoize: false turns off the record of pairs.
function deepEqual(a, b, options) {
  if (!options?.comparator) {
    const simple = simply(a, b);
    if (simple !== null) return simple;
    if (same?.(a, b)) return true;
  }
  const pairs = options?.memoize === false ? null : new OwnMap();
  return compare(a, b, { pairs, comparator: options?.comparator });
}

return { deepEqual };
