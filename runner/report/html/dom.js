// Everything the run said reaches the page through these two: as text, and as
// the values of attributes that run nothing.

/** The element with an id. */
const $ = (id) => document.getElementById(id);

/** Makes an element. Children that are no nodes become text. */
function el(tag, props, ...children) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name === 'on') for (const [type, f] of Object.entries(value)) e.addEventListener(type, f);
    else if (name === 'css') for (const [k, v] of Object.entries(value)) e.style.setProperty(k, v);
    else if (name === 'class') e.className = value;
    else e.setAttribute(name, value === true ? '' : value);
  }
  return fill(e, ...children);
}

/** Appends children, however they are nested; what is nothing is left out. */
function fill(e, ...children) {
  e.append(...children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false));
  return e;
}

/** Makes an SVG element. */
function svg(tag, attributes, ...children) {
  const e = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes ?? {})) e.setAttribute(name, value);
  e.append(...children);
  return e;
}

const number = new Intl.NumberFormat('en').format;
const count = (n, noun) => `${number(n)} ${noun}${n === 1 ? '' : 's'}`;

/** Milliseconds as people say them. */
function lasting(ms) {
  if (ms === 0) return '< 1 ms';
  if (ms < 10) return `${+ms.toFixed(1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60000) return `${+(ms / 1000).toFixed(2)} s`;
  const s = Math.round(ms / 1000);
  return s < 3600 ? `${Math.floor(s / 60)} min ${s % 60} s` : `${Math.floor(s / 3600)} h ${Math.floor(s / 60) % 60} min`;
}

/** A number of bytes. */
function weighing(n) {
  for (const unit of ['B', 'KB', 'MB', 'GB']) {
    if (n < 1000 || unit === 'GB') return `${unit === 'B' || n >= 100 ? Math.round(n) : n.toFixed(1)} ${unit}`;
    n /= 1024;
  }
}

const results = ['Passed', 'Failed', 'Skipped'];

/** Says a text to those who cannot see the page. */
function say(text) { $('status').textContent = text; }

/** Puts text in the clipboard. */
async function copy(text, button) {
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = el('textarea', { class: 'unseen' });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
    button.focus();
  }
  button.textContent = 'Copied';
  say('Copied');
  setTimeout(() => { button.textContent = before; }, 1200);
}
