'use strict';

// The names of locales, "de-Latn-AT-u-ca-buddhist": how they are parsed, and
// their canonical form, by Unicode's technical standard 35, part 3. The tables
// are CLDR's: see gen/cldr.

const { subtag } = host;

// wrong returns V8's error. V8 has another message when only the part after the
// base is invalid.
const wrong = (tag) => new RangeError(tag === undefined ? 'Incorrect locale information provided' : `Invalid language tag: ${tag}`);

const LANGUAGE = /^(?:[a-z]{2,3}|[a-z]{5,8})$/;
const SCRIPT = /^[a-z]{4}$/;
const REGION = /^(?:[a-z]{2}|\d{3})$/;
const VARIANT = /^(?:[a-z\d]{5,8}|\d[a-z\d]{3})$/;
const VALUE = /^[a-z\d]{3,8}$/;
const U_KEY = /^[a-z\d][a-z]$/;
const SINGLETON = /^[a-z\d]$/;
const T_KEY = /^[a-z]\d$/;

// reader returns the subtags of a name one by one.
function reader(text) {
  const all = text.split('-');
  let at = 0;
  const take = (form) => (at < all.length && form.test(all[at]) ? all[at++] : undefined);
  const many = (form) => {
    const out = [];
    for (let next; (next = take(form)) !== undefined;) out.push(next);
    return out;
  };
  return { take, many, ended: () => at === all.length };
}

// base parses language, script, region and variants.
function base({ take, many }) {
  const out = { language: take(LANGUAGE) };
  if (out.language === undefined) throw wrong();
  out.script = take(SCRIPT);
  out.region = take(REGION);
  out.variants = many(VARIANT);
  return out;
}

const repeated = ({ variants }) => new Set(variants).size < variants.length;

// fields parses keys with their values. The first occurrence of a key counts.
function fields({ take, many }, form) {
  const out = new Map();
  for (let key; (key = take(form)) !== undefined;) {
    const value = many(VALUE).join('-');
    if (!out.has(key)) out.set(key, value);
  }
  return out;
}

const unicodeExtension = (from) => ({ attributes: [...new Set(from.many(VALUE))], keywords: fields(from, U_KEY) });

function transformed(from) {
  const language = from.take(LANGUAGE);
  const out = {};
  if (language !== undefined) {
    out.from = { language, script: from.take(SCRIPT), region: from.take(REGION), variants: from.many(VARIANT) };
  }
  out.fields = fields(from, T_KEY);
  return out;
}

// extension parses what follows a singleton into a name's parts, and returns
// whether it is well formed.
function extension(from, singleton, out) {
  if (singleton === 'u') {
    out.u = unicodeExtension(from);
    return out.u.attributes.length + out.u.keywords.size > 0;
  }
  if (singleton === 't') {
    out.t = transformed(from);
    return out.t.from ? !repeated(out.t.from) : out.t.fields.size > 0 && ![...out.t.fields.values()].includes('');
  }
  const rest = from.many(singleton === 'x' ? /^[a-z\d]{1,8}$/ : /^[a-z\d]{2,8}$/).join('-');
  out.others.set(singleton, rest);
  return rest !== '';
}

// parsed parses a whole name: its base, its u and t extensions, and other
// extensions as text.
function parsed(tag) {
  const text = tag.toLowerCase();
  const from = reader(text);
  const out = { ...base(from), others: new Map() };
  let singleton = from.take(SINGLETON);
  if (singleton === undefined && !from.ended()) throw wrong();
  const seen = new Set();
  for (; singleton !== undefined; singleton = from.take(SINGLETON)) {
    if (seen.has(singleton) || !extension(from, singleton, out)) throw wrong(text);
    seen.add(singleton);
  }
  if (!from.ended() || repeated(out)) throw wrong(text);
  return out;
}

const titled = (text) => text && text[0].toUpperCase() + text.slice(1);

const joined = (...subtags) => subtags.filter(Boolean).join('-');

// baseName writes language, script, region and variants.
const baseName = ({ language, script, region, variants = [] }) => joined(language, titled(script), region?.toUpperCase(), ...variants);

// split parses a base name in lower case.
const split = (name) => base(reader(name.toLowerCase()));

// renamed replaces CLDR's aliases. Aliases of a language with its variants or
// region come first, those of a variant in any language last.
function renamed(id) {
  const { language, region, variants } = id;
  const attempts = [
    ...(variants.length > 1 ? [[language, variants]] : []),
    ...variants.map((variant) => [language, [variant]]),
    ...(region ? [[language, [], region.toUpperCase()]] : []),
    [language, []],
    ...(variants.length > 1 ? [['und', variants]] : []),
    ...variants.map((variant) => ['und', [variant]]),
  ];
  for (const [base, some, area] of attempts) {
    const alias = subtag('language', joined(base, area, ...some));
    if (alias) return replaced({ ...id, region: area ? undefined : region, variants: variants.filter((v) => !some.includes(v)) }, split(alias));
  }
  return id;
}

// replaced merges the replacement of an alias into a name. The name's own
// subtags win.
function replaced(id, by) {
  return renamed({
    language: by.language === 'und' ? id.language : by.language,
    script: id.script ?? by.script,
    region: id.region ?? by.region,
    variants: [...by.variants, ...id.variants],
  });
}

// likeliest returns the most complete base for a shorter one, or undefined.
function likeliest({ language, script, region }) {
  const [s, r] = [titled(script), region?.toUpperCase()];
  for (const key of [joined(language, s, r), joined(language, s), joined(language, r), language]) {
    const found = subtag('likely', key);
    if (found) return split(found);
  }
  return undefined;
}

// regionOf returns the region that a former region has become. When it was
// divided, the likely region of the language is chosen.
function regionOf(id) {
  const now = subtag('region', id.region.toUpperCase()).toLowerCase().split(' ');
  if (now.length < 2) return now[0] || id.region;
  const home = likeliest({ ...id, region: undefined })?.region;
  return now.includes(home) ? home : now[0];
}

function canonicalBase(id) {
  let out = renamed({ language: id.language, script: id.script, region: id.region, variants: [...id.variants].sort() });
  if (out.script) out.script = subtag('script', titled(out.script)).toLowerCase() || out.script;
  if (out.region) out = renamed({ ...out, region: regionOf(out) });
  out.variants = out.variants.map((variant) => subtag('variant', variant) || variant).sort();
  return out;
}

// canonicalValue returns the canonical value of a keyword.
function canonicalValue(key, value) {
  const known = subtag(`type ${key}`, value) || value;
  if (key === 'rg' || key === 'sd') return subtag('subdivision', known) || known;
  return known === 'true' ? '' : known;
}

const sorted = (map) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));

function writtenKeywords({ attributes, keywords }) {
  return joined('u', ...attributes.sort(), ...sorted(keywords).map(([key, value]) => joined(key, value)));
}

function writtenTransform({ from, fields }) {
  const source = from && baseName(canonicalBase(from)).toLowerCase();
  return joined('t', source, ...sorted(fields).map(([key, value]) => joined(key, subtag(`type ${key}`, value) || value)));
}

// written returns the canonical form of a parsed name.
function written(id) {
  const { x, ...others } = Object.fromEntries(id.others);
  const extensions = Object.entries(others).map(([singleton, text]) => joined(singleton, text));
  if (id.u) extensions.push(writtenKeywords(id.u));
  if (id.t) extensions.push(writtenTransform(id.t));
  return joined(baseName(id), ...extensions.sort(), x && joined('x', x));
}

// read returns the canonical parts of a name. The variant posix, alone, is a
// keyword.
function read(tag) {
  const id = parsed(tag);
  Object.assign(id, canonicalBase(id));
  if (joined(...id.variants) === 'posix') {
    id.variants = [];
    id.u ??= { attributes: [], keywords: new Map() };
    id.u.keywords.set('va', 'posix');
  }
  if (id.u) for (const [key, value] of id.u.keywords) id.u.keywords.set(key, canonicalValue(key, value));
  return id;
}

const canonicals = new Map();

function canonical(tag) {
  if (!canonicals.has(tag)) {
    canonicals.set(tag, written(read(tag)));
  }
  return canonicals.get(tag);
}

return { read, written, baseName, likeliest, canonicalBase, canonicalValue, canonical, SCRIPT, REGION, LANGUAGE, VALUE };
