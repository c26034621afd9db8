'use strict';

// Url, as Postman parses and prints it.

const { parse, stringify } = load('json');
const { QueryList, QueryParam, VariableList } = load('lists');

// hide replaces templates whose names hold what the parser looks for; show
// brings them back.
function masks() {
  const kept = [];
  return {
    hide: (text) => text.replace(/\{\{[^{}]*[.:/?#@&\]][^{}]*}}/g, (found) => `\u0001${kept.push(found) - 1}\u0002`),
    show: (text) => (typeof text === 'string' ? text.replace(/\u0001(\d+)\u0002/g, (_, i) => kept[i]) : text),
  };
}

const cut = (text, mark) => {
  const at = text.indexOf(mark);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + mark.length)];
};

function authority(out, text) {
  const at = text.lastIndexOf('@');
  if (at >= 0) {
    const [user, password] = cut(text.slice(0, at), ':');
    out.auth = { user, password };
    text = text.slice(at + 1);
  }
  const colon = text.lastIndexOf(':');
  if (colon >= 0 && !text.slice(colon).includes(']')) {
    out.port = text.slice(colon + 1);
    text = text.slice(0, colon);
  }
  if (text) out.host = text.split('.');
}

function taken(source) {
  const { hide, show } = masks();
  const out = {};
  let text = hide(String(source).replace(/^\s+/, ''));
  let rest;
  [text, rest] = cut(text, '#');
  if (rest !== undefined) out.hash = show(rest);
  [text, rest] = cut(text, '?');
  if (rest !== undefined) out.query = QueryParam.parse(rest).map(({ key, value }) => ({ key: show(key), value: show(value) }));
  text = text.replace(/\\/g, '/');
  const scheme = cut(text, '://');
  if (scheme[1] !== undefined) {
    out.protocol = show(scheme[0]);
    text = scheme[1].replace(/^\/+/, '');
  }
  const slash = text.indexOf('/');
  if (slash >= 0) {
    out.path = text.slice(slash + 1).split('/').map(show);
    text = text.slice(0, slash);
  }
  authority(out, text);
  if (out.host) out.host = out.host.map(show);
  if (out.port !== undefined) out.port = show(out.port);
  if (out.auth) out.auth = { user: show(out.auth.user), password: show(out.auth.password) };
  return out;
}

const split = (value, mark) => {
  if (typeof value !== 'string') return value;
  const { hide, show } = masks();
  return hide(value).split(mark).map(show);
};

class Url {
  constructor(options) {
    this.update(options);
  }
  update(source) {
    const from = typeof source === 'string' ? taken(source) : source || {};
    for (const name of ['protocol', 'auth', 'port', 'hash']) {
      if (from[name] === undefined) delete this[name]; else this[name] = from[name];
    }
    if (this.port !== undefined) this.port = String(this.port);
    this.host = split(from.host, '.');
    this.path = typeof from.path === 'string' ? split(from.path.replace(/^\//, ''), '/') : from.path;
    for (const name of ['host', 'path']) if (this[name] === undefined) delete this[name];
    this.query = new QueryList(from.query);
    this.variables = new VariableList(this, from.variable || from.variables);
  }
  addQueryParams(params) {
    if (typeof params === 'string') params = QueryParam.parse(params);
    this.query.populate(params);
  }
  removeQueryParams(params) {
    const gone = (Array.isArray(params) ? params : [params]).map((param) => (typeof param === 'string' ? param : param.key));
    this.query.remove((param) => gone.includes(param.key));
  }
  getHost() { return (this.host || []).join('.'); }
  getPath() {
    if (!this.path) return '/';
    return '/' + this.path.map((segment) => this._segment(segment)).join('/');
  }
  // A segment :name takes its variable's value when that is a text or number.
  _segment(segment) {
    segment = segment === undefined || segment === null ? '' : String(segment.value ?? segment);
    if (segment[0] !== ':' || segment.length < 2) return segment;
    const [name, tail] = cut(segment.slice(1), '.');
    const value = this.variables.one(name)?.value;
    if (value === undefined || value === null || value === '') return segment;
    return String(value) + (tail === undefined ? '' : '.' + tail);
  }
  getQueryString() { return this.query.toString(); }
  getPathWithQuery() {
    const query = this.getQueryString();
    return this.getPath() + (query ? '?' + query : '');
  }
  getRemote(forcePort) {
    const port = this.port || (forcePort ? (this.protocol === 'https' ? '443' : '80') : '');
    return this.getHost() + (port ? ':' + port : '');
  }
  getOAuth1BaseUrl() {
    const standard = (this.protocol === 'https' && this.port === '443') || this.port === '80';
    return `${this.protocol || 'http'}://${this.getHost().toLowerCase()}${this.port && !standard ? ':' + this.port : ''}${this.getPath()}`;
  }
  toString(forceProtocol) {
    let out = this.protocol ? (String(this.protocol).endsWith('://') ? this.protocol : this.protocol + '://') : forceProtocol ? 'http://' : '';
    if (this.auth && (this.auth.user || this.auth.password)) {
      out += (this.auth.user || '') + (this.auth.password ? ':' + this.auth.password : '') + '@';
    }
    out += this.getHost();
    if (this.port) out += ':' + this.port;
    if (this.path) out += this.getPath();
    if (this.query.members.some((param) => !param.disabled)) out += '?' + this.getQueryString();
    if (typeof this.hash === 'string') out += '#' + this.hash;
    return out;
  }
  toJSON() {
    const out = {};
    for (const name of ['protocol', 'auth', 'port', 'path', 'hash', 'host']) if (this[name] !== undefined) out[name] = this[name];
    out.query = this.query.toJSON();
    out.variable = this.variables.toJSON();
    return out;
  }
  clone() { return new Url(parse(stringify(this))); }
  static parse(text) { return taken(text); }
  static isUrl(value) { return value instanceof Url; }
}

return { Url };
