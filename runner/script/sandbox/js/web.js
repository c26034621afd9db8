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
  const shown = typeof value === 'object' ? Object.prototype.toString.call(value).replace(/^\[object (.*)]$/, '#<$1>') : String(value);
  return new (load('domexception').DOMException)(`${shown} could not be cloned.`, 'DataCloneError');
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

const failure = (message, name) => new (load('domexception').DOMException)(message, name);

// A CryptoKey holds the bytes of a secret, for HMAC or AES.
const secrets = new WeakMap();
class CryptoKey {
  constructor(bytes, algorithm, extractable, usages) {
    secrets.set(this, bytes);
    Object.assign(this, { type: 'secret', algorithm, extractable, usages: [...usages] });
  }
}

const keyFor = (key, usage) => {
  if (!key.usages.includes(usage)) throw failure('The requested operation is not valid for the provided key', 'InvalidAccessError');
  return toBase64(secrets.get(key));
};

const HASHES = { 'SHA-1': 64, 'SHA-256': 64, 'SHA-384': 128, 'SHA-512': 128 }; // block sizes

// detailsOf names an algorithm as its key shows it.
function detailsOf(algorithm, length) {
  const name = algorithmName(algorithm);
  if (name === 'HMAC') {
    const hash = hashName(algorithm.hash);
    return { name, hash: { name: hash }, length: length ?? algorithm.length ?? HASHES[hash] * 8 };
  }
  if (!/^AES-(GCM|CBC|CTR)$/.test(name)) throw failure('Unrecognized algorithm name', 'NotSupportedError');
  return { name, length: length ?? algorithm.length };
}

function aes(operation, algorithm, key, data) {
  const { iv, counter, additionalData, tagLength = 128 } = algorithm;
  const found = host.cipher(operation, algorithmName(algorithm), keyFor(key, operation), toBase64(iv ?? counter), toBase64(data), toBase64(additionalData), tagLength / 8);
  if (found === undefined) throw failure('The operation failed for an operation-specific reason', 'OperationError');
  return bytesOf(found).buffer;
}

const url64 = (bytes) => toBase64(bytes).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');

const subtle = {
  async digest(algorithm, data) {
    const name = algorithmName(algorithm);
    if (!Object.hasOwn(HASHES, name)) throw failure('Unrecognized algorithm name', 'NotSupportedError');
    return bytesOf(host.digest(name, toBase64(data))).buffer;
  },
  async importKey(format, data, algorithm, extractable, usages) {
    let bytes;
    if (format === 'raw') bytes = view(data).slice();
    else if (format === 'jwk' && data.kty === 'oct') bytes = bytesOf(data.k);
    else throw failure(`Unable to import a key of format ${format}`, 'NotSupportedError');
    return new CryptoKey(bytes, detailsOf(algorithm, bytes.length * 8), extractable, usages);
  },
  async generateKey(algorithm, extractable, usages) {
    const details = detailsOf(algorithm);
    return new CryptoKey(crypto.getRandomValues(new Uint8Array(details.length / 8)), details, extractable, usages);
  },
  async exportKey(format, key) {
    if (!key.extractable) throw failure('key is not extractable', 'InvalidAccessError');
    const bytes = secrets.get(key);
    if (format === 'raw') return bytes.slice().buffer;
    if (format === 'jwk') return { kty: 'oct', k: url64(bytes), ext: true, key_ops: [...key.usages] };
    throw failure(`Unable to export a key in format ${format}`, 'NotSupportedError');
  },
  async sign(algorithm, key, data) {
    return bytesOf(host.hmac(key.algorithm.hash.name, keyFor(key, 'sign'), toBase64(data))).buffer;
  },
  async verify(algorithm, key, signature, data) {
    return host.hmac(key.algorithm.hash.name, keyFor(key, 'verify'), toBase64(data)) === toBase64(signature);
  },
  async encrypt(algorithm, key, data) { return aes('encrypt', algorithm, key, data); },
  async decrypt(algorithm, key, data) { return aes('decrypt', algorithm, key, data); },
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
  get Buffer() { return load('buffer').Buffer; },
  get AbortController() { return load('abort').AbortController; },
  get AbortSignal() { return load('abort').AbortSignal; },
  get DOMException() { return load('domexception').DOMException; },
};
