'use strict';

// AES of the library aes-js, which processes blocks of bytes, with an array of
// words for each round of a key. The object that is found is the prototype of
// its ciphers.

const { Accelerator, bytes } = load('accelerate');
const block = host.native('aes.bytes');

const METHODS = { encrypt: '_Ke', decrypt: '_Kd' };

function accelerate(proto) {
  const { constructor: AES } = proto;
  if (typeof AES !== 'function' || AES.prototype !== proto) return undefined;
  const it = new Accelerator(proto);
  return Object.entries(METHODS).filter(([name, rounds]) => it.own(name, rounds) && it.replace(proto[name], (plain) => function (text) {
    const out = new Uint8Array(16);
    return block(this[rounds], text, out, name === 'decrypt') ? out : plain(this, [text]);
  }, (call) => [16, 24, 32].map((size) => call(new AES(bytes(size)), bytes(16))))).length > 0;
}

return { accelerate };
