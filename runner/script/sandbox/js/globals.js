'use strict';

// The globals of scripts, besides JavaScript's own.

const { state } = load('state');

const lazily = (target, name, make) => {
  let made;
  Object.defineProperty(target, name, {
    configurable: true,
    enumerable: false,
    get() { return (made ??= make()); },
    set(value) {
      Object.defineProperty(this ?? target, name, { value, writable: true, configurable: true, enumerable: this !== target });
    },
  });
};

// The globals of Postman's legacy API, and those that only tests have.
const LEGACY = 'tests globals environment data request iteration postman _ CryptoJS tv4 cheerio Backbone xml2Json atob btoa'.split(' ');
const LIBRARIES = { __proto__: null, _: true, CryptoJS: true, tv4: true, cheerio: true, Backbone: true };
const IN_TESTS = 'responseBody responseTime responseHeaders responseCode responseCookies'.split(' ');

const accessor = (name) => ({
  configurable: true,
  enumerable: false,
  get() { return state.modern || state.loading ? undefined : load('legacy').value(name); },
  set(value) { // `this` is the global object, or the script's this, whose prototype has the globals
    if (this === globalThis || this === undefined) load('legacy').set(name, value);
    else Object.defineProperty(this, name, { value, writable: true, configurable: true, enumerable: true });
  },
});

const inTests = IN_TESTS.map((name) => [name, accessor(name)]);

let tested = false; // whether the globals of tests are defined

function offerTests() {
  tested = !tested;
  for (const [name, lookup] of inTests) {
    if (tested) Object.defineProperty(globalThis, name, lookup);
    else delete globalThis[name];
  }
}

const visible = (name, value) => host.hide(globalThis, name, value);

const STREAMS = ('ReadableStream ReadableStreamDefaultReader ReadableStreamBYOBReader ReadableStreamDefaultController ReadableByteStreamController '
  + 'ReadableStreamBYOBRequest WritableStream WritableStreamDefaultWriter WritableStreamDefaultController TransformStream '
  + 'TransformStreamDefaultController ByteLengthQueuingStrategy CountQueuingStrategy TextEncoderStream TextDecoderStream CompressionStream '
  + 'DecompressionStream').split(' ');

// install defines the globals. It returns what host.begin needs for each
// script: pm, console and `this` are new for each one.
function install() {
  const { timers } = load('timers');
  for (const name of Object.keys(timers)) visible(name, timers[name]);
  load('language').install();
  for (const name of ['Buffer', 'URL', 'URLSearchParams', 'TextEncoder', 'TextDecoder', 'structuredClone', 'crypto', 'performance',
    'AbortController', 'AbortSignal', 'DOMException', 'Crypto', 'CryptoKey', 'SubtleCrypto', 'Event', 'EventTarget', 'Blob', 'File']) {
    lazily(globalThis, name, () => load('web')[name]);
  }
  for (const name of STREAMS) lazily(globalThis, name, () => load('web').streams[name]);
  visible('queueMicrotask', (callback) => {
    if (typeof callback !== 'function') {
      const { wrongType, received } = load('coded');
      throw wrongType(`The "callback" argument must be of type function. ${received(callback)}`);
    }
    Promise.resolve().then(callback);
  });
  // Errors of Postman's JSON say where a text is invalid.
  const { parse, stringify } = load('jsonerror');
  Object.defineProperty(JSON, 'parse', { value: { parse }.parse, writable: true, configurable: true });
  Object.defineProperty(JSON, 'stringify', { value: { stringify }.stringify, writable: true, configurable: true });
  lazily(globalThis, 'require', () => load('require').require);
  for (const name of LEGACY) Object.defineProperty(globalThis, name, accessor(name));
  const { pm } = load('pm');
  const { levels } = load('console');
  return function environment() {
    if ((state.listen === 'test') !== tested) offerTests();
    return host.begin('pm', pm, 'console', levels);
  };
}

// names lists all globals before any script adds its own. The second line lists
// those of Postman's legacy API.
const names = () => `${[...Object.getOwnPropertyNames(globalThis), 'pm', 'console'].join(' ')}\n${[...LEGACY, ...IN_TESTS].join(' ')}`;

// values returns the values of some globals. A library is not loaded for a
// script that only declares a variable with its name, as in var _ =
// require('lodash').
const values = (some) => some.split(' ').map((name) => (LIBRARIES[name] && !state.modern ? load('legacy').deferred(name) : globalThis[name]));

return { install, names, values };
