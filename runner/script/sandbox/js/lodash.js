'use strict';

// Deep copies, comparisons and merges of lodash 3, which is Postman's `_`, and
// 4. Go copies and compares plain data. For other data, lodash 3 searches a
// list of all objects that it has met for each object; a map replaces this
// search. The object that is found is `_`, from which the functions are
// reached.

const { Accelerator, surroundings } = load('accelerate');
const { getOwnPropertyDescriptor } = Object;
const { set } = Reflect;
const same = host.native('data.same');
const copy = host.native('data.copy');

function accelerate(library) {
  if (!copy) return false;
  const clone = near([library.cloneDeep], 1).find((fn) => fn.length === 7);
  const merge = near([library.merge], 2).find((fn) => fn.length === 5 && deepOf(fn));
  const replaced = [clone && copying(clone), merge && merging(deepOf(merge)), cloning(library), comparing(library)];
  return replaced.some(Boolean);
}

// cloning replaces cloneDeep(value) of both versions. In lodash 3 it has a
// second parameter.
function cloning(library) {
  const it = new Accelerator(library);
  return it.own('cloneDeep', 'return value') && it.replace(library.cloneDeep, (plain) => function (...args) {
    const made = args.length === 1 && isObject(args[0]) ? copy(args[0]) : undefined;
    return made === undefined ? plain(this, args) : made;
  }, (call) => [call(library, sample()).tree, call(library, [1, 'x', { a: null }]), call(library, 7)]);
}

// comparing replaces isEqual(value, other) of both versions.
function comparing(library) {
  const it = new Accelerator(library);
  return it.own('isEqual', 'return value other') && it.replace(library.isEqual, (plain) => function (...args) {
    return args.length === 2 && same(args[0], args[1]) ? true : plain(this, args);
  }, (call) => [[sample().tree, sample().tree], [[1, { a: 'x' }], [1, { a: 'x' }]], [[0], [-0]], [{ a: 1 }, { a: 2 }], [1, 1]].map(([a, b]) => call(library, a, b)));
}

// near returns the functions that are reached by that many steps through
// closure variables.
const near = (functions, steps) => (steps === 0 ? functions
  : near(functions.flatMap((fn) => surroundings(fn).filter((f) => typeof f === 'function')), steps - 1));

const deepOf = (merge) => near([merge], 1).find((fn) => fn.length === 7);

// met has a map from objects to copies for each pair of arrays in which the
// library stores both.
const met = new WeakMap();

const noted = (map, objects, copies) => {
  for (let i = 0; i < objects.length; i++) map.set(objects[i], copies[i]);
  return map;
};

// known returns the map of two arrays. It adds objects that only the arrays
// have, because they may come from a call of the original.
function known(objects = [], copies = []) {
  const map = noted(met.get(objects) ?? new Map(), objects, copies);
  met.set(objects, map);
  return map;
}

// linked returns an array of objects with that map. It is empty by default.
function linked(map, objects = []) {
  met.set(objects, map);
  return objects;
}

const isObject = (value) => typeof value === 'object' && value !== null || typeof value === 'function';

// copying replaces clone(value, deep, customizer, key, object, objects,
// copies). It calls the original directly, because data may be deeply nested.
const copying = (fn) => new Accelerator({ fn }).replace(fn, (plain, original) => function (value, deep, customizer, key, object, objects, copies) {
  if (customizer || !deep) return plain(this, [value, deep, customizer, key, object, objects, copies]);
  if (!isObject(value)) return value;
  const map = known(objects, copies);
  if (map.has(value)) return map.get(value);
  const [mine, made] = [linked(map), []];
  const copy = original()(value, deep, customizer, key, object, mine, made);
  noted(map, mine, made);
  return copy;
}, (call) => {
  const { twin, loop, tree } = call(undefined, sample(), true);
  return [twin[0] === twin[1], loop.loop === loop, tree, call(undefined, tree.a, false), call(undefined, 7, true)];
});

// merging replaces merge(object, source, key, merge, customizer, objects,
// copies). It must not call getters of the source a second time.
const merging = (fn) => new Accelerator({ fn }).replace(fn, (plain, original) => function (object, source, key, merge, customizer, objects, copies) {
  const map = known(objects, copies);
  const property = getOwnPropertyDescriptor(source, key);
  const got = !property || !('value' in property);
  if (!got && map.has(property.value)) {
    set(object, key, map.get(property.value));
    return undefined;
  }
  const [mine, made] = got ? [linked(map, [...map.keys()]), [...map.values()]] : [linked(map), []];
  original()(object, source, key, merge, customizer, mine, made);
  noted(map, mine, made);
  return undefined;
}, (call) => {
  const { twin, loop, tree } = sample();
  const calls = [];
  const merge = (to, from, customizer, objects, copies) => { calls.push([from === objects.at(-1), to === copies.at(-1)]); return to; };
  const out = { tree: { a: 1, d: [1] } };
  const [objects, copies] = [[twin[0]], [7]];
  call(undefined, out, { tree }, 'tree', merge, undefined, objects, copies);
  call(undefined, out, { loop }, 'loop', merge, (value) => value, objects, copies);
  call(undefined, out, { twin: twin[1] }, 'twin', merge, undefined, objects, copies);
  call(undefined, out, { get tree() { return [5]; } }, 'tree', merge, undefined, objects, copies);
  return [out, calls];
});

// sample returns data in which an object occurs twice.
function sample() {
  const twin = { x: [1, 'x', null] };
  const loop = { date: new Date(5) };
  loop.loop = loop;
  return { twin: [twin, twin], loop, tree: { a: { b: [1, [2]] }, d: undefined } };
}

return { accelerate };
