'use strict';

// bcryptjs. The function that is found contains the rounds of Blowfish. The
// function that takes the time mixes a key into Blowfish's tables with these
// rounds; it is called twice in each round of bcrypt.

const { instead, words } = load('accelerate');
const users = host.native('users');
const leaf = host.native('leaf');
const expand = host.native('bcrypt.expand');

const probe = (call) => [[7], [1, 200, 3, -4, 5]].map((key) => {
  const [P, S] = [words(18, Int32Array), words(1024, Int32Array)];
  call(undefined, key, P, S);
  return [P, S];
});

const accelerate = (encipher) => users(encipher, 3).filter((fn) => leaf(fn) && instead(fn, expand, probe)).length > 0;

return { accelerate };
