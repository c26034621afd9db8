'use strict';

// What is known of the common locales, from Unicode's CLDR: see gen/cldr.

const known = new Map();
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

function read(tag) {
  if (!known.has(tag)) {
    const own = JSON.parse(host.locale(tag) || 'null');
    known.set(tag, own && { ...merged(own.like && read(own.like), own), tag });
  }
  return known.get(tag);
}

const first = (locales) => String((Array.isArray(locales) ? locales[0] : locales) ?? 'en-US');

// find returns the data of the locale, or of the wider one it belongs to;
// American English, and what is not known, have none.
function find(locales) {
  let tag = first(locales).replace(/-u-.*$/, '');
  for (;;) {
    const data = read(aliases[tag] ?? tag);
    if (data) return data.tag === 'en' ? undefined : data;
    const at = tag.lastIndexOf('-');
    if (at < 0) return undefined;
    tag = tag.slice(0, at);
  }
}

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

return { find, first, read, hourCycle, inDigits, filled };
