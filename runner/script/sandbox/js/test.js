'use strict';

// pm.test.

const { stringify } = load('json');
const { state } = load('state');
const { OwnMap } = load('own');

const report = (name, index, skipped, error) => {
  if (state.halted) return;
  if (error === undefined) host.test(name, index, skipped);
  else host.test(name, index, skipped, error.text, error.expected, error.actual);
};

// failure describes the exception of a test. An object that is no Error may
// have a name and a message; otherwise the test's name is used.
function failure(name, error) {
  if (!(error instanceof Error)) {
    const { name: kind, message } = error !== null && typeof error === 'object' ? error : {};
    const text = (value, otherwise) => (value === undefined ? otherwise : String(value));
    return { text: stringify({ __proto__: null, type: 'Error', name: text(kind, 'AssertionError'), message: text(message, name) }) };
  }
  const out = { text: stringify(load('errors').describe(error)) };
  if (error.showDiff && 'expected' in error) {
    const { inspect } = load('inspect');
    out.expected = inspect(error.expected, Infinity);
    out.actual = inspect(error.actual, Infinity);
  }
  return out;
}

const thenable = (value) => value !== null && typeof value === 'object' && typeof value.then === 'function';

function test(name, check) {
  if (typeof name !== 'string') name = String(name);
  const index = state.tests++;
  if (typeof check !== 'function') report(name, index, false);
  else if (check.length) withDone(name, index, check);
  else plainly(name, index, check);
  return this;
}

function plainly(name, index, check) {
  let result;
  try {
    result = check();
    if (thenable(result)) return awaited(name, index, result);
  } catch (error) {
    return report(name, index, false, failure(name, error));
  }
  report(name, index, false);
}

// awaited records the test of an async function, which ends when its promise
// settles.
function awaited(name, index, promise) {
  const tests = (state.open ??= new OwnMap());
  tests.set(index, (reason) => report(name, index, false, failure(name, new Error(reason || 'its promise was never settled'))));
  const end = (error) => {
    if (tests.delete(index)) report(name, index, false, error);
  };
  promise.then(() => end(), (error) => end(failure(name, error)));
}

function withDone(name, index, check) {
  const tests = (state.open ??= new OwnMap());
  let failed = false;
  tests.set(index, () => report(name, index, false, failure(name, new Error('done() was not called'))));
  const end = (error) => {
    if (failed || tests !== state.open) return;
    tests.delete(index);
    if (error) failed = true;
    report(name, index, false, error ? failure(name, error) : undefined);
  };
  try {
    const result = check(end);
    if (thenable(result)) result.then(undefined, (error) => end(error || new Error(name)));
  } catch (error) {
    end(error || new Error(name));
  }
}

test.skip = function skip(name) {
  report(String(name), state.tests++, true);
  return globalThis.pm;
};

test.index = () => state.tests;

return { test };
