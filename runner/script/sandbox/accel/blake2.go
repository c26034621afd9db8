//go:build amd64 || arm64

package accel

import (
	"encoding/binary"
	"math/bits"
	"slices"

	"postie/runner/script/sandbox/engine"
)

// blakeOrder is the order in which each round of BLAKE2 uses the words of a
// block, as specified. BLAKE2b repeats it after ten rounds.
var blakeOrder = [10][16]byte{
	{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
	{14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
	{11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
	{7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
	{9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
	{2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
	{12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
	{13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
	{6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
	{10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
}

// blakeStart are the initial values of half of the state: those of SHA-512.
// Their upper halves are the initial values of SHA-256.
var blakeStart = [8]uint64{
	0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
	0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
}

// blake2bBlock implements block(state, data, from, length, last): it hashes a
// block into the state, an array of words with the low ones first. length is
// the number of bytes so far.
func blake2bBlock(c *engine.Call) engine.Value {
	h, m, length, ok := blakeArguments(c, 16)
	if !ok {
		return engine.Undefined
	}
	var v, message [16]uint64
	for i := range 8 {
		v[i], v[8+i] = pair(h, i), blakeStart[i]
	}
	for i := range message {
		message[i] = pair(m, i)
	}
	v[12] ^= length
	if c.Bool(4) {
		v[14] = ^v[14]
	}
	for round := range 12 {
		s := &blakeOrder[round%10]
		for i := range 4 { // columns
			blake2bQuarter(&v[i], &v[4+i], &v[8+i], &v[12+i], message[s[2*i]], message[s[2*i+1]])
		}
		for i := range 4 { // diagonals
			blake2bQuarter(&v[i], &v[4+(i+1)%4], &v[8+(i+2)%4], &v[12+(i+3)%4], message[s[8+2*i]], message[s[9+2*i]])
		}
	}
	for i := range 8 {
		n := pair(h, i) ^ v[i] ^ v[8+i]
		h[2*i], h[2*i+1] = uint32(n), uint32(n>>32)
	}
	return engine.Bool(c.SetWords(c.At(0), 0, h, false))
}

func blake2bQuarter(a, b, c, d *uint64, x, y uint64) {
	*a += *b + x
	*d = bits.RotateLeft64(*d^*a, -32)
	*c += *d
	*b = bits.RotateLeft64(*b^*c, -24)
	*a += *b + y
	*d = bits.RotateLeft64(*d^*a, -16)
	*c += *d
	*b = bits.RotateLeft64(*b^*c, -63)
}

// blake2sBlock implements block(state, data, from, length, last) of BLAKE2s.
func blake2sBlock(c *engine.Call) engine.Value {
	h, m, length, ok := blakeArguments(c, 8)
	if !ok {
		return engine.Undefined
	}
	var v [16]uint32
	for i := range 8 {
		v[i], v[8+i] = h[i], uint32(blakeStart[i]>>32)
	}
	v[12] ^= uint32(length)
	v[13] ^= uint32(length >> 32)
	if c.Bool(4) {
		v[14] = ^v[14]
	}
	for i := range blakeOrder {
		blake2sRound(&v, m, blakeOrder[i][:])
	}
	for i := range h {
		h[i] ^= v[i] ^ v[8+i]
	}
	return engine.Bool(c.SetWords(c.At(0), 0, h, false))
}

// blakeRounds is rounds(out, order, from, block, count, v0, ..., v15): it has out be
// what so many rounds of BLAKE2s make of sixteen words, which are BLAKE3's, too, in
// another order.
func blakeRounds(c *engine.Call) engine.Value {
	var from, count int
	order, ok := c.Bytes(c.At(1))
	if !ok || !ints(c, 2, &from) || !ints(c, 4, &count) || count < 1 || count > len(order)/16 {
		return engine.Undefined
	}
	out, ok := span(c, 0, 0, 16)
	m, has := span(c, 3, from, 16)
	if !ok || !has || slices.ContainsFunc(order, func(place byte) bool { return place > 15 }) {
		return engine.Undefined
	}
	c.Quick()
	var v [16]uint32
	for i := range v {
		n, ok := c.Int(5 + i)
		if !ok {
			return engine.Undefined
		}
		v[i] = uint32(int64(n))
	}
	for round := range count {
		blake2sRound(&v, m, order[16*round:])
	}
	copy(out, v[:])
	return engine.Bool(true)
}

// blake2sRound takes a block's words in an order.
func blake2sRound(v *[16]uint32, m []uint32, order []byte) {
	for i := range 4 { // columns
		blake2sQuarter(&v[i], &v[4+i], &v[8+i], &v[12+i], m[order[2*i]], m[order[2*i+1]])
	}
	for i := range 4 { // diagonals
		blake2sQuarter(&v[i], &v[4+(i+1)%4], &v[8+(i+2)%4], &v[12+(i+3)%4], m[order[8+2*i]], m[order[9+2*i]])
	}
}

func blake2sQuarter(a, b, c, d *uint32, x, y uint32) {
	*a += *b + x
	*d = bits.RotateLeft32(*d^*a, -16)
	*c += *d
	*b = bits.RotateLeft32(*b^*c, -12)
	*a += *b + y
	*d = bits.RotateLeft32(*d^*a, -8)
	*c += *d
	*b = bits.RotateLeft32(*b^*c, -7)
}

// blakeArguments returns the state of size words, a block twice as long, and
// the number of bytes so far.
func blakeArguments(c *engine.Call, size int) (state, block []uint32, length uint64, ok bool) {
	var from, n int
	if !ints(c, 2, &from, &n) || from < 0 || n < 0 {
		return nil, nil, 0, false
	}
	c.Quick()
	data, ok := blockData(c, c.At(1), from, 8*size, true)
	if state = make([]uint32, size); !ok || !c.Words(c.At(0), 0, state) {
		return nil, nil, 0, false
	}
	for ; len(data) > 0; data = data[4:] {
		block = append(block, binary.LittleEndian.Uint32(data))
	}
	return state, block, uint64(n), true
}
