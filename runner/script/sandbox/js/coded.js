'use strict';

// Errors with a code, of web and node functions.

const coded = (error, code) => Object.assign(error, { code });
const wrongType = (message) => coded(new TypeError(message), 'ERR_INVALID_ARG_TYPE');
const wrongValue = (message) => coded(new TypeError(message), 'ERR_INVALID_ARG_VALUE');
const absent = (message) => coded(new TypeError(message), 'ERR_MISSING_ARGS');
const illegal = () => coded(new TypeError('Illegal constructor'), 'ERR_ILLEGAL_CONSTRUCTOR');

// received describes a value as node's messages do.
function received(value) {
  if (value === undefined || value === null) return `Received ${value}`;
  if (typeof value === 'function') return `Received function ${value.name}`;
  if (typeof value === 'object') return `Received an instance of ${value.constructor?.name ?? 'Object'}`;
  const shown = typeof value === 'string' ? `'${value.length > 25 ? value.slice(0, 25) + '...' : value}'` : String(value);
  return `Received type ${typeof value} (${shown})`;
}

return { coded, wrongType, wrongValue, absent, illegal, received };
