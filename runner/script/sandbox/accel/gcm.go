//go:build amd64 || arm64

package accel

import (
	"crypto/subtle"
	"encoding/binary"
)

// A fieldElement of GCM is a polynomial of 128 bits. The first bit is the
// lowest coefficient.
type fieldElement struct{ low, high uint64 }

func elementOf(b []byte) fieldElement {
	return fieldElement{binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:])}
}

// A gcmHash multiplies by a fixed element, four bits at a time.
type gcmHash struct {
	products [16]fieldElement // products of four bits and the element
}

// gcmReduced has, for four bits that are shifted out of an element, their
// remainder.
var gcmReduced = func() (table [16]uint64) {
	for i := range table {
		for bit := range 4 {
			if i>>bit&1 == 1 {
				table[i] ^= 0xe1 << 56 >> (3 - bit)
			}
		}
	}
	return table
}()

func newGCMHash(element []byte) *gcmHash {
	h := new(gcmHash)
	e := elementOf(element)
	for bit := 8; bit > 0; bit >>= 1 {
		for i := range 16 {
			if i&bit != 0 {
				h.products[i].low ^= e.low
				h.products[i].high ^= e.high
			}
		}
		carry := e.high & 1
		e.high = e.high>>1 | e.low<<63
		e.low = e.low>>1 ^ carry*(0xe1<<56)
	}
	return h
}

// add hashes a block into sum.
func (h *gcmHash) add(sum, block []byte) {
	subtle.XORBytes(sum, sum, block)
	var z fieldElement
	for i := 15; i >= 0; i-- {
		for _, four := range [2]byte{sum[i] & 15, sum[i] >> 4} {
			out := z.high & 15
			z.high = z.high>>4 | z.low<<60
			z.low = z.low>>4 ^ gcmReduced[out]
			p := &h.products[four]
			z.low ^= p.low
			z.high ^= p.high
		}
	}
	binary.BigEndian.PutUint64(sum, z.low)
	binary.BigEndian.PutUint64(sum[8:], z.high)
}
