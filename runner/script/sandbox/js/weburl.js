'use strict';

// URL and URLSearchParams of the URL Standard. Go parses URLs; see host.url.

const { parse, stringify } = load('json');
const { coded, absent } = load('coded');

const decode = (text) => {
  text = text.replace(/\+/g, ' ');
  try { return decodeURIComponent(text); } catch { return text.replace(/(?:%[0-9a-fA-F]{2})+/g, (run) => { try { return decodeURIComponent(run); } catch { return run; } }); }
};

const encode = (text) => encodeURIComponent(text).replace(/%20/g, '+').replace(/[!'()~]/g, (c) => '%' + c.charCodeAt(0).toString(16).toUpperCase());

function tuple(pair) {
  const whole = pair !== null && typeof pair === 'object' && typeof pair[Symbol.iterator] === 'function' ? [...pair] : [];
  if (whole.length !== 2) throw coded(new TypeError('Each query pair must be an iterable [name, value] tuple'), 'ERR_INVALID_TUPLE');
  return whole.map(String);
}

// specified checks that a function got its first argument.
function specified(given, name) {
  if (!given.length) throw absent(`The "${name}" argument must be specified`);
}

class URLSearchParams {
  #list = [];
  #changed;
  constructor(init = '', changed) {
    this.#changed = changed;
    if (init === null) return;
    if (typeof init !== 'object') this.#read(String(init));
    else if (typeof init[Symbol.iterator] === 'function') {
      for (const pair of init) this.#list.push(tuple(pair));
    } else for (const name of Object.keys(init)) this.#list.push([name, String(init[name])]);
  }
  #read(text) {
    this.#list = text.replace(/^\?/, '').split('&').filter(Boolean).map((part) => {
      const at = part.indexOf('=');
      return at < 0 ? [decode(part), ''] : [decode(part.slice(0, at)), decode(part.slice(at + 1))];
    });
  }
  #report() { this.#changed?.(this.toString()); }
  get size() { return this.#list.length; }
  append(name, value) { this.#list.push([String(name), String(value)]); this.#report(); }
  delete(name, value) {
    this.#list = this.#list.filter(([n, v]) => n !== String(name) || (value !== undefined && v !== String(value)));
    this.#report();
  }
  get(name) {
    specified(arguments, 'name');
    return this.#list.find(([n]) => n === String(name))?.[1] ?? null;
  }
  getAll(name) { return this.#list.filter(([n]) => n === String(name)).map(([, v]) => v); }
  has(name, value) { return this.#list.some(([n, v]) => n === String(name) && (value === undefined || v === String(value))); }
  set(name, value) {
    name = String(name);
    const first = this.#list.find(([n]) => n === name);
    if (!first) this.#list.push([name, String(value)]);
    else {
      first[1] = String(value);
      this.#list = this.#list.filter((pair) => pair === first || pair[0] !== name);
    }
    this.#report();
  }
  sort() { this.#list.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)); this.#report(); }
  forEach(visit, context) { for (const [name, value] of this.#list) visit.call(context, value, name, this); }
  *entries() { for (const [name, value] of this.#list) yield [name, value]; }
  *keys() { for (const [name] of this.#list) yield name; }
  *values() { for (const [, value] of this.#list) yield value; }
  [Symbol.iterator]() { return this.entries(); }
  toString() { return this.#list.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&'); }
  toJSON() { return {}; }
}

// parts splits a URL, with a base, or returns undefined.
const parts = (text, base) => {
  const found = host.url(text, base === undefined ? '' : base);
  return found === undefined ? undefined : parse(found);
};

class URL {
  #parts;
  #params;
  constructor(url, base) {
    specified(arguments, 'url');
    const found = parts(String(url), base === undefined ? undefined : String(base));
    if (!found) throw Object.assign(coded(new TypeError('Invalid URL'), 'ERR_INVALID_URL'), { input: String(url) });
    this.#parts = found;
  }
  static canParse(url, base) {
    specified(arguments, 'url');
    return parts(String(url), base === undefined ? undefined : String(base)) !== undefined;
  }
  static parse(url, base) { return URL.canParse(url, base) ? new URL(url, base) : null; }
  #change(name, value) {
    const next = parts(build({ ...this.#parts, [name]: value }));
    if (next) this.#parts = next;
  }
  get href() { return build(this.#parts); }
  set href(value) {
    const next = parts(String(value));
    if (!next) throw coded(new TypeError('Invalid URL'), 'ERR_INVALID_URL');
    this.#parts = next;
    this.#params = undefined;
  }
  get origin() {
    if (this.protocol === 'blob:' && URL.canParse(this.pathname)) return new URL(this.pathname).origin;
    return /^(https?|ftp|wss?):$/.test(this.protocol) ? `${this.protocol}//${this.host}` : 'null';
  }
  get protocol() { return this.#parts.protocol; }
  set protocol(value) { this.#change('protocol', String(value).replace(/:?$/, ':')); }
  get username() { return this.#parts.username; }
  set username(value) { this.#change('username', encodeURIComponent(value)); }
  get password() { return this.#parts.password; }
  set password(value) { this.#change('password', encodeURIComponent(value)); }
  get host() { return this.hostname + (this.port ? ':' + this.port : ''); }
  set host(value) {
    const [, name, port] = /^(\[.*\]|[^:]*)(?::(\d*))?$/.exec(String(value)) || [];
    if (name) this.#change('hostname', name);
    if (port !== undefined) this.#change('port', port);
  }
  get hostname() { return this.#parts.hostname; }
  set hostname(value) { this.#change('hostname', String(value)); }
  get port() { return this.#parts.port; }
  set port(value) { this.#change('port', String(value)); }
  get pathname() { return this.#parts.pathname; }
  set pathname(value) { this.#change('pathname', String(value).replace(/^(?!\/)/, '/')); }
  get search() { return this.#parts.search; }
  set search(value) {
    this.#change('search', String(value).replace(/^(?!\?|$)/, '?'));
    this.#params = undefined;
  }
  get searchParams() {
    return (this.#params ??= new URLSearchParams(this.search, (text) => this.#change('search', text ? '?' + text : '')));
  }
  get hash() { return this.#parts.hash; }
  set hash(value) { this.#change('hash', String(value).replace(/^(?!#|$)/, '#')); }
  toString() { return this.href; }
  toJSON() { return this.href; }
}

function build({ protocol, username, password, hostname, port, pathname, search, hash, opaque }) {
  if (opaque) return protocol + pathname + search + hash;
  const user = username ? username + (password ? ':' + password : '') + '@' : '';
  return `${protocol}//${user}${hostname}${port ? ':' + port : ''}${pathname}${search}${hash}`;
}

return { URL, URLSearchParams };
