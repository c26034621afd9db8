'use strict';

// hidden defines a property that is not enumerable, as the language's own are.
const hidden = (target, name, value) =>
  Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false });

return { hidden };
