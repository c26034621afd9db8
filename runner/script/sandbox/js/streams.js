'use strict';

// The Streams standard, by its reference polyfill, and further streams of
// Postman: text streams and compression streams.

const streams = load('require').require('web-streams-polyfill');
const { TransformStream } = streams;
const { latin1, fromLatin1 } = load('bytes');
const { wrongValue } = load('coded');

// A piped stream passes data through a transformer.
class Piped {
  #stream;
  constructor(transformer) { this.#stream = new TransformStream(transformer); }
  get readable() { return this.#stream.readable; }
  get writable() { return this.#stream.writable; }
}

class TextEncoderStream extends Piped {
  constructor() {
    const encoder = new (load('web').TextEncoder)();
    let half = ''; // of a surrogate pair
    super({
      transform(chunk, controller) {
        const text = half + String(chunk);
        half = /[\ud800-\udbff]$/.exec(text)?.[0] ?? '';
        const whole = half ? text.slice(0, -1) : text;
        if (whole) controller.enqueue(encoder.encode(whole));
      },
      flush(controller) { if (half) controller.enqueue(encoder.encode(half)); },
    });
  }
  get encoding() { return 'utf-8'; }
  get [Symbol.toStringTag]() { return 'TextEncoderStream'; }
}

class TextDecoderStream extends Piped {
  #decoder;
  constructor(label, options) {
    const decoder = new (load('textdecoder').TextDecoder)(label, options);
    super({
      transform(chunk, controller) {
        const text = decoder.decode(chunk, { stream: true });
        if (text) controller.enqueue(text);
      },
      flush(controller) {
        const text = decoder.decode();
        if (text) controller.enqueue(text);
      },
    });
    this.#decoder = decoder;
  }
  get encoding() { return this.#decoder.encoding; }
  get fatal() { return this.#decoder.fatal; }
  get ignoreBOM() { return this.#decoder.ignoreBOM; }
  get [Symbol.toStringTag]() { return 'TextDecoderStream'; }
}

const FORMATS = ['gzip', 'deflate', 'deflate-raw'];

// whole collects everything that is written, and passes on the result at the
// end.
function whole(format, operation) {
  if (!FORMATS.includes(format)) {
    throw wrongValue(`The argument 'format' is invalid. Received ${typeof format === 'string' ? `'${format}'` : String(format)}`);
  }
  let data = '';
  return {
    transform(chunk) {
      if (!ArrayBuffer.isView(chunk) && !(chunk instanceof ArrayBuffer)) throw new TypeError('chunks must be bytes');
      data += latin1(load('bytes').view(chunk));
    },
    flush(controller) {
      const out = host.compress(operation, format, data);
      if (out === undefined) throw new TypeError('The compressed data was not valid');
      if (out) controller.enqueue(fromLatin1(out));
    },
  };
}

class CompressionStream extends Piped {
  constructor(format) { super(whole(format, 'compress')); }
  get [Symbol.toStringTag]() { return 'CompressionStream'; }
}

class DecompressionStream extends Piped {
  constructor(format) { super(whole(format, 'decompress')); }
  get [Symbol.toStringTag]() { return 'DecompressionStream'; }
}

return { ...streams, TextEncoderStream, TextDecoderStream, CompressionStream, DecompressionStream };
