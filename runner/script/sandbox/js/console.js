'use strict';

// console.log and its kin.

const { state } = load('state');
const { stringify } = JSON;

const quote = (text) => `'${text.replace(/[\\']/g, '\\$&').replace(/\n/g, '\\n')}'`;

function message(value) {
  if (typeof value === 'string') return { value, inspect: quote(value) };
  return load('print').message(value);
}

const write = (level) => (...args) => {
  if (state.halted) return;
  host.console(level, stringify(args.map(message)));
};

const levels = {};
for (const name of ['log', 'info', 'warn', 'error', 'debug', 'clear']) levels[name] = write(name);
levels.trace = levels.debug;
levels.dir = levels.log;

return { levels };
