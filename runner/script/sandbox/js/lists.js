'use strict';

// PropertyList and its members: the lists of Postman's collection SDK, as
// scripts use them.

const { parse, stringify } = load('json');
const { enumerable, mixed, owned, Templated } = load('property');
const text = (value) => (value === undefined || value === null ? '' : String(value));
const isObject = (value) => value !== null && typeof value === 'object';

// plain returns the JSON form of a member or another part of a request.
function plain(value) {
  const out = {};
  for (const name of Object.keys(value)) {
    const part = value[name];
    if (part === undefined) continue;
    const key = part instanceof PropertyList && name.endsWith('s') ? name.slice(0, -1) : name;
    out[key] = isObject(part) && typeof part.toJSON === 'function' ? part.toJSON() : part;
  }
  return out;
}

// A Description is a text with a media type.
class PostmanDescription {
  constructor(source) { this.update(source); }
  update(content, type) {
    if (isObject(content)) ({ content, type } = content);
    this.content = content;
    this.type = type || 'text/plain';
  }
  toString() { return this.content || ''; }
  toJSON() { return { content: this.content, type: this.type }; }
  static get _postman_propertyName() { return 'Description'; }
}

// A Property is a member of a list: a key, a value and whether it is enabled.
class Property {
  constructor(source) {
    if (!isObject(source)) return;
    if (source.id) this.id = source.id;
    if (source.name) this.name = source.name;
    if ('disabled' in source) this.disabled = Boolean(source.disabled);
    if (source.description !== undefined) this.description = new PostmanDescription(source.description);
  }
  valueOf() { return Object.hasOwn(this, 'value') ? this.value : this; }
  toJSON() { return plain(this); }
}
mixed(Property, Templated);

class PostmanHeader extends Property {
  constructor(source, name) {
    if (typeof source === 'string') {
      source = typeof name === 'string' ? { key: name, value: source } : PostmanHeader.parseSingle(source);
    }
    super(source);
    this.update(source);
  }
  update(source) {
    this.key = source?.key || '';
    this.value = source?.value === undefined ? '' : source.value;
    if (isObject(source) && 'system' in source) this.system = source.system;
    if (isObject(source) && 'disabled' in source) this.disabled = source.disabled;
  }
  toString() { return `${this.key}: ${this.value}`; }
  static create(value, key) { return new PostmanHeader(value, key); }
  static isHeader(value) { return value?.constructor?._postman_propertyName === 'Header'; }
  static parse(lines) {
    const unfolded = String(lines).replace(/\r\n([ \t])/g, '$1');
    return [...unfolded.matchAll(/^(\S+):(.*)$/gm)].map(([, key, value]) => ({ key, value: value.trim() }));
  }
  static parseSingle(line) {
    if (typeof line !== 'string') return { key: '', value: '' };
    const colon = line.indexOf(':');
    if (colon < 0) return { key: line.trim(), value: '' };
    return { key: line.slice(0, colon).trim(), value: line.slice(colon + 1).trim() };
  }
  static unparse(list, separator = '\r\n') {
    return list.reduce((out, header) => (header.disabled ? out : out + PostmanHeader.unparseSingle(header) + separator), '');
  }
  static unparseSingle({ key, value }) { return `${key}: ${value}`; }
  static get _postman_propertyName() { return 'Header'; }
}
PostmanHeader.anyCase = true;
PostmanHeader.several = true;

// escaped escapes a text, but not inside of {{…}}.
const escaped = (value, marks) =>
  value.replace(/\{\{[^{}]*}}|[&#=]/g, (found) => (found.length > 1 || !marks.includes(found) ? found : encodeURIComponent(found)));

class PostmanQueryParam extends Property {
  constructor(source) {
    super(source);
    this.update(source);
  }
  update(source) {
    if (typeof source === 'string') source = PostmanQueryParam.parseSingle(source);
    this.key = source?.key;
    this.value = source?.value;
    if (isObject(source) && 'system' in source) this.system = source.system;
  }
  valueOf() { return typeof this.value === 'string' ? this.value : ''; }
  toString() { return PostmanQueryParam.unparseSingle(this); }
  static parse(query) {
    if (typeof query !== 'string') return [];
    const parts = query.split('&');
    return parts.map((part, i) => (part === '' && i < parts.length - 1 ? { key: null, value: null } : PostmanQueryParam.parseSingle(part)));
  }
  static parseSingle(part) {
    const equals = part.indexOf('=');
    if (equals < 0) return { key: part, value: null };
    return { key: part.slice(0, equals), value: part.slice(equals + 1) };
  }
  static unparse(params) {
    if (!params) return '';
    if (params instanceof PropertyList) params = params.members;
    if (!Array.isArray(params)) params = Object.keys(params).map((key) => ({ key, value: params[key] }));
    return params.filter((param) => param.disabled !== true).map(PostmanQueryParam.unparseSingle).join('&');
  }
  static unparseSingle(param) {
    if (!param) return '';
    const { key, value } = param;
    const name = typeof key === 'string' ? escaped(key, '&#=') : '';
    return typeof value === 'string' ? `${name}=${escaped(value, '&#')}` : name;
  }
  static get _postman_propertyName() { return 'QueryParam'; }
}
PostmanQueryParam.several = true;

class PostmanFormParam extends Property {
  constructor(source = {}) {
    super(source);
    this.key = source.key || '';
    this.value = source.value || '';
    this.type = source.type;
    this.src = source.src;
    this.contentType = source.contentType;
    this.fileName = source.fileName;
  }
  toString() { return `${this.key}=${this.value}`; }
  toJSON() {
    const out = plain(this);
    if (out.type === 'file' && (typeof out.value !== 'string' || !out.value)) delete out.value;
    return out;
  }
  static get _postman_propertyName() { return 'FormParam'; }
}
PostmanFormParam.several = true;

// A PropertyList is an ordered list of members with keys. When several members
// have the same key, a lookup finds the last. Its Type is the class of the
// members. It says what their key is called (index), whether keys ignore case
// (anyCase), and whether toObject keeps several values of a key (several).
class PropertyList {
  constructor(Type, parent, members) {
    this.members = [];
    Object.defineProperty(this, 'Type', { value: Type });
    owned(this, parent);
    if (members) this.populate(members);
  }
  get _postman_propertyIsList() { return true; }
  get reference() {
    const out = {};
    for (const member of this.members) {
      const key = this._key(member);
      const before = this.Type.several && Object.hasOwn(out, key) ? out[key] : undefined;
      if (key !== '') out[key] = before === undefined ? member : [].concat(before, member);
    }
    return out;
  }
  _make(item, key) {
    if (item instanceof this.Type) return item;
    return this.Type.create ? this.Type.create(item, key) : new this.Type(item);
  }
  _key(value) {
    const key = text(isObject(value) ? value[this.Type.index || 'key'] : value);
    return this.Type.anyCase ? key.toLowerCase() : key;
  }
  // populate adds an array, a text that the type can parse, or one member. An
  // object is a map of names to values if the type can be created from both.
  populate(items) {
    if (items instanceof PropertyList) items = items.members;
    if (typeof items === 'string' && this.Type.parse) items = this.Type.parse(items);
    if (Array.isArray(items)) for (const item of [...items]) this.add(item);
    else if (isObject(items) && this.Type.create) for (const key of Object.keys(items)) this.add(items[key], key);
    else this.add(items);
  }
  repopulate(items) { this.clear(); this.populate(items); }
  clear() { this.members.length = 0; }
  add(item, key) {
    if (item === undefined || item === null || Number.isNaN(item)) return;
    this.insert(this._make(item, key));
  }
  append(item) { this.insert(item); }
  prepend(item) { this.insert(item, this.members[0]); }
  insert(item, before) {
    if (!isObject(item)) return;
    item = this._make(item);
    const double = this.members.indexOf(item);
    if (double >= 0) this.members.splice(double, 1);
    const at = before ? this.indexOf(before) : -1;
    if (at < 0) this.members.push(item);
    else this.members.splice(at, 0, item);
  }
  insertAfter(item, after) { this.insert(item, this.members[this.indexOf(after) + 1]); }
  upsert(item) {
    if (item === undefined || item === null || Number.isNaN(item)) return null;
    const found = this.one(item[this.Type.index || 'key']);
    if (!found) { this.add(item); return true; }
    if (typeof found.update !== 'function') throw new Error('collection: unable to upsert into a list of Type that does not support .update()');
    found.update(item);
    return false;
  }
  remove(which, context) {
    let gone = which;
    if (typeof which === 'string') {
      const key = this._key(which);
      gone = (member) => this._key(member) === key;
    } else if (which instanceof this.Type) {
      gone = (member) => member === which;
    }
    if (typeof gone !== 'function') return;
    const kept = this.members.filter((member, i, all) => !gone.call(context || this, member, i, all));
    this.members.splice(0, Infinity, ...kept);
  }
  assimilate(source, prune) {
    const items = source instanceof PropertyList ? source.members : source;
    if (!Array.isArray(items)) return;
    const index = this.Type.index || 'key';
    const kept = new Set();
    for (const item of items) {
      if (!isObject(item) || !Object.hasOwn(item, index)) continue;
      this.upsert(item);
      kept.add(this._key(item));
    }
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
    const key = typeof item === 'string' ? this._key(item) : undefined;
    const found = this.members.filter((member) => (key === undefined ? member === item : this._key(member) === key));
    if (arguments.length < 2) return found.length > 0;
    return found.some((member) => member.valueOf() === value);
  }
  indexOf(item) { return this.members.indexOf(typeof item === 'string' ? this.one(item) : item); }
  each(visit, context) { for (const [i, member] of this.members.entries()) if (visit.call(context, member, i, this.members) === false) break; }
  filter(test, context) { return this.members.filter(rule(test), context); }
  find(test, context) { return this.members.find(rule(test), context); }
  map(visit, context) {
    if (typeof visit !== 'function') return this.members.map((member) => member[visit]);
    return this.members.map((member, i, all) => visit.call(context || this, member, i, all));
  }
  reduce(visit, initial, context) {
    const bound = (sum, member, i, all) => visit.call(context || this, sum, member, i, all);
    return arguments.length < 2 ? this.members.reduce(bound) : this.members.reduce(bound, initial);
  }
  eachParent(visit, context) {
    if (typeof visit === 'function') this.forEachParent({ withRoot: true }, (parent) => visit.call(context || this, parent));
  }
  toObject(excludeDisabled, caseSensitive, multiValue, sanitizeKeys) {
    const { index = 'key', anyCase, several } = this.Type;
    const out = {};
    for (const member of this.members) {
      if (!Object.hasOwn(member, index) || (excludeDisabled && member.disabled) || (sanitizeKeys && !member[index])) continue;
      const key = anyCase && !caseSensitive ? String(member[index]).toLowerCase() : member[index];
      const value = member.valueOf();
      if (!(several || multiValue) || !Object.hasOwn(out, key)) out[key] = value;
      else if (Array.isArray(out[key])) out[key].push(value);
      else out[key] = [out[key], value];
    }
    return out;
  }
  toString() { return this.Type.unparse ? this.Type.unparse(this.members) : '[object Object]'; }
  toJSON() { return this.members.map((member) => (typeof member.toJSON === 'function' ? member.toJSON() : plain(member))); }
  [Symbol.iterator]() { return this.members[Symbol.iterator](); }
  static name = 'PostmanPropertyList';
  static get super_() { return Object.getPrototypeOf(this); } // the SDK uses it to tell kinds of lists apart
  static isPropertyList(value) { return Boolean(value?._postman_propertyIsList); }
  static get _postman_propertyName() { return 'PropertyList'; }
}

mixed(PropertyList);

// rule returns a condition as lodash accepts them: a function, or an object to
// match.
function rule(test) {
  if (typeof test === 'function') return test;
  if (isObject(test)) return (member) => Object.keys(test).every((name) => member[name] === test[name]);
  return (member) => Boolean(member[test]);
}

class HeaderList extends PropertyList {
  constructor(parent, members) { super(PostmanHeader, parent, members); }
  contentSize() { return PostmanHeader.unparse(this.members).length; }
  // The runner keeps the headers of a response, under the response's number,
  // until a script uses the list as an object.
  get(key) {
    const number = this[NUMBER];
    return number === undefined ? super.get(key) : host.field(number, typeof key === 'string' ? key : this._key(key));
  }
  has(item, value) {
    const number = this[NUMBER];
    if (number === undefined || typeof item !== 'string' || arguments.length > 1) return super.has(...arguments);
    return host.field(number, item) !== undefined;
  }
  static _received(number, owner) {
    const list = host.copy(unread);
    list[NUMBER] = number;
    owned(list, owner);
    return list;
  }
  static isHeaderList(value) { return value?.constructor?._postman_propertyName === 'HeaderList'; }
  static get _postman_propertyName() { return 'HeaderList'; }
}

const NUMBER = Symbol('number');

// unread is the prototype of lists whose headers were not read yet.
const unread = Object.create(HeaderList.prototype, {
  members: {
    get() {
      const members = parse(host.header(this[NUMBER])).map((field) => new PostmanHeader(field));
      this.members = members;
      return members;
    },
    set(value) {
      this[NUMBER] = undefined;
      Object.defineProperty(this, 'members', { value, writable: true, enumerable: true, configurable: true });
    },
    enumerable: true,
    configurable: true,
  },
  Type: { value: PostmanHeader },
  [NUMBER]: { value: undefined, writable: true },
});

// utf8 returns the length of a text in bytes.
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

// copy creates a member or part again from its JSON.
const copy = (value) => new value.constructor(parse(stringify(value)));

for (const Class of [PostmanDescription, PostmanHeader, PostmanQueryParam, PostmanFormParam, HeaderList]) enumerable(Class);

return {
  Property, PropertyList, HeaderList, isObject, plain, copy, utf8,
  Description: PostmanDescription, Header: PostmanHeader, QueryParam: PostmanQueryParam, FormParam: PostmanFormParam,
};
