'use strict';

// pm.execution.skipRequest throws SKIP to end the script.
return { SKIP: Object.freeze({ __proto__: null, skip: true }) };
