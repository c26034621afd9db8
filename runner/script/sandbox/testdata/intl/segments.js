// Where Intl.Segmenter ends graphemes, words (a + for what is like one) and
// sentences. Node's answers are in segments.txt: node segments.js > segments.txt
let seed = 20261128;
const below = (n) => {
  seed = (seed * 1664525 + 1013904223) % 4294967296;
  return Math.floor(seed / 65536) % n;
};
const pick = (list) => list[below(list.length)];
const characters = [...'aaBz19.,:;\'-__  /&@#$%()?!…。«»éßа́яά', ...'אב״׳가나각निक་ཀᠠ٠۱½①Ⅷª', ...'😀👩👧❤🏽🏿🇩🇪€ʼ՚ǅ', '\r', '\n', '\u2029', '\u0301', '\u200d', '\u200c', '\u00ad', '\ufe0f', '\u094d', '\u0903', '\u0600', '\u06dd', '\u200b', '\ufeff', '\u00a0', '\u3000', '\ud800', '\udc00'];
const shown = (text) => [...text].map((c) => (/^[\w .,:;()?!]$/.test(c) ? c : `<${c.codePointAt(0).toString(16)}>`)).join('');
const written = (locale, granularity, text) => {
  const pieces = [...new Intl.Segmenter(locale, { granularity }).segment(text)];
  return pieces.map(({ segment, isWordLike }) => shown(segment) + (isWordLike ? '+' : '')).join('|');
};
for (let i = 0; i < 600; i++) {
  let text = '';
  for (let n = 1 + below(12); n > 0; n--) text += pick(characters);
  const granularity = pick(['grapheme', 'word', 'word', 'sentence']);
  const locale = pick(['en', 'de', 'el', 'fi', 'he', 'ko']);
  console.log(`${locale} ${granularity} ${written(locale, granularity, text)}`);
}
for (const text of ['', 'Hello, world. How are you? Dr. Smith pays 3.50 € for it; ok…', '3월에 가나다a', 'τι είναι; ναι.', '第1章。', 'a:b can\u2019t c_d', 'क्षत्रिय', '👩‍👩‍👧‍👦🇩🇪🇫🇷🏳️‍🌈']) {
  for (const granularity of ['grapheme', 'word', 'sentence']) console.log(`${granularity} ${written(['el', 'en'], granularity, text)}`);
}
const say = (about, f) => {
  let text;
  try {
    text = JSON.stringify(f());
  } catch (e) {
    text = `${e.name}: ${e.message}`;
  }
  console.log(`${about}: ${text}`);
};
const segments = new Intl.Segmenter('en', { granularity: 'word' }).segment('ab cd e');
for (const at of [0, 1, 2, 4.7, -1, 7, NaN, undefined, '3']) say(`containing ${at}`, () => segments.containing(at));
say('kinds', () => [new Intl.Segmenter(), segments, segments[Symbol.iterator]()].map((o) => Object.prototype.toString.call(o)));
say('twice', () => [...segments, ...segments].length);
say('resolved', () => new Intl.Segmenter('de-CH-u-co-phonebk', { granularity: 'word' }).resolvedOptions());
say('default', () => new Intl.Segmenter().resolvedOptions());
say('nobody', () => new Intl.Segmenter('tlh').resolvedOptions());
say('locales', () => Intl.Segmenter.supportedLocalesOf(['de', 'tlh', 'fr-CA']));
say('bad option', () => new Intl.Segmenter('de', { granularity: 'line' }));
say('no options', () => new Intl.Segmenter('de', null));
say('bad locale', () => new Intl.Segmenter('de_DE'));
say('no new', () => Intl.Segmenter('de'));
say('no text', () => [...new Intl.Segmenter('de').segment()].length);
