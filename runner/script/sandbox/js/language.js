'use strict';

// Features of V8 on JavaScript's own objects that the engine lacks.

const { hidden } = load('hidden');

// captureStackTrace sets the stack of an object to the stack of the call,
// without the frames above a given function.
function captureStackTrace(target, above) {
  const frames = String(new Error().stack).split('\n').slice(1);
  const calls = typeof above === 'function' ? frames.findIndex((frame) => frame.startsWith(`    at ${above.name || '<anonymous>'} (`)) : -1;
  const { name = 'Error', message } = target;
  hidden(target, 'stack', [message ? `${name}: ${message}` : name, ...frames.slice(calls + 1)].join('\n'));
}

const localized = [[Date, ['toLocaleString', 'toLocaleDateString', 'toLocaleTimeString']], [Number, ['toLocaleString']], [BigInt, ['toLocaleString']]];

// inCase converts the case of a text by the rules of a locale. It returns
// undefined when the locale has no special rules.
function inCase(text, locales, upper) {
  const [locale] = loadIntl().getCanonicalLocales(locales);
  return /^(?:tr|az|lt|el)\b/.test(locale) ? host.inCase(text, locale, upper) : undefined;
}

// listing has the arrays that are being written, so that none is written inside
// itself.
const listing = [];

function listed(list, how) {
  if (list === null || list === undefined) throw new TypeError('Array.prototype.toLocaleString called on null or undefined');
  if (listing.includes(list)) return '';
  listing.push(list);
  try {
    const texts = [];
    for (let i = 0; i < list.length; i++) texts.push(list[i] === null || list[i] === undefined ? '' : String(list[i].toLocaleString(...how)));
    return texts.join(',');
  } finally {
    listing.pop();
  }
}

const loadIntl = () => load('intl').install();

// fromAsync collects the values of an async iterable, or of an iterable of
// promises.
async function fromAsync(items, map, self) {
  const out = [];
  for await (const item of items[Symbol.asyncIterator] || items[Symbol.iterator] ? items : Array.from(items)) {
    out.push(map ? await map.call(self, item, out.length) : item);
  }
  return out;
}

// The source of a built-in function, as the engine writes it.
const NATIVE = /^function (bound )?(.*)\(\) \{\n {4}\[native code\]\n\}$/;

// describeFunctions makes functions look as in V8: their source and their
// properties.
function describeFunctions() {
  const { prototype } = Function;
  const written = prototype.toString;
  for (const name of ['fileName', 'lineNumber', 'columnNumber']) delete prototype[name]; // no other engine has them
  hidden(prototype, 'toString', { toString() {
    if (typeof this !== 'function') throw new TypeError("Function.prototype.toString requires that 'this' be a Function");
    const text = written.call(this);
    return text.endsWith('[native code]\n}') ? text.replace(NATIVE, (_, bound, name) => `function ${bound ? '' : name}() { [native code] }`) : text;
  } }.toString);
}

const { any: engineAny } = Promise;

// any is Promise.any with V8's message. An argument that is not iterable is
// left to the engine.
function any(items) {
  if (this === null || typeof this !== 'object' && typeof this !== 'function' || typeof items?.[Symbol.iterator] !== 'function') {
    return engineAny.call(this, items);
  }
  const { promise, resolve, reject } = Promise.withResolvers.call(this);
  const errors = [];
  let left = 1; // one for the iteration itself
  const end = () => { if (--left === 0) reject(new AggregateError(errors, 'All promises were rejected')); };
  try {
    for (const item of items) {
      const at = errors.push(undefined) - 1;
      left++;
      this.resolve(item).then(resolve, (error) => {
        errors[at] = error;
        end();
      });
    }
    end();
  } catch (error) {
    reject(error);
  }
  return promise;
}

function install() {
  delete globalThis.InternalError; // no other engine has it
  describeFunctions();
  const { sort, toSorted, sortTyped, Typed } = load('sort');
  hidden(Typed.prototype, 'sort', sortTyped);
  hidden(Promise, 'any', { any(items) { return any.call(this, items); } }.any);
  hidden(Array.prototype, 'sort', sort);
  hidden(Array.prototype, 'toSorted', toSorted);
  if (!Array.fromAsync) hidden(Array, 'fromAsync', fromAsync);
  if (!Error.captureStackTrace) hidden(Error, 'captureStackTrace', captureStackTrace);
  Error.stackTraceLimit ??= 10;
  Error.prototype.toJSON = function () { return { type: 'Error', name: this.name, message: this.message }; }; // enumerable, as in Postman
  Object.defineProperty(globalThis, 'Intl', {
    get: loadIntl,
    set(value) { hidden(globalThis, 'Intl', value); },
    configurable: true,
    enumerable: false,
  });
  for (const [kind, names] of localized) {
    for (const name of names) {
      const { [name]: method } = {
        [name](...args) {
          loadIntl();
          return kind.prototype[name].apply(this, args);
        },
      };
      hidden(kind.prototype, name, method);
    }
  }
  for (const [name, plain] of [['toLocaleUpperCase', String.prototype.toUpperCase], ['toLocaleLowerCase', String.prototype.toLowerCase]]) {
    hidden(String.prototype, name, { [name](locales) {
      const text = plain.call(this);
      return locales === undefined ? text : inCase(String(this), locales, name === 'toLocaleUpperCase') ?? text;
    } }[name]);
  }
  for (const type of [Array, Object.getPrototypeOf(Uint8Array)]) {
    hidden(type.prototype, 'toLocaleString', { toLocaleString(...how) {
      return listed(this, how);
    } }.toLocaleString);
  }
  hidden(String.prototype, 'localeCompare', {
    localeCompare(that, locales, options) {
      if (locales === undefined && options === undefined) return host.compare(String(this), String(that), 'en', '');
      return load('collator').ordering(locales, options)(this, that);
    },
  }.localeCompare);
  const { toString } = Date.prototype;
  const { toTimeString } = Date.prototype;
  const named = (text, date) => (Number.isNaN(date.getTime()) ? text : `${text.replace(/ \(.*\)$/, '')} (${host.zone(date.getTime())})`);
  hidden(Date.prototype, 'toString', { toString() { return named(toString.call(this), this); } }.toString);
  hidden(Date.prototype, 'toTimeString', { toTimeString() { return named(toTimeString.call(this), this); } }.toTimeString);
}

return { install };
