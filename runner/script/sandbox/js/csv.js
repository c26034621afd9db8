'use strict';

// csv-parse with faster functions in Go: Go finds simple rows, the library
// reads the others.

const { Accelerator } = load('accelerate');
const rows = host.native('csv.rows');

const WINDOW = 1 << 18; // characters that Go reads at once

// parserOf returns the prototype of a library's parsers. A library that exports
// only a function shows a parser when the parser has finished.
function parserOf(library) {
  let parser = library.Parser?.prototype;
  if (!parser) library('', { flush() { parser = Object.getPrototypeOf(this); } });
  return parser;
}

function accelerate(library) {
  const parser = parserOf(library);
  if (!rows || !parser || !new Accelerator(parser).own('__write', 'nextChar rowDelimiter quoting commenting __push')) return false;
  return new Accelerator(parser).replace(parser.__write, (plain) => function (chars, end) {
    return end || typeof chars !== 'string' || typeof this._?.buf !== 'string' || !usual(this.options) ? plain(this, [chars, end]) : write(this, plain, chars);
  }, (call) => SAMPLES.flatMap((text) => [{}, { columns: true, trim: true }].map((options) => read(library, parser, call, text, options))));
}

const SAMPLES = ['a,b\n1,"x ""y"", z"\n\n , \t c \n', '\ufeffa,b\r\n"1\r\n",2\r\n3,4', 'a,"b"\r1,"2"x\r'];

// read returns what a parser makes of a text, with one of the versions of
// write.
function read(library, parser, call, text, options) {
  const lines = [];
  const it = Object.assign(Object.create(parser), {
    options: { delimiter: ',', quote: '"', escape: '"', columns: null, comment: '', rowDelimiter: null, max_limit_on_data_read: 99, ...options },
    _: { quoting: false, commenting: false, field: null, nextChar: null, closingQuote: 0, line: [], rawBuf: '', buf: '' },
    lines: 0, count: 0, empty_line_count: 0, push: (row) => lines.push(row),
  });
  const error = call(it, text, false);
  return [lines, error?.message, it.lines, it.count, it.empty_line_count, it._, it.options];
}

const isText = (value, longest) => typeof value === 'string' && value.length > 0 && value.length <= longest;

// usual reports whether Go supports everything that these options ask for.
function usual({ delimiter, quote, escape, comment, raw, rowDelimiter: ends, max_limit_on_data_read: limit, trim, ltrim }) {
  if (!isText(delimiter, 1) || !isText(quote, 1) || escape !== quote || delimiter === quote) return false;
  if (comment !== '' || raw || !Number.isInteger(limit) || limit < 0 || limit > 2 ** 30) return false;
  if (ends != null && !(Array.isArray(ends) && ends.length === 1 && isText(ends[0], 2))) return false;
  const end = ends?.[0] ?? '\r\n';
  if (end.includes(delimiter) || end.includes(quote) || (end.length === 2 && end[0] === end[1])) return false;
  return !(trim || ltrim) || !/[ \t]/.test(end + delimiter);
}

// write does what the library's own write does.
function write(parser, plain, chars) {
  const { _: state } = parser;
  const before = state.buf;
  const text = before + chars;
  // Before the first row ends, the library skips this mark at any position.
  if (text === '' || (parser.lines === 0 && text.includes('\ufeff', 1))) return plain(parser, [chars, false]);
  state.buf = '';
  for (let at = 0; at < text.length;) {
    const window = begins(state) ? text.slice(at, at + WINDOW) : '';
    const spans = window && find(parser, window);
    const error = spans ? take(parser, window, spans) : plain(parser, [text.slice(at, at = pieceEnd(parser.options, text, at)), false]);
    if (error) {
      state.buf = before;
      if (!spans) state.nextChar ||= text.charAt(at); // the library has not read this character
      return error;
    }
    if (spans) {
      at += spans[0];
      state.nextChar = text.charAt(at);
    }
  }
  return null;
}

// begins reports whether a parser is at the beginning of a row.
const begins = (state) => !state.quoting && !state.commenting && state.field == null && state.closingQuote === 0 && state.line?.length === 0 && state.buf === '';

function find({ options, lines }, text) {
  const mark = lines === 0 && text.charCodeAt(0) === 0xfeff ? 1 : 0;
  return rows(text, mark, options.delimiter, options.quote, options.rowDelimiter?.[0] ?? '', !!(options.trim || options.ltrim), options.max_limit_on_data_read);
}

// pieceEnd returns the end of a piece of text that the library can parse on its
// own, without keeping a part for the next piece.
function pieceEnd({ rowDelimiter }, text, at) {
  const ends = rowDelimiter ? [text.indexOf(rowDelimiter[0], at)] : ['\n', '\r'].map((end) => text.indexOf(end, at));
  const end = Math.min(...ends.filter((i) => i >= 0));
  return end === Infinity ? text.length : end + (rowDelimiter ? rowDelimiter[0].length : 1);
}

// take passes the rows that Go has found to a parser.
function take(parser, text, spans) {
  const { options, _: state } = parser;
  let ending = options.rowDelimiter?.[0]; // what counts as a line end inside quotes, too
  if (!ending) {
    options.rowDelimiter = [firstEnd(text, spans)];
    state.rowDelimiterLength = spans[1];
  }
  const rtrim = options.trim || options.rtrim;
  const twice = options.quote + options.quote;
  for (let i = 2; i < spans.length;) {
    const row = [];
    let empty = spans[i] === 1;
    for (let n = spans[i++]; n > 0; n--) {
      const begin = spans[i++];
      const end = spans[i++];
      let field = text.slice(begin < 0 ? -1 - begin : begin, end < 0 ? -1 - end : end);
      empty &&= field === '';
      if (end < 0 && ending) parser.lines += field.split(ending).length - 1;
      if (begin < 0) field = field.replaceAll(twice, () => options.quote);
      if (rtrim && end >= 0) field = field.trimRight();
      row.push(options.auto_parse ? parsed(parser, field) : field);
    }
    ending = options.rowDelimiter[0];
    parser.lines++;
    if (empty && options.skip_empty_lines) continue;
    state.line = row;
    const error = parser.__push(row);
    if (error) {
      state.nextChar = text.charAt(rowEnd(spans[i - 1]) + 1);
      return error;
    }
    state.line = [];
  }
  return null;
}

// firstEnd returns the text that ends the first row.
function firstEnd(text, spans) {
  const end = rowEnd(spans[2 + 2 * spans[2]]);
  return text.slice(end, end + spans[1]);
}

// rowEnd returns where a row ends, from the end of its last field: after the
// quote if there is one.
const rowEnd = (end) => (end < 0 ? -end : end);

// parsed converts a field as the option auto_parse requires.
function parsed(parser, value) {
  const { is_int, is_float } = parser;
  if (typeof is_int === 'function' ? parser.is_int(value) : is_int.test(value)) return parseInt(value);
  if (typeof is_float === 'function' ? parser.is_float(value) : is_float.test(value)) return parseFloat(value);
  if (!parser.options.auto_parse_date) return value;
  const date = Date.parse(value);
  return isNaN(date) ? value : new Date(date);
}

return { accelerate };
