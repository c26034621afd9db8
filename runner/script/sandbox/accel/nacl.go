//go:build amd64 || arm64

package accel

import (
	"crypto"
	"crypto/ed25519"
	"crypto/sha512"
	"unsafe"

	"golang.org/x/crypto/curve25519"
	"golang.org/x/crypto/poly1305"
	"golang.org/x/crypto/salsa20/salsa"

	"postie/runner/script/sandbox/engine"
)

// nacl are functions of the library tweetnacl: they take its arguments, arrays of
// bytes with places and sizes, write to the first and answer what it answers; or
// undefined, having written nothing, where the library must do it itself.
var nacl = map[string]engine.Function{
	"nacl.crypto_hash":         naclHash,
	"nacl.crypto_scalarmult":   naclScalarMult,
	"nacl.crypto_sign":         naclSign,
	"nacl.crypto_sign_open":    naclSignOpen,
	"nacl.crypto_sign_keypair": naclSignKeypair,
	"nacl.crypto_stream_xor":   naclStreamXOR,
	"nacl.crypto_onetimeauth":  naclOneTimeAuth,
}

// part is size bytes of an argument from a place on.
func part(c *engine.Call, arg, from, size int) ([]byte, bool) {
	data, ok := c.Bytes(c.At(arg))
	if !ok || from < 0 || size < 0 || size > mostData || from+size > len(data) {
		return nil, false
	}
	return data[from : from+size], true
}

// naclHash is hash(out, message, size).
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

// naclScalarMult is scalarmult(out, number, point).
func naclScalarMult(c *engine.Call) engine.Value {
	out, ok1 := part(c, 0, 0, 32)
	number, ok2 := part(c, 1, 0, 32)
	point, ok3 := part(c, 2, 0, 32)
	if !ok1 || !ok2 || !ok3 {
		return engine.Undefined
	}
	var product [32]byte
	curve25519.ScalarMult(&product, (*[32]byte)(number), (*[32]byte)(point))
	copy(out, product[:])
	return engine.Number(0)
}

// naclSign is sign(signed, message, size, key).
func naclSign(c *engine.Call) engine.Value {
	n, _ := c.Int(2)
	signed, ok1 := part(c, 0, 0, ed25519.SignatureSize+n)
	message, ok2 := part(c, 1, 0, n)
	key, ok3 := part(c, 3, 0, ed25519.PrivateKeySize)
	if !ok1 || !ok2 || !ok3 || n > 0 && overlap(signed, message) {
		return engine.Undefined
	}
	signature, err := ed25519.PrivateKey(append([]byte(nil), key...)).Sign(nil, message, crypto.Hash(0))
	if err != nil {
		return engine.Undefined
	}
	copy(signed, signature)
	copy(signed[ed25519.SignatureSize:], message)
	return engine.Number(float64(len(signed)))
}

// address is where a piece of memory begins.
func address(b []byte) uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(b))) }

// overlap reports whether two pieces of memory share a byte.
func overlap(a, b []byte) bool {
	at, to := address(a), address(b)
	return at < to+uintptr(len(b)) && to < at+uintptr(len(a))
}

// naclSignOpen is open(message, signed, size, public key). It does not say that a
// signature is wrong: Go is stricter.
func naclSignOpen(c *engine.Call) engine.Value {
	n, _ := c.Int(2)
	message, ok1 := part(c, 0, 0, n)
	signed, ok2 := part(c, 1, 0, n)
	key, ok3 := part(c, 3, 0, ed25519.PublicKeySize)
	if !ok1 || !ok2 || !ok3 || n < ed25519.SignatureSize || overlap(message, signed) || overlap(message, key) {
		return engine.Undefined
	}
	if !ed25519.Verify(key, signed[ed25519.SignatureSize:], signed[:ed25519.SignatureSize]) {
		return engine.Undefined
	}
	copy(message, signed) // what the library has worked with stays behind the message
	copy(message[32:], key)
	copy(message, signed[ed25519.SignatureSize:])
	return engine.Number(float64(n - ed25519.SignatureSize))
}

// naclSignKeypair is keypair(public, secret, seeded): the secret's first half is
// there.
func naclSignKeypair(c *engine.Call) engine.Value {
	public, ok := part(c, 0, 0, ed25519.PublicKeySize)
	secret, also := part(c, 1, 0, ed25519.PrivateKeySize)
	if !ok || !also || !c.Bool(2) {
		return engine.Undefined
	}
	key := ed25519.NewKeyFromSeed(secret[:ed25519.SeedSize])
	copy(public, key[ed25519.SeedSize:])
	copy(secret[ed25519.SeedSize:], key[ed25519.SeedSize:])
	return engine.Number(0)
}

// naclStreamXOR is xor(out, place, text, place, size, nonce, key).
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

// naclOneTimeAuth is auth(out, place, message, place, size, key).
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
