// The page as a whole: totals, failures in groups, keys and links.

function totals() {
  const s = run.summary.stats;
  const took = new Date(run.summary.completed) - new Date(run.summary.started);
  const total = (name, n, ...notes) => el('div', {}, el('dt', {}, name), el('dd', {}, typeof n === 'number' ? number(n) : n, notes.filter(Boolean)));
  const bad = (n) => n > 0 && el('small', { class: 'bad' }, `${number(n)} failed`);
  const times = rows.filter((row) => row[CODE]).map((row) => row[TIME]).sort((a, b) => a - b);
  $('totals').append(
    total('Requests', s.requests.total, bad(s.requests.failed)),
    total('Assertions', s.assertions.total, bad(s.assertions.failed), run.summary.skipped > 0 && el('small', {}, `${number(run.summary.skipped)} skipped`)),
    total('Scripts', s.scripts.total, bad(s.scripts.failed)),
    total('Iterations', s.iterations.total),
    run.warnings > 0 ? total('Warnings', run.warnings, run.strict > 0 && el('small', { class: 'bad' }, `${number(run.strict)} count as failures`)) : '',
    total('Duration', lasting(took)),
    times.length ? total('Median latency', lasting(quantile(times, .5)), el('small', {}, `p95 ${lasting(quantile(times, .95))}`)) : '',
    total('Received', weighing(run.summary.received)));
  const failed = rows.filter((row) => row[RESULT] === 1).length;
  const verdict = failed ? `${number(failed)} of ${count(rows.length, 'execution')} failed` : `${count(rows.length, 'execution')}, none failed`;
  const begun = new Date(run.summary.started).toLocaleString([], { dateStyle: 'medium', timeStyle: 'medium' });
  const origin = [run.runs.length > 1 ? count(run.runs.length, 'run') : run.environment && `Environment ${run.environment}`, run.file, begun, `postie ${run.version}`];
  $('line').replaceChildren(el('b', {}, verdict), ' · ' + origin.filter(Boolean).join(' · '));
}

function notes() {
  if (run.error) $('notes').append(el('p', { class: 'note bad' }, el('b', {}, 'The run ended early: '), run.error));
  else if (run.interrupted) $('notes').append(el('p', { class: 'note' }, 'The run was interrupted.'));
  if (run.description) $('notes').append(el('details', {}, el('summary', {}, 'About this collection'), el('pre', { class: 'code' }, run.description)));
  if (run.variables?.length) $('notes').append(el('details', {}, el('summary', {}, 'Environment at the end', el('small', {}, count(run.variables.length, 'variable'))), pairs(run.variables.map((v) => [v.key, v.value]))));
  if (run.omitted) $('notes').append(el('p', { class: 'note' }, `Left out of this report: ${run.omitted.join(', ')}.`));
}

/** Failures of one reason, each reason once. */
function groups() {
  const by = new Map();
  for (const row of rows) {
    if (row[RESULT] !== 1) continue;
    if (!by.has(row[REASON])) by.set(row[REASON], []);
    by.get(row[REASON]).push(row);
  }
  if (by.size === 0) return;
  const sorted = [...by].sort((a, b) => b[1].length - a[1].length);
  $('groups').append(el('h2', {}, `What failed`), ...sorted.slice(0, 6).map(([reason, list]) => {
    const it = items[list[0][ITEM]];
    const more = new Set(list.map((row) => row[ITEM])).size - 1;
    const tenants = run.runs.length > 1 ? [...new Set(list.map((row) => runName(row[RUN])))] : [];
    const where = tenants.length > 3 ? ` (${tenants.slice(0, 3).join(', ')} and ${tenants.length - 3} more)` : tenants.length ? ` (${tenants.join(', ')})` : '';
    return el('button', { type: 'button', title: reason, on: { click: () => { set({ reason, result: '1' }); open(list[0]); } } },
      el('span', { class: 'many' }, `✕ ${number(list.length)} ×`), el('span', {}, it.name + (more ? ` and ${more} more` : '') + where), el('span', {}, reason));
  }));
  if (sorted.length > 6) $('groups').append(el('p', { class: 'more' }, `and ${count(sorted.length - 6, 'other reason')}`));
}

const keys = [
  ['↓ ↑', 'next, previous execution'], ['n  p', 'next, previous failure'], ['Enter', 'open it'],
  ['Esc', 'close it; clear the filters'], ['/', 'search'], ['f', 'failed only, or all'], ['c', 'copy as curl'],
  ['t', 'dark or light'], ['Home End', 'first, last'], ['?', 'these keys'],
];

function makeKeys() {
  const line = ([k, what]) => [el('dt', {}, k.split(/\s+/).flatMap((one) => [el('kbd', {}, one), ' '])), el('dd', {}, what)];
  $('keys').append(el('h2', {}, 'Keys'), el('dl', {}, keys.flatMap(line)),
    el('form', { method: 'dialog' }, el('button', { type: 'button', on: { click: () => $('keys').close() } }, 'Close')));
  $('help').addEventListener('click', () => $('keys').showModal());
  addEventListener('keydown', key);
}

function key(e) {
  if (e.ctrlKey || e.metaKey || e.altKey || $('keys').open) return;
  const typing = e.target.matches('input, select, textarea');
  if (e.key === 'Escape') return void escape();
  if (typing && !(e.target.id === 'text' && ['ArrowDown', 'Enter'].includes(e.key))) return;
  if (e.key === 'Enter' && e.target.matches('button, summary')) return;
  const f = actions[e.key];
  if (!f || $('detail').contains(e.target) && ['ArrowDown', 'ArrowUp', 'Home', 'End', 'PageDown', 'PageUp'].includes(e.key)) return;
  e.preventDefault();
  f();
}

const page = () => Math.max(1, Math.floor(innerHeight / ROW) - 4);
const actions = {
  ArrowDown: () => into(1), ArrowUp: () => into(-1), j: () => into(1), k: () => into(-1),
  PageDown: () => into(page()), PageUp: () => into(-page()), Home: () => into(-Infinity), End: () => into(Infinity),
  Enter: () => { if (!chosen || !shown.includes(chosen)) step(1); if (chosen) open(chosen); },
  n: () => failing(1), p: () => failing(-1),
  '/': () => { $('text').focus(); $('text').select(); },
  f: () => set({ result: filter.result === '1' ? '' : '1' }),
  c: () => $('curl')?.click(),
  t: () => turn(),
  '?': () => $('keys').showModal(),
};

function into(by) {
  $('list').focus({ preventScroll: true });
  step(by);
}

/** Goes to the next failure shown. */
function failing(by) {
  let i = chosen ? shown.indexOf(chosen) : by > 0 ? -1 : shown.length;
  do i += by; while (shown[i] && shown[i][RESULT] !== 1);
  if (shown[i]) open(shown[i]);
}

/** Takes back the last thing: the pane, then the search, then the filters. */
function escape() {
  if (!$('detail').hidden) return shut();
  clear();
  $('list').focus({ preventScroll: true });
}

// The theme is the system's until another is chosen.
const dark = matchMedia('(prefers-color-scheme: dark)');

function theme(name) { document.documentElement.style.colorScheme = name; }

function turn() {
  const now = document.documentElement.style.colorScheme || (dark.matches ? 'dark' : 'light');
  const next = now === 'dark' ? 'light' : 'dark';
  theme(next);
  try { localStorage.setItem('postie-theme', next); } catch { /* a page may be kept from storage */ }
}

function kept() {
  try { return localStorage.getItem('postie-theme'); } catch { return null; }
}

/** Opens the execution the address names. */
function follow() {
  const at = /^#e=(\d+)$/.exec(location.hash);
  const row = at && byNumber.get(+at[1]);
  if (!row) return;
  if (!shown.includes(row)) clear();
  open(row);
}

async function start() {
  // A noscript element would stay empty where scripts run, but a server's policy refuses those of the page.
  document.querySelector('.plain').remove();
  document.querySelector('.actions').hidden = false;
  if (['dark', 'light'].includes(kept())) theme(kept());
  $('theme').addEventListener('click', turn);
  await load();
  document.body.classList.toggle('once', rows.every((row) => row[ITERATION] === 0));
  totals();
  notes();
  charts();
  groups();
  byRun();
  byRequest();
  makeTools();
  makeList();
  makeKeys();
  apply();
  addEventListener('hashchange', follow);
  let width = $('charts').clientWidth;
  new ResizeObserver(later(() => { if ($('charts').clientWidth !== width) { width = $('charts').clientWidth; charts(); } })).observe($('charts'));
  follow();
  performance.mark('ready');
  document.documentElement.dataset.ready = 'yes';
}

start();
