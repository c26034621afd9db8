//go:build amd64 || arm64

package accel

import (
	"math/big"
	"testing"
)

// of returns a bigInteger with the value n.
func of(n *big.Int, size int) *bigInteger {
	x := &bigInteger{size: uint(size)}
	if n.Sign() < 0 {
		zero := &bigInteger{size: x.size}
		zero.addTo(of(new(big.Int).Neg(n), size), -1, x)
		return x
	}
	d := make([]int32, (n.BitLen()+size-1)/size)
	split(n, d, size)
	return integer(d, size)
}

// value returns the value of the digits.
func (x *bigInteger) value() *big.Int {
	n := number(x.d[:x.t], int(x.size))
	if x.s < 0 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(x.t)*x.size))
	}
	return n
}

// FuzzBigIntegerInGo compares jsbn's arithmetic with Go's own.
func FuzzBigIntegerInGo(f *testing.F) {
	f.Add([]byte{}, []byte{1}, uint8(28), false)
	f.Add([]byte{255, 255, 255, 255, 255, 255, 255, 255}, []byte{128, 0, 0, 0, 1}, uint8(26), true)
	f.Fuzz(func(t *testing.T, p, q []byte, digit uint8, negative bool) {
		if len(p) > 300 || len(q) > 300 {
			t.Skip()
		}
		size := 26 + int(digit)%5
		a, b := new(big.Int).SetBytes(p), new(big.Int).SetBytes(q)
		if negative {
			b.Neg(b)
		}
		x, y := of(a, size), of(b, size)
		is := func(what string, got *bigInteger, want *big.Int) {
			t.Helper()
			if got == nil || got.value().Cmp(want) != 0 {
				t.Errorf("%s of %v and %v: %+v, want %v", what, a, b, got, want)
			}
		}
		is("itself", y, b)
		sum, difference := x.blank(), x.blank()
		x.addTo(y, 1, sum)
		x.addTo(y, -1, difference)
		is("sum", sum, new(big.Int).Add(a, b))
		is("difference", difference, new(big.Int).Sub(a, b))
		if a.Sign() <= 0 || b.Sign() <= 0 {
			return
		}
		is("gcd", x.gcd(y), new(big.Int).GCD(nil, nil, a, b))
		if x.t >= y.t {
			quotient, remainder := x.blank(), x.blank()
			x.divRemTo(y, quotient, remainder)
			is("quotient", quotient, new(big.Int).Quo(a, b))
			is("remainder", remainder, new(big.Int).Rem(a, b))
		}
		want := new(big.Int).ModInverse(a, b)
		if got, _ := x.inverse(y); want != nil && b.BitLen() > 1 && got != nil {
			is("inverse", got, want)
		} else if (want == nil) != (got == nil) {
			t.Errorf("inverse of %v mod %v: %v, want %v", a, b, got, want)
		}
	})
}

func TestIsPrime(t *testing.T) {
	for n := int64(1001); n < 20000; n++ {
		if got, want := isPrime(big.NewInt(n), 10), big.NewInt(n).ProbablyPrime(20); got != want {
			t.Errorf("%d: %v", n, got)
		}
	}
	carmichael, _ := new(big.Int).SetString("101101000000000000000000000000000000000000000000000000000000000000000000000000000000000001", 16)
	if isPrime(carmichael, 5) != carmichael.ProbablyPrime(20) {
		t.Error("a large number")
	}
}
