//go:build amd64 || arm64

package accel

import (
	"crypto/sha512"
	"unsafe"

	"golang.org/x/crypto/poly1305"
	"golang.org/x/crypto/salsa20/salsa"

	"postie/runner/script/sandbox/engine"
)

// nacl are functions of the library tweetnacl. They take its arguments, arrays
// of bytes with offsets and sizes, write to the first one and return what the
// library returns. They return undefined, with nothing written, when the
// library must do the work itself.
var nacl = map[string]engine.Function{
	"nacl.M":                  naclMultiply,
	"nacl.crypto_hash":        naclHash,
	"nacl.crypto_stream_xor":  naclStreamXOR,
	"nacl.crypto_onetimeauth": naclOneTimeAuth,
}

// part returns size bytes of an argument from an offset on.
func part(c *engine.Call, arg, from, size int) ([]byte, bool) {
	data, ok := c.Bytes(c.At(arg))
	if !ok || from < 0 || size < 0 || size > mostData || from+size > len(data) {
		return nil, false
	}
	return data[from : from+size], true
}

// naclHash implements hash(out, message, size).
func naclHash(c *engine.Call) engine.Value {
	n, _ := c.Int(2)
	out, ok := part(c, 0, 0, sha512.Size)
	message, also := part(c, 1, 0, n)
	if !ok || !also {
		return engine.Undefined
	}
	sum := sha512.Sum512(message)
	copy(out, sum[:])
	return engine.Number(0)
}

// limbs is the number of limbs of a number modulo 2^255-19. A reduced limb has
// 16 bits.
const limbs = 16

// mostLimb limits a limb, so that all sums of products are exact.
const mostLimb = 1 << 20

// naclMultiply implements M(out, a, b): the product of two numbers modulo
// 2^255-19, not completely reduced.
func naclMultiply(c *engine.Call) engine.Value {
	out, ok1 := c.Floats(c.At(0))
	a, ok2 := limbsOf(c, 1)
	b, ok3 := limbsOf(c, 2)
	if !ok1 || !ok2 || !ok3 || len(out) < limbs {
		return engine.Undefined
	}
	c.Quick()
	var t [2 * limbs]int64
	for i, x := range a {
		for j, y := range b {
			t[i+j] += x * y
		}
	}
	for i := range limbs - 1 {
		t[i] += 38 * t[i+limbs]
	}
	for range 2 {
		carry := int64(1)
		for i := range limbs {
			v := t[i] + carry + 0xffff
			carry, t[i] = v>>16, v&0xffff
		}
		t[0] += 38 * (carry - 1)
	}
	for i := range limbs {
		out[i] = float64(t[i])
	}
	return engine.Bool(true)
}

func limbsOf(c *engine.Call, arg int) (n [limbs]int64, ok bool) {
	list, ok := c.Floats(c.At(arg))
	if !ok || len(list) < limbs {
		return n, false
	}
	for i := range n {
		n[i] = int64(list[i])
		if float64(n[i]) != list[i] || n[i] > mostLimb || n[i] < -mostLimb {
			return n, false
		}
	}
	return n, true
}

// address returns where a slice begins in memory.
func address(b []byte) uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(b))) }

// overlap reports whether two slices share a byte.
func overlap(a, b []byte) bool {
	at, to := address(a), address(b)
	return at < to+uintptr(len(b)) && to < at+uintptr(len(a))
}

// naclStreamXOR implements xor(out, offset, text, offset, size, nonce, key).
func naclStreamXOR(c *engine.Call) engine.Value {
	var to, from, n int
	if !ints(c, 1, &to) || !ints(c, 3, &from, &n) {
		return engine.Undefined
	}
	out, ok1 := part(c, 0, to, n)
	text, ok2 := part(c, 2, from, n)
	nonce, ok3 := part(c, 5, 0, 24)
	key, ok4 := part(c, 6, 0, 32)
	if !ok1 || !ok2 || !ok3 || !ok4 || overlap(out, text) && address(out) != address(text) {
		return engine.Undefined
	}
	var sub [32]byte
	var counter [16]byte
	salsa.HSalsa20(&sub, (*[16]byte)(nonce), (*[32]byte)(key), &salsa.Sigma)
	copy(counter[:], nonce[16:])
	salsa.XORKeyStream(out, text, &counter, &sub)
	return engine.Number(0)
}

// naclOneTimeAuth implements auth(out, offset, message, offset, size, key).
func naclOneTimeAuth(c *engine.Call) engine.Value {
	var to, from, n int
	if !ints(c, 1, &to) || !ints(c, 3, &from, &n) {
		return engine.Undefined
	}
	out, ok1 := part(c, 0, to, poly1305.TagSize)
	message, ok2 := part(c, 2, from, n)
	key, ok3 := part(c, 5, 0, 32)
	if !ok1 || !ok2 || !ok3 {
		return engine.Undefined
	}
	var tag [poly1305.TagSize]byte
	poly1305.Sum(&tag, message, (*[32]byte)(key))
	copy(out, tag[:])
	return engine.Number(0)
}
