'use strict';

// Removes the host functions from the global object, where the engine put them,
// and loads the API with them. Nothing else refers to them.

const host = Object.create(null);
for (const name of names.split(' ')) {
  host[name] = globalThis['postie:' + name];
  delete globalThis['postie:' + name];
}
Object.freeze(host);

const loaded = Object.create(null);
function load(name) {
  const exports = loaded[name];
  if (exports !== undefined) return exports;
  return (loaded[name] = host.module(name)(host, load));
}

return load('main');
