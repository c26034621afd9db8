'use strict';

// hidden puts a property on an object that loops over it do not see, as the
// language's own are.
const hidden = (target, name, value) =>
  Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false });

return { hidden };
