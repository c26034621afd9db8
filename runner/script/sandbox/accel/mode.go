//go:build amd64 || arm64

package accel

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/subtle"
	"encoding/binary"
	"errors"

	"golang.org/x/crypto/blowfish"

	"postie/runner/script/sandbox/engine"
)

// Block ciphers process many blocks at once here, in the modes of libraries. A
// block has 4 words, or 2 in older ciphers.

// modes are the functions for cipher modes.
var modes = map[string]engine.Function{"mode.run": modeRun, "mode.text": modeText}

// newBlock returns a cipher by its name and key.
func newBlock(name string, key []byte) (cipher.Block, error) {
	switch name {
	case "des":
		return des.NewCipher(key)
	case "3des":
		switch len(key) {
		case 8:
			key = append(append(key[:8:8], key...), key...)
		case 16:
			key = append(key[:16:16], key[:8]...)
		}
		return des.NewTripleDESCipher(key)
	case "blowfish":
		return blowfish.NewCipher(key)
	case "aes rounds", "aes rounds back":
		if k, ok := newAESKey(wordsOf(key), name != "aes rounds"); ok {
			return k, nil
		}
		return nil, errKey
	}
	return aes.NewCipher(key)
}

var errKey = errors.New("no key")

// A modeState is what a mode keeps from block to block: the previous encrypted
// block, a counter, or the last part of a key stream.
type modeState struct {
	block   cipher.Block
	state   []byte
	stream  []byte
	decrypt bool
	hash    *gcmHash // for GCM
	sum     []byte
}

// modeWork maps each mode to what it does with one block.
var modeWork = map[string]func(m *modeState, data []byte){
	"ecb": func(m *modeState, data []byte) { m.crypt(data, data) },
	"cbc": func(m *modeState, data []byte) {
		if !m.decrypt {
			subtle.XORBytes(data, data, m.state)
			m.block.Encrypt(data, data)
			copy(m.state, data)
			return
		}
		copy(m.stream, data)
		m.block.Decrypt(data, data)
		subtle.XORBytes(data, data, m.state)
		m.state, m.stream = m.stream, m.state
	},
	"cfb": func(m *modeState, data []byte) {
		m.block.Encrypt(m.stream, m.state)
		if m.decrypt {
			copy(m.state, data)
		}
		subtle.XORBytes(data, data, m.stream)
		if !m.decrypt {
			copy(m.state, data)
		}
	},
	"ofb": func(m *modeState, data []byte) {
		m.block.Encrypt(m.state, m.state)
		subtle.XORBytes(data, data, m.state)
	},
	// The counter is the last 32 bits.
	"ctr": (*modeState).count,
	"gcm": func(m *modeState, data []byte) {
		if m.hash == nil {
			return
		}
		if m.decrypt {
			m.hash.add(m.sum, data)
		}
		if m.count(data); !m.decrypt {
			m.hash.add(m.sum, data)
		}
	},
}

func (m *modeState) count(data []byte) {
	m.block.Encrypt(m.stream, m.state)
	subtle.XORBytes(data, data, m.stream)
	counter := m.state[len(m.state)-4:]
	binary.BigEndian.PutUint32(counter, binary.BigEndian.Uint32(counter)+1)
}

func (m *modeState) crypt(to, from []byte) {
	if m.decrypt {
		m.block.Decrypt(to, from)
		return
	}
	m.block.Encrypt(to, from)
}

// newMode returns a mode with an initial state, which it changes.
func newMode(name string, key, state []byte, decrypt bool) (*modeState, bool) {
	block, err := newBlock(name, key)
	if err != nil || block.BlockSize() != len(state) {
		return nil, false
	}
	return &modeState{block: block, state: state, stream: make([]byte, len(state)), decrypt: decrypt}, true
}

// modeRun implements run(cipher, mode, decrypt, words of the key, words of the
// state, words of the data, offset, blocks). It changes the data and returns
// the new state, or undefined when it cannot do the work.
func modeRun(c *engine.Call) engine.Value {
	var offset, blocks int
	key, ok := bytesOf(c, c.At(3), 0, -1)
	state, also := bytesOf(c, c.At(4), 0, -1)
	if !ok || !also || !ints(c, 6, &offset, &blocks) || offset < 0 || blocks < 0 || blocks > 1<<18 {
		return engine.Undefined
	}
	m, ok := newMode(c.Text(0), key, state, c.Bool(2))
	work := modeWork[c.Text(1)]
	if !ok || work == nil {
		return engine.Undefined
	}
	size := len(state)
	data, ok := bytesOf(c, c.At(5), offset, blocks*size/4)
	if !ok {
		return engine.Undefined
	}
	for i := 0; i < len(data); i += size {
		work(m, data[i:i+size])
	}
	if !c.SetInts(c.At(5), offset, wordsOf(data)) {
		return c.Thrown()
	}
	return c.NewInts(wordsOf(m.state))
}

// modeText implements text(cipher, mode, decrypt, words of the key, words of
// the state, data, words of the sum, words of the element). It does what run
// does, for a string with one character for each byte; the last two arguments
// are for GCM. It returns the new string, and changes the state and the sum.
func modeText(c *engine.Call) engine.Value {
	key, ok := bytesOf(c, c.At(3), 0, -1)
	state, also := bytesOf(c, c.At(4), 0, -1)
	text, latin := c.Latin1(c.At(5))
	work := modeWork[c.Text(1)]
	if !ok || !also || !latin || work == nil || len(text) > 1<<24 {
		return engine.Undefined
	}
	m, ok := newMode(c.Text(0), key, state, c.Bool(2))
	if !ok || len(text)%len(state) != 0 || c.Len() > 6 && !m.withSum(c, 6) {
		return engine.Undefined
	}
	data := append([]byte(nil), text...)
	for i := 0; i < len(data); i += len(state) {
		work(m, data[i:i+len(state)])
	}
	if !c.SetInts(c.At(4), 0, wordsOf(m.state)) || m.hash != nil && !c.SetInts(c.At(6), 0, wordsOf(m.sum)) {
		return c.Thrown()
	}
	return c.NewLatin1(data)
}

// withSum reads the two further arguments of GCM.
func (m *modeState) withSum(c *engine.Call, arg int) bool {
	sum, ok := bytesOf(c, c.At(arg), 0, 4)
	element, also := bytesOf(c, c.At(arg+1), 0, 4)
	if !ok || !also || len(m.state) != 16 {
		return false
	}
	m.sum, m.hash = sum, newGCMHash(element)
	return true
}

// bytesOf returns the bytes of count words of an array, the highest byte first.
// A negative count means all words.
func bytesOf(c *engine.Call, v engine.Value, first, count int) ([]byte, bool) {
	if count < 0 {
		n, ok := c.Size(v)
		if !ok || n > 1024 {
			return nil, false
		}
		count = n
	}
	words := make([]int32, count)
	if !c.Ints(v, first, words) {
		return nil, false
	}
	data := make([]byte, 0, 4*count)
	for _, w := range words {
		data = binary.BigEndian.AppendUint32(data, uint32(w))
	}
	return data, true
}

// wordsOf is the inverse of bytesOf.
func wordsOf(data []byte) []int32 {
	words := make([]int32, len(data)/4)
	for i := range words {
		words[i] = int32(binary.BigEndian.Uint32(data[4*i:]))
	}
	return words
}
