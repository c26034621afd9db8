//go:build amd64 || arm64

package accel

import (
	"encoding/binary"
	"sync"

	"postie/runner/script/sandbox/engine"
)

// Libraries store an AES key as the words of its rounds, those for decryption
// already transformed and in reverse order. They process them in the same way
// in both directions, with tables, but exchange the second and the fourth word
// when they decrypt. The code here does the same, whatever the words are.

// aesTables are the tables of one direction.
type aesTables struct {
	box [256]uint32
	mix [4][256]uint32
}

// allTables makes the tables once.
var allTables = sync.OnceValue(func() *aesBoth {
	t := new(aesBoth)
	double := func(b byte) byte { return b<<1 ^ b>>7*0x1b }
	// The powers of a generator run through all bytes; the powers of its
	// inverse run through the inverses of these bytes.
	for p, q := byte(1), byte(1); ; {
		p ^= double(p)
		q ^= q << 1
		q ^= q << 2
		q ^= q << 4
		q ^= q >> 7 * 0x09
		t.set(p, q^rotate(q, 1)^rotate(q, 2)^rotate(q, 3)^rotate(q, 4)^0x63, double)
		if p == 1 {
			break
		}
	}
	t.set(0, 0x63, double)
	return t
})

func rotate(b byte, n int) byte { return b<<n | b>>(8-n) }

// aesBoth are the tables for encryption and for decryption.
type aesBoth [2]aesTables

// set adds the entry for byte b, which encryption replaces by s.
func (t *aesBoth) set(b, s byte, double func(byte) byte) {
	word := func(a, b, c, d byte) uint32 { return uint32(a)<<24 | uint32(b)<<16 | uint32(c)<<8 | uint32(d) }
	t[0].add(int(b), s, word(double(s), s, s, double(s)^s))
	b2 := double(b)
	b4 := double(b2)
	b8 := double(b4)
	t[1].add(int(s), b, word(b8^b4^b2, b8^b, b8^b4^b, b8^b2^b))
}

func (t *aesTables) add(from int, to byte, mixed uint32) {
	t.box[from] = uint32(to)
	for i := range t.mix {
		t.mix[i][from] = mixed>>(8*i) | mixed<<(32-8*i)
	}
}

// An aesKey is the round words of a key for one direction.
type aesKey struct {
	words   []uint32
	tables  *aesTables
	decrypt bool
}

func newAESKey(words []int32, decrypt bool) (*aesKey, bool) {
	if len(words) < 8 || len(words)%4 != 0 || len(words) > 1024 {
		return nil, false
	}
	k := &aesKey{words: make([]uint32, len(words)), decrypt: decrypt}
	for i, w := range words {
		k.words[i] = uint32(w)
	}
	both := allTables()
	k.tables = &both[0]
	if decrypt {
		k.tables = &both[1]
	}
	return k, true
}

// crypt encrypts or decrypts one block in place.
func (k *aesKey) crypt(block []uint32) {
	w, t := k.words, k.tables
	second, fourth := 1, 3
	if k.decrypt {
		second, fourth = 3, 1
	}
	a, b, c, d := block[0]^w[0], block[second]^w[1], block[2]^w[2], block[fourth]^w[3]
	m := &t.mix
	for w = w[4:]; len(w) > 4; w = w[4:] {
		a, b, c, d = m[0][a>>24]^m[1][b>>16&255]^m[2][c>>8&255]^m[3][d&255]^w[0],
			m[0][b>>24]^m[1][c>>16&255]^m[2][d>>8&255]^m[3][a&255]^w[1],
			m[0][c>>24]^m[1][d>>16&255]^m[2][a>>8&255]^m[3][b&255]^w[2],
			m[0][d>>24]^m[1][a>>16&255]^m[2][b>>8&255]^m[3][c&255]^w[3]
	}
	s := &t.box
	block[0] = (s[a>>24]<<24 | s[b>>16&255]<<16 | s[c>>8&255]<<8 | s[d&255]) ^ w[0]
	block[second] = (s[b>>24]<<24 | s[c>>16&255]<<16 | s[d>>8&255]<<8 | s[a&255]) ^ w[1]
	block[2] = (s[c>>24]<<24 | s[d>>16&255]<<16 | s[a>>8&255]<<8 | s[b&255]) ^ w[2]
	block[fourth] = (s[d>>24]<<24 | s[a>>16&255]<<16 | s[b>>8&255]<<8 | s[c&255]) ^ w[3]
}

// BlockSize, Encrypt and Decrypt implement cipher.Block for one direction.
func (k *aesKey) BlockSize() int { return 16 }

// Encrypt encrypts a block with the words of encryption.
func (k *aesKey) Encrypt(dst, src []byte) {
	var block [4]uint32
	for i := range block {
		block[i] = binary.BigEndian.Uint32(src[4*i:])
	}
	k.crypt(block[:])
	for i, w := range block {
		binary.BigEndian.PutUint32(dst[4*i:], w)
	}
}

// Decrypt decrypts a block with the words of decryption.
func (k *aesKey) Decrypt(dst, src []byte) { k.Encrypt(dst, src) }

// aesBytes implements block(rounds, text, out, decrypt). rounds are arrays of
// four words each; text and out are 16 bytes. It returns whether it did the
// work.
func aesBytes(c *engine.Call) engine.Value {
	text, ok := part(c, 1, 0, 16)
	out, also := part(c, 2, 0, 16)
	rounds, arrays := c.Size(c.At(0))
	if size, _ := c.Bytes(c.At(1)); !ok || !also || !arrays || len(size) != 16 || rounds < 2 || rounds > 15 {
		return engine.Bool(false)
	}
	words := make([]int32, 4*rounds)
	for i := range rounds {
		round, ok := c.Element(c.At(0), i)
		w := words[4*i : 4*i+4]
		if !ok || !c.Ints(round, 0, w) {
			return engine.Bool(false)
		}
		if c.Bool(3) {
			w[1], w[3] = w[3], w[1]
		}
	}
	key, ok := newAESKey(words, c.Bool(3))
	if !ok {
		return engine.Bool(false)
	}
	key.Encrypt(out, text)
	return engine.Bool(true)
}
