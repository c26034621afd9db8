package auth

import (
	"crypto/rand"

	"postie/collections/vars"
)

const alphanumeric = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

// nonce returns n random letters and digits.
func (o *Options) nonce(n int) string {
	b := o.bytes(n)
	for i := range b {
		b[i] = alphanumeric[int(b[i])%len(alphanumeric)]
	}
	return string(b)
}

// uuid returns a random UUID, version 4.
func (o *Options) uuid() string {
	return vars.UUID(4, o.bytes(16))
}

func (o *Options) bytes(n int) []byte {
	b := make([]byte, n)
	if o.Rand == nil {
		_, _ = rand.Read(b) // never fails
		return b
	}
	for i := range b {
		b[i] = byte(o.Rand.Uint32())
	}
	return b
}
