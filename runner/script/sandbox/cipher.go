package sandbox

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
)

// cipher is cipher(operation, mode, key, vector, data, additional data, tag
// size), all bytes in base64: undefined when the key, the vector or the data
// will not do.
func (x *execution) cipher(a arguments) (any, error) {
	var in [4][]byte // key, vector, data, additional data
	for i := range in {
		var err error
		if in[i], err = base64.StdEncoding.DecodeString(a.text(2 + i)); err != nil {
			return nil, err
		}
	}
	block, err := aes.NewCipher(in[0])
	if err != nil {
		return missing, nil //nolint:nilerr // the script's side has its own error
	}
	encrypt := a.text(0) == "encrypt"
	var out []byte
	switch a.text(1) {
	case "AES-GCM":
		out = gcm(block, in[1], in[2], in[3], int(a.number(6)), encrypt)
	case "AES-CBC":
		out = cbc(block, in[1], in[2], encrypt)
	case "AES-CTR":
		if len(in[1]) == aes.BlockSize {
			out = make([]byte, len(in[2]))
			cipher.NewCTR(block, in[1]).XORKeyStream(out, in[2])
		}
	}
	if out == nil {
		return missing, nil
	}
	return base64.StdEncoding.EncodeToString(out), nil
}

func gcm(block cipher.Block, nonce, data, additional []byte, tag int, encrypt bool) []byte {
	if len(nonce) == 0 || tag != 16 && len(nonce) != 12 {
		return nil
	}
	aead, err := cipher.NewGCMWithNonceSize(block, len(nonce))
	if tag != 16 {
		aead, err = cipher.NewGCMWithTagSize(block, tag)
	}
	if err != nil {
		return nil
	}
	if encrypt {
		return aead.Seal([]byte{}, nonce, data, additional)
	}
	out, err := aead.Open([]byte{}, nonce, data, additional)
	if err != nil {
		return nil
	}
	return out
}

// cbc pads as PKCS #7 says.
func cbc(block cipher.Block, vector, data []byte, encrypt bool) []byte {
	const size = aes.BlockSize
	if len(vector) != size {
		return nil
	}
	if encrypt {
		pad := size - len(data)%size
		for range pad {
			data = append(data, byte(pad))
		}
		cipher.NewCBCEncrypter(block, vector).CryptBlocks(data, data)
		return data
	}
	if len(data) == 0 || len(data)%size != 0 {
		return nil
	}
	cipher.NewCBCDecrypter(block, vector).CryptBlocks(data, data)
	return unpadded(data)
}

// unpadded is nil for what was not padded.
func unpadded(data []byte) []byte {
	pad := int(data[len(data)-1])
	if pad < 1 || pad > aes.BlockSize {
		return nil
	}
	for _, b := range data[len(data)-pad:] {
		if int(b) != pad {
			return nil
		}
	}
	return data[:len(data)-pad]
}
