// How what was expected differs from what came.

/** Shows both texts with their differences marked. */
function diff(expected, actual) {
  const a = expected.split('\n'), b = actual.split('\n');
  const box = el('div', { class: 'diff', role: 'group', 'aria-label': 'Expected and got' });
  if (a.length === 1 && b.length === 1) {
    const [x, y] = inner(a[0], b[0]);
    box.append(side('del', '− expected', x), side('ins', '+ got', y));
    return box;
  }
  for (const [kind, line] of lineDiff(a, b)) {
    box.append(kind === ' ' ? side('', '', [line]) : kind === '-' ? side('del', '− expected', [line]) : side('ins', '+ got', [line]));
  }
  return box;
}

function side(name, tag, parts) { return el('div', { class: name }, el('span', { class: 'tag' }, tag), el('span', {}, parts)); }

/** Marks the part between the common start and the common end. */
function inner(a, b) {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  if (start + end < 1 || start + end < Math.min(a.length, b.length) / 4) return [[a], [b]];
  const part = (s, tag) => [s.slice(0, start), el(tag, {}, s.slice(start, s.length - end)), s.slice(s.length - end)];
  return [part(a, 'del'), part(b, 'ins')];
}

/** Lines that stay, go and come, by their longest common run. */
function lineDiff(a, b) {
  if (a.length * b.length > 1e6) return [...a.map((l) => ['-', l]), ...b.map((l) => ['+', l])];
  const w = b.length + 1;
  const best = new Uint16Array((a.length + 1) * w);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      best[i * w + j] = a[i] === b[j] ? best[(i + 1) * w + j + 1] + 1 : Math.max(best[(i + 1) * w + j], best[i * w + j + 1]);
    }
  }
  const out = [];
  let i = 0, j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) { out.push([' ', a[i]]); i++; j++; }
    else if (j >= b.length || i < a.length && best[(i + 1) * w + j] >= best[i * w + j + 1]) out.push(['-', a[i++]]);
    else out.push(['+', b[j++]]);
  }
  return out;
}
