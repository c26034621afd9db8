'use strict';

// Variables of the collection SDK: in scopes, in the path of a URL, and in auth
// parameters.

const { Property, PropertyList, isObject } = load('lists');
const { parse, stringify } = load('json');

// structured is a type whose values are stored as JSON text.
const structured = (fits) => ({
  in(value) {
    if (typeof value === 'string') return value;
    try { return stringify(value); } catch { return 'null'; }
  },
  out(text) {
    try {
      const value = parse(text);
      return fits(value) ? value : undefined;
    } catch { return undefined; }
  },
});

const same = (value) => value;
const types = {
  string: { in: String, out: String },
  boolean: { in: Boolean, out: Boolean },
  number: { in: Number, out: Number },
  array: structured(Array.isArray),
  object: structured((value) => isObject(value) && !Array.isArray(value)),
  any: { in: same, out: same },
};

const known = (type) => Object.hasOwn(types, type);

// cast converts a value to the type of its variable.
function cast(value, type) {
  type = String(type).toLowerCase();
  return known(type) ? types[type].out(types[type].in(value)) : value;
}

class PostmanVariable extends Property {
  constructor(source) {
    super(source);
    this.type = 'any';
    this.value = undefined;
    if (!isObject(source)) return;
    if (Object.hasOwn(source, 'key')) this.key = source.key;
    this.update(source);
  }
  _as() { return types[known(this.type) ? this.type : 'any']; }
  get() { return this._as().out(typeof this.value === 'function' ? this.value() : this.value); }
  set(value) { this.value = typeof value === 'function' ? value : this._as().in(value); }
  castIn(value) { return this._as().in(value); }
  castOut(value) { return this._as().out(value); }
  cast(value) { return this.castOut(value); }
  valueOf(value) {
    if (arguments.length) this.set(value);
    return this.get();
  }
  valueType(name, keep) {
    const type = String(name ?? '').toLowerCase();
    if (!known(type)) return this.type;
    const value = this.get();
    this.type = type;
    if (!keep && typeof this.value !== 'function') this.set(value);
    return this.type;
  }
  update(source) {
    if (!isObject(source)) return;
    if ('type' in source) this.valueType(source.type, 'value' in source);
    if ('value' in source) this.set(source.value);
    if ('system' in source) this.system = source.system;
    if ('disabled' in source) this.disabled = source.disabled;
    if (source.description !== undefined) this.describe(source.description);
  }
  toString() {
    const value = this.get();
    if (value === null) return 'null';
    return value !== undefined && typeof value.toString === 'function' ? value.toString() : '';
  }
  static isVariable(value) { return value?.constructor?._postman_propertyName === 'Variable'; }
  static get _postman_propertyName() { return 'Variable'; }
}

class VariableList extends PropertyList {
  static name = 'PostmanVariableList';
  constructor(parent, members) { super(PostmanVariable, parent, members); }
  // oneNormalizedVariable returns the last enabled variable with a name, or the
  // last disabled one when none is enabled.
  oneNormalizedVariable(name) {
    let found;
    for (let i = this.members.length - 1; i >= 0; i--) {
      const variable = this.members[i];
      if (String(variable.key) !== String(name)) continue;
      if (!variable.disabled) return variable;
      found ??= variable;
    }
    return found;
  }
  syncFromObject(values, track, prune) {
    const done = track ? { created: [], updated: [], deleted: [] } : undefined;
    if (!isObject(values)) return done;
    for (const key of Object.keys(values)) {
      const found = this.one(key);
      if (found) found.set(values[key]);
      else this.add({ key, value: values[key] });
      done?.[found ? 'updated' : 'created'].push(key);
    }
    if (prune === false) return done;
    for (const { key } of this.all()) {
      if (Object.hasOwn(values, key)) continue;
      this.remove(String(key));
      done?.deleted.push(key);
    }
    return done;
  }
  syncToObject(into) {
    if (!isObject(into)) into = {};
    for (const key of Object.keys(into)) if (!this.has(key)) delete into[key];
    for (const variable of this.members) into[variable.key] = variable.valueOf();
    return into;
  }
  replace(text) { return load('scope').replaced(text, (name) => this.oneNormalizedVariable(name)); }
  substitute(value, overrides) { return load('property').resolved(value, [...[].concat(overrides ?? []), this]); }
  static isVariableList(value) { return value?.constructor?._postman_propertyName === 'VariableList'; }
  static get _postman_propertyName() { return 'VariableList'; }
}

for (const Class of [PostmanVariable, VariableList]) load('property').enumerable(Class);

return { Variable: PostmanVariable, VariableList, cast };
