'use strict';

// What kind of content a response has, by its Content-Type and
// Content-Disposition.

// Types whose kind does not follow from their name.
const special = {
  'application/x-www-form-urlencoded': ['text', 'plain'],
  'application/pdf': ['embed', 'pdf'],
  'application/jwt': ['text', 'jwt'],
  'application/ogg': ['audio', 'ogg'],
};

// kind is a type's broad kind and format.
function kind(mime) {
  if (Object.hasOwn(special, mime)) return special[mime];
  const base = mime.split('/')[0];
  const text = /jsonp|json|xml|html|yaml|vml|webml|script/.exec(mime)?.[0];
  const media = /audio|video|image|text/.exec(base)?.[0];
  if (media === 'text') return ['text', text || 'plain'];
  if (media) return [media, media];
  if (text) return ['text', text];
  const inner = /\/[^/]*(audio|video|image|text)/.exec(mime)?.[1];
  if (inner) return [inner, inner];
  return [/application|message|multipart/.exec(base)?.[0] || 'unknown', 'raw'];
}

const extensions = {
  'application/json': 'json', 'application/javascript': 'js', 'text/javascript': 'js', 'application/xml': 'xml', 'text/xml': 'xml',
  'application/pdf': 'pdf', 'application/zip': 'zip', 'application/gzip': 'gz', 'application/octet-stream': 'bin',
  'application/ld+json': 'jsonld', 'application/xhtml+xml': 'xhtml', 'application/rtf': 'rtf', 'application/yaml': 'yaml',
  'application/rss+xml': 'rss', 'application/atom+xml': 'atom', 'application/x-tar': 'tar', 'application/msword': 'doc',
  'application/vnd.ms-excel': 'xls', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx', 'application/wasm': 'wasm',
  'text/plain': 'txt', 'text/html': 'html', 'text/css': 'css', 'text/csv': 'csv', 'text/markdown': 'md', 'text/yaml': 'yaml',
  'text/calendar': 'ics', 'image/png': 'png', 'image/jpeg': 'jpeg', 'image/gif': 'gif', 'image/svg+xml': 'svg', 'image/webp': 'webp',
  'image/bmp': 'bmp', 'image/tiff': 'tif', 'image/x-icon': 'ico', 'image/vnd.microsoft.icon': 'ico', 'audio/mpeg': 'mpga',
  'audio/ogg': 'oga', 'audio/wav': 'wav', 'video/mp4': 'mp4', 'video/mpeg': 'mpeg', 'video/webm': 'webm', 'font/woff': 'woff', 'font/woff2': 'woff2',
};

const magic = [
  ['image/png', 'png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]], ['image/jpeg', 'jpg', [0xff, 0xd8, 0xff]],
  ['image/gif', 'gif', [0x47, 0x49, 0x46]], ['application/pdf', 'pdf', [0x25, 0x50, 0x44, 0x46]],
  ['application/zip', 'zip', [0x50, 0x4b, 0x03, 0x04]], ['application/gzip', 'gz', [0x1f, 0x8b, 0x08]],
];

// sniffed guesses the type of bytes without a Content-Type.
function sniffed(bytes) {
  return magic.find(([, , start]) => bytes && start.every((byte, i) => bytes[i] === byte)) || ['text/plain'];
}

// unquoted is the file name of a Content-Disposition, '' when it has none.
function fileName(disposition) {
  const extended = /;[ \t]*filename\*[ \t]*=[ \t]*([\w!#$%&+\-^`{}~]+)'.*'((?:%[0-9A-Fa-f]{2}|[\w!#$&+.^`|~-])+)/.exec(disposition);
  if (extended) {
    const [, charset, name] = extended;
    if (charset === 'utf-8') return Buffer.from(unescaped(name), 'latin1').toString();
    if (charset === 'iso-8859-1') return unescaped(name).replace(/[^\x20-\x7e\xa0-\xff]/g, '?');
  }
  const plain = /;[ \t]*filename[ \t]*=[ \t]*("(?:[^"\\]|\\.)*"|[^\s;"]+)/.exec(disposition);
  if (!plain) return '';
  return plain[1][0] === '"' ? plain[1].slice(1, -1).replace(/\\([ -~])/g, '$1') : plain[1];
}

const unescaped = (text) => text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));

// info describes a response's body. bytes returns its first bytes.
function info(headers, bytes) {
  const given = headers.get('Content-Type');
  const [type, found] = given ? [String(given)] : sniffed(bytes());
  const contentType = type.toLowerCase().replace(/\s/g, '').replace(/;.*$/, '');
  const [mimeType, mimeFormat] = kind(contentType);
  const named = /(?:charset|encoding)\s*=\s*['"]? *([\w-]+)/i.exec(type)?.[1].toLowerCase();
  const fileExtension = found || extensions[contentType];
  const out = { contentType, mimeType, mimeFormat, charset: !named || named === 'utf-8' ? 'utf8' : named };
  if (fileExtension) out.fileExtension = fileExtension;
  out.fileName = fileName(headers.get('Content-Disposition') ?? '') || 'response' + (fileExtension ? '.' + fileExtension : '');
  return out;
}

return { info };
