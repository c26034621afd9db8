//go:build amd64 || arm64

package accel

import (
	"math/big"

	"postie/runner/script/sandbox/engine"
)

// bn are the functions behind the library bn.js, which elliptic computes with.
// A number comes as its words and their count, and results are new words.
var bn = map[string]engine.Function{
	"bn.multiply": bnMultiply,
	"bn.modMul":   bnModMul,
	"bn.modPow":   bnModPow,
	"bn.inverse":  bnInverse,
	"bn.ecShort":  shortMultiply,
	"bn.divide":   bnDivide,
	"bn.montMul":  bnMontMul,
	"bn.montInv":  bnMontInverse,
}

// wordSize is bn.js's bits of a word.
const wordSize = 26

// bnNumbers reads numbers from the first argument on.
func bnNumbers(c *engine.Call, into ...*big.Int) bool {
	for i, n := range into {
		count, ok := c.Int(2*i + 1)
		if !ok || count < 1 {
			return false
		}
		d, ok := digits(c, c.At(2*i), 0, count, wordSize)
		if !ok || count > 1 && d[count-1] == 0 {
			return false
		}
		n.Set(number(d, wordSize))
	}
	return true
}

// bnWords returns the words of a number, at least one.
func bnWords(n *big.Int) []int32 {
	d := make([]int32, max(1, (n.BitLen()+wordSize-1)/wordSize))
	split(n, d, wordSize)
	return d
}

// bnMultiply implements multiply(a, a.length, b, b.length). The result has as
// many words as a and b together.
func bnMultiply(c *engine.Call) engine.Value {
	var a, b big.Int
	if !bnNumbers(c, &a, &b) {
		return engine.Undefined
	}
	m, _ := c.Int(1)
	n, _ := c.Int(3)
	d := make([]int32, m+n)
	split(a.Mul(&a, &b), d, wordSize)
	return c.NewInts(d)
}

// bnModMul implements modMul(a, a.length, b, b.length, m, m.length).
func bnModMul(c *engine.Call) engine.Value {
	var a, b, m big.Int
	if !bnNumbers(c, &a, &b, &m) || m.Sign() == 0 {
		return engine.Undefined
	}
	a.Mul(&a, &b)
	return c.NewInts(bnWords(new(big.Int).Rem(&a, &m)))
}

// bnModPow implements modPow(a, a.length, e, e.length, m, m.length, shift). For
// Montgomery's method, a and the result are stored times 2^shift, modulo m.
func bnModPow(c *engine.Call) engine.Value {
	var a, e, m big.Int
	shift, ok := c.Int(6)
	if !ok || shift < 0 || shift > maxDigits*wordSize || !bnNumbers(c, &a, &e, &m) || m.Sign() == 0 || e.BitLen()*m.BitLen() > maxPower {
		return engine.Undefined
	}
	if shift == 0 {
		return c.NewInts(bnWords(a.Exp(&a, &e, &m)))
	}
	factor := new(big.Int).Lsh(big.NewInt(1), uint(shift))
	inverse := new(big.Int).ModInverse(factor, &m)
	if inverse == nil {
		return engine.Undefined
	}
	a.Exp(a.Mul(&a, inverse), &e, &m)
	return c.NewInts(bnWords(a.Rem(a.Mul(&a, factor), &m)))
}

// bnInverse implements inverse(a, a.length, m, m.length) for an odd m.
func bnInverse(c *engine.Call) engine.Value {
	var a, m big.Int
	if !bnNumbers(c, &a, &m) || m.Bit(0) == 0 || a.Sign() == 0 || m.BitLen() < 2 || a.ModInverse(&a, &m) == nil {
		return engine.Undefined
	}
	return c.NewInts(bnWords(&a))
}

// bnDivide implements divide(a, a.length, b, b.length, list): it returns the
// words of the remainder, and appends those of the quotient to list if there is
// one.
func bnDivide(c *engine.Call) engine.Value {
	var a, b big.Int
	if !bnNumbers(c, &a, &b) || b.Sign() == 0 {
		return engine.Undefined
	}
	quotient, remainder := new(big.Int).QuoRem(&a, &b, new(big.Int))
	if list := c.At(4); engine.IsObject(list) && !c.SetInts(list, 0, bnWords(quotient)) {
		return c.Thrown()
	}
	return c.NewInts(bnWords(remainder))
}

// bnMontMul implements montMul(a, a.length, b, b.length, r, r.length, m,
// m.length). r removes the factor with which Montgomery's method stores a, b
// and the result.
func bnMontMul(c *engine.Call) engine.Value {
	var a, b, r, m big.Int
	if !bnNumbers(c, &a, &b, &r, &m) || m.Sign() == 0 {
		return engine.Undefined
	}
	a.Mul(&a, &b)
	a.Rem(&a, &m)
	a.Mul(&a, &r)
	return c.NewInts(bnWords(b.Rem(&a, &m)))
}

// bnMontInverse implements montInv(a, a.length, r2, r2.length, m, m.length). r2
// is the square of that factor.
func bnMontInverse(c *engine.Call) engine.Value {
	var a, r, m big.Int
	if !bnNumbers(c, &a, &r, &m) || m.Bit(0) == 0 || a.Sign() == 0 || m.BitLen() < 2 || a.ModInverse(&a, &m) == nil {
		return engine.Undefined
	}
	a.Mul(&a, &r)
	return c.NewInts(bnWords(r.Rem(&a, &m)))
}
