'use strict';

// PBKDF2 and EvpKDF of CryptoJS. The object that is found is the function
// itself. The library derives a key with one round and one with two rounds,
// which tell Go what it must know; their object then gets the words that Go
// computes.

const { Accelerator } = load('accelerate');
const { material } = load('cryptojs');
const { utf8, hex } = load('bytes');

// WAYS derive a key from a secret and a salt, as hexadecimal. The library
// leaves words of 64-bit hashes unsigned, or above 32 bits, unless it combines
// them with others.
const WAYS = ['SHA-1', 'SHA-256', 'SHA-512', 'MD5', 'SHA-224', 'SHA-384'].map((hash) => (secret, salt, rounds, size) => host.derive(hash, secret, salt, rounds, size))
  .concat(['MD5', 'SHA-1', 'SHA-256', 'SHA-224'].map((hash) => (secret, salt, rounds, size) => evp(hash, hexadecimal(secret) + hexadecimal(salt), rounds, size)));

function evp(hash, tail, rounds, size) {
  let key = '';
  for (let block = ''; key.length < 2 * size;) {
    block = host.hash(hash, 'h' + block + tail);
    for (let i = 1; i < rounds; i++) block = host.hash(hash, 'h' + block);
    key += block;
  }
  return key.length === 2 * size ? key : undefined;
}

// hexadecimal converts material to hexadecimal.
const hexadecimal = (data) => (data[0] === 'h' ? data.slice(1) : hex(utf8(data.slice(1))));

const LEAST = 20; // least number of rounds for Go

function accelerate(kdf) {
  if (typeof kdf.create !== 'function' || typeof kdf.cfg !== 'object') return undefined;
  const it = new Accelerator(kdf);
  if (!it.own('compute', 'cfg create hasher words keySize iterations update finalize reset concat sigBytes') || !it.own('init', 'cfg')) return false;
  return it.replaceAtUse(kdf.compute, [(plain) => function (password, salt) {
    const { iterations, keySize, hasher } = this.cfg ?? {};
    const round = (n) => plain(Object.create(this, { cfg: { value: Object.create(this.cfg, { iterations: { value: n } }) } }), [password, salt]);
    if (!(iterations >= LEAST) || !Number.isInteger(iterations) || !Number.isInteger(keySize) || typeof hasher?.create !== 'function') return plain(this, [password, salt]);
    const key = round(1);
    const two = round(2);
    const [secret, grain] = [material(password), material(salt)];
    const size = key.words?.length * 4;
    const way = secret && grain && size > 0 && WAYS.find((derive) => [key, two].every(({ words }, i) => same(derive(secret, grain, i + 1, size), words)));
    const made = way && way(secret, grain, iterations, size);
    if (!made) return plain(this, [password, salt]);
    for (let i = 0; i < key.words.length; i++) key.words[i] = parseInt(made.slice(8 * i, 8 * i + 8), 16) | 0;
    return key;
  }], (call) => [3, 21].map((iterations) => {
    const { words, sigBytes } = call(kdf.create({ keySize: 11, iterations }), 'password', 'salt');
    return [words, sigBytes];
  }));
}

const same = (hex, words) => hex === words.map((w) => (w >>> 0).toString(16).padStart(8, '0')).join('');

return { accelerate };
