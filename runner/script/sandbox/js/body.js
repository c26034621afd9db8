'use strict';

// RequestBody, in the modes of the collection format.

const { PropertyList, FormParam, QueryParam } = load('lists');

const form = (members) => new PropertyList(FormParam, typeof members === 'string' ? QueryParam.parse(members) : members, { name: 'formParamList' });

class RequestBody {
  constructor(options) { this.update(options); }
  update(options) {
    if (options === undefined || options === null) return;
    if (typeof options === 'string') options = { mode: 'raw', raw: options };
    const mode = options.mode === undefined ? undefined : String(options.mode).toLowerCase();
    this.mode = mode;
    for (const name of ['raw', 'file', 'graphql', 'options', 'disabled']) {
      if (options[name] !== undefined) this[name] = options[name]; else delete this[name];
    }
    if (typeof this.file === 'string') this.file = { src: this.file };
    for (const name of ['urlencoded', 'formdata']) {
      if (options[name] !== undefined || mode === name) this[name] = form(options[name]); else delete this[name];
    }
  }
  isEmpty() {
    const value = this[this.mode];
    if (this.disabled || value === undefined || value === null || value === '') return true;
    if (value instanceof PropertyList) return value.count() === 0;
    return this.mode === 'file' && !(value.src || value.content);
  }
  toString() {
    const value = this[this.mode];
    if (value === undefined || value === null) return '';
    if (this.mode === 'raw') return String(value);
    if (this.mode === 'urlencoded') return QueryParam.unparse(value.members.filter((param) => !param.disabled));
    return '';
  }
  toJSON() {
    const out = {};
    for (const name of ['mode', 'raw', 'urlencoded', 'formdata', 'file', 'graphql', 'options', 'disabled']) {
      if (this[name] !== undefined) out[name] = this[name]?.toJSON ? this[name].toJSON() : this[name];
    }
    return out;
  }
}

return { RequestBody };
