//go:build amd64 || arm64

package accel

import (
	"math/big"
	"math/bits"

	"postie/runner/script/sandbox/engine"
)

// Libraries store a large number as digits of 26, 28 or 30 bits, the lowest
// first.

// maxDigits limits the size of numbers, because nothing interrupts a
// calculation.
const maxDigits = 1024

// digits reads n digits of a number from the i-th on. It returns false when
// they are not digits as a library stores them.
func digits(c *engine.Call, v engine.Value, i, n, size int) ([]int32, bool) {
	if i < 0 || n < 0 || n > maxDigits || size < 1 || size > 30 {
		return nil, false
	}
	d := make([]int32, n)
	if !c.Ints(v, i, d) {
		return nil, false
	}
	for _, x := range d {
		if x < 0 || x>>size != 0 {
			return nil, false
		}
	}
	return d, true
}

// positive reads a number of n digits that is not negative and whose highest
// digit is not 0.
func positive(c *engine.Call, v engine.Value, n, size int) ([]int32, bool) {
	d, ok := digits(c, v, 0, n, size)
	return d, ok && (n == 0 || d[n-1] != 0)
}

// trimmed returns the number of digits without leading zeros.
func trimmed(d []int32) int {
	n := len(d)
	for n > 0 && d[n-1] == 0 {
		n--
	}
	return n
}

// number returns the value of some digits.
func number(d []int32, size int) *big.Int {
	words := make([]big.Word, (len(d)*size+bits.UintSize-1)/bits.UintSize)
	for i, x := range d {
		w, shift := i*size/bits.UintSize, i*size%bits.UintSize
		words[w] |= big.Word(x) << shift
		if shift+size > bits.UintSize && x != 0 && w+1 < len(words) {
			words[w+1] |= big.Word(x) >> (bits.UintSize - shift)
		}
	}
	return new(big.Int).SetBits(words)
}

// split writes x, which is not negative, as digits. Digits above it become 0.
func split(x *big.Int, into []int32, size int) {
	words, mask := x.Bits(), big.Word(1)<<size-1
	for i := range into {
		w, shift := i*size/bits.UintSize, i*size%bits.UintSize
		if w >= len(words) {
			into[i] = 0
			continue
		}
		word := words[w] >> shift
		if shift+size > bits.UintSize && w+1 < len(words) {
			word |= words[w+1] << (bits.UintSize - shift)
		}
		into[i] = int32(word & mask)
	}
}
