'use strict';

// Variables of the run: the five scopes and what scripts do to them. A scope
// reads single variables from the runner; it creates a list of all variables
// only for scripts that use the scope as a list.

const { parse, stringify } = load('json');
const { state, changing } = load('state');

// The layers, numbered as in the runner. A search looks at them in this order.
const LOCAL = 0;
const DATA = 1;
const GLOBALS = 4;

// UNDEFINED is a variable's value undefined; undefined itself means that there
// is no variable.
const UNDEFINED = Symbol('undefined');

const NONE = new Map();

class PostmanVariableScope {
  #layer;
  #changes = NONE; // key → { value, type } as set, or { unset: true }
  #cleared = false; // all variables were removed before the changes in #changes
  #list; // all variables, once a script uses the scope as a list
  #tracker;
  #id;
  constructor(layer) { this.#layer = layer; }

  get id() { return (this.#id ??= this.#all().id || load('random').uuid()); }
  get name() { return this.#all().name; }
  get values() { return (this.#list ??= this.#listed()); }
  get mutations() {
    if (this.#layer === DATA) return undefined;
    if (this.#changes === NONE) this.#changes = new Map();
    return (this.#tracker ??= new MutationTracker(this, this.#changes));
  }

  get _postman_enableTracking() { return this.#layer !== DATA; }
  get _layers() { return this.#layer === LOCAL ? [DATA, 2, 3, GLOBALS].map(scope) : undefined; }

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
    if (change !== undefined) return change.unset ? undefined : { value: current(change) };
    const value = host.get(this.#layer, key, UNDEFINED);
    return value === undefined ? undefined : { value: value === UNDEFINED ? undefined : value };
  }
  // search looks through all layers, as pm.variables does.
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
    if (typeof value === 'bigint' || (typeof value === 'object' && holdsBigInt(value))) {
      throw new TypeError(`a BigInt cannot be kept in a variable ("${key}"): Do not know how to serialize a BigInt`);
    }
    if (this.#list) assign(this.#list, key, value, type);
    this.#change(key, { value, type });
  }
  #change(key, change) {
    if (this.#changes === NONE) this.#changes = new Map();
    else if (this.#changes.get(key)?.unset) this.#changes.delete(key); // a new change is the last one
    this.#changes.set(key, change);
  }
  unset(key) {
    if (state.halted) return;
    key = String(key);
    if (this.#list) removeEnabled(this.#list, key);
    this.#change(key, { unset: true });
  }
  // clear also removes disabled variables; unset does not.
  clear() {
    for (const { key } of this.values.all()) this.unset(key);
    if (state.halted) return;
    this.values.clear();
    this.#cleared = true;
  }
  toObject(excludeDisabled, caseSensitive) {
    const out = {};
    if (this.#layer === LOCAL) {
      for (let layer = GLOBALS; layer >= DATA; layer--) Object.assign(out, scope(layer).toObject(excludeDisabled, caseSensitive));
    }
    return Object.assign(out, this.values.toObject(excludeDisabled, caseSensitive));
  }
  // replaceIn also works as a detached function: then it knows dynamic
  // variables only.
  replaceIn(template) {
    return replacedIn(template, this instanceof PostmanVariableScope ? (name) => this.#search(name) : () => undefined);
  }
  syncVariablesTo(into) { return this.values.syncToObject(into); }
  syncVariablesFrom(values, track) { return this.values.syncFromObject(values, track); }
  addLayer() {}
  applyMutation(instruction, key, value) { if (instruction === 'set') this.set(key, value); else if (instruction === 'unset') this.unset(key); }
  enableTracking() {}
  disableTracking() {}
  variables() { throw new Error('`VariableScope#variables` has been discontinued, use `VariableScope#syncVariablesTo` instead.'); }
  toJSON() {
    const out = { id: this.id };
    if (this.name) out.name = this.name;
    if (this.mutations) out.mutations = this.mutations.toJSON();
    out.values = this.values.toJSON();
    return out;
  }
  static isVariableScope(value) { return value instanceof PostmanVariableScope; }
  static get _postman_propertyName() { return 'VariableScope'; }

  // start returns the scope as it was when the script began.
  static start(layer) {
    const { VariableList } = load('variables');
    return new VariableList(undefined, parse(host.all(layer)).values).toObject();
  }
  // changes returns the changes of one scope, for the runner.
  static changes(scope) { return scope.#changes; }
  static cleared(scope) { return scope.#cleared; }
  // local returns the local scope, or undefined when it was not changed.
  static local(scope) { return scope.#list || scope.#changes.size ? scope.values.members : undefined; }
}

const { mixed, Templated } = load('property');
mixed(PostmanVariableScope, Templated);

// A MutationTracker lists what a script has done to a scope so far.
class MutationTracker {
  #scope;
  #changes;
  constructor(scope, changes) {
    this.#scope = scope;
    this.#changes = changes;
    this.autoCompact = true;
    this.stream = [];
    Object.defineProperty(this, 'compacted', { get: () => this.#compacted(), enumerable: true });
  }
  #compacted() {
    const out = {};
    for (const [key, { value, unset }] of this.#changes) out[key] = unset ? [key] : [key, value];
    return out;
  }
  count() { return this.#changes.size; }
  compact() {}
  track(instruction, key, value) {
    if (instruction === 'set') this.#scope.set(key, value);
    if (instruction === 'unset') this.#scope.unset(key);
  }
  applyOn(target) {
    if (typeof target?.applyMutation !== 'function') return;
    for (const [key, { value, unset }] of this.#changes) unset ? target.applyMutation('unset', key) : target.applyMutation('set', key, value);
  }
  toJSON() { return { autoCompact: this.autoCompact, stream: this.stream, compacted: this.#compacted() }; }
  static isMutationTracker(value) { return value?.constructor?._postman_propertyName === 'MutationTracker'; }
  static get _postman_propertyName() { return 'MutationTracker'; }
}

// current returns the value of a variable as scripts read it. A function is
// called at each read, and never by the runner.
function current({ value, type }) {
  const got = typeof value === 'function' ? value() : value;
  return type === undefined ? got : load('variables').cast(got, type);
}

const { getOwnPropertyDescriptor } = Object;

// holdsBigInt searches the members of a value for a BigInt, within a limit. A
// BigInt that it misses causes an error at the end of the script.
function holdsBigInt(value, budget = { nodes: 1000 }) {
  if (value === null || --budget.nodes < 0 || typeof value.toJSON === 'function') return false;
  for (const key of Object.keys(value)) {
    const member = getOwnPropertyDescriptor(value, key)?.value; // no getter is called
    if (typeof member === 'bigint' || (typeof member === 'object' && holdsBigInt(member, budget))) return true;
    if (budget.nodes < 0) return false;
  }
  return false;
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

// replaced fills in {{name}} and <<name>> from find, and dynamic variables. The
// runner parses the templates, as in requests.
function replaced(text, find) {
  if (!text.includes('{{') && !text.includes('<<')) return text;
  const known = {};
  for (;;) {
    const answer = host.expand(text, stringify(known));
    if (answer[0] === '=') return answer.slice(1);
    for (const name of parse(answer.slice(1))) {
      const variable = find(name);
      known[name] = (variable && shown(variable.value)) ?? null;
    }
  }
}

// shown returns the text of a value, or undefined when it has none.
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
  return ((state.scopes ??= [undefined, undefined, undefined, undefined, undefined])[layer] ??= host.copy(models[layer] ??= model(layer)));
}

// models are unused scopes, by layer.
const models = [];
changing.push(models);

// The own properties of the SDK's scopes, in its order.
const OWN = [
  ['id', 'values', 'mutations', '_postman_enableTracking', '_layers'],
  ['id', 'values'],
  ['id', 'name', 'values', '_postman_enableTracking', 'mutations'],
  ['id', 'values', '_postman_enableTracking', 'mutations'],
  ['id', 'values', '_postman_enableTracking', 'mutations'],
];

// model returns a scope with these properties, which are created when they are
// read.
function model(layer) {
  const made = new PostmanVariableScope(layer);
  for (const name of OWN[layer]) {
    const { get } = getOwnPropertyDescriptor(PostmanVariableScope.prototype, name);
    Object.defineProperty(made, name, { get, enumerable: true, configurable: true });
  }
  return made;
}

// account passes the scopes' changes to the runner. It calls fail for a
// variable without a JSON form and still passes the others. Creating JSON may
// call functions of the script; changes that these functions make are ignored.
function account(fail) {
  const list = [];
  for (let layer = 2; layer <= GLOBALS; layer++) addChanges(layer, list);
  const touched = state.scopes[LOCAL];
  const local = touched && PostmanVariableScope.local(touched);
  if (local !== undefined) {
    host.drop(LOCAL);
    for (const { key, value } of local) list.push(LOCAL, String(key), lasting(value), false);
  }
  hand(list, fail);
}

// soFar passes the script's changes of the scopes up to now to the runner.
function soFar() {
  const list = [];
  for (let layer = LOCAL; layer <= GLOBALS; layer++) addChanges(layer, list);
  hand(list, (error) => { throw error; });
}

function addChanges(layer, list) {
  const touched = state.scopes?.[layer];
  if (touched === undefined) return;
  const cleared = PostmanVariableScope.cleared(touched);
  if (cleared) host.drop(layer);
  PostmanVariableScope.changes(touched).forEach(({ value, unset }, key) => {
    if (!(unset && cleared)) list.push(layer, key, layer === LOCAL ? lasting(value) : value, unset);
  });
}

// lasting returns a value as the local scope stores it for the next script.
const lasting = (value) => (typeof value === 'function' ? {} : value);

function hand(list, fail) {
  for (let i = 0; i < list.length; i += 4) {
    if (list[i + 3]) host.drop(list[i], list[i + 1]);
    else keep(list[i], list[i + 1], list[i + 2], fail);
  }
}

// take applies changes, which a request that the script ran has made, to the
// scopes.
function take(changes) {
  for (const { layer, key, value, unset } of changes) {
    if (unset) scope(layer).unset(key);
    else scope(layer).set(key, value);
  }
}

// keep passes a variable to the runner: its value, or its JSON.
function keep(layer, key, value, fail) {
  if (value === null || (typeof value !== 'object' && typeof value !== 'bigint')) return host.keep(layer, key, value);
  try {
    return host.keep(layer, key, stringify(value), true);
  } catch (error) {
    return fail(new TypeError(`the variable "${key}" cannot be kept: ${error?.message ?? error}`));
  }
}

return { scope, account, soFar, take, replaced, replacedIn, VariableScope: PostmanVariableScope };
