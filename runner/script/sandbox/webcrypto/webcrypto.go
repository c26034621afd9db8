// Package webcrypto implements the algorithms of the Web Cryptography API with
// Go's crypto packages. It does not depend on JavaScript: keys are bytes, and
// the caller checks which key may be used for what.
package webcrypto

import (
	"crypto"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"hash"
)

// An Algorithm is a name with parameters: the parameters of an operation or of
// a key. Bytes are base64 in JSON.
type Algorithm struct {
	Name           string `json:"name"`
	Hash           string `json:"hash,omitempty"`
	NamedCurve     string `json:"namedCurve,omitempty"`
	ModulusLength  int    `json:"modulusLength,omitempty"`
	PublicExponent []byte `json:"publicExponent,omitempty"`
	Length         int    `json:"length,omitempty"` // bits
	SaltLength     int    `json:"saltLength,omitempty"`
	Label          []byte `json:"label,omitempty"`
	IV             []byte `json:"iv,omitempty"`
	Counter        []byte `json:"counter,omitempty"`
	AdditionalData []byte `json:"additionalData,omitempty"`
	TagLength      int    `json:"tagLength,omitempty"` // bits; 0 is 128
	Salt           []byte `json:"salt,omitempty"`
	Info           []byte `json:"info,omitempty"`
	Iterations     int    `json:"iterations,omitempty"`
	Public         *Key   `json:"public,omitempty"`
}

// A Key is key material: the bytes of a secret, a private key in PKCS #8, or a
// public key in SPKI.
type Key struct {
	Type string `json:"type"` // secret, private or public
	Data []byte `json:"data"`
}

// Types of keys.
const (
	Secret  = "secret"
	Private = "private"
	Public  = "public"
)

// An Error is a DOMException. Its name is the kind of error.
type Error struct{ Name, Message string }

// Error implements error.
func (e *Error) Error() string { return e.Name + ": " + e.Message }

func notSupported(format string, args ...any) error {
	return &Error{"NotSupportedError", fmt.Sprintf(format, args...)}
}

func unknownAlgorithm() error { return notSupported("Unrecognized algorithm name") }

func unknownCurve() error { return notSupported("Unrecognized namedCurve") }

func badData(format string, args ...any) error {
	return &Error{"DataError", fmt.Sprintf(format, args...)}
}

func failed(format string, args ...any) error {
	return &Error{"OperationError", fmt.Sprintf(format, args...)}
}

// hashes are the hash functions of the API, with their names in Go and in JSON
// Web Keys.
var hashes = map[string]struct {
	new    func() hash.Hash
	id     crypto.Hash
	digits string
}{
	"SHA-1":   {sha1.New, crypto.SHA1, "1"},
	"SHA-256": {sha256.New, crypto.SHA256, "256"},
	"SHA-384": {sha512.New384, crypto.SHA384, "384"},
	"SHA-512": {sha512.New, crypto.SHA512, "512"},
}

func sum(name string, data []byte) ([]byte, error) {
	h, ok := hashes[name]
	if !ok {
		return nil, unknownAlgorithm()
	}
	d := h.new()
	d.Write(data)
	return d.Sum(nil), nil
}

// Digest returns the hash of data.
func Digest(a *Algorithm, data []byte) ([]byte, error) { return sum(a.Name, data) }
