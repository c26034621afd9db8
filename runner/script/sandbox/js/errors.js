'use strict';

// Exceptions as reports carry them.

const text = (value) => (typeof value === 'string' ? value : undefined);

function describe(error) {
  if (error === null || typeof error !== 'object') return { message: String(error) };
  if (!(error instanceof Error)) return { name: text(error.name), message: text(error.message) ?? load('print').inspect(error) };
  return { type: 'Error', name: String(error.name), message: String(error.message), stack: String(error.stack || '') };
}

return { describe, text };
