// What is shown: the filters, and the tools that set them.

const blank = { text: '', result: '', status: '', folder: '', iteration: '', run: '', order: 'run', deep: false, from: null, to: null, reason: null, item: null };
const filter = { ...blank };
let shown = rows; // those that pass
let found = null; // numbers of those whose details hold the text

/** What the text is looked for in. */
function haystack(row) {
  const it = items[row[ITEM]];
  return row.text ??= `${run.runs.length > 1 ? runName(row[RUN]) : ''} ${it.folder} ${it.name} ${row[METHOD]} ${row[URL_]} ${row[CODE]} ${row[REASON]} #${row[N]}`.toLowerCase();
}

function statusClass(code) { return code ? `${Math.floor(code / 100)}xx` : 'none'; }

function matches(row, text) {
  const f = filter;
  return (f.result === '' || row[RESULT] === +f.result)
    && (f.status === '' || statusClass(row[CODE]) === f.status || String(row[CODE]) === f.status)
    && (f.folder === '' || items[row[ITEM]].folder === f.folder || items[row[ITEM]].folder.startsWith(f.folder + ' / '))
    && (f.iteration === '' || row[ITERATION] === +f.iteration)
    && (f.run === '' || row[RUN] === +f.run)
    && (f.from === null || row[START] >= f.from && row[START] < f.to)
    && (f.item === null || row[ITEM] === f.item)
    && (f.reason === null || row[REASON] === f.reason)
    && (text === '' || haystack(row).includes(text) || found !== null && found.has(row[N]));
}

/** Applies the filters. */
function apply() {
  const text = filter.text.trim().toLowerCase();
  const plain = text === '' && Object.keys(blank).every((k) => ['text', 'order', 'deep'].includes(k) || filter[k] === blank[k]);
  shown = plain ? rows : rows.filter((row) => matches(row, text));
  if (filter.order === 'slow') shown = [...shown].sort((a, b) => b[TIME] - a[TIME]);
  if (filter.order === 'large') shown = [...shown].sort((a, b) => b[SIZE] - a[SIZE]);
  $('shown').textContent = shown.length === rows.length ? count(rows.length, 'execution') : `${number(shown.length)} of ${number(rows.length)}`;
  $('none').hidden = shown.length > 0 || rows.length === 0;
  say(`${count(shown.length, 'execution')} shown`);
  reshow();
}

/** Changes filters and applies them. */
function set(changes) {
  Object.assign(filter, changes);
  if ('text' in changes || 'deep' in changes) found = null;
  reflect();
  apply();
  if (filter.deep && filter.text.trim() !== '' && found === null) look();
}

/** Looks for the text in everything the executions hold. */
async function look() {
  const text = filter.text.trim().toLowerCase();
  const hits = new Set();
  for (let chunk = 0; chunk < details.length; chunk++) {
    const packed = (await unpack(details[chunk])).split('\n');
    if (!filter.deep || filter.text.trim().toLowerCase() !== text) return; // asked for something else
    for (const line of packed) {
      if (line.toLowerCase().includes(text)) hits.add(+/^\{"n":(\d+)/.exec(line)[1]);
    }
    if (chunk % 8 === 0) $('shown').textContent = `looking… ${Math.round(100 * chunk / details.length)} %`;
  }
  found = hits;
  apply();
}

/** Makes the tools. */
function makeTools() {
  const sums = [0, 0, 0], codes = new Map(), iterations = new Set(), folders = new Set();
  for (const row of rows) {
    sums[row[RESULT]]++;
    codes.set(row[CODE], (codes.get(row[CODE]) ?? 0) + 1);
    iterations.add(row[ITERATION]);
  }
  for (const it of items) it.path.forEach((_, i) => folders.add(it.path.slice(0, i + 1).join(' / ')));
  const classes = [...new Set([...codes.keys()].map(statusClass))].sort();
  const statuses = [['', 'Any status'], ...classes.flatMap((c) => [
    [c, c === 'none' ? 'No response' : `${c} responses`],
    ...[...codes.keys()].filter((k) => k && statusClass(k) === c).sort().map((k) => [String(k), `  ${k} (${number(codes.get(k))})`]),
  ])];
  const sorted = [...iterations].sort((a, b) => a - b);
  fill($('tools'),
    el('input', { type: 'search', id: 'text', placeholder: 'Search name, URL, failure   /', 'aria-label': 'Search the executions', spellcheck: 'false',
      on: { input: later((e) => set({ text: e.target.value })) } }),
    el('label', { title: 'Search headers, bodies, tests and console too' },
      el('input', { type: 'checkbox', id: 'deep', on: { change: (e) => set({ deep: e.target.checked }) } }), 'in bodies'),
    el('div', { class: 'seg', role: 'group', 'aria-label': 'Result' },
      [['', 'All', rows.length], ['1', 'Failed', sums[1]], ['0', 'Passed', sums[0]], ['2', 'Skipped', sums[2]]].map(([value, name, n]) =>
        el('button', { type: 'button', 'data-result': value, 'aria-pressed': String(value === ''), on: { click: () => set({ result: value }) } }, `${name} ${number(n)}`))),
    choice('status', 'Status', statuses),
    folders.size > 0 && choice('folder', 'Folder', [['', 'All folders'], ...[...folders].map((f) => [f, f])]),
    sorted.length > 1 && iterationChoice(sorted),
    run.runs.length > 1 && choice('run', 'Run', [['', 'All runs'], ...run.runs.map((_, i) => [String(i), `${i + 1} ${runName(i)}`])]),
    choice('order', 'Order', [['run', 'In order'], ['slow', 'Slowest first'], ['large', 'Largest first']]),
    el('button', { type: 'button', id: 'chip', class: 'chip', hidden: true, on: { click: () => set({ from: null, to: null, reason: null, item: null }) } }),
    el('span', { id: 'shown' }),
  );
  $('clear').addEventListener('click', clear);
}

/** A list of choices for a filter. */
function choice(name, label, options) {
  return el('select', { id: `by-${name}`, 'aria-label': label, on: { change: (e) => set({ [name]: e.target.value }) } },
    options.map(([value, text]) => el('option', { value }, text)));
}

/** A select while iterations are few; else a number. */
function iterationChoice(sorted) {
  if (sorted.length <= 200) return choice('iteration', 'Iteration', [['', 'All iterations'], ...sorted.map((i) => [String(i), `Iteration ${i + 1}`])]);
  return el('label', {}, 'Iteration', el('input', { type: 'number', id: 'by-iteration', min: 1, max: sorted.at(-1) + 1, placeholder: 'all', 'aria-label': 'Iteration',
    css: { width: '76px', height: '30px' }, on: { input: later((e) => set({ iteration: e.target.value === '' ? '' : String(e.target.value - 1) })) } }));
}

/** Shows the filters in the tools. */
function reflect() {
  for (const b of document.querySelectorAll('[data-result]')) b.setAttribute('aria-pressed', String(b.dataset.result === filter.result));
  for (const name of ['status', 'folder', 'run', 'order']) if ($(`by-${name}`)) $(`by-${name}`).value = filter[name];
  const it = $('by-iteration');
  if (it && document.activeElement !== it) it.value = filter.iteration === '' || it.tagName === 'SELECT' ? filter.iteration : +filter.iteration + 1;
  if (document.activeElement !== $('text')) $('text').value = filter.text;
  $('deep').checked = filter.deep;
  const chip = $('chip');
  chip.hidden = filter.from === null && filter.reason === null && filter.item === null;
  const shown = [filter.item !== null && items[filter.item].name, filter.reason,
    filter.from !== null && (filter.to === Infinity ? `from ${lasting(filter.from)}` : `${lasting(filter.from)} – ${lasting(filter.to)}`)].filter(Boolean).join(', ');
  chip.textContent = `${shown.length > 40 ? shown.slice(0, 40) + '…' : shown}  ✕`;
  chip.setAttribute('aria-label', `Drop the filter ${shown}`);
}

function clear() {
  $('text').value = '';
  set({ ...blank, order: filter.order });
}

/** Calls f when the typing pauses. */
function later(f) {
  let timer;
  return (e) => { clearTimeout(timer); timer = setTimeout(f, 80, e); };
}
