'use strict';

// console.log and its kin.

const { state } = load('state');
const { stringify } = load('json');

const plain = /^[^'\\\u0000-\u001f\u007f-\u009f]*$/;

// message is one argument as JSON text: {"value":…,"inspect":"…"}.
function message(value) {
  if (typeof value === 'string' && load('print').tooLong(value)) return stringify(value);
  if (typeof value === 'string' && plain.test(value)) {
    return `{"value":${stringify(value)},"inspect":${stringify(`'${value}'`)}}`;
  }
  const { json, inspect } = load('print').message(value);
  return `{"value":${json},"inspect":${stringify(inspect)}}`;
}

const write = (level) => (...args) => {
  if (state.halted) return;
  host.console(level, `[${args.map(message).join(',')}]`);
};

const levels = {};
for (const name of ['log', 'info', 'warn', 'error', 'debug', 'clear']) levels[name] = write(name);
levels.trace = levels.debug;
levels.dir = levels.log;

return { levels, note: write('deprecated') };
