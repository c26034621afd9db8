'use strict';

// What all parts of the collection SDK's requests and responses share: parents,
// and templates.

const { parse } = load('json');
const { state, changing } = load('state');

const isObject = (value) => value !== null && typeof value === 'object';

// The owner of a list is recorded for the running script. The list of a member
// is searched for only when it is needed.
const noted = { serial: 0, lists: [], owners: [] };
changing.push(noted);
const set = new WeakMap();

function owned(list, owner) {
  if (!isObject(owner)) return;
  if (noted.serial !== state.serial) {
    noted.serial = state.serial;
    noted.lists = [];
    noted.owners = [];
  }
  noted.lists.push(list);
  noted.owners.push(owner);
}

// holder returns the list that contains a member, or the owner of a list.
function holder(value) {
  if (set.has(value)) return set.get(value);
  if (noted.serial !== state.serial) return undefined;
  const at = noted.lists.indexOf(value);
  return at >= 0 ? noted.owners[at] : noted.lists.find((list) => list.members.includes(value));
}

class PropertyBase {
  get __parent() { return holder(this); }
  parent() {
    const parent = holder(this);
    return (parent && holder(parent)) || parent;
  }
  setParent(parent) { set.set(this, parent); }
  forEachParent(options, visit) {
    if (typeof options === 'function') [options, visit] = [{}, options];
    if (typeof visit !== 'function' || !isObject(options)) return;
    const above = (value) => (typeof value?.parent === 'function' ? value.parent() : undefined);
    for (let parent = this.parent(), next = above(parent); parent && (next || options.withRoot); parent = next, next = above(next)) visit(parent);
  }
  findParentContaining(property, check) {
    const fits = typeof check === 'function' ? (value) => check.call(this, value) : (value) => value[property];
    for (let at = this; at; at = at.__parent) if (fits(at)) return at;
    return undefined;
  }
  findInParents(property, check) { return this.findParentContaining(property, check)?.[property]; }
  meta() { return arguments.length ? {} : undefined; }
}

// Templated has further methods of the SDK's class Property.
class Templated {
  describe(content, type) { (this.description ??= new (load('lists').Description)()).update(content, type); }
  findSubstitutions() { return [...names(this.toJSON(), new Set())]; }
  // toObjectResolved returns the part as JSON. It fills in templates from a
  // list of variables, from those of its parents, or from overrides.
  toObjectResolved(scope, overrides, options) {
    const { variable, ...json } = this.toJSON();
    if (variable && !Array.isArray(variable)) json.variable = variable;
    if (options?.ignoreOwnVariables) return resolved(json, overrides);
    let at = scope || this;
    while (at && !at.variables) at = at.__parent;
    if (!at) throw new Error('Unable to resolve variables. Require a List type property for variable auto resolution.');
    return at.variables.substitute(json, overrides);
  }
}

// names adds the variable names in the templates of a value.
function names(value, found) {
  if (typeof value === 'string' && value.includes('{{')) {
    const answer = host.expand(value, '{}');
    if (answer[0] === '?') for (const name of parse(answer.slice(1))) if (value.includes(`{{${name}}}`)) found.add(name);
  } else if (isObject(value)) {
    for (const key of Object.keys(value)) names(value[key], found);
  }
  return found;
}

// resolved fills in a value's templates from lists, scopes and plain objects of
// variables. The first source that has a variable wins.
function resolved(value, sources) {
  const list = (Array.isArray(sources) ? sources : [sources]).filter(isObject);
  return load('scope').replacedIn(value, (name) => {
    for (const source of list) {
      if (typeof source.oneNormalizedVariable === 'function') {
        const variable = source.oneNormalizedVariable(name);
        if (variable) return { value: variable.valueOf() };
      } else if (typeof source.has === 'function' && typeof source.get === 'function') {
        if (source.has(name)) return { value: source.get(name) };
      } else if (Object.hasOwn(source, name)) {
        return { value: source[name] };
      }
    }
    return undefined;
  });
}

// enumerable makes the methods of a class enumerable, as in the SDK.
function enumerable(Class) {
  for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(Class.prototype))) {
    if (typeof value === 'function' && name !== 'constructor' && name[0] !== '_') Object.defineProperty(Class.prototype, name, { enumerable: true });
  }
  return Class;
}

// mixed adds to a class the methods of the SDK's PropertyBase and, for
// properties, of Property.
function mixed(Class, ...bases) {
  for (const base of [PropertyBase, ...bases]) {
    for (const name of Object.getOwnPropertyNames(base.prototype)) {
      if (Object.hasOwn(Class.prototype, name)) continue;
      Object.defineProperty(Class.prototype, name, Object.getOwnPropertyDescriptor(base.prototype, name));
    }
  }
  return enumerable(Class);
}

return { PropertyBase, Templated, enumerable, mixed, owned, resolved };
