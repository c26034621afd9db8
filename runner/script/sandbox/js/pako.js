'use strict';

// zlib in JavaScript, as in pako. The function that is found is the lazy search
// for matches, which all but the lowest levels use. Go searches, and writes a
// block's symbols. The library does the rest, such as the code trees and the
// end of the data.

const { Accelerator, instead, reach, surroundings } = load('accelerate');
const users = host.native('users');
const mentions = host.native('mentions');
const steps = host.native('deflate.steps');
const block = host.native('deflate.block');
const slide = host.native('deflate.slide');
const SUMS = [['65521', host.native('sum.adler32')], ['255', host.native('sum.crc32')], ['0xff', host.native('sum.crc32')], ['0xFF', host.native('sum.crc32')]];

const LEAST = 262; // bytes that the library needs ahead
const NEED_MORE = 1; // the library's result when its output buffer is full

// The numbers of the library's state, in the order of package accel. The last
// five of the search say where the symbols of a block are.
const SEARCH = ['strstart', 'lookahead', 'ins_h', 'prev_length', 'prev_match', 'match_start', 'match_length', 'match_available', 'matches'];
const FIXED = ['w_size', 'hash_mask', 'hash_shift', 'max_chain_length', 'max_lazy_match', 'good_match', 'nice_match', 'strategy'];
const WRITE = ['bi_buf', 'bi_valid', 'pending'];

// Two ways to store symbols: joined in newer versions, and apart in older ones.
// few are some symbols for a probe: bytes at offsets of the library's buffer.
const JOINED = {
  joined: true, count: 'sym_next', limit: (s) => s.sym_end, symbols: (n) => n / 3, places: ['sym_buf', 'sym_buf'],
  few: (s) => { s.pending_buf.set([0, 0, 65, 1, 0, 0, 0, 1, 255, 9, 9, 9, 200, 100, 64], 4000); s.sym_next = 15; },
};
const APART = {
  joined: false, count: 'last_lit', limit: (s) => s.lit_bufsize - 1, symbols: (n) => n, places: ['d_buf', 'l_buf'],
  few: (s) => { s.pending_buf.set([0, 0, 0, 1, 1, 0, 9, 9, 100, 200], 4000); s.pending_buf.set([65, 0, 255, 9, 64], 12000); s.last_lit = 5; },
};

// take passes numbers of a state to work and stores them again afterwards.
function take(state, names, others, work) {
  const values = [...names.map((name) => state[name]), ...others];
  if (!values.every(Number.isInteger)) return undefined;
  const numbers = Int32Array.from(values);
  const answer = work(numbers);
  if (answer !== undefined) names.forEach((name, i) => { state[name] = numbers[i]; });
  return answer;
}

// search lets Go search as far as possible, and returns how it ended.
const search = (s, { count, limit, places, joined }) => take(s, [...SEARCH, count], [...FIXED.map((name) => s[name]), limit(s), ...places.map((name) => s[name])],
  (numbers) => steps(numbers, s.window, s.prev, s.head, s.dyn_ltree, s.dyn_dtree, s.pending_buf, joined, s.legacy_hash === 0));

const emit = (s, literals, distances, { count, symbols, places, joined }) => take(s, WRITE, [symbols(s[count]), ...places.map((name) => s[name])],
  (numbers) => block(numbers, s.pending_buf, literals, distances, joined));

// functions returns the functions that another function refers to, directly or
// in a module.
const functions = (fn) => surroundings(fn).flatMap((o) => (typeof o === 'function' ? [o] : Object.values(Object.getOwnPropertyDescriptors(o)).map((p) => p.value)))
  .filter((value) => typeof value === 'function');

// prepare makes the library fill its tables, which it does when it first
// compresses.
function prepare(functions) {
  for (const block of reach(functions, 1, 'dyn_ltree dyn_dtree bl_tree opt_len')) for (const init of users(block, 1)) if (mentions(init, 'l_desc bl_desc')) init(stateOf());
}

// sum replaces a checksum function of (sum, bytes, count, offset).
const sum = (fn, go) => new Accelerator({ fn }).replace(fn, (plain) => function (...args) {
  return go(...args) ?? plain(this, args);
}, (call) => [1, -559038737].map((begin) => call(undefined, begin, Uint8Array.from({ length: 400 }, (_, i) => 255 - i * i), 300, 7)));

function accelerate(slow) {
  const kind = mentions(slow, 'sym_next') ? JOINED : APART;
  const near = functions(slow);
  const fill = near.find((fn) => fn.length === 1 && mentions(fn, 'window_size insert avail_in'));
  const flush = near.find((fn) => fn.length === 2 && mentions(fn, 'block_start strstart strm'));
  if (!fill || !flush) return false;
  for (const [words, go] of SUMS) for (const fn of reach(functions(fill), 4, words)) sum(fn, go);
  for (const fn of functions(fill)) if (fn.length === 1 && mentions(fn, 'hash_size w_size head prev')) instead(fn, (s) => s.head.length === s.hash_size && slide(s.head, s.prev, s.w_size), slid);
  const ends = functions(flush);
  prepare(ends);
  const writers = reach(ends, 3, kind.count + ' pending_buf ' + kind.places[1]).filter((fn) => !mentions(fn, 'dyn_ltree'));
  for (const fn of writers) instead(fn, (s, literals, distances) => emit(s, literals, distances, kind), written(kind));
  return new Accelerator({ slow }).replace(slow, (plain) => function (s, mode, ...more) {
    while (s.strm.avail_out !== 0) {
      if (s.lookahead < LEAST) fill(s);
      const ended = s.lookahead < LEAST ? undefined : search(s, kind);
      if (ended === undefined) return plain(this, [s, mode, ...more]);
      if (ended === 0) continue;
      flush(s, false);
      if (ended === 2) {
        s.strstart++;
        s.lookahead--;
      }
      if (s.strm.avail_out === 0) return NEED_MORE;
    }
    return plain(this, [s, mode, ...more]);
  }, searched(mentions(fill, 'legacy_hash') ? [1, 0] : [undefined]));
}

// stateOf returns a state of the library in the middle of compressing a text of
// few letters, with the beginning of the text entered in the hash chains.
function stateOf(legacy) {
  const window = Uint8Array.from({ length: 16384 }, (_, i) => 97 + (Math.imul(i * i + 7, 0x9e3779b1) >>> 16) % 5);
  window.copyWithin(5000, 10, 13);
  window.copyWithin(5100, 4600, 4900);
  const s = {
    strm: { avail_in: 0, avail_out: 9 }, window, prev: new Uint16Array(8192), head: new Uint16Array(1024), dyn_ltree: new Uint16Array(1146), dyn_dtree: new Uint16Array(122), bl_tree: new Uint16Array(78), pending_buf: new Uint8Array(20000),
    strstart: 4950, lookahead: 900, ins_h: 0, prev_length: 2, prev_match: 0, match_start: 0, match_length: 2, match_available: 0, matches: 0, insert: 0, block_start: 0,
    w_size: 8192, w_mask: 8191, w_bits: 13, window_size: 16384, hash_size: 1024, hash_bits: 10, hash_mask: 1023, hash_shift: 4, max_chain_length: 40, max_lazy_match: 16, good_match: 8, nice_match: 128, strategy: 0, level: 6,
    lit_bufsize: 4000, sym_buf: 4000, sym_next: 0, sym_end: 11997, d_buf: 4000, l_buf: 12000, last_lit: 0, bi_buf: 5, bi_valid: 3, pending: 7,
  };
  for (let i = 0; i < 20; i++) {
    const h = (window[i] << 8 ^ window[i + 1] << 4 ^ window[i + 2]) & 1023;
    s.prev[i] = s.head[h];
    s.head[h] = i;
  }
  s.ins_h = (window[4950] << 4 ^ window[4951]) & 1023;
  if (legacy !== undefined) s.legacy_hash = legacy;
  return s;
}

// shown returns the content of a state as strings.
const shown = (s) => Object.values(s).map((value) => (typeof value === 'object' ? Object.values(value).join() : value));

// slid replaces the function that lowers all positions in the chains when a
// window is full. Older versions do that in the function that fills the window.
function slid(call) {
  const s = stateOf();
  for (let i = 0; i < 400; i++) s.head[i] = s.prev[i] = 100 * i;
  return [call(undefined, s), shown(s)];
}

// searched tries the search with each of the hash functions.
const searched = (legacy) => (call) => legacy.map((hash) => {
  const s = stateOf(hash);
  return [call(undefined, s, 0), shown(s)];
});

// written tries the function that writes a block's symbols.
const written = ({ few }) => (call) => {
  const s = stateOf();
  few(s);
  call(undefined, s, Uint16Array.from({ length: 576 }, (_, i) => (i & 1 ? 1 + i % 13 : i / 2 % 2)), Array.from({ length: 60 }, (_, i) => (i & 1 ? 5 : i / 2)));
  return shown(s);
};

return { accelerate };
