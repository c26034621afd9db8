'use strict';

// node's Buffer.

const bytes = load('bytes');

class Bytes extends Uint8Array {}

const normal = (encoding) => {
  switch (String(encoding ?? 'utf8').toLowerCase()) {
    case 'utf8': case 'utf-8': return 'utf8';
    case 'ucs2': case 'ucs-2': case 'utf16le': case 'utf-16le': return 'utf16le';
    case 'latin1': case 'binary': return 'latin1';
    case 'ascii': return 'ascii';
    case 'hex': return 'hex';
    case 'base64': return 'base64';
    case 'base64url': return 'base64url';
    default: return undefined;
  }
};

function coded(encoding) {
  const name = normal(encoding);
  if (name === undefined) {
    throw Object.assign(new TypeError(`Unknown encoding: ${encoding}`), { code: 'ERR_UNKNOWN_ENCODING' });
  }
  return name;
}

function encode(text, encoding) {
  switch (coded(encoding)) {
    case 'utf16le': return bytes.utf16(text);
    case 'latin1': case 'ascii': return bytes.fromLatin1(text);
    case 'hex': return bytes.fromHex(text);
    case 'base64': case 'base64url': return bytes.fromBase64(text);
    default: return bytes.utf8(text);
  }
}

function decode(view, encoding) {
  switch (coded(encoding)) {
    case 'utf16le': return bytes.fromUtf16(view);
    case 'latin1': return bytes.latin1(view);
    case 'ascii': return bytes.latin1(view.map((byte) => byte & 127));
    case 'hex': return bytes.hex(view);
    case 'base64': return bytes.base64(view);
    case 'base64url': return bytes.base64(view).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
    default: return bytes.fromUtf8(view);
  }
}

// over returns a Buffer on the memory of an array, without a copy.
const over = (array) => new Bytes(array.buffer, array.byteOffset, array.byteLength);

const isBuffer = (value) => value instanceof Bytes;
const isMemory = (value) => value instanceof ArrayBuffer || value instanceof SharedArrayBuffer;

function received(value) {
  if (value === null || value === undefined) return ` Received ${value}`;
  if (typeof value === 'function') return ` Received function ${value.name}`;
  if (typeof value === 'object') return ` Received an instance of ${value.constructor?.name ?? 'Object'}`;
  return ` Received type ${typeof value} (${typeof value === 'string' ? `'${value}'` : String(value)})`;
}

const mistake = (text, value) =>
  Object.assign(new TypeError(text + received(value)), { code: 'ERR_INVALID_ARG_TYPE' });

// within returns a Buffer on a part of an ArrayBuffer.
function within(memory, offset, length) {
  const start = Math.trunc(offset) || 0;
  if (start > memory.byteLength) throw new RangeError('"offset" is outside of buffer bounds');
  if (start + length > memory.byteLength) throw new RangeError('"length" is outside of buffer bounds');
  return new Bytes(memory, start, length);
}

function from(value, encoding, length) {
  if (typeof value === 'string') return over(encode(value, encoding));
  if (value !== null && typeof value === 'object') {
    if (isMemory(value)) return within(value, encoding, length);
    if (value.type === 'Buffer' && Array.isArray(value.data)) return new Bytes(value.data);
    if (value instanceof String) return from(String(value), encoding);
    if (ArrayBuffer.isView(value) || typeof value.length === 'number') return new Bytes(value);
    const primitive = value[Symbol.toPrimitive]?.('string') ?? value.valueOf();
    if (primitive !== value && primitive !== null && primitive !== undefined) return from(primitive, encoding, length);
  }
  throw mistake('The first argument must be of type string or an instance of Buffer, ArrayBuffer, or Array or an Array-like Object.', value);
}

function sized(size) {
  if (typeof size !== 'number') throw mistake('The "size" argument must be of type number.', size);
  if (!(size >= 0 && size <= 0x7fffffff)) {
    throw Object.assign(new RangeError(`The value of "size" is out of range. It must be >= 0 && <= 2147483647. Received ${size}`), { code: 'ERR_OUT_OF_RANGE' });
  }
  return new Bytes(size);
}

function alloc(size, fill, encoding) {
  const out = sized(size);
  return fill === undefined || fill === 0 ? out : out.fill(fill, encoding);
}

const isBytes = (value) => value instanceof Uint8Array;

function concat(list, total) {
  if (!Array.isArray(list)) throw mistake('The "list" argument must be an instance of Array.', list);
  if (!list.every(isBytes)) throw new TypeError('"list" argument must be an Array of Buffers');
  total ??= list.reduce((sum, part) => sum + part.length, 0);
  const out = new Bytes(total);
  let at = 0;
  for (const part of list) {
    if (at >= total) break;
    out.set(part.subarray(0, total - at), at);
    at += part.length;
  }
  return out;
}

function order(a, b) {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return a[i] < b[i] ? -1 : 1;
  return Math.sign(a.length - b.length);
}

function byteLength(value, encoding) {
  if (typeof value === 'string') return encode(value, encoding).length;
  if (isMemory(value) || ArrayBuffer.isView(value)) return value.byteLength;
  throw mistake('The "string" argument must be of type string or an instance of Buffer or ArrayBuffer.', value);
}

function find(buffer, value, from, encoding, step) {
  if (typeof from === 'string') [from, encoding] = [undefined, from];
  if (!['number', 'string'].includes(typeof value) && !isBytes(value)) throw new TypeError('val must be string, number or Buffer');
  const wanted = typeof value === 'number' ? [value & 255] : typeof value === 'string' ? encode(value, encoding) : value;
  const last = buffer.length - wanted.length;
  let at = from === undefined ? (step > 0 ? 0 : last) : Math.trunc(from) || 0;
  if (at < 0) at += buffer.length;
  at = step > 0 ? Math.max(at, 0) : Math.min(at, last);
  search: for (; at >= 0 && at <= last; at += step) {
    for (let i = 0; i < wanted.length; i++) if (buffer[at + i] !== wanted[i]) continue search;
    return at;
  }
  return -1;
}

const { fill: fillBytes, subarray } = Uint8Array.prototype;

function compare(a, b) {
  if (!isBytes(a) || !isBytes(b)) throw new TypeError('The "buf1", "buf2" arguments must be one of type Buffer or Uint8Array');
  return order(a, b);
}

const methods = {
  toString(encoding, start = 0, end = this.length) {
    start = Math.max(Math.trunc(start) || 0, 0);
    return start >= end ? '' : decode(subarray.call(this, start, Math.max(end, 0)), encoding);
  },
  toJSON() { return { type: 'Buffer', data: [...this] }; },
  equals(other) {
    if (!isBytes(other)) throw new TypeError('Argument must be a Buffer');
    return this === other || order(this, other) === 0;
  },
  compare(other, start = 0, end = other?.length, from = 0, to = this.length) {
    if (!isBytes(other)) throw new TypeError(`The "target" argument must be one of type Buffer or Uint8Array. Received type ${typeof other}`);
    return order(subarray.call(this, from, to), other.subarray(start, end));
  },
  copy(target, at = 0, start = 0, end = this.length) {
    if (!isBytes(target)) throw new TypeError('argument should be a Buffer');
    const part = subarray.call(this, start, Math.min(end, start + target.length - at));
    target.set(part, at);
    return part.length;
  },
  slice(start, end) { return this.subarray(start, end); },
  write(text, at = 0, length = this.length - at, encoding = 'utf8') {
    if (typeof at === 'string') [at, length, encoding] = [0, this.length, at];
    else if (typeof length === 'string') [length, encoding] = [this.length - at, length];
    if (at > this.length) throw new RangeError('Attempt to write outside buffer bounds');
    const part = encode(text, encoding).subarray(0, Math.min(length, this.length - at));
    this.set(part, at);
    return part.length;
  },
  fill(value, start, end, encoding) {
    if (typeof start === 'string') [start, encoding] = [undefined, start];
    else if (typeof end === 'string') [end, encoding] = [undefined, end];
    if (typeof value === 'number') return fillBytes.call(this, value, start, end);
    const pattern = typeof value === 'string' ? encode(value, encoding) : value;
    const stop = end ?? this.length;
    if (start < 0 || start > this.length || stop > this.length) throw new RangeError('Out of range index');
    for (let i = start ?? 0, n = 0; i < stop; i++, n++) this[i] = pattern.length ? pattern[n % pattern.length] : 0;
    return this;
  },
  indexOf(value, from, encoding) { return find(this, value, from, encoding, 1); },
  lastIndexOf(value, from, encoding) { return find(this, value, from, encoding, -1); },
  includes(value, from, encoding) { return find(this, value, from, encoding, 1) >= 0; },
  swap16() { return swapped(this, 2); },
  swap32() { return swapped(this, 4); },
  swap64() { return swapped(this, 8); },
  toLocaleString(...args) { return this.toString(...args); },
  inspect() {
    const shown = decode(subarray.call(this, 0, 50), 'hex').replace(/../g, ' $&');
    return `<Buffer${shown}${this.length > 50 ? ' ... ' : ''}>`;
  },
};

// swapped reverses the bytes of each group of size bytes.
function swapped(buffer, size) {
  if (buffer.length % size) throw new RangeError(`Buffer size must be a multiple of ${size * 8}-bits`);
  for (let i = 0; i < buffer.length; i += size) subarray.call(buffer, i, i + size).reverse();
  return buffer;
}

function readable(buffer, at, size) {
  if (!(at >= 0 && at + size <= buffer.length)) throw new RangeError('Trying to access beyond buffer length');
}

function writable(buffer, at, size, value, [least, most]) {
  if (value < least || value > most) throw new RangeError('"value" argument is out of bounds');
  if (!(at >= 0 && at + size <= buffer.length)) throw new RangeError('Index out of range');
}

// named adds a reader and a writer, under both spellings of their name.
function named(name, read, write) {
  for (const alias of new Set([name, name.replace('UInt', 'Uint')])) {
    methods[`read${alias}`] = read;
    methods[`write${alias}`] = write;
  }
}

const limits = (bits, unsigned) => (unsigned ? [0, 2 ** bits - 1] : [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1]);

// number adds the readers and writers of one kind of number. bits is the size
// of an integer.
function number(name, size, kind = name, bits = 0) {
  const range = bits ? limits(bits, name.startsWith('U')) : [-Infinity, Infinity];
  const view = (buffer) => new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
  for (const [suffix, little] of size === 1 ? [['', true]] : [['LE', true], ['BE', false]]) {
    const read = function (at = 0) {
      readable(this, at, size);
      return view(this)[`get${kind}`](at, little);
    };
    const write = function (value, at = 0) {
      writable(this, at, size, value, range);
      view(this)[`set${kind}`](at, value, little);
      return at + size;
    };
    named(`${name}${suffix}`, read, write);
  }
}

// sizedNumber adds the readers and writers of integers of one to six bytes.
function sizedNumber(name, little) {
  const unsigned = name.startsWith('U');
  const place = (i, size) => 256 ** (little ? i : size - 1 - i);
  const read = function (at, size) {
    readable(this, at, size);
    let out = 0;
    for (let i = 0; i < size; i++) out += this[at + i] * place(i, size);
    return unsigned || out < 2 ** (size * 8 - 1) ? out : out - 2 ** (size * 8);
  };
  const write = function (value, at, size) {
    writable(this, at, size, value, limits(size * 8, unsigned));
    for (let i = 0; i < size; i++) this[at + i] = Math.floor(value / place(i, size));
    return at + size;
  };
  named(`${name}${little ? 'LE' : 'BE'}`, read, write);
}

for (const bits of [8, 16, 32]) {
  number(`UInt${bits}`, bits / 8, `Uint${bits}`, bits);
  number(`Int${bits}`, bits / 8, `Int${bits}`, bits);
}
number('BigUInt64', 8, 'BigUint64');
number('BigInt64', 8);
number('Float', 4, 'Float32');
number('Double', 8, 'Float64');
for (const name of ['UInt', 'Int']) {
  sizedNumber(name, true);
  sizedNumber(name, false);
}

// Buffer is callable with and without new, as node's is.
function Buffer(value, encoding, length) {
  return typeof value === 'number' ? sized(value) : from(value, encoding, length);
}

const hidden = (target, members) => {
  for (const name of Object.keys(members)) {
    Object.defineProperty(target, name, { value: members[name], writable: true, configurable: true, enumerable: false });
  }
};

hidden(Bytes.prototype, methods);
hidden(Bytes.prototype, { constructor: Buffer });
for (const [name, of] of [['parent', 'buffer'], ['offset', 'byteOffset']]) {
  Object.defineProperty(Bytes.prototype, name, { get() { return this instanceof Bytes ? this[of] : undefined; }, configurable: true });
}
Object.setPrototypeOf(Buffer, Uint8Array);
Object.defineProperty(Buffer, 'prototype', { value: Bytes.prototype, writable: false });
Object.defineProperty(Bytes, Symbol.species, { get: () => Bytes });
Object.defineProperty(Buffer, Symbol.species, { get: () => Bytes });
Object.assign(Buffer, {
  from, alloc, concat, byteLength, isBuffer,
  allocUnsafe: sized, allocUnsafeSlow: sized, compare,
  of: (...items) => new Bytes(items),
  isEncoding: (name) => typeof name === 'string' && normal(name) !== undefined,
  poolSize: 8192,
});

return { Buffer, SlowBuffer: Buffer, kMaxLength: 0x7fffffff, INSPECT_MAX_BYTES: 50 };
