'use strict';

// JSON as it was before any script could change it.

const { parse, stringify } = JSON;

return { parse, stringify };
