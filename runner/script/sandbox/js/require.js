'use strict';

// require(name) for the libraries of Postman. Each is evaluated at most once.

const { state } = load('state');

const own = {
  chai: () => load('chai').chai,
  buffer: () => load('buffer'),
  fs: () => ({}),
};

const modules = new Map();

// silent is the console of Postman's libraries: it drops output.
const silent = {};
for (const level of ['log', 'info', 'warn', 'error', 'debug', 'trace', 'dir', 'table', 'assert', 'group', 'groupEnd', 'time', 'timeEnd']) silent[level] = () => {};

function missing(name) {
  return load('coded').coded(new Error(`Cannot find module '${name}'`), 'MODULE_NOT_FOUND');
}

function require(name) {
  name = String(name);
  if (modules.has(name)) return modules.get(name).exports;
  const module = { exports: {}, id: name, loaded: false };
  if (Object.hasOwn(own, name)) {
    module.exports = own[name]();
    modules.set(name, module);
    return module.exports;
  }
  const body = host.library(name);
  if (body === undefined) throw missing(name);
  if (typeof body === 'string') throw new Error(`Cannot load module '${name}': ${body}`);
  modules.set(name, module);
  state.loading++;
  try {
    body.call(module.exports, module, module.exports, require, silent);
  } catch (error) {
    modules.delete(name);
    throw error;
  } finally {
    state.loading--;
  }
  if (name === 'postman-collection') load('sdk').adopt(module.exports);
  if (name === 'lodash' || name === 'lodash3') load('lodash').accelerate(module.exports);
  if (name === 'crypto-js') load('cryptojs').accelerate(module.exports);
  if (name === 'cheerio') load('cheerio').accelerate(module.exports);
  if (name === 'xml2js') load('xml2js').accelerate(module.exports);
  if (name === 'csv-parse' || name === 'csv-parse/lib/sync') load('csv').accelerate(module.exports);
  module.loaded = true;
  return module.exports;
}

// pm.require(name): a package of the user, npm:name@version or
// jsr:@scope/name@version.
function packages(name) {
  if (typeof name !== 'string' || name === '') throw new Error('pm.require needs the name of a package');
  try {
    return require(name);
  } catch (error) {
    if (error.message === missing(name).message) throw new Error(`Cannot find package '${name}'`);
    throw error;
  }
}

return { require, packages };
