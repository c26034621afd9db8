'use strict';

// Dates and numbers as locales besides American English write them: numeric
// forms, and in the larger languages names of months and days written out.
// Other names stay English.

// Patterns of date and time, and what joins them.
const dates = {
  'en-GB': ['dd/MM/y', 'HH:mm:ss', ', '], 'en-IE': ['d/M/y', 'HH:mm:ss', ', '], 'en-CA': ['y-MM-dd', 'h:mm:ss p.m.', ', '],
  'en-AU': ['dd/MM/y', 'h:mm:ss pm', ', '], 'en-NZ': ['d/MM/y', 'h:mm:ss pm', ', '], 'en-IN': ['d/M/y', 'h:mm:ss pm', ', '],
  de: ['d.M.y', 'HH:mm:ss', ', '], fr: ['dd/MM/y', 'HH:mm:ss', ' '], es: ['d/M/y', 'H:mm:ss', ', '], it: ['dd/MM/y', 'HH:mm:ss', ', '],
  pt: ['dd/MM/y', 'HH:mm:ss', ', '], nl: ['d-M-y', 'HH:mm:ss', ', '], sv: ['y-MM-dd', 'HH:mm:ss', ' '], da: ['d.M.y', 'HH.mm.ss', ', '],
  nb: ['d.M.y', 'HH:mm:ss', ', '], fi: ['d.M.y', 'H.mm.ss', ' klo '], pl: ['d.MM.y', 'HH:mm:ss', ', '], cs: ['d. M. y', 'H:mm:ss', ' '],
  ja: ['y/M/d', 'H:mm:ss', ' '], zh: ['y/M/d', 'HH:mm:ss', ' '], ru: ['dd.MM.y', 'HH:mm:ss', ', '], tr: ['dd.MM.y', 'HH:mm:ss', ' '],
};

// What groups digits and marks decimals, from how many digits on groups are
// made, and whether percent and currency signs stand behind the number.
const numbers = {
  de: ['.', ',', 4, true, true], 'de-CH': ["'", '.', 4, false, false], fr: ['\u202f', ',', 4, true, true], es: ['.', ',', 5, true, true],
  it: ['.', ',', 5, false, true], pt: ['.', ',', 4, false, false], 'pt-PT': ['\u00a0', ',', 5, false, true], nl: ['.', ',', 4, false, false],
  sv: ['\u00a0', ',', 4, true, true], da: ['.', ',', 4, true, true], nb: ['\u00a0', ',', 4, true, true], fi: ['\u00a0', ',', 4, true, true],
  pl: ['\u00a0', ',', 5, false, true], cs: ['\u00a0', ',', 4, true, true], ru: ['\u00a0', ',', 4, true, true],
};

// Names of months and days, what stands after a weekday, and between day,
// month and year.
const names = {
  'en-GB': ['January February March April May June July August September October November December',
    'Sunday Monday Tuesday Wednesday Thursday Friday Saturday', ', ', ' ', ' '],
  de: ['Januar Februar März April Mai Juni Juli August September Oktober November Dezember',
    'Sonntag Montag Dienstag Mittwoch Donnerstag Freitag Samstag', ', ', '. ', ' '],
  fr: ['janvier février mars avril mai juin juillet août septembre octobre novembre décembre',
    'dimanche lundi mardi mercredi jeudi vendredi samedi', ' ', ' ', ' '],
  es: ['enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre',
    'domingo lunes martes miércoles jueves viernes sábado', ', ', ' de ', ' de '],
  it: ['gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre',
    'domenica lunedì martedì mercoledì giovedì venerdì sabato', ' ', ' ', ' '],
  pt: ['janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro',
    'domingo segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado', ', ', ' de ', ' de '],
  nl: ['januari februari maart april mei juni juli augustus september oktober november december',
    'zondag maandag dinsdag woensdag donderdag vrijdag zaterdag', ' ', ' ', ' '],
};

const WEEK = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

// spelled writes a date whose month, or weekday alone, is a name in full;
// undefined for other forms.
function spelled(value, locales, options, english) {
  const known = found(names, locales);
  const { timeZone, weekday, year, month, day, ...others } = options;
  const asked = Object.values(others).some((option) => option !== undefined);
  if (!known || asked || Number.isNaN(value.getTime()) || weekday !== undefined && weekday !== 'long') return undefined;
  if (month !== 'long' && (month !== undefined || year !== undefined || day !== undefined || weekday === undefined)) return undefined;
  if (month === undefined ? false : year !== undefined && year !== 'numeric' || day !== undefined && day !== 'numeric' && day !== '2-digit') return undefined;
  if (weekday && month && !day) return undefined;
  const [months, days, comma, afterDay, afterMonth] = known;
  const at = {};
  for (const part of english({ timeZone, weekday: 'long', year: 'numeric', month: 'numeric', day: day ?? 'numeric' }).formatToParts(value)) at[part.type] = part.value;
  let out = month ? months.split(' ')[at.month - 1] : '';
  if (day) out = at.day + afterDay + out;
  if (year) out += afterMonth + at.year;
  if (!weekday) return out;
  const name = days.split(' ')[WEEK.indexOf(at.weekday)];
  if (!year && day && found(names, locales) === names['en-GB']) return `${name} ${out}`; // no comma without a year
  return out ? name + comma + out : name;
}

function found(table, locales) {
  const tag = String((Array.isArray(locales) ? locales[0] : locales) ?? '');
  if (Object.hasOwn(table, tag)) return table[tag];
  const [language] = tag.split('-');
  return Object.hasOwn(table, language) ? table[language] : undefined;
}

const FIELDS = { year: 'y', month: 'M', day: 'd', hour: 'h', minute: 'm', second: 's' };
const PLAIN = new Set([...Object.keys(FIELDS), 'timeZone', 'hour12']);
const numeric = (options) => Object.keys(options).every((key) => PLAIN.has(key) && (!(key in FIELDS) || options[key] === undefined || /^(?:numeric|2-digit)$/.test(options[key])));

// date writes a date, or returns undefined for a locale or form it does not
// know. wanted are the fields to write unless the options name some.
function date(value, locales, options = {}, wanted, english) {
  const text = spelled(value, locales, options, english);
  if (text !== undefined) return text;
  const forms = found(dates, locales);
  if (!forms || Number.isNaN(value.getTime()) || !numeric(options)) return undefined;
  const named = Object.keys(FIELDS).filter((field) => options[field]);
  const fields = named.length ? named : wanted;
  const parts = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' };
  const at = {};
  for (const { type, value: text } of english({ ...parts, timeZone: options.timeZone, hourCycle: 'h23' }).formatToParts(value)) at[type] = Number(text);
  const write = (pattern, letters) => {
    const seen = fields.filter((field) => letters.includes(field));
    if (!seen.length) return [];
    const names = { y: 'year', M: 'month', d: 'day', H: 'hour', h: 'hour', m: 'minute', s: 'second' };
    const tokens = [...pattern.matchAll(/(y|M{1,2}|d{1,2}|H{1,2}|h|mm|ss)([^yMdHhms]*)/g)].filter(([, token]) => seen.includes(names[token[0]]));
    const meridiem = options.hour12 ?? /p\.?m/.test(pattern);
    return [tokens.map(([, token, gap], i) => {
      const name = names[token[0]];
      const n = name === 'hour' && meridiem ? at.hour % 12 || 12 : at[name];
      const wide = token.length === 2 && !(meridiem && name === 'hour') || options[name] === '2-digit';
      return (wide ? String(n % (name === 'year' && options.year === '2-digit' ? 100 : 1e5)).padStart(2, '0') : n) + (i < tokens.length - 1 ? gap : '');
    }).join('') + (meridiem && seen.includes('hour') ? half(pattern, at.hour) : '')];
  };
  return [...write(forms[0], ['year', 'month', 'day']), ...write(forms[1], ['hour', 'minute', 'second'])].join(forms[2]);
}

function half(pattern, hour) {
  const letter = hour < 12 ? 'a' : 'p';
  return /p\.m\./.test(pattern) ? ` ${letter}.m.` : ` ${letter}m`;
}

// number rewrites what American English makes of a number.
function number(text, locales, { style } = {}) {
  const forms = found(numbers, locales);
  if (!forms) return text;
  const [group, decimal, least, percentBehind, currencyBehind] = forms;
  const [, before, digits, behind] = /^([^\d]*)([\d.,]+)(.*)$/.exec(text) ?? [];
  if (digits === undefined) return text;
  const [whole, fraction] = digits.split('.');
  const bare = whole.replace(/,/g, '');
  const grouped = whole.includes(',') && bare.length >= least ? whole.replace(/,/g, group) : bare;
  const value = fraction === undefined ? grouped : grouped + decimal + fraction;
  if (style === 'percent') return before + value + (percentBehind ? '\u00a0' : '') + behind;
  if (style !== 'currency') return before + value + behind;
  const minus = before.startsWith('-') ? '-' : '';
  const sign = before.replace(/^-/, '').trim();
  return currencyBehind ? `${minus}${value}\u00a0${sign}` : `${minus}${sign}\u00a0${value}`;
}

return { date, number };
