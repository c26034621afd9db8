'use strict';

// crypto.subtle. The runner implements the algorithms; this file checks which
// key may be used for what.

const { parse, stringify } = load('json');
const { latin1, fromLatin1 } = load('bytes');
const { coded, wrongType, wrongValue, absent, illegal } = load('coded');

const failure = (message, name) => new (load('domexception').DOMException)(message, name);

const NAMES = ['SHA-1', 'SHA-256', 'SHA-384', 'SHA-512', 'HMAC', 'AES-GCM', 'AES-CBC', 'AES-CTR', 'AES-KW', 'RSASSA-PKCS1-v1_5', 'RSA-PSS',
  'RSA-OAEP', 'ECDSA', 'ECDH', 'Ed25519', 'X25519', 'PBKDF2', 'HKDF'];
const named = new Map(NAMES.map((name) => [name.toUpperCase(), name]));

// USAGES are the allowed usages of each type of key.
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

// ciphers encrypt; the other lists are the algorithms that sign, that derive,
// and for which keys can be generated.
const ciphers = ['AES-GCM', 'AES-CBC', 'AES-CTR', 'RSA-OAEP'];
const signers = ['HMAC', 'RSASSA-PKCS1-v1_5', 'RSA-PSS', 'ECDSA', 'Ed25519'];
const DOES = {
  digest: NAMES.slice(0, 4), encrypt: ciphers, decrypt: ciphers, wrapKey: [...ciphers, 'AES-KW'], unwrapKey: [...ciphers, 'AES-KW'],
  sign: signers, verify: signers, deriveBits: ['ECDH', 'X25519', 'PBKDF2', 'HKDF'], deriveKey: ['ECDH', 'X25519', 'PBKDF2', 'HKDF'],
  import: Object.keys(USAGES), generate: Object.keys(USAGES).filter((name) => name !== 'PBKDF2' && name !== 'HKDF'),
};

// nameOf returns the name of an algorithm that is in the list able.
function nameOf(algorithm, able = NAMES) {
  if (algorithm !== null && typeof algorithm === 'object' && algorithm.name === undefined) throw required('name', 'Algorithm');
  const name = named.get(String(algorithm?.name ?? algorithm).toUpperCase());
  if (name === undefined || !able.includes(name)) throw failure('Unrecognized algorithm name', 'NotSupportedError');
  return name;
}

const NORMALIZE = 'Failed to normalize algorithm:';
const required = (name, params) => coded(
  new TypeError(`${NORMALIZE} passed algorithm can not be converted to '${params}' because '${name}' is required in '${params}'.`), 'ERR_MISSING_OPTION');

// need checks that a method gets at least that many arguments.
function need(method, given, count, of = 'SubtleCrypto') {
  if (given.length >= count) return;
  throw absent(`Failed to execute '${method}' on '${of}': ${count} argument${count > 1 ? 's' : ''} required, but only ${given.length} present.`);
}

// argument is how messages name an argument of a method.
const argument = (method, nth) => `Failed to execute '${method}' on 'SubtleCrypto': ${nth} argument`;

// bytes returns the bytes of a BufferSource, as a string with one character for
// each byte.
function bytes(source, what = 'data') {
  if (ArrayBuffer.isView(source)) return latin1(new Uint8Array(source.buffer, source.byteOffset, source.byteLength));
  if (source instanceof ArrayBuffer || source instanceof SharedArrayBuffer) return latin1(new Uint8Array(source));
  throw wrongType(`${what} is not instance of ArrayBuffer, Buffer, TypedArray, or DataView.`);
}

const base64 = (text) => load('base64').btoa(text);
const BYTES = ['label', 'iv', 'counter', 'additionalData', 'salt', 'info', 'publicExponent'];
const NUMBERS = ['modulusLength', 'length', 'saltLength', 'tagLength', 'iterations'];
const TAGS = [32, 64, 96, 104, 112, 120, 128];

// REQUIRED are the required parameters of an algorithm, for keys and for
// operations.
const curve = { ECDSA: ['namedCurve'], ECDH: ['namedCurve'] };
const rsa = (...names) => ({ 'RSASSA-PKCS1-v1_5': names, 'RSA-PSS': names, 'RSA-OAEP': names });
const aes = { 'AES-GCM': ['length'], 'AES-CBC': ['length'], 'AES-CTR': ['length'], 'AES-KW': ['length'] };
const REQUIRED = {
  import: { ...rsa('hash'), ...curve, HMAC: ['hash'] },
  generate: { ...rsa('modulusLength', 'publicExponent', 'hash'), ...curve, ...aes, HMAC: ['hash'] },
  use: {
    ECDSA: ['hash'], 'RSA-PSS': ['saltLength'], 'AES-GCM': ['iv'], 'AES-CBC': ['iv'], 'AES-CTR': ['counter', 'length'],
    PBKDF2: ['salt', 'iterations', 'hash'], HKDF: ['salt', 'info', 'hash'], ECDH: ['public'], X25519: ['public'],
  },
};

// PARAMS are the names of dictionaries in messages.
const PARAMS = {
  use: {
    ECDSA: 'EcdsaParams', 'RSA-PSS': 'RsaPssParams', 'RSA-OAEP': 'RsaOaepParams', 'AES-GCM': 'AesGcmParams', 'AES-CBC': 'AesCbcParams', 'AES-CTR': 'AesCtrParams',
    PBKDF2: 'Pbkdf2Params', HKDF: 'HkdfParams', ECDH: 'EcdhKeyDeriveParams', X25519: 'EcdhKeyDeriveParams',
  },
  import: { HMAC: 'HmacImportParams', ECDSA: 'EcKeyImportParams', ECDH: 'EcKeyImportParams' },
  generate: { HMAC: 'HmacKeyGenParams', ECDSA: 'EcKeyGenParams', ECDH: 'EcKeyGenParams' },
};
const RSA_PARAMS = { import: 'RsaHashedImportParams', generate: 'RsaHashedKeyGenParams' };

function paramsOf(purpose, name) {
  if (PARAMS[purpose][name] !== undefined) return PARAMS[purpose][name];
  return /^AES/.test(name) ? 'AesKeyGenParams' : RSA_PARAMS[purpose] ?? 'Algorithm';
}

// LIMITS are the largest values of parameters for which it is not 2^32-1.
const LIMITS = { AesCtrParams: { length: 255 }, AesGcmParams: { tagLength: 255 }, AesKeyGenParams: { length: 65535 } };

// normal returns an algorithm in the form that the runner reads. purpose is
// use, import or generate; able are the allowed algorithms.
function normal(purpose, algorithm, able) {
  const out = { name: nameOf(algorithm, able) };
  const given = typeof algorithm === 'string' ? {} : algorithm;
  const params = paramsOf(purpose, out.name);
  for (const name of REQUIRED[purpose][out.name] ?? []) if (given[name] === undefined) throw required(name, params);
  const what = (name) => `${NORMALIZE} '${name}' of '${params}' (passed algorithm)`;
  if (given.hash !== undefined) out.hash = nameOf(given.hash, DOES.digest);
  if (given.namedCurve !== undefined) out.namedCurve = String(given.namedCurve);
  for (const name of BYTES) if (given[name] !== undefined) out[name] = base64(byteParameter(name, given[name], what));
  for (const name of NUMBERS) if (given[name] !== undefined) out[name] = whole(given[name], LIMITS[params]?.[name] ?? 2 ** 32 - 1, what(name));
  if (given.public !== undefined) out.public = material(given.public, what('public'));
  check(out, purpose);
  return out;
}

function byteParameter(name, value, what) {
  if (name === 'publicExponent' && !(value instanceof Uint8Array)) throw wrongType(`${what(name)} is not an Uint8Array object.`);
  return bytes(value, what(name));
}

function whole(value, most, what) {
  const number = Math.trunc(Number(value));
  if (!Number.isFinite(number)) throw wrongType(`${what} is not a finite number.`);
  if (number < 0 || number > most) throw coded(new TypeError(`${what} is outside the expected range of 0 to ${most}.`), 'ERR_OUT_OF_RANGE');
  return number;
}

// check refuses values that the runner cannot distinguish from missing ones.
function check({ name, length, tagLength }, purpose) {
  if (purpose === 'use' && name === 'AES-GCM' && tagLength !== undefined && !TAGS.includes(tagLength)) {
    throw failure(`${tagLength} is not a valid AES-GCM tag length`, 'OperationError');
  }
  if (name !== 'HMAC' || length === undefined) return;
  if (purpose === 'generate' && length === 0) throw failure('HmacKeyGenParams.length cannot be 0', 'OperationError');
  if (length % 8) throw failure(`Unsupported ${PARAMS[purpose].HMAC}.length`, 'NotSupportedError');
}

// plain returns the algorithm of a key, or of a key to be created, in the form
// that the runner reads.
const plain = (algorithm) => normal('import', algorithm);

// call runs an operation in the runner.
function call(operation, algorithm, key, data, more) {
  const answer = host.subtle(operation, stringify(algorithm), key === undefined ? '' : stringify(key), data ?? '', more ?? '');
  if (answer[0] === '=') return answer.slice(1);
  const [name, ...message] = answer.slice(1).split('\n');
  throw failure(message.join('\n'), name);
}

const buffer = (text) => fromLatin1(text).buffer;

// A CryptoKey shows the properties of its key. The key itself is private.
const made = Symbol('made');
let material;
class CryptoKey {
  #key;
  #fields;
  constructor(token, key, fields) {
    if (token !== made) throw illegal();
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
      if (value === null || typeof value !== 'object' || !(#key in value)) throw wrongType(`${what} is not of type CryptoKey.`);
      return value.#key;
    };
  }
}
// Of a key only its type is printed.
for (const name of ['type', 'extractable', 'algorithm', 'usages']) Object.defineProperty(CryptoKey.prototype, name, { enumerable: true });

// shown returns an algorithm as a key shows it.
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

// unsupported returns node's error for a wrong use of a key; node has two
// messages.
function unsupported(name, how) {
  const rsa = /^RSA/.test(name);
  if (how === 'creating') name = rsa ? 'a RSA' : `an ${/^AES/.test(name) ? 'AES' : name}`;
  else if (/^AES/.test(name)) name = 'an AES';
  else name = `${rsa || name === 'HMAC' ? 'an' : 'a'} ${name}`;
  return failure(`Unsupported key usage for ${name} key`, 'SyntaxError');
}

const KEY_USAGES = ['encrypt', 'decrypt', 'sign', 'verify', 'deriveKey', 'deriveBits', 'wrapKey', 'unwrapKey'];

// usageList returns a list of usages without duplicates.
function usageList(usages, method, nth) {
  const list = Array.from(usages ?? [], String);
  const at = list.findIndex((usage) => !KEY_USAGES.includes(usage));
  if (at >= 0) throw wrongValue(`${argument(method, nth)}[${at}] value '${list[at]}' is not a valid enum value of type KeyUsage.`);
  return [...new Set(list)];
}

function keyOf(key, algorithm, extractable, wanted, how = 'importing') {
  const allowed = USAGES[algorithm.name]?.[key.type];
  if (allowed === undefined) throw failure(`a ${key.type} key of ${algorithm.name}`, 'NotSupportedError');
  if (wanted.some((usage) => !allowed.includes(usage))) throw unsupported(algorithm.name, how);
  if (!wanted.length && key.type !== 'public') throw failure(`Usages cannot be empty when ${how === 'creating' ? 'creating a key' : `importing a ${key.type} key`}.`, 'SyntaxError');
  if ((algorithm.name === 'PBKDF2' || algorithm.name === 'HKDF') && extractable) throw failure(`${algorithm.name} keys are not extractable`, 'SyntaxError');
  return new CryptoKey(made, key, { algorithm: shown(algorithm), extractable: Boolean(extractable), usages: wanted });
}

// used returns the key of an operation, with its algorithm and the operation's.
// The hash of a key is the hash of its algorithm.
function used(algorithm, key, usage) {
  const how = normal('use', algorithm, DOES[usage]);
  const own = material(key, argument(usage, usage.endsWith('Key') && usage !== 'deriveKey' ? '3rd' : '2nd'));
  const ofKey = plain(key.algorithm);
  const fits = how.name === ofKey.name && key.usages.includes(usage);
  if (!fits) throw failure(unfit(usage, how.name === ofKey.name), 'InvalidAccessError');
  return [{ ...ofKey, ...how, ...(ofKey.hash && { hash: ofKey.hash }) }, own];
}

function unfit(usage, named) {
  if (usage === 'sign' || usage === 'verify') return `Unable to use this key to ${usage}`;
  if (/^derive/.test(usage)) return named ? `baseKey does not have ${usage} usage` : 'Key algorithm mismatch';
  return 'The requested operation is not valid for the provided key';
}

function imported(format, data, algorithm, extractable, usages) {
  const wanted = normal('import', algorithm, DOES.import);
  if (!reads(String(format), wanted.name)) throw failure(`Unable to import ${wanted.name} using ${format} format`, 'NotSupportedError');
  if (format === 'jwk') checkUse(data, wanted.name, extractable, usages);
  const text = format === 'jwk' ? latin1(load('bytes').utf8(stringify(data))) : data;
  if (format === 'raw' && USAGES[wanted.name].public && usages.some((usage) => !USAGES[wanted.name].public.includes(usage))) throw unsupported(wanted.name);
  const answer = parse(call('import', wanted, undefined, text, String(format)));
  return keyOf(answer.key, answer.algorithm, extractable, usages);
}

// reads reports whether keys of an algorithm can be imported in a format.
function reads(format, name) {
  const secret = USAGES[name].secret !== undefined;
  switch (format) {
    case 'raw': return !/^RSA/.test(name);
    case 'jwk': return name !== 'PBKDF2' && name !== 'HKDF';
  }
  return !secret;
}

// checkUse compares the wanted use of a JSON Web Key with what the key itself
// says.
function checkUse(jwk, name, extractable, usages) {
  if (jwk === null || jwk.kty === undefined) throw failure('Invalid keyData', 'DataError');
  const use = DOES.sign.includes(name) ? 'sig' : 'enc';
  if (usages.length && jwk.use !== undefined && jwk.use !== use) throw failure('Invalid JWK "use" Parameter', 'DataError');
  if (jwk.ext === false && extractable) throw failure('JWK "ext" Parameter and extractable mismatch', 'DataError');
  if (!Array.isArray(jwk.key_ops)) return;
  if (new Set(jwk.key_ops).size < jwk.key_ops.length) throw failure('Duplicate key operation', 'DataError');
  if (usages.some((usage) => !jwk.key_ops.includes(usage))) throw failure('Key operations and usage mismatch', 'DataError');
}

function exported(format, key) {
  const own = material(key, argument('exportKey', '2nd'));
  if (!FORMATS.includes(String(format))) throw notFormat('exportKey', format);
  if (!key.extractable) throw failure('key is not extractable', 'InvalidAccessException');
  const { name } = key.algorithm;
  if (!has(format, key.type, name)) throw failure(`Unable to export ${name} ${key.type} key using ${format} format`, 'NotSupportedError');
  const text = call('export', plain(key.algorithm), own, '', String(format));
  if (format !== 'jwk') return buffer(text);
  return { ...parse(text), key_ops: [...key.usages], ext: true };
}

const FORMATS = ['raw', 'pkcs8', 'spki', 'jwk'];
const notFormat = (method, format) => wrongValue(`${argument(method, '1st')} value '${format}' is not a valid enum value of type KeyFormat.`);

// has reports whether keys of a type can be exported in a format.
function has(format, type, name) {
  switch (String(format)) {
    case 'raw': return type === 'secret' || type === 'public' && !/^RSA/.test(name);
    case 'pkcs8': return type === 'private';
    case 'spki': return type === 'public';
  }
  return true;
}

// secretLength returns the number of bits of a derived key.
function secretLength({ name, length, hash }) {
  if (name === 'HMAC') return length ?? (/^SHA-(1|256)$/.test(hash) ? 512 : 1024);
  if (name === 'PBKDF2' || name === 'HKDF') throw failure('length cannot be null', 'OperationError');
  if (![128, 192, 256].includes(length)) throw failure('AES key length must be 128, 192, or 256 bits', 'OperationError');
  return length;
}

const encoded = (format, key) => (format === 'jwk' ? latin1(load('bytes').utf8(stringify(exported(format, key)))) : bytes(exported(format, key)));

function unwrappedKey(text) {
  try {
    return parse(load('bytes').fromUtf8(fromLatin1(text)));
  } catch {
    throw failure('Invalid wrapped JWK key', 'DataError');
  }
}

class SubtleCrypto {
  constructor(token) { if (token !== made) throw illegal(); }
  async digest(algorithm, data) {
    need('digest', arguments, 2);
    const text = bytes(data, argument('digest', '2nd'));
    return buffer(call('digest', { name: nameOf(algorithm, DOES.digest) }, undefined, text));
  }
  async generateKey(algorithm, extractable, usages) {
    need('generateKey', arguments, 3);
    const wanted = normal('generate', algorithm, DOES.generate);
    const list = usageList(usages, 'generateKey', '3rd');
    const good = USAGES[wanted.name];
    if (list.some((usage) => !Object.values(good).flat().includes(usage))) throw unsupported(wanted.name, 'creating');
    const { key, public: other } = parse(call('generate', wanted));
    if (!other) return keyOf(key, { ...wanted, length: wanted.length ?? secretLength(wanted) }, extractable, list, 'creating');
    const some = (type) => good[type].filter((usage) => list.includes(usage));
    return { publicKey: keyOf(other, wanted, true, some('public')), privateKey: keyOf(key, wanted, extractable, some('private'), 'creating') };
  }
  async importKey(format, data, algorithm, extractable, usages) {
    need('importKey', arguments, 4);
    if (!FORMATS.includes(String(format))) throw notFormat('importKey', format);
    const what = argument('importKey', '2nd');
    if (format === 'jwk' && data !== null && typeof data !== 'object') throw wrongType(`${what} can not be converted to a dictionary`);
    return imported(format, format === 'jwk' ? data : bytes(data, what), algorithm, extractable, usageList(usages, 'importKey', '5th'));
  }
  async exportKey(format, key) {
    need('exportKey', arguments, 2);
    return exported(format, key);
  }
  async sign(algorithm, key, data) {
    need('sign', arguments, 3);
    return buffer(call('sign', ...used(algorithm, key, 'sign'), bytes(data, argument('sign', '3rd'))));
  }
  async verify(algorithm, key, signature, data) {
    need('verify', arguments, 4);
    return call('verify', ...used(algorithm, key, 'verify'), bytes(data, argument('verify', '4th')), bytes(signature, argument('verify', '3rd'))) === 'true';
  }
  async encrypt(algorithm, key, data) {
    need('encrypt', arguments, 3);
    return buffer(call('encrypt', ...used(algorithm, key, 'encrypt'), bytes(data, argument('encrypt', '3rd'))));
  }
  async decrypt(algorithm, key, data) {
    need('decrypt', arguments, 3);
    return buffer(call('decrypt', ...used(algorithm, key, 'decrypt'), bytes(data, argument('decrypt', '3rd'))));
  }
  async deriveBits(algorithm, key, length) {
    need('deriveBits', arguments, 2);
    const [how, own] = used(algorithm, key, 'deriveBits');
    const stretched = how.name === 'PBKDF2' || how.name === 'HKDF';
    if (stretched && (length === null || length === undefined)) throw failure('length cannot be null', 'OperationError');
    if (stretched && Number(length) === 0) return new ArrayBuffer(0);
    return buffer(call('derive', how, own, '', Number(length ?? 0)));
  }
  async deriveKey(algorithm, key, derived, extractable, usages) {
    need('deriveKey', arguments, 5);
    const list = usageList(usages, 'deriveKey', '5th');
    const length = secretLength(plain(derived));
    const bits = call('derive', ...used(algorithm, key, 'deriveKey'), '', length);
    return imported('raw', bits, derived, extractable, list);
  }
  async wrapKey(format, key, wrapping, algorithm) {
    need('wrapKey', arguments, 4);
    const [how, own] = used(algorithm, wrapping, 'wrapKey');
    return buffer(call(how.name === 'AES-KW' ? 'wrap' : 'encrypt', how, own, encoded(format, key)));
  }
  async unwrapKey(format, wrapped, unwrapping, algorithm, keyAlgorithm, extractable, usages) {
    need('unwrapKey', arguments, 6);
    const [how, own] = used(algorithm, unwrapping, 'unwrapKey');
    const list = usageList(usages, 'unwrapKey', '7th');
    const data = call(how.name === 'AES-KW' ? 'unwrap' : 'decrypt', how, own, bytes(wrapped, argument('unwrapKey', '2nd')));
    return imported(format, format === 'jwk' ? unwrappedKey(data) : data, keyAlgorithm, extractable, list);
  }
  get [Symbol.toStringTag]() { return 'SubtleCrypto'; }
}

class Crypto {
  #subtle = new SubtleCrypto(made);
  constructor(token) { if (token !== made) throw illegal(); }
  get subtle() { return this.#subtle; }
  getRandomValues(array) {
    need('getRandomValues', arguments, 1, 'Crypto');
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
