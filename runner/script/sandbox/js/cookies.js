'use strict';

// pm.cookies, and the jar behind it.

const { CookieList, Cookie } = load('lists');
const { state } = load('state');

const { parse } = load('json');

class CookieJar {
  // _do runs one operation; its callback comes later, in order, as if the jar
  // were far away.
  _do(callback, work) {
    let error = null;
    let result;
    try { result = work(); } catch (thrown) { error = thrown; }
    const id = load('timers').setTimeout(() => callback(error, error ? undefined : result), 0);
    return id;
  }
  get(url, name, callback) {
    demand('get', url, callback);
    if (typeof name !== 'string') throw new TypeError('CookieJar.get() requires cookie name to be a string');
    this._do(callback, () => { const text = host.jar('get', String(url), name); return text === undefined ? null : new Cookie(parse(text)).valueOf(); });
  }
  getAll(url, options, callback) {
    if (typeof options === 'function') [options, callback] = [{}, options];
    demand('getAll', url, callback);
    if (options === null || typeof options !== 'object') throw new TypeError('CookieJar.getAll() requires options to be an object');
    this._do(callback, () => new CookieList(null, parse(host.jar('getAll', String(url)))));
  }
  set(url, name, value, callback) {
    if (typeof value === 'function' && callback === undefined) [value, callback] = [undefined, value];
    demand('set', url, callback);
    const line = setCookie(name, value);
    if (line === undefined) throw new TypeError('CookieJar.set() requires a valid set cookie arguments');
    this._do(callback, () => { const text = host.jar('set', String(url), line); return text === undefined ? null : new Cookie(parse(text)); });
  }
  unset(url, name, callback) {
    demand('unset', url, callback);
    if (typeof name !== 'string') throw new TypeError('CookieJar.unset() requires cookie name to be a string');
    this._do(callback, () => { host.jar('unset', String(url), name); });
  }
  clear(url, callback) {
    demand('clear', url, callback);
    this._do(callback, () => { host.jar('clear', String(url)); });
  }
}

function demand(method, url, callback) {
  if (!(typeof url === 'string' && url) && !(url && typeof url.toString === 'function' && url.getHost)) throw new TypeError(`CookieJar.${method}() requires a valid url`);
  if (typeof callback !== 'function') throw new TypeError(`CookieJar.${method}() requires a callback function`);
}

const attributes = { path: 'Path', domain: 'Domain', expires: 'Expires', maxAge: 'Max-Age', sameSite: 'SameSite' };

// setCookie is the Set-Cookie line of what jar.set was given.
function setCookie(name, value) {
  if (typeof name === 'string') return value === undefined ? name : `${name}=${value}`;
  if (name === null || typeof name !== 'object') return undefined;
  let line = `${name.name ?? name.key}=${name.value ?? ''}`;
  for (const key of Object.keys(attributes)) {
    const given = name[key];
    if (given !== undefined && given !== null) line += `; ${attributes[key]}=${given instanceof Date ? given.toUTCString() : given}`;
  }
  if (name.secure) line += '; Secure';
  if (name.httpOnly) line += '; HttpOnly';
  return line;
}

// list is pm.cookies.
function list(cookies) {
  const out = new CookieList(null, cookies);
  Object.defineProperty(out, 'jar', { value: () => new CookieJar() });
  return out;
}

return { list, CookieJar };
