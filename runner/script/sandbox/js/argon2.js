'use strict';

// Argon2 of noble-hashes. The function that is found computes a block from two
// others; all are parts of one array of words.

const { instead, words } = load('accelerate');
const mix = host.native('argon2.mix');

const accelerate = (block) => instead(block, mix, (call) => [false, true].map((combine) => {
  const memory = words(1100);
  call(undefined, memory, 3, 300, 600, combine);
  call(undefined, memory, 600, 300, 600, false);
  return memory;
}));

return { accelerate };
