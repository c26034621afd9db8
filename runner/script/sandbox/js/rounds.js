'use strict';

// Hashes of libraries with an internal function for a block: jsSHA and sjcl.
// The object that is found has the methods of their hashes, from which the
// functions are reached.

const { Accelerator, reach, surroundings } = load('accelerate');
const blocks = host.native('hash.blocks');
const permute = host.native('hash.permute');
const { isArray } = Array;

const done = new WeakSet(); // constructors

// ROUNDS describe these functions: words in their source, their number of
// parameters, and how Go replaces them.
const ROUNDS = [
  { words: '1518500249 1859775393 2400959708 3395469782', count: 2, kind: () => flat('sha1', 5) },
  { words: '64 16 15 7 2', count: 2, kind: () => flat('sha256', 8) },
  { words: '80 16 15 7 2', count: 2, kind: (Hash) => pairs(stateOf(Hash, 'SHA-512', isPairs)) },
  { words: '64 80 16 15 7 2', count: 3, kind: (Hash) => either(flat('sha256', 8), pairs(stateOf(Hash, 'SHA-512', isPairs))) },
  { words: '24 5 4', count: 2, kind: (Hash) => lanes(stateOf(Hash, 'SHA3-256', isLanes)) },
  { words: '64 16 15 14 13 11', count: 2, kind: (Hash) => held(Hash, 8) },
];

function accelerate(object, last) {
  const { update, finalize } = object;
  const Hash = classOf(object);
  if (done.has(Hash)) return false;
  const starts = [Hash, update, finalize].filter((fn) => typeof fn === 'function');
  const replaced = typeof Hash === 'function' && ROUNDS.filter(({ words, count, kind }) => reach(starts, count, words).some((fn) => {
    try {
      const { make, probe } = kind(Hash);
      return new Accelerator({ fn }).replace(fn, make, probe);
    } catch {
      return false; // a function of another kind
    }
  })).length > 0;
  if (!replaced && !last) return undefined; // its functions, or their data, may not exist yet
  if (typeof Hash === 'function') done.add(Hash);
  return replaced;
}

// classOf returns the class of hashes with these methods. sjcl's methods do not
// refer to it.
function classOf(object) {
  if (object.constructor !== Object) return object.constructor;
  const classes = surroundings(object.update).flatMap(({ hash }) => Object.values(hash ?? {}));
  return classes.find((fn) => fn.prototype === object);
}

const word = (i) => Math.imul(i + 5, 0x9e3779b1);
const some = (size, of = word) => Array.from({ length: size }, (_, i) => of(i));
const wait = () => { throw new TypeError('no state of that kind'); };

// flat is for functions that hash a block into a state of words.
const flat = (name, size) => ({
  make: (plain) => function (block, state, ...more) {
    return blocks(name, state, block, 0, 1, false) ? state : plain(this, [block, state, ...more]);
  },
  probe: (call, ...more) => [some(size), some(size, (i) => word(i) >>> 0)].map((state) => [call(undefined, some(16), state, ...more) === state, state]),
});

// pairs is for a state whose words are objects with a high and a low half.
function pairs(sample = wait()) {
  const { constructor: Pair } = sample[0];
  const [high, low] = Object.keys(sample[0]);
  return {
    make: (plain) => function (block, state, ...more) {
      const words = [];
      if (isArray(state)) for (const pair of state) words.push(pair[high], pair[low]);
      if (words.length !== 16 || !blocks('sha512', words, block, 0, 1, false)) return plain(this, [block, state, ...more]);
      for (let i = 0; i < 8; i++) state[i] = new Pair(words[2 * i], words[2 * i + 1]);
      return state;
    },
    probe: (call, ...more) => {
      const state = some(8, (i) => new Pair(word(i), word(i + 9) >>> 0));
      return [call(undefined, some(32), state, ...more) === state, state];
    },
  };
}

// either is for a function that gets the name of the hash, which decides
// between two hashes.
const either = (short, long) => ({
  make: (plain) => {
    const of = { 'SHA-224': short.make(plain), 'SHA-256': short.make(plain), 'SHA-384': long.make(plain), 'SHA-512': long.make(plain) };
    return function (block, state, name) {
      const fn = Object.hasOwn(of, name) ? of[name] : undefined;
      return fn ? fn(block, state, name) : plain(this, [block, state, name]);
    };
  },
  probe: (call) => [short.probe(call, 'SHA-224'), long.probe(call, 'SHA-384')],
});

// lanes is for Keccak's permutation of five times five such objects. It first
// adds a block of words, if there is one.
function lanes(sample = wait()) {
  const { constructor: Pair } = sample[0][0];
  const [high, low] = Object.keys(sample[0][0]);
  return {
    make: (plain) => function (block, state) {
      const words = [];
      if (isLanes(state) && (block === null || isArray(block))) {
        for (let y = 0; y < 5; y++) for (let x = 0; x < 5; x++) words.push(state[x][y][high], state[x][y][low]);
        if (block) for (let i = 0; i < block.length; i++) words[i ^ 1] ^= block[i];
      }
      if (words.length !== 50 || !permute(words, false)) return plain(this, [block, state]);
      for (let y = 0, i = 0; y < 5; y++) for (let x = 0; x < 5; x++, i += 2) state[x][y] = new Pair(words[i], words[i + 1]);
      return state;
    },
    probe: (call) => [null, some(34), some(18)].map((block) => {
      const state = some(5, (x) => some(5, (y) => new Pair(word(x), word(9 * y))));
      return [call(undefined, block, state) === state, state];
    }),
  };
}

// held is for functions that hash a block into the state in a hash object.
function held(Hash, size) {
  const create = () => new Hash();
  const name = Object.keys(create()).find((name) => create()[name]?.length === size) ?? wait();
  return {
    make: (plain) => function (hash, block) {
      return blocks('sha256', hash?.[name], block, 0, 1, false) ? undefined : plain(this, [hash, block]);
    },
    probe: (call) => [some(16), new Uint32Array(some(16))].map((block) => {
      const hash = create();
      call(undefined, hash, block);
      call(undefined, hash, some(16, (i) => word(i + 3)));
      return hash;
    }),
  };
}

const isPair = (pair) => typeof pair === 'object' && pair !== null && Object.values(pair).length === 2 && Object.values(pair).every((n) => typeof n === 'number');
const isPairs = (state) => isArray(state) && state.length === 8 && state.every(isPair);
const isLanes = (state) => isArray(state) && state.length === 5 && state.every((row) => isArray(row) && row.length === 5 && row.every(isPair));

// stateOf returns the initial state of the hash with a name. It may be in a
// closure variable of a method.
function stateOf(Hash, name, fits) {
  const it = new Hash(name, 'TEXT');
  const near = Object.values(it).flatMap((value) => (typeof value === 'object' && value !== null ? [value, ...Object.values(value)] : surroundings(value)));
  return near.find(fits);
}

return { accelerate };
