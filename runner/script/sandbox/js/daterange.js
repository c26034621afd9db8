'use strict';

// Two dates as one text, "5 – 8 January": formatRange of Intl.DateTimeFormat. The
// pattern is found as ICU's DateIntervalFormat finds it.

const { tokens, skeleton, forFields, parts, LETTERS } = load('datetimeformat');
const { filled } = load('locales');

// The fields in which two dates may differ, the largest first, as letters of
// CLDR's table. Larger numbers are smaller fields.
const DIFFERENCES = { y: 10, M: 20, d: 30, a: 40, h: 40, m: 50, s: 60, S: 70 };
const LEVELS = { year: 10, month: 20, weekday: 30, day: 30, hour: 40, minute: 50, second: 60, fraction: 70, zone: 0 };

const valueOf = { y: (at) => at.year, M: (at) => at.month, d: (at) => at.day, a: (at) => at.hour < 12, h: (at) => at.hour, m: (at) => at.minute, s: (at) => at.second, S: (at) => at.fraction };

const fieldsOf = (pattern) => pattern.filter(({ letter }) => LETTERS[letter]);

// ignores reports whether a difference is in a smaller field than all fields of
// a pattern.
const ignores = (pattern, difference) => fieldsOf(pattern).every(({ letter }) => LEVELS[LETTERS[letter]] < DIFFERENCES[difference]);

// normal returns the form of a field in the names of CLDR's patterns.
function normal({ letter, size }) {
  if (letter === 'E') return size > 3 ? size : 1;
  if (letter === 'M') return size < 3 ? 1 : size;
  if (letter === 'y') return size;
  return /[dhHKkmzv]/.test(letter) ? 1 : size;
}

// sizes maps letters to sizes, for the fields of a pattern or of its name.
const sizes = (fields) => new Map(fields.map(({ letter, size }) => [letter, size]));

const COUNTERPARTS = { z: 'v', k: 'H', K: 'h' };

// named lists a locale's patterns: the letters of each name, and the text for
// each difference.
const listed = new WeakMap();
function named(data) {
  if (!listed.has(data)) {
    const all = new Map();
    for (const [key, pattern] of Object.entries(data.ranges)) {
      const [name, difference] = key.split(' ');
      if (difference === undefined) continue;
      if (!all.has(name)) all.set(name, { letters: sizes(tokens(name)), patterns: {} });
      all.get(name).patterns[difference === 'H' ? 'h' : difference] = pattern;
    }
    listed.set(data, [...all.values()]);
  }
  return listed.get(data);
}

// distance measures how much a pattern's name differs from the wanted letters.
// It is Infinity when one has a field that the other has not.
function distance(wanted, letters) {
  if (wanted.size !== letters.size) return Infinity;
  let sum = 0;
  for (const [letter, size] of wanted) {
    if (!letters.has(letter)) return Infinity;
    const other = letters.get(letter);
    sum += letter === 'M' && size > 2 !== other > 2 ? 0x100 : Math.abs(size - other);
  }
  return sum;
}

function best(data, wanted) {
  let found;
  for (const candidate of named(data)) {
    const far = distance(wanted, candidate.letters);
    if (far < (found?.far ?? Infinity)) found = { far, ...candidate };
  }
  return found;
}

// fitted sets the fields of a pattern to the sizes asked for.
function fitted(pattern, found, wanted, original) {
  return tokens(pattern).map((token) => {
    const key = token.letter === 'L' ? 'M' : token.letter;
    const size = token.size === found.letters.get(key) && wanted.get(key) > token.size ? wanted.get(key) : token.size;
    const letter = Object.keys(COUNTERPARTS).find((own) => COUNTERPARTS[own] === key && original.has(own));
    return token.letter ? { letter: letter ?? token.letter, size } : token;
  });
}

// normalized converts the fields to the names of CLDR's patterns.
const normalized = (fields) => new Map(fields.map((field) => [COUNTERPARTS[field.letter] ?? field.letter, normal(field)]));

// lookup finds the pattern for a difference. When a pattern's name lacks the
// differing field, lookup adds that field to the name and tries again.
function lookup(data, fields, difference) {
  const original = sizes(fields);
  let wanted = normalized(fields);
  let found = best(data, wanted);
  if (!found) return undefined;
  let pattern = found.patterns[difference] ?? (difference === 'a' ? found.patterns.h : undefined);
  for (const larger of difference === 'y' ? ['M', 'y'] : difference === 'M' ? ['M'] : []) {
    if (pattern !== undefined) break;
    if (wanted.has(larger) || wanted.has('L')) continue;
    wanted = new Map([[larger, 1], ...wanted]);
    found = best(data, wanted);
    pattern = found?.patterns[difference];
    if (!found) return undefined;
  }
  return pattern === undefined ? undefined : fitted(pattern, found, wanted, original);
}

// halves splits a pattern where the first field repeats.
function halves(pattern) {
  const seen = new Set();
  const at = pattern.findIndex(({ letter }) => {
    if (letter === undefined) return false;
    const again = seen.has(LETTERS[letter] ?? letter);
    seen.add(LETTERS[letter] ?? letter);
    return again;
  });
  return at < 0 ? [pattern, []] : [pattern.slice(0, at), pattern.slice(at)];
}

const from = (source, list) => list.map((part) => ({ ...part, source }));

// spanned marks the parts of one date with a source: from its first to its last
// field that the other date has, too. Other parts are shared.
function spanned(source, list, other) {
  const both = ({ type }) => type !== 'literal' && other.some((part) => part.type === type);
  const [first, last] = [list.findIndex(both), list.findLastIndex(both)];
  return list.map((part, at) => ({ ...part, source: at >= first && at <= last ? source : 'shared' }));
}

// joined joins adjacent literals.
function joined(list) {
  const out = [];
  for (const part of list) {
    const last = out.at(-1);
    if (part.type === 'literal' && last?.type === 'literal' && last.source === part.source) last.value += part.value;
    else out.push({ ...part });
  }
  return out;
}

const isTime = ({ letter }) => LEVELS[LETTERS[letter]] >= 40 || LETTERS[letter] === 'zone';

const isHour = ({ letter }) => LETTERS[letter] === 'hour';

// By the difference of the dates: the fields that are added to a pattern
// without them.
const COMPLETED = { y: 'yMd', M: 'Md', d: 'd' };

// lacking lists the fields among some letters that a date does not have.
const lacking = (date, letters) => [...letters].filter((own) => !date.some(({ letter }) => LETTERS[letter] === LETTERS[own])).map((letter) => ({ letter, size: 1 }));

// rangeWriter returns a function from two moments to parts, from the pattern of
// one moment.
function rangeWriter(data, pattern) {
  const fields = fieldsOf(pattern);
  const [date, time] = [fields.filter((field) => !isTime(field)), fields.filter(isTime)];
  const hour = time.find(isHour)?.letter;
  const write = (form, at) => parts(data, form, at);
  const literal = (value) => [{ type: 'literal', value, source: 'shared' }];

  // patternFor returns a pattern of the locale for some fields, in any order.
  function patternFor(some) {
    const letters = some.map((field) => field.letter.repeat(/[hHKkms]/.test(field.letter) ? 1 : field.size)).join('');
    return forFields(data, skeleton(letters)).map((token) => (isHour(token) ? { ...token, letter: hour } : token));
  }
  const whole = (some, a, b) => {
    const form = patternFor(some);
    return filled(data.ranges['-'], [from('startRange', write(form, a)), from('endRange', write(form, b))], literal);
  };
  const behindDate = (range, some, a) => filled(data.ranges['+'], [range, from('shared', write(patternFor(some), a))], literal);

  function parted(form, a, b) {
    const [first, second] = halves(form);
    const [start, end] = [write(first, a), write(second, b)];
    return [...spanned('startRange', start, end), ...spanned('endRange', end, start)];
  }

  function ofTimes(a, b, difference) {
    if (COMPLETED[difference]) {
      const complete = !date.length || lacking(date, difference).length && best(data, normalized(time));
      return whole([...(complete ? lacking(date, date.length ? COMPLETED[difference] : 'yMd') : []), ...date, ...time], a, b);
    }
    const form = lookup(data, time, difference);
    const range = form ? parted(form, a, b) : whole(time, a, b);
    if (!date.length) return range;
    return behindDate(range, form ? date : date.map((field) => ({ ...field, size: normal(field) })), a);
  }

  function ofDates(a, b, difference) {
    const form = lookup(data, date, difference);
    return form ? parted(form, a, b) : whole(date, a, b);
  }

  return (a, b) => {
    const difference = Object.keys(DIFFERENCES).find((letter) => valueOf[letter](a) !== valueOf[letter](b));
    if (difference === undefined || ignores(pattern, difference) && (!time.length || !COMPLETED[difference])) return from('shared', write(pattern, a));
    return joined((time.length ? ofTimes : ofDates)(a, b, difference));
  };
}

return { rangeWriter };
