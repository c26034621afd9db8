'use strict';

// scrypt of noble-hashes, and of scrypt-js and its forebears: what is found is
// the function in which each has Salsa20, which is reached by the functions that
// make a key of it.

const { Accelerator, instead, integers, same, surroundings, words, bytes } = load('accelerate');
const { utf8 } = load('bytes');
const users = host.native('users');
const mix = host.native('scrypt.mix');
const mixSelf = host.native('scrypt.mixSelf');
const derive = host.native('scrypt.key');
const leaf = host.native('leaf');
const copy = host.native('words.copy');
const xor = host.native('words.xor');

function accelerate(salsa) {
  const [noble] = salsa.length === 6 ? users(salsa, 5).filter(leaf) : [];
  const [own] = salsa.length === 2 ? users(salsa, 5).filter(leaf) : [];
  return Boolean(noble && ofNoble(noble) || own && ofScryptJS(own));
}

// The library's functions take arrays of words.

function ofNoble(blockMix) {
  const mixed = instead(blockMix, mix, (call) => [1, 2, 5].map((r) => {
    const [one, other] = [words(96 * r), words(64 * r)];
    call(undefined, one, 3, one, 3 + 32 * r, r);
    call(undefined, one, 0, other, 32 * r, r);
    return [one, other];
  }));
  if (mixed) for (const fn of users(blockMix, 3)) whole(fn);
  return mixed;
}

// whole is for scrypt(password, salt, options). It is tried once it is called: what
// it needs may not be there while the library loads.
function whole(fn) {
  let tried;
  new Accelerator({ fn }).replace(fn, (plain) => function (password, salt, options, ...more) {
    tried ??= agrees((...args) => plain(this, args));
    return tried && more.length === 0 && keyOfOptions(password, salt, options) || plain(this, [password, salt, options, ...more]);
  }, () => true);
}

// agrees reports whether a function makes the keys that Go makes.
const agrees = (fn) => [{ N: 4, r: 1, p: 2 }, { N: 8, r: 2, p: 1, dkLen: 70 }].every((options) => {
  try {
    return same(fn(bytes(9), 'salt', options), keyOfOptions(bytes(9), 'salt', options));
  } catch {
    return false;
  }
});

const OPTIONS = ['N', 'r', 'p', 'dkLen'];

function keyOfOptions(password, salt, options) {
  const { N, r, p, dkLen = 32 } = integers(options, OPTIONS) ?? {};
  return key(toBytes(password), toBytes(salt), N, r, p, dkLen);
}

const toBytes = (data) => (typeof data === 'string' ? utf8(data) : data);

const LONGEST = 1 << 16; // greatest size of a key in bytes

function key(password, salt, N, r, p, size) {
  if (!(size > 0 && size <= LONGEST) || (N & (N - 1)) !== 0 || N >= 2 ** (16 * r)) return undefined;
  const out = new Uint8Array(size);
  return derive(out, password, salt, N, r, p) ? out : undefined;
}

// ofScryptJS takes blockmix(block, offset, r, work, chunk), which uses
// functions that copy and XOR words.
function ofScryptJS(blockMix) {
  const near = surroundings(blockMix).filter((fn) => typeof fn === 'function' && leaf(fn));
  const mixed = instead(blockMix, mixSelf, (call) => [1, 2, 5].map((r) => {
    const [block, work, chunk] = [words(64 * r), words(16), words(17)];
    call(undefined, block, 32 * r, r, work, chunk);
    return [block, work, chunk];
  }));
  if (!mixed) return false;
  for (const fn of near) {
    if (fn.length === 5) instead(fn, copy, (call) => { const to = words(50); call(undefined, words(40), 7, to, 9, 30); return to; });
    if (fn.length === 4) instead(fn, xor, (call) => { const to = words(50); call(undefined, words(60), 17, to, 30); return to; });
  }
  for (const inner of users(blockMix, 7)) for (const fn of users(inner, 6)) sync(fn);
  return true;
}

// ofList converts a list of bytes to a Uint8Array.
const ofList = (data) => (Array.isArray(data) && Array.from(data).every((n) => Number.isInteger(n) && n >= 0 && n < 256) ? Uint8Array.from(data) : data);

// sync replaces syncScrypt(password, salt, N, r, p, size).
const sync = (fn) => new Accelerator({ fn }).replace(fn, (plain) => function (password, salt, N, r, p, size, ...more) {
  const whole = [N, r, p, size].every(Number.isSafeInteger) && more.length === 0;
  return whole && key(ofList(password), ofList(salt), N, r, p, size) || plain(this, [password, salt, N, r, p, size, ...more]);
}, (call) => [[4, 1, 2, 32], [8, 2, 1, 70]].map((numbers) => call(undefined, bytes(9), bytes(4), ...numbers)));

return { accelerate };
