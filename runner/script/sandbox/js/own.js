'use strict';

// What the language had before any script could change it. Whether a test holds
// rests on this alone: a script that replaces Object.keys, Function.prototype.call
// or Map.prototype.get hides none of its failures.

const { apply, get, set, construct } = Reflect;
const { keys, getPrototypeOf } = Object;
const { isArray } = Array;
const { indexOf } = Array.prototype;
const { toString } = Object.prototype;

// An OwnMap is a Map whose methods no script can reach. Its forEach goes round it:
// for…of would ask what iterators have now.
class OwnMap extends Map {}
Object.defineProperties(OwnMap.prototype, Object.getOwnPropertyDescriptors(Map.prototype));
Object.defineProperty(OwnMap.prototype, 'constructor', { value: OwnMap });
Object.setPrototypeOf(OwnMap.prototype, null);

return { apply, get, set, construct, keys, getPrototypeOf, isArray, indexOf, toString, OwnMap };
