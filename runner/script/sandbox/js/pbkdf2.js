'use strict';

// PBKDF2 of noble-hashes, which is a function, and of sjcl, which is a method: what
// is found is the function, or the object with the method. Each time the library
// derives a key of one round and one of two, which say what Go must know.

const { Accelerator, integers } = load('accelerate');
const { hex } = load('bytes');

const HASHES = ['SHA-256', 'SHA-512', 'SHA-1', 'SHA-384', 'SHA-224', 'MD5'];
const LEAST = 20; // rounds that are worth it

const accelerate = (found) => (typeof found === 'function' ? ofNoble(found) : ofSJCL(found));

// derive is a key as hexadecimal, undefined where the library is to make it itself.
// The secret and the salt are as host.derive takes them; own is the library's key of
// so many rounds.
function derive(secret, salt, rounds, own) {
  if (secret === undefined || salt === undefined) return undefined;
  try {
    const keys = [own(1), own(2)];
    const size = keys[0].length / 2;
    const hash = HASHES.find((hash) => keys.every((key, i) => key === host.derive(hash, secret, salt, i + 1, size)));
    return hash && host.derive(hash, secret, salt, rounds, size);
  } catch {
    return undefined; // the library says what is wrong
  }
}

// numbers are those of a key, of so many digits each. No pattern finds them: scripts
// see what was matched last.
const numbers = (key, size) => Array.from({ length: key.length / size }, (_, i) => parseInt(key.slice(size * i, size * (i + 1)), 16));

const ofText = (text) => (typeof text === 'string' && text.isWellFormed() ? 't' + text : undefined);
const ofBytes = (data) => (data instanceof Uint8Array ? 'h' + hex(data) : ofText(data));

// ofNoble is for pbkdf2(hash, password, salt, options). It has no probe of its own,
// for the hash is an argument: each call is one.
const ofNoble = (fn) => new Accelerator({ fn }).replace(fn, (plain) => function (hash, password, salt, options, ...more) {
  const { c, dkLen = 32 } = integers(options, ['c', 'dkLen']) ?? {};
  const key = c >= LEAST && dkLen > 0 && derive(ofBytes(password), ofBytes(salt), c, (rounds) => hex(plain(this, [hash, password, salt, { c: rounds, dkLen }])));
  return key ? Uint8Array.from(numbers(key, 2)) : plain(this, [hash, password, salt, options, ...more]);
}, () => true);

// The words of sjcl have a sign or not; a last one of fewer bits is above them.
const isWord = (n) => n === (n | 0) || n === n >>> 0;
const digits = (words) => words.map((n) => (n >>> 0).toString(16).padStart(8, '0')).join('');
const ofWords = (data) => (Array.isArray(data) && Array.from(data).every(isWord) ? 'h' + digits(data) : ofText(data));
const isSize = (bits) => bits === undefined || Number.isInteger(bits) && bits > 0 && bits % 32 === 0;

// ofSJCL is for pbkdf2(password, salt, rounds, bits, another HMAC).
function ofSJCL(misc) {
  const it = new Accelerator(misc);
  return it.own('pbkdf2', 'hmac encrypt concat 32') && it.replace(misc.pbkdf2, (plain) => function (password, salt, rounds, bits, ...more) {
    const usual = Number.isInteger(rounds) && rounds >= LEAST && isSize(bits) && more.length === 0;
    const key = usual && derive(ofWords(password), ofWords(salt), rounds, (n) => digits(plain(this, [password, salt, n, bits])));
    return key ? numbers(key, 8).map((word) => word | 0) : plain(this, [password, salt, rounds, bits, ...more]);
  }, (call) => [undefined, 32, 320].map((bits) => call(misc, 'password', [1, -2, 0xfffffffe], 21, bits)));
}

return { accelerate };
