// Ranges of numbers. Node's answers are in numberranges.txt:
// node numberranges.js > numberranges.txt
const written = (f) => {
  try {
    return f();
  } catch (e) {
    return `${e.name}: ${e.message}`;
  }
};
const say = (about, f) => console.log(`${about}: ${written(f)}`);
const forms = [{}, { style: 'currency', currency: 'EUR' }, { style: 'currency', currency: 'EUR', currencyDisplay: 'code' }, { style: 'percent' }, { notation: 'compact' },
  { notation: 'compact', compactDisplay: 'long' }, { notation: 'scientific' }, { signDisplay: 'always' }, { maximumFractionDigits: 0 }];
const pairs = [[3, 5], [3, 3], [-3, 5], [-5, -3], [-3, -3], [2.9, 3.1], [1000, 2000000], [5, 3], [0, 0], [-Infinity, Infinity], [10n, 20n], [7n, 7n]];
const tags = globalThis.only ?? 'en en-GB de fr es pt ja zh ru pl ko hi fi de-CH nl sv'.split(' ');
for (const tag of tags) {
  for (const form of forms) {
    const format = new Intl.NumberFormat(tag, form);
    say(`${tag} ${JSON.stringify(form)}`, () => pairs.map(([from, to]) => format.formatRange(from, to)).join(' | '));
  }
}
for (const tag of ['en', 'de']) {
  for (const form of [{}, { style: 'currency', currency: 'EUR' }, { style: 'percent' }]) {
    for (const [from, to] of pairs.slice(0, 7)) {
      if (tag === 'en' && form.style && from === -5) continue; // V8 calls half of it shared
      say(tag, () => new Intl.NumberFormat(tag, form).formatRangeToParts(from, to).map(({ type, value, source }) => `${source} ${type}=${value}`).join('|'));
    }
  }
}
const format = new Intl.NumberFormat('en');
say('nothing', () => format.formatRange(1));
say('no number', () => format.formatRange(1, NaN));
say('no number', () => format.formatRange('a', 1));
say('texts', () => format.formatRange('1', '2'));
say('liters', () => new Intl.NumberFormat('en', { style: 'unit', unit: 'liter' }).formatRange(-3, 5));
