'use strict';

// The base object of hashes and ciphers in CryptoJS, which buffers their data.
// Many blocks are processed at once: the library processes the first three
// blocks of a cipher, from which Go learns what it needs and proves that it is
// right. The library also processes the last block, which leaves the same state
// as usual.

const { Accelerator } = load('accelerate');
const run = host.native('mode.run');
const { hasOwn } = Object;

const LEAST = 8; // least number of blocks for Go
const MOST = 1 << 16; // greatest number of blocks at once

function accelerate(buffered) {
  if (typeof buffered.reset !== 'function' || typeof buffered.extend !== 'function') return undefined;
  const it = new Accelerator(buffered);
  if (!it.own('_process', 'words sigBytes blockSize _minBufferSize _doProcessBlock splice init')) return false;
  return it.replace(buffered._process, (plain) => function (flush) {
    const { _data: data, blockSize } = this;
    const { words, sigBytes } = data ?? {};
    if (!Array.isArray(words) || !(blockSize > 0) || !(sigBytes >= 4 * blockSize * LEAST)) return plain(this, [flush]);
    const ready = sigBytes / (4 * blockSize);
    const blocks = flush ? Math.ceil(ready) : Math.max((ready | 0) - this._minBufferSize, 0);
    const { init } = Object.getPrototypeOf(data);
    if (typeof init !== 'function' || !(blocks >= LEAST)) return plain(this, [flush]);
    const end = blocks * blockSize;
    for (let at = many(this, words, blocks) * blockSize; at < end; at += blockSize) this._doProcessBlock(words, at);
    const bytes = Math.min(4 * end, sigBytes);
    const done = words.splice(0, end);
    data.sigBytes -= bytes;
    return new init(done, bytes);
  }, (call) => [true, false].flatMap((flush) => probe(buffered, call, flush)));
}

// probe processes blocks of something that is neither a cipher nor a hash.
function probe(buffered, call, flush) {
  const at = [];
  const it = buffered.extend({ blockSize: 2, _minBufferSize: 1, _doProcessBlock(words, offset) { at.push(offset, words[offset] ^= offset); } });
  it.reset();
  it._data.words = Array.from({ length: 37 }, (_, i) => i * i);
  it._data.sigBytes = 146;
  const { words, sigBytes } = call(it, flush);
  return [at, words, sigBytes, it._data.words, it._data.sigBytes, it._nDataBytes];
}

// many processes blocks from the first on, and returns how many.
function many(self, words, blocks) {
  if (hasOwn(self, '_doProcessBlock')) return 0;
  const cipher = self._mode;
  if (cipher === undefined) return load('hasher').many(self, words, blocks);
  const kind = typeof cipher === 'object' && cipher !== null && kindOf(self, cipher);
  return kind ? inMode(kind, self, cipher, words, blocks) : 0;
}

const known = new WeakMap(); // facts about a cipher in a mode, by both objects

// kindOf returns the facts about a cipher in a mode, while both objects are
// unchanged.
function kindOf(self, mode) {
  const owner = Object.getPrototypeOf(self);
  const proto = Object.getPrototypeOf(mode);
  if (['encryptBlock', 'decryptBlock'].some((name) => hasOwn(self, name)) || hasOwn(mode, 'processBlock') || mode._cipher !== self) return undefined;
  if (!known.has(owner)) known.set(owner, new WeakMap());
  const kinds = known.get(owner);
  if (!kinds.has(proto)) {
    const [one, two] = [new Accelerator(owner), new Accelerator(proto)];
    const own = one.own('encryptBlock', '') && one.own('decryptBlock', '') && one.own('_doProcessBlock', '_mode processBlock') && two.own('processBlock', '');
    kinds.set(proto, { own, intact: () => one.intact() && two.intact(), is: new Map() });
  }
  const kind = kinds.get(proto);
  return kind.own && kind.intact() ? kind : undefined;
}

// The member in which each mode keeps its state from block to block. Members of
// other names in the library's modes are no state.
const KEEPS = { cbc: '_prevBlock', cfb: '_prevBlock', ctr: '_counter', ofb: '_keystream', ecb: undefined };
const USED = { des: 2, '3des': 6 }; // words of a key that are used when the key is longer
const CIPHERS = { 2: ['des', '3des', 'blowfish'], 4: ['aes'] }; // by the words of a block

// inMode processes all blocks except the last, and returns how many.
function inMode(kind, self, mode, words, blocks) {
  const { blockSize: size } = self;
  const key = self._key?.words?.slice(0, self._key.sigBytes / 4);
  const usedKey = (cipher) => key.slice(0, USED[cipher]);
  const decrypts = self._xformMode === self._DEC_XFORM_MODE;
  const keeps = (name) => (KEEPS[name] ? mode[KEEPS[name]] : new Array(size).fill(0));
  self._doProcessBlock(words, 0);
  const states = Object.fromEntries(Object.keys(KEEPS).map((name) => [name, keeps(name)?.slice()]));
  const sample = words.slice(size, 3 * size);
  self._doProcessBlock(words, size);
  self._doProcessBlock(words, 2 * size);
  const shown = words.slice(size, 3 * size).join();
  // answers reports whether Go returns what the library returned for the
  // sample.
  const answers = (cipher, name) => {
    const [data, state] = [sample.slice(), states[name]];
    const left = Array.isArray(state) && state.length === size && run(cipher, name, decrypts, usedKey(cipher), state, data, 0, 2);
    return left && data.join() === shown && (!KEEPS[name] || left.join() === keeps(name).join());
  };
  const pairs = (CIPHERS[size] ?? []).flatMap((cipher) => Object.keys(KEEPS).map((name) => [cipher, name]));
  const pair = Array.isArray(key) && pairs.find(([cipher, name]) => answers(cipher, name));
  let done = 3;
  while (pair && done < blocks - 1) {
    const [cipher, name] = pair;
    const count = Math.min(blocks - 1 - done, MOST);
    const left = run(cipher, name, decrypts, usedKey(cipher), keeps(name), words, done * size, count);
    if (!left) break;
    done += count;
    if (name === 'cbc' || name === 'cfb') mode._prevBlock = left;
    else if (KEEPS[name]) for (let i = 0; i < size; i++) mode[KEEPS[name]][i] = left[i];
  }
  return done;
}

return { accelerate };
