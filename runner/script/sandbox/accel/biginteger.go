//go:build amd64 || arm64

package accel

import (
	"math"
	"math/bits"
)

// A bigInteger is a number of the library jsbn. Its methods do the same steps
// as the library's, so that they also leave the same remains above a number's
// digits. A negative number is stored in two's complement: s is -1.
type bigInteger struct {
	d    []int32 // digits, with remains of earlier numbers above t
	t    int     // number of digits that count
	s    int     // 0 or -1
	size uint    // bits per digit
}

func (x *bigInteger) mask() int { return 1<<x.size - 1 }

// blank returns a new number without digits.
func (x *bigInteger) blank() *bigInteger { return &bigInteger{size: x.size} }

func (x *bigInteger) small(n int32) *bigInteger {
	if n == 0 {
		return x.blank()
	}
	return &bigInteger{d: []int32{n}, t: 1, size: x.size}
}

// put sets a digit.
func (x *bigInteger) put(i int, digit int) {
	for i >= len(x.d) {
		x.d = append(x.d, 0)
	}
	x.d[i] = int32(digit)
}

func (x *bigInteger) clamp() {
	above := int32(x.s & x.mask())
	for x.t > 0 && x.d[x.t-1] == above {
		x.t--
	}
}

func (x *bigInteger) copyTo(r *bigInteger) {
	for i := x.t - 1; i >= 0; i-- {
		r.put(i, int(x.d[i]))
	}
	r.t, r.s = x.t, x.s
}

func (x *bigInteger) clone() *bigInteger {
	r := x.blank()
	x.copyTo(r)
	return r
}

func (x *bigInteger) compare(a *bigInteger) int {
	if x.s != a.s {
		return x.s - a.s
	}
	if x.t != a.t {
		if x.s < 0 {
			return a.t - x.t
		}
		return x.t - a.t
	}
	for i := x.t - 1; i >= 0; i-- {
		if x.d[i] != a.d[i] {
			return int(x.d[i] - a.d[i])
		}
	}
	return 0
}

func (x *bigInteger) isEven() bool {
	if x.t > 0 {
		return x.d[0]&1 == 0
	}
	return x.s == 0
}

func (x *bigInteger) isZero() bool {
	return x.s == 0 && (x.t == 0 || x.t == 1 && x.d[0] == 0)
}

func (x *bigInteger) lowestSetBit() int {
	for i, digit := range x.d[:x.t] {
		if digit != 0 {
			return i*int(x.size) + bits.TrailingZeros32(uint32(digit))
		}
	}
	if x.s < 0 {
		return x.t * int(x.size)
	}
	return -1
}

// shiftDigitsLeft is jsbn's dlShiftTo, shiftDigitsRight is drShiftTo.
func (x *bigInteger) shiftDigitsLeft(n int, r *bigInteger) {
	for i := x.t - 1; i >= 0; i-- {
		r.put(i+n, int(x.d[i]))
	}
	for i := n - 1; i >= 0; i-- {
		r.put(i, 0)
	}
	r.t, r.s = x.t+n, x.s
}

func (x *bigInteger) shiftDigitsRight(n int, r *bigInteger) {
	for i := n; i < x.t; i++ {
		r.put(i-n, int(x.d[i]))
	}
	r.t, r.s = max(x.t-n, 0), x.s
}

func (x *bigInteger) shiftLeft(n int, r *bigInteger) {
	digits, shift := n/int(x.size), uint(n)%x.size
	back := x.size - shift
	carry := x.s << shift & x.mask()
	for i := x.t - 1; i >= 0; i-- {
		digit := int(x.d[i])
		r.put(i+digits+1, digit>>back|carry)
		carry = digit & (1<<back - 1) << shift
	}
	for i := digits - 1; i >= 0; i-- {
		r.put(i, 0)
	}
	r.put(digits, carry)
	r.t, r.s = x.t+digits+1, x.s
	r.clamp()
}

func (x *bigInteger) shiftRight(n int, r *bigInteger) {
	r.s = x.s
	digits, shift := n/int(x.size), uint(n)%x.size
	if digits >= x.t {
		r.t = 0
		return
	}
	back, low := x.size-shift, 1<<shift-1
	t := x.t
	r.put(0, int(x.d[digits])>>shift)
	for i := digits + 1; i < t; i++ {
		digit := int(x.d[i])
		r.put(i-digits-1, int(r.d[i-digits-1])|digit&low<<back)
		r.put(i-digits, digit>>shift)
	}
	if shift > 0 {
		r.put(t-digits-1, int(r.d[t-digits-1])|x.s&low<<back)
	}
	r.t = t - digits
	r.clamp()
}

// addTo is jsbn's addTo; with sign -1 it is subTo.
func (x *bigInteger) addTo(a *bigInteger, sign int, r *bigInteger) {
	xt, at, xs, as, carry := x.t, a.t, x.s, sign*a.s, 0
	n := max(xt, at)
	for i := range n {
		if i == xt {
			carry += xs
		}
		if i == at {
			carry += as
		}
		if i < xt {
			carry += int(x.d[i])
		}
		if i < at {
			carry += sign * int(a.d[i])
		}
		r.put(i, carry&r.mask())
		carry >>= r.size
	}
	if xt == n {
		carry += xs
	}
	if at == n {
		carry += as
	}
	r.s = 0
	if carry < 0 {
		r.s = -1
	}
	if carry > 0 {
		r.put(n, carry)
		n++
	} else if carry < -1 {
		r.put(n, 1<<r.size+carry)
		n++
	}
	r.t = n
	r.clamp()
}

// am adds digit times the first n digits of x to the digits of r from j on, and
// returns the carry.
func (x *bigInteger) am(digit int, r *bigInteger, j, n int) int {
	carry, w := uint64(0), r.d[j:j+n]
	for i, xi := range x.d[:n] {
		carry += uint64(digit)*uint64(xi) + uint64(w[i])
		w[i] = int32(carry) & int32(r.mask())
		carry >>= x.size
	}
	return int(carry)
}

// divRemTo is jsbn's method for two numbers that are not negative, where x has
// at least as many digits as m. Like the library it uses q as a work area, too.
func (x *bigInteger) divRemTo(m, q, r *bigInteger) {
	y, shift := x.blank(), int(x.size)-bits.Len32(uint32(m.d[m.t-1]))
	if shift > 0 {
		m.shiftLeft(shift, y)
		x.shiftLeft(shift, r)
	} else {
		m.copyTo(y)
		x.copyTo(r)
	}
	ys, i := y.t, r.t
	estimate := estimator(y)
	j := i - ys
	y.shiftDigitsLeft(j, q)
	if r.compare(q) >= 0 {
		r.put(r.t, 1)
		r.t++
		r.addTo(q, -1, r)
	}
	x.small(1).shiftDigitsLeft(ys, q)
	q.addTo(y, -1, y) // q is negative here, so adding it subtracts
	for y.t < ys {
		y.put(y.t, 0)
		y.t++
	}
	for j--; j >= 0; j-- {
		i--
		digit := estimate(r, i)
		r.d[i] += int32(y.am(digit, r, j, ys))
		if int(r.d[i]) < digit {
			y.shiftDigitsLeft(j, q)
			r.addTo(q, -1, r)
			for digit--; int(r.d[i]) < digit; digit-- {
				r.addTo(q, -1, r)
			}
		}
	}
	r.shiftDigitsRight(ys, q)
	r.t = ys
	r.clamp()
	if shift > 0 {
		r.shiftRight(shift, r)
	}
}

// estimator returns a function that estimates the next digit of a quotient by y
// in floating point, as the library does.
func estimator(y *bigInteger) func(r *bigInteger, i int) int {
	const precision = 52
	f1, f2 := precision-int(y.size), 2*int(y.size)-precision
	top := int(y.d[y.t-1])
	yt := float64(top) * float64(uint64(1)<<f1)
	if y.t > 1 {
		yt += float64(y.d[y.t-2] >> f2)
	}
	d1, d2, e := float64(1<<precision)/yt, float64(uint64(1)<<f1)/yt, float64(uint64(1)<<f2)
	return func(r *bigInteger, i int) int {
		if int(r.d[i]) == top {
			return y.mask()
		}
		a := float64(r.d[i]) * d1 // the conversion prevents a fused multiply-add
		b := (float64(r.d[i-1]) + e) * d2
		return int(math.Floor(float64(a) + float64(b)))
	}
}

// gcd returns the greatest common divisor of two numbers above 0.
func (x *bigInteger) gcd(a *bigInteger) *bigInteger {
	x, y := x.clone(), a.clone()
	if x.compare(y) < 0 {
		x, y = y, x
	}
	common := min(x.lowestSetBit(), y.lowestSetBit())
	if common > 0 {
		x.shiftRight(common, x)
		y.shiftRight(common, y)
	}
	for !x.isZero() {
		if n := x.lowestSetBit(); n > 0 {
			x.shiftRight(n, x)
		}
		if n := y.lowestSetBit(); n > 0 {
			y.shiftRight(n, y)
		}
		if x.compare(y) >= 0 {
			x.addTo(y, -1, x)
			x.shiftRight(1, x)
		} else {
			y.addTo(x, -1, y)
			y.shiftRight(1, y)
		}
	}
	if common > 0 {
		y.shiftLeft(common, y)
	}
	return y
}

// inverse is jsbn's modInverse for two numbers above 0. It returns nil when
// there is no inverse, and whether the last step was an addition.
func (x *bigInteger) inverse(m *bigInteger) (inverse *bigInteger, added bool) {
	even := m.isEven()
	if even && x.isEven() {
		return nil, false
	}
	u, v := m.clone(), x.clone()
	a, b, c, d := x.small(1), x.small(0), x.small(0), x.small(1)
	halve := func(n, p, q *bigInteger) {
		for n.isEven() {
			n.shiftRight(1, n)
			if even {
				if !p.isEven() || !q.isEven() {
					p.addTo(x, 1, p)
					q.addTo(m, -1, q)
				}
				p.shiftRight(1, p)
			} else if !q.isEven() {
				q.addTo(m, -1, q)
			}
			q.shiftRight(1, q)
		}
	}
	for !u.isZero() {
		halve(u, a, b)
		halve(v, c, d)
		if u.compare(v) >= 0 {
			u.addTo(v, -1, u)
			if even {
				a.addTo(c, -1, a)
			}
			b.addTo(d, -1, b)
		} else {
			v.addTo(u, -1, v)
			if even {
				c.addTo(a, -1, c)
			}
			d.addTo(b, -1, d)
		}
	}
	if v.compare(x.small(1)) != 0 {
		return nil, false
	}
	inverse = within(d, m)
	return inverse, inverse != d
}

// within brings an inverse as close to the range 0 <= d < m as the library
// does.
func within(d, m *bigInteger) *bigInteger {
	if d.compare(m) >= 0 {
		r := d.blank()
		d.addTo(m, -1, r)
		return r
	}
	if d.s >= 0 {
		return d
	}
	if d.addTo(m, 1, d); d.s < 0 {
		r := d.blank()
		d.addTo(m, 1, r)
		return r
	}
	return d
}
