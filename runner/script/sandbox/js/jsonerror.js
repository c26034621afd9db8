'use strict';

// JSON.parse and JSON.stringify with the errors of Postman: they say where a
// text is invalid, and all have the same name.

const { parse: native, stringify: write } = load('json');
const { apply, getOwnPropertyDescriptor } = Reflect;
const { keys } = Object;

// JSONError is a SyntaxError with another name and the position of the error.
function JSONError(message) {
  const error = new SyntaxError(message);
  const [, row, column] = / at (\d+):(\d+)\n/.exec(message) ?? [];
  if (row) Object.assign(error, { column: Number(column), row: Number(row) });
  error.name = 'JSONError';
  error.stack = error.stack.replace(/^SyntaxError/, 'JSONError');
  return error;
}

// named renames the exceptions of reviver and toJSON.
function named(error) {
  if (error === null || error === undefined) throw new TypeError(`Cannot set properties of ${error} (setting 'name')`);
  error.name = 'JSONError';
  return error;
}

const BOM = /^(\uFEFF|\uBBBF|\u00FE\u00FF|\u00FF\u00FE|\u00EF\u00BB\u00BF)/;

// parse parses JSON, after a byte order mark if there is one.
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
    if (!(error instanceof SyntaxError) || isJSON(clean)) throw named(error);
    throw JSONError(load('jsonscan').explain(clean));
  }
}

function isJSON(text) {
  try {
    native(text);
    return true;
  } catch {
    return false;
  }
}

function stringify(...given) {
  try {
    return apply(write, undefined, given);
  } catch (error) {
    if (error instanceof TypeError && error.message === CIRCULAR) detail(error, given[0]);
    throw named(error);
  }
}

const CIRCULAR = 'Converting circular structure to JSON';

// detail adds to an error's message how a value refers to itself.
function detail(error, value) {
  const path = circle(value);
  if (path === undefined) return;
  const step = (key) => (/^\d+$/.test(key) ? `index ${key}` : `property '${key}'`);
  const made = (object) => `object with constructor '${object.constructor?.name ?? 'Object'}'`;
  const lines = path.slice(1).map(([key, object]) => `|     ${step(key)} -> ${made(object)}`);
  const shown = lines.length > 3 ? [...lines.slice(0, 2), '|     ...', lines.at(-1)] : lines;
  const text = [CIRCULAR, `--> starting at ${made(path[0][1])}`, ...shown, `--- ${step(path.closing)} closes the circle`].join('\n    ');
  error.message = text;
  error.stack = String(error.stack).replace(CIRCULAR, () => text);
}

// circle returns the path from an object to itself, as keys and objects.
// closing is the last key. No getter is called.
function circle(root) {
  const way = [];
  const done = new Set();
  function walk(key, object) {
    const first = way.findIndex(([, other]) => other === object);
    if (first >= 0) return Object.assign(way.slice(first), { closing: key });
    if (done.has(object)) return undefined;
    way.push([key, object]);
    for (const name of keys(object)) {
      const { value } = getOwnPropertyDescriptor(object, name);
      const found = value !== null && typeof value === 'object' ? walk(name, value) : undefined;
      if (found) return found;
    }
    way.pop();
    done.add(object);
    return undefined;
  }
  try {
    return walk('', root);
  } catch {
    return undefined; // nested too deep to search
  }
}

return { parse, stringify, JSONError };
