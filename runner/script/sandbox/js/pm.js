'use strict';

// The pm object.

const { state } = load('state');
const { scope } = load('scope');
const { SKIP } = load('skip');

const define = (target, name, get) =>
  Object.defineProperty(target, name, { get, set() {}, enumerable: false, configurable: true });

// perScript makes a getter that makes its value once for each script.
const perScript = (make) => {
  let serial = 0;
  let value;
  return () => {
    if (serial !== state.serial) {
      value = make();
      serial = state.serial;
    }
    return value;
  };
};

const pm = {};

const context = perScript(() => JSON.parse(host.info()));
define(pm, 'info', perScript(() => {
  const { eventName, iteration, iterationCount, requestName, requestId } = context();
  return Object.freeze({ eventName, iteration, iterationCount, requestName, requestId });
}));

define(pm, 'variables', () => scope(0));
define(pm, 'iterationData', () => scope(1));
define(pm, 'environment', () => scope(2));
define(pm, 'collectionVariables', () => scope(3));
define(pm, 'globals', () => scope(4));

define(pm, 'request', perScript(() => {
  const text = host.request();
  if (text === undefined) return undefined;
  return load('request').track(JSON.parse(text));
}));
const response = perScript(() => (state.listen === 'test' ? load('response').received(0) : undefined));
define(pm, 'response', response);
define(pm, 'cookies', perScript(() => load('cookies').list(JSON.parse(host.cookies()))));
define(pm, 'expect', () => load('expect').expect);

const { test } = load('test');
define(pm, 'test', () => test);

return { pm, response, context };
