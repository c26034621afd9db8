'use strict';

// Functions that hash an array of words, of which a given number of bits count,
// and return the words of the result, as in Paul Johnston's md5.js and sha1.js
// and their many descendants. The function itself is what is found.

const { Accelerator } = load('accelerate');
const blocks = host.native('hash.blocks');
const { isArray } = Array;

// The hashes, each with its initial state, whether it reads the lowest byte
// first, and where in the last block the length is.
const HASHES = {
  md5: { begin: [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476], turned: true, place: 14 },
  sha1: { begin: [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0], turned: false, place: 15 },
  sha256: { begin: [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19], turned: false, place: 15 },
};

const MOST = 1 << 28; // greatest number of bits

function accelerate(fn) {
  const it = new Accelerator({ fn });
  return Object.entries(HASHES).some(([name, hash]) => it.replace(fn, (plain) => function (words, bits, ...more) {
    return more.length === 0 && result(name, hash, words, bits) || plain(this, [words, bits, ...more]);
  }, (call) => [0, 24, 440, 447, 448, 512, 1000].map((bits) => {
    const words = Array.from({ length: Math.ceil(bits / 32) }, (_, i) => Math.imul(i + 5, 0x9e3779b1));
    return [call(undefined, words, bits), words.join()];
  })));
}

// result returns what the function returns. It leaves the padding in the array,
// as the library does.
function result(name, { begin, turned, place }, words, bits) {
  if (!isArray(words) || !Number.isInteger(bits) || bits < 0 || bits > MOST || words.length > bits / 32 + 1) return undefined;
  const size = (((bits + 64) >>> 9) << 4) + 16;
  const padded = [];
  for (let i = 0; i < words.length; i++) {
    if (typeof words[i] !== 'number') return undefined;
    padded.push(words[i] | 0);
  }
  while (padded.length < size) padded.push(0);
  padded[bits >> 5] |= 0x80 << (turned ? bits % 32 : 24 - (bits % 32));
  const last = padded[bits >> 5];
  padded[size - 16 + place] = bits;
  const state = begin.map((word) => word | 0);
  if (!blocks(name, state, padded, 0, size / 16, false)) return undefined;
  words[bits >> 5] = last;
  words[size - 16 + place] = bits;
  return state;
}

return { accelerate };
