'use strict';

// BLAKE2 of noble-hashes. The object that is found is the prototype of a class.
// Its method compress hashes a block, a part of an array of words, into the
// state that get and set access.

const { Accelerator, words } = load('accelerate');
const BLOCKS = { 16: host.native('blake2b.block'), 8: host.native('blake2s.block') };

function accelerate(proto) {
  const it = new Accelerator(proto);
  const Hash = proto.constructor;
  if (!['compress', 'get', 'set'].every((name) => it.own(name, '')) || typeof Hash !== 'function' || Hash.prototype !== proto) return false;
  const block = BLOCKS[new Hash().get()?.length];
  return Boolean(block) && it.replace(proto.compress, (plain) => function (message, offset, last, ...more) {
    const state = it.intact() && this.get();
    if (!state || !block(state, message, offset, this.length, last)) return plain(this, [message, offset, last, ...more]);
    this.set(...state);
    return undefined;
  }, (call) => [[128, false], [2 ** 40 + 9, true]].map(([length, last]) => {
    const hash = new Hash();
    hash.length = length;
    call(hash, words(80), 7, last);
    return hash.get();
  }));
}

return { accelerate };
