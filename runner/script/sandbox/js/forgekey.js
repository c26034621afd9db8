'use strict';

// PBKDF2 of the library forge. The object that is found is the whole library.
// The library derives a key with one round and one with two rounds, which tell
// Go what it must know.

const { Accelerator } = load('accelerate');

const HASHES = ['SHA-1', 'SHA-256', 'SHA-512', 'MD5', 'SHA-384'];
const LEAST = 20; // least number of rounds for Go

function accelerate(forge) {
  if (typeof forge.hmac?.create !== 'function' || typeof forge.md !== 'object' || typeof forge.pkcs5 !== 'object') return undefined;
  const it = new Accelerator(forge);
  if (!it.own('pbkdf2', 'hmac create start update digestLength getBytes int32ToBytes xorBytes')) return false;
  return it.replace(forge.pbkdf2, (plain) => function (password, salt, rounds, size, md, callback) {
    const usual = isBytes(password) && isBytes(salt) && Number.isInteger(rounds) && rounds >= LEAST && Number.isInteger(size) && size > 0 && typeof md !== 'function' && !callback;
    const key = usual && derive(forge, plain, password, salt, rounds, size, md);
    return key || plain(this, [password, salt, rounds, size, md, callback]);
  }, (call) => [undefined, 'md5', forge.md.sha256?.create()].map((md) => [call(forge, 'password', '\xff', 25, 50, md), typeof md === 'object' && md.digest().toHex()]));
}

const isBytes = (text) => typeof text === 'string' && !/[^\0-\xff]/.test(text);

const hexadecimal = (bytes) => {
  let out = 'h';
  for (let i = 0; i < bytes.length; i++) out += bytes.charCodeAt(i).toString(16).padStart(2, '0');
  return out;
};

const textOf = (hex) => hex.replace(/../g, (byte) => String.fromCharCode(parseInt(byte, 16)));

function derive(forge, plain, password, salt, rounds, size, md) {
  const samples = [1, 2].map((n) => plain(forge, [password, salt, n, size, md]));
  const [secret, grain] = [hexadecimal(password), hexadecimal(salt)];
  const hash = HASHES.find((hash) => samples.every((sample, i) => 'h' + host.derive(hash, secret, grain, i + 1, size) === hexadecimal(sample)));
  const key = hash && host.derive(hash, secret, grain, rounds, size);
  if (!key) return undefined;
  if (typeof md === 'object' && md !== null) last(forge, md, password, (n, size) => host.derive(hash, secret, grain, n, size), rounds, size);
  return textOf(key);
}

// last leaves a hash in the state after the last round of the last block. That
// round hashed the result of the round before: the XOR of the two keys up to
// it.
function last(forge, md, password, derive, rounds, size) {
  const length = md.digestLength;
  const whole = Math.ceil(size / length) * length;
  const [a, b] = [1, 2].map((n) => textOf(derive(rounds - n, whole).slice(-2 * length)));
  let block = '';
  for (let i = 0; i < length; i++) block += String.fromCharCode(a.charCodeAt(i) ^ b.charCodeAt(i));
  const hmac = forge.hmac.create();
  hmac.start(md, password);
  hmac.update(block);
  hmac.digest();
}

return { accelerate };
