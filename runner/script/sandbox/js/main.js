'use strict';

// The functions with which Go runs a script. Go calls start, then fire and
// settle for what the script waits for, turn after microtasks, and finish at
// the end. Each of them but finish returns whether the script should end. A
// script that threw still gets the events that it waits for, as in Postman: a
// callback may contain tests.

const { state, begin, changing } = load('state');
const { install, names, values } = load('globals');
const { then } = Promise.prototype;
const { parse, stringify } = load('json');
const { apply, OwnMap } = load('own');

const environment = install();

// skipRequest throws SKIP to end the script.
const { SKIP } = load('skip');

function fail(error) {
  if (error === SKIP || state.halted || state.failure !== undefined) return;
  state.failure = load('errors').describe(error);
}

const ended = () => state.halted;

// installSugar installs the parts of SugarJS that the next text may use.
const installSugar = (places) => load('sugar').install(places);

// before has the original globals that a text which the script evaluates may
// change.
const before = new Map();

// keep stores globals, so that changes by evaluated texts are undone after the
// script.
function keep(names) {
  for (const name of words(names)) {
    if (!before.has(name)) before.set(name, Object.getOwnPropertyDescriptor(globalThis, name));
  }
}

function restore() {
  for (const [name, was] of before) {
    if (was === undefined) delete globalThis[name];
    else Object.defineProperty(globalThis, name, was);
  }
  before.clear();
}

// start begins a script, and returns its `this`.
function start(test, modern, places) {
  begin(test ? 'test' : 'prerequest', modern);
  if (places) installSugar(places);
  return environment();
}

// wait makes a script that is an async function end when its promise settles.
function wait(promise) {
  state.body = promise;
  apply(then, promise, [
    () => { state.body = undefined; },
    (error) => { state.body = undefined; fail(error); },
  ]);
}

// notify is called for a promise that is rejected without a handler, and again
// when it gets one.
function notify(promise, reason, handled) {
  if (!handled) (state.unhandled ??= new OwnMap()).set(promise, reason);
  else if (state.unhandled !== undefined) state.unhandled.delete(promise);
}

// turn is called after the microtasks have run: a rejection without a handler
// is then an error of the script.
function turn() {
  if (state.unhandled !== undefined) {
    const rejected = state.unhandled;
    state.unhandled = undefined;
    rejected.forEach((reason) => fail(reason));
  }
  return state.halted;
}

// awaits reports whether the script or a test of it waits for a promise.
const awaits = () => state.body !== undefined || Boolean(state.open?.size);

function fire(id) {
  const due = state.timers?.get(id);
  if (due === undefined) return ended();
  try {
    due(id);
  } catch (error) {
    fail(error);
  }
  return ended();
}

// settle passes a response to the script. changes are the changes of the scopes
// by a request that was run.
function settle(id, error, cookies, changes) {
  const callback = state.requests.get(id);
  state.requests.delete(id);
  try {
    if (changes) load('scope').take(parse(changes));
    callback(error ? parse(error) : null, id, parse(cookies || '[]'));
  } catch (thrown) {
    fail(thrown);
  }
  return ended();
}

// finish ends a script and returns its account as JSON, or '' when there is
// nothing to report. reason says why Go stopped the script, or is ''.
function finish(reason) {
  if (!state.halted) {
    state.open?.forEach((unfinished) => unfinished(reason));
    if (state.legacy !== undefined) load('legacy').finish();
    if (state.body !== undefined && !reason) fail(new Error('the script awaits a promise that nothing will settle'));
    turn();
  }
  if (before.size > 0) restore();
  return untouched() ? '' : account();
}

// untouched reports whether a script has done nothing that the runner must
// know.
const untouched = () => state.scopes === undefined && state.failure === undefined && state.next === undefined && !state.skip
  && state.visualizer === undefined && state.request === undefined && state.used === undefined;

function account() {
  host.over(); // the account may call toJSON and getters of the script, which must have no effects
  const account = { __proto__: null }; // nothing that scripts put on all objects, such as toJSON, is in it
  let any = false;
  const add = (name, value) => { account[name] = value; any = true; };
  if (state.scopes !== undefined) load('scope').account(fail);
  if (state.next) add('next', state.next);
  if (state.skip) add('skip', true);
  if (state.visualizer) add('visualizer', state.visualizer);
  if (state.request && state.listen === 'prerequest') {
    const changed = state.request.changed();
    if (changed) add('request', changed);
  }
  if (state.used !== undefined) add('legacy', [...state.used]);
  if (state.failure) add('err', state.failure);
  return any ? stringify(account) : '';
}

// prepare loads what most scripts use, for a realm that will serve many
// sandboxes.
function prepare() {
  for (const name of ['response', 'send', 'deepequal', 'words', 'response_assertions']) load(name);
}

// ready prepares a realm that several sandboxes share: it loads what scripts
// would otherwise load. It returns the objects that change from script to
// script without a change by a script.
function ready(names, places) {
  prepare();
  load('expect').complete();
  for (const name of ['accelerate', 'encoder', 'errors', 'print', ...words(names)]) load(name);
  if (places) installSugar(places);
  return changing;
}

const words = (text) => (text === '' ? [] : text.split(' '));

function require(names) {
  for (const name of words(names)) load('require').require(name);
}

// found is called with an object that may be a part of a library that Go can
// speed up.
const found = (file, object) => load('accelerate').found(file, object);

return { names, values, prepare, notify, start, fail, wait, awaits, ended, fire, settle, turn, installSugar, keep, finish, found, ready, require };
