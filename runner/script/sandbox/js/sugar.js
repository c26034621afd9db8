'use strict';

// SugarJS: Postman's sandbox has its methods on the prototypes of arrays,
// texts, numbers and dates. Go offers those that scripts name; the library is
// loaded when a script first uses one.

const HOLDERS = ['Array', 'String', 'Number', 'Function', 'Date', 'RegExp'];

const offered = []; // [holder, name] of each accessor

let sweet = false;

function put(holder, name) {
  if (Object.hasOwn(holder, name)) return;
  offered.push([holder, name]);
  Object.defineProperty(holder, name, {
    configurable: true,
    enumerable: false,
    get() {
      sweeten();
      return holder[name];
    },
    set(value) { Object.defineProperty(this, name, { value, writable: true, enumerable: true, configurable: true }); },
  });
}

// sweeten loads the library. What the language has itself stays as it is.
function sweeten() {
  sweet = true;
  for (const [holder, name] of offered.splice(0)) delete holder[name];
  const natives = holders().map((holder) => [holder, Object.getOwnPropertyDescriptors(holder)]);
  try {
    load('require').require('sugar');
  } finally {
    for (const [holder, kept] of natives) {
      for (const name of Reflect.ownKeys(kept)) {
        if (kept[name].configurable) Object.defineProperty(holder, name, kept[name]);
      }
    }
  }
}

const holders = () => [...HOLDERS.map((type) => globalThis[type].prototype), ...HOLDERS.map((type) => globalThis[type]), Object];

// offer has an accessor at each of the places: Array#first, Date.range, ….
function offer(places) {
  if (sweet) return;
  for (const place of places.trim().split(' ')) {
    const [type, name] = place.split('#');
    if (name) {
      put(globalThis[type].prototype, name);
    } else {
      const [holder, method] = type.split('.');
      put(globalThis[holder], method);
    }
  }
}

return { offer };
