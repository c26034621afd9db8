'use strict';

// Hashes of libraries with a class for each hash, and a method that hashes one
// block into the state. The object that is found is the prototype of the class.
// The libraries differ in where they keep the block and the state.

const { Accelerator } = load('accelerate');
const blocks = host.native('hash.blocks');
const ascii = host.native('text.ascii');
const mentions = host.native('mentions');

// The hashes by the number of words in their state.
const HASHES = { 4: ['md5'], 5: ['sha1', 'ripemd160'], 8: ['sha256'], 16: ['sha512'] };

// SHAPES are the ways in which libraries store block and state. Each has the
// name of the method, a way to make a hash for a probe, the relevant fields of
// a hash, and the replacement of the method. The words of a state are unsigned
// or signed.
const SHAPES = [
  // noble-hashes: the block is part of a DataView; get and set access the
  // state.
  {
    method: 'process',
    args: (view, at) => [view, at],
    sample: stateful,
    shown: (it) => it.get(),
    state: (it) => (typeof it.get === 'function' ? it.get() : undefined),
    make: (proto, plain, name) => {
      const { get, set } = proto;
      return function (view, offset) {
        const state = this.get === get && this.set === set && this.get();
        if (!state || !blocks(name, state, view, offset, 1, false)) return plain(this, [view, offset]);
        this.set(...state);
        return undefined;
      };
    },
    own: ['get', 'set'],
  },
  // hash.js: the block is part of an array, and the state is an array.
  {
    method: '_update',
    args: (view, at) => [words(view), at / 4],
    sample: (proto) => new proto.constructor(),
    shown: (it) => it.h,
    state: (it) => it.h,
    make: (proto, plain, name, unsigned) => function (message, start, ...more) {
      return blocks(name, this.h, message, start, 1, unsigned) ? undefined : plain(this, [message, start, ...more]);
    },
  },
  // js-sha256 and similar libraries: block and state are properties of the
  // hash, which may also record that it has seen no block yet. Filling a block
  // takes longer than hashing it, so update is replaced, too.
  {
    method: 'hash',
    args: () => [],
    sample: (proto, view, at) => Object.assign(new proto.constructor(), { blocks: words(view, at) }),
    shown: unblocked,
    state: (it) => fields(it).map((name) => it[name]),
    make: (proto, plain, name) => {
      const [begins, marks] = ['first', 'chromeBugWorkAround'].map((word) => mentions(proto.hash, word));
      return function () {
        const first = begins && this.first;
        if (!work(this, name, first && name === 'md5' ? MD5 : undefined, this.blocks, 0, 1)) return plain(this, []);
        if (first) this.first = false;
        if (marks) this.chromeBugWorkAround = true;
        return undefined;
      };
    },
    also: fed,
  },
];

const MD5 = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476]; // initial state
const single = (n) => Array.from({ length: n }, (_, i) => 'h' + i);
const NAMES = { md5: single(4), sha1: single(5), sha256: single(8), sha512: single(8).flatMap((name) => [name + 'h', name + 'l']) };

// work hashes blocks in Go into the properties with the state, or into another
// initial state.
function work(self, name, begin, data, from, count) {
  const names = NAMES[name];
  const state = [];
  for (let i = 0; i < names.length; i++) state.push(begin ? begin[i] : self[names[i]]);
  if (!blocks(name, state, data, from, count, false)) return false;
  for (let i = 0; i < names.length; i++) self[names[i]] = state[i];
  return true;
}

// stateful is a hash with some state. Some classes are made of the state's words,
// by those that are derived of them.
function stateful(proto) {
  const it = Object.create(proto);
  it.set(...words(data(4 * it.set.length)));
  return it;
}

// unblocked is a hash without what it works in.
function unblocked({ blocks, buffer8, ...rest }) { return rest; }

const LEAST = 4; // blocks that are worth it

// fed replaces a method that takes data. The library fills the block that it
// has begun, and the last one; Go hashes the blocks between.
function fed(it, proto, name) {
  const { hash, constructor: Hash } = proto;
  const size = name === 'sha512' ? 128 : 64;
  return it.own('update', 'finalized start bytes hash hashed') && it.replace(proto.update, (plain) => function (data, ...more) {
    const usual = !this.finalized && this.hash === hash && (ascii(data) || data instanceof Uint8Array) && this.bytes + data.length < 2 ** 32;
    const head = size - this.start;
    const count = usual && Math.floor((data.length - head) / size);
    if (!(count >= LEAST && head > 0)) return plain(this, [data, ...more]);
    const part = (from, to) => (typeof data === 'string' ? data.slice(from, to) : data.subarray(from, to));
    plain(this, [part(0, head)]);
    const done = this.start === 0 && this.hashed && work(this, name, undefined, data, head, count) ? count * size : 0;
    this.bytes += done;
    return plain(this, [part(head + done, data.length)]);
  }, (call) => ['a'.repeat(size * 6), data(size * 5), '\xe9'.repeat(size * 4)].map((text) => {
    const one = new Hash();
    for (const piece of ['', 'abc', text, 'd', text]) call(one, typeof piece === 'string' ? piece : new Uint8Array(piece.buffer));
    return [unblocked(one), one.hex()];
  }));
}

// fields returns the names of the properties with a hash's state.
function fields(it) {
  return Object.values(NAMES).findLast((names) => names.every((name) => typeof it[name] === 'number')) ?? [];
}

// words returns the words of a DataView from an offset on.
function words(view, at = 0) {
  return Array.from({ length: view.byteLength / 4 - at / 4 }, (_, i) => view.getUint32(at + 4 * i));
}

function accelerate(proto) {
  if (typeof proto.constructor !== 'function' || proto.constructor.prototype !== proto) return undefined;
  return SHAPES.some((shape) => Object.hasOwn(proto, shape.method) && shaped(proto, shape));
}

function shaped(proto, { method, args, sample, shown, state, make, own = [], also }) {
  const it = new Accelerator(proto);
  if (!it.own(method, '') || !own.every((name) => it.own(name, ''))) return false;
  const probe = (call) => [0, 128].map((at) => {
    const view = data(256);
    const one = sample(proto, view, at);
    call(one, ...args(view, at));
    call(one, ...args(view, at));
    return shown(one);
  });
  const names = HASHES[state(sample(proto, data(128)))?.length] ?? [];
  const found = names.find((name) => [false, true].some((unsigned) => it.replace(proto[method], (plain) => make(proto, plain, name, unsigned), probe)));
  if (found) also?.(it, proto, found);
  return found !== undefined;
}

// data returns bytes for probes.
function data(size) {
  const view = new DataView(new ArrayBuffer(size));
  for (let i = 0; i < size; i += 4) view.setInt32(i, Math.imul(i + 5, 0x9e3779b1));
  return view;
}

return { accelerate };
