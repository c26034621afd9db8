'use strict';

// pm.sendRequest: a callback, or a promise when there is none.

const { state } = load('state');
const { apply, OwnMap } = load('own');
const { stringify } = load('json');
const { hidden } = load('hidden');

const isObject = (value) => value !== null && typeof value === 'object';

const NOTHING = 'sendrequest: nothing to request';

// plain returns a request in the format of collections, which the runner reads.
// The argument may be a URL, a description of a request, or a request of the
// SDK or of our own classes.
function plain(request) {
  if (simple(request)) return { url: request.url, method: request.method, header: listed(request.header) };
  const { Request } = load('request');
  const { Url } = load('url');
  if (Request.isRequest(request)) return request.toJSON();
  if (Url.isUrl(request) || (isObject(request) && typeof request.href === 'string')) request = String(request);
  if (!isObject(request)) return new Request(typeof request === 'string' ? request : undefined).toJSON();
  const { url } = request;
  return new Request({ ...request, url: isObject(url) && typeof url.href === 'string' ? url.href : url }).toJSON();
}

// simple converts simple requests (a URL with headers by name) without the SDK.
function simple(request) {
  if (!isObject(request) || Object.getPrototypeOf(request) !== Object.prototype) return false;
  for (const name in request) if (name !== 'url' && name !== 'method' && name !== 'header') return false;
  return typeof request.url === 'string' && /^(?:GET|HEAD|DELETE|OPTIONS)$/.test(request.method ?? 'GET')
    && (request.header === undefined || named(request.header));
}

const named = (header) => isObject(header) && Object.getPrototypeOf(header) === Object.prototype
  && Object.values(header).every((value) => typeof value === 'string');

const listed = (header) => header && Object.keys(header).map((key) => ({ key, value: header[key] }));

function start(request, done) {
  const id = ++state.counter;
  (state.requests ??= new OwnMap()).set(id, (error, number, cookies) => {
    if (error) done(plainError(error));
    else done(null, load('response').received(number), answered(cookies));
  });
  try {
    host.send(id, stringify(plain(request)));
  } catch (error) {
    state.requests.delete(id);
    throw error;
  }
}

// answered returns the third argument of a callback.
function answered(cookies) {
  let list;
  return { get cookies() { return (list ??= load('cookies').listed(cookies)); } };
}

// runRequest runs a request of the collection and returns its response, or null
// when the request was skipped or its pre-request script threw. The request
// sees the variables that the script has set, and the script sees those that
// the request sets.
function runRequest(name, options) {
  return new Promise((resolve, reject) => {
    if (state.halted) return;
    if (!name) throw new Error('runRequest: collection request id not provided');
    const id = ++state.counter;
    (state.requests ??= new OwnMap()).set(id, (error, number, cookies) => {
      if (error) reject(made(error));
      else resolve(cookies === null ? null : load('response').received(number));
    });
    try {
      load('scope').soFar();
      host.run(id, String(name), stringify(options?.variables ?? {}));
    } catch (error) {
      state.requests.delete(id);
      throw error;
    }
  });
}

// CLASSES are the classes of errors that are not plain Errors, by code.
const CLASSES = { ERR_SOCKET_BAD_PORT: RangeError, ERR_INVALID_CHAR: TypeError, ERR_INVALID_HTTP_TOKEN: TypeError };
const classOf = ({ code }) => CLASSES[code] ?? Error;

// made creates the error with which a promise is rejected.
const made = (error) => Object.assign(new (classOf(error))(error.message), error);

// plainError creates newman's error object: node's fields, with name and
// message not enumerable.
function plainError({ message, ...fields }) {
  hidden(fields, 'name', classOf(fields).name);
  return hidden(fields, 'message', message);
}

function later(work) { load('timers').setTimeout(work, 0); }

function sendRequest(request, callback) {
  const self = this;
  if (typeof callback !== 'function') return promised(request);
  if (state.halted) return self;
  if (!request) later(() => apply(callback, self, [new Error(NOTHING)]));
  else start(request, (...result) => apply(callback, self, result));
  return self;
}

// promised rejects with an Error; a callback gets newman's plain object
// instead.
function promised(request) {
  return new Promise((resolve, reject) => {
    if (state.halted) return undefined;
    if (!request) return later(() => reject(new Error(NOTHING)));
    return start(request, (error, response) => {
      if (!error) return resolve(response);
      return reject(made(error));
    });
  });
}

return { sendRequest, runRequest };
