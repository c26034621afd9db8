// The data is in the file as compressed chunks. Each has an index of its
// executions, unpacked when the page opens, and their details, unpacked when
// one of them is looked at.

// The columns of the index.
const N = 0, ITEM = 1, ITERATION = 2, RUN = 3, START = 4, TIME = 5, CODE = 6, RESULT = 7, TESTS = 8, PASSED = 9,
  SIZE = 10, WARNINGS = 11, CONSOLE = 12, METHOD = 13, URL_ = 14, REASON = 15, CHUNK = 16, PLACE = 17;

const run = JSON.parse($('run').textContent);
const items = [];
const rows = []; // all executions, in order
const byNumber = new Map();
const details = [...document.querySelectorAll('script.detail')];

/** The text a packed element holds. */
async function unpack(element) {
  const text = element.textContent;
  let bytes;
  if (Uint8Array.fromBase64) bytes = Uint8Array.fromBase64(text);
  else {
    const binary = atob(text);
    bytes = new Uint8Array(binary.length);
    for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  }
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Response(stream).text();
}

/** Reads the index. */
async function load() {
  const texts = await Promise.all([...document.querySelectorAll('script.index')].map(unpack));
  texts.forEach((text, chunk) => {
    const part = JSON.parse(text);
    items.push(...part.items);
    part.rows.forEach((row, place) => {
      row.push(chunk, place);
      byNumber.set(row[N], row);
      rows.push(row);
    });
  });
  for (const it of items) it.folder = it.path.join(' / ');
}

const unpacked = new Map(); // chunk → its lines; the last few

/** The lines of a chunk, one execution each. */
async function lines(chunk) {
  if (!unpacked.has(chunk)) {
    if (unpacked.size > 6) unpacked.delete(unpacked.keys().next().value);
    unpacked.set(chunk, (await unpack(details[chunk])).split('\n'));
  }
  return unpacked.get(chunk);
}

/** The name of one run among several: its label, or its environment. */
function runName(i) {
  const r = run.runs[i] ?? {};
  return r.label || r.environment || r.name || `Run ${i + 1}`;
}

/** One execution in full. */
async function detailOf(row) { return JSON.parse((await lines(row[CHUNK]))[row[PLACE]]); }

/** A body as text, or null with its base64 when it is none. */
function bodyOf(body) {
  if (body === undefined || body === null) return { text: '' };
  return typeof body === 'string' ? { text: body } : { base64: body.base64 };
}

/** The value below which a share of sorted values lies. */
const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
