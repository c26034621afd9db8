'use strict';

// Finds where and why a text is invalid JSON, as the parser does that newman
// uses when JSON.parse fails. It sometimes continues where it could stop, for
// example at a key that is an object, so the reported position may be after the
// first error.

const { defineProperty } = Object;
const { stringify } = load('json');

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/i;
const ESCAPES = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const WORDS = { n: ['null', null], t: ['true', true], f: ['false', false] };

const isDigit = (char) => char >= '0' && char <= '9';
const endsLine = (char) => char === '\n' || char === '\r';

// A Scanner reads a text up to its first error, and then throws itself. Its
// methods stop after the text that they have read.
class Scanner {
  at = 0;
  row = 1;
  line = 0; // where the line begins
  constructor(text) { this.text = text; }

  next() { return this.text[this.at++]; }
  fail(reason = this.unexpected()) {
    this.reason = reason;
    throw this;
  }
  failBefore(reason) {
    this.at--;
    this.fail(reason);
  }
  unexpected() {
    if (this.at >= this.text.length) return 'Unexpected end of input';
    const char = stringify(this.text[this.at]).slice(1, -1);
    return `Unexpected token '${char.replace("'", "\\'").replace('\\"', '"')}'`;
  }

  document() {
    this.space();
    const value = this.value();
    if (value === undefined && this.at >= this.text.length) this.fail(this.at ? 'No data, only a whitespace' : 'No data, empty input');
    this.space();
    if (this.at < this.text.length) this.fail();
  }

  space() {
    for (; ' \t\n\r'.includes(this.text[this.at] ?? 'none'); this.at++) {
      if (!endsLine(this.text[this.at])) continue;
      if (this.text.startsWith('\r\n', this.at)) this.at++;
      this.row++;
      this.line = this.at + 1;
    }
  }

  // value returns undefined when no value begins here.
  value() {
    const char = this.next();
    if (char === '-' || char === '.' || isDigit(char)) return this.number(char);
    if (char in WORDS) return this.word(...WORDS[char]);
    return this.container(char);
  }
  // key reads the key of a member, which may have any type.
  key() {
    const char = this.next();
    return char === '.' || isDigit(char) ? this.number(char) : this.container(char);
  }
  container(char) {
    switch (char) {
      case '"': return this.string();
      case '{': return this.object();
      case '[': return this.array();
    }
    this.at--;
    return undefined;
  }

  word(word, value) {
    const start = this.at - 1;
    if (this.text.startsWith(word, start)) {
      this.at = start + word.length;
      return value;
    }
    this.at = start;
    return this.fail();
  }

  digits() { while (isDigit(this.text[this.at])) this.at++; }
  number(char) {
    const start = this.at - 1;
    if (char === '-') char = this.next();
    if (char >= '1' && char <= '9') {
      this.digits();
      char = this.next();
    } else if (char === '0') char = this.next();
    if (char === '.') {
      this.digits();
      char = this.next();
    }
    if (char === 'e' || char === 'E') {
      if ('+-'.includes(this.next() ?? 'none')) this.at++;
      this.digits();
      this.at++;
    }
    this.at--;
    const literal = this.text.slice(start, this.at);
    if (Number.isNaN(Number(literal))) this.failBefore(`Bad numeric literal - "${literal}"`);
    if (!NUMBER.test(literal)) this.failBefore(`Non-json numeric literal - "${literal}"`);
    return Number(literal);
  }

  string() {
    let value = '';
    while (this.at < this.text.length) {
      const char = this.next();
      if (char === '"') return value;
      if (endsLine(char)) this.fail();
      if (char < ' ') this.failBefore('Unexpected control character');
      value += char === '\\' ? this.escaped() : char;
    }
    return this.fail();
  }
  escaped() {
    if (this.at >= this.text.length) this.fail();
    const char = this.next();
    if (char in ESCAPES) return ESCAPES[char];
    if (char !== 'u') this.failBefore();
    const start = this.at;
    for (; this.at < start + 4; this.at++) {
      if (this.at >= this.text.length) this.fail();
      if (!/[0-9a-f]/i.test(this.text[this.at])) this.fail('Bad escape sequence');
    }
    return String.fromCharCode(parseInt(this.text.slice(start, this.at), 16));
  }

  object() {
    const object = Object.create(null);
    let some = false;
    while (this.at < this.text.length) {
      this.space();
      const key = this.key();
      this.space();
      const sign = this.next();
      if (sign === '}' && key === undefined) {
        if (some) this.failBefore('Trailing comma in object');
        return object;
      }
      if (sign !== ':' || key === undefined) this.failBefore();
      some = this.member(object, key) || some;
      if (this.next() === '}') return object;
      if (this.text[this.at - 1] !== ',') this.fail();
    }
    return this.fail();
  }
  // member reads the value of a key. It does not store keys that all objects
  // inherit.
  member(object, key) {
    this.space();
    const value = this.value();
    if (value === undefined) this.fail(`No value found for key ${key}`);
    if (typeof key !== 'string') this.fail(`Wrong key type: ${key}`);
    this.space();
    if (key in {}) return false;
    defineProperty(object, key, { value, enumerable: true, configurable: true });
    return true;
  }

  // array returns undefined when the text ends inside the array.
  array() {
    const list = [];
    while (this.at < this.text.length) {
      this.space();
      const value = this.value();
      this.space();
      const sign = this.next();
      if (value !== undefined) list.push(value);
      if (sign === ']') {
        if (value === undefined && list.length) this.failBefore('Trailing comma in array');
        return list;
      }
      if (sign !== ',') this.failBefore();
      if (value === undefined) this.fail('Elisions are not supported');
    }
    return undefined;
  }
}

// explain shows the line of the error: at most 69 characters before the error,
// and 79 in total.
function explain(text) {
  const found = new Scanner(text);
  try {
    found.document();
  } catch (error) {
    if (error !== found) return error.message; // the error of a key that is an object
  }
  const { reason = 'Unexpected end of input', at, row, line } = found;
  const start = Math.max(line, at - 69);
  let end = start;
  while (end < text.length && !endsLine(text[end]) && end < start + 79) end++;
  const margin = text.slice(start, Math.min(at, end)).replace(/[^\t]/g, ' ');
  return `${reason} at ${row}:${at - line + 1}\n${text.slice(start, end)}\n${margin}^`;
}

return { explain };
