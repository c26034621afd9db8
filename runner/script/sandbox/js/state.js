'use strict';

// What the script now running has done so far. Only data lives here; begin
// starts it over for the next script.

const state = {
  listen: '',
  serial: 0, // counts scripts: a layer or list of an earlier one is stale
  failure: undefined, // what the script failed with, described
  halted: false, // skipRequest ended the script: nothing it does counts any more
  tests: 0, // pm.test calls so far
  open: new Map(), // tests under way: index → why it has not finished
  unhandled: new Map(), // rejected promises nobody handles: promise → reason
  body: undefined, // the promise of an async script, until it settles
  timers: new Map(), // id → what to call
  requests: new Map(), // id → callback of pm.sendRequest
  counter: 0,
  loading: 0, // libraries being evaluated: they get no legacy globals
  scopes: [], // by layer, those the script has touched
  next: undefined,
  skip: false,
  visualizer: undefined,
  request: undefined, // pm.request once touched
  modern: false, // the script asked for no legacy globals
  legacy: undefined, // what the legacy API keeps
  used: new Set(), // deprecated names used
};

function begin(listen, modern) {
  state.listen = listen;
  state.modern = modern;
  state.serial++;
  state.failure = undefined;
  state.halted = false;
  state.tests = 0;
  if (state.open.size) state.open = new Map();
  if (state.unhandled.size) state.unhandled = new Map();
  if (state.timers.size) state.timers = new Map();
  if (state.requests.size) state.requests = new Map();
  if (state.used.size) state.used = new Set();
  state.body = undefined;
  state.scopes = [];
  state.next = undefined;
  state.skip = false;
  state.visualizer = undefined;
  state.request = undefined;
  state.legacy = undefined;
}

return { state, begin };
