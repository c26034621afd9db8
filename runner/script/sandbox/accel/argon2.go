//go:build amd64 || arm64

package accel

import (
	"math/bits"

	"postie/runner/script/sandbox/engine"
)

// argonBlock is the size of a block of Argon2, in words of 32 bits.
const argonBlock = 256

// argon2Mix implements mix(memory, one, other, out, combine): it computes a
// block from two others, all given by their index in the memory. The result
// replaces the block out, or is combined with it. Package argon2 only computes
// whole keys.
func argon2Mix(c *engine.Call) engine.Value {
	var at, with, to int
	if !ints(c, 1, &at, &with, &to) {
		return engine.Undefined
	}
	one, ok1 := span(c, 0, at, argonBlock)
	other, ok2 := span(c, 0, with, argonBlock)
	out, ok3 := span(c, 0, to, argonBlock)
	combine := c.Bool(4)
	if !ok1 || !ok2 || !ok3 || clash(one, out, combine) || clash(other, out, combine) {
		return engine.Undefined
	}
	c.Quick()
	var x, z [argonBlock / 2]uint64
	for i := range x {
		x[i] = pair(one, i) ^ pair(other, i)
	}
	z = x
	argonPermute(&z)
	for i := range x {
		v := x[i] ^ z[i]
		if combine {
			v ^= pair(out, i)
		}
		out[2*i], out[2*i+1] = uint32(v), uint32(v>>32)
	}
	return engine.Bool(true)
}

// clash reports whether the order of writes matters: when in and out overlap
// partly, or are the same and the result is combined with the old content.
func clash(in, out []uint32, combine bool) bool {
	return meet(in, out) && (combine || &in[0] != &out[0])
}

// pair returns the i-th 64-bit number of words, whose low words come first.
func pair(words []uint32, i int) uint64 { return uint64(words[2*i]) | uint64(words[2*i+1])<<32 }

// argonPermute permutes the rows of eight by eight pairs of numbers, and then
// the columns.
func argonPermute(z *[argonBlock / 2]uint64) {
	for i := 0; i < 128; i += 16 {
		argonRound(z, i, 2)
	}
	for i := 0; i < 16; i += 2 {
		argonRound(z, i, 16)
	}
}

// argonRound permutes eight pairs of numbers, from an index on and step apart.
func argonRound(z *[argonBlock / 2]uint64, from, step int) {
	var v [16]uint64
	for i := range 8 {
		v[2*i], v[2*i+1] = z[from+i*step], z[from+i*step+1]
	}
	for i := range 4 { // columns
		argonQuarter(&v[i], &v[4+i], &v[8+i], &v[12+i])
	}
	for i := range 4 { // diagonals
		argonQuarter(&v[i], &v[4+(i+1)%4], &v[8+(i+2)%4], &v[12+(i+3)%4])
	}
	for i := range 8 {
		z[from+i*step], z[from+i*step+1] = v[2*i], v[2*i+1]
	}
}

func argonQuarter(a, b, c, d *uint64) {
	*a += *b + 2*uint64(uint32(*a))*uint64(uint32(*b))
	*d = bits.RotateLeft64(*d^*a, -32)
	*c += *d + 2*uint64(uint32(*c))*uint64(uint32(*d))
	*b = bits.RotateLeft64(*b^*c, -24)
	*a += *b + 2*uint64(uint32(*a))*uint64(uint32(*b))
	*d = bits.RotateLeft64(*d^*a, -16)
	*c += *d + 2*uint64(uint32(*c))*uint64(uint32(*d))
	*b = bits.RotateLeft64(*b^*c, -63)
}
