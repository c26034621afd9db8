'use strict';

// Modes of AES in the library forge. The object that is found is the prototype
// of a mode. Of many blocks, the library processes the first three, from which
// Go learns what it needs and proves that it is right. The library also
// processes the last block, which leaves the same state as usual.

const { Accelerator } = load('accelerate');
const around = host.native('around');
const run = host.native('mode.text');
const { hasOwn, getPrototypeOf } = Object;

const LEAST = 8; // least number of blocks for Go
const MOST = 1 << 20; // greatest number of characters at once
const SIZE = 16; // characters of a block

function accelerate(mode) {
  const it = new Accelerator(mode);
  if (!it.own('encrypt', 'blockSize cipher getInt32 putInt32 _ints _inBlock _outBlock') || !it.own('decrypt', 'blockSize cipher getInt32 putInt32 _inBlock _outBlock')) return false;
  const replaced = ['encrypt', 'decrypt'].filter((name, i, both) => i === both.findIndex((other) => mode[other] === mode[name])).map((name) => it.replace(mode[name], (plain) => function (input, output, finish) {
    if (!suits(this, input, output, finish)) return plain(this, [input, output, finish]);
    return many(this, name === 'decrypt', input, output, () => plain(this, [input, output, finish]));
  }, () => undefined));
  return replaced.includes(true);
}

const buffers = new WeakMap(); // whether buffers are the library's, by prototype

// usual reports whether a buffer holds a string and is the library's own.
function usual(buffer) {
  if (typeof buffer?.data !== 'string' || !Number.isInteger(buffer.read) || hasOwn(buffer, 'getInt32') || hasOwn(buffer, 'putInt32') || hasOwn(buffer, 'putBytes')) return false;
  const proto = getPrototypeOf(buffer);
  if (!buffers.has(proto)) {
    const it = new Accelerator(proto);
    buffers.set(proto, it.own('getInt32', 'data charCodeAt read') && it.own('putInt32', 'putBytes fromCharCode') && it.own('putBytes', 'data length') && it.own('length', 'data length read') && it);
  }
  return buffers.get(proto) && buffers.get(proto).intact();
}

function suits(mode, input, output, finish) {
  if (finish || mode.blockSize !== SIZE || mode._partialBytes > 0 || input === output || !usual(input) || !usual(output)) return false;
  return input.data.length - input.read >= LEAST * SIZE && typeof output._constructedStringLength === 'number';
}

// wordsOf returns the round words of a cipher.
function wordsOf(cipher) {
  for (let i = 0, it; typeof cipher?.encrypt === 'function' && (it = around(cipher.encrypt, i)) !== null; i++) if (Array.isArray(it?._w)) return it._w;
  return undefined;
}

// The member in which each mode keeps its state from block to block.
const KEEPS = { ECB: undefined, CBC: '_prev', CFB: '_inBlock', OFB: '_inBlock', CTR: '_inBlock', GCM: '_inBlock' };

const stateOf = (mode) => ({ block: KEEPS[mode.name] ? mode[KEEPS[mode.name]]?.slice() : [0, 0, 0, 0], sum: mode.name === 'GCM' ? mode._s?.slice() : undefined });

// many makes a mode process all blocks except the last.
function many(mode, decrypts, input, output, plain) {
  const words = hasOwn(KEEPS, mode.name) && wordsOf(mode.cipher);
  if (plain()) return true;
  const learned = stateOf(mode);
  const [from, to] = [input.read, output.data.length];
  if (plain() || plain()) return true;
  const back = decrypts && (mode.name === 'CBC' || mode.name === 'ECB');
  const go = (state, text) => {
    const more = mode.name === 'GCM' ? [state.sum, mode._hashSubkey] : [];
    return run(back ? 'aes rounds back' : 'aes rounds', mode.name.toLowerCase(), decrypts, words, state.block, text, ...more);
  };
  const learns = words && go(learned, input.data.slice(from, input.read)) === output.data.slice(to);
  if (!learns || (KEEPS[mode.name] && JSON.stringify(learned) !== JSON.stringify(stateOf(mode)))) return undefined;
  for (let left; (left = input.data.length - input.read - SIZE) >= SIZE;) {
    const count = Math.min(left - (left % SIZE), MOST);
    const state = stateOf(mode);
    const text = go(state, input.data.slice(input.read, input.read + count));
    if (text === undefined) break;
    input.read += count;
    put(output, text);
    keep(mode, state, count);
  }
  return undefined;
}

function keep(mode, { block, sum }, count) {
  if (mode.name === 'CBC') mode._prev = block;
  else if (KEEPS[mode.name]) block.forEach((word, i) => { mode._inBlock[i] = word; });
  if (mode.name !== 'GCM') return;
  mode._s = sum;
  mode._cipherLength += count;
}

const CONSTRUCTED = 4096; // characters after which the library joins a text

// put writes a string as the library does, four characters at a time.
function put(buffer, text) {
  buffer.data += text;
  let steps = text.length / 4;
  const free = Math.floor((CONSTRUCTED - buffer._constructedStringLength) / 4) + 1;
  if (steps >= free) {
    steps = (steps - free) % (CONSTRUCTED / 4 + 1);
    buffer._constructedStringLength = 0;
  }
  buffer._constructedStringLength += 4 * steps;
}

return { accelerate };
