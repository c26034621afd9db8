package webcrypto

import (
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/hkdf"
	"crypto/pbkdf2"
	"slices"
)

// maxIterations keeps a derivation from taking longer than a script may.
const maxIterations = 10_000_000

// DeriveBits derives that many bits from a key; 0 means all bits of ECDH.
func DeriveBits(a *Algorithm, k *Key, bits int) ([]byte, error) {
	switch a.Name {
	case "ECDH", "X25519":
		secret, err := agree(a, k)
		if err != nil || bits == 0 {
			return secret, err
		}
		return firstBits(secret, bits)
	case "PBKDF2", "HKDF":
		if bits%8 != 0 || bits < 0 || bits > 1<<20 {
			return nil, failed("length must be a multiple of 8")
		}
		if bits == 0 {
			return nil, failed("length cannot be 0")
		}
		return stretch(a, k, bits/8)
	}
	return nil, notSupported("%s does not derive", a.Name)
}

// firstBits returns the first bits of data. The rest of the last byte is zero.
func firstBits(data []byte, bits int) ([]byte, error) {
	size := (bits + 7) / 8
	if bits < 0 || size > len(data) {
		return nil, failed("derived bit length is too small")
	}
	out := slices.Clone(data[:size])
	if rest := bits % 8; rest > 0 {
		out[size-1] &= 0xff << (8 - rest)
	}
	return out, nil
}

func stretch(a *Algorithm, k *Key, size int) ([]byte, error) {
	h, ok := hashes[a.Hash]
	if !ok {
		return nil, unknownAlgorithm()
	}
	var out []byte
	var err error
	if a.Name == "HKDF" {
		out, err = hkdf.Key(h.new, k.Data, a.Salt, string(a.Info), size)
	} else {
		if a.Iterations == 0 {
			return nil, failed("iterations cannot be zero")
		}
		if a.Iterations < 1 || a.Iterations > maxIterations/(1+size/16) {
			return nil, failed("iterations must be from 1 to %d", maxIterations/(1+size/16))
		}
		out, err = pbkdf2.Key(h.new, string(k.Data), a.Salt, a.Iterations, size)
	}
	if err != nil {
		return nil, failed("%v", err)
	}
	return out, nil
}

// agree returns the shared secret of two keys of a curve.
func agree(a *Algorithm, k *Key) ([]byte, error) {
	if a.Public == nil || a.Public.Type != Public {
		return nil, &Error{"InvalidAccessError", "algorithm.public must be a public key"}
	}
	private, err := exchange(privateKey(k))
	if err != nil {
		return nil, err
	}
	public, err := exchange(publicKey(a.Public))
	if err != nil {
		return nil, err
	}
	p, ok := private.(*ecdh.PrivateKey)
	q, fits := public.(*ecdh.PublicKey)
	if !ok || !fits || p.Curve() != q.Curve() {
		return nil, &Error{"InvalidAccessError", "Named curve mismatch"}
	}
	secret, err := p.ECDH(q)
	if err != nil {
		return nil, failed("%v", err)
	}
	return secret, nil
}

// exchange converts a key to the type that key exchange needs.
func exchange(key any, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	switch k := key.(type) {
	case *ecdsa.PrivateKey:
		return k.ECDH()
	case *ecdsa.PublicKey:
		return k.ECDH()
	}
	return key, nil
}
