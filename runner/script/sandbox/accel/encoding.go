//go:build amd64 || arm64

package accel

import (
	"encoding/base64"
	"encoding/hex"
	"strings"

	"postie/runner/script/sandbox/engine"
)

// encodings are the functions that convert between a library's words and
// strings.
var encodings = map[string]engine.Function{"words.text": wordsText, "words.of": wordsOfText, "base64.encode": base64Encode, "base64.decode": base64Decode}

// wordsText implements text(encoding, words, bytes). It returns undefined when
// it cannot convert them.
func wordsText(c *engine.Call) engine.Value {
	n, ok := c.Int(2)
	if !ok || n < 0 || n > 1<<26 {
		return engine.Undefined
	}
	data, ok := bytesOf(c, c.At(1), 0, (n+3)/4)
	if !ok {
		return engine.Undefined
	}
	data = data[:n]
	switch c.Text(0) {
	case "hex":
		return c.NewLatin1(hex.AppendEncode(nil, data))
	case "base64":
		return c.NewLatin1(base64.StdEncoding.AppendEncode(nil, data))
	}
	return c.NewLatin1(data)
}

// wordsOfText implements of(encoding, text). It returns words, of which the
// last is the number of bytes.
func wordsOfText(c *engine.Call) engine.Value {
	data, ok := decode(c, c.Text(0), c.At(1))
	if !ok {
		return engine.Undefined
	}
	n := len(data)
	data = append(data, 0, 0, 0)
	return c.NewInts(append(wordsOf(data), int32(n)))
}

// decode returns the bytes of an encoded text that is complete and has no
// unusual characters.
func decode(c *engine.Call, encoding string, v engine.Value) ([]byte, bool) {
	if encoding == "latin1" {
		units, ok := c.UTF16(v)
		data := make([]byte, len(units), len(units)+3)
		for i, u := range units {
			data[i] = byte(u)
		}
		return data, ok
	}
	text, ok := c.Latin1(v)
	if !ok {
		return nil, false
	}
	var data []byte
	var err error
	if encoding == "hex" {
		data, err = hex.AppendDecode(nil, text)
	} else if data, err = base64.RawStdEncoding.AppendDecode(nil, []byte(strings.TrimRight(string(text), "="))); strings.ContainsAny(string(text), "\r\n") {
		return nil, false // Go ignores line ends
	}
	return data, err == nil
}

// base64Encode implements encode(text): base64 of the low byte of each
// character.
func base64Encode(c *engine.Call) engine.Value {
	if !c.IsText(0) {
		return engine.Undefined
	}
	data, _ := decode(c, "latin1", c.At(0))
	return c.NewLatin1(base64.StdEncoding.AppendEncode(nil, data))
}

// base64Decode implements decode(text): the bytes of base64 in either alphabet,
// up to the padding. Other characters and left-over bits at the end are
// ignored.
func base64Decode(c *engine.Call) engine.Value {
	if !c.IsText(0) {
		return engine.Undefined
	}
	units, _ := c.UTF16(c.At(0))
	data := make([]byte, 0, len(units)*3/4)
	word, bits := uint32(0), 0
	for _, u := range units {
		if u == '=' {
			break
		}
		six, ok := sixBits(u)
		if !ok {
			continue
		}
		word = word<<6 | six
		if bits += 6; bits >= 8 {
			bits -= 8
			data = append(data, byte(word>>bits))
		}
	}
	return c.NewLatin1(data)
}

// sixBits returns the value of a base64 character.
func sixBits(u uint16) (bits uint32, ok bool) {
	switch {
	case 'A' <= u && u <= 'Z':
		return uint32(u - 'A'), true
	case 'a' <= u && u <= 'z':
		return uint32(u-'a') + 26, true
	case '0' <= u && u <= '9':
		return uint32(u-'0') + 52, true
	case u == '+', u == '-':
		return 62, true
	case u == '/', u == '_':
		return 63, true
	}
	return 0, false
}
