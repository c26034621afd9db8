// What each request of the collection came to over all its executions.

const MOST_REQUESTS = 200;

function byRequest() {
  const sums = new Map();
  for (const row of rows) {
    if (!sums.has(row[ITEM])) sums.set(row[ITEM], { item: row[ITEM], n: 0, failed: 0, times: [] });
    const sum = sums.get(row[ITEM]);
    sum.n++;
    if (row[RESULT] === 1) sum.failed++;
    if (row[CODE]) sum.times.push(row[TIME]);
  }
  if (rows.length === sums.size) return; // the list says it all
  const list = [...sums.values()];
  for (const sum of list) sum.times.sort((a, b) => a - b);
  list.sort((a, b) => b.failed - a.failed || quantile(b.times, .95) - quantile(a.times, .95));
  const cells = (sum) => [number(sum.n), sum.failed ? el('b', {}, `✕ ${number(sum.failed)}`) : '0',
    ...[quantile(sum.times, .5), quantile(sum.times, .95), sum.times.at(-1) ?? 0].map((t) => sum.times.length ? lasting(t) : '–')];
  const fold = el('details', {}, el('summary', {}, 'By request', el('small', {}, `${count(list.length, 'request')}, those that failed first, then the slowest`)));
  fold.addEventListener('toggle', () => {
    if (!fold.open || fold.children.length > 1) return;
    fill(fold, el('table', { class: 'sums' },
      el('thead', {}, el('tr', {}, ['Request', 'Executions', 'Failed', 'p50', 'p95', 'Slowest'].map((name) => el('th', { scope: 'col' }, name)))),
      el('tbody', {}, list.slice(0, MOST_REQUESTS).map((sum) => el('tr', { class: sum.failed ? 'bad' : '' },
        el('th', { scope: 'row' }, el('button', { type: 'button', on: { click: () => set({ item: sum.item }) } },
          el('span', { class: 'where' }, items[sum.item].folder && items[sum.item].folder + ' / '), items[sum.item].name)),
        cells(sum).map((text) => el('td', {}, text)))))),
    list.length > MOST_REQUESTS && el('p', { class: 'more' }, `and ${number(list.length - MOST_REQUESTS)} more`));
  });
  $('requests').append(fold);
}
