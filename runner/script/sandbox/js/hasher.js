'use strict';

// Hashes of CryptoJS. The object that is found is the hash itself. Go hashes
// its blocks.

const { Accelerator } = load('accelerate');
const words = host.native('hash.words');

// The hashes by the number of words in their state: their names, and whether
// the library leaves its data with reversed bytes.
const PLAIN = { 4: [['md5', true]], 5: [['sha1', false], ['ripemd160', true]], 8: [['sha256', false]] };

function accelerate(hasher) {
  if (typeof hasher.create !== 'function' || typeof hasher.init !== 'function') return undefined;
  const it = new Accelerator(hasher);
  if (!it.own('_doProcessBlock', '') || !it.own('_doReset', '')) return false;
  const { _hash: hash, _state: lanes, blockSize } = hasher.create();
  const state = lanes ?? hash?.words;
  if (!Array.isArray(state) || !(blockSize > 0)) return false;
  const replace = (make) => it.replace(hasher._doProcessBlock, make, (call) => probe(hasher, call));
  if (lanes) return state.length === 25 && replace((plain) => pairs(plain, (self) => self._state, (self) => 'keccak' + 4 * self.blockSize, put));
  if (state.length === 8 && typeof state[0] === 'object') return replace((plain) => pairs(plain, (self) => self._hash?.words, () => 'sha512', sum));
  const found = (PLAIN[state.length] ?? []).find(([name, turned]) => replace((plain) => function (M, offset) {
    return take(name, this._hash?.words, M, offset, this.blockSize, turned) ? undefined : plain(this, [M, offset]);
  }));
  if (found) hashes.set(hasher._doProcessBlock, found);
  return found !== undefined;
}

const hashes = new WeakMap(); // by the function that hashes a block

// many hashes blocks from the first on, and returns how many.
function many(self, data, blocks) {
  const [name, turned] = hashes.get(self._doProcessBlock) ?? [];
  const state = self._hash?.words;
  if (!name || !Array.isArray(state) || !PLAIN[state.length]?.some(([other]) => other === name)) return 0;
  const size = self.blockSize;
  const most = Math.floor(1024 / size);
  let done = 0;
  while (done < blocks) {
    const count = Math.min(blocks - done, most);
    if (!words(name, state, data, done * size, count * size, turned)) break;
    done += count;
  }
  return done;
}

// probe hashes two blocks. The second has a missing word and one above the
// signed range.
function probe(hasher, call) {
  const it = hasher.create();
  const { blockSize } = it;
  const data = Array.from({ length: 2 * blockSize }, (_, i) => Math.imul(i + 1, 0x9e3779b1));
  delete data[blockSize + 3];
  data[blockSize + 5] = 0xdeadbeef;
  const state = it._state ?? it._hash.words;
  call(it, data, 0);
  const first = JSON.stringify(state);
  call(it, data, blockSize);
  return [first, state, data];
}

// take hashes a block into a state. A word may be missing or unsigned, which
// makes no difference to the library.
function take(name, state, data, offset, count, turned) {
  if (!Array.isArray(state) || !Array.isArray(data)) return false;
  if (words(name, state, data, offset, count, turned)) return true;
  const block = whole(data, offset, count);
  const result = whole(state, 0, state.length);
  if (!block || !result || !words(name, result, block, 0, count, turned)) return false;
  for (let i = 0; i < result.length; i++) state[i] = result[i];
  if (turned) for (let i = 0; i < count; i++) data[offset + i] = block[i];
  return true;
}

// whole returns signed words of an array.
function whole(array, offset, count) {
  const list = [];
  for (let i = 0; i < count; i++) {
    const word = array[offset + i];
    if (word !== undefined && typeof word !== 'number') return undefined;
    list.push(word | 0);
  }
  return list;
}

// pairs is for states whose words are objects with a high and a low half.
const pairs = (plain, stateOf, nameOf, add) => function (M, offset) {
  const state = stateOf(this);
  if (!Array.isArray(state)) return plain(this, [M, offset]);
  const flat = [];
  for (const { high, low } of state) flat.push(high | 0, low | 0);
  if (!take(nameOf(this), flat, M, offset, this.blockSize, false)) return plain(this, [M, offset]);
  for (let i = 0; i < state.length; i++) add(state[i], flat[2 * i], flat[2 * i + 1]);
  return undefined;
};

function put(pair, high, low) {
  pair.high = high;
  pair.low = low;
}

// sum stores a sum that the library does not reduce to 32 bits.
function sum(pair, high, low) {
  const added = (low - pair.low) | 0;
  pair.low += added;
  const carry = pair.low >>> 0 < added >>> 0 ? 1 : 0;
  pair.high += ((high - pair.high - carry) | 0) + carry;
}

return { accelerate, many };
