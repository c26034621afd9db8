//go:build amd64 || arm64

package accel

import (
	"crypto/rand"
	"encoding/hex"
	"unicode/utf16"
	"unicode/utf8"

	"postie/runner/script/sandbox/engine"
)

// byteTexts are the functions that convert between bytes and strings in the
// sandbox's own code.
var byteTexts = map[string]engine.Function{
	"latin1.text": latin1Text, "latin1.fill": latin1Fill, "utf8.text": utf8Text, "utf8.fill": utf8Fill, "hex.text": hexText, "random.fill": randomFill,
}

// quickBytes is the number of bytes that take about a microsecond.
const quickBytes = 4 << 10

// bytesFor returns the first argument, an array of bytes.
func bytesFor(c *engine.Call) ([]byte, bool) {
	data, ok := c.Bytes(c.At(0))
	if ok && len(data) <= quickBytes {
		c.Quick()
	}
	return data, ok
}

// latin1Text implements text(bytes): a string with one character for each byte.
// It returns undefined when the argument is no array of bytes or is empty.
func latin1Text(c *engine.Call) engine.Value {
	data, ok := bytesFor(c)
	if !ok {
		return engine.Undefined
	}
	return c.NewLatin1(data)
}

// latin1Fill implements fill(bytes, text): it writes the low byte of each
// character. It returns false when the lengths differ.
func latin1Fill(c *engine.Call) engine.Value {
	data, ok := bytesFor(c)
	units, isText := c.UTF16(c.At(1))
	if !ok || !isText || len(units) != len(data) {
		return engine.Bool(false)
	}
	for i, u := range units {
		data[i] = byte(u)
	}
	return engine.Bool(true)
}

// utf8Text implements text(bytes). It returns undefined when the bytes are not
// valid UTF-8.
func utf8Text(c *engine.Call) engine.Value {
	data, ok := bytesFor(c)
	if !ok || !utf8.Valid(data) {
		return engine.Undefined
	}
	latin, wide := true, false
	for _, b := range data {
		latin = latin && b < utf8.RuneSelf
		wide = wide || b > 0xc3 // the lead byte of a character above U+00FF
	}
	if latin {
		return c.NewLatin1(data)
	}
	units := make([]uint16, 0, len(data))
	for _, r := range string(data) {
		units = utf16.AppendRune(units, r)
	}
	if wide {
		return c.NewUTF16(units)
	}
	narrow := make([]byte, len(units))
	for i, u := range units {
		narrow[i] = byte(u)
	}
	return c.NewLatin1(narrow)
}

// utf8Fill implements fill(bytes, text): it writes UTF-8 and returns the number
// of bytes. It returns undefined when there is not room for three bytes for
// each character. A lone surrogate becomes U+FFFD.
func utf8Fill(c *engine.Call) engine.Value {
	data, ok := bytesFor(c)
	units, isText := c.UTF16(c.At(1))
	if !ok || !isText || len(data) < 3*len(units) {
		return engine.Undefined
	}
	out := data[:0]
	for i := 0; i < len(units); i++ {
		r := rune(units[i])
		if utf16.IsSurrogate(r) {
			pair := rune(utf8.RuneError)
			if i+1 < len(units) {
				pair = utf16.DecodeRune(r, rune(units[i+1]))
			}
			if r = pair; r != utf8.RuneError {
				i++
			}
		}
		out = utf8.AppendRune(out, r)
	}
	return engine.Number(float64(len(out)))
}

// hexText implements text(bytes).
func hexText(c *engine.Call) engine.Value {
	data, ok := bytesFor(c)
	if !ok {
		return engine.Undefined
	}
	return c.NewLatin1(hex.AppendEncode(nil, data))
}

// randomFill implements fill(bytes): it writes random bytes and returns true.
func randomFill(c *engine.Call) engine.Value {
	data, ok := bytesFor(c)
	if !ok {
		return engine.Bool(false)
	}
	_, err := rand.Read(data)
	return engine.Bool(err == nil)
}
