'use strict';

// require('postman-collection') is the SDK itself. The objects of pm are
// created by our own classes, but count as instances of the SDK's classes.

// The classes of the SDK that each of our classes stands for, besides the one
// with the same name.
const above = { __proto__: null };
for (const name of ['Header', 'QueryParam', 'FormParam', 'Variable', 'VariableScope', 'Request', 'Response', 'RequestAuth']) above[name] = ['Property', 'PropertyBase'];
for (const name of ['HeaderList', 'CookieList', 'VariableList']) above[name] = ['PropertyList', 'PropertyBase'];
for (const name of ['Url', 'RequestBody', 'Cookie', 'MutationTracker', 'PropertyList', 'Property']) above[name] = ['PropertyBase'];

const { hasInstance } = Symbol;
const { [hasInstance]: ordinary } = Function.prototype;

function adopt(sdk) {
  for (const Class of Object.values(sdk)) {
    const name = typeof Class === 'function' ? Class._postman_propertyName : undefined;
    if (typeof name !== 'string') continue;
    Object.defineProperty(Class, hasInstance, {
      configurable: true,
      value(value) {
        if (ordinary.call(this, value)) return true;
        if (this !== Class || value === null || typeof value !== 'object') return false; // the class belongs to a script
        const kind = value.constructor?._postman_propertyName;
        return kind === name || (above[kind] ?? []).includes(name);
      },
    });
  }
}

return { adopt };
