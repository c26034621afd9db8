'use strict';

// crypto-js with faster functions in Go: hashes, HMAC and PBKDF2 for the usual
// types of values. Everything else is the library's.

const HASHES = { MD5: 'MD5', SHA1: 'SHA-1', SHA224: 'SHA-224', SHA256: 'SHA-256', SHA384: 'SHA-384', SHA512: 'SHA-512' };

// material encodes a string or WordArray for Go. It returns undefined for other
// values.
function material(value) {
  if (typeof value === 'string') return value.isWellFormed() ? 't' + value : undefined;
  const { words, sigBytes } = value ?? {};
  if (!Array.isArray(words) || !Number.isInteger(sigBytes) || sigBytes < 0 || sigBytes > words.length * 4) return undefined;
  let hex = 'h';
  for (let i = 0; i * 4 < sigBytes; i++) hex += (words[i] >>> 0).toString(16).padStart(8, '0');
  return hex.slice(0, 1 + 2 * sigBytes);
}

// accelerate replaces the functions of a library, as far as it has them.
function accelerate(library) {
  const words = (hex) => library.enc.Hex.parse(hex);
  const replace = (name, make) => {
    const original = library[name];
    if (typeof original === 'function') library[name] = make(original);
  };
  for (const [name, hash] of Object.entries(HASHES)) {
    replace(name, (original) => function (message, cfg) {
      const data = material(message);
      return data === undefined ? original.call(this, message, cfg) : words(host.hash(hash, data));
    });
    replace('Hmac' + name, (original) => function (message, key) {
      const data = material(message);
      const secret = material(key);
      return data === undefined || secret === undefined ? original.call(this, message, key) : words(host.mac(hash, secret, data));
    });
  }
  replace('PBKDF2', (original) => function (password, salt, cfg) {
    const hash = hashOf(library, cfg?.hasher);
    const secret = material(password);
    const grain = material(salt);
    const { keySize = 4, iterations = 1 } = cfg ?? {};
    const key = hash && secret && grain && host.derive(hash, secret, grain, iterations, keySize * 4);
    return key ? words(key) : original.call(this, password, salt, cfg);
  });
  if (host.native('hash.words')) blocks(library.algo);
  return library;
}

// blocks makes AES, and hashes that scripts feed piece by piece, process their
// blocks in Go.
function blocks({ AES, MD5, RIPEMD160, SHA1, SHA256, SHA3, SHA512 } = {}) {
  for (const hasher of [MD5, RIPEMD160, SHA1, SHA256, SHA3, SHA512]) if (hasher) load('hasher').accelerate(hasher);
  if (AES) load('aes').accelerate(AES);
}

// hashOf returns the name of PBKDF2's hash; crypto-js 3 uses SHA-1 by default.
function hashOf(library, hasher) {
  if (hasher === undefined) return 'SHA-1';
  for (const name of Object.keys(HASHES)) if (library.algo?.[name] === hasher) return HASHES[name];
  return undefined;
}

return { accelerate, material };
