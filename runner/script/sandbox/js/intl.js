'use strict';

// Intl. The engine's own Intl knows American English only. This file adds the
// most common locales, and the parts of Intl that the engine lacks.

const { hidden } = load('hidden');
const { find, first, supported, read, hourCycle, inDigits, filled } = load('locales');
const { Locale, canonicalList } = load('locale');
const { plural, categories } = load('plural');

let native; // the engine's constructors

const DATE = ['weekday', 'year', 'month', 'day'];
const TIME = ['dayPeriod', 'hour', 'minute', 'second', 'fractionalSecondDigits'];

// withDefaults adds the default fields when the options name none of the fields
// in counting: ECMA-402's ToDateTimeOptions.
function withDefaults(options, counting, defaults) {
  if (options.dateStyle !== undefined || options.timeStyle !== undefined || counting.some((field) => options[field] !== undefined)) return options;
  return { ...options, ...Object.fromEntries(defaults.map((field) => [field, 'numeric'])) };
}

const DAY = ['year', 'month', 'day'];
const CLOCK = ['hour', 'minute', 'second'];
const ANY = [...DATE, ...TIME];

// asked returns the value of an option, or of the keyword in a locale's name:
// de-u-ca-buddhist.
const asked = (locales, key, option) => option ?? new RegExp(`-u-(?:.*-)?${key}-(\\w+(?:-\\w{3,8})*)`).exec(first(locales))?.[1];

// lacks throws for a feature without data, because other text in its place
// would be wrong.
function lacks(what) {
  throw new TypeError(`Intl has no data of ${what}`);
}

// demandDigits throws for digits that are not the locale's own.
function demandDigits(locales, data, { numberingSystem }) {
  const system = asked(locales, 'nu', numberingSystem);
  if (system !== undefined && system !== (data?.system ?? 'latn')) lacks(`the numbering system "${system}" of the locale "${first(locales)}"`);
}

// demandDates throws for dates of other calendars, and for features that only
// American English has words for.
function demandDates(locales, data, options, utc) {
  demandDigits(locales, data, options);
  const calendar = asked(locales, 'ca', options.calendar) ?? data?.calendar ?? 'gregory';
  if (calendar !== 'gregory') lacks(`the calendar "${calendar}"; { calendar: "gregory" } has the common one`);
  const names = options.timeStyle === 'full' ? 'long' : options.timeStyle === 'long' ? 'short' : options.timeZoneName;
  if (!utc && (/^long$|Generic$/.test(names) || names === 'short' && data !== undefined)) {
    lacks(`names of time zones in "${first(locales)}"; { timeZoneName: "${names === 'short' ? 'shortOffset' : 'longOffset'}" } tells how far one is from Greenwich`);
  }
  if (data === undefined) return;
  for (const field of ['era', 'dayPeriod']) if (options[field] !== undefined) lacks(`the option ${field} in "${first(locales)}"`);
}

// demandNumbers throws for unsupported styles of numbers.
function demandNumbers(locales, data, options) {
  demandDigits(locales, data, options);
  if (options.style === 'currency' && options.currencyDisplay === 'name') lacks('the names of currencies');
  if (options.style === 'unit' && data !== undefined) lacks(`units in "${first(locales)}"`);
  if ((options.roundingIncrement ?? 1) !== 1) lacks(`the option roundingIncrement: ${options.roundingIncrement}`);
}

const canonical = (locales) => first(locales).replace(/-u-.*$/, '');

// offset writes the offset of a moment from Greenwich: GMT+1, or GMT+01:00.
function offset(data, parts, wide) {
  const text = parts.find(({ type }) => type === 'timeZoneName').value; // GMT, GMT+05:30
  const [pattern, signs] = data.zones.split('|');
  const [, sign, hours, minutes] = /([-+\u2212])(\d+)(?::(\d+))?/.exec(text) ?? [undefined, '+', '0'];
  if (!wide && !Number(hours) && !Number(minutes ?? 0)) return pattern.replace('{0}', '');
  const [, mark, colon, end] = /^(.*?)H+(.*?)m+(.*)$/.exec(signs.split(';')[sign === '+' ? 0 : 1]);
  const digits = wide ? hours.padStart(2, '0') + colon + (minutes ?? '00') : Number(hours) + (Number(minutes) ? colon + minutes : '');
  return pattern.replace('{0}', mark + inDigits(data, digits) + end);
}

const NUMBERS = { year: 'numeric', month: 'numeric', day: 'numeric', weekday: 'short', hour: 'numeric', minute: 'numeric', second: 'numeric', fractionalSecondDigits: 3, hourCycle: 'h23' };
const clocks = new Map();

// clock returns the engine's formatters for the numbers of a date in a time
// zone, and for the zone's offset from Greenwich.
function clock(timeZone) {
  if (!clocks.has(timeZone)) {
    clocks.set(timeZone, {
      fields: new native.DateTimeFormat('en-US', { timeZone, ...NUMBERS }),
      named: new native.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' }),
    });
  }
  return clocks.get(timeZone);
}

const UTC = /^(?:UTC|Etc\/(?:UTC|UCT|Zulu|GMT)|GMT)$/;

// moments returns a function that reads a date in a time zone: the numbers of
// its fields, and the zone's name.
function moments(data, timeZone) {
  const { fields, named } = clock(timeZone);
  const utc = UTC.test(named.resolvedOptions().timeZone);
  const week = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
  return (date) => {
    const at = {};
    for (const { type, value } of fields.formatToParts(date)) at[type] = value;
    return {
      year: Number(at.year), month: Number(at.month), day: Number(at.day), weekday: week.indexOf(at.weekday),
      hour: Number(at.hour), minute: Number(at.minute), second: Number(at.second), fraction: at.fractionalSecond,
      zone(letter, size) {
        if (utc && letter !== 'O') return size > 3 ? data.zones.split('|')[2] : 'UTC';
        return offset(data, named.formatToParts(date), size > 3);
      },
    };
  };
}

// dateWriter returns a function from a date to its parts, for locales other
// than American English. It returns undefined when the engine's own formatter
// is to be used.
function dateWriter(locales, options, timeZone) {
  const data = find(locales);
  demandDates(locales, data, options, UTC.test(timeZone));
  if (!data) return undefined;
  const { patternOf, parts, hourLetter } = load('datetimeformat');
  const wanted = { ...options, hourCycle: options.hourCycle ?? hourCycle(locales) };
  const pattern = patternOf(data, wanted);
  const read = moments(data, timeZone);
  const write = (date) => parts(data, pattern, read(date));
  write.resolved = { locale: canonical(locales), numberingSystem: data.system ?? 'latn' };
  const cycle = { K: 'h11', h: 'h12', H: 'h23', k: 'h24' }[hourLetter(data, wanted)];
  if (options.hour !== undefined || options.timeStyle !== undefined) Object.assign(write.resolved, { hourCycle: cycle, hour12: /h1[12]/.test(cycle) });
  return write;
}

// withMidnight makes a 24-hour clock that hour12 asks for show midnight as 24,
// as V8 does in American English.
const withMidnight = (options) => (options?.hour12 === false ? { __proto__: options, hour12: undefined, hourCycle: 'h24' } : options);

// spaced gives the parts of American English the narrow space of CLDR before AM
// and PM. format writes a plain space, as V8 does.
const spaced = (parts) => parts.map((part, i) => (part.type === 'literal' && part.value === ' ' && parts[i + 1]?.type === 'dayPeriod' ? { ...part, value: '\u202f' } : part));
const plainly = (text) => text.replace(/\u202f/g, ' ');

const texts = (parts) => parts.map(({ value }) => value).join('');

function supportedLocalesOf(locales, { localeMatcher = 'best fit' } = {}) {
  if (!/^(?:lookup|best fit)$/.test(localeMatcher)) throw new RangeError(`Value ${localeMatcher} out of range for Intl options property localeMatcher`);
  return canonicalList(locales).filter(supported);
}

// UNITS_OF_MEASURE are the units that ECMA-402 sanctions.
const UNITS_OF_MEASURE = `acre bit byte celsius centimeter day degree fahrenheit fluid-ounce foot gallon gigabit gigabyte gram hectare hour inch
  kilobit kilobyte kilogram kilometer liter megabit megabyte meter microsecond mile mile-scandinavian milliliter millimeter millisecond minute month
  nanosecond ounce percent petabyte pound second stone terabit terabyte week yard year`;

function supportedValuesOf(key) {
  const values = key === 'unit' ? UNITS_OF_MEASURE : host.subtag('values', String(key));
  if (!values) throw new RangeError(`Invalid key : ${key}`);
  return values.split(/\s+/);
}

// REFUSALS are what the engine's classes say of wrong options and values, with
// V8's words for it. CALLER is the function that V8 names.
const REFUSALS = [
  [/^value .* out of range for Intl options property ((?:minimum|maximum|fractional).+)$/, '$1 value is out of range.'],
  [/^minimum(Fraction|Significant)Digits is greater than .*$/, 'maximum$1Digits value is out of range.'],
  [/^value (.*) out of range for Intl options property (.+)$/, 'Value $1 out of range for CALLER options property $2'],
  [/^currency must be provided .*$/, 'Currency code is required with currency style.'],
  [/^unit must be provided .*$/, "Invalid unit argument for CALLER() ''"],
  [/^invalid unit: (.*)$/, "Invalid unit argument for CALLER() '$1'"],
  [/^invalid (currency code|calendar|numbering system): (.*)$/, 'Invalid $1 : $2'],
  [/^invalid (time zone specified: .*|time value)$/, 'Invalid $1'],
];

// refusing returns what make returns. What it throws has V8's words.
function refusing(caller, make) {
  try {
    return make();
  } catch (error) {
    const text = String(error?.message);
    const [refusal, words] = REFUSALS.find(([refusal]) => refusal.test(text)) ?? [];
    if (!refusal) throw error;
    const type = error instanceof TypeError ? TypeError : RangeError;
    throw new type(text.replace(refusal, words.replace('CALLER', caller)));
  }
}

// published gives a class of Intl the looks it has there. Called without new, it
// answers as if there was one, or refuses.
function published(type, name, callable) {
  const made = new Proxy(type, {
    apply(target, self, args) {
      if (callable) return new made(...args);
      throw new TypeError(`Constructor Intl.${name} requires 'new'`);
    },
    construct: (target, args, of) => refusing(`Intl.${name}`, () => Reflect.construct(target, args, of)),
  });
  Object.defineProperty(type, 'name', { value: name, configurable: true });
  Object.defineProperty(type.prototype, Symbol.toStringTag, { value: `Intl.${name}`, configurable: true });
  hidden(type.prototype, 'constructor', made);
  if (name !== 'Locale') hidden(type, 'supportedLocalesOf', supportedLocalesOf);
  return made;
}

// lazily defines a class of Intl that is created at its first use.
function lazily(name, make) {
  Object.defineProperty(intl, name, {
    get() {
      hidden(intl, name, published(make(), name, false));
      return intl[name];
    },
    set(value) { hidden(intl, name, value); },
    configurable: true,
    enumerable: false,
  });
}

// numberWriter returns a function from a number to its parts.
function numberWriter(locales, options, resolved) {
  const data = find(locales);
  demandNumbers(locales, data, options);
  if (!data) return undefined;
  const { parts, compactParts } = load('numberformat');
  const { notation, useGrouping } = resolved;
  const english = (n, how) => new native.NumberFormat('en-US', how).formatToParts(n);
  const write = notation === 'compact'
    ? (n) => compactParts(data, n, { ...options, useGrouping }, english, (digits) => plural(data.tag, digits, 'cardinal'))
    : (n, own) => parts(data, own, { ...options, useGrouping });
  write.resolved = { locale: canonical(locales), numberingSystem: data.system ?? 'latn' };
  return write;
}

// localized extends a class of the engine to the common locales. writer returns
// a function from a value, and from the engine's parts of it, to parts; it
// returns nothing when American English is to be used. english changes the
// engine's parts, text joins parts for format, and given returns the options
// for the engine's class.
function localized(base, writer, { english = (parts) => parts, text = texts, given = (options) => options } = {}) {
  return class extends base {
    #write;
    #bound;
    constructor(locales, options = {}) {
      super('en-US', given(options));
      this.#write = writer(canonicalList(locales), options, super.resolvedOptions());
      if (this.#write) return;
      const format = super.format;
      this.#bound = (value) => refusing('', () => format(value));
    }
    get format() { return (this.#bound ??= (value) => text(this.formatToParts(value))); }
    formatToParts(value) {
      const parts = refusing('', () => super.formatToParts(value)); // it knows what is no date
      return this.#write ? this.#write(value, parts) : english(parts);
    }
    resolvedOptions() { return { ...super.resolvedOptions(), ...this.#write?.resolved }; }
  };
}

// dateRange returns a function from two dates to the parts of the range.
function dateRange(locales, options, timeZone) {
  const data = locale(locales);
  demandDates(locales, data, options, UTC.test(timeZone));
  const { patternOf } = load('datetimeformat');
  const write = load('daterange').rangeWriter(data, patternOf(data, { ...options, hourCycle: options.hourCycle ?? hourCycle(locales) }));
  const read = moments(data, timeZone);
  return (from, to) => write(read(from), read(to));
}

// dateTimeFormat creates the class, with ranges.
function dateTimeFormat() {
  const base = localized(native.DateTimeFormat,
    (locales, options, { timeZone }) => dateWriter(locales, withDefaults(options, ANY, DAY), timeZone),
    { english: spaced, text: (parts) => plainly(texts(parts)), given: withMidnight });
  return class extends base {
    #asked;
    #range;
    constructor(locales, options = {}) {
      super(locales, options);
      this.#asked = [canonicalList(locales), withDefaults(options, ANY, DAY)];
    }
    formatRangeToParts(from, to) {
      if (from === undefined || to === undefined) throw new TypeError('Invalid time value');
      const times = [Number(from), Number(to)];
      if (!times.every((time) => Math.abs(time) <= 8.64e15)) throw new RangeError('Invalid time value');
      this.#range ??= dateRange(...this.#asked, this.resolvedOptions().timeZone);
      return this.#range(...times);
    }
    formatRange(from, to) {
      const all = this.formatRangeToParts(from, to);
      return all.every(({ source }) => source === 'shared') ? plainly(texts(all)) : texts(all);
    }
  };
}

// numberFormat creates the class, with ranges.
function numberFormat() {
  return class extends localized(native.NumberFormat, numberWriter) {
    #data;
    constructor(locales, options) {
      super(locales, options);
      this.#data = locale(canonicalList(locales));
    }
    formatRangeToParts(from, to) {
      for (const [name, value] of [['start', from], ['end', to]]) {
        if (value === undefined) throw new TypeError(`Invalid ${name} : undefined`);
        if (Number.isNaN(Number(value))) throw new RangeError(`Invalid ${name} : ${value}`);
      }
      return load('numberrange').rangeParts(this.#data, (value) => this.formatToParts(value), from, to);
    }
    formatRange(from, to) { return texts(this.formatRangeToParts(from, to)); }
  };
}

// locale returns the data of a locale, also of American English.
const locale = (locales) => find(locales) ?? read('en');

const ORDER = ['few', 'many', 'one', 'two', 'zero', 'other'];

class PluralRules {
  #locale;
  #type;
  #digits;
  constructor(locales, { type = 'cardinal', ...digits } = {}) {
    this.#locale = canonical(canonicalList(locales));
    this.#type = String(type);
    if (!/^(?:cardinal|ordinal)$/.test(this.#type)) throw new RangeError(`Value ${type} out of range for Intl.PluralRules options property type`);
    this.#digits = new native.NumberFormat('en-US', { ...digits, useGrouping: false });
  }
  select(n) {
    const number = Number(n);
    return Number.isFinite(number) ? plural(this.#locale, this.#digits.format(Math.abs(number)), this.#type) : 'other';
  }
  resolvedOptions() { return { locale: this.#locale, type: this.#type, ...digitsOf(this.#digits.resolvedOptions()), pluralCategories: ORDER.filter((name) => categories(this.#locale, this.#type).includes(name)) }; }
}

const digitsOf = ({ minimumIntegerDigits, minimumFractionDigits, maximumFractionDigits }) => ({ minimumIntegerDigits, minimumFractionDigits, maximumFractionDigits });

const literal = (value) => [{ type: 'literal', value }];

// agreeing returns the last pattern of a list when the next word changes its
// "and" or "or": in Spanish before the same sound, in Hebrew before other
// letters.
function agreeing(locale, pattern, word) {
  if (/^es\b/.test(locale)) {
    if (/^(?:i|hi(?![ae]))/i.test(word)) return pattern.replace(' y ', ' e ');
    if (/^(?:h?o|8|11(?: |$))/i.test(word)) return pattern.replace(' o ', ' u ');
  }
  return /^he\b/.test(locale) && !/^\p{Script=Hebrew}/u.test(word) ? pattern.replace('ו{1}', 'ו-{1}') : pattern;
}

class ListFormat {
  #locale;
  #options;
  #patterns;
  constructor(locales, { type = 'conjunction', style = 'long' } = {}) {
    locales = canonicalList(locales);
    this.#locale = canonical(locales);
    this.#options = { type, style };
    const kind = { conjunction: 'standard', disjunction: 'or', unit: 'unit' }[type];
    if (!kind) throw new RangeError(`Value ${type} out of range for Intl.ListFormat options property type`);
    const { lists } = locale(locales);
    this.#patterns = (lists[{ long: kind, short: `${kind}-short`, narrow: `${kind}-narrow` }[style]] ?? lists[kind]).split('|');
  }
  formatToParts(list) {
    const items = Array.from(list, (value) => {
      if (typeof value !== 'string') throw new TypeError('Iterable yielded a non-String value');
      return [{ type: 'element', value }];
    });
    if (items.length < 2) return items.flat();
    const [two, start, middle, end] = this.#patterns.map((pattern, at) => (at === 0 || at === 3 ? agreeing(this.#locale, pattern, items.at(-1)[0].value) : pattern));
    if (items.length === 2) return filled(two, items, literal);
    let out = filled(end, [items.at(-2), items.at(-1)], literal);
    for (let at = items.length - 3; at >= 0; at--) out = filled(at ? middle : start, [items[at], out], literal);
    return out;
  }
  format(list) { return texts(this.formatToParts(list)); }
  resolvedOptions() { return { locale: this.#locale, ...this.#options }; }
}

const UNITS = /^(second|minute|hour|day|week|month|quarter|year)s?$/;

class RelativeTimeFormat {
  #data;
  #options;
  #numbers;
  constructor(locales, { style = 'long', numeric = 'always' } = {}) {
    locales = canonicalList(locales);
    this.#data = locale(locales);
    this.#options = { locale: canonical(locales), style, numeric, numberingSystem: this.#data.system ?? 'latn' };
    this.#numbers = new intl.NumberFormat(locales);
  }
  formatToParts(value, unit) {
    const [, name] = UNITS.exec(unit) ?? [];
    if (!name) throw new RangeError(`Invalid unit argument for format() '${unit}'`);
    const n = Number(value);
    if (!Number.isFinite(n)) throw new RangeError('Value need to be finite number for Intl.RelativeTimeFormat.prototype.format()');
    const { relative, tag } = this.#data;
    const words = (this.#options.style !== 'long' && relative[`${name}-short`]) || relative[name];
    if (this.#options.numeric === 'auto' && words[n] !== undefined) return [{ type: 'literal', value: words[n] }];
    const when = n < 0 || Object.is(n, -0) ? 'past' : 'future';
    const size = Math.abs(n);
    const category = plural(tag, new native.NumberFormat('en-US', { useGrouping: false }).format(size), 'cardinal');
    const pattern = words[`${when} ${category}`] ?? words[`${when} other`];
    return filled(pattern, [this.#numbers.formatToParts(size).map((part) => ({ ...part, unit: name }))], literal);
  }
  format(value, unit) { return texts(this.formatToParts(value, unit)); }
  resolvedOptions() { return { ...this.#options }; }
}

// toLocaleStrings has dates and numbers written by these classes, as they are
// before they are published.
function toLocaleStrings(types) {
  const { getTime } = Date.prototype;
  for (const [name, counting, defaults] of [['toLocaleString', ANY, [...DAY, ...CLOCK]], ['toLocaleDateString', DATE, DAY], ['toLocaleTimeString', TIME, CLOCK]]) {
    const english = Date.prototype[name];
    hidden(Date.prototype, name, { [name](locales, options = {}) {
      const time = getTime.call(this);
      if (Number.isNaN(time)) return english.call(this, locales, options);
      if (name === 'toLocaleDateString' && options.timeStyle !== undefined) throw new TypeError('Invalid option : timeStyle');
      if (name === 'toLocaleTimeString' && options.dateStyle !== undefined) throw new TypeError('Invalid option : dateStyle');
      return refusing(`Date.prototype.${name}`, () => new types.DateTimeFormat(locales, withDefaults(options, counting, defaults))).format(this);
    } }[name]);
  }
  for (const kind of [Number, BigInt]) {
    const english = kind.prototype.toLocaleString;
    const caller = `${kind.name}.prototype.toLocaleString`;
    hidden(kind.prototype, 'toLocaleString', { toLocaleString(locales, options) {
      if (locales === undefined && options === undefined) return english.call(this);
      return refusing(caller, () => new types.NumberFormat(locales, options)).format(this.valueOf());
    } }.toLocaleString);
  }
}

let intl;

// install replaces the placeholders by the real methods, and returns Intl.
function install() {
  if (intl) return intl;
  delete globalThis.Intl;
  const failed = host.intl();
  if (failed) throw new Error(failed);
  intl = globalThis.Intl;
  native = { ...intl, DateTimeFormat: intl.DateTimeFormat, NumberFormat: intl.NumberFormat };
  const { Collator } = load('collator');
  const types = { Locale, PluralRules, ListFormat, RelativeTimeFormat };
  for (const [name, type] of Object.entries(types)) hidden(intl, name, published(type, name, false));
  lazily('DisplayNames', () => load('displaynames').DisplayNames);
  lazily('Segmenter', () => load('segmenter').Segmenter);
  const callable = { DateTimeFormat: dateTimeFormat(), NumberFormat: numberFormat(), Collator };
  for (const [name, type] of Object.entries(callable)) hidden(intl, name, published(type, name, true));
  hidden(intl, 'getCanonicalLocales', { getCanonicalLocales(locales) { return canonicalList(locales); } }.getCanonicalLocales);
  hidden(intl, 'supportedValuesOf', supportedValuesOf);
  hidden(globalThis, 'Intl', intl);
  toLocaleStrings(callable);
  return intl;
}

return { install };
