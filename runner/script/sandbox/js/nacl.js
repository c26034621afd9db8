'use strict';

// tweetnacl. The object that is found lists its functions, which call each
// other. Go replaces the slow ones; of the elliptic curve, only the
// multiplication of numbers.

const { Accelerator } = load('accelerate');

const bytes = (size, first = 7) => Uint8Array.from({ length: size }, (_, i) => (i * 37 + first) & 255);

const limbs = (first, sign = 1) => Float64Array.from({ length: 16 }, (_, i) => sign * ((i * 9973 + first * 7919) & 0xffff));

// FUNCTIONS are these functions, each with a probe that returns its effects and
// its result.
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

// written returns the result of a call, and the array that it has filled.
function written(size, call) {
  const out = bytes(size, 1);
  return [call(out), out];
}

// multiplying returns nothing, like the library's function.
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
