'use strict';

// TextDecoder. UTF-8 and the usual single-byte encoding are decoded here, all
// others in Go; see host.decode.

const { coded, wrongType } = load('coded');
const { latin1, fromUtf8 } = load('bytes');

const view = (source) => {
  if (source === undefined) return new Uint8Array(0);
  if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  if (source instanceof ArrayBuffer || source instanceof SharedArrayBuffer) return new Uint8Array(source);
  throw wrongType('The "list" argument must be an instance of SharedArrayBuffer, ArrayBuffer or ArrayBufferView.');
};

// NONE are encodings that have a name, but that node cannot decode.
const NONE = ['replacement', 'x-user-defined', 'iso-8859-16'];

function encodingOf(label) {
  const name = host.encoding(String(label).trim().toLowerCase());
  if (name !== undefined && !NONE.includes(name)) return name;
  throw coded(new RangeError(`The "${name ?? label}" encoding is not supported`), 'ERR_ENCODING_NOT_SUPPORTED');
}

class TextDecoder {
  #rest = new Uint8Array(0); // the bytes of an incomplete character
  #begun = false;
  #encoding;
  #fatal;
  #ignoreBOM;
  constructor(label = 'utf-8', { fatal = false, ignoreBOM = false } = {}) {
    this.#encoding = label === 'utf-8' ? label : encodingOf(label);
    this.#fatal = Boolean(fatal);
    this.#ignoreBOM = Boolean(ignoreBOM);
  }
  get encoding() { return this.#encoding; }
  get fatal() { return this.#fatal; }
  get ignoreBOM() { return this.#ignoreBOM; }
  decode(source, { stream = false } = {}) {
    let bytes = view(source);
    if (this.#rest.length) bytes = Uint8Array.of(...this.#rest, ...bytes);
    const [text, rest] = this.#decoded(bytes, Boolean(stream));
    this.#rest = bytes.slice(bytes.length - rest);
    const first = !this.#begun;
    this.#begun = stream && (this.#begun || text !== '');
    return first && !this.#ignoreBOM && text[0] === '\uFEFF' ? text.slice(1) : text;
  }
  // #decoded returns the text of bytes, and how many bytes at their end are
  // incomplete.
  #decoded(bytes, stream) {
    switch (this.#encoding) {
      case 'windows-1252': return [latin1(bytes), 0];
      case 'utf-8': {
        const rest = stream ? unfinished(bytes) : 0;
        return [fromUtf8(bytes.subarray(0, bytes.length - rest), this.#fatal ? () => this.#invalid() : undefined), rest];
      }
    }
    const answer = host.decode(this.#encoding, latin1(bytes), stream, this.#fatal);
    if (answer === undefined) this.#invalid();
    const at = answer.indexOf(' ');
    return [answer.slice(at + 1), Number(answer.slice(0, at))];
  }
  #invalid() {
    throw coded(new TypeError(`The encoded data was not valid for encoding ${this.#encoding}`), 'ERR_ENCODING_INVALID_ENCODED_DATA');
  }
  get [Symbol.toStringTag]() { return 'TextDecoder'; }
}

// unfinished returns how many bytes at the end begin an incomplete character.
function unfinished(bytes) {
  for (let n = 1; n <= 3 && n <= bytes.length; n++) {
    const byte = bytes[bytes.length - n];
    if ((byte & 0xc0) === 0x80) continue;
    return byte >= 0xc0 && n < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? n : 0;
  }
  return 0;
}

return { TextDecoder };
