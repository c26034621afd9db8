'use strict';

// Intl.Segmenter: graphemes, words and sentences by Unicode's annex 29.

const { canonicalList } = load('locale');
const { find, first, supported } = load('locales');

// Texts in these scripts have no marks between words, so that splitting them
// needs a dictionary.
const DICTIONARY = /[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tai_Le}\p{Script=New_Tai_Lue}\p{Script=Tai_Tham}\p{Script=Tai_Viet}\p{Script=Ahom}]|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\uff70\u30fc]{2}/u;

// boundaries returns where the segments of a text end.
function boundaries(text, granularity, locale) {
  if (granularity === 'word' && DICTIONARY.test(text)) {
    throw new TypeError('Intl has no dictionary of the words of Chinese, Japanese, Thai, Lao, Khmer and Burmese');
  }
  const whole = text.replace(/[\ud800-\udfff]/gu, '\ufffd'); // lone surrogates
  const greek = granularity === 'sentence' && /^el\b/.test(locale); // the Greek question mark is ";"
  return JSON.parse(host.segments(greek ? whole.replace(/[;\u037e]/g, '?') : whole, granularity));
}

class Segments {
  #text;
  #words;
  #ends;
  #like;
  constructor(text, granularity, locale) {
    this.#text = text;
    this.#words = granularity === 'word';
    const { ends, like } = boundaries(text, granularity, locale);
    this.#ends = ends ?? [];
    this.#like = like;
  }
  #at(n) {
    const index = n ? this.#ends[n - 1] : 0;
    const piece = { segment: this.#text.slice(index, this.#ends[n]), index, input: this.#text };
    return this.#words ? { ...piece, isWordLike: this.#like[n] === 1 } : piece;
  }
  containing(index) {
    const at = Math.trunc(Number(index)) || 0;
    if (at < 0 || at >= this.#text.length) return undefined;
    let [low, high] = [0, this.#ends.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#ends[middle] > at) high = middle;
      else low = middle + 1;
    }
    return this.#at(low);
  }
  [Symbol.iterator]() {
    let n = 0;
    const next = () => (n < this.#ends.length ? { value: this.#at(n++), done: false } : { value: undefined, done: true });
    return Object.assign(Object.create(Iteration), { next });
  }
}
Object.defineProperty(Segments.prototype, 'constructor', { value: Object, configurable: true, writable: true });

// Iteration is the prototype of iterators over segments.
const Iteration = Object.create(Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())), {
  [Symbol.toStringTag]: { value: 'Segmenter String Iterator', configurable: true },
});

class Segmenter {
  #locale;
  #granularity;
  constructor(locales, options) {
    if (options !== undefined && typeof options !== 'object' || options === null) throw new TypeError('invalid_argument');
    const { granularity = 'grapheme' } = options ?? {};
    const asked = canonicalList(locales);
    find(asked); // throws for locales without data
    this.#locale = first(asked.filter(supported)).replace(/-u-.*$/, '');
    this.#granularity = String(granularity);
    if (!/^(?:grapheme|word|sentence)$/.test(this.#granularity)) throw new RangeError(`Value ${granularity} out of range for Intl.Segmenter options property granularity`);
  }
  segment(text) { return new Segments(String(text), this.#granularity, this.#locale); }
  resolvedOptions() { return { locale: this.#locale, granularity: this.#granularity }; }
}

return { Segmenter };
