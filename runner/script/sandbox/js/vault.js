'use strict';

// pm.vault: the run's secrets. Every call gives a promise, as in Postman.

const { state } = load('state');

function named(key) {
  if (typeof key !== 'string' || key === '') throw new TypeError('pm.vault: the key must be a text that is not empty');
  return key;
}

const vault = Object.freeze({
  async get(key) {
    named(key);
    try {
      return host.vault('get', key);
    } catch (error) {
      throw new Error(`pm.vault.get("${key}"): ${error.message}`);
    }
  },
  async set(key, value) { if (!state.halted) host.vault('set', named(key), String(value ?? '')); },
  async unset(key) { if (!state.halted) host.vault('unset', named(key)); },
});

return { vault };
