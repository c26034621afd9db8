'use strict';

// Url, as Postman parses and prints it.

const { PropertyList, QueryParam, isObject, copy } = load('lists');
const { VariableList } = load('variables');
const { mixed } = load('property');

// hide replaces templates whose names contain characters that the parser looks
// for; show restores them.
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
    text = scheme[1].replace(/^\/+/, /^file$/i.test(scheme[0]) ? '/' : '');
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
  const variables = [...new Set((out.path || []).map(variableOf).filter(Boolean))];
  if (variables.length) out.variable = variables.map((key) => ({ key }));
  return out;
}

const split = (value, mark) => {
  if (typeof value !== 'string') return value;
  const { hide, show } = masks();
  return hide(value).split(mark).map(show);
};

// variableOf returns the variable in a segment of a path: :name, up to a dot.
function variableOf(segment) {
  segment = String(segment);
  return segment[0] === ':' ? cut(segment.slice(1), '.')[0] : '';
}

const params = (query) => {
  if (typeof query === 'string') return QueryParam.parse(query);
  if (!isObject(query) || Array.isArray(query) || query instanceof PropertyList) return query;
  return Object.keys(query).map((key) => ({ key, value: query[key] }));
};

class PostmanUrl {
  constructor(source) { this.update(source); }
  update(source) {
    const from = isObject(source) ? source : taken(typeof source === 'string' ? source : '');
    this.auth = from.auth;
    this.protocol = from.protocol;
    this.port = from.port;
    this.path = from.path;
    if (typeof this.path === 'string') this.path = this.path ? split(this.path.replace(/^\//, ''), '/') : undefined;
    this.hash = from.hash;
    this.host = split(from.host, '.');
    this.query = new PropertyList(QueryParam, this, params(from.query));
    const variables = from.variable || from.variables;
    this.variables = new VariableList(this, Array.isArray(variables) ? variables.map(keyed) : variables);
  }
  addQueryParams(added) { this.query.populate(typeof added === 'string' ? QueryParam.parse(added) : added); }
  removeQueryParams(gone) {
    const keys = Array.isArray(gone) ? gone.map((param) => param.key || param) : [gone];
    this.query.remove((param) => keys.includes(param.key));
  }
  getHost() { return Array.isArray(this.host) ? this.host.join('.') : String(this.host || ''); }
  getPath(unresolved) {
    const path = this.path || [];
    return '/' + (unresolved ? path : path.map((segment) => this._segment(segment))).join('/');
  }
  // A segment :name gets its variable's value when that is a string or, unlike
  // in newman, a number.
  _segment(segment) {
    const name = variableOf(segment);
    const value = name && this.variables.get(name);
    return value && (typeof value === 'string' || typeof value === 'number') ? value + segment.slice(name.length + 1) : segment;
  }
  getQueryString() { return QueryParam.unparse(this.query.members); }
  getPathWithQuery() {
    const query = this.getQueryString();
    return this.getPath() + (query ? '?' + query : '');
  }
  getRemote(forcePort) {
    const port = this.port ? String(this.port) : forcePort ? (this.protocol === 'https' ? '443' : '80') : '';
    return this.getHost() + (port ? ':' + port : '');
  }
  getOAuth1BaseUrl() {
    const port = this.port ? String(this.port) : '';
    const host = this.getHost() + (port && port !== '80' && port !== '443' ? ':' + port : '');
    return schemed(this.protocol || 'http').toLowerCase() + host.toLowerCase() + this.getPath();
  }
  getRaw() { throw new Error('`Url#getRaw` has been discontinued, use `Url#toString` instead.'); }
  toString(forceProtocol) {
    const protocol = this.protocol || (forceProtocol ? 'http' : '');
    let out = (protocol ? schemed(protocol) : '') + credentials(this.auth) + this.getHost();
    if (this.port !== undefined && this.port !== null) out += ':' + this.port;
    if (this.path) out += this.getPath();
    if (this.query.members.some((param) => !param.disabled)) out += '?' + this.getQueryString();
    if (typeof this.hash === 'string') out += '#' + this.hash;
    return out;
  }
  toJSON() {
    const out = {};
    for (const name of ['auth', 'protocol', 'port', 'path', 'hash', 'host']) if (this[name] !== undefined) out[name] = this[name];
    out.query = this.query.toJSON();
    out.variable = this.variables.toJSON();
    return out;
  }
  clone() { return copy(this); }
  static parse(text) { return taken(text); }
  static isUrl(value) { return value?.constructor?._postman_propertyName === 'Url'; }
  static get _postman_propertyName() { return 'Url'; }
}

mixed(PostmanUrl);

const schemed = (protocol) => (protocol.endsWith('://') ? protocol : protocol + '://');

// Old collections call the key of a path variable id.
const keyed = (variable) => (isObject(variable) && !variable.key && variable.id ? { ...variable, key: variable.id } : variable);

function credentials(auth) {
  const user = typeof auth?.user === 'string' ? auth.user : undefined;
  if (typeof auth?.password === 'string') return `${user ?? ''}:${auth.password}@`;
  return user === undefined ? '' : user + '@';
}

return { Url: PostmanUrl };
