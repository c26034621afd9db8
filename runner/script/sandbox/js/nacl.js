'use strict';

// tweetnacl: what is found is the object that lists its functions, which call each
// other. Go does what takes long of them.

const { Accelerator } = load('accelerate');

const bytes = (size, first = 7) => Uint8Array.from({ length: size }, (_, i) => (i * 37 + first) & 255);

// FUNCTIONS are those functions, each with what a call leaves and answers.
const FUNCTIONS = {
  crypto_hash: (call) => [0, 111, 112, 300].map((n) => written(64, (out) => call(out, bytes(310), n))),
  crypto_scalarmult: (call) => written(32, (out) => call(out, bytes(32), bytes(32, 9))),
  crypto_sign_keypair: (call) => [written(32, (out) => call(out, bytes(64), true)), written(64, (secret) => call(bytes(32), secret, true))],
  crypto_sign: (call) => [0, 70].map((n) => written(64 + n, (out) => call(out, bytes(80), n, bytes(64)))),
  crypto_sign_open: (call, { crypto_sign: sign, crypto_sign_keypair: keypair }) => {
    const [key, secret, signed] = [bytes(32), bytes(64), bytes(74)];
    keypair(key, secret, true);
    sign(signed, bytes(10), 10, secret);
    const changed = signed.map((byte, i) => (i === 70 ? byte ^ 1 : byte));
    return [signed, changed].map((text) => written(74, (out) => call(out, text, 74, key)));
  },
  crypto_stream_xor: (call) => [0, 64, 201].map((n) => written(210, (out) => call(out, 3, bytes(230), 9, n, bytes(24), bytes(32)))),
  crypto_onetimeauth: (call) => [0, 16, 201].map((n) => written(20, (out) => call(out, 2, bytes(230), 9, n, bytes(32)))),
};

// written is what a call answers, and what it has left in an array.
function written(size, call) {
  const out = bytes(size, 1);
  return [call(out), out];
}

function accelerate(library) {
  const it = new Accelerator(library);
  return Object.entries(FUNCTIONS).filter(([name, probe]) => {
    const go = host.native('nacl.' + name);
    return it.own(name, '') && it.replace(library[name], (plain) => function (...args) {
      return go(...args) ?? plain(this, args);
    }, (call) => probe((...args) => call(undefined, ...args), library));
  }).length > 0;
}

return { accelerate };
