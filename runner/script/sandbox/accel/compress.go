//go:build amd64 || arm64

package accel

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha3"
	"crypto/sha512"
	"encoding"
	"encoding/binary"
	"hash"
)

// A compressor hashes whole blocks into the state of a hash as libraries store
// it: 32-bit words. Go's hashes have no such method, but their state can be set
// and read.
type compressor struct {
	block int // size in bytes
	state int // number of words
	work  func(state []uint32, data []byte) bool
}

func compressorOf(name string) (compressor, bool) {
	switch name {
	case "md5":
		return compressor{64, 4, restorable(md5.New, "md5\x01", 64)}, true
	case "sha1":
		return compressor{64, 5, restorable(sha1.New, "sha\x01", 64)}, true
	case "sha256":
		return compressor{64, 8, restorable(sha256.New, "sha\x03", 64)}, true
	case "sha512":
		return compressor{128, 16, restorable(sha512.New, "sha\x07", 128)}, true
	case "ripemd160":
		return compressor{64, 5, ripemd160}, true
	case "keccak72":
		return compressor{72, 50, keccak(72)}, true
	case "keccak104":
		return compressor{104, 50, keccak(104)}, true
	case "keccak136":
		return compressor{136, 50, keccak(136)}, true
	case "keccak144":
		return compressor{144, 50, keccak(144)}, true
	}
	return compressor{}, false
}

// A storable is a hash of Go whose state can be set and read.
type storable interface {
	hash.Hash
	encoding.BinaryAppender
	encoding.BinaryUnmarshaler
}

// restorable returns the work function of a hash. The stored form of the hash
// is a mark, the state, an incomplete block and the number of bytes so far.
func restorable(create func() hash.Hash, mark string, block int) func(state []uint32, data []byte) bool {
	return func(state []uint32, data []byte) bool {
		h, ok := create().(storable)
		if !ok {
			return false
		}
		stored := []byte(mark)
		for _, w := range state {
			stored = binary.BigEndian.AppendUint32(stored, w)
		}
		stored = append(stored, make([]byte, block+8)...)
		if h.UnmarshalBinary(stored) != nil {
			return false
		}
		h.Write(data)
		if stored, ok = appended(h, stored[:0]); !ok || len(stored) < len(mark)+4*len(state) {
			return false
		}
		for i := range state {
			state[i] = binary.BigEndian.Uint32(stored[len(mark)+4*i:])
		}
		return true
	}
}

func appended(h encoding.BinaryAppender, to []byte) ([]byte, bool) {
	to, err := h.AppendBinary(to)
	return to, err == nil
}

// keccak returns the work function for blocks of rate bytes. SHA-3 with 512,
// 384, 256 or 224 bits has a rate of its own each. The state is 25 lanes,
// stored as high and low words in turn.
func keccak(rate int) func(state []uint32, data []byte) bool {
	return func(state []uint32, data []byte) bool {
		h := map[int]func() *sha3.SHA3{72: sha3.New512, 104: sha3.New384, 136: sha3.New256, 144: sha3.New224}[rate]()
		stored := append([]byte("sha\x08"), byte(rate))
		for i := 0; i < len(state); i += 2 {
			stored = binary.LittleEndian.AppendUint32(stored, state[i+1])
			stored = binary.LittleEndian.AppendUint32(stored, state[i])
		}
		if h.UnmarshalBinary(append(stored, 0, 0)) != nil {
			return false
		}
		h.Write(data)
		stored, ok := appended(h, nil)
		if !ok || len(stored) < 5+200 {
			return false
		}
		for i := 0; i < len(state); i += 2 {
			state[i+1] = binary.LittleEndian.Uint32(stored[5+4*i:])
			state[i] = binary.LittleEndian.Uint32(stored[9+4*i:])
		}
		return true
	}
}
