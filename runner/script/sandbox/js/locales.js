'use strict';

// What is known of locales, from Unicode's CLDR: see gen/cldr.

const aliases = { no: 'nb', iw: 'he', in: 'id', 'zh-TW': 'zh-Hant', 'zh-HK': 'zh-Hant-HK', 'zh-MO': 'zh-Hant-HK' };

// merged lays what a locale has otherwise before what it is like: of formats
// that fit alike, its own come first.
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

// layered makes a function from a locale to its data, over those of what it is
// like; own gives its own as JSON.
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

// strange reports whether a language is one that Unicode knows too little of.
function strange(language) {
  without ??= new Set(JSON.parse(host.locale('-')));
  return without.has(language);
}

// widest returns the data of a locale, or of the wider one it belongs to.
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

// find returns the data of the first locale there is one of; American English
// has none, and stands for languages nobody knows, as in V8.
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

// hourCycle is the one that a locale's own name asks for: de-u-hc-h12.
const hourCycle = (locales) => /-u-(?:.*-)?hc-(h\d\d)/.exec(first(locales))?.[1];

// inDigits writes a number in the locale's own digits.
const inDigits = ({ digits }, text) => (digits ? text.replace(/\d/g, (d) => digits[d]) : text);

// filled puts lists of parts where a pattern has {0}, {1}, …; literal makes
// parts of the text between them.
const filled = (pattern, lists, literal) => pattern.split(/(\{\d\})/).flatMap((piece) => {
  const at = /^\{(\d)\}$/.exec(piece)?.[1];
  return at === undefined ? (piece ? literal(piece) : []) : lists[at];
});

return { find, first, supported, read, hourCycle, inDigits, filled, layered };
