'use strict';

// Dates as locales write them: Intl.DateTimeFormat beyond American English.
// The pattern for the fields asked for is found as Unicode's technical
// standard 35 says, "Matching Skeletons", and as ICU weighs them.

const { inDigits, filled } = load('locales');

// The fields in the order in which patterns are completed, and their letters.
const FIELDS = ['year', 'month', 'weekday', 'day', 'hour', 'minute', 'second', 'fraction', 'zone'];
const LETTERS = { y: 'year', M: 'month', L: 'month', E: 'weekday', c: 'weekday', d: 'day', H: 'hour', h: 'hour', K: 'hour', k: 'hour', m: 'minute', s: 'second', S: 'fraction', z: 'zone', O: 'zone', v: 'zone' };
const TIME = new Set(['hour', 'minute', 'second', 'fraction', 'zone']);

// tokens splits a pattern into fields ({ letter, size }) and literals ({ text
// }).
function tokens(pattern) {
  const out = [];
  for (const [all, quoted, letters] of pattern.matchAll(/'((?:[^']|'')*)'|(([A-Za-z])\3*)|[^A-Za-z']+/g)) {
    if (letters) out.push({ letter: letters[0], size: letters.length });
    else out.push({ text: quoted === undefined ? all : quoted.replace(/''/g, "'") || "'" });
  }
  return out;
}

// weight orders the forms of a field: numeric forms are above zero, by size,
// and names below it.
function weight(letter, size) {
  const named = size > 4 ? 1 : Math.max(size, 3); // narrow names have the least weight
  if (letter === 'M' && size > 2) return -0x100 - named;
  if (letter === 'L') return size > 2 ? -0x110 - named : 0x110 + size;
  if (letter === 'E') return -0x100 - named;
  if (letter === 'c') return -0x120 - named;
  if (letter === 'H') return 0x1a0 + size;
  if (letter === 'k') return 0x1b0 + size;
  if (letter === 'K') return 0x110 + size;
  if (LETTERS[letter] === 'zone') return { z: -0x103, O: -0x113, v: -0x123 }[letter] - (size > 3 ? 1 : 0);
  return 0x100 + size;
}

// skeleton maps the fields of a pattern, or of a key of formats, to their forms.
function skeleton(pattern) {
  const out = {};
  for (const { letter, size } of tokens(pattern)) {
    const field = LETTERS[letter];
    if (field) out[field] = { letter, size, weight: weight(letter, size) };
  }
  return out;
}

// shape returns a map of fields as text: the letters, or with base a text that
// is the same for all numeric sizes.
const shape = (fields, base) => FIELDS.map((field) => {
  const { letter, size, weight } = fields[field] ?? { letter: '', size: 0 };
  return letter.repeat(base && weight > 0 ? 1 : size);
}).join('');

// patterns lists a locale's formats and their fields. The list is cached. A
// style is included when no earlier format has the same base.
const listed = new WeakMap();
function patterns(data) {
  if (!listed.has(data)) {
    const all = new Map();
    const bases = new Set();
    const add = (key, pattern, stated) => {
      const fields = skeleton(key);
      if (!stated && bases.has(shape(fields, true))) return;
      bases.add(shape(fields, true));
      all.set(shape(fields), { pattern, fields, stated });
    };
    for (const letter of 'yMEdHmsSv') add(letter, letter);
    for (const style of [...data.dates.split('|'), ...data.times.split('|')]) add(style, style);
    for (const key of Object.keys(data.formats)) add(key, data.formats[key], true);
    listed.set(data, [...all].sort(([a], [b]) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0)).map(([, format]) => format));
  }
  return listed.get(data);
}

const EXTRA = 0x10000;
const MISSING = 0x1000;

// nearest finds, among the formats with fields in some, the one closest to the
// wanted fields.
function nearest(data, wanted, some) {
  let best;
  for (const candidate of patterns(data)) {
    let distance = 0;
    let rank = 0;
    const missing = [];
    for (const [at, field] of FIELDS.entries()) {
      const mine = some.includes(field) ? wanted[field] : undefined;
      const theirs = candidate.fields[field];
      if (mine && theirs) {
        distance += Math.abs(mine.weight - theirs.weight);
        const halves = /[hK]/.test(theirs.letter);
        if (field === 'hour' && halves !== /[hK]/.test(mine.letter)) distance += halves ? EXTRA : MISSING; // 12-hour and 24-hour clocks
      }
      else if (theirs) distance += EXTRA;
      else if (mine) {
        distance += MISSING;
        rank += 1 << at;
        missing.push(field);
      }
    }
    if (!best || distance < best.distance || distance === best.distance && rank > best.rank) best = { distance, rank, missing, ...candidate };
  }
  return best;
}

// widened sets the fields of a format to the sizes asked for.
function widened({ pattern, fields, stated }, wanted, fraction) {
  return tokens(pattern).flatMap((token) => {
    const field = LETTERS[token.letter];
    const want = field && wanted[field];
    if (!want) return [token];
    if (field === 'minute' || field === 'second') return [token, ...(field === 'second' && fraction ? fractions(fraction) : [])];
    let { size } = want;
    if (field === 'weekday' && size < 3) size = 3;
    const own = weight(token.letter, token.size) > 0;
    if (stated) {
      const key = fields[field];
      if (key.size === size || own !== key.weight > 0) size = token.size;
    }
    return [{ letter: ['hour', 'month', 'weekday', 'year'].includes(field) ? token.letter : want.letter, size }];
  });
}

let mark = '.';
const fractions = (size) => [{ text: mark }, { letter: 'S', size }];

// appended returns the pattern for some of the wanted fields, and appends the
// fields that no format combines with them.
function appended(data, wanted, some) {
  let found = nearest(data, wanted, some);
  const fraction = some.includes('fraction') && wanted.second ? wanted.fraction.size : 0;
  let out = widened(found, wanted, fraction);
  let missing = found.missing.filter((field) => !(field === 'fraction' && fraction));
  while (missing.length) {
    found = nearest(data, wanted, missing);
    const got = missing.filter((field) => !found.missing.includes(field));
    if (!got.length) break;
    out = filled(data.append[got.at(-1)] ?? '{0} {1}', [out, widened(found, wanted, 0)], tokens);
    missing = found.missing;
  }
  return out;
}

// forFields finds the pattern, as tokens, for a map of fields.
function forFields(data, wanted) {
  mark = data.signs.decimal;
  const date = FIELDS.filter((field) => wanted[field] && !TIME.has(field));
  const time = FIELDS.filter((field) => wanted[field] && TIME.has(field));
  if (!time.length) return appended(data, wanted, date);
  if (!date.length) return appended(data, wanted, time);
  const whole = nearest(data, wanted, FIELDS);
  if (whole.distance < MISSING) return widened(whole, wanted, 0);
  const month = wanted.month?.letter === 'M' ? wanted.month.size : 0;
  const style = month === 4 ? (wanted.weekday ? 0 : 1) : month === 3 ? 2 : 3;
  return filled(data.joins.split('|')[style], [appended(data, wanted, time), appended(data, wanted, date)], tokens);
}

const SIZES = { numeric: 1, '2-digit': 2, short: 3, long: 4, narrow: 5 };
const ZONES = { short: ['z', 1], long: ['z', 4], shortOffset: ['O', 1], longOffset: ['O', 4], shortGeneric: ['v', 1], longGeneric: ['v', 4] };

// usual returns the letter of the locale's usual hour cycle: that of its short
// time.
const usual = (data) => tokens(data.times.split('|')[3]).find(({ letter }) => LETTERS[letter] === 'hour').letter;

// hourLetter returns the letter of the hour cycle that options ask for. V8
// still follows ECMA-402 of 2022: without hour12 midnight is 24 where the clock
// has twelve hours, and with hour12 it is 0 where the clock has 24.
function hourLetter(data, { hour12, hourCycle }) {
  if (hour12 === undefined) return { h11: 'K', h12: 'h', h23: 'H', h24: 'k' }[hourCycle] ?? usual(data);
  const from0 = /[HK]/.test(usual(data));
  if (hour12) return from0 ? 'K' : 'h';
  return from0 ? 'H' : 'k';
}

function fieldsOf(data, options) {
  const out = {};
  const put = (field, letter, size) => { out[field] = { letter, size, weight: weight(letter, size) }; };
  for (const [field, letter] of Object.entries({ weekday: 'E', year: 'y', month: 'M', day: 'd', minute: 'm', second: 's' })) {
    if (options[field] !== undefined) put(field, letter, SIZES[options[field]]);
  }
  if (options.hour !== undefined) put('hour', /[hK]/.test(hourLetter(data, options)) ? 'h' : 'H', SIZES[options.hour]);
  if (options.fractionalSecondDigits !== undefined) put('fraction', 'S', options.fractionalSecondDigits);
  if (options.timeZoneName !== undefined) put('zone', ...ZONES[options.timeZoneName]);
  return out;
}

const STYLES = ['full', 'long', 'medium', 'short'];

// inStyle returns the pattern of dateStyle and timeStyle.
function inStyle(data, options) {
  const date = options.dateStyle && tokens(data.dates.split('|')[STYLES.indexOf(options.dateStyle)]);
  let time = options.timeStyle && tokens(data.times.split('|')[STYLES.indexOf(options.timeStyle)]);
  if (time && /[hK]/.test(hourLetter(data, options)) !== /[hK]/.test(usual(data))) {
    const { hour, ...others } = skeleton(data.times.split('|')[STYLES.indexOf(options.timeStyle)]);
    const letter = /[hK]/.test(hourLetter(data, options)) ? 'h' : 'H';
    time = forFields(data, { ...others, hour: { letter, size: hour.size, weight: weight(letter, hour.size) } });
  }
  if (!date || !time) return date || time;
  return filled(data.joins.split('|')[STYLES.indexOf(options.dateStyle)], [time, date], tokens);
}

// patternOf returns the pattern, as tokens, for the options of a
// DateTimeFormat.
function patternOf(data, options) {
  const pattern = options.dateStyle || options.timeStyle ? inStyle(data, options) : forFields(data, fieldsOf(data, options));
  const letter = hourLetter(data, options);
  return pattern.map((token) => (LETTERS[token.letter] === 'hour' ? { ...token, letter } : token));
}

const WIDTHS = { 3: 'abbreviated', 4: 'wide', 5: 'narrow' };

function name(table, size, alone, at) {
  const width = WIDTHS[size] ?? 'abbreviated';
  return ((alone && table[`${width} alone`]) || table[width]).split('|')[at];
}

const TYPES = { ...LETTERS, a: 'dayPeriod', B: 'dayPeriod', S: 'fractionalSecond', z: 'timeZoneName', O: 'timeZoneName', v: 'timeZoneName' };

// written writes one field of a moment. at has the numbers of the moment.
function written(data, { letter, size }, at) {
  const digits = (n, least = size) => inDigits(data, String(n).padStart(least, '0'));
  switch (letter) {
    case 'y': return size === 2 ? digits(at.year % 100) : digits(at.year);
    case 'M': case 'L': return size > 2 ? name(data.months, size, letter === 'L', at.month - 1) : digits(at.month);
    case 'E': case 'c': return name(data.days, size, letter === 'c', at.weekday);
    case 'd': return digits(at.day);
    case 'a': case 'B': return data.periods.split('|')[at.hour < 12 ? 0 : 1];
    case 'H': return digits(at.hour);
    case 'k': return digits(at.hour || 24);
    case 'h': return digits(at.hour % 12 || 12);
    case 'K': return digits(at.hour % 12);
    case 'm': return digits(at.minute);
    case 's': return digits(at.second);
    case 'S': return inDigits(data, at.fraction.padEnd(9, '0').slice(0, size));
    default: return at.zone(letter, size);
  }
}

// parts writes a moment with a pattern.
function parts(data, pattern, at) {
  const out = [];
  for (const token of pattern) {
    const part = token.text === undefined ? { type: TYPES[token.letter], value: written(data, token, at) } : { type: 'literal', value: token.text };
    if (part.type === 'literal' && out.at(-1)?.type === 'literal') out.at(-1).value += part.value;
    else out.push(part);
  }
  return out;
}

return { patternOf, parts, hourLetter, tokens, skeleton, forFields, LETTERS };
