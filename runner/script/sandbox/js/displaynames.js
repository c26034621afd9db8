'use strict';

// Intl.DisplayNames: the names of languages, regions, scripts, currencies,
// calendars and date fields.

const { canonicalList } = load('locale');
const { read: parsed, baseName, VALUE } = load('tags');
const { find, first, filled, layered } = load('locales');

const invalid = () => new RangeError('invalid_argument');

const read = layered((tag) => host.names(tag));

// namesFor returns the names in a locale, or in its language.
function namesFor(locales) {
  const tag = find(locales)?.tag ?? 'en';
  const found = read(tag);
  if (!found) throw new TypeError(`Intl has no names of things in the locale "${first(locales)}"`);
  return found;
}

const chosen = (value, name, ...choices) => {
  if (!choices.includes(value)) throw new RangeError(`Value ${value} out of range for Intl.DisplayNames options property ${name}`);
  return value;
};

// FORMS are the valid forms of codes, by type.
const FORMS = { region: /^(?:[a-z]{2}|\d{3})$/i, script: /^[a-z]{4}$/i, currency: /^[a-z]{3}$/i };

class DisplayNames {
  #names;
  #options;
  constructor(locales, options) {
    const asked = canonicalList(locales);
    if (typeof options !== 'object' || options === null) throw new TypeError('invalid_argument');
    const { style = 'long', type, fallback = 'code', languageDisplay = 'dialect' } = options;
    chosen(style, 'style', 'narrow', 'short', 'long');
    if (type === undefined) throw new TypeError('invalid_argument');
    chosen(type, 'type', 'language', 'region', 'script', 'currency', 'calendar', 'dateTimeField');
    chosen(fallback, 'fallback', 'code', 'none');
    chosen(languageDisplay, 'languageDisplay', 'dialect', 'standard');
    this.#names = namesFor(asked);
    this.#options = { locale: first(asked).replace(/-u-.*$/, ''), style, type, fallback, ...(type === 'language' && { languageDisplay }) };
  }

  // #name returns the name of a code in a table: the shorter one if the style
  // asks for it.
  #name(table, code) {
    const short = this.#options.style !== 'long' && table !== 'calendar' ? this.#names[table][`${code} short`] : undefined;
    return short ?? this.#names[table][code];
  }

  of(code) {
    const text = String(code);
    const { type, fallback } = this.#options;
    return this.#found(type, type === 'currency' ? text.toUpperCase() : text) ?? (fallback === 'code' ? text : undefined);
  }

  #found(type, code) {
    if (type === 'language') return this.#language(code);
    if (type === 'dateTimeField') return this.#field(code);
    if (!(FORMS[type]?.test(code) ?? code.toLowerCase().split('-').every((part) => VALUE.test(part)))) throw invalid();
    return this.#name(type, code);
  }

  #field(name) {
    if (!Object.hasOwn(this.#names.field, name)) throw invalid();
    return this.#names.field[this.#options.style === 'long' ? name : `${name} ${this.#options.style}`];
  }

  // #language returns a language's name, with the rest of its code in brackets.
  #language(code) {
    const id = code === 'root' ? { language: 'und', variants: [] } : this.#parsed(code);
    if (baseName(id) === 'und') return this.#options.fallback === 'code' ? 'root' : undefined;
    if (id.variants.length) throw new TypeError(`Intl has no names of variants of languages, as in "${code}"`);
    const [known, ...rest] = this.#dialect(id);
    const names = [known, ...rest.map(([table, part]) => this.#name(table, part) ?? (this.#options.fallback === 'code' ? part : undefined))];
    if (this.#options.fallback === 'code') names[0] ??= id.language;
    if (names.includes(undefined)) return undefined;
    if (names.length === 1) return names[0];
    const { pattern, comma } = this.#names;
    const inner = names.slice(1).map((text) => text.replace(/[(（]/g, (c) => (c === '(' ? '[' : '［')).replace(/[)）]/g, (c) => (c === ')' ? ']' : '］')));
    const more = inner.reduce((all, name) => filled(comma, [all, name], (text) => text).join(''));
    return filled(pattern, [names[0], more], (text) => text).join('');
  }

  #parsed(code) {
    try {
      return parsed(code);
    } catch {
      throw invalid();
    }
  }

  // #dialect returns the name of a whole code if there is one, or else of its
  // language, and the remaining parts.
  #dialect({ language, script, region }) {
    const parts = [['script', baseName({ script })], ['region', region?.toUpperCase()]].filter(([, part]) => part);
    const whole = this.#options.languageDisplay === 'dialect' ? this.#name('language', [language, ...parts.map(([, part]) => part)].join('-')) : undefined;
    return whole === undefined ? [this.#name('language', language), ...parts] : [whole];
  }

  resolvedOptions() { return { ...this.#options }; }
}

return { DisplayNames };
