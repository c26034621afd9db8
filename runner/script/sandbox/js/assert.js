'use strict';

// Chai's assert interface: each function is one chain of the expect interface.

const { Assertion, failWith } = load('expect');
const { AssertionError, inspect, surface } = load('failure');

const begin = (value, message) => new Assertion(value, message, undefined, true);

// within marks a failure as one of the assert interface.
const within = (check) =>
  function assertWrapper(...args) {
    try {
      return check(...args);
    } catch (err) {
      throw surface(err);
    }
  };

const assert = within((ok, message) => begin(null, null).assert(ok, message, '[ negation message unavailable ]'));

assert.fail = failWith('assert');

// define adds an assertion of a value and `count` arguments, then a message.
const define = (name, count, check) => {
  assert[name] = within((value, ...args) => {
    check(begin(value, args[count]), ...args.slice(0, count));
  });
};

// chain adds an assertion that runs a chain of words. The last word is a method
// if it takes arguments. Names are spelled as in Chai: "is" and "isNot".
const chain = (name, words, count, fixed = []) => {
  const path = words.split('.');
  const last = path.pop();
  define(name, count, (assertion, ...args) => {
    const target = path.reduce((at, word) => at[word], assertion);
    if (count || fixed.length) target[last](...fixed, ...args);
    else target[last];
  });
};

// pair adds an assertion and its negation.
const pair = (name, negated, words, count, fixed) => {
  chain(name, words, count, fixed);
  chain(negated, `not.${words}`, count, fixed);
};

pair('isOk', 'isNotOk', 'ok', 0);

define('equal', 1, (assertion, expected) => {
  const actual = assertion._obj;
  assertion.assert(expected == actual, 'expected #{this} to equal #{exp}', 'expected #{this} to not equal #{act}', expected, actual, true);
});

define('notEqual', 1, (assertion, expected) => {
  const actual = assertion._obj;
  assertion.assert(expected != actual, 'expected #{this} to not equal #{exp}', 'expected #{this} to equal #{act}', expected, actual, true);
});

pair('strictEqual', 'notStrictEqual', 'equal', 1);
pair('deepEqual', 'notDeepEqual', 'eql', 1);
assert.deepStrictEqual = assert.deepEqual;
chain('isAbove', 'above', 1);
chain('isAtLeast', 'least', 1);
chain('isBelow', 'below', 1);
chain('isAtMost', 'most', 1);
chain('isTrue', 'true', 0);
chain('isNotTrue', 'not.equal', 0, [true]);
chain('isFalse', 'false', 0);
chain('isNotFalse', 'not.equal', 0, [false]);
pair('isNull', 'isNotNull', 'equal', 0, [null]);
pair('isNaN', 'isNotNaN', 'NaN', 0);
pair('exists', 'notExists', 'exist', 0);
pair('isUndefined', 'isDefined', 'equal', 0, [undefined]);
for (const type of ['Function', 'Object', 'Array', 'String', 'Number', 'Boolean']) {
  pair(`is${type}`, `isNot${type}`, 'a', 0, [type]);
}
chain('isFinite', 'finite', 0);
pair('typeOf', 'notTypeOf', 'a', 1);
pair('instanceOf', 'notInstanceOf', 'instanceOf', 1);

pair('include', 'notInclude', 'include', 1);
pair('deepInclude', 'notDeepInclude', 'deep.include', 1);
pair('nestedInclude', 'notNestedInclude', 'nested.include', 1);
pair('deepNestedInclude', 'notDeepNestedInclude', 'deep.nested.include', 1);
pair('ownInclude', 'notOwnInclude', 'own.include', 1);
pair('deepOwnInclude', 'notDeepOwnInclude', 'deep.own.include', 1);
pair('match', 'notMatch', 'match', 1);

for (const [name, words] of [['property', 'property'], ['ownProperty', 'own.property'], ['nestedProperty', 'nested.property']]) {
  const title = name[0].toUpperCase() + name.slice(1);
  pair(name, `not${title}`, words, 1);
  pair(`${name}Val`, `not${title}Val`, words, 2);
  pair(`deep${title}Val`, `notDeep${title}Val`, `deep.${words}`, 2);
}

chain('lengthOf', 'lengthOf', 1);
chain('containsAllKeys', 'contain.all.keys', 1);
chain('containsAllDeepKeys', 'contain.all.deep.keys', 1);
pair('hasAnyKeys', 'doesNotHaveAnyKeys', 'any.keys', 1);
pair('hasAllKeys', 'doesNotHaveAllKeys', 'all.keys', 1);
pair('hasAnyDeepKeys', 'doesNotHaveAnyDeepKeys', 'any.deep.keys', 1);
pair('hasAllDeepKeys', 'doesNotHaveAllDeepKeys', 'all.deep.keys', 1);

for (const [name, word] of [['throws', 'to'], ['doesNotThrow', 'not']]) {
  assert[name] = within((fn, type, text, message) => {
    if (typeof type === 'string' || type instanceof RegExp) [type, text] = [null, type];
    const thrown = begin(fn, message)[word].throw(type, text)._obj;
    return word === 'to' ? thrown : undefined;
  });
}

const operators = {
  __proto__: null,
  '==': (a, b) => a == b,
  '===': (a, b) => a === b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '!=': (a, b) => a != b,
  '!==': (a, b) => a !== b,
};

assert.operator = within((a, operator, b, message) => {
  const compare = operators[operator];
  if (!compare) throw new AssertionError((message ? message + ': ' : message) + `Invalid operator "${operator}"`);
  const [left, right] = [inspect(a), inspect(b)];
  const ok = compare(a, b);
  begin(ok, message).assert(ok === true, `expected ${left} to be ${operator} ${right}`, `expected ${left} to not be ${operator} ${right}`);
});

chain('closeTo', 'closeTo', 2);
chain('approximately', 'approximately', 2);

for (const [kind, words] of [['', ''], ['Deep', 'deep.'], ['Ordered', 'ordered.'], ['DeepOrdered', 'deep.ordered.']]) {
  pair(`same${kind}Members`, `notSame${kind}Members`, `${words}members`, 1);
  pair(`include${kind}Members`, `notInclude${kind}Members`, `include.${words}members`, 1);
}

chain('oneOf', 'oneOf', 1);

// changing adds an assertion about a function and what it changes: the result
// of a function, or an object's property. Some have a further argument: by how
// much. The last argument is a message.
const changing = (name, check, by) => {
  assert[name] = within((fn, subject, ...rest) => {
    const given = rest.length + 2;
    const keyless = (typeof subject === 'function' && given === (by ? 4 : 3)) || (by && given === 3);
    const key = keyless ? null : rest.shift();
    const [delta, message] = by ? rest : [undefined, ...rest];
    const result = check(begin(fn, message), subject, key, delta);
    return /^(doesNot|increases$|decreases$)/.test(name) ? result : undefined;
  });
};

for (const [verb, plural] of [['change', 'changes'], ['increase', 'increases'], ['decrease', 'decreases']]) {
  const not = `doesNot${verb[0].toUpperCase()}${verb.slice(1)}`;
  changing(plural, (assertion, ...args) => assertion[verb](args[0], args[1]));
  changing(not, (assertion, ...args) => assertion.not[verb](args[0], args[1]));
  changing(`${plural}By`, (assertion, subject, key, delta) => assertion[verb](subject, key).by(delta), true);
  changing(`${plural}ButNotBy`, (assertion, subject, key, delta) => assertion[verb](subject, key).but.not.by(delta), true);
}
changing('doesNotDecreaseBy', (assertion, subject, key, delta) => assertion.not.decrease(subject, key).by(delta), true);

assert.ifError = (value) => {
  if (value) throw value;
};

pair('isExtensible', 'isNotExtensible', 'extensible', 0);
pair('isSealed', 'isNotSealed', 'sealed', 0);
pair('isFrozen', 'isNotFrozen', 'frozen', 0);
pair('isEmpty', 'isNotEmpty', 'empty', 0);

for (const name of ['isOk', 'isNotOk', 'isExtensible', 'isNotExtensible', 'isSealed', 'isNotSealed', 'isFrozen', 'isNotFrozen', 'isEmpty', 'isNotEmpty']) {
  const alias = name.slice(2);
  assert[alias[0].toLowerCase() + alias.slice(1)] = assert[name];
}
assert.throw = assert.Throw = assert.throws;

return { assert };
