'use strict';

// Texts in the order of a locale: localeCompare and Intl.Collator.

const { hidden } = load('hidden');
const { canonicalList } = load('locale');

const letters = { base: 'b', accent: 'a', case: 'c' };

// ordering returns the comparison of localeCompare and Collator, by the
// locale's rules.
function ordering(locales, { numeric, sensitivity } = {}) {
  const [locale = 'en'] = canonicalList(locales);
  const options = (numeric ? 'n' : '') + (letters[sensitivity] ?? '');
  return (a, b) => host.compare(String(a), String(b), locale, options);
}

class Collator {
  #options;
  constructor(locales, options) {
    const [locale = 'en-US'] = canonicalList(locales);
    this.#options = { locale, usage: 'sort', sensitivity: 'variant', ignorePunctuation: false, collation: 'default', numeric: false, caseFirst: 'false', ...options };
    hidden(this, 'compare', ordering(locales, options));
  }
  resolvedOptions() { return { ...this.#options }; }
}

return { ordering, Collator };
