'use strict';

// Random bytes, and random identifiers.

const { fromLatin1, hex } = load('bytes');

const fill = host.native('random.fill');

function bytes(n) {
  const out = new Uint8Array(n);
  return fill?.(out) ? out : fromLatin1(load('base64').atob(host.random(n)));
}

function uuid() {
  const b = bytes(16);
  b[6] = (b[6] & 0x0f) | 0x40;
  b[8] = (b[8] & 0x3f) | 0x80;
  const text = hex(b);
  return `${text.slice(0, 8)}-${text.slice(8, 12)}-${text.slice(12, 16)}-${text.slice(16, 20)}-${text.slice(20)}`;
}

return { bytes, uuid };
