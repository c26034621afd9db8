package cluster

import (
	"bytes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/klauspost/compress/zstd"
	"golang.org/x/crypto/chacha20poly1305"
)

// A Key seals what a cluster sends: documents, jobs and results. The servers
// never get the key. So they cannot read the contents, and a client that may
// only publish cannot make a worker send requests.
type Key struct {
	text string
	aead cipher.AEAD
	name []byte // for the names of documents
}

// NewKey returns a random key.
func NewKey() *Key {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails
	k, err := ParseKey(hex.EncodeToString(b[:]))
	if err != nil {
		panic(err) // 32 bytes are always a valid key
	}
	return k
}

// ParseKey parses a key in the format of String: 64 hexadecimal digits.
func ParseKey(text string) (*Key, error) {
	text = strings.TrimSpace(text)
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != 32 {
		return nil, errors.New("a cluster key is 64 hexadecimal digits")
	}
	seal, err := hkdf.Key(sha256.New, raw, nil, "postie cluster seal", chacha20poly1305.KeySize)
	if err != nil {
		return nil, err
	}
	name, err := hkdf.Key(sha256.New, raw, nil, "postie cluster name", 32)
	if err != nil {
		return nil, err
	}
	aead, err := chacha20poly1305.NewX(seal)
	if err != nil {
		return nil, err
	}
	return &Key{text: text, aead: aead, name: name}, nil
}

// String returns the key itself. Do not print it where others can read it.
func (k *Key) String() string { return k.text }

// errSealed is returned for data that the key does not open.
var errSealed = errors.New("it was sealed with another cluster key, or altered")

// seal compresses and encrypts a text. It can be opened only for the same
// place, such as the subject on which it is published.
func (k *Key) seal(place string, plain []byte) []byte {
	packed := packer().EncodeAll(plain, nil)
	out := make([]byte, chacha20poly1305.NonceSizeX, chacha20poly1305.NonceSizeX+len(packed)+k.aead.Overhead())
	_, _ = rand.Read(out) // never fails
	return k.aead.Seal(out, out, packed, []byte(place))
}

// open decrypts what seal has sealed, at most limit bytes.
func (k *Key) open(place string, sealed []byte, limit int) ([]byte, error) {
	const n = chacha20poly1305.NonceSizeX
	if len(sealed) < n {
		return nil, errSealed
	}
	packed, err := k.aead.Open(nil, sealed[:n], sealed[n:], []byte(place))
	if err != nil {
		return nil, errSealed
	}
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(uint64(limit)))
	if err != nil {
		return nil, err
	}
	defer d.Close()
	plain, err := d.DecodeAll(packed, nil)
	if err != nil {
		return nil, fmt.Errorf("sealed text: %w", err)
	}
	return plain, nil
}

// packer compresses. Its EncodeAll is safe for concurrent use.
var packer = sync.OnceValue(func() *zstd.Encoder {
	e, _ := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithWindowSize(1<<18)) // valid options
	return e
})

// nameOf returns the name of a document: a keyed hash of its content. Without
// the key it does not reveal whether a document has a known content.
func (k *Key) nameOf(content []byte) string {
	h := hmac.New(sha256.New, k.name)
	h.Write(content)
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// print returns a fingerprint of the key, which does not reveal the key.
func (k *Key) print() string { return k.nameOf([]byte("postie cluster key")) }

// encode returns a value as JSON, without escaping raw JSON for HTML.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}
