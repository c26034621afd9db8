package auth

import (
	"crypto/rand"
	"fmt"
)

const alphanumeric = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

// nonce is n random letters and digits.
func (o *Options) nonce(n int) string {
	b := o.bytes(n)
	for i := range b {
		b[i] = alphanumeric[int(b[i])%len(alphanumeric)]
	}
	return string(b)
}

// uuid is a random one, version 4.
func (o *Options) uuid() string {
	b := o.bytes(16)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
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
