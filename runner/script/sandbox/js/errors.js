'use strict';

// Exceptions as reports carry them, in V8's words.

function describe(error) {
  if (error === null || typeof error !== 'object' || !(error instanceof Error)) {
    return { message: String(error) };
  }
  const stack = String(error.stack || '');
  const at = /script-\d+:(\d+)(?::(\d+))?/.exec(stack);
  return {
    type: 'Error', name: String(error.name), message: String(error.message), stack,
    line: at ? at[1] - 1 : 0, column: at && at[2] ? +at[2] : 0,
  };
}

return { describe };
