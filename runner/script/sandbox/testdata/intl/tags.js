// The names of locales: what Intl.Locale and Intl.getCanonicalLocales make of
// them. Node's answers are in tags.txt: node tags.js > tags.txt
let seed = 20261128;
const pick = (list) => {
  seed = (seed * 1103515245 + 12345) % 2147483648;
  return list[(seed >> 8) % list.length];
};
const languages = 'en de fr zh sr no iw in ji mo sh tl aar hy art sgn cmn yue nan aam zz mlx rmn swa jw ha uz pa az mn ky tt ug yi'.split(' ');
const scripts = [...Array(20).fill(''), ...'Latn Cyrl Hans Hant Arab Qaai Deva latn Jpan Kore Thai'.split(' ')];
const regions = [...Array(20).fill(''), ...'US DE at CN TW HK SU YU DD CS BU ZR UK GB 840 172 419 NT AN 276 RS PK IN QU EU'.split(' ')];
const variants = [...Array(40).fill(''), ...'valencia 1996 1901 heploc polytoni saaho lojban arevela rozaj 1994 hepburn gaulish guoyu fonipa'.split(' ')];
const extensions = [...Array(40).fill(''), ...`u-ca-gregorian u-ca-islamicc u-ca-ethiopic-amete-alem u-kn-yes u-kn-true u-kn u-kn-false u-co-phonebook u-co-dictionary
  u-hc-h12 u-nu-thai u-ms-imperial u-ks-primary u-rg-uszzzz u-tz-usnyc u-tz-eire u-attr-ca-buddhist u-zz-aa-attr u-co-standard-ca-hebrew t-en
  t-de-latn-m0-names t-m0-iso-i0-handwrit a-foo x-foo a-foo-b-bar u-kf u-fw-mon t-iw t-sl-rozaj-biske-1994 u t a u-ca-gregory-ca-buddhist`.split(/\s+/)];
const written = (f) => {
  try {
    return String(f());
  } catch (e) {
    return `${e.name}: ${e.message}`;
  }
};
const say = (about, f) => console.log(`${about} => ${written(f)}`);
const getters = ['baseName', 'language', 'script', 'region', 'calendar', 'collation', 'hourCycle', 'numeric', 'caseFirst', 'numberingSystem', 'calendars', 'hourCycles', 'timeZones', 'textInfo', 'weekInfo'];

for (let i = 0; i < 400; i++) {
  const tag = [languages, scripts, regions, variants, variants, extensions, extensions].map(pick).filter(Boolean).join('-');
  say(tag, () => Intl.getCanonicalLocales(tag));
  if (i % 2 === 0) say(`${tag} widest`, () => [new Intl.Locale(tag).maximize(), new Intl.Locale(tag).minimize()]);
  if (i % 8 === 0) say(`${tag} all`, () => JSON.stringify(getters.map((name) => new Intl.Locale(tag)[name])));
}
for (const tag of ['und', 'und-DE', 'und-TW', 'und-Cyrl', 'und-Thai-DE', 'en-001', 'zh-Hant', 'zh-HK', 'sr-Latn-ME', 'pt', 'kok-Latn']) {
  say(`${tag} widest`, () => [new Intl.Locale(tag).maximize(), new Intl.Locale(tag).minimize(), new Intl.Locale(tag).language]);
}
for (const tag of ['', 'zh-min-nan', 'zh-yue', 'i-klingon', 'x-foo', 'en-x-foo', 'de-1996-1996', 'en-a-bb-a-cc', 'EN-us', 'en-gb-oed', 'root', 'aaaa', 'a', 'en--us', '-en', 'en-u',
  'en_US', 'sgn-us', 'en-US-posix', 'ja-latn-hepburn-heploc', 'en-t-jp', 'de-u-co-phonebk-u-ca-buddhist', 'en-0aaa', 'en-latn-latn', '\u00df', 'en ', ' en', '\u0130', 'en-us-us']) {
  say(tag, () => Intl.getCanonicalLocales(tag));
  say(`${tag} new`, () => new Intl.Locale(tag));
}
for (const list of [undefined, null, 5, [5], [null], [], ['de', 'DE'], { length: 1, 0: 'fr-fr' }, [new Intl.Locale('iw')], new Intl.Locale('zh-TW')]) {
  say(JSON.stringify(list), () => JSON.stringify(Intl.getCanonicalLocales(list)));
}
for (const options of [{ language: 'fr', region: 'ch', script: 'latn' }, { calendar: 'gregorian' }, { hourCycle: 'h12', numeric: true }, { numeric: false, caseFirst: 'upper' },
  { numberingSystem: 'thai', collation: 'phonebook' }, { language: 'xxxxx1' }, { region: 'x' }, { script: 'x' }, { calendar: 'x' }, { hourCycle: 'x' }, { caseFirst: 'x' }, { collation: '' }, null]) {
  say(JSON.stringify(options), () => new Intl.Locale('de-AT-u-nu-latn', options));
}
say('no tag', () => new Intl.Locale());
say('a number', () => new Intl.Locale(5));
say('no new', () => Intl.Locale('de'));
say('a locale', () => new Intl.Locale(new Intl.Locale('de'), { region: 'CH' }));
say('its kind', () => Object.prototype.toString.call(new Intl.Locale('de')));
for (const key of ['calendar', 'collation', 'numberingSystem', 'unit', 'currency', 'timeZone', 'other', undefined]) say(key, () => Intl.supportedValuesOf(key));
for (const make of [(tag) => new Intl.NumberFormat(tag), (tag) => new Intl.Collator(tag), (tag) => new Intl.PluralRules(tag), (tag) => new Intl.ListFormat(tag), (tag) => new Date(0).toLocaleDateString(tag), (tag) => 'a'.localeCompare('b', tag)]) {
  for (const tag of ['de_DE', 'x']) say(tag, () => make(tag));
}
