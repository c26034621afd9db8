'use strict';

// pm.sendRequest: a callback, or a promise when there is none.

const { state } = load('state');
const { isObject } = load('lists');
const { stringify } = load('json');

const NOTHING = 'sendrequest: nothing to request';

// plain is a request in collection form, as the runner reads it. It may be a
// URL, a description of a request, or a request of either SDK.
function plain(request) {
  const { Request } = load('request');
  const { Url } = load('url');
  if (Request.isRequest(request)) return request.toJSON();
  if (Url.isUrl(request) || (isObject(request) && typeof request.href === 'string')) request = String(request);
  if (!isObject(request)) return new Request(String(request)).toJSON();
  const { url } = request;
  return new Request({ ...request, url: isObject(url) && typeof url.href === 'string' ? url.href : url }).toJSON();
}

function start(request, done) {
  const id = ++state.counter;
  state.requests.set(id, (error, number, cookies) => {
    const { received, Response } = load('response');
    if (error) done(plainError(error), new Response(), undefined);
    else done(null, received(number), { cookies: load('cookies').listed(cookies) });
  });
  try {
    host.send(id, stringify(plain(request)));
  } catch (error) {
    state.requests.delete(id);
    throw error;
  }
}

// runRequest runs a request of the collection, and gives its response; null when it
// skipped itself.
function runRequest(name, options) {
  return new Promise((resolve, reject) => {
    if (state.halted) return;
    const id = ++state.counter;
    state.requests.set(id, (error, number, cookies) => {
      if (error) reject(Object.assign(new Error(error.message), error));
      else resolve(cookies === null ? null : load('response').received(number));
    });
    try {
      host.run(id, String(name), stringify(options?.variables ?? {}));
    } catch (error) {
      state.requests.delete(id);
      throw error;
    }
  });
}

// plainError is newman's: node's fields, and the message out of sight.
function plainError({ message, ...fields }) {
  return Object.defineProperty(fields, 'message', { value: message, writable: true, configurable: true });
}

function later(work) { load('timers').setTimeout(work, 0); }

function sendRequest(request, callback) {
  const self = this;
  if (typeof callback !== 'function') return promised(request);
  if (state.halted) return self;
  if (!request) later(() => callback.call(self, new Error(NOTHING)));
  else start(request, (...result) => callback.apply(self, result));
  return self;
}

// promised rejects with an Error, where a callback is handed newman's plain
// object.
function promised(request) {
  return new Promise((resolve, reject) => {
    if (state.halted) return undefined;
    if (!request) return later(() => reject(new Error(NOTHING)));
    return start(request, (error, response) => {
      if (!error) return resolve(response);
      return reject(Object.assign(new Error(error.message), error));
    });
  });
}

return { sendRequest, runRequest };
