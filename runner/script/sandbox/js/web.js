'use strict';

// Names of browsers and of node that scripts may use.

const { URL, URLSearchParams } = load('weburl');

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
  encodeInto(text, into) {
    let read = 0;
    let written = 0;
    for (const c of String(text)) {
      const bytes = this.encode(c);
      if (written + bytes.length > into.length) break;
      into.set(bytes, written);
      written += bytes.length;
      read += c.length;
    }
    return { read, written };
  }
}

const view = (source) => {
  if (source === undefined) return new Uint8Array(0);
  return ArrayBuffer.isView(source) ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength) : new Uint8Array(source);
};

class TextDecoder {
  #rest = new Uint8Array(0); // of a character that is not whole yet
  #begun = false;
  constructor(label = 'utf-8', { fatal = false, ignoreBOM = false } = {}) {
    const name = String(label).trim().toLowerCase();
    const known = { utf8: 'utf-8', 'utf-8': 'utf-8', latin1: 'windows-1252', 'iso-8859-1': 'windows-1252', ascii: 'windows-1252', 'windows-1252': 'windows-1252', 'utf-16le': 'utf-16le' };
    if (!known[name]) throw new RangeError(`The "${label}" encoding is not supported`);
    Object.assign(this, { encoding: known[name], fatal, ignoreBOM });
  }
  decode(source, { stream = false } = {}) {
    if (source !== undefined && !ArrayBuffer.isView(source) && !(source instanceof ArrayBuffer || source instanceof SharedArrayBuffer)) {
      throw new TypeError('The "list" argument must be an instance of SharedArrayBuffer, ArrayBuffer or ArrayBufferView.');
    }
    const bytes = this.#whole(view(source), stream);
    let text = '';
    if (this.encoding === 'windows-1252') text = load('bytes').latin1(bytes);
    else if (this.encoding === 'utf-16le') for (let i = 0; i + 1 < bytes.length; i += 2) text += String.fromCharCode(bytes[i] | (bytes[i + 1] << 8));
    else text = load('bytes').fromUtf8(bytes, this.fatal ? broken : undefined);
    const first = !this.#begun;
    this.#begun = stream && (this.#begun || text !== '');
    return first && !this.ignoreBOM && text[0] === '\uFEFF' ? text.slice(1) : text;
  }
  // #whole is what came before and now, in a stream up to the last whole character.
  #whole(bytes, stream) {
    if (this.#rest.length) bytes = Uint8Array.of(...this.#rest, ...bytes);
    const cut = stream ? bytes.length - unfinished(bytes, this.encoding) : bytes.length;
    this.#rest = bytes.slice(cut);
    return bytes.subarray(0, cut);
  }
}

const broken = () => { throw new TypeError('The encoded data was not valid for encoding utf-8'); };

// unfinished is how many bytes at the end begin a character that is not whole.
function unfinished(bytes, encoding) {
  if (encoding === 'utf-16le') return bytes.length % 2;
  if (encoding !== 'utf-8') return 0;
  for (let n = 1; n <= 3 && n <= bytes.length; n++) {
    const byte = bytes[bytes.length - n];
    if ((byte & 0xc0) === 0x80) continue;
    return byte >= 0xc0 && n < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? n : 0;
  }
  return 0;
}

// structuredClone copies. What is transferred is empty afterwards.
function structuredClone(value, options) {
  if (arguments.length === 0) throw new TypeError('The "value" argument must be specified');
  const copy = clone(value, new Map());
  for (const buffer of options?.transfer ?? []) {
    if (!(buffer instanceof ArrayBuffer)) throw new (load('domexception').DOMException)('Found invalid object in transferList', 'DataCloneError');
    buffer.transfer();
  }
  return copy;
}

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

const performance = { now: () => host.clock(), timeOrigin: Date.now() };

return {
  URL, URLSearchParams, TextEncoder, TextDecoder, structuredClone, performance,
  get crypto() { return load('subtle').crypto; },
  get Crypto() { return load('subtle').Crypto; },
  get CryptoKey() { return load('subtle').CryptoKey; },
  get SubtleCrypto() { return load('subtle').SubtleCrypto; },
  get Buffer() { return load('buffer').Buffer; },
  get Event() { return load('events').Event; },
  get EventTarget() { return load('events').EventTarget; },
  get Blob() { return load('blob').Blob; },
  get File() { return load('blob').File; },
  // Without the library of them there are no streams.
  get streams() { try { return load('streams'); } catch { return {}; } },
  get AbortController() { return load('abort').AbortController; },
  get AbortSignal() { return load('abort').AbortSignal; },
  get DOMException() { return load('domexception').DOMException; },
};
