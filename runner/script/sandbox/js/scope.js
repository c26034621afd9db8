'use strict';

// Variables of the run: the five scopes and what scripts do to them. A scope
// reads single variables from the runner; it becomes a list in here only for
// scripts that look at it as one.

const { parse } = load('json');
const { state } = load('state');

// The layers, as the runner numbers them; those before come first in a search.
const LOCAL = 0;
const DATA = 1;
const GLOBALS = 4;

const read = (text) => {
  if (typeof text !== 'string') return text;
  if (text[0] === 's') return text.slice(1);
  return text === 'u' ? undefined : parse(text.slice(1));
};

class PostmanVariableScope {
  #layer;
  #changes = new Map(); // key → { value, got } as set, or { unset: true }
  #list; // everything, once it is asked for as a list
  #id;
  constructor(layer) { this.#layer = layer; }

  get id() { return (this.#id ??= this.#all().id || load('web').crypto.randomUUID()); }
  get name() { return this.#all().name; }
  get values() { return (this.#list ??= this.#listed()); }

  #all() { return parse(host.all(this.#layer)); }
  #listed() {
    const { VariableList } = load('variables');
    const list = new VariableList(this, this.#all().values);
    for (const [key, change] of this.#changes) change.unset ? removeEnabled(list, key) : assign(list, key, change.value, change.type);
    return list;
  }
  #find(key) {
    if (this.#list) {
      const variable = this.#list.oneNormalizedVariable(key);
      return variable && !variable.disabled ? { value: variable.valueOf() } : undefined;
    }
    const change = this.#changes.get(key);
    if (change !== undefined) return change.unset ? undefined : { value: change.got };
    const text = host.get(this.#layer, key);
    return text === undefined ? undefined : { value: read(text) };
  }
  // search looks where pm.variables does: through all layers.
  #search(key) {
    const own = this.#find(key);
    if (own || this.#layer !== LOCAL) return own;
    for (let layer = DATA; layer <= GLOBALS; layer++) {
      const found = scope(layer).#find(key);
      if (found) return found;
    }
    return undefined;
  }

  get(key) { return this.#search(String(key))?.value; }
  has(key) { return this.#search(String(key)) !== undefined; }
  set(key, value, type) {
    if (state.halted) return;
    key = String(key);
    if (typeof type !== 'string') type = undefined;
    if (this.#list) assign(this.#list, key, value, type);
    const got = typeof value === 'function' ? value() : value;
    this.#changes.delete(key);
    this.#changes.set(key, { value, type, got: type === undefined ? got : load('variables').cast(got, type) });
  }
  unset(key) {
    if (state.halted) return;
    key = String(key);
    if (this.#list) removeEnabled(this.#list, key);
    this.#changes.delete(key);
    this.#changes.set(key, { unset: true });
  }
  clear() {
    for (const { key } of this.values.all()) this.unset(key);
    if (!state.halted) this.values.clear();
  }
  toObject(excludeDisabled, caseSensitive) {
    const out = {};
    if (this.#layer === LOCAL) {
      for (let layer = GLOBALS; layer >= DATA; layer--) Object.assign(out, scope(layer).toObject(excludeDisabled, caseSensitive));
    }
    return Object.assign(out, this.values.toObject(excludeDisabled, caseSensitive));
  }
  // replaceIn works without its scope, too: then it knows dynamic values only.
  replaceIn(template) {
    return replacedIn(template, this instanceof PostmanVariableScope ? (name) => this.#search(name) : () => undefined);
  }
  syncVariablesTo(into) { return this.values.syncToObject(into); }
  syncVariablesFrom(values, track) { return this.values.syncFromObject(values, track); }
  addLayer() {}
  variables() { throw new Error('`VariableScope#variables` has been discontinued, use `VariableScope#syncVariablesTo` instead.'); }
  toJSON() {
    const out = { id: this.id };
    if (this.name) out.name = this.name;
    if (this.#layer !== DATA) {
      const compacted = {};
      for (const [key, { value, unset }] of this.#changes) compacted[key] = unset ? [key] : [key, value];
      out.mutations = { autoCompact: true, stream: [], compacted };
    }
    out.values = this.values.toJSON();
    return out;
  }
  static isVariableScope(value) { return value instanceof PostmanVariableScope; }
  static get _postman_propertyName() { return 'VariableScope'; }

  // changes are those of one scope, for the runner.
  static changes(scope) { return scope.#changes; }
  // local is the local scope as it is now, undefined when it is as it was.
  static local(scope) { return scope.#list || scope.#changes.size ? scope.values.members : undefined; }
}

function assign(list, key, value, type) {
  const found = list.oneNormalizedVariable(key);
  const update = type === undefined ? { key, value } : { key, value, type };
  if (found && !found.disabled) found.update(update);
  else list.add(update);
}

function removeEnabled(list, key) {
  list.remove((variable) => String(variable.key) === key && !variable.disabled);
}

const TOKEN = /\{\{([^{}]*?)}}/g;
const PASSES = 19; // a value may hold templates, in Postman up to this depth

// replaced fills {{name}} from find, and with dynamic values.
function replaced(text, find) {
  for (let pass = 0; pass < PASSES; pass++) {
    let found = false;
    text = text.replace(TOKEN, (token, name) => {
      found = true;
      const variable = find(name);
      if (variable) return shown(variable.value) ?? token;
      return name[0] === '$' ? host.dynamic(name) ?? token : token;
    });
    if (!found) break;
  }
  return text;
}

// shown is a value within a text, undefined when it has none.
function shown(value) {
  if (value === null) return 'null';
  if (value === undefined) return '';
  return typeof value.toString === 'function' ? String(value) : undefined;
}

function replacedIn(value, find) {
  if (typeof value === 'string') return value && replaced(value, find);
  if (Array.isArray(value)) return value.map((member) => replacedIn(member, find));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.keys(value).map((key) => [key, replacedIn(value[key], find)]));
}

function scope(layer) {
  return (state.scopes[layer] ??= new PostmanVariableScope(layer));
}

// account tells the runner what became of the scopes.
function account(tell) {
  const changes = [];
  for (const layer of [2, 3, GLOBALS]) {
    const touched = state.scopes[layer];
    if (!touched) continue;
    for (const [key, { value, unset }] of PostmanVariableScope.changes(touched)) {
      changes.push({ scope: layer, key, value: value === undefined ? null : value, unset });
    }
  }
  if (changes.length) tell('changes', changes);
  const touched = state.scopes[LOCAL];
  const local = touched && PostmanVariableScope.local(touched);
  if (local) tell('local', local.map(({ key, value }) => ({ key: String(key), value: value === undefined ? null : value })));
}

return { scope, account, replaced, replacedIn, VariableScope: PostmanVariableScope };
