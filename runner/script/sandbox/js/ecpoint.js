'use strict';

// Points of elliptic curves over prime fields with the numbers of jsbn, as in
// jsrsasign. The object that is found is their prototype.

const { Accelerator, same } = load('accelerate');
const { intactOf } = load('jsbn');
const multiply = host.native('ec.multiply');

const CORE = {
  multiply: 'isInfinity signum bitLength testBit twice add negate', twice: 'isInfinity signum multiply square shiftLeft subtract mod fromBigInteger',
  add: 'isInfinity multiply square shiftLeft subtract mod fromBigInteger twice', negate: 'curve', isInfinity: '', getX: 'modInverse', getY: 'modInverse',
};

function accelerate(proto) {
  const Point = proto.constructor;
  if (typeof Point !== 'function' || Point.prototype !== proto) return undefined;
  for (const name of Object.keys(CORE)) if (!(name in proto)) return undefined;
  const it = new Accelerator(proto);
  for (const [name, words] of Object.entries(CORE)) if (!it.own(name, words)) return false;
  // The first point that is multiplied shows the class of the numbers.
  let intact;
  const ready = (plain, point, k) => {
    if (intact === undefined && (intact = intactOf(k))) {
      const [p, n] = sample(point, k.constructor);
      if (!same(coordinates(product(Point, p, n)), coordinates(plain(p, [n])))) intact = () => false;
    }
    return intact?.();
  };
  return it.replace(proto.multiply, (plain) => function (k) {
    if (k && k.s === 0 && this.x?.x && this.y?.x && this.z && this.curve?.a?.x && it.intact() && ready(plain, this, k)) {
      const point = product(Point, this, k);
      if (point) return point;
    }
    return plain(this, [k]);
  }, () => true);
}

function product(Point, { curve, x: { x }, y: { x: y }, z }, k) {
  const { q, a: { x: a } } = curve;
  const BigInteger = k.constructor;
  const [x3, y3, z3] = [new BigInteger(null), new BigInteger(null), new BigInteger(null)];
  const counts = multiply(x, x.t, y, y.t, z, z.t, k, k.t, q, q.t, a, a.t, x3, y3, z3, k.DB);
  if (counts < 0) return undefined;
  [x3, y3, z3].forEach((n, i) => {
    n.t = (counts >> (10 * i)) & 1023;
    n.s = 0;
  });
  return new Point(curve, curve.fromBigInteger(x3), curve.fromBigInteger(y3), z3);
}

const coordinates = (p) => p && [p.x.x, p.y.x, p.z];

// sample returns a point of a small curve of the same kind, and a number.
function sample({ curve, constructor: Point }, BigInteger) {
  const [q, a, b, x, y, k] = ['fffffffb', 'fffffff8', '2db', '5', '1d', '9a7'].map((hex) => new BigInteger(hex, 16));
  const small = new curve.constructor(q, a, b);
  return [new Point(small, small.fromBigInteger(x), small.fromBigInteger(y)), k];
}

return { accelerate };
