'use strict';

// JSON.parse with errors that say where: the texts scripts and reports of
// Postman show.

const native = load('json').parse;

// JSONError is a SyntaxError of another name, with the place it is about.
function JSONError(message) {
  const error = new SyntaxError(message);
  const [, row, column] = / at (\d+):(\d+)\n/.exec(message) ?? [];
  if (row) Object.assign(error, { column: Number(column), row: Number(row) });
  error.name = 'JSONError';
  error.stack = error.stack.replace(/^SyntaxError/, 'JSONError');
  return error;
}

const BOM = /^(\uFEFF|\uBBBF|\u00FE\u00FF|\u00FF\u00FE|\u00EF\u00BB\u00BF)/;

// parse reads JSON after a byte order mark, if any.
function parse(text, reviver) {
  if (text === undefined) throw JSONError('"undefined" is not valid JSON');
  if (typeof text !== 'string') text = String(text);
  if (typeof reviver !== 'function') {
    const value = host.parse(text);
    if (value !== undefined) return value;
  }
  const clean = BOM.test(text) ? text.replace(BOM, '') : text;
  try {
    return native(clean, reviver);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw JSONError(load('jsonscan').explain(clean));
  }
}

return { parse, JSONError };
