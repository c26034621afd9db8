//go:build amd64 || arm64

package accel

import (
	"encoding/binary"

	"postie/runner/script/sandbox/engine"
)

// ciphers are the functions for block ciphers and hashes of libraries. They
// return whether they did the work.
var ciphers = map[string]engine.Function{
	"hash.words": hashWords,
	"hash.bytes": hashBytes,
	"aes.block":  aesBlock,
	"aes.bytes":  aesBytes,
}

// hashState reads the state of the hash with the name in the first argument.
func hashState(c *engine.Call, arg int) (h compressor, state []uint32, ok bool) {
	if h, ok = compressorOf(c.Text(0)); !ok {
		return h, nil, false
	}
	words := make([]int32, h.state)
	if !c.Ints(c.At(arg), 0, words) {
		return h, nil, false
	}
	return h, unsigned(words), true
}

func unsigned(words []int32) []uint32 {
	all := make([]uint32, len(words))
	for i, w := range words {
		all[i] = uint32(w)
	}
	return all
}

func signed(words []uint32) []int32 {
	all := make([]int32, len(words))
	for i, w := range words {
		all[i] = int32(w)
	}
	return all
}

// hashed hashes data into a state and writes the state back.
func hashed(c *engine.Call, h compressor, arg int, state []uint32, data []byte) engine.Value {
	if len(data)%h.block != 0 || !h.work(state, data) {
		return engine.Bool(false)
	}
	if !c.SetInts(c.At(arg), 0, signed(state)) {
		return c.Thrown()
	}
	return engine.Bool(true)
}

// hashWords implements words(name, state, data, offset, count, swap). The data
// are count words with the first byte highest. swap reverses their bytes
// afterwards, as some libraries leave them.
func hashWords(c *engine.Call) engine.Value {
	var offset, count int
	h, state, ok := hashState(c, 1)
	if !ok || !ints(c, 3, &offset, &count) || count < 1 || count > 1024 {
		return engine.Bool(false)
	}
	words := make([]int32, count)
	if !c.Ints(c.At(2), offset, words) {
		return engine.Bool(false)
	}
	data := make([]byte, 0, 4*count)
	for _, w := range words {
		data = binary.BigEndian.AppendUint32(data, uint32(w))
	}
	if c.Bool(5) {
		for i := range words {
			words[i] = int32(binary.LittleEndian.Uint32(data[4*i:]))
		}
		if !c.SetInts(c.At(2), offset, words) {
			return c.Thrown()
		}
	}
	return hashed(c, h, 1, state, data)
}

// hashBytes implements bytes(name, state, text), where each character is a
// byte.
func hashBytes(c *engine.Call) engine.Value {
	h, state, ok := hashState(c, 1)
	data, also := c.Latin1(c.At(2))
	if !ok || !also {
		return engine.Bool(false)
	}
	return hashed(c, h, 1, state, data)
}

// aesBlock implements block(words of the key, their number, from, offset, to,
// offset, decrypt, turned). turned means that the caller has exchanged the
// second and the fourth word already.
func aesBlock(c *engine.Call) engine.Value {
	var count, from, to int
	if !ints(c, 1, &count) || !ints(c, 3, &from) || !ints(c, 5, &to) || count < 8 || count > 256 {
		return engine.Bool(false)
	}
	words, block := make([]int32, count), make([]int32, 4)
	if !c.Ints(c.At(0), 0, words) || !c.Ints(c.At(2), from, block) {
		return engine.Bool(false)
	}
	key, ok := newAESKey(words, c.Bool(6))
	if !ok {
		return engine.Bool(false)
	}
	key.decrypt = key.decrypt && !c.Bool(7)
	text := unsigned(block)
	key.crypt(text)
	if !c.SetInts(c.At(4), to, signed(text)) {
		return c.Thrown()
	}
	return engine.Bool(true)
}
