'use strict';

// Intl.Locale, and the lists of locales that all functions of Intl accept.

const { find } = load('locales');
const { read, written, baseName, likeliest, canonicalBase, canonicalValue, canonical, SCRIPT, REGION, LANGUAGE, VALUE } = load('tags');

const { subtag } = host;

const wrong = () => new RangeError('Incorrect locale information provided');

// KEYWORDS are the options that a locale's name can contain, with their keys in
// the name.
const KEYWORDS = { calendar: 'ca', collation: 'co', hourCycle: 'hc', caseFirst: 'kf', numeric: 'kn', numberingSystem: 'nu' };
const CHOICES = { hourCycle: ['h11', 'h12', 'h23', 'h24'], caseFirst: ['upper', 'lower', 'false'] };

// option returns the value of a keyword in the options, or undefined.
function option(options, name) {
  const value = options[name];
  if (value === undefined) return undefined;
  if (name === 'numeric') return value ? '' : 'false';
  const text = String(value);
  if (CHOICES[name] && !CHOICES[name].includes(text)) throw new RangeError(`Value ${text} out of range for locale options property ${name}`);
  if (!text.toLowerCase().split('-').every((part) => VALUE.test(part))) throw wrong();
  return canonicalValue(KEYWORDS[name], text.toLowerCase());
}

// withBase sets the language, script and region of a name from the options.
function withBase(id, options) {
  for (const [name, form] of [['language', LANGUAGE], ['script', SCRIPT], ['region', REGION]]) {
    if (options[name] === undefined) continue;
    const value = String(options[name]).toLowerCase();
    if (!form.test(value)) throw wrong();
    id[name] = value;
  }
  Object.assign(id, canonicalBase(id));
}

function withKeywords(id, options) {
  for (const name of Object.keys(KEYWORDS)) {
    const value = option(options, name);
    if (value === undefined) continue;
    id.u ??= { attributes: [], keywords: new Map() };
    id.u.keywords.set(KEYWORDS[name], value);
  }
}

// fuller adds the likely script and region to a name; ZZ and Zzzz mean unknown.
function fuller({ script, region, ...others }) {
  const id = { ...others, script: script === 'zzzz' ? undefined : script, region: region === 'zz' ? undefined : region };
  const likely = likeliest(id);
  if (!likely) return { ...others, script, region };
  return { ...id, language: id.language === 'und' ? likely.language : id.language, script: id.script ?? likely.script, region: id.region ?? likely.region };
}

// shorter removes the likely script and region from a name.
function shorter(id) {
  const full = fuller(id);
  const { language, script, region } = full;
  const same = (some) => baseName({ ...fuller(some), variants: [] }) === baseName({ language, script, region });
  const found = [{ language }, { language, region }, { language, script }].find(same) ?? full;
  return { ...id, language, script: found.script, region: found.region };
}

const WEEK = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

// well parses a name. It throws the same message for all errors, as V8 does.
function well(tag) {
  try {
    return read(tag);
  } catch {
    throw wrong();
  }
}

class Locale {
  #id;
  constructor(tag, options) {
    if (typeof tag !== 'string' && (typeof tag !== 'object' || tag === null)) throw new TypeError("First argument to Intl.Locale constructor can't be empty or missing");
    const text = String(tag);
    if (text === '') throw new RangeError("First argument to Intl.Locale constructor can't be empty or missing");
    if (options === null) throw new TypeError('Intl.Locale called on null or undefined');
    this.#id = well(text);
    if (options === undefined) return;
    withBase(this.#id, Object(options));
    withKeywords(this.#id, Object(options));
  }
  static is(value) { return typeof value === 'object' && value !== null && #id in value; }
  #as(id) { return new Locale(written({ ...this.#id, ...id })); }
  toString() { return written(this.#id); }
  maximize() { return this.#as(fuller(this.#id)); }
  minimize() { return this.#as(shorter(this.#id)); }
  get language() { return this.#id.language === 'und' ? undefined : this.#id.language; }
  get script() { return baseName({ script: this.#id.script }) || undefined; }
  get region() { return this.#id.region?.toUpperCase(); }
  get baseName() { return baseName(this.#id); }
  #keyword(name) { return this.#id.u?.keywords.get(KEYWORDS[name]); }
  get calendar() { return this.#keyword('calendar'); }
  get caseFirst() { return this.#keyword('caseFirst'); }
  get collation() { return this.#keyword('collation'); }
  get hourCycle() { return this.#keyword('hourCycle'); }
  get numeric() { return this.#keyword('numeric') === ''; }
  get numberingSystem() { return this.#keyword('numberingSystem'); }

  // #regional looks up a table by region, or by 001 (the world) when the region
  // has no entry.
  #regional(table) {
    const { language, region } = fuller(this.#id);
    const keyword = (key) => this.#id.u?.keywords.get(key)?.slice(0, 2);
    const own = (keyword('rg') ?? this.#id.region ?? keyword('sd') ?? region ?? '001').toUpperCase();
    return subtag(table, `${language}-${own}`) || subtag(table, own) || subtag(table, '001');
  }
  #preferred(name, table) {
    const own = this.#keyword(name);
    return own === undefined ? this.#regional(table).split(' ') : [own];
  }
  get calendars() { return this.#preferred('calendar', 'calendars'); }
  get hourCycles() { return this.#preferred('hourCycle', 'hours'); }
  get numberingSystems() {
    const own = this.numberingSystem;
    return [own ?? find([this.toString()])?.system ?? 'latn'];
  }
  get collations() {
    if (this.collation === undefined) throw new TypeError(`Intl has no data of the collations of the locale "${this}"`);
    return [this.collation];
  }
  get timeZones() {
    return this.#id.region && subtag('zones', this.region).split(' ').filter(Boolean);
  }
  get textInfo() {
    const { language, script } = fuller(this.#id);
    return { direction: subtag('directions', baseName({ language, script })) || 'ltr' };
  }
  get weekInfo() {
    const [firstDay, minimalDays, ...weekend] = this.#regional('weeks').split(' ').map(Number);
    const own = WEEK.indexOf(this.#id.u?.keywords.get('fw')) + 1;
    return { firstDay: own || firstDay, weekend, minimalDays };
  }
}

const { is } = Locale;
delete Locale.is;
// canonicalList is ECMA-402's CanonicalizeLocaleList: it reads the argument
// `locales` of all functions of Intl.
function canonicalList(locales) {
  if (locales === undefined) return [];
  if (locales === null) throw new TypeError('Cannot convert undefined or null to object');
  if (typeof locales === 'string' || is(locales)) return [canonical(String(locales))];
  const list = Object(locales);
  const out = new Set();
  for (let at = 0; at < list.length; at++) {
    if (!(at in list)) continue;
    const tag = list[at];
    if (typeof tag !== 'string' && (typeof tag !== 'object' || tag === null)) throw new TypeError('Language ID should be string or object.');
    out.add(canonical(String(tag)));
  }
  return [...out];
}

return { Locale, canonicalList };
