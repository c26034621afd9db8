package webcrypto

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"math/big"
)

// Sign returns the signature of data. For ECDSA it is r followed by s.
func Sign(a *Algorithm, k *Key, data []byte) ([]byte, error) {
	if a.Name == "HMAC" {
		return mac(a, k, data)
	}
	key, err := privateKey(k)
	if err != nil {
		return nil, err
	}
	switch key := key.(type) {
	case *rsa.PrivateKey:
		return signRSA(a, key, data)
	case *ecdsa.PrivateKey:
		digest, err := sum(a.Hash, data)
		if err != nil {
			return nil, err
		}
		r, s, err := ecdsa.Sign(rand.Reader, key, digest)
		if err != nil {
			return nil, failed("%v", err)
		}
		size := (key.Params().BitSize + 7) / 8
		return append(r.FillBytes(make([]byte, size)), s.FillBytes(make([]byte, size))...), nil
	case ed25519.PrivateKey:
		return ed25519.Sign(key, data), nil
	}
	return nil, notSupported("%s does not sign", a.Name)
}

func signRSA(a *Algorithm, key *rsa.PrivateKey, data []byte) (out []byte, err error) {
	digest, err := sum(a.Hash, data)
	if err != nil {
		return nil, err
	}
	switch id := hashes[a.Hash].id; a.Name {
	case "RSASSA-PKCS1-v1_5":
		out, err = rsa.SignPKCS1v15(nil, key, id, digest)
	case "RSA-PSS":
		out, err = signPSS(a, key, digest)
	default:
		return nil, notSupported("%s does not sign", a.Name)
	}
	if err != nil {
		return nil, failed("%v", err)
	}
	return out, nil
}

// Verify reports whether a signature is valid for data.
func Verify(a *Algorithm, k *Key, signature, data []byte) (bool, error) {
	if a.Name == "HMAC" {
		want, err := mac(a, k, data)
		return err == nil && hmac.Equal(want, signature), err
	}
	key, err := publicKey(k)
	if err != nil {
		return false, err
	}
	switch key := key.(type) {
	case *rsa.PublicKey:
		return verifyRSA(a, key, signature, data)
	case *ecdsa.PublicKey:
		digest, err := sum(a.Hash, data)
		size := (key.Params().BitSize + 7) / 8
		if err != nil || len(signature) != 2*size {
			return false, err
		}
		r, s := new(big.Int).SetBytes(signature[:size]), new(big.Int).SetBytes(signature[size:])
		return ecdsa.Verify(key, digest, r, s), nil
	case ed25519.PublicKey:
		return ed25519.Verify(key, data, signature), nil
	}
	return false, notSupported("%s does not verify", a.Name)
}

func verifyRSA(a *Algorithm, key *rsa.PublicKey, signature, data []byte) (bool, error) {
	digest, err := sum(a.Hash, data)
	if err != nil {
		return false, err
	}
	switch id := hashes[a.Hash].id; a.Name {
	case "RSASSA-PKCS1-v1_5":
		return rsa.VerifyPKCS1v15(key, id, digest, signature) == nil, nil
	case "RSA-PSS":
		return verifyPSS(a, key, digest, signature), nil
	}
	return false, notSupported("%s does not verify", a.Name)
}

func mac(a *Algorithm, k *Key, data []byte) ([]byte, error) {
	h, ok := hashes[a.Hash]
	if !ok {
		return nil, unknownAlgorithm()
	}
	m := hmac.New(h.new, k.Data)
	m.Write(data)
	return m.Sum(nil), nil
}
