'use strict';

// require('postman-collection') is the SDK itself. What pm has is made here, and
// counts as an instance of the SDK's classes all the same.

// Which classes of the SDK each of ours stands for, besides that of its name.
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
        if (this !== Class || value === null || typeof value !== 'object') return false; // a class of a script's own
        const kind = value.constructor?._postman_propertyName;
        return kind === name || (above[kind] ?? []).includes(name);
      },
    });
  }
}

return { adopt };
