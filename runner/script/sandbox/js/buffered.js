'use strict';

// Buffers of CryptoJS, in which hashes and ciphers gather their data: what is
// found is the object they all inherit from. It has many blocks worked at once:
// the first three of a cipher by the library, by which Go learns and shows what
// the others need, and the last by the library again, which leaves all as it
// would have been.

const { Accelerator } = load('accelerate');
const run = host.native('mode.run');
const { hasOwn } = Object;

const LEAST = 8; // blocks that are worth it
const MOST = 1 << 16; // blocks in one go

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

// probe has something work on blocks that is no cipher and no hash.
function probe(buffered, call, flush) {
  const at = [];
  const it = buffered.extend({ blockSize: 2, _minBufferSize: 1, _doProcessBlock(words, offset) { at.push(offset, words[offset] ^= offset); } });
  it.reset();
  it._data.words = Array.from({ length: 37 }, (_, i) => i * i);
  it._data.sigBytes = 146;
  const { words, sigBytes } = call(it, flush);
  return [at, words, sigBytes, it._data.words, it._data.sigBytes, it._nDataBytes];
}

// many works blocks from the first on, and answers how many.
function many(self, words, blocks) {
  if (hasOwn(self, '_doProcessBlock')) return 0;
  const cipher = self._mode;
  if (cipher === undefined) return load('hasher').many(self, words, blocks);
  const kind = typeof cipher === 'object' && cipher !== null && kindOf(self, cipher);
  return kind ? inMode(kind, self, cipher, words, blocks) : 0;
}

const known = new WeakMap(); // what a cipher's object and its mode's are, by the first and the second

// kindOf is what is known of a cipher in a mode, while both are what they were.
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

// What a mode keeps from block to block, by its name; the library's own member
// of another name is none of them.
const KEEPS = { cbc: '_prevBlock', cfb: '_prevBlock', ctr: '_counter', ofb: '_keystream', ecb: undefined };
const USED = { des: 2, '3des': 6 }; // words of a key, where a longer one is taken
const CIPHERS = { 2: ['des', '3des', 'blowfish'], 4: ['aes'] }; // by the words of a block

// inMode works all blocks but the last, and answers how many.
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
  // answers reports whether Go does with the sample what the library did.
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
