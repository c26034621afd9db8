//go:build amd64 || arm64

package accel

import (
	"encoding/base64"
	"encoding/hex"
	"strings"

	"postie/runner/script/sandbox/engine"
)

// encodings are the functions behind a library's texts of words.
var encodings = map[string]engine.Function{"words.text": wordsText, "words.of": wordsOfText}

// wordsText is text(encoding, words, bytes); undefined when it cannot say.
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

// wordsOfText is of(encoding, text): the words, of bytes that the last says how
// many they are.
func wordsOfText(c *engine.Call) engine.Value {
	data, ok := decode(c, c.Text(0), c.At(1))
	if !ok {
		return engine.Undefined
	}
	n := len(data)
	data = append(data, 0, 0, 0)
	return c.NewInts(append(wordsOf(data), int32(n)))
}

// decode is the bytes of a text that is whole and plain.
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
		return nil, false // Go passes over them
	}
	return data, err == nil
}
