'use strict';

// pm.cookies, and the jar behind it.

const { PropertyList, isObject, plain } = load('lists');
const { parse } = load('json');

const attributes = {
  httponly: 'httpOnly', secure: 'secure', domain: 'domain', path: 'path', 'max-age': 'maxAge', session: 'session', expires: 'expires',
};

const undone = (value) => {
  try { return decodeURIComponent(value); } catch { return value; }
};

// encoded percent-encodes a value, unless it is encoded already.
const encoded = (value) => {
  try { return encodeURIComponent(undone(String(value))); } catch { return value; }
};

class PostmanCookie {
  constructor(source) {
    if (typeof source === 'string') source = PostmanCookie.parse(source);
    if (source) this.update(source);
  }
  update(source) {
    const take = (name, value) => { if (value !== undefined) this[name] = value; };
    take('name', source.name ?? source.key);
    take('expires', typeof source.expires === 'string' ? new Date(source.expires) : source.expires);
    if ('maxAge' in source) this.maxAge = Number(source.maxAge);
    take('domain', source.domain);
    take('path', source.path);
    for (const name of ['secure', 'httpOnly', 'hostOnly', 'session']) if (name in source) this[name] = Boolean(source[name]);
    if (source.value || source.value === 0 || source.value === '') this.value = encoded(source.value);
    take('extensions', source.extensions || undefined);
  }
  // An empty value is the empty string; newman returns "undefined".
  valueOf() { return undone(this.value ?? ''); }
  toString() {
    let out = PostmanCookie.unparseSingle(this);
    if (this.expires instanceof Date) out += Number.isNaN(this.expires.getTime()) ? '' : `; Expires=${this.expires.toUTCString()}`;
    else if (this.expires) out += `; Expires=${this.expires}`;
    if (this.maxAge && this.maxAge !== Infinity) out += `; Max-Age=${this.maxAge}`;
    if (this.domain && !this.hostOnly) out += `; Domain=${this.domain}`;
    if (this.path) out += `; Path=${this.path}`;
    if (this.secure) out += '; Secure';
    if (this.httpOnly) out += '; HttpOnly';
    for (const { key, value } of this.extensions || []) out += value === true ? `; ${key}` : `; ${key}=${value}`;
    return out;
  }
  toJSON() { return plain(this); }
  static isCookie(value) { return value?.constructor?._postman_propertyName === 'Cookie'; }
  static stringify(cookie) { return PostmanCookie.prototype.toString.call(cookie); }
  static unparse(cookies) { return cookies.map(PostmanCookie.unparseSingle).join('; '); }
  static unparseSingle({ name, value }) { return name ? `${name}=${value ?? ''}` : value ?? ''; }
  static parse(line) {
    if (typeof line !== 'string') return line;
    const [pair, ...rest] = line.split(/; */);
    const out = PostmanCookie.splitParam(pair);
    for (const part of rest) {
      const { key, value } = PostmanCookie.splitParam(part);
      const name = attributes[key.toLowerCase()];
      if (name) out[name] = value;
      else (out.extensions ??= []).push({ key, value });
    }
    if (!out.domain) out.hostOnly = true;
    return out;
  }
  static splitParam(param) {
    const [key, text] = param.split('=');
    const value = text === undefined ? true : text.trim();
    return { key: key.trim(), value: value[0] === '"' ? value.slice(1, -1) : value };
  }
  static get _postman_propertyName() { return 'Cookie'; }
}
load('property').mixed(PostmanCookie);
PostmanCookie.index = 'name';
PostmanCookie.anyCase = true;
PostmanCookie.several = true;

class CookieList extends PropertyList {
  constructor(parent, cookies) { super(PostmanCookie, parent, cookies); }
  static isCookieList(value) { return value?.constructor?._postman_propertyName === 'CookieList'; }
  static get _postman_propertyName() { return 'CookieList'; }
}

// kept makes a cookie from the runner's description.
function kept({ session, expires, ...cookie }) {
  return new PostmanCookie({ ...cookie, expires: expires ?? null });
}

const listed = (cookies) => new CookieList(null, cookies.map(kept));

class PostmanCookieJar {
  get(url, name, callback) {
    return both(callback, () => {
      const at = address('get', url);
      demandCallback('get', callback);
      demandName('get', name);
      return () => {
        const text = host.jar('get', at, name);
        return text === undefined ? null : kept(parse(text)).valueOf();
      };
    });
  }
  getAll(url, options, callback) {
    if (typeof options === 'function' && !callback) [options, callback] = [{}, options];
    if (options === undefined) options = {};
    return both(callback, () => {
      const at = address('getAll', url);
      demandCallback('getAll', callback);
      if (typeof options !== 'object') throw new TypeError('CookieJar.getAll() requires options to be an object');
      const { http = true, secure } = options;
      return () => listed(parse(host.jar('getAll', at))
        .filter((cookie) => (http || !cookie.httpOnly) && (secure !== false || !cookie.secure)));
    });
  }
  set(url, name, value, callback) {
    if (typeof value === 'function' && !callback) [value, callback] = [undefined, value];
    return both(callback, () => {
      const at = address('set', url);
      const line = setCookie(name, value);
      if (line === undefined) throw new TypeError('CookieJar.set() requires a valid set cookie arguments');
      return () => {
        const text = host.jar('set', at, line);
        return text === undefined ? undefined : kept(parse(text));
      };
    });
  }
  unset(url, name, callback) {
    return both(callback, () => {
      const at = address('unset', url);
      demandName('unset', name);
      return () => { host.jar('unset', at, name); };
    });
  }
  clear(url, callback) {
    return both(callback, () => {
      const at = address('clear', url);
      return () => { host.jar('clear', at); };
    });
  }
}

// both runs the function that prepare returns after the current code of the
// script, in order, as if the jar were remote. It calls the callback, or
// returns a promise when there is none. With a callback, wrong arguments throw
// at once.
function both(callback, prepare) {
  if (callback === undefined) {
    return new Promise((resolve, reject) => {
      const work = prepare();
      later((error, result) => (error ? reject(error) : resolve(result)), work);
    });
  }
  later(typeof callback === 'function' ? callback : () => {}, prepare());
}

function later(callback, work) {
  let error = null;
  let result;
  try { result = work(); } catch (thrown) { error = new Error(thrown.message); }
  load('timers').setTimeout(() => (error ? callback(error) : callback(null, result)), 0);
}

// address returns the text of a URL with a protocol.
function address(method, url) {
  const { Url } = load('url');
  if (typeof url === 'string' && url) url = new Url(url);
  if (!Url.isUrl(url)) throw new TypeError(`CookieJar.${method}() requires a valid url`);
  return url.toString(true);
}

function demandCallback(method, callback) {
  if (callback !== undefined && typeof callback !== 'function') throw new TypeError(`CookieJar.${method}() requires a callback function`);
}

function demandName(method, name) {
  if (typeof name !== 'string') throw new TypeError(`CookieJar.${method}() requires cookie name to be a string`);
}

const parts = { path: 'Path', domain: 'Domain', expires: 'Expires', maxAge: 'Max-Age', sameSite: 'SameSite' };

// whole encodes the characters that would end a name or value in a Set-Cookie
// line.
const whole = (value) => String(value).replace(/[;\x00-\x08\x0a-\x1f\x7f]/g, encodeURIComponent);

// setCookie returns the Set-Cookie line for the arguments of jar.set.
function setCookie(name, value) {
  if (name && value && typeof name === 'string') return `${whole(name)}=${whole(value)}`;
  if (typeof name === 'string') return value === undefined || value === null || name.includes('=') ? name : `${name}=`;
  if (!isObject(name)) return undefined;
  let line = `${whole(name.name ?? name.key)}=${whole(name.value ?? '')}`;
  for (const key of Object.keys(parts)) {
    const given = name[key];
    if (given !== undefined && given !== null) line += `; ${parts[key]}=${given instanceof Date ? given.toUTCString() : given}`;
  }
  if (name.secure) line += '; Secure';
  if (name.httpOnly) line += '; HttpOnly';
  return line;
}

// list returns pm.cookies.
function list(cookies) {
  const out = listed(cookies);
  Object.defineProperty(out, 'jar', { value: () => new PostmanCookieJar(), enumerable: true });
  return out;
}

return { list, listed, Cookie: PostmanCookie, CookieList };
