'use strict';

// Where a text that is no JSON goes wrong, and why.

// What a value starts with.
const values = Object.fromEntries([...'"[{-+.0123456789tfn'].map((char) => [char, true]));

// scan walks a text by the grammar of JSON up to its first error.
function scan(text) {
  let i = 0;
  const space = () => { while (i < text.length && ' \t\n\r'.includes(text[i])) i++; };
  const stop = (reason, at = i) => { throw { reason, at }; };
  const unexpected = () => {
    if (i >= text.length) stop('Unexpected end of input');
    const char = String.fromCodePoint(text.codePointAt(i));
    stop(`Unexpected token '${char === "'" ? "\\'" : char}'`);
  };
  function string() {
    for (i++; text[i] !== '"'; i++) {
      if (i >= text.length) stop('Unexpected end of input');
      if (text[i] < ' ') stop('Unexpected control character');
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
      if (text[i] !== ',') {
        if (close === '}' && i < text.length) i++; // the one after it is named
        unexpected();
      }
      i++;
      space();
      if (text[i] === close) stop(`Trailing comma in ${close === '}' ? 'object' : 'array'}`);
    }
  }
  function number() {
    const [literal] = /^[-+]?\d*\.?\d*(?:[eE][-+]?\d*)?/.exec(text.slice(i, i + 400));
    const end = i + literal.length;
    if (/^[-+]?(?:\.\d|\d+\.(?!\d))/.test(literal)) stop(`Non-json numeric literal - "${literal}"`, end - 1);
    if (/^-?\d.*[eE][-+]?$/.test(literal)) stop(`Bad numeric literal - "${literal}"`, end);
    if (literal === '-') stop('Bad numeric literal - "-"');
  }
  function value() {
    space();
    number();
    const word = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?)/.exec(text.slice(i, i + 400));
    if (word) i += word[0].length;
    else if (text[i] === '"') string();
    else if (text[i] === '[') {
      if (text.slice(i + 1).trim() === '') stop('No data, only a whitespace', text.length);
      members(']', value);
    }
    else if (text[i] === '{') {
      members('}', () => {
        if (text[i] !== '"') unexpected();
        const start = i + 1;
        string();
        const key = text.slice(start, i - 1);
        space();
        if (text[i] !== ':') unexpected();
        i++;
        space();
        if (!(text[i] in values)) stop(`No value found for key ${key}`);
        value();
      });
    } else unexpected();
  }
  value();
  space();
  if (i < text.length) unexpected();
}

function where(text) {
  if (text === '') return { reason: 'No data, empty input', at: 0 };
  if (text.trim() === '') return { reason: 'No data, only a whitespace', at: text.length };
  try {
    scan(text);
  } catch (found) {
    if (typeof found.at === 'number') return found;
  }
  return { reason: 'Unexpected end of input', at: text.length };
}

// explain shows the line of the error: up to 69 characters before it, and 79
// in all.
function explain(text) {
  const { reason, at } = where(text);
  const start = text.lastIndexOf('\n', at - 1) + 1;
  const end = text.indexOf('\n', at);
  const from = Math.max(start, at - 69);
  const line = text.slice(from, end < 0 ? text.length : end).slice(0, 79);
  const row = text.slice(0, at).split('\n').length;
  const margin = line.slice(0, at - from).replace(/[^\t]/g, ' ');
  return `${reason} at ${row}:${at - start + 1}\n${line}\n${margin}^`;
}

return { explain };
