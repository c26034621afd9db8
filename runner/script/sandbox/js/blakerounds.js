'use strict';

// The rounds of BLAKE2s and BLAKE3 of noble-hashes: what is found is the function
// that is given the order of a block's words, the block and sixteen words, and
// answers what they become.

const { Accelerator, words } = load('accelerate');
const rounds = host.native('blake.rounds');

const NAMES = Array.from({ length: 16 }, (_, i) => 'v' + i);

const accelerate = (fn) => new Accelerator({ fn }).replace(fn, (plain) => function (...args) {
  const out = new Int32Array(16);
  if (args.length !== 20 || !rounds(out, ...args)) return plain(this, args);
  const answer = {};
  for (let i = 0; i < 16; i++) answer[NAMES[i]] = out[i];
  return answer;
}, (call) => [1, 7].map((count) => {
  const order = Uint8Array.from({ length: 16 * count }, (_, i) => Math.imul(i + 3, 7) + (i >> 4) & 15);
  return call(undefined, order, 5, words(30), count, ...words(16));
}));

return { accelerate };
