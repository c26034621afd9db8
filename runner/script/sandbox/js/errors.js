'use strict';

// Exceptions as reports carry them, in V8's words.

// The engine's own errors, by their prototypes: only they are reworded.
const natives = new Set(load('language').kinds.map((kind) => kind.prototype));
const reworded = new WeakSet();
const { getPrototypeOf, setPrototypeOf, getOwnPropertyDescriptor, defineProperty } = Object;

// reword gives an error of the engine V8's words, once.
function reword(error) {
  if (error === null || typeof error !== 'object' || reworded.has(error) || !natives.has(getPrototypeOf(error))) return error;
  reworded.add(error);
  const message = getOwnPropertyDescriptor(error, 'message')?.value;
  const stack = getOwnPropertyDescriptor(error, 'stack')?.value;
  if (typeof message !== 'string' || typeof stack !== 'string') return error;
  const [name, ...words] = host.words(String(error.name), message, stack).split('\n');
  const text = words.join('\n');
  if (text !== message) defineProperty(error, 'message', { value: text, writable: true, enumerable: false, configurable: true });
  if (name === 'RangeError' && name !== error.name) setPrototypeOf(error, RangeError.prototype);
  return error;
}

const text = (value) => (typeof value === 'string' ? value : undefined);

function describe(error) {
  if (error === null || typeof error !== 'object') return { message: String(error) };
  if (!(error instanceof Error)) return { name: text(error.name), message: text(error.message) ?? load('print').inspect(error) };
  const stack = String(error.stack || '');
  const at = /script-\d+:(\d+)(?::(\d+))?/.exec(stack);
  return {
    type: 'Error', name: String(error.name), message: String(error.message), stack,
    line: at ? at[1] - 1 : 0, column: at && at[2] ? +at[2] : 0,
  };
}

return { describe, reword, text };
