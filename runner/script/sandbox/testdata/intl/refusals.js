// Wrong options and values. Node's answers are in refusals.txt:
// node refusals.js > refusals.txt
const date = new Date(0);
for (const refused of [
  () => date.toLocaleString('en', { month: 'x' }),
  () => date.toLocaleDateString('de', { weekday: 'x' }),
  () => date.toLocaleTimeString('en', { hourCycle: 'h99' }),
  () => date.toLocaleString('en', { fractionalSecondDigits: 9 }),
  () => date.toLocaleString('en', { timeZone: 'Nowhere' }),
  () => date.toLocaleString('en-GB', { timeZone: 'Europe/Nowhere' }),
  () => date.toLocaleString('de', { timeZone: '', dateStyle: 'short' }),
  () => new Intl.DateTimeFormat('en', { year: 'x' }),
  () => Intl.DateTimeFormat('en', { calendar: '!' }),
  () => new Intl.DateTimeFormat('en').format('x'),
  () => new Intl.DateTimeFormat('de').format(NaN),
  () => new Intl.DateTimeFormat('en').formatToParts(1e20),
  () => (5).toLocaleString('en', { style: 'x' }),
  () => (5).toLocaleString('de', { notation: 'x' }),
  () => 5n.toLocaleString('en', { currencyDisplay: 'x' }),
  () => (5).toLocaleString('en', { style: 'currency' }),
  () => (5).toLocaleString('fr', { style: 'currency', currency: 'X' }),
  () => (5).toLocaleString('en', { style: 'unit' }),
  () => (5).toLocaleString('en', { style: 'unit', unit: 'foo' }),
  () => (5).toLocaleString('en', { minimumFractionDigits: 200 }),
  () => (5).toLocaleString('de', { maximumFractionDigits: -1 }),
  () => (5).toLocaleString('en', { minimumFractionDigits: 5, maximumFractionDigits: 2 }),
  () => (5).toLocaleString('en', { minimumSignificantDigits: 5, maximumSignificantDigits: 2 }),
  () => (5).toLocaleString('en', { minimumIntegerDigits: 0 }),
  () => new Intl.NumberFormat('en', { style: 'x' }),
  () => new Intl.NumberFormat('ar', { signDisplay: 'x' }),
  () => new Intl.PluralRules('en', { type: 'x' }),
  () => new Intl.NumberFormat('en', { get style() { throw new Error('mine'); } }),
]) {
  try {
    console.log(`${refused}: ${refused()}`);
  } catch (error) {
    console.log(`${error.name}: ${error.message}`);
  }
}
