// What Intl says, line by line: "locale form: text". Node's answers, with the
// data of CLDR 48, are in locales.txt: node locales.js > locales.txt
const lines = [];
const night = new Date(Date.UTC(2026, 10, 25, 21, 5, 9, 45));
const morning = new Date(Date.UTC(2026, 2, 5, 0, 7, 3));
const dates = {
  plain: {}, full: { dateStyle: 'full' }, both: { dateStyle: 'long', timeStyle: 'short' }, short: { dateStyle: 'short' }, times: { timeStyle: 'medium' },
  words: { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' }, brief: { month: 'short', day: 'numeric' }, month: { year: 'numeric', month: 'long' },
  padded: { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' }, twelve: { hour: 'numeric', minute: '2-digit', hour12: true },
  zone: { hour: 'numeric', minute: '2-digit', timeZoneName: 'longOffset' }, fraction: { minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 },
};
const numbers = {
  plain: {}, euros: { style: 'currency', currency: 'EUR' }, code: { style: 'currency', currency: 'USD', currencyDisplay: 'code' }, percent: { style: 'percent', maximumFractionDigits: 1 },
  brief: { notation: 'compact' }, written: { notation: 'compact', compactDisplay: 'long' }, signed: { signDisplay: 'always', maximumFractionDigits: 0 },
};
const tags = globalThis.only ?? `en-US en-GB en-CA en-AU en-IN de-DE de-AT de-CH fr-FR fr-CA es-ES es-MX it-IT pt-BR pt-PT nl-NL sv-SE da-DK
  fi-FI pl-PL cs-CZ hu-HU ro-RO el-GR uk-UA ru-RU tr-TR ja-JP zh-CN hi-IN id-ID vi-VN
  af-ZA eu-ES ka-GE hy-AM zu-ZA es-PE en-PH fr-CM de-LI sr-Latn-RS`.split(/\s+/);

for (const tag of tags) {
  const say = (form, text) => lines.push(`${tag} ${form}: ${text}`);
  for (const [name, form] of Object.entries(dates)) {
    for (const date of [night, morning]) say(name, date.toLocaleString(tag, { ...form, timeZone: 'Europe/Berlin' }));
  }
  say('day', night.toLocaleDateString(tag, { timeZone: 'UTC' }));
  say('time', night.toLocaleTimeString(tag, { timeZone: 'UTC' }));
  say('parts', new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeZone: 'UTC' }).formatToParts(night).map(({ type, value }) => `${type}=${value}`).join('|'));
  for (const [name, form] of Object.entries(numbers)) {
    for (const n of [0, -1234.567, 12345678.9]) say(name, n.toLocaleString(tag, form));
  }
  say('parts', new Intl.DateTimeFormat(tag, { timeStyle: 'short', timeZone: 'UTC' }).formatToParts(night).map(({ type, value }) => `${type}=${value}`).join('|'));
  say('parts', new Intl.NumberFormat(tag, { style: 'percent' }).formatToParts(-1234).map(({ type, value }) => `${type}=${value}`).join('|'));
  say('plural', [0, 1, 2, 5, 21, 1.5, 1e6].map((n) => new Intl.PluralRules(tag).select(n)).join(' '));
  say('ordinal', [1, 2, 3, 4, 11, 21].map((n) => new Intl.PluralRules(tag, { type: 'ordinal' }).select(n)).join(' '));
  say('list', new Intl.ListFormat(tag).format(['a', 'b', 'c']));
  say('choice', new Intl.ListFormat(tag, { type: 'disjunction', style: 'short' }).format(['a', 'b']));
  for (const unit of ['minute', 'day', 'years']) {
    say('ago', new Intl.RelativeTimeFormat(tag).format(-3, unit));
    say('soon', new Intl.RelativeTimeFormat(tag, { numeric: 'auto', style: 'short' }).format(1, unit));
  }
}
for (const line of lines) console.log(line);
