'use strict';

// crypto.subtle. The algorithms are the runner's; who may use a key for what is
// decided here.

const { parse, stringify } = load('json');
const { latin1, fromLatin1 } = load('bytes');

const failure = (message, name) => new (load('domexception').DOMException)(message, name);

const NAMES = ['SHA-1', 'SHA-256', 'SHA-384', 'SHA-512', 'HMAC', 'AES-GCM', 'AES-CBC', 'AES-CTR', 'AES-KW', 'RSASSA-PKCS1-v1_5', 'RSA-PSS',
  'RSA-OAEP', 'ECDSA', 'ECDH', 'Ed25519', 'X25519', 'PBKDF2', 'HKDF'];
const named = new Map(NAMES.map((name) => [name.toUpperCase(), name]));

// USAGES are what keys of each type are good for.
const signing = { private: ['sign'], public: ['verify'] };
const deriving = { private: ['deriveKey', 'deriveBits'], public: [] };
const ciphering = { secret: ['encrypt', 'decrypt', 'wrapKey', 'unwrapKey'] };
const USAGES = {
  HMAC: { secret: ['sign', 'verify'] },
  'AES-GCM': ciphering, 'AES-CBC': ciphering, 'AES-CTR': ciphering,
  'AES-KW': { secret: ['wrapKey', 'unwrapKey'] },
  'RSASSA-PKCS1-v1_5': signing, 'RSA-PSS': signing, ECDSA: signing, Ed25519: signing,
  'RSA-OAEP': { private: ['decrypt', 'unwrapKey'], public: ['encrypt', 'wrapKey'] },
  ECDH: deriving, X25519: deriving,
  PBKDF2: { secret: ['deriveKey', 'deriveBits'] }, HKDF: { secret: ['deriveKey', 'deriveBits'] },
};

function nameOf(algorithm) {
  if (algorithm !== null && typeof algorithm === 'object' && algorithm.name === undefined) {
    throw new TypeError("Failed to normalize algorithm: passed algorithm can not be converted to 'Algorithm' because 'name' is required in 'Algorithm'.");
  }
  const name = named.get(String(algorithm?.name ?? algorithm).toUpperCase());
  if (name === undefined) throw failure('Unrecognized algorithm name', 'NotSupportedError');
  return name;
}

// argument is how messages name an argument of a method.
const argument = (method, nth) => `Failed to execute '${method}' on 'SubtleCrypto': ${nth} argument`;

// bytes are those of a BufferSource, as a text of a character each.
function bytes(source, what = 'data') {
  if (ArrayBuffer.isView(source)) return latin1(new Uint8Array(source.buffer, source.byteOffset, source.byteLength));
  if (source instanceof ArrayBuffer || source instanceof SharedArrayBuffer) return latin1(new Uint8Array(source));
  throw new TypeError(`${what} is not instance of ArrayBuffer, Buffer, TypedArray, or DataView.`);
}

const base64 = (text) => load('base64').btoa(text);
const BYTES = ['label', 'iv', 'counter', 'additionalData', 'salt', 'info', 'publicExponent'];
const NUMBERS = ['modulusLength', 'length', 'saltLength', 'tagLength', 'iterations'];

// REQUIRED are the parameters an algorithm must have: of a key, and of what is done
// with one.
const rsa = ['hash'];
const REQUIRED = {
  key: { 'RSASSA-PKCS1-v1_5': rsa, 'RSA-PSS': rsa, 'RSA-OAEP': rsa, HMAC: ['hash'], ECDSA: ['namedCurve'], ECDH: ['namedCurve'] },
  use: {
    ECDSA: ['hash'], 'RSA-PSS': ['saltLength'], 'AES-GCM': ['iv'], 'AES-CBC': ['iv'], 'AES-CTR': ['counter', 'length'],
    PBKDF2: ['salt', 'iterations', 'hash'], HKDF: ['salt', 'info', 'hash'], ECDH: ['public'], X25519: ['public'],
  },
};

// PARAMS are the dictionaries that messages name.
const PARAMS = {
  use: {
    ECDSA: 'EcdsaParams', 'RSA-PSS': 'RsaPssParams', 'AES-GCM': 'AesGcmParams', 'AES-CBC': 'AesCbcParams', 'AES-CTR': 'AesCtrParams',
    PBKDF2: 'Pbkdf2Params', HKDF: 'HkdfParams', ECDH: 'EcdhKeyDeriveParams', X25519: 'EcdhKeyDeriveParams',
  },
  import: { HMAC: 'HmacImportParams', ECDSA: 'EcKeyImportParams', ECDH: 'EcKeyImportParams' },
  generate: { HMAC: 'HmacKeyGenParams', ECDSA: 'EcKeyGenParams', ECDH: 'EcKeyGenParams' },
};
const RSA_PARAMS = { import: 'RsaHashedImportParams', generate: 'RsaHashedKeyGenParams' };

function demand(operation, algorithm) {
  const of = nameOf(algorithm);
  const needed = operation === 'use' ? REQUIRED.use : REQUIRED.key;
  for (const name of needed[of] ?? []) {
    if (algorithm[name] !== undefined) continue;
    const params = PARAMS[operation][of] ?? RSA_PARAMS[operation];
    throw new TypeError(`Failed to normalize algorithm: passed algorithm can not be converted to '${params}' because '${name}' is required in '${params}'.`);
  }
}

// plain is an algorithm as the runner reads it.
function plain(algorithm) {
  const out = { name: nameOf(algorithm) };
  if (typeof algorithm === 'string') return out;
  if (algorithm.hash !== undefined) out.hash = nameOf(algorithm.hash);
  if (algorithm.namedCurve !== undefined) out.namedCurve = String(algorithm.namedCurve);
  for (const name of BYTES) if (algorithm[name] !== undefined) out[name] = base64(bytes(algorithm[name], `algorithm.${name}`));
  for (const name of NUMBERS) if (algorithm[name] !== undefined) out[name] = Math.trunc(Number(algorithm[name]));
  if (algorithm.public !== undefined) out.public = material(algorithm.public);
  return out;
}

// call has the runner do an operation.
function call(operation, algorithm, key, data, more) {
  const answer = host.subtle(operation, stringify(algorithm), key === undefined ? '' : stringify(key), data ?? '', more ?? '');
  if (answer[0] === '=') return answer.slice(1);
  const [name, ...message] = answer.slice(1).split('\n');
  throw failure(message.join('\n'), name);
}

const buffer = (text) => fromLatin1(text).buffer;

// A CryptoKey shows what its key is for; the key itself stays in here.
const made = Symbol('made');
let material;
class CryptoKey {
  #key;
  #fields;
  constructor(token, key, fields) {
    if (token !== made) throw new TypeError('Illegal constructor');
    this.#key = key;
    this.#fields = fields;
  }
  get type() { return this.#key.type; }
  get extractable() { return this.#fields.extractable; }
  get algorithm() { return this.#fields.algorithm; }
  get usages() { return this.#fields.usages; }
  get [Symbol.toStringTag]() { return 'CryptoKey'; }
  static {
    material = (value, what = 'the key') => {
      if (value === null || typeof value !== 'object' || !(#key in value)) throw new TypeError(`${what} is not of type CryptoKey.`);
      return value.#key;
    };
  }
}
// Nothing of a key prints but its type.
for (const name of ['type', 'extractable', 'algorithm', 'usages']) Object.defineProperty(CryptoKey.prototype, name, { enumerable: true });

// shown is an algorithm as a key shows it.
function shown({ name, hash, namedCurve, modulusLength, publicExponent, length }) {
  const out = { name };
  if (modulusLength !== undefined) {
    out.modulusLength = modulusLength;
    out.publicExponent = fromLatin1(load('base64').atob(publicExponent));
  }
  if (namedCurve !== undefined) out.namedCurve = namedCurve;
  if (length !== undefined) out.length = length;
  if (hash !== undefined) out.hash = { name: hash };
  return out;
}

const unsupported = (name) => failure(`Unsupported key usage for ${/^AES/.test(name) ? 'an AES' : name === 'HMAC' ? 'an HMAC' : `a ${name}`} key`, 'SyntaxError');

function keyOf(key, algorithm, extractable, usages, how = 'importing') {
  const allowed = USAGES[algorithm.name]?.[key.type];
  if (allowed === undefined) throw failure(`a ${key.type} key of ${algorithm.name}`, 'NotSupportedError');
  const wanted = [...new Set(Array.from(usages, String))];
  const strange = wanted.find((usage) => !allowed.includes(usage));
  if (strange !== undefined) throw unsupported(algorithm.name);
  if (!wanted.length && key.type !== 'public') throw failure(`Usages cannot be empty when ${how === 'creating' ? 'creating a key' : `importing a ${key.type} key`}.`, 'SyntaxError');
  if ((algorithm.name === 'PBKDF2' || algorithm.name === 'HKDF') && extractable) throw failure(`${algorithm.name} keys are not extractable`, 'SyntaxError');
  return new CryptoKey(made, key, { algorithm: shown(algorithm), extractable: Boolean(extractable), usages: wanted });
}

// used is the key of an operation, with its algorithm and the operation's. The
// hash that belongs to a key is the one it works with.
function used(algorithm, key, usage) {
  const own = material(key, argument(usage, usage.endsWith('Key') && usage !== 'deriveKey' ? '3rd' : '2nd'));
  demand('use', algorithm);
  const ofKey = plain(key.algorithm);
  const merged = { ...ofKey, ...plain(algorithm), ...(ofKey.hash && { hash: ofKey.hash }) };
  if (merged.name !== key.algorithm.name) throw failure('The requested operation is not valid for the provided key', 'InvalidAccessError');
  if (!key.usages.includes(usage)) throw failure(`Unable to use this key to ${usage}`, 'InvalidAccessError');
  return [merged, own];
}

function imported(format, data, algorithm, extractable, usages) {
  demand('import', algorithm);
  const answer = parse(call('import', plain(algorithm), undefined, data, String(format)));
  return keyOf(answer.key, answer.algorithm, extractable, usages);
}

// Of a JSON Web Key, what it says of its use holds, too.
function jwkText(jwk, extractable, usages) {
  if (jwk === null || typeof jwk !== 'object') throw new TypeError('keyData must be a JsonWebKey');
  if (jwk.ext === false && extractable) throw failure('JWK "ext" Parameter and extractable mismatch', 'DataError');
  if (Array.isArray(jwk.key_ops) && [...usages].some((usage) => !jwk.key_ops.includes(usage))) {
    throw failure('Key operations and usage mismatch', 'DataError');
  }
  return latin1(load('bytes').utf8(stringify(jwk)));
}

function exported(format, key) {
  const own = material(key, argument('exportKey', '2nd'));
  if (!FORMATS.includes(String(format))) throw notFormat('exportKey', format);
  if (!key.extractable) throw failure('key is not extractable', 'InvalidAccessError');
  const { name } = key.algorithm;
  if (!has(format, key.type, name)) throw failure(`Unable to export a ${format} ${name} ${key.type} key`, 'InvalidAccessError');
  const text = call('export', plain(key.algorithm), own, '', String(format));
  if (format !== 'jwk') return buffer(text);
  return { ...parse(text), key_ops: [...key.usages], ext: true };
}

const FORMATS = ['raw', 'pkcs8', 'spki', 'jwk'];
const notFormat = (method, format) => new TypeError(`${argument(method, '1st')} value '${format}' is not a valid enum value of type KeyFormat.`);

// has reports whether keys of a type have a format.
function has(format, type, name) {
  switch (String(format)) {
    case 'raw': return type === 'secret' || type === 'public' && !/^RSA/.test(name);
    case 'pkcs8': return type === 'private';
    case 'spki': return type === 'public';
  }
  return true;
}

// secretLength is how many bits a derived key has.
function secretLength({ name, length, hash }) {
  if (name === 'HMAC') return length ?? (/^SHA-(1|256)$/.test(hash) ? 512 : 1024);
  return /^AES-/.test(name) ? length : 0;
}

const encoded = (format, key) => (format === 'jwk' ? latin1(load('bytes').utf8(stringify(exported(format, key)))) : bytes(exported(format, key)));

class SubtleCrypto {
  constructor(token) { if (token !== made) throw new TypeError('Illegal constructor'); }
  async digest(algorithm, data) { return buffer(call('digest', { name: nameOf(algorithm) }, undefined, bytes(data, argument('digest', '2nd')))); }
  async generateKey(algorithm, extractable, usages) {
    demand('generate', algorithm);
    const wanted = plain(algorithm);
    const { key, public: other } = parse(call('generate', wanted));
    if (!other) return keyOf(key, { ...wanted, length: wanted.length ?? secretLength(wanted) }, extractable, usages, 'creating');
    const good = USAGES[wanted.name];
    const some = (type) => good[type].filter((usage) => [...usages].includes(usage));
    const strange = [...usages].find((usage) => !good.private.includes(usage) && !good.public.includes(usage));
    if (strange !== undefined) throw unsupported(wanted.name);
    return { publicKey: keyOf(other, wanted, true, some('public')), privateKey: keyOf(key, wanted, extractable, some('private'), 'creating') };
  }
  async importKey(format, data, algorithm, extractable, usages) {
    if (!FORMATS.includes(String(format))) throw notFormat('importKey', format);
    return imported(format, format === 'jwk' ? jwkText(data, extractable, usages) : bytes(data, argument('importKey', '2nd')), algorithm, extractable, usages);
  }
  async exportKey(format, key) { return exported(format, key); }
  async sign(algorithm, key, data) { return buffer(call('sign', ...used(algorithm, key, 'sign'), bytes(data, argument('sign', '3rd')))); }
  async verify(algorithm, key, signature, data) {
    return call('verify', ...used(algorithm, key, 'verify'), bytes(data, argument('verify', '4th')), bytes(signature, argument('verify', '3rd'))) === 'true';
  }
  async encrypt(algorithm, key, data) { return buffer(call('encrypt', ...used(algorithm, key, 'encrypt'), bytes(data, argument('encrypt', '3rd')))); }
  async decrypt(algorithm, key, data) { return buffer(call('decrypt', ...used(algorithm, key, 'decrypt'), bytes(data, argument('decrypt', '3rd')))); }
  async deriveBits(algorithm, key, length) {
    const [how, own] = used(algorithm, key, 'deriveBits');
    const stretched = how.name === 'PBKDF2' || how.name === 'HKDF';
    if (stretched && (length === null || length === undefined)) throw failure('length cannot be null', 'OperationError');
    if (stretched && Number(length) === 0) return new ArrayBuffer(0);
    return buffer(call('derive', how, own, '', Number(length ?? 0)));
  }
  async deriveKey(algorithm, key, derived, extractable, usages) {
    const wanted = plain(derived);
    const bits = call('derive', ...used(algorithm, key, 'deriveKey'), '', secretLength(wanted));
    return imported('raw', bits, derived, extractable, usages);
  }
  async wrapKey(format, key, wrapping, algorithm) {
    const [how, own] = used(algorithm, wrapping, 'wrapKey');
    return buffer(call(how.name === 'AES-KW' ? 'wrap' : 'encrypt', how, own, encoded(format, key)));
  }
  async unwrapKey(format, wrapped, unwrapping, algorithm, keyAlgorithm, extractable, usages) {
    const [how, own] = used(algorithm, unwrapping, 'unwrapKey');
    return imported(format, call(how.name === 'AES-KW' ? 'unwrap' : 'decrypt', how, own, bytes(wrapped, 'wrappedKey')), keyAlgorithm, extractable, usages);
  }
  get [Symbol.toStringTag]() { return 'SubtleCrypto'; }
}

class Crypto {
  #subtle = new SubtleCrypto(made);
  constructor(token) { if (token !== made) throw new TypeError('Illegal constructor'); }
  get subtle() { return this.#subtle; }
  getRandomValues(array) {
    if (!ArrayBuffer.isView(array) || /^Float|^DataView$/.test(array.constructor.name)) {
      throw failure('The data argument must be an integer-type TypedArray', 'TypeMismatchError');
    }
    if (array.byteLength > 65536) throw failure(`The requested length exceeds 65,536 bytes`, 'QuotaExceededError');
    new Uint8Array(array.buffer, array.byteOffset, array.byteLength).set(load('random').bytes(array.byteLength));
    return array;
  }
  randomUUID() { return load('random').uuid(); }
  get [Symbol.toStringTag]() { return 'Crypto'; }
}

return { crypto: new Crypto(made), Crypto, CryptoKey, SubtleCrypto };
