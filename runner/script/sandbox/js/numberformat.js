'use strict';

// Intl.NumberFormat for locales other than American English. The engine's own
// formatter rounds numbers; its parts are arranged again here.

const { inDigits } = load('locales');

// affixes returns the parts that a pattern puts before and after the number.
function affixes(pattern, signs) {
  const number = /[#0][#0.,]*/.exec(pattern) ?? { index: pattern.length, 0: '' }; // "mille" has no digits
  const cut = (text) => [...text.matchAll(/'([^']*)'|([-+%¤])|[^'\-+%¤]+/g)].map(([all, quoted, sign]) => {
    if (quoted !== undefined) return { type: 'literal', value: quoted || "'" };
    return sign ? signs(sign) : { type: 'literal', value: all };
  });
  return [cut(pattern.slice(0, number.index)), cut(pattern.slice(number.index + number[0].length))];
}

// patternOf returns the pattern of a style.
const patternOf = (data, { style, currencySign }) => data.patterns[style === 'currency' && currencySign === 'accounting' ? 'accounting' : /^(?:currency|percent)$/.test(style) ? style : 'decimal'];

// grouped groups the digits of an integer.
function grouped(data, digits, sign, options) {
  const { useGrouping, notation } = options;
  const pattern = patternOf(data, options).split(';')[0].split('.')[0].split(',').slice(1).map((group) => group.match(/^[#0]*/)[0].length);
  const [first, next = first] = pattern.reverse();
  const least = useGrouping === 'always' || useGrouping === true && data.least < 2 ? 1 : useGrouping === 'min2' || notation === 'compact' ? 2 : data.least;
  if (useGrouping === false || useGrouping === 'false' || !first || digits.length < first + least) return [{ type: 'integer', value: inDigits(data, digits) }];
  const out = [];
  let end = digits.length;
  for (let size = first; end > 0; size = next) {
    out.unshift({ type: 'integer', value: inDigits(data, digits.slice(Math.max(0, end - size), end)) });
    end -= size;
    if (end > 0) out.unshift({ type: 'group', value: sign });
  }
  return out;
}

// signOf returns the text that shows a currency.
function signOf(data, { currency, currencyDisplay }) {
  const code = String(currency).toUpperCase();
  if (currencyDisplay === 'code' || currencyDisplay === 'name') return code;
  const [sign, narrow] = (data.currencies[code] ?? '').split('|');
  return (currencyDisplay === 'narrowSymbol' && narrow) || sign || code;
}

// core writes the digits with their separators. Other parts of the engine, such
// as an exponent or a word, stay.
function core(data, parts, options) {
  const money = options.style === 'currency';
  const decimal = (money && data.signs.currencyDecimal) || data.signs.decimal;
  const group = (money && data.signs.currencyGroup) || data.signs.group;
  const digits = parts.filter(({ type }) => type === 'integer').map(({ value }) => value).join('');
  const from = parts.findIndex(({ type }) => /^(?:integer|nan|infinity)$/.test(type));
  let to = parts.length - 1;
  while (!/^(?:integer|fraction|nan|infinity|exponentInteger)$/.test(parts[to].type)) to--;
  let seen = false;
  return parts.slice(from, to + 1).flatMap((part) => {
    switch (part.type) {
      case 'integer': {
        if (seen) return [];
        seen = true;
        return grouped(data, digits, group, options);
      }
      case 'group': return [];
      case 'decimal': return [{ type: 'decimal', value: decimal }];
      case 'exponentSeparator': return [{ type: part.type, value: data.signs.exponential }];
      case 'nan': return [{ type: 'nan', value: data.signs.nan }];
      default: return [{ type: part.type, value: inDigits(data, part.value) }];
    }
  });
}

// patternFor returns the pattern around the number. A currency code is
// separated from digits by a space.
function patternFor(data, options, inDigits) {
  const pattern = patternOf(data, options);
  if (options.style !== 'currency' || !inDigits) return pattern;
  const sign = signOf(data, options);
  const spaced = /\p{L}$/u.test(sign) ? pattern.replace(/¤(?=[#0])/g, '¤\u00a0') : pattern;
  return /^\p{L}/u.test(sign) ? spaced.replace(/([#0])¤/g, '$1\u00a0¤') : spaced;
}

// unmarked separates a sign from its direction marks.
function unmarked(part) {
  const [, before, value, behind] = /^([\u200e\u200f\u061c]*)(.*?)([\u200e\u200f\u061c]*)$/s.exec(part.value);
  if (!/Sign$/.test(part.type) || value.length === part.value.length) return [part];
  return [{ type: 'literal', value: before }, { ...part, value }, { type: 'literal', value: behind }].filter((piece) => piece.value);
}

// parts arranges the parts of the engine's formatter.
function parts(data, english, options) {
  const sign = english.find(({ type }) => type === 'minusSign' || type === 'plusSign')?.type;
  const signed = (mark) => ({ type: mark === '-' ? 'minusSign' : 'plusSign', value: data.signs[mark === '-' ? 'minusSign' : 'plusSign'] });
  let [pattern, negative] = patternFor(data, options, english.some(({ type }) => type === 'integer')).split(';');
  const inBrackets = options.currencySign === 'accounting' && english.some(({ type, value }) => type === 'literal' && value.includes('('));
  if ((sign === 'minusSign' || inBrackets) && negative) pattern = negative;
  else if (sign) pattern = (sign === 'minusSign' ? '-' : '+') + pattern;
  else if (inBrackets) pattern = `-${pattern}`;
  const marks = (mark) => {
    if (mark === '¤') return { type: 'currency', value: signOf(data, options) };
    return mark === '%' ? { type: 'percentSign', value: data.signs.percentSign } : signed(mark);
  };
  const [before, behind] = affixes(pattern, marks);
  const unit = options.style === 'unit' ? english.slice(english.findLastIndex(({ type }) => /^(?:integer|fraction|nan|infinity)$/.test(type)) + 1) : [];
  return [...before, ...core(data, english, options), ...unit, ...behind].flatMap(unmarked);
}

// wording finds how compact notation shortens a number: the power of ten by
// which it is divided, and the patterns by plural category. It returns
// undefined for small numbers.
function wording(data, power, display) {
  if (power < 3) return undefined;
  const of = (count) => data[display][count]?.split('|')[Math.min(power, 14) - 3];
  const other = of('other');
  const zeros = /0+/.exec(other ?? '0')[0].length;
  return !other || other === '0' ? undefined : { divide: Math.min(power, 14) - zeros + 1, zeros, of };
}

const DIGITS = ['minimumFractionDigits', 'maximumFractionDigits', 'minimumSignificantDigits', 'maximumSignificantDigits'];

// compactParts writes a number in compact notation. english returns the parts
// of a number with options; plural returns the category of a written number.
function compactParts(data, value, options, english, plural) {
  const { notation, compactDisplay = 'short', ...others } = options;
  const free = DIGITS.every((name) => options[name] === undefined);
  const rounded = (n) => english(n, { ...others, ...(free && (Math.abs(n) < 100 ? { maximumSignificantDigits: 2, minimumSignificantDigits: 1 } : { maximumFractionDigits: 0, minimumFractionDigits: 0 })) });
  const size = Math.abs(Number(value));
  let power = size >= 1 && Number.isFinite(size) ? Math.floor(Math.log10(size) + 1e-12) : 0;
  for (;;) {
    const word = wording(data, power, compactDisplay);
    const short = rounded(word ? Number(value) / 10 ** word.divide : Number(value));
    const digits = short.filter(({ type }) => type === 'integer').map((part) => part.value).join('');
    if (digits.length > (word ? word.zeros : power + 1) && power < 14 && Number.isFinite(size)) {
      power++; // rounding has added a digit
      continue;
    }
    const out = parts(data, short, options);
    if (!word) return out;
    const text = digits + (short.some(({ type }) => type === 'fraction') ? `.${short.find(({ type }) => type === 'fraction').value}` : '');
    const pattern = (text === '1' && word.of('1')) || (word.of(plural(text)) ?? word.of('other'));
    const from = out.findIndex(({ type }) => /^(?:integer)$/.test(type));
    const to = out.findLastIndex(({ type }) => /^(?:integer|fraction)$/.test(type)) + 1;
    const words = (list) => list.flatMap((part) => (part.type === 'minusSign' ? [part] : split(part.value)));
    const split = (text) => [...text.matchAll(/[\s\u00a0]+|[^\s\u00a0]+/g)].map(([piece]) => ({ type: /[\s\u00a0]/.test(piece) ? 'literal' : 'compact', value: piece }));
    const [positive, negative] = pattern.split(';');
    const minus = out.find(({ type }) => type === 'minusSign');
    const within = minus && negative; // "elfu -1": the pattern contains the number with its sign
    const [before, behind] = affixes(within || positive, (mark) => (mark === '-' ? minus : { value: mark }));
    const number = pattern.includes('0') ? out.slice(from, to) : [];
    return [...out.slice(0, from).filter((part) => !within || part !== minus), ...words(before), ...number, ...words(behind), ...out.slice(to)];
  }
}

return { parts, compactParts };
