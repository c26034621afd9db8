'use strict';

// What V8 has and the engine lacks, on JavaScript's own objects.

const hidden = (target, name, value) =>
  Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false });

// captureStackTrace gives an object the stack of the place it is called from.
function captureStackTrace(target) {
  const frames = String(new Error().stack).split('\n').slice(1);
  const name = target.name ?? 'Error';
  hidden(target, 'stack', `${name}${target.message ? `: ${target.message}` : ''}\n${frames.join('\n')}`);
}

const letters = { base: 'b', accent: 'a', case: 'c' };

// ordering is how localeCompare and a Collator compare: by the locale's rules.
function ordering(locales, { numeric, sensitivity } = {}) {
  const locale = String((Array.isArray(locales) ? locales[0] : locales) ?? 'en');
  const options = (numeric ? 'n' : '') + (letters[sensitivity] ?? '');
  return (a, b) => host.compare(String(a), String(b), locale, options);
}

class Collator {
  #options;
  constructor(locales, options) {
    this.#options = { locale: String((Array.isArray(locales) ? locales[0] : locales) ?? 'en-US'), usage: 'sort', sensitivity: 'variant', ignorePunctuation: false, collation: 'default', numeric: false, caseFirst: 'false', ...options };
    hidden(this, 'compare', ordering(locales, options));
  }
  resolvedOptions() { return { ...this.#options }; }
}

// PluralRules knows English; others have but one form.
class PluralRules {
  #locale;
  #ordinal;
  constructor(locales, { type } = {}) {
    this.#locale = String((Array.isArray(locales) ? locales[0] : locales) ?? 'en-US');
    this.#ordinal = type === 'ordinal';
  }
  select(n) {
    if (!this.#ordinal) return n === 1 ? 'one' : 'other';
    if (n % 100 >= 11 && n % 100 <= 13) return 'other';
    return ['other', 'one', 'two', 'few'][n % 10] ?? 'other';
  }
  resolvedOptions() { return { locale: this.#locale, type: this.#ordinal ? 'ordinal' : 'cardinal' }; }
}

class ListFormat {
  #word;
  constructor(locales, { type = 'conjunction' } = {}) { this.#word = { conjunction: 'and ', disjunction: 'or ' }[type] ?? ''; }
  format(list) {
    const items = Array.from(list);
    if (items.length < 2) return items.join('');
    const last = items.pop();
    return items.length === 1 && this.#word ? `${items[0]} ${this.#word}${last}` : `${items.join(', ')}, ${this.#word}${last}`;
  }
}

const localized = [[Date, ['toLocaleString', 'toLocaleDateString', 'toLocaleTimeString']], [Number, ['toLocaleString']], [BigInt, ['toLocaleString']]];

const DATE = ['year', 'month', 'day'];
const TIME = ['hour', 'minute', 'second'];

// localize has the methods of Intl speak the locales js/locales.js knows.
function localize({ DateTimeFormat, NumberFormat }) {
  const { date, number } = load('locales');
  const english = (options) => new DateTimeFormat('en-US', options);
  for (const [name, fields] of [['toLocaleString', [...DATE, ...TIME]], ['toLocaleDateString', DATE], ['toLocaleTimeString', TIME]]) {
    const native = Date.prototype[name];
    hidden(Date.prototype, name, { [name](locales, options) { return date(this, locales, options, fields, english) ?? native.call(this, locales, options); } }[name]);
  }
  for (const kind of [Number, BigInt]) {
    const native = kind.prototype.toLocaleString;
    hidden(kind.prototype, 'toLocaleString', { toLocaleString(locales, options) { return number(native.call(this, locales, options), locales, options); } }.toLocaleString);
  }
  const { get } = Object.getOwnPropertyDescriptor(NumberFormat.prototype, 'format') ?? {};
  if (!get) return;
  class Localized extends NumberFormat {
    constructor(locales, options) {
      super(locales, options);
      hidden(this, 'format', (value) => number(get.call(this)(value), locales, options));
    }
  }
  intl.NumberFormat = new Proxy(NumberFormat, {
    construct: (target, args) => new Localized(...args),
    apply: (target, self, args) => new Localized(...args),
  });
}

let intl;

// loadIntl replaces the stand-ins by the real methods, and returns Intl.
function loadIntl() {
  if (intl) return intl;
  delete globalThis.Intl;
  const failed = host.intl();
  if (failed) throw new Error(failed);
  intl = globalThis.Intl;
  for (const [name, value] of Object.entries({ Collator, PluralRules, ListFormat })) {
    if (!intl[name]) hidden(intl, name, value);
  }
  hidden(globalThis, 'Intl', intl);
  localize(intl);
  return intl;
}

// fromAsync gathers what an async iterable, or one of promises, gives.
async function fromAsync(items, map, self) {
  const out = [];
  for await (const item of items[Symbol.asyncIterator] || items[Symbol.iterator] ? items : Array.from(items)) {
    out.push(map ? await map.call(self, item, out.length) : item);
  }
  return out;
}

function install() {
  load('errors'); // it knows the engine's InternalError, which no other engine has
  delete globalThis.InternalError;
  if (!Array.fromAsync) hidden(Array, 'fromAsync', fromAsync);
  if (!Error.captureStackTrace) hidden(Error, 'captureStackTrace', captureStackTrace);
  Error.stackTraceLimit ??= 10;
  hidden(Error.prototype, 'toJSON', { toJSON() { return { type: 'Error', name: this.name, message: this.message }; } }.toJSON);
  Object.defineProperty(globalThis, 'Intl', {
    get: loadIntl,
    set(value) { hidden(globalThis, 'Intl', value); },
    configurable: true,
    enumerable: false,
  });
  for (const [kind, names] of localized) {
    for (const name of names) {
      const { [name]: method } = {
        [name](...args) {
          loadIntl();
          return kind.prototype[name].apply(this, args);
        },
      };
      hidden(kind.prototype, name, method);
    }
  }
  hidden(String.prototype, 'localeCompare', { localeCompare(that, locales, options) { return ordering(locales, options)(this, that); } }.localeCompare);
  const { toString } = Date.prototype;
  const { toTimeString } = Date.prototype;
  const named = (text, date) => (Number.isNaN(date.getTime()) ? text : `${text.replace(/ \(.*\)$/, '')} (${host.zone(date.getTime())})`);
  hidden(Date.prototype, 'toString', { toString() { return named(toString.call(this), this); } }.toString);
  hidden(Date.prototype, 'toTimeString', { toTimeString() { return named(toTimeString.call(this), this); } }.toTimeString);
}

return { install };
