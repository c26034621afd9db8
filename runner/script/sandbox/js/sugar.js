'use strict';

// SugarJS: in Postman's sandbox, the prototypes of arrays, strings, numbers and
// dates have its methods. Go installs accessors for the methods that scripts
// name. The library is loaded when a script first uses one.

const { hidden } = load('hidden');

const HOLDERS = ['Array', 'String', 'Number', 'Function', 'Date', 'RegExp'];

const installed = []; // [holder, name] of each accessor

let sweet = false;

function put(holder, name) {
  if (Object.hasOwn(holder, name)) return;
  installed.push([holder, name]);
  Object.defineProperty(holder, name, {
    configurable: true,
    enumerable: false,
    get() {
      sweeten();
      return holder[name];
    },
    // A replacement of a SugarJS method is as little enumerable as the method.
    set(value) { Object.defineProperty(this, name, { value, writable: true, enumerable: this !== holder, configurable: true }); },
  });
}

// SHORTCUTS are methods of arrays to which SugarJS gives a further meaning when
// their argument is not a function: list.map('id').
const SHORTCUTS = { __proto__: null, map: true, every: true, some: true, filter: true };

const shortened = Object.create(null); // name → the language's own method

const { apply } = Reflect;

function shorten(name) {
  if (shortened[name]) return;
  const own = Array.prototype[name];
  shortened[name] = own;
  const { [name]: method } = {
    [name](f) {
      if (typeof f === 'function' || arguments.length === 0) return apply(own, this, arguments);
      sweeten();
      return apply(Array.prototype[name], this, arguments);
    },
  };
  hidden(Array.prototype, name, method);
}

// sweeten loads the library. Methods that the language has stay as they are.
function sweeten() {
  sweet = true;
  for (const [holder, name] of installed.splice(0)) delete holder[name];
  for (const name in shortened) hidden(Array.prototype, name, shortened[name]);
  const natives = holders().map((holder) => [holder, Object.getOwnPropertyDescriptors(holder)]);
  try {
    load('require').require('sugar');
  } finally {
    for (const [holder, kept] of natives) {
      for (const name of Reflect.ownKeys(kept)) {
        if (kept[name].configurable && !(holder === Array.prototype && SHORTCUTS[name])) Object.defineProperty(holder, name, kept[name]);
      }
    }
  }
}

const holders = () => [...HOLDERS.map((type) => globalThis[type].prototype), ...HOLDERS.map((type) => globalThis[type]), Object];

// install defines an accessor at each of the places: Array#first, Date.range,
// ….
function install(places) {
  for (const place of places.trim().split(' ')) {
    if (place === 'RegExp.lastMatch') load('lastmatch').install();
    if (sweet || place === 'RegExp.lastMatch') continue;
    const [type, name] = place.split('#');
    if (type === 'Array' && SHORTCUTS[name]) {
      shorten(name);
    } else if (name) {
      put(globalThis[type].prototype, name);
    } else {
      const [holder, method] = type.split('.');
      put(globalThis[holder], method);
    }
  }
}

return { install };
