'use strict';

// The names of types in Chai's messages and deep equality.

const { apply, getPrototypeOf, isArray, toString } = load('own');

// typeOf returns the name of a value's type: 'string', 'null', 'Array', 'Date',
// …
function typeOf(value) {
  const kind = typeof value;
  if (kind !== 'object') return kind;
  if (value === null) return 'null';
  if (value === globalThis) return 'global';
  const tag = value[Symbol.toStringTag];
  if (isArray(value) && !(Symbol.toStringTag in value)) return 'Array';
  if (typeof tag === 'string') return tag;
  const proto = getPrototypeOf(value);
  if (proto === Object.prototype) return apply(toString, value, []).slice(8, -1);
  if (proto === null) return 'Object';
  if (proto === RegExp.prototype) return 'RegExp';
  if (proto === Date.prototype) return 'Date';
  return apply(toString, value, []).slice(8, -1);
}

return { typeOf };
