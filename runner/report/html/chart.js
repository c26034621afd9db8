// The charts above the list.

/** Draws both; again when the width changes. */
function charts() {
  if (rows.length < 2) return;
  const [a, b] = [timeline(), latencies()];
  $('charts').replaceChildren(a.figure, b?.figure ?? '');
  a.draw();
  b?.draw();
}

function figure(title, text, legend) {
  const picture = svg('svg', { role: 'img', 'aria-label': `${title}: ${text}`, height: 96 });
  return { picture, figure: el('figure', {}, el('figcaption', {}, el('span', {}, el('b', {}, title), ' ', text), legend), picture) };
}

/** Executions over the time of the run, stacked by result, and their median latency. */
function timeline() {
  const end = rows.reduce((most, row) => Math.max(most, row[START] + row[TIME]), 1);
  const first = rows.reduce((least, row) => Math.min(least, row[START]), Infinity);
  const span = Math.max(1, end - first);
  const legend = [['ok', 'passed'], ['ko', 'failed'], ['no', 'skipped'], ['mid', 'median latency, log']];
  const { picture, figure: box } = figure('Over time', `${count(rows.length, 'execution')} in ${lasting(span)}`,
    el('span', { class: 'legend' }, legend.map(([name, text]) => el('span', { class: name }, text))));
  return { figure: box, draw() {
    const w = picture.clientWidth || 600, h = 96, low = h - 18, top = 8;
    picture.setAttribute('viewBox', `0 0 ${w} ${h}`);
    const n = Math.max(1, Math.min(Math.floor(w / 7), 160, Math.ceil(rows.length * 2)));
    const cells = Array.from({ length: n }, () => ({ sum: [0, 0, 0], times: [] }));
    for (const row of rows) {
      const cell = cells[Math.min(n - 1, Math.floor((row[START] - first) / span * n))];
      cell.sum[row[RESULT]]++;
      if (row[CODE]) cell.times.push(row[TIME]);
    }
    const most = Math.max(...cells.map((c) => c.sum[0] + c.sum[1] + c.sum[2]), 1);
    const medians = cells.map((c) => c.times.length ? quantile(c.times.sort((x, y) => x - y), .5) : null);
    const tallest = Math.max(...medians.map((m) => m ?? 0), 1);
    const wide = w / n, drawn = [hatch()];
    const line = [];
    cells.forEach((c, i) => {
      let y = low;
      for (const result of [1, 2, 0]) {
        if (!c.sum[result]) continue;
        const tall = Math.max(result === 1 ? 5 : 1, c.sum[result] / most * (low - top));
        y -= tall;
        drawn.push(svg('rect', { class: ['ok', 'ko', 'no'][result], x: i * wide + .5, y: Math.max(0, y), width: Math.max(1, wide - 1.5), height: tall }));
      }
      if (medians[i] === null) return;
      const at = `${(i + .5) * wide} ${low - Math.log1p(medians[i]) / Math.log1p(tallest) * (low - top) * .94}`;
      line.push(medians[i - 1] == null ? `M${at}m-3 0h6M${at}` : `L${at}`); // one alone is a dash
    });
    drawn.push(svg('line', { class: 'grid', x1: 0, x2: w, y1: low + .5, y2: low + .5 }));
    drawn.push(svg('path', { class: 'mid', d: line.join('') }));
    drawn.push(label(0, h - 4, '0', 'start'), label(w / 2, h - 4, lasting(span / 2), 'middle'), label(w, h - 4, lasting(span), 'end'));
    cells.forEach((c, i) => {
      if (!c.sum[0] && !c.sum[1] && !c.sum[2]) return;
      const from = first + i * span / n, to = i === n - 1 ? Infinity : first + (i + 1) * span / n;
      const hit = svg('rect', { class: 'hit', x: i * wide, y: 0, width: wide, height: low });
      hit.append(svg('title', {}, `${c.sum[0]} passed, ${c.sum[1]} failed, ${c.sum[2]} skipped; median ${lasting(medians[i] ?? 0)}`));
      hit.addEventListener('click', () => set({ from, to }));
      drawn.push(hit);
    });
    picture.replaceChildren(...drawn);
  } };
}

function hatch() {
  return svg('defs', {}, svg('pattern', { id: 'hatch', width: 4, height: 4, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
    svg('rect', { class: 'hatch', width: 4, height: 4 }), svg('line', { class: 'gap', x1: 0, y1: 0, x2: 0, y2: 4 })));
}

const label = (x, y, text, anchor) => svg('text', { x, y, 'text-anchor': anchor }, text);

/** How many responses took how long, on a logarithmic scale. */
function latencies() {
  const times = rows.filter((row) => row[CODE]).map((row) => row[TIME]).sort((a, b) => a - b);
  if (times.length === 0) return null;
  const marks = [['p50', quantile(times, .5)], ['p95', quantile(times, .95)], ['p99', quantile(times, .99)]];
  const text = marks.map(([name, t]) => `${name} ${lasting(t)}`).join(', ');
  const { picture, figure: box } = figure('Latency', text, el('span', {}, `slowest ${lasting(times.at(-1))}`));
  return { figure: box, draw() {
    const w = picture.clientWidth || 400, h = 96, low = h - 18, top = 14;
    picture.setAttribute('viewBox', `0 0 ${w} ${h}`);
    const from = Math.log10(Math.max(.1, times[0])) - .05, to = Math.max(from + .3, Math.log10(Math.max(.1, times.at(-1))) + .05);
    const at = (t) => (Math.log10(Math.max(.1, t)) - from) / (to - from);
    const n = Math.max(8, Math.min(60, Math.floor(w / 8)));
    const cells = new Array(n).fill(0);
    for (const t of times) cells[Math.min(n - 1, Math.floor(at(t) * n))]++;
    const most = Math.max(...cells), wide = w / n, drawn = [];
    cells.forEach((c, i) => {
      const height = Math.max(1.5, c / most * (low - top));
      if (c) drawn.push(svg('rect', { class: 'lat', x: i * wide + .5, y: low - height, width: Math.max(1, wide - 1.5), height }));
    });
    drawn.push(svg('line', { class: 'grid', x1: 0, x2: w, y1: low + .5, y2: low + .5 }));
    for (let e = Math.floor(from) - 1; e <= to; e++) {
      for (const m of [1, 2, 5]) {
        const t = m * 10 ** e, x = at(t) * w;
        if (x > 18 && x < w - 18 && (m === 1 || to - from < 2.2)) drawn.push(label(x, h - 4, lasting(t), 'middle'));
      }
    }
    let right = -99;
    for (const [name, t] of marks) {
      const x = Math.min(w - 1, at(t) * w);
      drawn.push(svg('line', { class: 'at', x1: x, x2: x, y1: 12, y2: low }));
      if (x - right > 28) { drawn.push(label(x > w - 26 ? w : x + 3, 10, name, x > w - 26 ? 'end' : 'start')); right = x; }
    }
    picture.replaceChildren(...drawn);
  } };
}
