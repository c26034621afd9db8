'use strict';

// setTimeout and the like. Go has the clock; the functions to call are kept
// here.

const { state } = load('state');
const { OwnMap } = load('own');

const MAX = 2147483647;

function duration(value) {
  const ms = Number(value);
  return ms >= 1 && ms <= MAX ? ms : 1;
}

function start(callback, ms, again) {
  if (typeof callback !== 'function') return undefined;
  const id = ++state.counter;
  (state.timers ??= new OwnMap()).set(id, () => {
    if (again) host.timer(id, ms);
    else state.timers.delete(id);
    callback();
  });
  host.timer(id, ms);
  return id;
}

function stop(id) {
  if (state.timers?.delete(id)) host.clear(id);
}

// inBackground is a setTimeout for which the script does not wait.
function inBackground(callback, ms) {
  const id = ++state.counter;
  (state.timers ??= new OwnMap()).set(id, () => {
    state.timers.delete(id);
    callback();
  });
  host.timer(id, duration(ms), true);
}

const timers = {
  setTimeout(callback, ms) { return start(callback, duration(ms), false); },
  setInterval(callback, ms) { return start(callback, duration(ms), true); },
  setImmediate(callback) { return start(callback, 0, false); },
  clearTimeout: stop,
  clearInterval: stop,
  clearImmediate: stop,
};

return { ...timers, timers, inBackground };
