package webcrypto

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/rsa"
	"crypto/subtle"
	"math/big"
	"slices"
)

// Encrypt encrypts data with AES or RSA-OAEP.
func Encrypt(a *Algorithm, k *Key, data []byte) ([]byte, error) {
	if a.Name == "RSA-OAEP" {
		key, err := publicKey(k)
		if err != nil {
			return nil, err
		}
		public, ok := key.(*rsa.PublicKey)
		h, known := hashes[a.Hash]
		if !ok || !known {
			return nil, unknownAlgorithm()
		}
		out, err := rsa.EncryptOAEP(h.new(), rand.Reader, public, data, a.Label)
		if err != nil {
			return nil, failed("%v", err)
		}
		return out, nil
	}
	return crypt(a, k, data, true)
}

// Decrypt is the inverse of Encrypt.
func Decrypt(a *Algorithm, k *Key, data []byte) ([]byte, error) {
	if a.Name == "RSA-OAEP" {
		key, err := privateKey(k)
		if err != nil {
			return nil, err
		}
		private, ok := key.(*rsa.PrivateKey)
		h, known := hashes[a.Hash]
		if !ok || !known {
			return nil, unknownAlgorithm()
		}
		out, err := rsa.DecryptOAEP(h.new(), nil, private, data, a.Label)
		if err != nil {
			return nil, noData()
		}
		return out, nil
	}
	return crypt(a, k, data, false)
}

// noData is the error of every failed decryption: on purpose, it gives no
// reason.
func noData() error { return failed("The operation failed for an operation-specific reason") }

func crypt(a *Algorithm, k *Key, data []byte, encrypt bool) ([]byte, error) {
	block, err := aes.NewCipher(k.Data)
	if err != nil {
		return nil, failed("%v", err)
	}
	switch a.Name {
	case "AES-GCM":
		return gcm(a, block, data, encrypt)
	case "AES-CBC":
		if len(a.IV) != aes.BlockSize {
			return nil, failed("algorithm.iv must contain exactly 16 bytes")
		}
		if encrypt {
			return cbcEncrypt(block, a.IV, data), nil
		}
		return cbcDecrypt(block, a.IV, data)
	case "AES-CTR":
		return ctr(a, block, data)
	}
	return nil, notSupported("%s does not encrypt", a.Name)
}

// tagLengths are the tag lengths of AES-GCM, in bits.
var tagLengths = []int{32, 64, 96, 104, 112, 120, 128}

// gcm encrypts or decrypts with AES-GCM. It shortens tags itself, because Go
// does not support tags of 32 and 64 bits.
func gcm(a *Algorithm, block cipher.Block, data []byte, encrypt bool) ([]byte, error) {
	bits := a.TagLength
	if bits == 0 {
		bits = 128
	}
	if !slices.Contains(tagLengths, bits) {
		return nil, failed("%d is not a valid AES-GCM tag length", bits)
	}
	if len(a.IV) == 0 {
		return nil, failed("algorithm.iv must not be empty")
	}
	aead, err := cipher.NewGCMWithNonceSize(block, len(a.IV))
	if err != nil {
		return nil, failed("%v", err)
	}
	if encrypt {
		return aead.Seal(nil, a.IV, data, a.AdditionalData)[:len(data)+bits/8], nil
	}
	size := len(data) - bits/8
	if size < 0 {
		return nil, failed("The provided data is too small.")
	}
	plain := aead.Seal(nil, a.IV, data[:size], nil)[:size] // GCM encrypts and decrypts alike
	if subtle.ConstantTimeCompare(aead.Seal(nil, a.IV, plain, a.AdditionalData)[:len(data)], data) != 1 {
		return nil, noData()
	}
	return plain, nil
}

// cbcEncrypt adds PKCS #7 padding and encrypts.
func cbcEncrypt(block cipher.Block, iv, data []byte) []byte {
	pad := aes.BlockSize - len(data)%aes.BlockSize
	out := make([]byte, len(data)+pad)
	for i := copy(out, data); i < len(out); i++ {
		out[i] = byte(pad)
	}
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(out, out)
	return out
}

func cbcDecrypt(block cipher.Block, iv, data []byte) ([]byte, error) {
	if len(data) == 0 || len(data)%aes.BlockSize != 0 {
		return nil, noData()
	}
	out := make([]byte, len(data))
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(out, data)
	pad := int(out[len(out)-1])
	if pad < 1 || pad > aes.BlockSize {
		return nil, noData()
	}
	for _, b := range out[len(out)-pad:] {
		if int(b) != pad {
			return nil, noData()
		}
	}
	return out[:len(out)-pad], nil
}

// ctr encrypts or decrypts. Only the last a.Length bits of the block are the
// counter, which wraps around.
func ctr(a *Algorithm, block cipher.Block, data []byte) ([]byte, error) {
	if len(a.Counter) != aes.BlockSize {
		return nil, failed("algorithm.counter must contain exactly 16 bytes")
	}
	if a.Length < 1 || a.Length > 128 {
		return nil, failed("algorithm.length must be between 1 and 128")
	}
	out := make([]byte, len(data))
	blocks := big.NewInt(int64((len(data) + aes.BlockSize - 1) / aes.BlockSize))
	room := new(big.Int).Lsh(big.NewInt(1), uint(a.Length))
	if blocks.Cmp(room) > 0 {
		return nil, failed("the counter would repeat")
	}
	low := new(big.Int).Mod(new(big.Int).SetBytes(a.Counter), room)
	before := new(big.Int).Sub(room, low) // blocks until the counter wraps around
	first := len(data)
	if before.Cmp(blocks) < 0 {
		first = int(before.Int64()) * aes.BlockSize
	}
	cipher.NewCTR(block, a.Counter).XORKeyStream(out[:first], data[:first])
	if first < len(data) {
		again := new(big.Int).Sub(new(big.Int).SetBytes(a.Counter), low).FillBytes(make([]byte, aes.BlockSize))
		cipher.NewCTR(block, again).XORKeyStream(out[first:], data[first:])
	}
	return out, nil
}
