//go:build amd64 || arm64

package accel

import (
	"math/bits"
	"unsafe"

	"golang.org/x/crypto/scrypt"

	"postie/runner/script/sandbox/engine"
)

// scrypts are the slow functions of libraries for scrypt (RFC 7914). Each
// returns true when it has written what the library would write. It returns
// undefined, with nothing written, when the library must do the work itself.
var scrypts = map[string]engine.Function{
	"scrypt.key":     scryptKey,
	"scrypt.mix":     scryptMix,
	"scrypt.mixSelf": scryptMixSelf,
	"words.copy":     wordsCopy,
	"words.xor":      wordsXOR,
}

// mostScrypt limits the memory of a derivation, in bytes.
const mostScrypt = 64 << 20

// scryptKey implements key(out, password, salt, N, r, p): it fills out.
func scryptKey(c *engine.Call) engine.Value {
	var n, r, p int
	out, ok1 := c.Bytes(c.At(0))
	password, ok2 := c.Bytes(c.At(1))
	salt, ok3 := c.Bytes(c.At(2))
	if !ok1 || !ok2 || !ok3 || !ints(c, 3, &n, &r, &p) || n < 2 || r < 1 || p < 1 {
		return engine.Undefined
	}
	if n > mostScrypt/128/r || p > mostScrypt/128/r/n {
		return engine.Undefined
	}
	key, err := scrypt.Key(password, salt, n, r, p, len(out))
	if err != nil {
		return engine.Undefined
	}
	copy(out, key)
	return engine.Bool(true)
}

// A chunk is a block of Salsa20/8.
type chunk = [16]uint32

// scryptMix implements mix(from, offset, out, offset, r): BlockMix into another
// place.
func scryptMix(c *engine.Call) engine.Value {
	var at, to, r int
	if !ints(c, 1, &at) || !ints(c, 3, &to, &r) || r < 1 || r > 1<<10 {
		return engine.Undefined
	}
	in, ok := span(c, 0, at, 32*r)
	out, also := span(c, 2, to, 32*r)
	if !ok || !also || meet(in, out) {
		return engine.Undefined
	}
	c.Quick()
	var x, work chunk
	copy(x[:], in[16*(2*r-1):])
	for i := range 2 * r {
		mixChunk(&x, in[16*i:], &work)
		copy(out[16*(i/2+i%2*r):], x[:])
	}
	return engine.Bool(true)
}

// scryptMixSelf implements mix(block, offset, r, work, chunk): BlockMix in
// place. The mixed chunks are left in their order at an offset of the array.
func scryptMixSelf(c *engine.Call) engine.Value {
	var at, r int
	if !ints(c, 1, &at, &r) || r < 1 || r > 1<<10 {
		return engine.Undefined
	}
	block, ok1 := span(c, 0, 0, 32*r)
	chunks, ok2 := span(c, 0, at, 32*r)
	work, ok3 := span(c, 3, 0, 16)
	last, ok4 := span(c, 4, 0, 16)
	if !ok1 || !ok2 || !ok3 || !ok4 || meet(block, chunks) || meet(block, work) || meet(block, last) ||
		meet(chunks, work) || meet(chunks, last) || meet(work, last) {
		return engine.Undefined
	}
	c.Quick()
	x, scratch := (*chunk)(last), (*chunk)(work)
	copy(x[:], block[16*(2*r-1):])
	for i := range 2 * r {
		mixChunk(x, block[16*i:], scratch)
		copy(chunks[16*i:], x[:])
	}
	for i := range 2 * r {
		copy(block[16*(i/2+i%2*r):], chunks[16*i:16*i+16])
	}
	return engine.Bool(true)
}

// mixChunk sets x to Salsa20/8 of x XOR with. work is left as the rounds leave
// it.
func mixChunk(x *chunk, with []uint32, work *chunk) {
	for i := range x {
		x[i] ^= with[i]
	}
	*work = *x
	for range 4 {
		for i := range 4 { // columns
			quarter(work, 5*i, (5*i+4)%16, (5*i+8)%16, (5*i+12)%16)
		}
		for i := range 4 { // rows
			quarter(work, 5*i, 4*i+(i+1)%4, 4*i+(i+2)%4, 4*i+(i+3)%4)
		}
	}
	for i := range x {
		x[i] += work[i]
	}
}

// quarter is the quarter round of Salsa20.
func quarter(x *chunk, a, b, c, d int) {
	x[b] ^= bits.RotateLeft32(x[a]+x[d], 7)
	x[c] ^= bits.RotateLeft32(x[b]+x[a], 9)
	x[d] ^= bits.RotateLeft32(x[c]+x[b], 13)
	x[a] ^= bits.RotateLeft32(x[d]+x[c], 18)
}

// wordsCopy implements copy(from, offset, to, offset, count).
func wordsCopy(c *engine.Call) engine.Value {
	var at, to, n int
	if !ints(c, 1, &at) || !ints(c, 3, &to, &n) || n < 1 {
		return engine.Undefined
	}
	from, ok := span(c, 0, at, n)
	into, also := span(c, 2, to, n)
	if !ok || !also || meet(from, into) {
		return engine.Undefined
	}
	c.Quick()
	copy(into, from)
	return engine.Bool(true)
}

// wordsXOR implements xor(from, offset, to, count), from the beginning of to.
func wordsXOR(c *engine.Call) engine.Value {
	var at, n int
	if !ints(c, 1, &at) || !ints(c, 3, &n) || n < 1 {
		return engine.Undefined
	}
	from, ok := span(c, 0, at, n)
	into, also := span(c, 2, 0, n)
	if !ok || !also || meet(from, into) {
		return engine.Undefined
	}
	c.Quick()
	for i, w := range from {
		into[i] ^= w
	}
	return engine.Bool(true)
}

// span returns count words of an argument, an array of 32-bit numbers.
func span(c *engine.Call, arg, from, count int) ([]uint32, bool) {
	words, ok := c.Words32(c.At(arg))
	if !ok || from < 0 || count < 0 || count > len(words) || from > len(words)-count {
		return nil, false
	}
	return words[from : from+count], true
}

// meet reports whether two slices share a word.
func meet(a, b []uint32) bool {
	at, to := uintptr(unsafe.Pointer(unsafe.SliceData(a))), uintptr(unsafe.Pointer(unsafe.SliceData(b)))
	return at < to+4*uintptr(len(b)) && to < at+4*uintptr(len(a))
}
