'use strict';

// The plural categories of numbers, by CLDR's rules: "n % 10 = 2..4 and v = 0".

const { subtag } = host;

// operands returns the operands of rules for a number written with digits: n is
// the number, i its integer part, v and f the length and value of its fraction,
// w and t the same without trailing zeros. c and e, the exponent, are always 0
// here.
function operands(text) {
  const [whole, fraction = ''] = text.split('.');
  const trimmed = fraction.replace(/0+$/, '');
  const i = Number(whole.slice(-15)); // rules use the last digits only
  return { n: trimmed ? NaN : i, i, v: fraction.length, w: trimmed.length, f: Number(fraction), t: Number(trimmed), c: 0, e: 0, large: whole.length > 15 };
}

const RELATION = /^(\w)(?: % (\d+))? (!?=) (.+)$/;

// relation returns a test of operands for a relation such as "n % 10 !=
// 2..4,9".
function relation(text) {
  const [, operand, divisor, sign, list] = RELATION.exec(text);
  const ranges = list.split(',').map((range) => range.split('..').map(Number));
  return (values) => {
    const value = divisor ? values[operand] % divisor : values.large && /[ni]/.test(operand) ? Infinity : values[operand];
    return ranges.some(([from, to = from]) => value >= from && value <= to) === (sign === '=');
  };
}

const condition = (text) => {
  const any = text.split(' or ').map((all) => all.split(' and ').map(relation));
  return (values) => any.some((all) => all.every((test) => test(values)));
};

// ruleText returns the rules of a locale, or of a wider one. Unknown languages
// do not get the rules of English. A language without ordinals has one category
// for all numbers.
function ruleText(locale, type) {
  for (let tag = locale; tag; tag = tag.slice(0, Math.max(tag.lastIndexOf('-'), 0))) {
    const found = subtag(type, tag);
    if (found) return found;
    if (subtag('cardinal', tag)) return 'other';
  }
  return subtag(type, 'en');
}

const known = new Map();

// rules returns the categories of a locale with their tests.
function rules(locale, type) {
  const key = `${type} ${locale}`;
  if (!known.has(key)) {
    const lines = ruleText(locale, type).split('; ').filter((line) => line !== 'other');
    known.set(key, lines.map((line) => {
      const [category, text] = line.split(': ');
      return [category, condition(text)];
    }));
  }
  return known.get(key);
}

// plural returns the category of a number written with digits. type is cardinal
// or ordinal.
function plural(locale, text, type) {
  const values = operands(text);
  return rules(locale, type).find(([, test]) => test(values))?.[0] ?? 'other';
}

const categories = (locale, type) => [...rules(locale, type).map(([category]) => category), 'other'];

return { plural, categories };
