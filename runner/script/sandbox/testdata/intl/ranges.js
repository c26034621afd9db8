// Ranges of dates. Node's answers are in ranges.txt:
// node ranges.js > ranges.txt
const written = (f) => {
  try {
    return f();
  } catch (e) {
    return `${e.name}: ${e.message}`;
  }
};
const say = (about, f) => console.log(`${about}: ${written(f)}`);
const start = '2026-01-05T08:05:09.120Z';
const ends = ['2026-01-05T08:05:09.120Z', '2026-01-05T08:05:40Z', '2026-01-05T08:35:09Z', '2026-01-05T10:05:09Z', '2026-01-05T18:05:09Z', '2026-01-08T08:05:09Z', '2026-03-08T08:05:09Z', '2027-03-08T08:05:09Z'];
const forms = [{}, { dateStyle: 'short' }, { dateStyle: 'medium' }, { dateStyle: 'full' }, { dateStyle: 'long', timeStyle: 'short' }, { timeStyle: 'short' }, { timeStyle: 'medium' },
  { month: 'short', day: 'numeric' }, { month: 'long', day: 'numeric' }, { month: 'numeric', day: 'numeric' }, { year: 'numeric', month: 'long' }, { year: 'numeric', month: 'short' }, { month: 'long' },
  { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' }, { hour: 'numeric' }, { hour: 'numeric', minute: '2-digit', second: '2-digit' },
  { weekday: 'long' }, { weekday: 'short', day: 'numeric', month: 'long', year: 'numeric' }, { weekday: 'short', day: 'numeric', month: 'short' }, { year: 'numeric' }, { day: 'numeric' },
  { hour: 'numeric', timeZoneName: 'short' }, { hour: 'numeric', minute: 'numeric', hour12: true }, { hour: 'numeric', minute: 'numeric', hour12: false }, { year: '2-digit', month: 'numeric', day: 'numeric' },
  { dateStyle: 'short', timeStyle: 'medium' }, { month: 'long', day: 'numeric', hour: 'numeric' }];
const tags = globalThis.only ?? 'en en-GB de fr es pt ja zh ru pl ko ar hi fi'.split(' ');

for (const tag of tags) {
  for (const form of forms) {
    const format = new Intl.DateTimeFormat(tag, { timeZone: 'UTC', ...form });
    say(`${tag} ${JSON.stringify(form)}`, () => ends.map((end) => format.formatRange(new Date(start), new Date(end))).join(' | '));
  }
}
for (const form of [{ dateStyle: 'medium' }, { timeStyle: 'short' }, { dateStyle: 'long', timeStyle: 'short' }]) {
  for (const end of ends) {
    const all = new Intl.DateTimeFormat('en', { timeZone: 'UTC', ...form }).formatRangeToParts(new Date(start), new Date(end));
    console.log(all.map(({ type, value, source }) => `${source} ${type}=${value}`).join('|'));
  }
}
const format = new Intl.DateTimeFormat('en', { timeZone: 'UTC' });
say('backwards', () => format.formatRange(new Date(ends[5]), new Date(start)));
say('numbers', () => format.formatRange(0, 1e10));
say('nothing', () => format.formatRange(0));
say('not dates', () => format.formatRange(NaN, 0));
say('ends', () => new Intl.DateTimeFormat('de', { timeZone: 'Europe/Berlin' }).formatRange(Date.UTC(2026, 0, 31, 23, 30), Date.UTC(2026, 1, 1, 12)));
