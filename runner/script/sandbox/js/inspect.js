'use strict';

// Values written the way Chai's failure messages write them: one line, at most
// about `room` characters, the rest of a container counted as "…(n)".
//
// Each writer takes the value and a `box` holding the room left. A writer takes
// what it needs from its own box; the room a list leaves behind is part of the
// format, so boxes are shared between a container's lists and never restored.

const MORE = '…';
const tagOf = (value) => Object.prototype.toString.call(value).slice(8, -1);

const cut = (text, room) => {
  text = String(text);
  if (text.length <= 1 || text.length <= room) return text;
  return room < 1 ? MORE : text.slice(0, room - 1) + MORE;
};

const ESCAPED = /['\u0000-\u001f\u007f-\u009f\u00ad\u0600-\u0604\u070f\u17b4\u17b5\u200c-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff0-\uffff]/g;
const SHORT = { '\b': '\\b', '\t': '\\t', '\n': '\\n', '\f': '\\f', '\r': '\\r', "'": "\\'" };
const escaped = (char) => SHORT[char] ?? '\\u' + char.charCodeAt(0).toString(16).padStart(4, '0');

// quoted escapes only the visible part of a long string.
const quoted = (text, box) => {
  const room = box.room - 2;
  const seen = text.length > room + 1 ? text.slice(0, Math.max(room + 1, 2)) : text;
  return `'${cut(seen.replace(ESCAPED, escaped), room)}'`;
};

const number = (value, box) => {
  if (value === 0) return Object.is(value, 0) ? '+0' : '-0';
  return Number.isFinite(value) || typeof value === 'object' ? cut(value, box.room) : String(value);
};

const bigint = (value, box) => {
  const digits = cut(value, box.room - 1);
  return digits === MORE ? digits : digits + 'n';
};

const named = (fn, box) => (fn.name ? `[Function ${cut(fn.name, box.room - 11)}]` : '[Function]');

const symbol = (value) => `Symbol(${value.description || ''})`;

// list writes items until the room is used up. It always looks one item ahead,
// so that "…(1)" is only written where the last item really has no room.
function list(items, box, write) {
  const size = items.length;
  const room = box.room;
  let out = '';
  let ahead = '';
  for (let i = 0; i < size; i++) {
    const left = size - i;
    const rest = `${MORE}(${left})`;
    box.room = room - out.length - (left > 1 ? 2 : 0);
    const text = ahead || write(items[i], box) + (left > 1 ? ', ' : '');
    const end = out.length + text.length;
    const tight = end + rest.length > room;
    if (left === 1) return end > room && out.length + rest.length <= room ? out + rest : out + text;
    if (left > 2 && tight) return out + rest;
    ahead = write(items[i + 1], box) + (left > 2 ? ', ' : '');
    if (left === 2 && tight && end + ahead.length > room) return out + rest;
    out += text;
    if (left > 2 && end + ahead.length >= room) return `${out}${MORE}(${left - 1})`;
  }
  return out;
}

const inner = (value, box) => show(value, box.room, box.path);

const PLAIN_KEY = /^[a-zA-Z_][a-zA-Z_0-9]*$/;
const keyText = (key) =>
  PLAIN_KEY.test(key) ? key : `'${JSON.stringify(key).slice(1, -1).replace(/'/g, "\\'").replace(/\\"/g, '"')}'`;

// propertiesOf writes "key: value" of the given keys of an object.
const propertiesOf = (object, keys, box) =>
  list(keys, box, (key, box) => {
    box.room -= 2;
    const name = typeof key === 'string' ? keyText(key) : `[${inner(key, box)}]`;
    box.room -= name.length;
    return `${name}: ${inner(object[key], box)}`;
  });

// within guards against a container that contains itself.
function within(value, box, write) {
  if (box.path.includes(value)) return '[Circular]';
  box.path.push(value);
  try {
    return write();
  } finally {
    box.path.pop();
  }
}

// extras lists the own keys of an array-like object after its elements.
const extras = (value) => Object.keys(value).slice(value.length);

function array(value, box) {
  const keys = extras(value);
  if (!value.length && !keys.length) return '[]';
  box.room -= 4;
  return within(value, box, () => {
    const items = list(value, box, inner);
    box.room -= items.length;
    const more = keys.length ? ', ' + propertiesOf(value, keys, box) : '';
    return `[ ${items}${more} ]`;
  });
}

const typedName = (value) => {
  if (typeof Buffer === 'function' && value instanceof Buffer) return 'Buffer';
  return value[Symbol.toStringTag] || value.constructor.name;
};

// typed counts the omitted elements from an element's value and not from its
// index, as Chai does.
function typed(value, box) {
  const name = typedName(value);
  const size = value.length;
  const keys = extras(value);
  if (!size && !keys.length) return `${name}[]`;
  box.room -= name.length + 4;
  let items = '';
  for (let i = 0; i < size; i++) {
    const text = cut(value[i], box.room) + (i === size - 1 ? '' : ', ');
    box.room -= text.length;
    if (value[i] !== size && box.room <= 3) {
      items += `${MORE}(${size - value[i] + 1})`;
      break;
    }
    items += text;
  }
  const more = keys.length ? ', ' + propertiesOf(value, keys, box) : '';
  return `${name}[ ${items}${more} ]`;
}

function date(value, box) {
  const text = value.toJSON();
  if (text === null) return 'Invalid Date';
  const [day, time] = text.split('T');
  return `${day}T${cut(time, box.room - day.length - 1)}`;
}

function regexp(value, box) {
  const flags = value.toString().split('/')[2];
  return `/${cut(value.source, box.room - 2 - flags.length)}/${flags}`;
}

// map writes a map of one entry as an empty one, as Chai does.
function map(value, box) {
  if (value.size < 2) return 'Map{}';
  box.room -= 7;
  const entry = ([key, item], box) => {
    box.room -= 4;
    const name = inner(key, box);
    box.room -= name.length;
    return `${name} => ${inner(item, box)}`;
  };
  return within(value, box, () => `Map{ ${list([...Map.prototype.entries.call(value)], box, entry)} }`);
}

function set(value, box) {
  if (value.size === 0) return 'Set{}';
  box.room -= 7;
  return within(value, box, () => `Set{ ${list([...Set.prototype.values.call(value)], box, inner)} }`);
}

function args(value, box) {
  if (value.length === 0) return 'Arguments[]';
  box.room -= 13;
  return `Arguments[ ${list(value, box, inner)} ]`;
}

const ERROR_KEYS = ['stack', 'line', 'column', 'name', 'message', 'fileName', 'lineNumber', 'columnNumber', 'number', 'description'];

function error(value, box) {
  const keys = Object.getOwnPropertyNames(value).filter((key) => !ERROR_KEYS.includes(key));
  const name = String(value.name);
  box.room -= name.length;
  let message = '';
  if (typeof value.message === 'string') message = cut(value.message, box.room);
  else keys.unshift('message');
  if (message) message = `: ${message}`;
  box.room -= message.length + 5;
  const more = propertiesOf(value, keys, box);
  return name + message + (more ? ` { ${more} }` : '');
}

function object(value, box) {
  const names = Object.getOwnPropertyNames(value);
  const symbols = Object.getOwnPropertySymbols(value);
  if (!names.length && !symbols.length) return '{}';
  box.room -= 4;
  return within(value, box, () => {
    const named = propertiesOf(value, names, box);
    const rest = propertiesOf(value, symbols, box);
    return `{ ${named}${named && rest ? ', ' : ''}${rest} }`;
  });
}

function instance(value, box) {
  const tag = Symbol.toStringTag in value ? value[Symbol.toStringTag] : '';
  const { constructor } = value;
  const name = tag || (typeof constructor === 'function' && constructor.name) || '<Anonymous Class>';
  const shown = name === '_class' ? '<Anonymous Class>' : name;
  box.room -= shown.length;
  return shown + object(value, box);
}

const nothing = () => '';

const writers = {
  __proto__: null,
  Boolean: String,
  Number: number,
  BigInt: bigint,
  String: (value, box) => quoted(String(value), box),
  Symbol: symbol,
  Array: array,
  Date: date,
  Map: map,
  Set: set,
  RegExp: regexp,
  Promise: () => 'Promise{…}',
  WeakSet: () => 'WeakSet{…}',
  WeakMap: () => 'WeakMap{…}',
  Arguments: args,
  Int8Array: typed,
  Uint8Array: typed,
  Uint8ClampedArray: typed,
  Int16Array: typed,
  Uint16Array: typed,
  Int32Array: typed,
  Uint32Array: typed,
  Float32Array: typed,
  Float64Array: typed,
  Generator: nothing,
  DataView: nothing,
  ArrayBuffer: nothing,
  Error: error,
};

// custom calls the value's own inspect methods that Chai knows.
function custom(value, box) {
  const own = Symbol.for('chai/inspect');
  const hook = typeof value[own] === 'function' ? own : 'inspect';
  if (typeof value[hook] !== 'function') return '';
  const options = {
    showHidden: false, depth: 2, colors: false, customInspect: true, showProxy: false,
    maxArrayLength: Infinity, breakLength: Infinity, truncate: box.room, seen: box.path,
    stylize: String, inspect: (value, options) => show(value, options?.truncate ?? box.room, box.path),
  };
  const text = hook === own ? value[own](options) : value.inspect(2, options);
  return typeof text === 'string' || !text ? text : show(text, options.truncate, box.path);
}

function show(value, room, path) {
  const box = { room, path };
  switch (typeof value) {
    case 'string': return quoted(value, box);
    case 'number': return number(value, box);
    case 'bigint': return bigint(value, box);
    case 'symbol': return symbol(value);
    case 'function': return named(value, box);
    case 'object': break;
    default: return String(value);
  }
  if (value === null) return 'null';
  const writer = writers[tagOf(value)];
  if (writer) return writer(value, box);
  const text = custom(value, box);
  if (text) return text;
  const proto = Object.getPrototypeOf(value);
  if (proto === Object.prototype || proto === null) return object(value, box);
  if (!('constructor' in value) || value.constructor === Object) return object(value, box);
  return instance(value, box);
}

const inspect = (value, room = Infinity) => show(value, room, []);

// display returns a value for a message. A value that is too long is named by
// its kind.
function display(value, threshold) {
  const text = inspect(value, threshold || Infinity);
  if (!threshold || text.length < threshold) return text;
  switch (tagOf(value)) {
    case 'Function': return value.name ? `[Function: ${value.name}]` : '[Function]';
    case 'Array': return `[ Array(${value.length}) ]`;
    case 'Object': {
      const keys = Object.keys(value);
      return `{ Object (${keys.slice(0, 2).join(', ')}${keys.length > 2 ? ', ...' : ''}) }`;
    }
    default: return text;
  }
}

return { inspect, display };
