'use strict';

// The data of locales, from Unicode's CLDR: see gen/cldr.

const aliases = { no: 'nb', iw: 'he', in: 'id', 'zh-TW': 'zh-Hant', 'zh-HK': 'zh-Hant-HK', 'zh-MO': 'zh-Hant-HK' };

// merged merges a locale's differences into the data of the locale it
// resembles. Its own formats come first, so they win over formats that fit as
// well.
function merged(like, own) {
  const out = {};
  for (const [key, value] of Object.entries(own)) {
    if (value !== null) out[key] = typeof value === 'object' ? merged(like?.[key], value) : value;
  }
  for (const key in like) {
    if (!Object.hasOwn(own, key)) out[key] = like[key];
  }
  return out;
}

// layered returns a function from a locale to its data, merged with the data of
// the locale it resembles. own returns the locale's own data as JSON.
function layered(own) {
  const known = new Map();
  return function read(tag) {
    if (!known.has(tag)) {
      const data = JSON.parse(own(tag) || 'null');
      known.set(tag, data && { ...merged(data.like && read(data.like), data), tag });
    }
    return known.get(tag);
  };
}

const read = layered((tag) => host.locale(tag));

const first = (locales) => String((Array.isArray(locales) ? locales[0] : locales) ?? 'en-US');

let without;

// strange reports whether CLDR has too little data of a language.
function strange(language) {
  without ??= new Set(JSON.parse(host.locale('-')));
  return without.has(language);
}

// widest returns the data of a locale, or of the nearest wider locale.
function widest(locale) {
  let tag = locale.replace(/-u-.*$/, '');
  for (;;) {
    const data = read(aliases[tag] ?? tag);
    if (data) return data;
    const at = tag.lastIndexOf('-');
    if (at < 0) return undefined;
    tag = tag.slice(0, at);
  }
}

// find returns the data of the first supported locale. It returns nothing for
// American English, which also stands for unknown languages, as in V8.
function find(locales) {
  for (const locale of Array.isArray(locales) ? locales.map(String) : [first(locales)]) {
    const data = widest(locale);
    if (data) return data.tag === 'en' ? undefined : data;
    const [language] = locale.split('-');
    if (strange(language)) throw new TypeError(`Intl has no data of the locale "${locale}"`);
  }
  return undefined;
}

const supported = (locale) => widest(locale) !== undefined;

// hourCycle returns the hour cycle in a locale's name: de-u-hc-h12.
const hourCycle = (locales) => /-u-(?:.*-)?hc-(h\d\d)/.exec(first(locales))?.[1];

// inDigits replaces digits by the locale's own.
const inDigits = ({ digits }, text) => (digits ? text.replace(/\d/g, (d) => digits[d]) : text);

// filled replaces {0}, {1}, … in a pattern by lists of parts. literal creates
// the parts of the text between them.
const filled = (pattern, lists, literal) => pattern.split(/(\{\d\})/).flatMap((piece) => {
  const at = /^\{(\d)\}$/.exec(piece)?.[1];
  return at === undefined ? (piece ? literal(piece) : []) : lists[at];
});

return { find, first, supported, read, hourCycle, inDigits, filled, layered };
