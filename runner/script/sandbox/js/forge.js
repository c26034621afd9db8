'use strict';

// Hashes and AES of the library forge. The objects that are found are the list
// of its hashes, and the parts of AES. Each hash has an internal function for
// blocks, which is found through its public methods.

const { Accelerator } = load('accelerate');
const around = host.native('around');
const mentions = host.native('mentions');
const bytes = host.native('hash.bytes');
const block = host.native('aes.block');

const HASHES = { md5: 4, sha1: 5, sha256: 8, sha512: 16 }; // number of words in the state

function accelerate(object, all) {
  if (typeof object._updateBlock === 'function') return aes(object);
  const { algorithms } = object;
  if (typeof algorithms !== 'object' || algorithms === null) return undefined;
  if (!all && Object.keys(HASHES).some((name) => typeof object[name]?.create !== 'function')) return undefined; // the library is not complete yet
  return Object.entries(HASHES).filter(([name, size]) => hash(object[name], name, size)).length > 0;
}

// hash replaces the function that hashes blocks.
function hash(library, name, size) {
  const { update } = typeof library?.create === 'function' ? library.create() : {};
  const holder = { fn: typeof update === 'function' ? behind(update, size === 16 ? 'getInt32 length' : 'h0 h3 length') : undefined };
  const it = new Accelerator(holder);
  if (!holder.fn || !it.own('fn', '')) return false;
  const [read, write] = size === 16 ? [readPairs, writePairs] : [(state) => readWords(state, size), writeWords];
  return it.replace(holder.fn, (plain) => function (state, scratch, input) {
    const { data, read: from } = input ?? {};
    const size = blocks(data, from, name);
    const words = size > 0 && read(state);
    if (!words || !bytes(name, words, data.slice(from, from + size))) return plain(this, [state, scratch, input]);
    write(state, words);
    input.read = from + size;
    return undefined;
  }, (call) => [state(size), state(size)].map((s, i) => {
    const b = new Bytes();
    if (i) b.data += b.data;
    call(undefined, s, Array.from({ length: 80 }, () => (size === 16 ? [0, 0] : 0)), b);
    return [s, b.read];
  }));
}

// behind returns the function, with these words in its source, that another
// function uses.
function behind(fn, words) {
  for (let i = 0, f; (f = around(fn, i)) !== null; i++) if (f && mentions(f, words)) return f;
  return undefined;
}

// blocks returns the number of characters in whole blocks.
function blocks(data, from, name) {
  if (typeof data !== 'string' || !Number.isInteger(from) || from < 0) return 0;
  const count = data.length - from;
  return count - (count % (name === 'sha512' ? 128 : 64));
}

function readWords(state, size) {
  const words = [];
  for (let i = 0; i < size; i++) {
    const word = state?.['h' + i];
    if (typeof word !== 'number') return undefined;
    words.push(word | 0);
  }
  return words;
}

function writeWords(state, words) {
  for (let i = 0; i < words.length; i++) state['h' + i] = words[i];
}

const readPairs = (state) => (Array.isArray(state) && state.length === 8 ? state.flatMap(([high, low]) => [high | 0, low | 0]) : undefined);

function writePairs(state, words) {
  state.forEach((pair, i) => {
    pair[0] = words[2 * i] >>> 0;
    pair[1] = words[2 * i + 1] >>> 0;
  });
}

// state returns a state for probes.
function state(size) {
  const word = (i) => Math.imul(i + 5, 0x9e3779b1);
  if (size === 16) return Array.from({ length: 8 }, (_, i) => [word(i) >>> 0, word(i + 9) >>> 0]);
  return Object.fromEntries(Array.from({ length: size }, (_, i) => ['h' + i, word(i)]));
}

// Bytes has the interface of the library's input buffer. Its length leaves a
// part of a block over.
class Bytes {
  data = String.fromCharCode(...Array.from({ length: 300 }, (_, i) => (i * 37) & 255));
  read = 3;
  length() { return this.data.length - this.read; }
  #next() { return this.data.charCodeAt(this.read++); }
  getInt32() { return (this.#next() << 24) ^ (this.#next() << 16) ^ (this.#next() << 8) ^ this.#next(); }
  getInt32Le() { return this.#next() ^ (this.#next() << 8) ^ (this.#next() << 16) ^ (this.#next() << 24); }
}

function aes(object) {
  const it = new Accelerator(object);
  if (!it.own('_updateBlock', '') || !it.own('_expandKey', '')) return false;
  const keys = [4, 6, 8].map((size) => Array.from({ length: size }, (_, i) => Math.imul(i + 3, 0x9e3779b1)));
  return it.replace(object._updateBlock, (plain) => function (w, input, output, decrypt) {
    const done = Array.isArray(w) && typeof decrypt === 'boolean' && block(w, w.length, input, 0, output, 0, decrypt, false);
    return done ? undefined : plain(this, [w, input, output, decrypt]);
  }, (call) => keys.flatMap((key) => [false, true].map((decrypt) => {
    const output = [0, 0, 0, 0];
    call(undefined, object._expandKey([...key], decrypt), [1, -2, 0x12345678, -0x80000000], output, decrypt);
    return output;
  })));
}

return { accelerate };
