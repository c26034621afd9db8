'use strict';

// Names of browsers and of node that scripts may use.

const { absent } = load('coded');
const { URL, URLSearchParams } = load('weburl');
const { TextDecoder } = load('textdecoder');

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
  get [Symbol.toStringTag]() { return 'TextEncoder'; }
}

// structuredClone copies a value. Transferred objects are empty afterwards.
function structuredClone(value, options) {
  if (arguments.length === 0) throw absent('The "value" argument must be specified');
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

// unchanging reports whether a value belongs to a class of immutable objects,
// which need no copy.
function unchanging(value) {
  const prototype = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype || prototype === Array.prototype) return false;
  return value instanceof load('blob').Blob || value instanceof load('subtle').CryptoKey;
}

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
  if (unchanging(value)) return keep(value);
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
  // When their library cannot be loaded, there are no streams.
  get streams() { try { return load('streams'); } catch { return {}; } },
  get AbortController() { return load('abort').AbortController; },
  get AbortSignal() { return load('abort').AbortSignal; },
  get DOMException() { return load('domexception').DOMException; },
};
