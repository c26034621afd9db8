//go:build !amd64 && !arm64

package engine

import "unicode/utf16"

// Latin1 returns false: on this platform it cannot read the engine's memory.
func (c *Call) Latin1(Value) ([]byte, bool) { return nil, false }

// UTF16 returns the UTF-16 units of a string, and false when v is no string.
func (c *Call) UTF16(v Value) ([]uint16, bool) {
	text, ok := c.Machine.Text(v)
	return utf16.Encode([]rune(text)), ok
}
