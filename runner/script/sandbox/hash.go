package sandbox

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"encoding/hex"
	"errors"
)

// material is bytes as js/cryptojs.js hands them over: a text after "t", in
// hexadecimal after "h".
func material(s string) ([]byte, error) {
	switch {
	case s == "":
		return nil, errors.New("no bytes")
	case s[0] == 'h':
		return hex.DecodeString(s[1:])
	}
	return []byte(s[1:]), nil
}

// hash is hash(name, data): the digest in hexadecimal.
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

// mac is mac(name, key, data): the HMAC in hexadecimal.
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

// Deriving a key must not outlast a script's time.
const maxIterations = 10_000_000

// derive is derive(name, password, salt, iterations, size): a PBKDF2 key in
// hexadecimal.
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
		return missing, nil //nolint:nilerr // the library does it itself
	}
	return hex.EncodeToString(key), nil
}
