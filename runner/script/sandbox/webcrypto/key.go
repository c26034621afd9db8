package webcrypto

import (
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"math/big"
	"sync"
)

// curves are the curves of the API.
var curves = map[string]elliptic.Curve{"P-256": elliptic.P256(), "P-384": elliptic.P384(), "P-521": elliptic.P521()}

// maxModulus limits the size of generated keys: more bits take longer than a
// script may.
const maxModulus = 4096

// Generate makes a secret key, or a private and a public key.
func Generate(a *Algorithm) (key, public *Key, err error) {
	switch a.Name {
	case "RSASSA-PKCS1-v1_5", "RSA-PSS", "RSA-OAEP":
		if a.ModulusLength > maxModulus || a.ModulusLength < 1024 {
			return nil, nil, failed("modulusLength must be from 1024 to %d", maxModulus)
		}
		if e := new(big.Int).SetBytes(a.PublicExponent); e.Cmp(big.NewInt(65537)) != 0 {
			return nil, nil, failed("publicExponent must be 65537")
		}
		k, err := rsa.GenerateKey(rand.Reader, a.ModulusLength)
		if err != nil {
			return nil, nil, failed("%v", err)
		}
		return pair(k, &k.PublicKey)
	case "ECDSA", "ECDH":
		curve, ok := curves[a.NamedCurve]
		if !ok {
			return nil, nil, unknownCurve()
		}
		k, err := ecdsa.GenerateKey(curve, rand.Reader)
		if err != nil {
			return nil, nil, failed("%v", err)
		}
		return pair(k, &k.PublicKey)
	case "Ed25519":
		public, private, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			return nil, nil, failed("%v", err)
		}
		return pair(private, public)
	case "X25519":
		k, err := ecdh.X25519().GenerateKey(rand.Reader)
		if err != nil {
			return nil, nil, failed("%v", err)
		}
		return pair(k, k.PublicKey())
	}
	return generateSecret(a)
}

func generateSecret(a *Algorithm) (*Key, *Key, error) {
	length, err := secretLength(a)
	if err != nil {
		return nil, nil, err
	}
	data := make([]byte, (length+7)/8)
	_, _ = rand.Read(data) // never fails
	return &Key{Secret, data}, nil, nil
}

// secretLength is the length in bits of an algorithm's secret.
func secretLength(a *Algorithm) (int, error) {
	switch a.Name {
	case "HMAC":
		h, ok := hashes[a.Hash]
		switch {
		case !ok:
			return 0, unknownAlgorithm()
		case a.Length > 0:
			return a.Length, nil
		}
		return h.new().BlockSize() * 8, nil
	case "AES-GCM", "AES-CBC", "AES-CTR", "AES-KW":
		if a.Length != 128 && a.Length != 192 && a.Length != 256 {
			return 0, failed("AES key length must be 128, 192, or 256 bits")
		}
		return a.Length, nil
	}
	return 0, unknownAlgorithm()
}

func pair(private, public any) (*Key, *Key, error) {
	p, err := privateBytes(private)
	if err != nil {
		return nil, nil, err
	}
	q, err := publicBytes(public)
	return p, q, err
}

func privateBytes(key any) (*Key, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, badData("%v", err)
	}
	return &Key{Private, der}, nil
}

func publicBytes(key any) (*Key, error) {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return nil, badData("%v", err)
	}
	return &Key{Public, der}, nil
}

// parsed caches the keys that were used last, by the hash of their bytes:
// parsing an RSA key takes as long as signing with it.
var parsed = cache{keys: map[[32]byte]any{}}

type cache struct {
	mu   sync.Mutex
	keys map[[32]byte]any
}

// maxParsed is the number of keys in the cache. A full cache is emptied.
const maxParsed = 64

func (c *cache) key(data []byte, parse func([]byte) (any, error)) (any, error) {
	at := sha256.Sum256(data)
	c.mu.Lock()
	key, ok := c.keys[at]
	c.mu.Unlock()
	if ok {
		return key, nil
	}
	key, err := parse(data)
	if err != nil {
		return nil, badData("Invalid keyData") // Go's ASN.1 errors do not help somebody whose key has another format
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.keys) >= maxParsed {
		clear(c.keys)
	}
	c.keys[at] = key
	return key, nil
}

func privateKey(k *Key) (any, error) {
	if k.Type != Private {
		return nil, &Error{"InvalidAccessError", "the key is not private"}
	}
	return parsed.key(k.Data, x509.ParsePKCS8PrivateKey)
}

func publicKey(k *Key) (any, error) {
	if k.Type != Public {
		return nil, &Error{"InvalidAccessError", "the key is not public"}
	}
	return parsed.key(k.Data, x509.ParsePKIXPublicKey)
}
