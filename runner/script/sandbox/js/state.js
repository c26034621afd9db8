'use strict';

// The state of the running script. This file contains data only; begin resets
// it for the next script.

const state = {
  listen: '',
  serial: 0, // counts scripts: a layer or list of an earlier script is outdated
  failure: undefined, // description of the script's exception
  halted: false, // skipRequest ended the script: later effects are ignored
  tests: 0, // pm.test calls so far
  open: undefined, // a Map of tests in progress: index → why it has not finished
  unhandled: undefined, // a Map of rejected promises without a handler: promise → reason
  body: undefined, // the promise of an async script, until it settles
  timers: undefined, // a Map: id → function to call
  requests: undefined, // a Map: id → callback of pm.sendRequest
  counter: 0,
  loading: 0, // libraries being evaluated: they get no legacy globals
  scopes: undefined, // the scopes that the script has used, by layer
  next: undefined,
  skip: false,
  visualizer: undefined,
  request: undefined, // pm.request once touched
  modern: false, // the script asked for no legacy globals
  legacy: undefined, // data of the legacy API
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

// changing has the objects that change from script to script without a change
// by a script.
const changing = [state];

return { state, begin, changing };
