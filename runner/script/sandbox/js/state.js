'use strict';

// What the script now running has done so far. Only data lives here; begin
// starts it over for the next script.

const state = {
  listen: '',
  serial: 0, // counts scripts: a layer or list of an earlier one is stale
  failure: undefined, // what the script failed with, described
  halted: false, // skipRequest ended the script: nothing it does counts any more
  tests: 0, // pm.test calls so far
  open: undefined, // a Map of tests in progress: index → why it has not finished
  unhandled: undefined, // a Map of rejected promises nobody handles: promise → reason
  body: undefined, // the promise of an async script, until it settles
  timers: undefined, // a Map: id → what to call
  requests: undefined, // a Map: id → callback of pm.sendRequest
  counter: 0,
  loading: 0, // libraries being evaluated: they get no legacy globals
  scopes: undefined, // by layer, those the script has touched
  next: undefined,
  skip: false,
  visualizer: undefined,
  request: undefined, // pm.request once touched
  modern: false, // the script asked for no legacy globals
  legacy: undefined, // what the legacy API keeps
  used: undefined, // a Set of deprecated names used
};

function begin(listen, modern) {
  state.listen = listen;
  state.modern = modern;
  state.serial++;
  state.failure = undefined;
  state.halted = false;
  state.tests = 0;
  state.open = undefined;
  state.unhandled = undefined;
  state.timers = undefined;
  state.requests = undefined;
  state.used = undefined;
  state.body = undefined;
  state.scopes = undefined;
  state.next = undefined;
  state.skip = false;
  state.visualizer = undefined;
  state.request = undefined;
  state.legacy = undefined;
}

// changing are objects that change from script to script without being any
// script's.
const changing = [state];

return { state, begin, changing };
