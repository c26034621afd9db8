package sandbox

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"encoding/hex"
	"errors"
)

// material decodes bytes as js/cryptojs.js passes them: "t" and a text, or "h"
// and hexadecimal digits.
func material(s string) ([]byte, error) {
	switch {
	case s == "":
		return nil, errors.New("no bytes")
	case s[0] == 'h':
		return hex.DecodeString(s[1:])
	}
	return []byte(s[1:]), nil
}

// hash implements host.hash(name, data). It returns the digest in hexadecimal.
func (x *execution) hash(a arguments) (any, error) {
	h, err := newHash(a.text(0))
	if err != nil {
		return nil, err
	}
	data, err := material(a.text(1))
	if err != nil {
		return nil, err
	}
	sum := h()
	sum.Write(data)
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// mac implements host.mac(name, key, data). It returns the HMAC in hexadecimal.
func (x *execution) mac(a arguments) (any, error) {
	h, err := newHash(a.text(0))
	if err != nil {
		return nil, err
	}
	key, err := material(a.text(1))
	if err != nil {
		return nil, err
	}
	data, err := material(a.text(2))
	if err != nil {
		return nil, err
	}
	sum := hmac.New(h, key)
	sum.Write(data)
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// maxIterations keeps the derivation of a key from taking longer than a script
// may.
const maxIterations = 10_000_000

// derive implements host.derive(name, password, salt, iterations, size). It
// returns a PBKDF2 key in hexadecimal.
func (x *execution) derive(a arguments) (any, error) {
	h, err := newHash(a.text(0))
	if err != nil {
		return nil, err
	}
	password, err := material(a.text(1))
	if err != nil {
		return nil, err
	}
	salt, err := material(a.text(2))
	if err != nil {
		return nil, err
	}
	iterations, size := int(a.number(3)), int(a.number(4))
	if iterations < 1 || size < 1 || size > 1<<16 || iterations > maxIterations/(1+size/16) {
		return missing, nil
	}
	key, err := pbkdf2.Key(h, string(password), salt, iterations, size)
	if err != nil {
		return missing, nil //nolint:nilerr // undefined: the JavaScript library derives the key itself
	}
	return hex.EncodeToString(key), nil
}
