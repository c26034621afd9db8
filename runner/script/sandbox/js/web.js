'use strict';

// Names of browsers and of node that scripts may use.

const { URL, URLSearchParams } = load('weburl');
const { atob } = load('base64');

class TextEncoder {
  get encoding() { return 'utf-8'; }
  encode(text = '') {
    const bytes = [];
    for (const c of String(text)) {
      let code = c.codePointAt(0);
      if (code >= 0xd800 && code <= 0xdfff) code = 0xfffd;
      if (code < 0x80) bytes.push(code);
      else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
      else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
      else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    }
    return new Uint8Array(bytes);
  }
}

const view = (source) => {
  if (source === undefined) return new Uint8Array(0);
  return ArrayBuffer.isView(source) ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength) : new Uint8Array(source);
};

class TextDecoder {
  constructor(label = 'utf-8', { fatal = false, ignoreBOM = false } = {}) {
    const name = String(label).trim().toLowerCase();
    const known = { utf8: 'utf-8', 'utf-8': 'utf-8', latin1: 'windows-1252', 'iso-8859-1': 'windows-1252', ascii: 'windows-1252', 'windows-1252': 'windows-1252', 'utf-16le': 'utf-16le' };
    if (!known[name]) throw new RangeError(`The "${label}" encoding is not supported`);
    Object.assign(this, { encoding: known[name], fatal, ignoreBOM });
  }
  decode(source) {
    const bytes = view(source);
    let text = '';
    if (this.encoding === 'windows-1252') for (const b of bytes) text += String.fromCharCode(b);
    else if (this.encoding === 'utf-16le') for (let i = 0; i + 1 < bytes.length; i += 2) text += String.fromCharCode(bytes[i] | (bytes[i + 1] << 8));
    else text = utf8(bytes, this.fatal);
    return !this.ignoreBOM && text[0] === '\uFEFF' ? text.slice(1) : text;
  }
}

// utf8 decodes as the Encoding Standard has it: a broken sequence is one
// replacement character.
function utf8(bytes, fatal) {
  let out = '';
  for (let i = 0; i < bytes.length;) {
    const first = bytes[i++];
    if (first < 0x80) { out += String.fromCharCode(first); continue; }
    let need = first >= 0xc2 && first <= 0xdf ? 1 : first >= 0xe0 && first <= 0xef ? 2 : first >= 0xf0 && first <= 0xf4 ? 3 : 0;
    let code = first & (0x3f >> need);
    let low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
    let high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
    const whole = need;
    while (need > 0 && i < bytes.length && bytes[i] >= low && bytes[i] <= high) {
      code = (code << 6) | (bytes[i++] & 0x3f);
      [low, high] = [0x80, 0xbf];
      need--;
    }
    if (whole && !need) out += String.fromCodePoint(code);
    else if (fatal) throw new TypeError('The encoded data was not valid for encoding utf-8');
    else out += '\uFFFD';
  }
  return out;
}

function structuredClone(value) { return clone(value, new Map()); }

const uncloneable = (value) => {
  const error = new Error(`${typeof value === 'function' ? String(value) : String(value)} could not be cloned.`);
  error.name = 'DataCloneError';
  return error;
};

function clone(value, seen) {
  if (typeof value === 'function' || typeof value === 'symbol') throw uncloneable(value);
  if (value === null || typeof value !== 'object') return value;
  if (seen.has(value)) return seen.get(value);
  const keep = (copy) => { seen.set(value, copy); return copy; };
  if (value instanceof Date) return keep(new Date(value.getTime()));
  if (value instanceof RegExp) return keep(new RegExp(value.source, value.flags));
  if (value instanceof ArrayBuffer) return keep(value.slice(0));
  if (ArrayBuffer.isView(value)) {
    const buffer = clone(value.buffer, seen);
    return keep(new value.constructor(buffer, value.byteOffset, value.length ?? value.byteLength));
  }
  if (value instanceof Map) {
    const copy = keep(new Map());
    for (const [k, v] of value) copy.set(clone(k, seen), clone(v, seen));
    return copy;
  }
  if (value instanceof Set) {
    const copy = keep(new Set());
    for (const v of value) copy.add(clone(v, seen));
    return copy;
  }
  if (value instanceof Error) {
    const copy = keep(Object.create(Object.getPrototypeOf(value)));
    for (const name of ['name', 'message', 'stack', 'cause']) if (name in value) Object.defineProperty(copy, name, { value: clone(value[name], seen), writable: true, configurable: true });
    return copy;
  }
  if (value instanceof Promise || value instanceof WeakMap || value instanceof WeakSet) throw uncloneable(value);
  if (value instanceof Number || value instanceof String || value instanceof Boolean) return keep(Object(value.valueOf()));
  const copy = keep(Array.isArray(value) ? new Array(value.length) : {});
  for (const key of Object.keys(value)) copy[key] = clone(value[key], seen);
  return copy;
}

const bytesOf = (base64) => {
  const text = atob(base64);
  const out = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) out[i] = text.charCodeAt(i);
  return out;
};

const toBase64 = (source) => {
  let text = '';
  for (const b of view(source)) text += String.fromCharCode(b);
  return load('base64').btoa(text);
};

const algorithmName = (algorithm) => String(algorithm?.name ?? algorithm).toUpperCase();
const hashName = (hash) => algorithmName(hash);

// A CryptoKey holds the bytes of a secret for HMAC.
class CryptoKey {
  constructor(bytes, algorithm, extractable, usages) {
    Object.defineProperty(this, '_bytes', { value: bytes });
    Object.assign(this, { type: 'secret', algorithm, extractable, usages });
  }
}

const subtle = {
  async digest(algorithm, data) {
    return bytesOf(host.digest(algorithmName(algorithm), toBase64(data))).buffer;
  },
  async importKey(format, data, algorithm, extractable, usages) {
    if (format !== 'raw' || algorithmName(algorithm) !== 'HMAC') throw new Error('only raw HMAC keys are supported');
    return new CryptoKey(view(data).slice(), { name: 'HMAC', hash: { name: hashName(algorithm.hash) } }, extractable, usages);
  },
  async sign(algorithm, key, data) {
    return bytesOf(host.hmac(key.algorithm.hash.name, toBase64(key._bytes), toBase64(data))).buffer;
  },
  async verify(algorithm, key, signature, data) {
    const want = new Uint8Array(await subtle.sign(algorithm, key, data));
    const got = view(signature);
    let differ = want.length ^ got.length;
    for (let i = 0; i < want.length; i++) differ |= want[i] ^ got[i];
    return differ === 0;
  },
  async exportKey(format, key) {
    if (format !== 'raw' || !key.extractable) throw new Error('the key is not extractable');
    return key._bytes.slice().buffer;
  },
};

const crypto = {
  subtle,
  getRandomValues(array) {
    if (!ArrayBuffer.isView(array)) throw new TypeError('getRandomValues wants an integer typed array');
    view(array).set(bytesOf(host.random(array.byteLength)));
    return array;
  },
  randomUUID() {
    const b = bytesOf(host.random(16));
    b[6] = (b[6] & 0x0f) | 0x40;
    b[8] = (b[8] & 0x3f) | 0x80;
    const hex = [...b].map((n) => n.toString(16).padStart(2, '0')).join('');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  },
};

const performance = { now: () => host.clock(), timeOrigin: Date.now() };

return {
  URL, URLSearchParams, TextEncoder, TextDecoder, structuredClone, crypto, performance,
  get Buffer() { return load('require').require('buffer').Buffer; },
};
