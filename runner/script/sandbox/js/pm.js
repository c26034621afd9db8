'use strict';

// The pm object.

const { parse } = load('json');
const { hidden } = load('hidden');
const { state } = load('state');
const { scope } = load('scope');
const { SKIP } = load('skip');

const define = (target, name, get) =>
  Object.defineProperty(target, name, { get, set() {}, enumerable: false, configurable: true });

// perScript returns a getter that creates its value once for each script.
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

function Postman() {}

const pm = new Postman(); // each script has a copy

// named returns a name in the collection; scripts see an empty name as
// undefined.
const named = (name) => (name === '' ? undefined : name);

const context = perScript(() => {
  const { requestName, location, current, ...info } = parse(host.info());
  return { ...info, requestName: named(requestName), location: (location ?? []).map(named), current: named(current) };
});
define(pm, 'info', perScript(() => {
  const { eventName, iteration, iterationCount, requestName, requestId } = context();
  const fields = { eventName, iteration, iterationCount, requestName, requestId };
  const info = {}; // its members are not printed, as in Postman
  for (const name in fields) Object.defineProperty(info, name, { value: fields[name] });
  return Object.freeze(info);
}));

define(pm, 'globals', () => scope(4));
define(pm, 'environment', () => scope(2));
define(pm, 'collectionVariables', () => scope(3));
define(pm, 'variables', () => scope(0));
define(pm, 'iterationData', () => scope(1));

define(pm, 'request', perScript(() => {
  const text = host.request();
  if (text === undefined) return undefined;
  return load('request').track(parse(text));
}));
const response = perScript(() => (state.listen === 'test' ? load('response').tested() : undefined));
define(pm, 'response', response);
define(pm, 'cookies', perScript(() => load('cookies').list(parse(host.cookies()))));
let expect; // once it is loaded
Object.defineProperty(Postman.prototype, 'expect', { get: () => (expect ??= load('expect').expect), set() {}, enumerable: true, configurable: true });

define(pm, 'sendRequest', () => load('send').sendRequest);

define(pm, 'require', () => load('require').packages);

const execution = perScript(() => {
  const out = {};
  const add = (name, value) => Object.defineProperty(out, name, { value });
  add('skipRequest', skipRequest);
  const { location, current } = context();
  const path = [...location];
  Object.defineProperty(path, 'current', { value: current });
  add('location', path);
  add('setNextRequest', setNextRequest);
  add('runRequest', load('send').runRequest);
  return out;
});
define(pm, 'execution', execution);

// setNextRequest stores the last name. undefined means that the script has
// named no request.
function setNextRequest(name) {
  if (state.halted) return;
  state.next = name === undefined ? undefined : { name: name === null ? null : String(name) };
}

function skipRequest() {
  if (state.listen !== 'prerequest') throw new TypeError('pm.execution.skipRequest is not a function');
  state.skip = true;
  state.halted = true;
  throw SKIP;
}

define(pm, 'vault', () => load('vault').vault);

define(pm, 'visualizer', () => visualizer);
const visualizer = Object.freeze({
  set(template, data, options) {
    if (typeof template !== 'string') throw new Error(`Invalid template. Template must be of type string, found ${typeof template}`);
    if (data && typeof data !== 'object') throw new Error(`Invalid data. Data must be an object, found ${typeof data}`);
    if (options && typeof options !== 'object') throw new Error(`Invalid options. Options must be an object, found ${typeof options}`);
    if (!state.halted) state.visualizer = { template, data: data ?? {}, options: options ?? {} };
  },
  clear() { if (!state.halted) state.visualizer = undefined; },
});

const { test } = load('test');
Object.defineProperty(pm, 'test', { get: () => test, set() {}, enumerable: true, configurable: true });

return { pm, response, context, setNextRequest };
