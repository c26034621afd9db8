'use strict';

// pm.vault: the secrets of the run. Every method returns a promise, as in
// Postman.

const { state } = load('state');
const { parse, stringify } = load('json');

function named(key) {
  if (typeof key !== 'string' || key === '') throw new TypeError('pm.vault: the key must be a text that is not empty');
  return key;
}

// kept returns the value that is stored: a value without a JSON form becomes a
// string.
function kept(value) {
  if (typeof value === 'object' && value !== null || typeof value === 'boolean' || Number.isFinite(value)) return value;
  return String(value ?? '');
}

const vault = Object.freeze({
  async get(key) {
    named(key);
    try {
      const found = host.vault('get', key);
      return found === undefined ? undefined : parse(found);
    } catch (error) {
      throw new Error(`pm.vault.get("${key}"): ${error.message}`);
    }
  },
  async set(key, value) { if (!state.halted) host.vault('set', named(key), stringify(kept(value))); },
  async unset(key) { if (!state.halted) host.vault('unset', named(key)); },
});

return { vault };
