'use strict';

// Encoders of CryptoJS, between words and strings. The object that is found is
// the encoder itself.

const { Accelerator } = load('accelerate');
const text = host.native('words.text');
const words = host.native('words.of');

const NAMES = ['hex', 'latin1', 'base64'];
const LEAST = 64; // least number of characters or bytes for Go

function accelerate(encoder) {
  const it = new Accelerator(encoder);
  if (!it.own('stringify', 'words sigBytes') || !it.own('parse', 'length')) return false;
  const [writing, reading] = [writes(it, encoder), reads(it, encoder)];
  return writing || reading;
}

const sample = () => Array.from({ length: 30 }, (_, i) => Math.imul(i + 3, 0x9e3779b1));

// counting returns a sample as a WordArray, cut at sigBytes as in the library.
function counting(sigBytes) {
  let clamps = 0;
  const it = { words: sample(), sigBytes, clamp() { clamps++; it.words.length = Math.ceil(sigBytes / 4); if (sigBytes % 4) it.words[it.words.length - 1] &= -1 << (32 - (sigBytes % 4) * 8); } };
  return { it, clamps: () => clamps };
}

function writes(it, encoder) {
  return it.replaceAtUse(encoder.stringify, NAMES.map((name) => (plain) => function (array, ...more) {
    if (more.length > 0 || !(array?.sigBytes >= LEAST)) return plain(this, [array, ...more]);
    const cuts = name === 'base64' && typeof array.clamp === 'function';
    if (name === 'base64' && !cuts) return plain(this, [array]);
    if (cuts) array.clamp();
    const made = text(name, array.words, array.sigBytes);
    if (typeof made === 'string') return made;
    return plain(this, [array]);
  }), (call) => [64, 70, 99, 119].map((n) => {
    const { it, clamps } = counting(n);
    return [call(encoder, it), it.words, clamps() > 0];
  }));
}

function reads(it, encoder) {
  return it.replaceAtUse(encoder.parse, NAMES.map((name) => (plain) => function (string, ...more) {
    if (more.length > 0 || typeof string !== 'string' || string.length < LEAST) return plain(this, [string, ...more]);
    const made = words(name, string);
    if (!made) return plain(this, [string]);
    const array = plain(this, ['']);
    array.sigBytes = made.pop();
    array.words = made;
    return array;
  }), (call) => ['0123456789abcdefABCDEF'.repeat(4), 'QUJD'.repeat(17) + 'QQ==', 'Zm9v'.repeat(30) + 'Zm8=', 'a\xe9'.repeat(40), 'Zm9v'.repeat(17) + 'Zm'].map((string) => {
    const { words, sigBytes } = call(encoder, string);
    return [Array.from(words), sigBytes, encoder._reverseMap?.length];
  }));
}

return { accelerate };
