'use strict';

// PropertyList and what stands in it: the lists of Postman's collection SDK,
// as scripts use them.

const { parse, stringify } = load('json');
const text = (value) => (value === undefined || value === null ? '' : String(value));

// A Property is a member of a list: key, value and whether it counts.
class Property {
  constructor(options) { this.update(options); }
  update(options) {
    if (options && typeof options === 'object') {
      for (const name of Object.keys(options)) if (options[name] !== undefined) this[name] = options[name];
    }
  }
  valueOf() { return this.value; }
  toJSON() { return { ...this }; }
  clone() { return new this.constructor(parse(stringify(this))); }
}

class Header extends Property {
  constructor(options, name) {
    if (typeof options === 'string') {
      options = name === undefined ? Header.parseSingle(options) : { key: name, value: options };
    }
    super();
    this.key = text(options?.key);
    this.value = options?.value === undefined ? '' : options.value;
    for (const name of ['system', 'disabled', 'description']) if (options?.[name] !== undefined) this[name] = options[name];
  }
  update({ key, value } = {}) {
    if (key !== undefined) this.key = text(key);
    if (value !== undefined) this.value = value;
  }
  toString() { return `${this.key}: ${this.value}`; }
  static create(value, key) { return new Header(String(value), key); }
  static isHeader(value) { return value instanceof Header; }
  static parse(lines) { return String(lines).split(/\r?\n/).filter(Boolean).map(Header.parseSingle); }
  static parseSingle(line) {
    line = String(line);
    const colon = line.indexOf(':');
    if (colon < 0) return { key: line.trim(), value: '' };
    return { key: line.slice(0, colon).trim(), value: line.slice(colon + 1).trim() };
  }
  static unparse(list, separator = '\n') { return list.map((header) => Header.unparseSingle(header)).join(separator); }
  static unparseSingle(header) { return `${header.key}: ${header.value}`; }
}

const outside = (value, pattern) =>
  value.replace(/\{\{[^{}]*}}|[&#=]/g, (found) => (found.length > 1 || !pattern.includes(found) ? found : encodeURIComponent(found)));

class QueryParam extends Property {
  constructor(options) {
    if (typeof options === 'string') options = QueryParam.parseSingle(options);
    super(options);
    if (!('key' in this)) this.key = null;
    if (!('value' in this)) this.value = null;
  }
  valueOf() { return typeof this.value === 'string' ? this.value : ''; }
  toString() { return QueryParam.unparseSingle(this); }
  static parse(query) {
    const parts = String(query).split('&');
    return parts.map((part, i) => (part === '' && i < parts.length - 1 ? { key: null, value: null } : QueryParam.parseSingle(part)));
  }
  static parseSingle(part) {
    const equals = part.indexOf('=');
    if (equals < 0) return { key: part, value: null };
    return { key: part.slice(0, equals), value: part.slice(equals + 1) };
  }
  static unparse(params) {
    if (!Array.isArray(params)) params = Object.keys(params).map((key) => ({ key, value: params[key] }));
    return params.map(QueryParam.unparseSingle).join('&');
  }
  static unparseSingle({ key, value }) {
    const name = typeof key === 'string' ? outside(key, '&#=') : '';
    return typeof value === 'string' ? `${name}=${outside(value, '&#')}` : name;
  }
}

class FormParam extends Property {
  constructor(options) {
    super(options);
    if (this.key === undefined) this.key = '';
    if (this.value === undefined && this.type !== 'file') this.value = '';
  }
  toString() { return `${this.key}=${this.value}`; }
}

class Variable extends Property {
  constructor(options) {
    super(options);
    if (this.type === undefined) this.type = 'any';
  }
  get() { return this.value; }
  set(value) { this.value = value; }
  toString() { return text(this.value); }
}

class Cookie extends Property {
  constructor(options) {
    if (typeof options === 'string') options = Cookie.parse(options);
    super(options);
    if (this.name === undefined) this.name = this.key;
    delete this.key;
  }
  // An empty value is the empty text; newman reads it as "undefined".
  valueOf() {
    const value = text(this.value);
    try { return decodeURIComponent(value); } catch { return value; }
  }
  toString() { return Cookie.stringify(this); }
  static isCookie(value) { return value instanceof Cookie; }
  static stringify({ name, value }) { return `${name}=${text(value)}`; }
  static parse(line) {
    const [pair, ...rest] = String(line).split(';');
    const equals = pair.indexOf('=');
    const cookie = { name: pair.slice(0, Math.max(equals, 0)).trim(), value: pair.slice(equals + 1).trim() };
    for (const part of rest) {
      const [key, ...value] = part.split('=');
      const name = { 'max-age': 'maxAge', httponly: 'httpOnly', samesite: 'sameSite' }[key.trim().toLowerCase()] || key.trim().toLowerCase();
      if (name) cookie[name] = value.length ? value.join('=').trim() : true;
    }
    return cookie;
  }
}

const always = (value) => () => value;

// A PropertyList is an ordered list whose members have keys, several of which
// may be alike: one finds the last.
class PropertyList {
  constructor(Type, members, { index = 'key', anyCase = false, multiple = true, name = 'propertyList' } = {}) {
    Object.defineProperties(this, {
      Type: { value: Type },
      _index: { value: index },
      _anyCase: { value: anyCase },
      _multiple: { value: multiple },
      _name: { value: name },
    });
    this.members = [];
    this.populate(members);
  }
  _make(item) { return item instanceof this.Type ? item : new this.Type(item); }
  _key(value) {
    const key = value !== null && typeof value === 'object' ? value[this._index] : value;
    return this._anyCase ? String(key).toLowerCase() : String(key);
  }
  _where(item) {
    return this.members.indexOf(item !== null && typeof item === 'object' && this.members.includes(item) ? item : this.one(item));
  }
  populate(items) {
    if (items === undefined || items === null) return;
    if (items instanceof PropertyList) items = items.members;
    if (typeof items === 'string') items = this.Type.parse ? this.Type.parse(items) : [];
    if (Array.isArray(items)) for (const item of items) this.append(item);
    else if (typeof items === 'object') for (const key of Object.keys(items)) this.append({ key, value: items[key] });
  }
  repopulate(items) { this.clear(); this.populate(items); }
  clear() { this.members.length = 0; }
  add(item) { this.append(item); }
  append(item) { this.members.push(this._make(item)); }
  prepend(item) { this.members.unshift(this._make(item)); }
  insert(item, before) {
    const at = before === undefined ? -1 : this._where(before);
    if (at < 0) this.append(item);
    else this.members.splice(at, 0, this._make(item));
  }
  insertAfter(item, after) {
    const at = after === undefined ? -1 : this._where(after);
    if (at < 0) this.append(item);
    else this.members.splice(at + 1, 0, this._make(item));
  }
  upsert(item) {
    if (item === undefined || item === null) return null;
    const found = this.one(this._key(item));
    if (!found) { this.append(item); return true; }
    if (found.update) found.update(item); else Object.assign(found, item);
    return false;
  }
  remove(which, context) {
    let gone = which;
    if (typeof which === 'string' || (which !== null && typeof which === 'object')) {
      const key = this._key(which);
      gone = (member) => member === which || this._key(member) === key;
    }
    if (typeof gone !== 'function') return;
    for (let i = this.members.length - 1; i >= 0; i--) if (gone.call(context, this.members[i])) this.members.splice(i, 1);
  }
  assimilate(source, prune) {
    const items = source instanceof PropertyList ? source.members : source;
    if (!Array.isArray(items)) return;
    const kept = new Set();
    for (const item of items) { this.upsert(item); kept.add(this._key(item)); }
    if (prune) this.remove((member) => !kept.has(this._key(member)));
  }
  all() { return [...this.members]; }
  idx(i) { return this.members[i]; }
  count() { return this.members.length; }
  one(key) {
    key = this._key(key);
    for (let i = this.members.length - 1; i >= 0; i--) if (this._key(this.members[i]) === key) return this.members[i];
    return undefined;
  }
  get(key) { return this.one(key)?.valueOf(); }
  has(item, value) {
    const key = this._key(item);
    const found = this.members.filter((member) => this._key(member) === key);
    if (arguments.length < 2) return found.length > 0;
    return found.some((member) => member.valueOf() === value);
  }
  indexOf(item) { return this._where(item); }
  each(visit, context) { this.members.forEach((member) => visit.call(context, member)); }
  filter(test, context) { return this.members.filter(test, context); }
  find(test, context) { return this.members.find(test, context); }
  map(visit, context) { return this.members.map((member) => visit.call(context, member)); }
  reduce(visit, initial, context) { return this.members.reduce((sum, member) => visit.call(context, sum, member), initial); }
  toObject(excludeDisabled = false, caseSensitive = false, multiValue = false, sanitizeKeys = false) {
    const fold = this._anyCase && !caseSensitive;
    const out = {};
    for (const member of this.members) {
      if (!Object.hasOwn(member, this._index) || (excludeDisabled && member.disabled) || (sanitizeKeys && !member[this._index])) continue;
      const key = fold ? text(member[this._index]).toLowerCase() : text(member[this._index]);
      const value = member.valueOf();
      if (multiValue && this._multiple && Object.hasOwn(out, key)) out[key] = [].concat(out[key], [value]);
      else out[key] = value;
    }
    return out;
  }
  toString() { return this.Type.unparse ? this.Type.unparse(this.members) : stringify(this.members); }
  toJSON() { return this.members.map((member) => (member.toJSON ? member.toJSON() : member)); }
  [Symbol.iterator]() { return this.members[Symbol.iterator](); }
}

class HeaderList extends PropertyList {
  constructor(parent, members) { super(Header, members, { anyCase: true, name: 'headerList' }); }
  toObject(excludeDisabled, caseSensitive, multiValue = true, sanitizeKeys) {
    return super.toObject(excludeDisabled, caseSensitive, multiValue, sanitizeKeys);
  }
  contentSize() { return this.members.length ? this.members.reduce((sum, header) => sum + utf8(header.toString()) + 2, 0) : 0; }
}

class QueryList extends PropertyList {
  constructor(members) { super(QueryParam, members, { name: 'queryParamList' }); }
  toObject(excludeDisabled, caseSensitive, multiValue = true, sanitizeKeys) {
    return super.toObject(excludeDisabled, caseSensitive, multiValue, sanitizeKeys);
  }
  toString() { return QueryParam.unparse(this.members.filter((param) => !param.disabled)); }
}

class VariableList extends PropertyList {
  constructor(parent, members) { super(Variable, members, { name: 'variableList', multiple: false }); }
}

class CookieList extends PropertyList {
  constructor(parent, members) { super(Cookie, members, { index: 'name', name: 'cookieList', multiple: false }); }
}

// utf8 is the length of a text in bytes.
function utf8(value) {
  let n = 0;
  for (let i = 0; i < value.length; i++) {
    const c = value.charCodeAt(i);
    if (c < 0x80) n += 1;
    else if (c < 0x800) n += 2;
    else if (c >= 0xd800 && c < 0xdc00 && i + 1 < value.length) { n += 4; i++; } else n += 3;
  }
  return n;
}

return {
  Property, Header, QueryParam, FormParam, Variable, Cookie,
  PropertyList, HeaderList, QueryList, VariableList, CookieList, utf8, always,
};
