package transport

import (
	"bytes"
	"io"
)

// BytesBody is a Body held in memory.
func BytesBody(b []byte) *Body {
	return &Body{Len: int64(len(b)), Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }}
}
