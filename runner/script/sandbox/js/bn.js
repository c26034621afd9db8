'use strict';

// Numbers of the library bn.js, which elliptic uses, and their modular
// arithmetic. The object that is found is the prototype of BN.

const { Accelerator } = load('accelerate');
const go = (name) => host.native('bn.' + name);

const CORE = {
  mulTo: 'length', mul: 'words mulTo', imul: 'clone mulTo', _wordDiv: 'clone ushln _ishlnsubmul iushrn', divmod: 'isZero neg _wordDiv', umod: 'divmod',
  invm: 'egcd umod', egcd: 'isEven iushrn iadd isub', _invmp: 'iushrn iadd isub', clone: 'copy', cmp: 'ucmp', ucmp: 'length', iushrn: '', iushln: '',
  _ishlnsubmul: '_expand', toRed: 'convertTo', redMul: '_verify2', redPow: '_verify1', redInvm: '_verify1',
};
const RED = { mul: 'imod', sqr: 'mul', pow: 'bitLength sqr mul', invm: '_invmp imod redNeg', imod: 'umod', _verify1: '', _verify2: '', convertTo: 'umod' };
const MONT = { mul: 'maskn imaskn minv iushrn', convertTo: 'ushln imod', invm: '_invmp r2' };
const PRIME = { ireduce: 'split imulK iadd bitLength ucmp', split: '', imulK: '' };

function accelerate(proto) {
  const BN = proto.constructor;
  if (typeof BN !== 'function' || BN.prototype !== proto || typeof BN.mont !== 'function' || typeof BN.red !== 'function') return undefined;
  for (const name of Object.keys(CORE)) if (!(name in proto)) return undefined;
  const red = Object.getPrototypeOf(BN.red(new BN(7)));
  const mont = Object.getPrototypeOf(BN.mont(new BN(7)));
  const it = new Accelerator(proto);
  for (const [object, functions] of [[proto, CORE], [red, RED], [mont, MONT]]) {
    for (const [name, words] of Object.entries(functions)) if (!it.own(name, words, object)) return false;
  }
  const parts = { ...plainly(it, BN), ...modulo(it, BN, mont) };
  for (const [name, { of, make, probe }] of Object.entries(parts)) {
    const object = { BN: proto, red, mont }[of];
    if (!it.replace(object[name.split(' ')[0]], make, (call) => probe(call, ...samples(BN)).map(shown))) return false;
  }
  return true;
}

const samples = (BN) => ['7', 'f'.repeat(29), '8123456789abcdef0000000fedcba9877' + 'f'.repeat(29), 'd' + '0'.repeat(31) + '2b'].map((hex) => new BN(hex, 16));

// shown returns the relevant fields of a number.
const shown = (n) => n && (n.words ? [n.negative, n.length, n.words.slice(0, n.length), n.red] : Object.values(n).map(shown));

// create makes a number of words, the highest of which may be zero.
function create(BN, words, negative, red) {
  const n = new BN(null);
  n.negative = negative;
  n.words = words;
  n.red = red;
  let length = words.length;
  while (length > 1 && words[length - 1] === 0) length--;
  n.length = length;
  return n;
}

function plainly(it, BN) {
  const [multiply, divide, inverse] = ['multiply', 'divide', 'inverse'].map(go);
  return {
    mulTo: {
      of: 'BN',
      make: (plain) => function (num, out) {
        const words = num && out && num.words && out !== num && out !== this ? multiply(this.words, this.length, num.words, num.length) : undefined;
        if (words === undefined) return plain(this, [num, out]);
        out.negative = num.negative ^ this.negative;
        out.words = words;
        out.length = words.length;
        while (out.length > 1 && words[out.length - 1] === 0) out.length--;
        if (out.length === 1 && words[0] === 0) out.negative = 0;
        return out;
      },
      probe: (call, w, x, y, z) => [[x, y], [y, z], [z, z], [w, w], [new BN(0), x], [x.neg(), w]].map(([a, b]) => call(a, b, empty(BN, a, b))),
    },
    _wordDiv: {
      of: 'BN',
      make: (plain) => function (num, mode) {
        const quotient = mode === 'mod' ? null : [];
        const words = num?.words && this.negative === 0 && num.negative === 0 && it.intact() ? divide(this.words, this.length, num.words, num.length, quotient) : undefined;
        if (words === undefined) return plain(this, [num, mode]);
        return { div: quotient && create(BN, quotient, 0, null), mod: create(BN, words, 0, null) };
      },
      probe: (call, w, x, y, z) => [call(y, x), call(y, z, 'mod'), call(y, y), call(z, x), call(y.mul(y), y.sub(w))],
    },
    invm: {
      of: 'BN',
      make: (plain) => function (num) {
        const words = num?.words && this.negative === 0 && num.negative === 0 && it.intact() ? inverse(this.words, this.length, num.words, num.length) : undefined;
        return words === undefined ? plain(this, [num]) : create(BN, words, 0, null);
      },
      probe: (call, w, x, y, z) => [call(w, z), call(y, z), call(x, z)],
    },
  };
}

// empty returns a number with room for a product.
function empty(BN, a, b) {
  const out = new BN(null);
  out.words = new Array(a.length + b.length);
  return out;
}

function modulo(it, BN, mont) {
  const [modMul, modPow, inverse, montMul, montInverse] = ['modMul', 'modPow', 'inverse', 'montMul', 'montInv'].map(go);
  const primes = new WeakMap();
  // usual reports whether the special methods of a modulus, if it has any, are
  // those of the library.
  const usual = ({ m, prime }) => {
    if (!m?.words || m.negative !== 0) return false;
    if (!prime) return true;
    if (!primes.has(prime)) {
      const own = new Accelerator(prime);
      primes.set(prime, Object.entries(PRIME).every(([name, words]) => own.own(name, words)) && own);
    }
    return primes.get(prime) && primes.get(prime).intact();
  };
  return {
    'mul red': {
      of: 'red',
      make: (plain) => function (a, b) {
        if (a?.red === this && b?.red === this && a.negative === 0 && b.negative === 0 && it.intact() && usual(this)) {
          const words = modMul(a.words, a.length, b.words, b.length, this.m.words, this.m.length);
          if (words !== undefined) return create(BN, words, 0, this);
        }
        return plain(this, [a, b]);
      },
      probe: (call, w, x, y, z) => {
        const [red, k] = [BN.red(z), BN.red('k256')];
        const [a, b, c] = [x.toRed(red), y.toRed(red), y.toRed(k)];
        return [call(red, a, b), call(red, b, b), call(k, c, c), call(red, a, a.redNeg())].map((n) => n.fromRed());
      },
    },
    'pow red': {
      of: 'red',
      make: (plain) => function (a, num) {
        const shift = Object.getPrototypeOf(this) === mont ? this.shift : 0;
        if (a?.red === this && a.negative === 0 && num?.words && num.negative === 0 && (num.length > 1 || num.words[0] > 1) && it.intact() && usual(this)) {
          const words = modPow(a.words, a.length, num.words, num.length, this.m.words, this.m.length, shift);
          if (words !== undefined) return create(BN, words, 0, this);
        }
        return plain(this, [a, num]);
      },
      probe: (call, w, x, y, z) => [BN.red(z), BN.mont(z)].map((red) => call(red, y.toRed(red), new BN('1234', 16)).fromRed()),
    },
    'mul mont': {
      of: 'mont',
      make: (plain) => function (a, b) {
        const { m, rinv } = this;
        if (a?.red === this && b?.red === this && a.negative === 0 && b.negative === 0 && rinv?.negative === 0 && it.intact() && usual(this)) {
          const words = montMul(a.words, a.length, b.words, b.length, rinv.words, rinv.length, m.words, m.length);
          if (words !== undefined) return create(BN, words, 0, this);
        }
        return plain(this, [a, b]);
      },
      probe: (call, w, x, y, z) => {
        const red = BN.mont(z);
        const [a, b] = [x.toRed(red), y.toRed(red)];
        return [call(red, a, b), call(red, b, b), call(red, a, a.redNeg()), call(red, new BN(0).toRed(red), b)].map((n) => n.fromRed());
      },
    },
    'invm mont': {
      of: 'mont',
      make: (plain) => function (a) {
        const { m, r2 } = this;
        if (a?.red === this && a.negative === 0 && r2?.negative === 0 && it.intact() && usual(this)) {
          const words = montInverse(a.words, a.length, r2.words, r2.length, m.words, m.length);
          if (words !== undefined) return create(BN, words, 0, this);
        }
        return plain(this, [a]);
      },
      probe: (call, w, x, y, z) => {
        const red = BN.mont(z);
        return [x, w].map((n) => call(red, n.toRed(red)).fromRed());
      },
    },
    'invm red': {
      of: 'red',
      make: (plain) => function (a) {
        if (a?.red === this && a.negative === 0 && it.intact() && usual(this)) {
          const words = inverse(a.words, a.length, this.m.words, this.m.length);
          if (words !== undefined) return create(BN, words, 0, this);
        }
        return plain(this, [a]);
      },
      probe: (call, w, x, y, z) => {
        const red = BN.red(z);
        return [x, y, w].map((n) => call(red, n.toRed(red)).fromRed());
      },
    },
  };
}

return { accelerate, create };
