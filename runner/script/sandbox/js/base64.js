'use strict';

// atob and btoa.

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

const [encode, decode] = ['base64.encode', 'base64.decode'].map(host.native);

// btoa encodes the low byte of each character, as the npm package does, or the
// bytes of a Buffer.
function btoa(value) {
  const buffer = value instanceof Uint8Array;
  const text = buffer ? load('bytes').latin1(value) : value.toString();
  const quick = encode?.(text);
  if (quick !== undefined) return quick;
  let out = '';
  for (let i = 0; i < text.length; i += 3) {
    const codes = [text.charCodeAt(i) & 255, text.charCodeAt(i + 1) & 255, text.charCodeAt(i + 2) & 255];
    const word = (codes[0] << 16) | (codes[1] << 8) | codes[2];
    out += ALPHABET[word >> 18] + ALPHABET[(word >> 12) & 63];
    out += i + 1 < text.length ? ALPHABET[(word >> 6) & 63] : '=';
    out += i + 2 < text.length ? ALPHABET[word & 63] : '=';
  }
  return out;
}

// atob ignores characters that are not base64, and stops at the padding, as the
// npm package does.
function atob(value) {
  const quick = decode?.(String(value));
  if (quick !== undefined) return quick;
  const text = String(value).replace(/=[^]*/, '').replace(/-/g, '+').replace(/_/g, '/').replace(/[^A-Za-z0-9+/]/g, '');
  let out = '';
  let word = 0;
  let bits = 0;
  for (const c of text) {
    word = (word << 6) | ALPHABET.indexOf(c);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out += String.fromCharCode((word >> bits) & 255);
    }
  }
  return out;
}

return { atob, btoa };
