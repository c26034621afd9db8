'use strict';

return { install() {}, finish() {} };
