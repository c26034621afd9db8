// One execution, in full.

let asked = 0; // the opening in progress; later ones win

/** Opens an execution. */
async function open(row) {
  const turn = ++asked;
  const before = document.activeElement;
  choose(row, false);
  const d = await detailOf(row);
  if (turn !== asked) return;
  const pane = $('detail');
  pane.replaceChildren();
  fill(pane, sections(row, d));
  pane.hidden = false;
  document.body.classList.add('open');
  pane.scrollTop = 0;
  choose(row);
  say(`${items[row[ITEM]].name}: ${results[row[RESULT]]}`);
  if (before === document.body) $('list').focus({ preventScroll: true });
  if (location.hash !== `#e=${row[N]}`) history.replaceState(null, '', `#e=${row[N]}`);
}

/** Closes the pane. */
function shut() {
  asked++;
  $('detail').hidden = true;
  $('detail').replaceChildren();
  document.body.classList.remove('open');
  history.replaceState(null, '', '#');
  if (chosen) choose(chosen);
  $('list').focus({ preventScroll: true });
}

function sections(row, d) {
  const requests = d.requests ?? [];
  const mine = requests.filter((r) => r.source === 'item' || r.source === 'replay');
  const others = requests.filter((r) => !mine.includes(r));
  return [
    head(row, d, mine.at(-1) ?? requests.at(-1)),
    d.failures && section('Failures', d.failures.length, d.failures.map(failure)),
    d.tests && section('Tests', d.tests.length, el('ul', { class: 'tests' }, d.tests.map(test))),
    d.warnings && section('Warnings', d.warnings.length, d.warnings.map(warning)),
    d.console && section('Console', d.console.length, el('ul', { class: 'console' }, d.console.map(logged))),
    d.visualizer && section('Visualizer', 0, visualizer(d.visualizer)),
    mine.map((r, i) => exchange(r, mine.length > 1 ? `Request ${i + 1} of ${mine.length}` : 'Request')),
    others.map((r) => exchange(r, r.source === 'token' ? 'Token request' : 'Request of a script', true)),
    d.data && section('Data row', 0, showBody(d.data, 'json')),
    d.scripts && section('Scripts', d.scripts.length, pairs(d.scripts.map((s) =>
      [`${s.listen} of ${s.owner}`, (s.error ? `✕ ${s.error} ` : '✓ ') + lasting(s.time)]))),
    items[row[ITEM]].description && section('Description', 0, el('pre', { class: 'code' }, items[row[ITEM]].description)),
  ];
}

function test(t) {
  return el('li', { class: `p${t.result}` }, el('span', {}, t.name, el('span', { class: 'unseen' }, ` ${results[t.result]}`)));
}

function warning(w) {
  return el('div', { class: w.strict ? 'note bad' : 'note' }, el('b', {}, `${w.kind}: `), w.text, w.hint && el('div', { class: 'hint' }, w.hint));
}

function logged(c) {
  return el('li', { class: c.level }, el('span', { class: 'lv' }, c.level), el('span', {}, c.text.join(' ')));
}

function head(row, d, request) {
  const it = items[row[ITEM]];
  const file = base(it.file || run.file);
  return el('div', { class: 'dhead' },
    el('div', { class: 'acts' },
      request && el('button', { type: 'button', id: 'curl', on: { click: (e) => copy(curl(request), e.target) } }, 'Copy as curl'),
      el('button', { type: 'button', on: { click: (e) => copy(location.href.replace(/#.*|$/, `#e=${row[N]}`), e.target) } }, 'Copy link'),
      el('button', { type: 'button', 'aria-label': 'Close', on: { click: shut } }, '✕')),
    el('div', { class: 'path' }, it.folder),
    el('h2', {}, it.name),
    el('div', { class: 'meta' },
      el('span', { class: `res p${row[RESULT]}` }, results[row[RESULT]]),
      row[CODE] > 0 && el('span', {}, el('b', {}, `${row[CODE]} ${request?.response?.status ?? ''}`)),
      row[CODE] > 0 && el('span', {}, lasting(row[TIME])),
      row[CODE] > 0 && el('span', {}, weighing(row[SIZE])),
      el('span', {}, `Iteration ${row[ITERATION] + 1}`),
      run.runs.length > 1 && el('span', { class: 'tenant' }, runName(row[RUN])),
      el('span', {}, `#${row[N]}`),
      el('span', {}, new Date(d.started).toLocaleTimeString()),
      file && el('span', {}, it.line ? `${file}:${it.line}` : file)));
}

/** The last part of a path. */
const base = (file) => file.split(/[\\/]/).at(-1);

function section(name, n, ...content) { return el('section', {}, el('h3', {}, name, n > 0 && el('small', {}, String(n))), content); }

function failure(f) {
  const at = [f.at, f.owner && `of ${f.owner}`, f.line && `${base(f.file || run.file)}:${f.line}`].filter(Boolean).join(', ');
  return el('div', { class: 'failure' },
    f.test && el('div', { class: 'test' }, f.test),
    el('div', { class: 'msg' }, `${f.name}: ${f.message}`),
    f.expected !== undefined && f.actual !== undefined && diff(f.expected, f.actual),
    f.hint && el('div', { class: 'hint' }, f.hint),
    el('div', { class: 'at' }, at));
}

const phases = ['waiting', 'DNS', 'connecting', 'TLS', 'first byte', 'download'];

/** A request and its response. */
function exchange(r, title, folded) {
  const content = [sent(r), r.error && el('div', { class: 'failure' }, el('div', { class: 'msg' }, r.error)), r.response && came(r.response)];
  if (!folded) return section(title + (r.attempt > 1 ? `, attempt ${r.attempt}` : ''), 0, content);
  return el('section', {}, folding(`${title}: ${r.method} ${r.display}`, r.response ? `${r.response.code} ${r.response.status}` : 'no response',
    false, el('div', { css: { padding: '8px 10px' } }, content)));
}

function sent(r) {
  const cut = r.cut && ` cut; ${weighing(r.size)} in all`;
  return [
    el('div', { class: 'line' }, el('b', {}, r.method), el('span', {}, r.display)),
    (r.hops ?? []).map(hop),
    r.final && folding('Followed to', `${r.final.method} ${r.final.url}`, false, fields(r.final.header ?? [])),
    r.header?.length > 0 && folding('Request headers', r.header.length, false, fields(r.header)),
    (r.body || r.form) && folding('Request body', weighing(r.size), r.size < 20000,
      r.body ? showBody(r.body, typeOf(r.header), cut) : showBody(r.form, 'json')),
  ];
}

function came(r) {
  const summary = `${r.proto} · ${lasting(r.time)} · ${weighing(r.headSize)} of headers · ${weighing(r.bodySize)} of body`;
  return [
    el('div', { class: 'line' }, el('b', {}, `${r.code} ${r.status}`), el('span', { class: 'phrase' }, summary)),
    timing(r.timings),
    r.header?.length > 0 && folding('Response headers', r.header.length, false, fields(r.header)),
    r.body && folding('Response body', weighing(r.bodySize), true, showBody(r.body, typeOf(r.header), r.cut && ' cut')),
  ];
}

function hop(h) {
  return folding(`${h.code} ${h.status}`, `${h.method} ${h.url}`, false, fields(h.header ?? []), fields(h.reply ?? []));
}

function folding(title, note, isOpen, ...content) { return el('details', { open: isOpen }, el('summary', {}, title, el('small', {}, String(note))), content); }

const fields = (list) => pairs(list.map((h) => [h.key, h.value]));

function pairs(list) {
  return el('table', { class: 'kv' }, el('tbody', {}, list.map(([name, value]) =>
    el('tr', {}, el('th', { scope: 'row' }, name), el('td', {}, value)))));
}

function typeOf(header) { return (header ?? []).find((h) => /^content-type$/i.test(h.key))?.value ?? ''; }

function timing(list) {
  const sum = list.reduce((a, b) => a + b, 0);
  if (!sum) return null;
  const shown = list.map((t, i) => t > 0 && `${phases[i]} ${lasting(t)}`).filter(Boolean);
  return [el('div', { class: 'phases', 'aria-hidden': 'true' }, list.map((t, i) =>
    t > 0 && el('i', { title: `${phases[i]} ${lasting(t)}`, css: { flex: `${t} 0 0` } }))),
    el('div', { class: 'phrase' }, shown.join(' · '))];
}

/** What the script drew, in a frame that runs nothing and reaches nothing. */
function visualizer(v) {
  const drawn = v.html !== undefined && // no scripts, no forms, no origin, no way out
    el('iframe', { sandbox: '', srcdoc: v.html, title: 'Visualizer output', referrerpolicy: 'no-referrer' });
  return [drawn && el('details', { open: true }, el('summary', {}, 'Rendered', el('small', {}, 'scripts do not run here')), drawn),
    v.error && el('p', { class: 'note' }, `Not rendered: ${v.error}`),
    folding('Template', weighing(v.template?.length ?? 0), !drawn, el('pre', { class: 'code' }, colour(v.template ?? '', 'xml'))),
    v.data !== undefined && folding('Data', '', false, showBody(v.data, 'json'))];
}
