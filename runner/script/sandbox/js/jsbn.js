'use strict';

// BigInteger of the library jsbn, of which jsrsasign, forge, jsencrypt and many
// other libraries contain a copy. The object that is found is its prototype.

const { Accelerator } = load('accelerate');
const go = (name) => host.native('jsbn.' + name);

// The names that each method uses in every minified copy. They are not
// minified, because the rest of the library needs them.
const CORE = {
  am: '', multiplyTo: 'abs am clamp', squareTo: 'abs am clamp DV', divRemTo: 'lShiftTo dlShiftTo subTo drShiftTo F1 F2 FV',
  addTo: 'DM DB DV clamp', subTo: 'DM DB DV clamp', copyTo: '', clamp: 'DM', compareTo: '', bitLength: 'DB', isEven: '',
  dlShiftTo: '', drShiftTo: '', lShiftTo: 'DB clamp', rShiftTo: 'DB clamp', invDigit: 'DV', abs: 'negate', mod: 'divRemTo',
};

const numbers = new WeakMap(); // the check of intactOf, by prototype

// intactOf returns a function that reports whether a number's class is
// accelerated and otherwise as the library made it.
function intactOf(number) {
  const it = numbers.get(Object.getPrototypeOf(number));
  return it && (() => it.intact());
}

function accelerate(proto, all) {
  const { constructor: BigInteger, DB } = proto;
  if (typeof BigInteger !== 'function' || BigInteger.prototype !== proto || typeof BigInteger.ONE !== 'object') return undefined;
  for (const name of Object.keys(CORE)) if (!(name in proto)) return undefined; // the library is not complete yet
  if (DB < 16 || DB > 30 || proto.DM !== (1 << DB) - 1 || proto.DV !== 1 << DB) return false;
  const it = new Accelerator(proto);
  for (const [name, words] of Object.entries(CORE)) if (!it.own(name, words)) return false;
  const create = () => new BigInteger(null);
  const number = (hex) => new BigInteger(hex, 16);
  const methods = { ...arithmetic(DB, create), ...powers(it, DB, create) };
  for (const name of Object.keys(methods)) if (!all && !(name in proto)) return undefined;
  const a = 'f'.repeat(29);
  const b = '8123456789abcdef0000000fedcba9877';
  const m = 'd' + '0'.repeat(31) + '2b';
  const samples = () => [number('7'), number(a), number(b + a), number(m)];
  const known = Object.keys(methods).filter((name) => proto[name] !== undefined);
  const strange = known.findIndex((name) => !(name in CORE) && !it.own(name, methods[name].words));
  for (const name of strange < 0 ? known : known.slice(0, strange)) {
    const { make, probe } = methods[name];
    if (!it.replaceAtUse(proto[name], [make], (call) => probe(call, ...samples()))) return false;
  }
  if (strange >= 0) return false;
  numbers.set(proto, it);
  return true;
}

// into calls a method that writes its result into a number.
const into = (create) => (call, self, ...args) => {
  const r = create();
  call(self, ...args, r);
  return r;
};

function arithmetic(DB, create) {
  const [am, multiply, square, divide, add, subtract] = ['am', 'multiply', 'square', 'divide', 'add', 'subtract'].map(go);
  const result = into(create);
  const sum = (go) => (plain) => function (a, r) {
    const n = a && r ? go(this, this.t, this.s, a, a.t, a.s, r, DB) : -1;
    if (n < 0) return plain(this, [a, r]);
    r.s = n & 1 ? -1 : 0;
    r.t = n >> 1;
  };
  const sums = (call, w, x, y, z) => [result(call, x, y), result(call, y, x), result(call, z, z), result(call, w, y), result(call, result(call, x, z), w)];
  return {
    am: {
      make: (plain) => function (i, x, w, j, c, n) {
        const carry = n > 4 ? am(this, i, x, w, j, c, n, DB) : -1;
        return carry < 0 ? plain(this, [i, x, w, j, c, n]) : carry;
      },
      probe: (call, w, x, y, z) => [call(y, 0, z[0], z, 0, 3, z.t), z, call(y, 1, 2 * x[0], y, 0, 0, y.t - 1), y],
    },
    multiplyTo: {
      make: (plain) => function (a, r) {
        if (this.s === 0 && a && a.s === 0 && r && r !== this && r !== a) {
          const t = multiply(this, this.t, a, a.t, r, DB);
          if (t >= 0) { r.t = t; r.s = 0; return; }
        }
        return plain(this, [a, r]);
      },
      probe: (call, w, x, y, z) => [result(call, x, y), result(call, z, z), result(call, y, w)],
    },
    squareTo: {
      make: (plain) => function (r) {
        if (this.s === 0 && r && r !== this) {
          const t = square(this, this.t, r, DB);
          if (t >= 0) { r.t = t; r.s = 0; return; }
        }
        return plain(this, [r]);
      },
      probe: (call, ...numbers) => numbers.map((n) => result(call, n)),
    },
    divRemTo: {
      make: (plain) => function (m, q, r) {
        if (this.s === 0 && m && m.s === 0 && m.t > 0 && this.t >= m.t && (q || r) && q !== r && m !== r && m !== q) {
          const n = divide(this, this.t, m, m.t, q ?? null, r ?? null, DB);
          if (n >= 0) {
            if (q) { q.t = n >> 12; q.s = 0; }
            if (r) { r.t = n & 4095; r.s = 0; }
            return;
          }
        }
        return plain(this, [m, q, r]);
      },
      probe: (call, w, x, y, z) => [[y, x], [y, w], [z, x], [y, z], [z, z], [x, y]].map(([n, m]) => {
        const [q, r] = [create(), create()];
        call(n, m, q, r);
        return [q, r];
      }),
    },
    addTo: { make: sum(add), probe: sums },
    subTo: { make: sum(subtract), probe: sums },
  };
}

// powers replaces methods of a BigInteger. A library may have added parameters
// to them, as node-rsa does, with unsigned numbers.
function powers(it, DB, create) {
  const [modPow, inverse, gcd, prime, parse, hex] = ['modPow', 'inverse', 'gcd', 'prime', 'parse', 'hex'].map(go);
  // settle returns the number r with t digits, if Go has computed it.
  const settle = (r, t) => {
    r.t = t;
    r.s = 0;
    return r;
  };
  return {
    modPow: {
      words: 'bitLength isEven convert revert sqrTo mulTo copyTo',
      make: (plain) => function (e, m, ...more) {
        if (this.s === 0 && e && e.s === 0 && m && m.s === 0 && it.intact()) {
          const r = create();
          const t = modPow(this, this.t, e, e.t, m, m.t, r, DB);
          if (t >= 0) return settle(r, t);
        }
        return plain(this, [e, m, ...more]);
      },
      probe: (call, w, x, y, z) => [call(y, x, z), call(w, z, x), call(x, w, z)],
    },
    modPowInt: {
      words: 'isEven exp',
      make: (plain) => function (e, m, ...more) {
        if (this.s === 0 && typeof e === 'number' && m && m.s === 0 && it.intact()) {
          const r = create();
          const t = modPow(this, this.t, e, -1, m, m.t, r, DB);
          if (t >= 0) return settle(r, t);
        }
        return plain(this, [e, m, ...more]);
      },
      probe: (call, w, x, y, z) => [call(y, 65537, z), call(x, 3, z), call(w, 257, x)],
    },
    modInverse: {
      words: 'isEven clone signum rShiftTo addTo subTo',
      make: (plain) => function (m, ...more) {
        if (this.s === 0 && m && m.s === 0 && it.intact()) {
          const r = create();
          const n = inverse(this, this.t, m, m.t, r, DB);
          if (n >= 0) {
            if (n & 1) r.s = 0;
            return settle(r, n >> 1);
          }
        }
        return plain(this, [m, ...more]);
      },
      probe: (call, w, x, y, z) => [call(y, z), call(w, z), call(z, w)],
    },
    gcd: {
      words: 'getLowestSetBit rShiftTo subTo',
      make: (plain) => function (a, ...more) {
        if (this.s === 0 && a && a.s === 0 && it.intact()) {
          const r = create();
          const t = gcd(this, this.t, a, a.t, r, DB);
          if (t >= 0) return settle(r, t);
        }
        return plain(this, [a, ...more]);
      },
      probe: (call, w, x, y, z) => [call(y, z), call(z, x), call(x, w)],
    },
    isProbablePrime: {
      words: 'isEven modInt millerRabin',
      make: (plain) => function (certainty, ...more) {
        const is = this.s === 0 && it.intact() ? prime(this, this.t, certainty, DB) : -1;
        return is === -1 ? plain(this, [certainty, ...more]) : is;
      },
      probe: (call, ...numbers) => numbers.map((n) => call(n, 4)),
    },
    fromString: {
      words: 'DB clamp fromRadix subTo',
      make: (plain) => function (s, b, ...more) {
        if (b === 16 && more.length === 0 && typeof s === 'string' && it.intact()) {
          const t = parse(s, this, DB);
          if (t >= 0) {
            this.t = t;
            this.s = 0;
            return;
          }
        }
        return plain(this, [s, b, ...more]);
      },
      probe: (call) => ['1', '0', '00ff', 'fFfffff', '123456789abcdef0123456789', '-ff'].map((text) => {
        const r = create();
        call(r, text, 16);
        return r;
      }),
    },
    toString: {
      words: 'DB negate toRadix',
      make: (plain) => function (b, ...more) {
        const text = b === 16 && this.s === 0 ? hex(this, this.t, DB) : -1;
        return typeof text === 'string' ? text : plain(this, [b, ...more]);
      },
      probe: (call, ...numbers) => numbers.map((n) => call(n, 16)),
    },
  };
}

return { accelerate, intactOf };
