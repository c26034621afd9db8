'use strict';

// Points of elliptic curves of the library elliptic, which uses bn.js. The
// object that is found is their prototype. The first product on a curve proves
// that Go's results are the library's. Where the library keeps a sum as a
// fraction, the result here is the same point with denominator one.

const { Accelerator } = load('accelerate');
const { create } = load('bn');
const multiply = host.native('bn.ecShort');

const CORE = {
  mul: 'isInfinity _hasDoubles _fixedNafMul curve endo _endoWnafMulAdd _wnafMul', mulAdd: 'curve endo _endoWnafMulAdd _wnafMulAdd',
  jmulAdd: 'curve endo _endoWnafMulAdd _wnafMulAdd', isInfinity: 'inf', toJ: 'inf curve jpoint', _hasDoubles: '',
};

function accelerate(proto) {
  if (typeof proto.constructor !== 'function' || proto.constructor.prototype !== proto) return undefined;
  const it = new Accelerator(proto);
  for (const [name, words] of Object.entries(CORE)) if (!it.own(name, words)) return false;
  const replace = (name, make) => it.replace(proto[name], make, () => undefined);
  return [
    replace('mul', (plain) => function (k) {
      return it.intact() && product(() => plain(this, [k]), [[this, k]]) || plain(this, [k]);
    }),
    ...['mulAdd', 'jmulAdd'].map((name) => replace(name, (plain) => function (k1, point, k2) {
      const own = () => plain(this, [k1, point, k2]);
      const sum = it.intact() && product(own, [[this, k1], [point, k2]]);
      return sum ? (name === 'jmulAdd' ? sum.toJ() : sum) : own();
    })),
  ].includes(true);
}

const shown = new WeakMap(); // whether Go has proved to be right on a curve

// product returns the sum of points, each times a number. It returns undefined
// when Go cannot compute it, or has not been proved right.
function product(own, terms) {
  const { curve } = terms[0][0];
  if (curve?.type !== 'short' || !terms.every(([point, k]) => usual(curve, point, k))) return undefined;
  const { p, a } = curve;
  const numbers = [p, a.fromRed(), ...terms.flatMap(([{ x, y }, k]) => [x.fromRed(), y.fromRed(), k])];
  const words = multiply(...numbers.flatMap((n) => [n.words, n.length]));
  if (!words) return undefined;
  const BN = p.constructor;
  const coordinate = (first) => create(BN, words.slice(first, first + words.length / 2), 0, null);
  const sum = curve.point(coordinate(0), coordinate(words.length / 2));
  if (!shown.has(curve)) {
    const right = own();
    shown.set(curve, (right.type === 'jacobian' ? right.toP() : right).eq(sum));
  }
  return shown.get(curve) ? sum : undefined;
}

const usual = (curve, point, k) => point?.curve === curve && point.type === 'affine' && !point.inf && point.x?.red === curve.red && point.y?.red === curve.red
  && k?.words && k.negative === 0 && !k.red && k.constructor === curve.p.constructor;

return { accelerate };
