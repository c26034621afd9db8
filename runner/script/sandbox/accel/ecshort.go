//go:build amd64 || arm64

package accel

import (
	"math/big"

	"postie/runner/script/sandbox/engine"
)

// A shortCurve is y² = x³ + ax + b modulo p; b is not needed.
type shortCurve struct{ p, a *big.Int }

// A jacobian is the point (x/z², y/z³), infinity where z is 0.
type jacobian struct{ x, y, z *big.Int }

func (c *shortCurve) mul(a, b *big.Int) *big.Int {
	r := new(big.Int).Mul(a, b)
	return r.Mod(r, c.p)
}

func (c *shortCurve) sub(a, b *big.Int) *big.Int {
	r := new(big.Int).Sub(a, b)
	return r.Mod(r, c.p)
}

func (c *shortCurve) double(j jacobian) jacobian {
	if j.z.Sign() == 0 || j.y.Sign() == 0 {
		return jacobian{big.NewInt(1), big.NewInt(1), new(big.Int)}
	}
	yy, zz := c.mul(j.y, j.y), c.mul(j.z, j.z)
	s := c.mul(new(big.Int).Lsh(j.x, 2), yy)
	m := new(big.Int).Mul(big.NewInt(3), c.mul(j.x, j.x))
	m.Add(m, c.mul(c.a, c.mul(zz, zz)))
	m.Mod(m, c.p)
	x := c.sub(c.mul(m, m), new(big.Int).Lsh(s, 1))
	y := c.sub(c.mul(m, new(big.Int).Sub(s, x)), new(big.Int).Lsh(c.mul(yy, yy), 3))
	return jacobian{x, y, c.mul(new(big.Int).Lsh(j.y, 1), j.z)}
}

func (c *shortCurve) add(j, k jacobian) jacobian {
	if j.z.Sign() == 0 {
		return k
	}
	if k.z.Sign() == 0 {
		return j
	}
	jzz, kzz := c.mul(j.z, j.z), c.mul(k.z, k.z)
	u, v := c.mul(j.x, kzz), c.mul(k.x, jzz)
	s, t := c.mul(j.y, c.mul(kzz, k.z)), c.mul(k.y, c.mul(jzz, j.z))
	h, r := c.sub(v, u), c.sub(t, s)
	if h.Sign() == 0 {
		if r.Sign() == 0 {
			return c.double(j)
		}
		return jacobian{big.NewInt(1), big.NewInt(1), new(big.Int)}
	}
	hh := c.mul(h, h)
	hhh, uhh := c.mul(h, hh), c.mul(u, hh)
	x := c.sub(c.sub(c.mul(r, r), hhh), new(big.Int).Lsh(uhh, 1))
	y := c.sub(c.mul(r, new(big.Int).Sub(uhh, x)), c.mul(s, hhh))
	return jacobian{x, y, c.mul(h, c.mul(j.z, k.z))}
}

func (c *shortCurve) multiply(j jacobian, k *big.Int) jacobian {
	r := jacobian{big.NewInt(1), big.NewInt(1), new(big.Int)}
	for i := k.BitLen() - 1; i >= 0; i-- {
		if r = c.double(r); k.Bit(i) == 1 {
			r = c.add(r, j)
		}
	}
	return r
}

// shortMultiply implements multiply(p, p.length, a, a.length, x, x.length, y,
// y.length, k, k.length). It returns the words of the coordinates of k times a
// point, as many for each as p has, or undefined for infinity. With a second
// point and factor it returns the sum of the products.
func shortMultiply(c *engine.Call) engine.Value {
	var p, a big.Int
	numbers := make([]big.Int, (c.Len()-4)/2)
	into := []*big.Int{&p, &a}
	for i := range numbers {
		into = append(into, &numbers[i])
	}
	if !bnNumbers(c, into...) || p.BitLen() < 8 || p.BitLen() > 600 || len(numbers) < 3 || len(numbers)%3 != 0 {
		return engine.Undefined
	}
	on := &shortCurve{&p, &a}
	sum := jacobian{new(big.Int), new(big.Int), new(big.Int)}
	for i := 0; i < len(numbers); i += 3 {
		if numbers[i+2].BitLen() > 2*p.BitLen() {
			return engine.Undefined
		}
		sum = on.add(sum, on.multiply(jacobian{&numbers[i], &numbers[i+1], big.NewInt(1)}, &numbers[i+2]))
	}
	inverse := new(big.Int).ModInverse(sum.z, &p)
	if sum.z.Sign() == 0 || inverse == nil {
		return engine.Undefined
	}
	square := on.mul(inverse, inverse)
	size := len(bnWords(&p))
	words := make([]int32, 2*size)
	copy(words, bnWords(on.mul(sum.x, square)))
	copy(words[size:], bnWords(on.mul(sum.y, on.mul(square, inverse))))
	return c.NewInts(words)
}
