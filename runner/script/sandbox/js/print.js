'use strict';

// Values as node's util.inspect prints them, without colors. Console output
// looks like this in newman.

const { stringify } = load('json');

const DEPTH = 25;
const ITEMS = 100;
const WIDTH = 44; // newman: 60 columns minus the box and its margin

const odd = /[\u0000-\u001f\\'"`\u007f-\u009f]/;

// quote uses the quotes that node would use.
function quote(text) {
  let mark = "'";
  if (text.includes("'")) {
    if (!text.includes('"')) mark = '"';
    else if (!text.includes('`') && !text.includes('${')) mark = '`';
  }
  const escapes = { '\b': '\\b', '\t': '\\t', '\n': '\\n', '\f': '\\f', '\r': '\\r', '\\': '\\\\', [mark]: '\\' + mark };
  if (!odd.test(text)) return mark + text + mark;
  const body = text.replace(/[\u0000-\u001f\\'"`\u007f-\u009f]/g, (c) =>
    escapes[c] ?? (c < ' ' || c > '~' ? '\\x' + c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0') : c));
  return mark + body + mark;
}

// broken writes a long text of several lines one line below the other.
const broken = (text, indent) => {
  if (text.length <= 16 || text.length <= WIDTH - indent - 4 || !text.includes('\n')) return quote(text);
  const lines = [];
  for (let at = 0, end; at < text.length; at = end) {
    end = text.indexOf('\n', at) + 1 || text.length;
    lines.push(quote(text.slice(at, end)));
  }
  return lines.join(` +\n${' '.repeat(indent + 2)}`);
};

const primitive = (value, indent = 0) => {
  if (typeof value === 'string') return broken(value, indent);
  if (typeof value === 'bigint') return value + 'n';
  if (Object.is(value, -0)) return '0'; // the sign gets lost on the way in Postman
  return String(value);
};

const identifier = /^[A-Za-z_]\w*$/; // as in node: names with $ are quoted
const keyed = (key) => (typeof key === 'symbol' ? `[${String(key)}]` : identifier.test(key) ? key : quote(key));

const tag = (value) => Object.prototype.toString.call(value).slice(8, -1);

function named(value, fallback) {
  for (let proto = Object.getPrototypeOf(value); proto; proto = Object.getPrototypeOf(proto)) {
    const own = Object.getOwnPropertyDescriptor(proto, 'constructor');
    if (own && typeof own.value === 'function' && own.value.name) return own.value.name;
  }
  return fallback;
}

class Printer {
  constructor() {
    this.seen = [];
    this.circular = new Map();
    this.indent = 0;
    this.depth = 0;
  }
  value(value, level) {
    // In newman a function reaches the console as a string that names it.
    if (typeof value === 'function') return quote(`[${tag(value)}${value.name ? `: ${value.name}` : ''}]`);
    if (value === null || typeof value !== 'object') return primitive(value, this.indent);
    if (this.seen.includes(value)) {
      if (!this.circular.has(value)) this.circular.set(value, this.circular.size + 1);
      return `[Circular *${this.circular.get(value)}]`;
    }
    return this.object(value, level);
  }
  object(value, level) {
    const shape = this.shape(value);
    if (shape.whole !== undefined) return shape.whole;
    if (level > DEPTH) return `[${shape.prefix.trim() || (shape.braces[0] === '[' ? 'Array' : 'Object')}]`;
    const around = this.depth;
    this.seen.push(value);
    this.depth = level;
    const parts = shape.parts(level);
    this.seen.pop();
    const mark = this.circular.has(value) ? `<ref *${this.circular.get(value)}> ` : '';
    if (!parts.length) {
      this.depth = around; // empty values do not count as a level
      return `${mark}${shape.prefix}${shape.braces[0]}${shape.braces[1]}`;
    }
    return this.join(parts, mark + shape.prefix, shape.braces, level, shape.array);
  }
  // shape returns how a kind of object is printed.
  shape(value) {
    const keys = () => [...Object.keys(value), ...Object.getOwnPropertySymbols(value).filter((s) => Object.prototype.propertyIsEnumerable.call(value, s))];
    const members = (list, level) => list.map((key) => `${keyed(key)}: ${this.member(value, key, level)}`);
    if (Array.isArray(value)) {
      return { prefix: '', braces: ['[', ']'], array: true, parts: (level) => [...this.elements(value, level), ...members(keys().filter((k) => !/^\d+$/.test(String(k))), level)] };
    }
    const kind = tag(value);
    if (value instanceof Date) return { whole: Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString() };
    if (value instanceof RegExp) return { whole: String(value) };
    if (value instanceof Error) return { prefix: '', braces: ['{', '}'], parts: (level) => [`type: 'Error'`, `name: ${quote(String(value.name))}`, `message: ${quote(String(value.message))}`] };
    if (value instanceof Map) return { prefix: `Map(${value.size}) `, braces: ['{', '}'], parts: (level) => [...value].map(([k, v]) => `${this.value(k, level + 1)} => ${this.value(v, level + 1)}`) };
    if (value instanceof Set) return { prefix: `Set(${value.size}) `, braces: ['{', '}'], parts: (level) => [...value].map((v) => this.value(v, level + 1)) };
    if (kind === 'Uint8Array' && typeof value.readUInt8 === 'function') {
      const hex = [...value.subarray(0, 50)].map((b) => b.toString(16).padStart(2, '0')).join(' ');
      return { whole: `<Buffer${hex ? ' ' + hex : ''}${value.length > 50 ? ` ... ${value.length - 50} more byte${value.length > 51 ? 's' : ''}` : ''}>` };
    }
    if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
      return { prefix: `${kind}(${value.length}) `, braces: ['[', ']'], array: true, parts: (level) => this.elements(value, level) };
    }
    if (value instanceof Promise) return { whole: '{}' };
    if (value instanceof WeakMap || value instanceof WeakSet) return { whole: quote(`[${kind}]`) };
    if (value instanceof ArrayBuffer) return { whole: quote(`[ArrayBuffer { byteLength: ${value.byteLength} }]`) };
    if (value instanceof Number || value instanceof Boolean || value instanceof String) return { whole: `[${kind}: ${primitive(value.valueOf())}]` };
    const json = typeof value.toJSON === 'function' ? value.toJSON() : value;
    if (json !== value) return { whole: this.value(json, this.seen.length) };
    return { prefix: '', braces: ['{', '}'], parts: (level) => members(keys(), level) };
  }
  elements(list, level) {
    const out = [];
    for (let i = 0; i < Math.min(list.length, ITEMS); i++) out.push(i in list ? this.nested(list[i], level) : 'undefined');
    if (list.length > ITEMS) out.push(`... ${list.length - ITEMS} more item${list.length - ITEMS > 1 ? 's' : ''}`);
    return out;
  }
  nested(value, level) {
    this.indent += 2;
    const out = this.value(value, level + 1);
    this.indent -= 2;
    return out;
  }
  member(value, key, level) {
    const own = Object.getOwnPropertyDescriptor(value, key);
    if (own && own.get && !('value' in own)) return this.nested(value[key], level);
    return this.nested(value[key], level);
  }
  // join puts the parts on one line when they fit and are nested at most three
  // deep.
  join(parts, prefix, [open, close], level, array) {
    const count = parts.length;
    if (array && count > 6) parts = this.group(parts);
    if (this.depth - level < 3 && count === parts.length) {
      const start = parts.length + this.indent + open.length + prefix.length + 10;
      const total = parts.reduce((sum, part) => sum + part.length, parts.length + start);
      const line = parts.join(', ');
      if (total <= WIDTH && !line.includes('\n')) return `${prefix}${open} ${line} ${close}`;
    }
    const pad = `\n${' '.repeat(this.indent)}`;
    return `${prefix}${open}${pad}  ${parts.join(`,${pad}  `)}${pad}${close}`;
  }
  // group arranges the elements of a long array in columns, as node does.
  group(parts) {
    let total = 0;
    let longest = 0;
    const last = parts[parts.length - 1].startsWith('... ') ? parts.length - 1 : parts.length;
    const lengths = [];
    for (let i = 0; i < last; i++) {
      lengths[i] = parts[i].length;
      total += lengths[i] + 2;
      longest = Math.max(longest, lengths[i]);
    }
    const actual = longest + 2;
    if (!(actual * 3 + this.indent < WIDTH) || !(total / actual > 5 || longest <= 6)) return parts;
    // The columns form about a square, given that letters are higher than wide.
    const wide = Math.max(actual - 3 - Math.sqrt(actual - total / parts.length), 1);
    const columns = Math.min(Math.round(Math.sqrt(2.5 * wide * last) / wide), Math.floor((WIDTH - this.indent) / actual), 12, 15);
    return this.columns(parts, lengths, last, columns);
  }
  columns(parts, lengths, last, columns) {
    if (columns <= 1) return parts;
    const widths = [];
    for (let i = 0; i < columns; i++) {
      let width = 0;
      for (let j = i; j < last; j += columns) width = Math.max(width, lengths[j]);
      widths.push(width + 2);
    }
    const right = parts.slice(0, last).every((part) => /^-?[\d.]+n?$/.test(part));
    const out = [];
    for (let i = 0; i < last; i += columns) {
      const end = Math.min(i + columns, last);
      let row = '';
      for (let j = i; j < end; j++) {
        const cell = j < end - 1 ? parts[j] + ', ' : parts[j];
        const width = j < end - 1 ? widths[j - i] : widths[j - i] - 2;
        row += right ? cell.padStart(width) : j < end - 1 ? cell.padEnd(width) : cell;
      }
      out.push(row);
    }
    if (last < parts.length) out.push(parts[last]);
    return out;
  }
}

const inspect = (value) => new Printer().value(value, 0);

// tooLong reports whether a text is longer than the rest of the allowed console
// output. Then the text is replaced by a fixed one.
const tooLong = (text) => text.length > 4096 && text.length > host.room();

// message returns one argument of a console call, as JSON for reports and
// printed for people.
function message(value) {
  let json;
  try { json = stringify(value); } catch { json = undefined; }
  if (json !== undefined && tooLong(json)) return { json, inspect: '' };
  let printed;
  try { printed = inspect(value); } catch { printed = '[Object]'; }
  return { json: json ?? 'null', inspect: printed };
}

return { message, inspect, tooLong };
