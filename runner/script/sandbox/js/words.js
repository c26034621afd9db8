'use strict';

// The words of Chai that few scripts use. They are defined when a chain first
// uses one of them.

const {
  set, passes, note, needs, needsProperty, refuse, typeName, assertProperty, sized, comparable, properties, methods, looks,
} = load('expect');
const { typeOf } = load('types');

const inspect = (value) => load('failure').inspect(value);
const objDisplay = (value) => load('failure').objDisplay(value);
const getName = (fn) => (typeof fn === 'function' ? fn.name : null);

properties(['arguments', 'Arguments'], function () {
  const type = typeOf(this.__flags.object);
  this.assert(type === 'Arguments', `expected #{this} to be arguments but got ${type}`, 'expected #{this} to not be arguments');
});

methods(['within'], function (start, finish, message) {
  note(this, message);
  const { object, doLength } = this.__flags;
  const dates = typeName(start) === 'date' && typeName(finish) === 'date';
  const range = dates ? `${start.toISOString()}..${finish.toISOString()}` : start + '..' + finish;
  const word = doLength && sized(this);
  comparable(this, [start, finish], ['arguments to within', 'dates', 'numbers']);
  if (doLength) {
    const count = object[word];
    const what = `have a ${word} within ${range}`;
    this.assert(count >= start && count <= finish, `expected #{this} to ${what}`, `expected #{this} to not ${what}`);
  } else {
    this.assert(object >= start && object <= finish, `expected #{this} to be within ${range}`, `expected #{this} to not be within ${range}`);
  }
});

// ---- instances and properties

methods(['instanceof', 'instanceOf'], function (constructor, message) {
  note(this, message);
  const flags = this.__flags;
  let ok;
  try {
    ok = flags.object instanceof constructor;
  } catch (err) {
    if (!(err instanceof TypeError)) throw err;
    refuse(this, `The instanceof assertion needs a constructor but ${typeOf(constructor)} was given.`);
  }
  if (passes(flags, ok)) return;
  const name = getName(constructor) ?? 'an unnamed constructor';
  this.assert(ok, `expected #{this} to be an instance of ${name}`, `expected #{this} to not be an instance of ${name}`);
});

methods(['ownProperty', 'haveOwnProperty'], function (...args) {
  set(this, 'own', true);
  assertProperty.apply(this, args);
});

methods(['ownPropertyDescriptor', 'haveOwnPropertyDescriptor'], function (name, descriptor, message) {
  if (typeof descriptor === 'string') [descriptor, message] = [null, descriptor];
  note(this, message);
  const { object, eql } = this.__flags;
  const actual = Object.getOwnPropertyDescriptor(Object(object), name);
  if (actual && descriptor) {
    const what = `expected the own property descriptor for ${inspect(name)} on #{this} to`;
    this.assert(
      eql(descriptor, actual),
      `${what} match ${inspect(descriptor)}, got ${inspect(actual)}`,
      `${what} not match ${inspect(descriptor)}`,
      descriptor,
      actual,
      true,
    );
  } else {
    const what = `have an own property descriptor for ${inspect(name)}`;
    this.assert(actual, `expected #{this} to ${what}`, `expected #{this} to not ${what}`);
  }
  set(this, 'object', actual);
});

// ---- strings

methods(['match', 'matches'], function (pattern, message) {
  note(this, message);
  const ok = pattern.exec(this.__flags.object);
  if (!passes(this.__flags, ok)) {
    this.assert(ok, 'expected #{this} to match ' + pattern, 'expected #{this} not to match ' + pattern);
  }
});

methods(['string'], function (text, message) {
  note(this, message);
  const flags = this.__flags;
  if (typeof flags.object !== 'string') needs(this, flags.object, 'String');
  const ok = flags.object.indexOf(text) !== -1;
  if (!passes(flags, ok)) {
    this.assert(ok, `expected #{this} to contain ${inspect(text)}`, `expected #{this} to not contain ${inspect(text)}`);
  }
});

// ---- keys

const compareByInspect = (a, b) => (inspect(a) < inspect(b) ? -1 : 1);

const getOwnEnumerablePropertySymbols = (object) =>
  Object.getOwnPropertySymbols(object).filter((symbol) => Object.getOwnPropertyDescriptor(object, symbol).enumerable);

const getOwnEnumerableProperties = (object) => [...Object.keys(object), ...getOwnEnumerablePropertySymbols(object)];

// keysWanted returns the keys that the arguments ask for, and keysFound the
// existing keys.
function keysWanted(assertion, collection, args) {
  const type = typeOf(args[0]);
  if (collection) return type === 'Array' ? args[0] : args;
  const single = type === 'Array' || type === 'Object';
  if (single && args.length > 1) {
    refuse(assertion, 'when testing keys against an object or an array you must give a single Array|Object|String argument or multiple String arguments');
  }
  const keys = single ? (type === 'Array' ? args[0] : Object.keys(args[0])) : args;
  return keys.map((key) => (typeof key === 'symbol' ? key : String(key)));
}

function keysFound(object, collection) {
  if (!collection) return getOwnEnumerableProperties(object);
  const keys = [];
  object.forEach((_, key) => keys.push(key));
  return keys;
}

function enumeration(keys, joint) {
  const texts = keys.map(inspect);
  if (texts.length === 1) return `key ${texts[0]}`;
  const last = texts.pop();
  return `keys ${texts.join(', ')}, ${joint} ${last}`;
}

methods(['keys', 'key'], function (...args) {
  const flags = this.__flags;
  const collection = ['Map', 'Set'].includes(typeOf(flags.object));
  const found = keysFound(flags.object, collection);
  const wanted = keysWanted(this, collection, args);
  if (!wanted.length) refuse(this, 'keys required');
  const same = flags.deep ? flags.eql : (a, b) => a === b;
  const has = (key) => found.some((other) => same(key, other));
  const ok = flags.any ? wanted.some(has) : wanted.every(has) && (flags.contains || wanted.length === found.length);
  if (passes(flags, ok)) return;
  const deeply = collection && flags.deep ? 'deeply ' : '';
  const what = `${deeply}${flags.contains ? 'contain' : 'have'} ${enumeration(wanted, flags.any ? 'or' : 'and')}`;
  this.assert(
    ok,
    `expected #{this} to ${what}`,
    `expected #{this} to not ${what}`,
    [...wanted].sort(compareByInspect),
    found.sort(compareByInspect),
    true,
  );
});

// ---- errors

const checkError = {
  compatibleInstance: (thrown, wanted) => wanted instanceof Error && thrown === wanted,
  compatibleConstructor(thrown, wanted) {
    const constructor = wanted instanceof Error ? wanted.constructor : wanted;
    if (constructor === wanted && !(wanted.prototype instanceof Error || wanted === Error)) return false;
    return thrown.constructor === constructor || thrown instanceof constructor;
  },
  compatibleMessage(thrown, matcher) {
    const text = typeof thrown === 'string' ? thrown : thrown.message;
    if (matcher instanceof RegExp) return matcher.test(text);
    return typeof matcher === 'string' && text.indexOf(matcher) !== -1;
  },
  getMessage: (error) => error?.message || (typeof error === 'string' ? error : ''),
  getConstructorName(error) {
    if (error instanceof Error) return getName(error.constructor);
    if (typeof error !== 'function') return error;
    return error.name || getName(new error()) || '';
  },
};

const described = (error) => (error instanceof Error ? error.toString() : error && checkError.getConstructorName(error));

function caughtFrom(fn) {
  try {
    fn();
  } catch (err) {
    return err;
  }
}

// assertThrown fails if nothing was thrown; when it is negated, it fails if
// anything was thrown.
function assertThrown(assertion, thrown, wanted) {
  const name = wanted instanceof Error ? '#{exp}' : wanted ? checkError.getConstructorName(wanted) : 'an error';
  assertion.assert(
    thrown,
    `expected #{this} to throw ${name}`,
    'expected #{this} to not throw an error but #{act} was thrown',
    wanted && wanted.toString(),
    typeof thrown === 'string' ? thrown : described(thrown),
  );
}

methods(['throw', 'throws', 'Throw'], function (wanted, matcher, message) {
  note(this, message);
  const flags = this.__flags;
  const negate = flags.negate || false;
  needs(this, flags.object, 'function');
  if (wanted instanceof RegExp || typeof wanted === 'string') [wanted, matcher] = [null, wanted];
  const thrown = caughtFrom(flags.object);
  const both = Boolean(wanted && matcher);
  if (!negate || (wanted === undefined && matcher === undefined)) assertThrown(this, thrown, wanted);

  const wrongError = (expected, actual, but = ' but #{act} was thrown') =>
    this.assert(negate, 'expected #{this} to throw #{exp} but #{act} was thrown', `expected #{this} to not throw #{exp}${but}`, expected, actual);
  let failures = 0;
  if (wanted && thrown) {
    // When negated with an error and a message, it fails only if both match.
    if (wanted instanceof Error && checkError.compatibleInstance(thrown, wanted) === negate) {
      if (both && negate) failures |= 1;
      else wrongError(wanted.toString(), thrown.toString(), negate ? '' : undefined);
    }
    if (checkError.compatibleConstructor(thrown, wanted) === negate) {
      if (both && negate) failures |= 1;
      else wrongError(described(wanted), described(thrown));
    }
  }
  if (thrown && matcher !== undefined && matcher !== null && checkError.compatibleMessage(thrown, matcher) === negate) {
    if (both && negate) {
      failures |= 2;
    } else {
      const how = matcher instanceof RegExp ? 'matching' : 'including';
      this.assert(
        negate,
        `expected #{this} to throw error ${how} #{exp} but got #{act}`,
        `expected #{this} to throw error not ${how} #{exp}`,
        matcher,
        checkError.getMessage(thrown),
      );
    }
  }
  if (failures === 3) wrongError(described(wanted), described(thrown));
  set(this, 'object', thrown);
});

// ---- behaviour

methods(['respondTo', 'respondsTo'], function (method, message) {
  note(this, message);
  const { object, itself } = this.__flags;
  const found = typeof object === 'function' && !itself ? object.prototype[method] : object[method];
  const what = `respond to ${inspect(method)}`;
  this.assert(typeof found === 'function', `expected #{this} to ${what}`, `expected #{this} to not ${what}`);
});

properties(['itself'], function () {
  set(this, 'itself', true);
});

methods(['satisfy', 'satisfies'], function (matcher, message) {
  note(this, message);
  const flags = this.__flags;
  const ok = matcher(flags.object);
  if (!passes(flags, ok)) {
    this.assert(ok, `expected #{this} to satisfy ${objDisplay(matcher)}`, `expected #{this} to not satisfy${objDisplay(matcher)}`, !flags.negate, ok);
  }
});

methods(['closeTo', 'approximately'], function (expected, delta, message) {
  note(this, message);
  const { object } = this.__flags;
  needs(this, object, 'number');
  if (typeof expected !== 'number' || typeof delta !== 'number') {
    refuse(this, `the arguments to closeTo or approximately must be numbers${delta === undefined ? ', and a delta is required' : ''}`);
  }
  const what = `be close to ${expected} +/- ${delta}`;
  this.assert(Math.abs(object - expected) <= delta, `expected #{this} to ${what}`, `expected #{this} not to ${what}`);
});

// ---- members

// isSubset matches each element with one of the others. Unless only containment
// is asked for, each of those is used once.
function isSubset(subset, superset, { contains, ordered, deep, eql }) {
  if (!contains) {
    if (subset.length !== superset.length) return false;
    superset = superset.slice();
  }
  return subset.every((element, i) => {
    if (ordered) return deep ? eql(element, superset[i]) : element === superset[i];
    const at = deep ? superset.findIndex((other) => eql(element, other)) : superset.indexOf(element);
    if (at >= 0 && !contains) superset.splice(at, 1);
    return at >= 0;
  });
}

methods(['members'], function (subset, message) {
  note(this, message);
  const flags = this.__flags;
  const { object, contains, ordered } = flags;
  needs(this, object, 'Array');
  needs(this, subset, 'Array');
  const ok = isSubset(subset, object, flags);
  if (passes(flags, ok)) return;
  const what = contains
    ? `be ${ordered ? 'an ordered superset' : 'a superset'} of #{exp}`
    : `have the same ${ordered ? 'ordered members' : 'members'} as #{exp}`;
  this.assert(ok, `expected #{this} to ${what}`, `expected #{this} to not ${what}`, subset, object, true);
});

methods(['oneOf'], function (list, message) {
  note(this, message);
  const { object, contains, deep, eql } = this.__flags;
  needs(this, list, 'Array');
  if (contains) {
    const ok = list.some((item) => object.indexOf(item) > -1);
    this.assert(ok, 'expected #{this} to contain one of #{exp}', 'expected #{this} to not contain one of #{exp}', list, object);
  } else if (deep) {
    const what = 'expected #{this} to deeply equal one of #{exp}';
    this.assert(list.some((item) => eql(object, item)), what, what, list, object);
  } else {
    this.assert(list.indexOf(object) > -1, 'expected #{this} to be one of #{exp}', 'expected #{this} to not be one of #{exp}', list, object);
  }
});

// ---- changes

const deltas = {
  change: (before, after) => before !== after,
  increase: (before, after) => after - before,
  decrease: (before, after) => before - after,
};

for (const behavior of ['change', 'increase', 'decrease']) {
  const measure = deltas[behavior];
  methods([behavior, `${behavior}s`], function (subject, key, message) {
    note(this, message);
    const { object: fn } = this.__flags;
    needs(this, fn, 'function');
    if (key) needsProperty(this, subject, key);
    else needs(this, subject, 'function');
    const before = key ? subject[key] : subject();
    if (behavior !== 'change') needs(this, before, 'number');
    fn();
    const keyless = key === undefined || key === null;
    const after = keyless ? subject() : subject[key];
    const what = keyless ? before : '.' + key;
    const delta = measure(before, after);
    this.__flags = {
      __proto__: Object.getPrototypeOf(this.__flags),
      ...this.__flags,
      deltaMsgObj: what,
      initialDeltaValue: before,
      finalDeltaValue: after,
      deltaBehavior: behavior,
      realDelta: delta,
    };
    this.assert(delta > 0, 'expected ' + what + ` to ${behavior}`, 'expected ' + what + ` to not ${behavior}`);
  });
}

methods(['by'], function (delta, message) {
  note(this, message);
  const { deltaMsgObj, initialDeltaValue, finalDeltaValue, deltaBehavior, realDelta } = this.__flags;
  const moved = deltaBehavior === 'change' ? Math.abs(finalDeltaValue - initialDeltaValue) : realDelta;
  const what = `${deltaBehavior} by ` + delta;
  this.assert(moved === Math.abs(delta), 'expected ' + deltaMsgObj + ` to ${what}`, 'expected ' + deltaMsgObj + ` to not ${what}`);
});

// ---- objects' states

looks(['extensible'], Object.isExtensible, 'expected #{this} to be extensible', 'expected #{this} to not be extensible');
looks(['sealed'], Object.isSealed, 'expected #{this} to be sealed', 'expected #{this} to not be sealed');
looks(['frozen'], Object.isFrozen, 'expected #{this} to be frozen', 'expected #{this} to not be frozen');
looks(['finite'], Number.isFinite, 'expected #{this} to be a finite number', 'expected #{this} to not be a finite number');

return { getName, compareByInspect, getOwnEnumerablePropertySymbols, getOwnEnumerableProperties, checkError };
