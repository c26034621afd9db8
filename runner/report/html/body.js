// Bodies: laid out, coloured and searchable, always as text.

const MOST = 60000; // characters coloured at first

/** Shows a body with its tools. */
function showBody(body, type, note) {
  const { text, base64 } = bodyOf(body);
  const tool = el('div', { class: 'tool' });
  const box = el('div', {}, tool);
  if (base64 !== undefined) {
    tool.append(`${type || 'binary'}, ${weighing(base64.length * 3 / 4)}`, note);
    if (/^image\/(png|jpeg|gif|webp|avif|bmp)\b/.test(type)) {
      box.append(el('img', { class: 'body', alt: 'The body, an image', src: `data:${type.split(';')[0]};base64,${base64}` }));
    } else box.append(el('pre', { class: 'code' }, base64.slice(0, 4000)));
    return box;
  }
  const kind = kindOf(text, type);
  let pretty = kind === 'json', all = false;
  const pre = el('pre', { class: 'code', tabindex: 0, 'aria-label': 'Body' });
  const paint = () => {
    const full = pretty ? indent(text) : text;
    const part = all ? full : full.slice(0, MOST);
    pre.replaceChildren(...(all && full.length > 10 * MOST ? [full] : colour(part, kind)));
    more.hidden = part.length === full.length;
  };
  const more = el('button', { class: 'mini', type: 'button', on: { click: () => { all = true; paint(); } } }, 'Show all');
  tool.append(kind === 'text' ? type || 'text' : kind.toUpperCase(), ' ',
    kind === 'json' && el('button', { class: 'mini', type: 'button', 'aria-pressed': 'true', on: { click: (e) => {
      pretty = !pretty;
      e.target.setAttribute('aria-pressed', String(pretty));
      e.target.textContent = pretty ? 'As sent' : 'Indented';
      paint();
    } } }, 'As sent') || '',
    el('button', { class: 'mini', type: 'button', on: { click: (e) => copy(text, e.target) } }, 'Copy'), more, note ?? '');
  box.append(pre);
  paint();
  return box;
}

function kindOf(text, type) {
  if (/json/.test(type) || /^\s*[{[]/.test(text)) { if (/^\s*[{["\d\-tfn]/.test(text)) return 'json'; }
  if (/xml|html/.test(type) || /^\s*</.test(text)) return 'xml';
  return 'text';
}

const jsonToken = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|\b(true|false|null)\b|([{}[\],])|(\s+)|([^\s"{}[\],]+|")/g;

/** Lays JSON out without touching a value: a long number stays as it was sent. */
function indent(text) {
  let out = '', depth = 0, last = '';
  const line = () => '\n' + '  '.repeat(Math.min(depth, 60));
  for (const [all, string, colon, , , mark, space] of text.matchAll(jsonToken)) {
    if (space !== undefined) continue;
    if (mark === '}' || mark === ']') {
      depth = Math.max(0, depth - 1);
      out += last === '{' || last === '[' ? mark : line() + mark;
    } else {
      if (last === '{' || last === '[') out += line();
      if (last === ',') out += line();
      out += string !== undefined && colon !== undefined ? string + ': ' : all;
      if (mark === '{' || mark === '[') depth++;
    }
    last = mark ?? 'value';
  }
  return out;
}

/** The text as nodes, coloured by kind. */
function colour(text, kind) {
  if (kind === 'json') return paintJSON(text);
  if (kind === 'xml') return paintXML(text);
  return [text];
}

const tint = (name, text) => el('span', { class: name }, text);

function paintJSON(text) {
  const out = [];
  for (const [all, string, colon, num, word] of text.matchAll(jsonToken)) {
    if (string !== undefined) out.push(tint(colon === undefined ? 's' : 'k', string), colon ?? '');
    else if (num !== undefined) out.push(tint('d', num));
    else if (word !== undefined) out.push(tint('w', word));
    else if (typeof out.at(-1) === 'string') out[out.length - 1] += all;
    else out.push(all);
  }
  return out;
}

function paintXML(text) {
  const out = [];
  for (const [all, comment, tag, value] of text.matchAll(/(<!--[\s\S]*?(?:-->|$))|(<\/?[\w:.-]+|\/?>|<[!?][\w-]*)|("[^"<]*"|'[^'<]*')(?=[^<]*>)|[^<>"']+|[\s\S]/g)) {
    if (comment) out.push(tint('c', comment));
    else if (tag) out.push(tint('k', tag));
    else if (value) out.push(tint('s', value));
    else out.push(all);
  }
  return out;
}
