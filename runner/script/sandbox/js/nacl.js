'use strict';

// tweetnacl: what is found is the object that lists its functions, which call each
// other. Go does what takes long of them; of its curve, the multiplication of
// numbers.

const { Accelerator } = load('accelerate');

const bytes = (size, first = 7) => Uint8Array.from({ length: size }, (_, i) => (i * 37 + first) & 255);

const limbs = (first, sign = 1) => Float64Array.from({ length: 16 }, (_, i) => sign * ((i * 9973 + first * 7919) & 0xffff));

// FUNCTIONS are those functions, each with what a call leaves and answers.
const FUNCTIONS = {
  crypto_hash: (call) => [0, 111, 112, 300].map((n) => written(64, (out) => call(out, bytes(310), n))),
  M: (call) => [[limbs(3), limbs(9)], [limbs(5), limbs(5)], [limbs(1, -1), limbs(2)]].map(([a, b]) => {
    const out = new Float64Array(16);
    call(out, a, b);
    call(a, out, a);
    return [out, a];
  }),
  crypto_stream_xor: (call) => [0, 64, 201].map((n) => written(210, (out) => call(out, 3, bytes(230), 9, n, bytes(24), bytes(32)))),
  crypto_onetimeauth: (call) => [0, 16, 201].map((n) => written(20, (out) => call(out, 2, bytes(230), 9, n, bytes(32)))),
};

// written is what a call answers, and what it has left in an array.
function written(size, call) {
  const out = bytes(size, 1);
  return [call(out), out];
}

// multiplying answers nothing, as the library's does.
const multiplying = (go) => (plain) => function (out, a, b) { if (!go(out, a, b)) plain(this, [out, a, b]); };

function accelerate(library) {
  const it = new Accelerator(library);
  return Object.entries(FUNCTIONS).filter(([name, probe]) => {
    const go = host.native('nacl.' + name);
    const make = name === 'M' ? multiplying(go) : (plain) => function (...args) { return go(...args) ?? plain(this, args); };
    return it.own(name, '') && it.replace(library[name], make, (call) => probe((...args) => call(undefined, ...args)));
  }).length > 0;
}

return { accelerate };
