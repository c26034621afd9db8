//go:build amd64 || arm64

package accel

import (
	"encoding/binary"
	"slices"
	"unicode/utf8"

	"postie/runner/script/sandbox/engine"
)

// blocks are the functions behind what works blocks into the state of a hash,
// however a library keeps both.
var blocks = map[string]engine.Function{"hash.blocks": hashBlocks, "hash.permute": hashPermute, "text.ascii": textASCII}

// mostData bounds what is hashed in one call, in bytes.
const mostData = 1 << 26

// hashBlocks is blocks(name, state, data, from, count, unsigned): it works so
// many blocks into an array of words, which are 32 bits of numbers without a
// sign or with one. Data are bytes, characters of a byte, or words in the hash's
// own order of bytes. It answers whether it has done it, having changed nothing
// otherwise.
func hashBlocks(c *engine.Call) engine.Value {
	var from, count int
	h, ok := compressorOf(c.Text(0))
	if !ok || !ints(c, 3, &from, &count) || from < 0 || count < 1 || count > mostData/h.block {
		return engine.Bool(false)
	}
	state := make([]uint32, h.state)
	data, ok := blockData(c, c.At(2), from, count*h.block, littleEndian(c.Text(0)))
	if !ok || !c.Words(c.At(1), 0, state) || !h.work(state, data) {
		return engine.Bool(false)
	}
	return engine.Bool(c.SetWords(c.At(1), 0, state, c.Bool(5)))
}

// littleEndian reports whether the hash of that name reads words from bytes with
// the lowest first.
func littleEndian(name string) bool { return name == "md5" || name == "ripemd160" }

// blockData is size bytes of a text or an array of bytes or words; from counts its
// elements.
func blockData(c *engine.Call, v engine.Value, from, size int, little bool) ([]byte, bool) {
	data, ok := c.Bytes(v)
	if !ok {
		data, ok = c.Latin1(v)
	}
	if ok {
		if from+size > len(data) {
			return nil, false
		}
		return data[from : from+size], true
	}
	words := make([]uint32, size/4)
	if !c.Words(v, from, words) {
		return nil, false
	}
	data = make([]byte, 0, size)
	for _, w := range words {
		if little {
			data = binary.LittleEndian.AppendUint32(data, w)
		} else {
			data = binary.BigEndian.AppendUint32(data, w)
		}
	}
	return data, true
}

// textASCII is ascii(value): whether it is a text of ASCII alone.
func textASCII(c *engine.Call) engine.Value {
	chars, ok := c.Latin1(c.At(0))
	return engine.Bool(ok && !slices.ContainsFunc(chars, func(char byte) bool { return char >= utf8.RuneSelf }))
}

// hashPermute is permute(state, low): Keccak's permutation of 25 lanes of two
// words, the high one first or, where low is true, the low one.
func hashPermute(c *engine.Call) engine.Value {
	state := make([]uint32, 50)
	if !c.Words(c.At(0), 0, state) {
		return engine.Bool(false)
	}
	swap(state, c.Bool(1))
	if !keccak(72)(state, make([]byte, 72)) {
		return engine.Bool(false)
	}
	swap(state, c.Bool(1))
	return engine.Bool(c.SetWords(c.At(0), 0, state, false))
}

// swap changes the places of each two words, where wanted.
func swap(words []uint32, wanted bool) {
	for i := 0; wanted && i < len(words); i += 2 {
		words[i], words[i+1] = words[i+1], words[i]
	}
}
