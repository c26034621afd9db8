'use strict';

// pm.sendRequest: a callback, or a promise when there is none.

const { state } = load('state');
const { CookieList } = load('lists');
const { stringify } = load('json');

const NOTHING = 'sendrequest: nothing to request';

// plain is a request in collection form, as the runner reads it.
function plain(request) {
  const { Request } = load('request');
  if (request instanceof Request) return request.toJSON();
  if (typeof request === 'string') return new Request(request).toJSON();
  if (request && typeof request.getHost === 'function') return new Request({ url: String(request) }).toJSON();
  return new Request({ ...request, url: request.url && typeof request.url.toString === 'function' && request.url.getHost ? String(request.url) : request.url,
    header: request.header ?? request.headers }).toJSON();
}

function start(request, done) {
  const id = ++state.counter;
  state.requests.set(id, (error, number, cookies) => {
    const { received, Response } = load('response');
    const response = error ? new Response({}) : received(number);
    done(error, response, { cookies: new CookieList(null, cookies) });
  });
  host.send(id, stringify(plain(request)));
}

function later(work) { load('timers').setTimeout(work, 0); }

function sendRequest(request, callback) {
  if (state.halted) return this;
  if (typeof callback !== 'function') return promised(request);
  if (!request) later(() => callback(new Error(NOTHING)));
  else start(request, callback);
  return this;
}

// promised rejects with an Error, where a callback is handed newman's plain
// object.
function promised(request) {
  return new Promise((resolve, reject) => {
    if (!request) return later(() => reject(new Error(NOTHING)));
    start(request, (error, response) => {
      if (!error) return resolve(response);
      const { message, ...rest } = error;
      reject(Object.assign(new Error(message), rest));
    });
  });
}

return { sendRequest };
