package webcrypto

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/subtle"
	"encoding/binary"
	"math/big"
)

// signPSS makes an RSA-PSS signature. In Go's API a salt length of 0 means a
// length that depends on the key, so signatures without a salt are made here.
func signPSS(a *Algorithm, key *rsa.PrivateKey, digest []byte) ([]byte, error) {
	if a.SaltLength > 0 {
		return rsa.SignPSS(rand.Reader, key, hashes[a.Hash].id, digest, &rsa.PSSOptions{SaltLength: a.SaltLength})
	}
	message, err := unsalted(a.Hash, &key.PublicKey, digest)
	if err != nil {
		return nil, err
	}
	out := power(new(big.Int).SetBytes(message), key)
	return out.FillBytes(make([]byte, key.Size())), nil
}

// verifyPSS checks a signature of signPSS. Without a salt there is exactly one
// valid signature, so the signed message is compared as a whole.
func verifyPSS(a *Algorithm, key *rsa.PublicKey, digest, signature []byte) bool {
	if a.SaltLength > 0 {
		return rsa.VerifyPSS(key, hashes[a.Hash].id, digest, signature, &rsa.PSSOptions{SaltLength: a.SaltLength}) == nil
	}
	s := new(big.Int).SetBytes(signature)
	want, err := unsalted(a.Hash, key, digest)
	if err != nil || len(signature) != key.Size() || s.Cmp(key.N) >= 0 {
		return false
	}
	got := s.Exp(s, big.NewInt(int64(key.E)), key.N)
	if got.BitLen() > len(want)*8 {
		return false
	}
	return subtle.ConstantTimeCompare(got.FillBytes(make([]byte, len(want))), want) == 1
}

// power returns m to the power of the private exponent. It is blinded, so that
// its duration reveals nothing about the key.
func power(m *big.Int, key *rsa.PrivateKey) *big.Int {
	var r, inverse *big.Int
	for inverse == nil {
		r, _ = rand.Int(rand.Reader, key.N) // never fails
		inverse = new(big.Int).ModInverse(r, key.N)
	}
	out := new(big.Int).Exp(r, big.NewInt(int64(key.E)), key.N)
	out.Mul(out, m).Mod(out, key.N)
	out.Exp(out, key.D, key.N)
	return out.Mul(out, inverse).Mod(out, key.N)
}

// unsalted returns the message that RSA-PSS signs when there is no salt:
// EMSA-PSS of RFC 8017, 9.1.1.
func unsalted(hashName string, key *rsa.PublicKey, digest []byte) ([]byte, error) {
	bits := key.N.BitLen() - 1
	size := (bits + 7) / 8
	if size < len(digest)+2 {
		return nil, rsa.ErrMessageTooLong
	}
	h, err := sum(hashName, append(make([]byte, 8), digest...))
	if err != nil {
		return nil, err
	}
	out := make([]byte, size)
	masked := out[:size-len(h)-1]
	masked[len(masked)-1] = 1
	if err := mask(hashName, masked, h); err != nil {
		return nil, err
	}
	out[0] &= 0xff >> (8*size - bits)
	copy(out[len(masked):], h)
	out[size-1] = 0xbc
	return out, nil
}

// mask combines data with the mask of MGF1, RFC 8017, B.2.1.
func mask(hashName string, data, seed []byte) error {
	for i, at := uint32(0), 0; at < len(data); i++ {
		block, err := sum(hashName, binary.BigEndian.AppendUint32(append([]byte{}, seed...), i))
		if err != nil {
			return err
		}
		at += subtle.XORBytes(data[at:], data[at:], block)
	}
	return nil
}
