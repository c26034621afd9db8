'use strict';

// Postman's legacy API: tests[…], responseBody, postman.*, and libraries as
// globals.

const { stringify } = load('json');
const { state } = load('state');
const { scope } = load('scope');
const own = load('own');
const console = load('console');

// ledger returns what a script has stored in the legacy API.
const ledger = () => (state.legacy ??= { values: Object.create(null), copies: Object.create(null) });

// copy returns a scope as it was when the script began, with the changes of
// postman.set….
const LAYERS = { environment: 2, globals: 4, data: 1 };
const copy = (name) => (ledger().copies[name] ??= load('scope').VariableScope.start(LAYERS[name]));

// note warns of a deprecated name, once in each script, in Postman's words.
function note(name, instead) {
  state.used ??= new Set();
  if (state.used.has(name)) return;
  state.used.add(name);
  console.note(`Using "${name}" is deprecated. Use "${instead}" instead.`);
}

// noted wraps a value. It calls used when the value is used, and not when it is
// only named.
function noted(value, used) {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return value;
  return new Proxy(value, {
    get(target, key, receiver) { used(); return own.get(target, key, receiver); },
    set(target, key, next) { used(); return own.set(target, key, next); },
    apply(target, self, args) { used(); return own.apply(target, self, args); },
    construct(target, args, made) { used(); return own.construct(target, args, made); },
  });
}

// deferred returns a placeholder for a global that is a library. The library is
// loaded when the placeholder is used.
function deferred(name) {
  const handler = {};
  for (const trap of Object.getOwnPropertyNames(Reflect)) {
    if (typeof Reflect[trap] === 'function') handler[trap] = (_, ...args) => Reflect[trap](value(name), ...args);
  }
  return new Proxy(name === '_' || name === 'cheerio' ? function () {} : {}, handler);
}

const library = (name) => () => load('require').require(name);
const context = () => load('pm').context();
const response = () => load('pm').response();

function postman() {
  const environment = scope(2);
  const globals = scope(4);
  // Truthy values and false are stored as text; 0, null and undefined are
  // stored as they are.
  const stored = (value) => (value || value === false ? value.toString() : value);
  const setter = (target, name) => (key, value) => { target.set(key, stored(value)); copy(name)[key] = stored(value); };
  const clearer = (target, name) => (key) => { target.unset(key); delete copy(name)[key]; };
  const wiper = (target, name) => () => { target.clear(); for (const key of Object.keys(copy(name))) delete copy(name)[key]; };
  return {
    setEnvironmentVariable: setter(environment, 'environment'),
    getEnvironmentVariable: (key) => environment.get(key),
    clearEnvironmentVariable: clearer(environment, 'environment'),
    clearEnvironmentVariables: wiper(environment, 'environment'),
    setGlobalVariable: setter(globals, 'globals'),
    getGlobalVariable: (key) => globals.get(key),
    clearGlobalVariable: clearer(globals, 'globals'),
    clearGlobalVariables: wiper(globals, 'globals'),
    setNextRequest: (name) => load('pm').setNextRequest(name),
    getResponseHeader: (name) => response()?.headers.get(name),
    getResponseCookie: (name) => cookies().one(String(name)),
    __execution: undefined,
  };
}

const cookies = () => load('pm').pm.cookies;

function request() {
  const sent = load('pm').pm.request;
  const { requestId, requestName } = context();
  if (!sent) return { id: requestId, name: requestName };
  return { id: requestId, name: requestName, description: sent.description?.content ?? sent.description, headers: sent.getHeaders({ enabled: true, ignoreCase: true }),
    method: sent.method, url: sent.url.toString(), data: data(sent.body) };
}

function data(body) {
  if (!body || body.isEmpty()) return {};
  if (body.mode === 'raw') return body.raw;
  if (body.mode === 'urlencoded' || body.mode === 'formdata') return body[body.mode].toObject(true, false, true);
  return {};
}

function xml2Json(text, options) {
  if (text === '') return null;
  let out;
  load('require').require('xml2js').parseString(text, { explicitArray: false, async: false, trim: true, mergeAttrs: false, ...options }, (error, result) => { out = error ? undefined : result; });
  return out;
}

// Each global: how its value is created, once in each script, and what to use
// instead. A global without an alternative causes no note.
const globals = {
  tests: { make: () => ({}), instead: 'pm.test()' },
  globals: { make: () => copy('globals'), instead: 'pm.globals' },
  environment: { make: () => copy('environment'), instead: 'pm.environment' },
  data: { make: () => copy('data'), instead: 'pm.iterationData' },
  request: { make: request, instead: 'pm.request' },
  iteration: { make: () => context().iteration },
  postman: { make: postman, instead: 'pm.execution.setNextRequest()', as: 'postman.setNextRequest' },
  _: { make: library('lodash3'), instead: "require('lodash')" },
  CryptoJS: { make: library('crypto-js'), instead: "require('crypto-js')" },
  tv4: { make: library('tv4'), instead: "require('ajv')" },
  cheerio: { make: library('cheerio'), instead: "require('cheerio')" },
  Backbone: { make: library('backbone'), instead: "require('backbone')" },
  xml2Json: { make: () => xml2Json, instead: "require('xml2js')" },
  atob: { make: () => load('base64').atob, instead: "require('atob')" },
  btoa: { make: () => load('base64').btoa, instead: "require('btoa')" },
  responseBody: { make: () => response()?.text() },
  responseTime: { make: () => response()?.responseTime },
  responseHeaders: { make: headers, instead: 'pm.response.headers' },
  responseCode: { make: code, instead: 'pm.response.code' },
  responseCookies: { make: cookies, instead: 'pm.cookies' },
};

// headers has the last value of each header name.
function headers() {
  return Object.fromEntries((response()?.headers.all() ?? []).map(({ key, value }) => [key, value]));
}

function code() {
  const { code: number, status } = response() ?? {};
  return number === undefined ? {} : load('status').details(number, status);
}

// value returns a global. It is created at its first use in a script.
function value(name) {
  const { values } = ledger();
  if (!(name in values)) {
    const { make, instead, as = name } = globals[name];
    const made = make();
    values[name] = instead ? noted(made, () => note(as, instead)) : made;
  }
  return values[name];
}

function set(name, next) { ledger().values[name] = next; }

// finish reports the entries of tests[…], after the tests of pm.test.
function finish() {
  const { tests } = ledger().values;
  if (tests === null || typeof tests !== 'object') return;
  const names = own.keys(tests);
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    const index = state.tests++;
    const value = tests[name];
    if (value) host.test(name, index, false);
    else host.test(name, index, false, stringify({ __proto__: null, type: 'Error', name: 'AssertionError', message: `expected ${String(value)} to be truthy` }));
  }
}

return { value, deferred, set, finish };
