'use strict';

// RegExp.$1 and the like: the last match in the script, not in our own code. Go
// installs them only for a text that names one of them, because they slow down
// every match.

const { hidden } = load('hidden');
const { state, changing } = load('state');
const { exec } = RegExp.prototype;
const { apply } = Reflect;

const NONE = { groups: [''], index: 0, input: '' };

// last is the last match, and the number of its script.
const last = { serial: 0, ...NONE };
changing.push(last);

const current = () => (last.serial === state.serial ? last : NONE);

function note({ length, index, input, ...groups }) {
  groups.length = length;
  last.serial = state.serial;
  last.groups = Array.from(groups, (group) => group ?? '');
  last.index = index;
  last.input = input;
}

const matched = ({ groups }) => groups[0];
const before = ({ index, input }) => input.slice(0, index);
const behind = ({ groups, index, input }) => input.slice(index + groups[0].length);
const final = ({ groups }) => (groups.length > 1 ? groups[groups.length - 1] : '');
const whole = ({ input }) => input;

const properties = {
  lastMatch: matched, '$&': matched, leftContext: before, '$`': before, rightContext: behind, "$'": behind, lastParen: final, '$+': final,
  input: whole, $_: whole,
};

for (let i = 1; i < 10; i++) properties[`$${i}`] = ({ groups }) => groups[i] ?? '';

function install() {
  if ('$1' in RegExp) return;
  for (const name in properties) {
    Object.defineProperty(RegExp, name, { get: () => properties[name](current()), set() {}, configurable: true });
  }
  hidden(RegExp.prototype, 'exec', {
    exec(text) {
      const match = apply(exec, this, [text]);
      if (match !== null && host.calledByScript()) note(match);
      return match;
    },
  }.exec);
}

return { install };
