// The list draws the rows in view and no others.

const ROW = 32;
const TALLEST = 16e6; // pixels; browsers draw nothing below some height
const pool = new Map(); // index → element
let chosen = null; // the selected row
let slowest = 1;
let printing = false;

/** Draws the list anew. */
function reshow() {
  for (const e of pool.values()) e.remove();
  pool.clear();
  $('list').style.height = `${Math.min(shown.length * ROW, TALLEST)}px`;
  $('list').hidden = shown.length === 0;
  draw();
}

/** Draws the rows in view. */
function draw() {
  if (printing) return;
  const list = $('list');
  const top = -list.getBoundingClientRect().top;
  const limit = Math.min(shown.length, Math.floor(TALLEST / ROW));
  const first = Math.max(0, Math.floor(top / ROW) - 6);
  const last = Math.min(limit, Math.ceil((top + innerHeight) / ROW) + 6);
  for (const [i, e] of pool) {
    if (i < first || i >= last) { e.remove(); pool.delete(i); }
  }
  const fresh = document.createDocumentFragment();
  for (let i = first; i < last; i++) {
    if (!pool.has(i)) { pool.set(i, rowOf(shown[i], i)); fresh.append(pool.get(i)); }
  }
  list.append(fresh);
}

function rowOf(row, i) {
  const it = items[row[ITEM]];
  const e = el('div', { class: 'row', role: 'option', id: `r${row[N]}`, 'aria-setsize': shown.length, 'aria-posinset': i + 1,
    'aria-selected': String(row === chosen), on: { click: () => open(row) } },
    el('span', { class: `res p${row[RESULT]}` }, results[row[RESULT]]),
    el('span', { class: 'm' }, row[METHOD]),
    el('span', { title: row[REASON] || row[URL_] }, run.runs.length > 1 && el('span', { class: 'tenant' }, runName(row[RUN])), el('span', { class: 'where' }, it.folder && it.folder + ' / '), el('span', { class: 'what' }, it.name),
      row[REASON] && el('span', { class: 'why' }, row[REASON])),
    el('span', { class: 'it r wide small narrow' }, row[ITERATION] + 1),
    el('span', { class: `r wide small` }, row[TESTS] ? `${row[PASSED]} / ${row[TESTS]}` : '–'),
    el('span', { class: 'r' }, row[CODE] || '–'),
    el('span', { class: 'r wide small narrow' }, row[CODE] ? weighing(row[SIZE]) : ''),
    el('span', { class: 'lat wide small' }, el('i', { css: { width: `${100 * Math.sqrt(row[TIME] / slowest)}%` } }), el('span', { class: 'r' }, row[CODE] ? lasting(row[TIME]) : '')));
  e.style.transform = `translateY(${i * ROW}px)`;
  return e;
}

/** Selects a row and brings it into view. */
function choose(row, moving = true) {
  if (chosen) $(`r${chosen[N]}`)?.setAttribute('aria-selected', 'false');
  chosen = row;
  if (!row) return $('list').removeAttribute('aria-activedescendant');
  const i = shown.indexOf(row);
  if (i >= 0 && moving) {
    const roof = $('tools').offsetHeight + 34;
    const y = $('list').getBoundingClientRect().top + i * ROW;
    if (y < roof) scrollBy(0, y - roof);
    else if (y + ROW > innerHeight - 8) scrollBy(0, y + ROW - innerHeight + 8);
    draw();
  }
  $(`r${row[N]}`)?.setAttribute('aria-selected', 'true');
  $('list').setAttribute('aria-activedescendant', `r${row[N]}`);
}

/** Moves the selection by some rows. */
function step(by) {
  const at = chosen ? shown.indexOf(chosen) : -1; // before the first
  const to = Math.max(0, Math.min(shown.length - 1, at + by));
  if (!shown[to]) return;
  if ($('detail').hidden) choose(shown[to]);
  else open(shown[to]);
}

function makeList() {
  slowest = rows.reduce((most, row) => Math.max(most, row[TIME]), 1);
  const heads = [['Result'], ['Method', 'm small'], ['Request'], ['Iteration', 'it r wide small narrow'], ['Tests', 'r wide small'],
    ['Status', 'r'], ['Size', 'r wide small narrow'], ['Time', 'r wide small']];
  $('heads').append(...heads.map(([name, classes]) => el('span', { class: classes ?? '' }, name)));
  let waiting = false;
  const soon = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; draw(); });
  };
  addEventListener('scroll', soon, { passive: true });
  addEventListener('resize', soon);
  addEventListener('beforeprint', printable);
  addEventListener('afterprint', () => { printing = false; reshow(); });
}

/** Paper cannot be scrolled: draws up to a few thousand rows. */
function printable() {
  printing = true;
  const limit = Math.min(shown.length, 2000);
  for (const e of pool.values()) e.remove();
  pool.clear();
  for (let i = 0; i < limit; i++) { pool.set(i, rowOf(shown[i], i)); }
  $('list').append(...pool.values());
  if (limit === shown.length) return;
  pool.set('more', el('p', {}, `The first ${number(limit)} of ${number(shown.length)}; filter to print others.`));
  $('list').append(pool.get('more'));
}
