'use strict';

// JSON.parse with errors that say where: the texts scripts and reports of
// Postman show.

const native = load('json').parse;

class JSONError extends SyntaxError {
  get name() { return 'JSONError'; }
}

const BOM = /^(\uFEFF|\uBBBF|\u00FE\u00FF|\u00FF\u00FE|\u00EF\u00BB\u00BF)/;

// scan walks a text by the grammar of JSON up to its first error.
function scan(text) {
  let i = 0;
  const space = () => { while (i < text.length && ' \t\n\r'.includes(text[i])) i++; };
  const stop = (reason, at = i) => { throw { reason, at }; };
  const unexpected = () => (i >= text.length ? stop('Unexpected end of input') : stop(`Unexpected token '${String.fromCodePoint(text.codePointAt(i))}'`));
  function string() {
    for (i++; text[i] !== '"'; i++) {
      if (i >= text.length) stop('Unexpected end of input');
      if (text[i] < ' ') unexpected();
      if (text[i] !== '\\') continue;
      i++;
      if (text[i] === 'u' && /^[0-9a-fA-F]{4}/.test(text.slice(i + 1, i + 5))) i += 4;
      else if (!'"\\/bfnrt'.includes(text[i]) || i >= text.length) unexpected();
    }
    i++;
  }
  function members(close, each) {
    i++;
    space();
    if (text[i] === close) { i++; return; }
    for (;;) {
      if (close === ']' && text[i] === ',') stop('Elisions are not supported', i + 1);
      each();
      space();
      if (text[i] === close) { i++; return; }
      if (text[i] !== ',') unexpected();
      i++;
      space();
      if (text[i] === close) stop(`Trailing comma in ${close === '}' ? 'object' : 'array'}`);
    }
  }
  function value() {
    space();
    const word = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?)/.exec(text.slice(i, i + 400));
    if (word) i += word[0].length;
    else if (text[i] === '"') string();
    else if (text[i] === '[') members(']', value);
    else if (text[i] === '{') {
      members('}', () => {
        if (text[i] !== '"') unexpected();
        const start = i;
        string();
        const key = text.slice(start + 1, i - 1);
        space();
        if (text[i] !== ':') unexpected();
        i++;
        space();
        if (text[i] === '}' || text[i] === ',') stop(`No value found for key ${key}`, start);
        value();
      });
    } else unexpected();
  }
  value();
  space();
  if (i < text.length) unexpected();
}

function where(text) {
  if (text.trim() === '') return { reason: 'No data, empty input', at: 0 };
  try {
    scan(text);
  } catch (found) {
    if (typeof found.at === 'number') return found;
  }
  return { reason: 'Unexpected end of input', at: text.length };
}

function explain(text) {
  const { reason, at } = where(text);
  const before = text.slice(0, at).split('\n');
  const line = text.split('\n')[before.length - 1] ?? '';
  const column = before[before.length - 1].length;
  return `${reason} at ${before.length}:${column + 1}\n${line}\n${' '.repeat(column)}^`;
}

// parse reads JSON after a byte order mark, if any.
function parse(text, reviver) {
  if (text === undefined) throw new JSONError('"undefined" is not valid JSON');
  if (typeof text !== 'string') text = String(text);
  const clean = BOM.test(text) ? text.replace(BOM, '') : text;
  try {
    return native(clean, reviver);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new JSONError(explain(clean));
  }
}

return { parse, JSONError };
