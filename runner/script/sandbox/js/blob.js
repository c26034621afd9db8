'use strict';

// Blob and File.

const { utf8, fromUtf8 } = load('bytes');

const { absent, wrongType, received } = load('coded');

const { isView } = ArrayBuffer;

// part returns the bytes of one part of a Blob.
function part(value, endings) {
  if (isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) return new Uint8Array(value);
  if (value instanceof Blob) return content(value);
  const text = String(value);
  return utf8(endings === 'native' ? text.replace(/\r\n?/g, '\n') : text);
}

function joined(parts) {
  const out = new Uint8Array(parts.reduce((sum, bytes) => sum + bytes.length, 0));
  let at = 0;
  for (const bytes of parts) {
    out.set(bytes, at);
    at += bytes.length;
  }
  return out;
}

const typeOf = (type) => (/^[\x20-\x7e]*$/.test(type) ? type.toLowerCase() : '');

let content;

class Blob {
  #bytes;
  #type;
  constructor(parts = [], options = {}) {
    if (parts === null || typeof parts !== 'object' || typeof parts[Symbol.iterator] !== 'function') {
      throw wrongType(`The "sources" argument must be a sequence. ${received(parts)}`);
    }
    if (typeof options !== 'object' && typeof options !== 'function') throw wrongType('The "options" argument must be a dictionary');
    const { type = '', endings = 'transparent' } = options ?? {};
    if (endings !== 'transparent' && endings !== 'native') throw new TypeError('options.endings must be transparent or native');
    this.#bytes = joined(Array.from(parts, (value) => part(value, endings)));
    this.#type = typeOf(String(type));
  }
  get size() { return this.#bytes.length; }
  get type() { return this.#type; }
  async arrayBuffer() { return this.#bytes.slice().buffer; }
  async bytes() { return this.#bytes.slice(); }
  async text() { return fromUtf8(this.#bytes); }
  slice(start = 0, end = this.size, type = '') { return new Blob([this.#bytes.slice(start, end)], { type }); }
  stream() {
    const bytes = this.#bytes.slice();
    return new (load('streams').ReadableStream)({
      start(controller) {
        if (bytes.length) controller.enqueue(bytes);
        controller.close();
      },
    });
  }
  get [Symbol.toStringTag]() { return 'Blob'; }
  static { content = (blob) => blob.#bytes; }
}

class File extends Blob {
  #name;
  #modified;
  constructor(parts, name, options = {}) {
    if (arguments.length < 2) throw absent('The "fileBits" and "fileName" arguments must be specified');
    super(parts, options);
    this.#name = String(name);
    this.#modified = options.lastModified === undefined ? Date.now() : Math.trunc(Number(options.lastModified)) || 0;
  }
  get name() { return this.#name; }
  get lastModified() { return this.#modified; }
  get [Symbol.toStringTag]() { return 'File'; }
}

return { Blob, File };
