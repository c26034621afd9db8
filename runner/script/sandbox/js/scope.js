'use strict';

// Variables.

const { parse } = load('json');
const { state } = load('state');

const LOCAL = 0;
const DATA = 1;

const read = (text) => {
  if (typeof text !== 'string') return text;
  if (text[0] === 's') return text.slice(1);
  return text === 'u' ? undefined : parse(text.slice(1));
};

class VariableScope {
  constructor(layer) {
    this._layer = layer;
    this._changes = new Map();
  }
  _find(key) {
    const change = this._changes.get(key);
    if (change !== undefined) return change.unset ? undefined : change;
    const text = host.get(this._layer, key);
    return text === undefined ? undefined : { value: read(text) };
  }
  _search(key) {
    const own = this._find(key);
    if (own || this._layer !== LOCAL) return own;
    for (let layer = DATA; layer <= 4; layer++) {
      const found = scope(layer)._find(key);
      if (found) return found;
    }
    return undefined;
  }
  get(key) { return this._search(String(key))?.value; }
  has(key) { return this._search(String(key)) !== undefined; }
  set(key, value) { if (!state.halted) this._changes.set(String(key), { value }); }
  unset(key) { if (!state.halted) this._changes.set(String(key), { unset: true }); }
  clear() {
    for (const { key } of parse(host.all(this._layer)).values) this.unset(key);
    for (const key of this._changes.keys()) this.unset(key);
  }
  toObject() {
    const out = {};
    if (this._layer === LOCAL) for (let layer = 4; layer >= DATA; layer--) Object.assign(out, scope(layer).toObject());
    for (const { key, value } of parse(host.all(this._layer)).values) out[key] = value;
    for (const [key, { value, unset }] of this._changes) {
      if (unset) delete out[key];
      else out[key] = value;
    }
    return out;
  }
  replaceIn(text) {
    return String(text).replace(/\{\{([^{}]*?)}}/g, (token, name) => {
      const found = this._search(name);
      if (found) return String(found.value);
      return name[0] === '$' ? host.dynamic(name) ?? token : token;
    });
  }
}

function scope(layer) {
  return (state.scopes[layer] ??= new VariableScope(layer));
}

function account(tell) {
  const changes = [];
  for (const layer of [2, 3, 4]) {
    const touched = state.scopes[layer];
    if (!touched) continue;
    for (const [key, { value, unset }] of touched._changes) changes.push({ scope: layer, key, value: value === undefined ? null : value, unset });
  }
  if (changes.length) tell('changes', changes);
  const local = state.scopes[LOCAL];
  if (local?._changes.size) {
    const all = new Map();
    for (const { key, value } of parse(host.all(LOCAL)).values) all.set(key, value);
    for (const [key, { value, unset }] of local._changes) {
      if (unset) all.delete(key);
      else all.set(key, value === undefined ? null : value);
    }
    tell('local', [...all].map(([key, value]) => ({ key, value })));
  }
}

return { scope, account };
