//go:build amd64 || arm64

package accel

import (
	"math/big"
	"strings"

	"postie/runner/script/sandbox/engine"
)

// jsbn are the functions for BigInteger of the library jsbn, which many
// libraries contain a copy of. A number is passed as the object with its digits
// (in forge, its property data) and their count; the last argument is the digit
// size. Results are written as the library writes them, also above their
// digits. Functions return the count of digits of the result.
var jsbn = map[string]engine.Function{
	"jsbn.am":       jsbnAm,
	"jsbn.multiply": jsbnMultiply,
	"jsbn.square":   jsbnSquare,
	"jsbn.divide":   jsbnDivide,
	"jsbn.add":      func(c *engine.Call) engine.Value { return jsbnSum(c, 1) },
	"jsbn.subtract": func(c *engine.Call) engine.Value { return jsbnSum(c, -1) },
	"jsbn.modPow":   jsbnModPow,
	"jsbn.inverse":  jsbnInverse,
	"jsbn.gcd":      jsbnGCD,
	"jsbn.prime":    jsbnPrime,
	"jsbn.parse":    jsbnParse,
	"jsbn.hex":      jsbnHex,
	"ec.multiply":   ecMultiply,
}

// declined is the result of a function that leaves the work to the library.
var declined = engine.Number(-1)

// ints reads integer arguments, the first of which has the index from.
func ints(c *engine.Call, from int, into ...*int) bool {
	for i, p := range into {
		n, ok := c.Int(from + i)
		if *p = n; !ok {
			return false
		}
	}
	return true
}

// operands reads pairs of an object and its count of digits.
func operands(c *engine.Call, size, from int, into ...*[]int32) bool {
	for i, p := range into {
		n, ok := c.Int(from + 2*i + 1)
		if !ok {
			return false
		}
		if *p, ok = positive(c, holder(c, from+2*i), n, size); !ok {
			return false
		}
	}
	return true
}

// holder returns the object with the digits of an argument.
func holder(c *engine.Call, arg int) engine.Value {
	if data := c.Own(c.At(arg), "data"); engine.IsObject(data) {
		return data
	}
	return c.At(arg)
}

// write writes digits into an argument and returns answer.
func write(c *engine.Call, arg int, d []int32, answer int) engine.Value {
	to := holder(c, arg)
	if !engine.IsObject(to) {
		return declined
	}
	if !c.SetInts(to, 0, d) {
		return c.Thrown()
	}
	return engine.Number(float64(answer))
}

// jsbnAm implements am(this, i, x, w, j, c, n, DB): it adds x times n digits of
// this from i on, and c, to the digits of w from j on. It returns the carry.
func jsbnAm(c *engine.Call) engine.Value {
	var i, x, j, carry, n, size int
	if !ints(c, 1, &i, &x) || !ints(c, 4, &j, &carry, &n, &size) || size > 30 || x < 0 || x >= 2<<size || carry < 0 || carry >= 3<<size {
		return declined
	}
	a, ok := digits(c, holder(c, 0), i, n, size)
	w, also := digits(c, holder(c, 3), j, n, size)
	if !ok || !also {
		return declined
	}
	sum := uint64(carry)
	for k := range a {
		sum += uint64(x)*uint64(a[k]) + uint64(w[k])
		w[k] = int32(sum & (1<<size - 1))
		sum >>= size
	}
	if !c.SetInts(holder(c, 3), j, w) {
		return c.Thrown()
	}
	return engine.Number((float64(sum)))
}

// jsbnMultiply implements multiply(x, x.t, y, y.t, r, DB).
func jsbnMultiply(c *engine.Call) engine.Value {
	var size int
	var x, y []int32
	if !ints(c, 5, &size) || !operands(c, size, 0, &x, &y) {
		return declined
	}
	product := make([]int32, len(x)+len(y))
	split(new(big.Int).Mul(number(x, size), number(y, size)), product, size)
	return write(c, 4, product, trimmed(product))
}

// jsbnSquare implements square(x, x.t, r, DB).
func jsbnSquare(c *engine.Call) engine.Value {
	var size int
	var x []int32
	if !ints(c, 3, &size) || !operands(c, size, 0, &x) {
		return declined
	}
	n, square := number(x, size), make([]int32, 2*len(x))
	split(n.Mul(n, n), square, size)
	return write(c, 2, square, trimmed(square))
}

// jsbnDivide implements divide(x, x.t, m, m.t, q or null, r or null, DB). It
// returns the remainder's count of digits plus 4096 times the quotient's.
func jsbnDivide(c *engine.Call) engine.Value {
	var size int
	var x, m []int32
	if !ints(c, 6, &size) || !operands(c, size, 0, &x, &m) || len(m) == 0 || len(x) < len(m) || 2*size < 52 {
		return declined
	}
	q, r := integer(nil, size), integer(nil, size)
	integer(x, size).divRemTo(integer(m, size), q, r)
	if to := holder(c, 4); engine.IsObject(to) && !c.SetInts(to, 0, q.d) {
		return c.Thrown()
	}
	if to := holder(c, 5); engine.IsObject(to) && !c.SetInts(to, 0, r.d) {
		return c.Thrown()
	}
	return engine.Number(float64(q.t<<12 + r.t))
}

func integer(d []int32, size int) *bigInteger {
	return &bigInteger{d: d, t: len(d), size: uint(size)}
}

// jsbnSum implements add and subtract(x, x.t, x.s, a, a.t, a.s, r, DB). It
// returns twice the count of digits, plus one when the result is negative.
func jsbnSum(c *engine.Call, sign int) engine.Value {
	var xt, xs, at, as, size int
	if !ints(c, 1, &xt, &xs) || !ints(c, 4, &at, &as) || !ints(c, 7, &size) || xs>>1 != xs || as>>1 != as {
		return declined
	}
	x, ok := digits(c, holder(c, 0), 0, xt, size)
	a, also := digits(c, holder(c, 3), 0, at, size)
	if !ok || !also {
		return declined
	}
	one, other, r := integer(x, size), integer(a, size), integer(nil, size)
	one.s, other.s = xs, as
	one.addTo(other, sign, r)
	return write(c, 6, r.d, 2*r.t-r.s)
}

// jsbnModPow implements modPow(x, x.t, e, e.t, m, m.t, r, DB) for an odd m; e
// is a JavaScript number when e.t is -1. For an odd m the library uses
// Montgomery's method, whose last step leaves the result twice.
func jsbnModPow(c *engine.Call) engine.Value {
	var et, size int
	var x, m []int32
	if !ints(c, 3, &et) || !ints(c, 7, &size) || !operands(c, size, 0, &x) || !operands(c, size, 4, &m) {
		return declined
	}
	e, ok := exponent(c, et, size)
	modulus := number(m, size)
	if !ok || modulus.Bit(0) == 0 || e.BitLen()*modulus.BitLen() > maxPower {
		return declined
	}
	r := new(big.Int).Exp(number(x, size), e, modulus)
	d := make([]int32, 2*len(m)+1)
	split(r, d[:len(m)], size)
	split(r, d[len(m):], size)
	return write(c, 6, d, trimmed(d[:len(m)]))
}

// maxPower limits the work of a modular power: bits of the exponent times bits
// of the modulus.
const maxPower = 1 << 27

// exponent returns the third argument, if it is so large that the library uses
// Montgomery's method.
func exponent(c *engine.Call, et, size int) (*big.Int, bool) {
	if et == -1 {
		e, ok := c.Int(2)
		return big.NewInt(int64(e)), ok && e >= 1<<8 && e < 1<<32
	}
	d, ok := positive(c, holder(c, 2), et, size)
	if !ok {
		return nil, false
	}
	e := number(d, size)
	return e, e.BitLen() >= 8
}

// jsbnInverse implements inverse(x, x.t, m, m.t, r, DB). It declines when x and
// m have a common divisor. It returns twice the count of digits, plus one when
// the result comes from an addition, which creates the fields in another order.
func jsbnInverse(c *engine.Call) engine.Value {
	var size int
	var x, m []int32
	if !ints(c, 5, &size) || !operands(c, size, 0, &x, &m) || len(x) == 0 || len(m) == 0 {
		return declined
	}
	inverse, added := integer(x, size).inverse(integer(m, size))
	if inverse == nil || inverse.s < 0 {
		return declined
	}
	if added {
		return write(c, 4, inverse.d, 2*inverse.t+1)
	}
	return write(c, 4, inverse.d, 2*inverse.t)
}

// jsbnGCD implements gcd(x, x.t, a, a.t, r, DB).
func jsbnGCD(c *engine.Call) engine.Value {
	var size int
	var x, a []int32
	if !ints(c, 5, &size) || !operands(c, size, 0, &x, &a) || len(x) == 0 || len(a) == 0 {
		return declined
	}
	gcd := integer(x, size).gcd(integer(a, size))
	return write(c, 4, gcd.d, gcd.t)
}

// jsbnPrime implements prime(x, x.t, certainty, DB).
func jsbnPrime(c *engine.Call) engine.Value {
	var certainty, size int
	var x []int32
	if !ints(c, 2, &certainty, &size) || !operands(c, size, 0, &x) || certainty < 1 || len(x) < 2 {
		return declined
	}
	return engine.Bool(isPrime(number(x, size), min((certainty+1)/2, 168)))
}

// jsbnParse implements parse(hexadecimal text, r, DB).
func jsbnParse(c *engine.Call) engine.Value {
	var size int
	text, ok := c.Latin1(c.At(0))
	if !ints(c, 2, &size) || !ok || len(text) == 0 || len(text) > maxDigits*6 || size > 30 {
		return declined
	}
	for _, char := range text {
		if !strings.ContainsRune("0123456789abcdefABCDEF", rune(char)) {
			return declined
		}
	}
	n, _ := new(big.Int).SetString(string(text), 16)
	d := make([]int32, (4*len(text)+size-1)/size)
	split(n, d, size)
	return write(c, 1, d, trimmed(d))
}

// jsbnHex implements hex(x, x.t, DB).
func jsbnHex(c *engine.Call) engine.Value {
	var size int
	var x []int32
	if !ints(c, 2, &size) || !operands(c, size, 0, &x) {
		return declined
	}
	return c.NewLatin1(number(x, size).Append(nil, 16))
}
