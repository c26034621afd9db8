'use strict';

// SHA-3 of libraries that store Keccak's lanes as words, the low one first:
// noble-hashes, which permutes them in a method, and js-sha3, which has a
// function for that. The object that is found is the prototype of their hashes.

const { Accelerator, reach, words } = load('accelerate');
const permute = host.native('hash.permute');

function accelerate(proto, last) {
  if (typeof proto.constructor !== 'function' || proto.constructor.prototype !== proto) return undefined;
  if (Object.hasOwn(proto, 'keccak')) return method(proto);
  return reach([proto.finalize], 1, '49 48 39 29 19 9').some(apart) || (last ? false : undefined); // the function may not exist yet
}

const state = () => words(50);

function method(proto) {
  const it = new Accelerator(proto);
  if (!it.own('keccak', 'state32 rounds posOut pos')) return false;
  return it.replace(proto.keccak, (plain) => function () {
    if (this.rounds !== 24 || !(this.state32 instanceof Uint32Array) || !permute(this.state32, true)) return plain(this, []);
    this.posOut = 0;
    this.pos = 0;
    return undefined;
  }, (call) => {
    const hash = new proto.constructor(136, 6, 32);
    hash.state32.set(state());
    call(hash);
    return hash;
  });
}

function apart(fn) {
  return new Accelerator({ fn }).replace(fn, (plain) => function (words) {
    return permute(words, true) ? undefined : plain(this, [words]);
  }, (call) => {
    const words = [...state()];
    call(undefined, words);
    return words;
  });
}

return { accelerate };
