'use strict';

// AES of sjcl: what is found is the function that works on a block of four words
// with a cipher, which keeps the words of all rounds for either direction. It is
// tried once it is called, with the cipher it is given.

const { Accelerator, same } = load('accelerate');
const block = host.native('aes.block');
const { isArray } = Array;

const BLOCK = [1, 0x12345678, -2, 0x7fffffff]; // to try it with

// accelerate replaces crypt(cipher, block, direction), or a method crypt(block,
// direction) of ciphers.
function accelerate(fn) {
  const method = fn.length === 2;
  let rounds; // the name under which ciphers keep their words, null when Go does not know how
  return new Accelerator({ fn }).replace(fn, (plain) => function (...args) {
    const [cipher, input, direction] = method ? [this, ...args] : args;
    const crypt = (data, way) => plain(this, method ? [data, way] : [cipher, data, way]);
    if (rounds === undefined) rounds = nameOfRounds(cipher, crypt);
    return rounds !== null && work(cipher[rounds], input, direction) || plain(this, args);
  }, () => true);
}

// nameOfRounds is the name of what a cipher keeps its words under, if Go makes the
// same of a block with them.
function nameOfRounds(cipher, crypt) {
  try {
    const name = Object.keys(cipher).find((name) => isArray(cipher[name]) && cipher[name].length === 2 && cipher[name].every(isArray));
    return name && [0, 1].every((way) => same(crypt([...BLOCK], way), work(cipher[name], BLOCK, way))) ? name : null;
  } catch {
    return null;
  }
}

// work is what becomes of a block, undefined when that is the library's to say.
function work(rounds, input, direction) {
  if (!isArray(rounds) || !isArray(input) || input.length !== 4 || direction !== 0 && direction !== 1 || !isArray(rounds[direction])) return undefined;
  const out = [0, 0, 0, 0];
  return block(rounds[direction], rounds[direction].length, input, 0, out, 0, direction === 1, false) ? out : undefined;
}

return { accelerate };
