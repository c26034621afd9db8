//go:build amd64 || arm64

package accel

import (
	"encoding/binary"
	"slices"
	"unicode/utf8"

	"postie/runner/script/sandbox/engine"
)

// blocks are the functions that hash blocks, for the different ways in which
// libraries store state and data.
var blocks = map[string]engine.Function{"hash.blocks": hashBlocks, "hash.permute": hashPermute, "text.ascii": textASCII}

// mostData limits how many bytes one call hashes.
const mostData = 1 << 26

// hashBlocks implements blocks(name, state, data, from, count, unsigned): it
// hashes count blocks into the state, an array of 32-bit numbers, signed or
// unsigned. data are bytes, a string with one character for each byte, or words
// in the byte order of the hash. It returns whether it did the work; if not,
// nothing was changed.
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

// littleEndian reports whether a hash reads words with the lowest byte first.
func littleEndian(name string) bool { return name == "md5" || name == "ripemd160" }

// blockData returns size bytes of a string or of an array of bytes or words.
// from counts elements of it.
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

// textASCII implements ascii(value): it reports whether the value is an ASCII
// string.
func textASCII(c *engine.Call) engine.Value {
	chars, ok := c.Latin1(c.At(0))
	return engine.Bool(ok && !slices.ContainsFunc(chars, func(char byte) bool { return char >= utf8.RuneSelf }))
}

// hashPermute implements permute(state, low): Keccak's permutation of 25 lanes
// of two words each. The high word comes first, or the low one when low is
// true.
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
