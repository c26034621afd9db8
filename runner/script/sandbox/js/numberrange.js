'use strict';

// formatRange of Intl.NumberFormat: two numbers as one text, "3–5 €". Text
// around both numbers is written once, as in ICU's NumberRangeFormatter.

const { filled } = load('locales');

const NUMBER = /^(?:integer|group|decimal|fraction|infinity|exponent.*)$/;

// around separates a number from the text before and after it, and from a unit.
function around(list) {
  const first = list.findIndex(({ type }) => NUMBER.test(type));
  if (first < 0) return { before: list, number: [], behind: [], unit: [] }; // "mille"
  const last = list.findLastIndex(({ type }) => NUMBER.test(type));
  const [before, number, behind] = [list.slice(0, first), list.slice(first, last + 1), list.slice(last + 1)];
  const unit = behind.some(({ type }) => type === 'unit');
  return { before, number, behind: unit ? [] : behind, unit: unit ? behind : [] };
}

const text = (list) => list.map(({ value }) => value).join('');

const of = (source, list) => list.map((part) => ({ ...part, source }));

// about marks a number as approximate, in the place of a minus sign.
function about(data, write, value) {
  const sign = { type: 'approximatelySign', value: data.signs.about };
  const own = write(value);
  const signed = own.findIndex(({ type }) => /^(?:minus|plus)Sign$/.test(type));
  if (signed >= 0) return own.toSpliced(signed, 0, sign);
  const negative = write(typeof value === 'bigint' ? -value || -0 : -value);
  const minus = negative.findIndex(({ type }) => type === 'minusSign');
  return minus < 0 ? [sign, ...own] : negative.with(minus, sign);
}

// rangeParts returns the parts of two numbers. write returns the parts of one.
function rangeParts(data, write, a, b) {
  const [left, right] = [write(a), write(b)];
  if (text(left) === text(right)) return of('shared', about(data, write, a));
  const [first, second] = [around(left), around(right)];
  const sameUnit = text(first.unit) === text(second.unit);
  const affixes = ({ before, behind }) => `${text(before)}\n${text(behind)}`;
  const once = sameUnit && affixes(first) === affixes(second) && [...affixes(first)].length > 2;
  const scientific = first.number.some(({ type }) => /^exponent/.test(type));
  const apart = scientific || !once && affixes(first) !== '\n' || !sameUnit;
  const shown = ({ before, number, behind, unit }, source) => of(source, [...(once ? [] : before), ...number, ...(once ? [] : behind), ...(sameUnit ? [] : unit)]);
  const literal = (value) => [{ type: 'literal', value: apart && value.trim() === value ? ` ${value} ` : value, source: 'shared' }];
  return [
    ...of('shared', once ? first.before : []),
    ...filled(data.patterns.range, [shown(first, 'startRange'), shown(second, 'endRange')], literal),
    ...of('shared', once ? first.behind : []),
    ...of('shared', sameUnit ? first.unit : []),
  ];
}

return { rangeParts };
