//go:build !amd64 && !arm64

package engine

import "unicode/utf16"

// Latin1 is a text's characters, one byte each, where the engine's own can be
// read: not here.
func (c *Call) Latin1(Value) ([]byte, bool) { return nil, false }

// UTF16 is a text's characters; false when v is no text.
func (c *Call) UTF16(v Value) ([]uint16, bool) {
	text, ok := c.Machine.Text(v)
	return utf16.Encode([]rune(text)), ok
}
