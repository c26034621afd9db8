// What Intl.DisplayNames calls things. Node's answers are in names.txt:
// node names.js > names.txt
const codes = {
  language: 'en-US de-AT zh-Hant zh-Hans-CN sr-Latn fr-CH de-LU en-u-ca-buddhist xx en-GB pt-BR zh-Hant-HK es-419 az-Arab az tlh und mul root nds-NL x iw no fa-AF de-QQ xx-DE yue-Hans'.split(' '),
  region: 'US GB UN 419 XX ZZ us HK CZ MK EU 001 MM PS CIV'.split(' '),
  script: 'Latn Hans Zzzz Xxxx Arab latn Hant Zsye Cyrl x'.split(' '),
  currency: 'USD eur XXX abc CHF JPY CAD DEM EU'.split(' '),
  calendar: 'gregory buddhist iso8601 foo islamic-umalqura x'.split(' '),
  dateTimeField: 'era year quarter month weekOfYear weekday day dayPeriod hour minute second timeZoneName foo'.split(' '),
};
const written = (f) => {
  try {
    return f();
  } catch (e) {
    return `${e.name}: ${e.message}`;
  }
};
const say = (about, f) => console.log(`${about}: ${written(f)}`);
for (const tag of 'en de fr es ja zh-Hant pt-PT ar en-GB es-MX de-CH sr-Latn nb no hi'.split(' ')) {
  for (const [type, list] of Object.entries(codes)) {
    for (const style of ['long', 'short', 'narrow']) {
      say(`${tag} ${type} ${style}`, () => {
        const names = new Intl.DisplayNames(tag, { type, style });
        return list.map((code) => `${code}=${written(() => names.of(code))}`).join('|');
      });
    }
  }
}
for (const tag of ['en', 'fr']) {
  say('standard', () => codes.language.map((code) => written(() => new Intl.DisplayNames(tag, { type: 'language', languageDisplay: 'standard' }).of(code))).join('|'));
  for (const type of ['language', 'region', 'script', 'currency', 'calendar']) {
    say('none', () => codes[type].map((code) => written(() => new Intl.DisplayNames(tag, { type, fallback: 'none' }).of(code))).join('|'));
  }
}
for (const options of [{ type: 'region' }, { type: 'language', style: 'short', fallback: 'none' }, undefined, null, {}, { type: 'x' }, { type: 'region', style: 'x' }, { type: 'region', fallback: 'x' }, { type: 'language', languageDisplay: 'x' }]) {
  say(JSON.stringify(options), () => JSON.stringify(new Intl.DisplayNames('de-CH', options).resolvedOptions()));
}
say('nothing', () => new Intl.DisplayNames('de', { type: 'region' }).of());
say('no new', () => Intl.DisplayNames('de', { type: 'region' }));
say('kind', () => Object.prototype.toString.call(new Intl.DisplayNames('de', { type: 'region' })));
