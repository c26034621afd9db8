// Requests by runs: what became of each request in each run, such as those of
// several tenants.

const MOST_COLUMNS = 12;

function byRun() {
  if (run.runs.length < 2) return;
  const requests = new Map(); // by folder and name: ids may differ from run to run
  for (const row of rows) {
    const it = items[row[ITEM]];
    const key = `${it.folder}\n${it.name}`;
    if (!requests.has(key)) requests.set(key, { name: it.name, folder: it.folder, cells: [] });
    const cell = (requests.get(key).cells[row[RUN]] ??= { item: row[ITEM], failed: 0, skipped: 0, n: 0, code: 0, why: '' });
    cell.n++;
    if (row[RESULT] === 1) { cell.failed++; cell.why ||= causeOf(row[REASON]); }
    if (row[RESULT] === 2) cell.skipped++;
    if (row[CODE]) cell.code = row[CODE];
  }
  const list = [...requests.values()];
  const runs = run.runs.map((_, i) => ({ i, name: runName(i), bad: list.some((q) => q.cells[i]?.failed) }));
  const failing = runs.filter((r) => r.bad).length;
  const fold = el('details', { open: true }, el('summary', {}, 'By run',
    el('small', {}, failing ? `${number(failing)} of ${count(runs.length, 'run')} failed` : `${count(runs.length, 'run')}, none failed`)));
  // Many runs are listed one below the other, with the requests above them.
  const turned = runs.length > MOST_COLUMNS;
  const request = (q) => [el('span', { class: 'where' }, q.folder && q.folder + ' / '), q.name];
  const named = (r) => el('button', { type: 'button', on: { click: () => set({ run: String(r.i), item: null }) } }, r.name);
  const heads = turned ? list.map((q) => request(q)) : runs.map(named);
  const lines = turned
    ? runs.map((r) => [named(r), list.map((q) => cellOf(q.cells[r.i], q, r))])
    : list.map((q) => [request(q), runs.map((r) => cellOf(q.cells[r.i], q, r))]);
  fill(fold, el('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Requests by runs' }, el('table', { class: 'sums byrun' },
    el('thead', {}, el('tr', {}, el('td', {}), heads.map((h) => el('th', { scope: 'col' }, h)))),
    el('tbody', {}, lines.map(([head, cells]) => el('tr', {}, el('th', { scope: 'row' }, head), cells))))));
  $('requests').append(fold);
}

/** What kept a request from an answer, in a word. */
function causeOf(reason) {
  const code = /\bE[A-Z_]{3,}\b/.exec(reason);
  if (code) return code[0];
  if (reason.includes('needs the variable')) return 'undefined';
  if (reason.includes('placeholder')) return 'placeholder';
  return /certificate/i.test(reason) ? 'certificate' : 'error';
}

function cellOf(cell, q, r) {
  if (!cell) return el('td', { class: 'none' }, '–');
  const sign = cell.failed ? '✕' : cell.skipped === cell.n ? '–' : '✓';
  const text = [sign, cell.code || cell.why || null, cell.failed && cell.n > 1 ? `· ${number(cell.failed)} of ${number(cell.n)}` : null].filter(Boolean).join(' ');
  const outcome = cell.failed ? 'failed' : cell.skipped === cell.n ? 'skipped' : 'passed';
  return el('td', { class: cell.failed ? 'bad' : '' }, el('button', { type: 'button', 'aria-label': `${q.name}, ${r.name}: ${outcome} ${cell.code || ''}`,
    on: { click: () => set({ item: cell.item, run: String(r.i) }) } }, text));
}
