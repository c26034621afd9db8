'use strict';

// How Go runs a script: it calls start, then fire and settle for what the
// script waits for, turn after microtasks, finish at the end. Each but finish
// returns whether the script should end. A script that threw still gets what it
// waits for, as in Postman: a callback may hold tests.

const { state, begin, changing } = load('state');
const { install, names, values } = load('globals');
const { then } = Promise.prototype;
const { parse, stringify } = load('json');
const { apply, OwnMap } = load('own');

const environment = install();

// SKIP is what skipRequest throws to end the script.
const { SKIP } = load('skip');

function fail(error) {
  if (error === SKIP || state.halted || state.failure !== undefined) return;
  state.failure = load('errors').describe(error);
}

const ended = () => state.halted;

// installSugar installs what of SugarJS the text that runs next may use.
const installSugar = (places) => load('sugar').install(places);

// before has globals as they were before a text that the script evaluates may
// change them.
const before = new Map();

// keep remembers globals: what evaluated texts make of them ends with the script.
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

// wait has a script that is an async function end with its promise.
function wait(promise) {
  state.body = promise;
  apply(then, promise, [
    () => { state.body = undefined; },
    (error) => { state.body = undefined; fail(error); },
  ]);
}

// notify is called for a promise that is rejected while nobody handles it, and
// again when somebody does.
function notify(promise, reason, handled) {
  if (!handled) (state.unhandled ??= new OwnMap()).set(promise, reason);
  else if (state.unhandled !== undefined) state.unhandled.delete(promise);
}

// turn follows a drain of the microtasks: a rejection nobody has handled by
// now is an error of the script.
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

// settle hands an answer over. changes are what a request that was run did to the
// scopes.
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

// finish ends a script and returns its account, as JSON; '' when there is
// nothing to report. reason is why Go stopped it, '' if nothing did.
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

// untouched reports that a script has done nothing that concerns the runner.
const untouched = () => state.scopes === undefined && state.failure === undefined && state.next === undefined && !state.skip
  && state.visualizer === undefined && state.request === undefined && state.used === undefined;

function account() {
  host.over(); // what is written down now may call what scripts made, toJSON and getters, to no effect
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
// sandboxes: they have it then from the start.
function prepare() {
  for (const name of ['response', 'send', 'deepequal', 'words', 'response_assertions']) load(name);
}

// ready readies a realm that several sandboxes share: what scripts would load or
// define by looking at it is there before they begin. It returns what changes from
// script to script, but is no script's doing.
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

// found is called with an object that may be part of a library Go can help.
const found = (file, object) => load('accelerate').found(file, object);

return { names, values, prepare, notify, start, fail, wait, awaits, ended, fire, settle, turn, installSugar, keep, finish, found, ready, require };
