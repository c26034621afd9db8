'use strict';

// RequestBody, in the modes of the collection format.

const { PropertyList, FormParam, QueryParam, isObject, plain } = load('lists');

const MODES = ['file', 'formdata', 'graphql', 'raw', 'urlencoded'];
const members = { urlencoded: QueryParam, formdata: FormParam };

class PostmanRequestBody {
  constructor(source) { if (source) this.update(source); }
  update(source) {
    if (typeof source === 'string') source = { mode: 'raw', raw: source };
    if (!source.mode) return;
    const mode = String(source.mode).toLowerCase();
    this.mode = MODES.includes(mode) ? mode : 'raw';
    this.raw = source.raw || (this.mode === 'raw' ? '' : source.raw);
    for (const name of ['urlencoded', 'formdata']) {
      this[name] = source[name] || this.mode === name ? this._form(name, source[name] || []) : source[name];
    }
    this.file = typeof source.file === 'string' ? { src: source.file } : source.file;
    this.graphql = source.graphql ? operation(source.graphql) : this.mode === 'graphql' ? {} : source.graphql;
    this.options = isObject(source.options) ? source.options : undefined;
    this.disabled = source.disabled;
  }
  _form(name, given) {
    const Type = members[name];
    if (typeof given === 'string') given = QueryParam.parse(given);
    else if (isObject(given) && !Array.isArray(given) && !(given instanceof PropertyList) && !('key' in given)) {
      given = Object.keys(given).map((key) => ({ key, value: given[key] }));
    }
    return new PropertyList(Type, this, given);
  }
  isEmpty() {
    const value = this.mode && this[this.mode];
    if (!value) return true;
    if (this.mode === 'file') return !(value.src || value.content);
    if (typeof value === 'string') return value.length === 0;
    if (typeof value.count === 'function') return value.count() === 0;
    return Object.keys(value).length === 0;
  }
  toString() {
    if (this.mode === 'urlencoded' && this.urlencoded) {
      return this.urlencoded instanceof PropertyList ? QueryParam.unparse(this.urlencoded) : String(this.urlencoded);
    }
    return this.mode === 'raw' && this.raw ? String(this.raw) : '';
  }
  toJSON() { return plain(this); }
  static get MODES() { return Object.fromEntries(MODES.map((mode) => [mode, mode])); }
  static get _postman_propertyName() { return 'RequestBody'; }
}

load('property').mixed(PostmanRequestBody);

const operation = ({ query, operationName, variables }) => ({ query, operationName, variables });

return { RequestBody: PostmanRequestBody };
