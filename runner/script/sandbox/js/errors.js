'use strict';

// Exceptions as reports carry them. What describes them has no prototype: a toJSON
// that a script gave to all objects would hide them.

const text = (value) => (typeof value === 'string' ? value : undefined);

function describe(error) {
  if (error === null || typeof error !== 'object') return { __proto__: null, message: String(error) };
  if (!(error instanceof Error)) return { __proto__: null, name: text(error.name), message: text(error.message) ?? load('print').inspect(error) };
  return { __proto__: null, type: 'Error', name: String(error.name), message: String(error.message), stack: String(error.stack || '') };
}

return { describe, text };
