package webcrypto

import (
	"crypto/aes"
	"crypto/subtle"
	"encoding/binary"
)

// wrapVector is the initial value of RFC 3394, 2.2.3.1.
const wrapVector = 0xa6a6a6a6a6a6a6a6

// Wrap encrypts a key with another key, as RFC 3394 specifies.
func Wrap(k *Key, data []byte) ([]byte, error) {
	block, err := aes.NewCipher(k.Data)
	if err != nil || len(data)%8 != 0 || len(data) < 16 {
		return nil, failed("AES-KW wraps multiples of 8 bytes, 16 or more")
	}
	n := len(data) / 8
	out := make([]byte, 8+len(data))
	copy(out[8:], data)
	buffer := make([]byte, aes.BlockSize)
	binary.BigEndian.PutUint64(buffer, wrapVector)
	for i := range 6 * n {
		at := out[8+i%n*8:]
		copy(buffer[8:], at[:8])
		block.Encrypt(buffer, buffer)
		binary.BigEndian.PutUint64(buffer, binary.BigEndian.Uint64(buffer)^uint64(i+1))
		copy(at, buffer[8:])
	}
	copy(out, buffer[:8])
	return out, nil
}

// Unwrap is the inverse of Wrap.
func Unwrap(k *Key, data []byte) ([]byte, error) {
	block, err := aes.NewCipher(k.Data)
	if err != nil || len(data)%8 != 0 || len(data) < 24 {
		return nil, noData()
	}
	n := len(data)/8 - 1
	out := append([]byte(nil), data[8:]...)
	buffer := make([]byte, aes.BlockSize)
	copy(buffer, data[:8])
	for i := 6*n - 1; i >= 0; i-- {
		at := out[i%n*8:]
		binary.BigEndian.PutUint64(buffer, binary.BigEndian.Uint64(buffer)^uint64(i+1))
		copy(buffer[8:], at[:8])
		block.Decrypt(buffer, buffer)
		copy(at, buffer[8:])
	}
	want := make([]byte, 8)
	binary.BigEndian.PutUint64(want, wrapVector)
	if subtle.ConstantTimeCompare(buffer[:8], want) != 1 {
		return nil, noData()
	}
	return out, nil
}
