'use strict';

// Bytes, and the strings that represent them.

const { fromCharCode } = String;
const CHUNK = 4096;

// Functions in Go, for engines whose arrays Go can access. They return
// undefined or false when Go cannot do the work.
const [latin1Text, latin1Fill, utf8Text, utf8Fill, hexText] = ['latin1.text', 'latin1.fill', 'utf8.text', 'utf8.fill', 'hex.text'].map(host.native);

// latin1 returns a string with one character for each byte. Bytes are passed to
// Go in this form.
function latin1(bytes) {
  const quick = latin1Text?.(bytes);
  if (quick !== undefined) return quick;
  if (bytes.length <= CHUNK) return fromCharCode.apply(null, bytes);
  let out = '';
  for (let i = 0; i < bytes.length; i += CHUNK) out += fromCharCode.apply(null, bytes.subarray(i, i + CHUNK));
  return out;
}

function fromLatin1(text) {
  const out = new Uint8Array(text.length);
  if (latin1Fill?.(out, text)) return out;
  for (let i = 0; i < out.length; i++) out[i] = text.charCodeAt(i);
  return out;
}

// utf8 encodes a text; half a surrogate pair becomes U+FFFD.
function utf8(text) {
  const out = new Uint8Array(text.length * 3);
  const filled = utf8Fill?.(out, text);
  if (filled !== undefined) return out.slice(0, filled);
  let n = 0;
  for (let i = 0; i < text.length; i++) {
    let c = text.charCodeAt(i);
    if (c < 0x80) {
      out[n++] = c;
    } else if (c < 0x800) {
      out[n++] = 0xc0 | (c >> 6);
      out[n++] = 0x80 | (c & 63);
    } else {
      if (c >= 0xd800 && c < 0xe000) {
        c = text.codePointAt(i);
        if (c > 0xffff) i++;
        else c = 0xfffd;
      }
      if (c > 0xffff) {
        out[n++] = 0xf0 | (c >> 18);
        out[n++] = 0x80 | ((c >> 12) & 63);
      } else {
        out[n++] = 0xe0 | (c >> 12);
      }
      out[n++] = 0x80 | ((c >> 6) & 63);
      out[n++] = 0x80 | (c & 63);
    }
  }
  return out.slice(0, n);
}

// sequence returns the length of the UTF-8 sequence that a byte begins, and the
// range of the second byte, by the table of the Unicode standard.
function sequence(lead) {
  if (lead >= 0xc2 && lead <= 0xdf) return [2, 0x80, 0xbf];
  if (lead >= 0xe0 && lead <= 0xef) return [3, lead === 0xe0 ? 0xa0 : 0x80, lead === 0xed ? 0x9f : 0xbf];
  if (lead >= 0xf0 && lead <= 0xf4) return [4, lead === 0xf0 ? 0x90 : 0x80, lead === 0xf4 ? 0x8f : 0xbf];
  return [0, 0, 0];
}

// fromUtf8 decodes UTF-8. Each invalid part becomes U+FFFD, or calls invalid if
// that is given.
function fromUtf8(bytes, invalid) {
  const quick = utf8Text?.(bytes);
  if (quick !== undefined) return quick;
  let out = '';
  let units = [];
  const { length } = bytes;
  for (let i = 0; i < length;) {
    if (units.length > CHUNK) {
      out += fromCharCode.apply(null, units);
      units = [];
    }
    const lead = bytes[i++];
    if (lead < 0x80) {
      units.push(lead);
      continue;
    }
    const [size, low, high] = sequence(lead);
    let code = lead & (0x7f >> size);
    let seen = 1;
    while (seen < size && i < length && bytes[i] >= (seen === 1 ? low : 0x80) && bytes[i] <= (seen === 1 ? high : 0xbf)) {
      code = (code << 6) | (bytes[i++] & 63);
      seen++;
    }
    if (seen !== size) {
      if (invalid) invalid();
      code = 0xfffd;
    }
    if (code > 0xffff) units.push(0xd800 + ((code - 0x10000) >> 10), 0xdc00 + (code & 0x3ff));
    else units.push(code);
  }
  return out + fromCharCode.apply(null, units);
}

function utf16(text) {
  const out = new Uint8Array(text.length * 2);
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    out[2 * i] = c & 255;
    out[2 * i + 1] = c >> 8;
  }
  return out;
}

function fromUtf16(bytes) {
  let out = '';
  for (let i = 0; i + 1 < bytes.length; i += 2) out += fromCharCode(bytes[i] | (bytes[i + 1] << 8));
  return out;
}

function hex(bytes) {
  const quick = hexText?.(bytes);
  if (quick !== undefined) return quick;
  let out = '';
  for (let i = 0; i < bytes.length; i++) out += (bytes[i] < 16 ? '0' : '') + bytes[i].toString(16);
  return out;
}

// fromHex stops at the first pair that is not hexadecimal.
function fromHex(text) {
  const pairs = /^(?:[0-9a-fA-F]{2})*/.exec(text)[0];
  const out = new Uint8Array(pairs.length / 2);
  for (let i = 0; i < out.length; i++) out[i] = parseInt(pairs.slice(2 * i, 2 * i + 2), 16);
  return out;
}

const base64 = (bytes) => load('base64').btoa(latin1(bytes));

// fromBase64 decodes both alphabets and ignores other characters.
const fromBase64 = (text) => fromLatin1(load('base64').atob(text));

// view returns the bytes of a typed array, DataView or ArrayBuffer, without a
// copy.
function view(value) {
  if (value instanceof Uint8Array) return value;
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return new Uint8Array(value);
}

return { latin1, fromLatin1, utf8, fromUtf8, utf16, fromUtf16, hex, fromHex, base64, fromBase64, view };
