'use strict';

// Array.prototype.sort with a comparator. With an inconsistent comparator, such
// as (a, b) => a > b, the result depends on the algorithm; Postman's is V8's.

const { apply } = Reflect;
const { sort: own, toSorted: ownSorted, fill } = Array.prototype;

// ordered returns the values of a list in order, with undefined values last.
// Holes are left out, or count as undefined.
function ordered(list, size, compare, holes) {
  const values = [];
  let count = 0;
  let missing = 0;
  for (let i = 0; i < size; i++) {
    const value = list[i];
    if (value !== undefined) values[count++] = value;
    else if (holes || i in list) missing++;
  }
  const thrown = [];
  host.sort(values, count, compare, thrown);
  if (thrown.length) throw thrown[0];
  values.length = count + missing;
  return missing ? apply(fill, values, [undefined, count]) : values;
}

function check(compare) {
  if (typeof compare !== 'function') throw new TypeError('The comparison function must be either a function or undefined');
}

const sizeOf = (list) => Math.min(Math.max(Math.trunc(Number(list.length)) || 0, 0), Number.MAX_SAFE_INTEGER);

const { sort, toSorted } = {
  sort(compare) {
    if (compare === undefined) return apply(own, this, []);
    check(compare);
    if (this === undefined || this === null) return apply(own, this, [compare]); // which throws
    const list = Object(this);
    const size = sizeOf(list);
    const values = ordered(list, size, compare, false);
    for (let i = 0; i < values.length; i++) list[i] = values[i];
    for (let i = values.length; i < size; i++) delete list[i];
    return list;
  },
  toSorted(compare) {
    if (compare === undefined) return apply(ownSorted, this, []);
    check(compare);
    if (this === undefined || this === null) return apply(ownSorted, this, [compare]);
    return ordered(this, sizeOf(this), compare, true);
  },
};

// Typed arrays are sorted by merge sort.

const Typed = Object.getPrototypeOf(Int8Array);
const { sort: ownTyped } = Typed.prototype;

function merged(source, from, to, target, compare) {
  const middle = from + ((to - from) >> 1);
  if (middle - from > 1) merged(target, from, middle, source, compare);
  if (to - middle > 1) merged(target, middle, to, source, compare);
  for (let left = from, right = middle, at = from; at < to; at++) {
    const first = left < middle && (right >= to || !(compare(source[left], source[right]) > 0));
    target[at] = first ? source[left++] : source[right++];
  }
}

const { sort: sortTyped } = {
  sort(compare) {
    if (compare === undefined) return apply(ownTyped, this, []);
    check(compare);
    const { length } = apply(ownTyped, this, [() => 0]); // which throws for what is no typed array
    const out = Array(length);
    const source = Array(length);
    for (let i = 0; i < length; i++) out[i] = source[i] = this[i];
    if (length > 1) merged(source, 0, length, out, compare);
    for (let i = 0; i < length; i++) this[i] = out[i];
    return this;
  },
};

return { sort, toSorted, sortTyped, Typed };
