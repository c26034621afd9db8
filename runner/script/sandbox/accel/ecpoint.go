//go:build amd64 || arm64

package accel

import (
	"math/big"

	"postie/runner/script/sandbox/engine"
)

// An ecPoint is a point of the elliptic curves that are used with jsbn: (x/z,
// y/z) on y² = x³ + ax + b modulo q. Its methods use the library's formulas, so
// that the coordinates are the same.
type ecPoint struct{ x, y, z *bigInteger }

// A curve is what all its points share.
type curve struct{ q, a *bigInteger }

func (p *ecPoint) isInfinity() bool { return p.z.isZero() && !p.y.isZero() }

// multiply returns k times p. It returns false when infinity occurs on the way,
// because the library has a special object for it.
func (c *curve) multiply(p *ecPoint, k *big.Int) (r *ecPoint, ok bool) {
	h := new(big.Int).Mul(k, big.NewInt(3))
	negative := &ecPoint{p.x, c.mod(p.y.negate()), p.z}
	r = p
	for i := h.BitLen() - 2; i > 0; i-- {
		if r, ok = c.twice(r); !ok {
			return nil, false
		}
		if one, other := h.Bit(i), k.Bit(i); one > other {
			r, ok = c.add(r, p)
		} else if one < other {
			r, ok = c.add(r, negative)
		}
		if !ok {
			return nil, false
		}
	}
	return r, r != p
}

func (c *curve) twice(p *ecPoint) (*ecPoint, bool) {
	if p.isInfinity() || p.y.isZero() {
		return nil, false
	}
	three := p.x.small(3)
	y1z1 := p.y.times(p.z)
	y1sqz1 := c.mod(y1z1.times(p.y))
	w := p.x.times(p.x).times(three)
	if !c.a.isZero() {
		w = w.plus(p.z.times(p.z).times(c.a))
	}
	w = c.mod(w)
	x := c.mod(w.times(w).minus(p.x.shifted(3).times(y1sqz1)).shifted(1).times(y1z1))
	y := c.mod(w.times(three).times(p.x).minus(y1sqz1.shifted(1)).shifted(2).times(y1sqz1).minus(w.times(w).times(w)))
	z := c.mod(y1z1.times(y1z1).times(y1z1).shifted(3))
	return &ecPoint{x, y, z}, true
}

func (c *curve) add(p, b *ecPoint) (*ecPoint, bool) {
	if p.isInfinity() || b.isInfinity() {
		return nil, false
	}
	u := c.mod(b.y.times(p.z).minus(p.y.times(b.z)))
	v := c.mod(b.x.times(p.z).minus(p.x.times(b.z)))
	if v.isZero() {
		return nil, false
	}
	v2 := v.times(v)
	v3 := v2.times(v)
	x1v2 := p.x.times(v2)
	zu2 := u.times(u).times(p.z)
	x := c.mod(zu2.minus(x1v2.shifted(1)).times(b.z).minus(v3).times(v))
	y := c.mod(x1v2.times(p.x.small(3)).times(u).minus(p.y.times(v3)).minus(zu2.times(u)).times(b.z).plus(u.times(v3)))
	z := c.mod(v3.times(p.z).times(b.z))
	return &ecPoint{x, y, z}, true
}

// ecMultiply implements multiply(x, x.t, y, y.t, z, z.t, k, k.t, q, q.t, a,
// a.t, x3, y3, z3, DB). It returns the numbers of digits of the new point's
// coordinates, 10 bits each.
func ecMultiply(c *engine.Call) engine.Value {
	size, ok := c.Int(15)
	var x, y, z, k, q, a []int32
	if !ok || !operands(c, size, 0, &x, &y, &z, &k, &q, &a) || len(q) == 0 || len(q) > 200 || 2*size < 52 {
		return declined
	}
	for _, d := range [][]int32{x, y, z, k, a} {
		if len(d) > len(q) {
			return declined
		}
	}
	on := &curve{integer(q, size), integer(a, size)}
	p, ok := on.multiply(&ecPoint{integer(x, size), integer(y, size), integer(z, size)}, number(k, size))
	if !ok {
		return declined
	}
	counts := 0
	for i, n := range []*bigInteger{p.x, p.y, p.z} {
		if n.s < 0 || write(c, 12+i, n.d, 0) != engine.Number(0) {
			return declined
		}
		counts |= n.t << (10 * i)
	}
	return engine.Number(float64(counts))
}

// mod returns x modulo q.
func (c *curve) mod(x *bigInteger) *bigInteger {
	r, abs := x.blank(), x.abs()
	if abs.t < c.q.t {
		abs.copyTo(r)
	} else {
		abs.divRemTo(c.q, x.blank(), r)
	}
	if x.s < 0 && !r.isZero() {
		c.q.addTo(r, -1, r)
	}
	return r
}

// The following methods are those of BigInteger that return new numbers.

func (x *bigInteger) negate() *bigInteger {
	r := x.blank()
	x.blank().addTo(x, -1, r)
	return r
}

func (x *bigInteger) abs() *bigInteger {
	if x.s < 0 {
		return x.negate()
	}
	return x
}

func (x *bigInteger) plus(a *bigInteger) *bigInteger {
	r := x.blank()
	x.addTo(a, 1, r)
	return r
}

func (x *bigInteger) minus(a *bigInteger) *bigInteger {
	r := x.blank()
	x.addTo(a, -1, r)
	return r
}

func (x *bigInteger) shifted(n int) *bigInteger {
	r := x.blank()
	x.shiftLeft(n, r)
	return r
}

func (x *bigInteger) times(a *bigInteger) *bigInteger {
	p, q := x.abs(), a.abs()
	r := &bigInteger{d: make([]int32, p.t+q.t), t: p.t + q.t, size: x.size}
	for i, digit := range q.d[:q.t] {
		r.d[i+p.t] = int32(p.am(int(digit), r, i, p.t))
	}
	r.clamp()
	if x.s != a.s {
		x.blank().addTo(r, -1, r)
	}
	return r
}
