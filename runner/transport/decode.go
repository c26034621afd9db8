package transport

import (
	"bufio"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// maxLayers bounds the encodings laid over each other.
const maxLayers = 4

// decoder undoes a Content-Encoding, the last applied first; unknown ones
// stay as they are.
func decoder(encoding string, r io.Reader) (io.Reader, error) {
	layers := strings.Split(encoding, ",")
	if len(layers) > maxLayers {
		return nil, &Error{Kind: ErrDecode, Detail: "more than " + itoa(maxLayers) + " content encodings"}
	}
	var err error
	for _, layer := range slices.Backward(layers) {
		if r, err = decodeLayer(layer, r); err != nil {
			return nil, err
		}
	}
	return r, nil
}

func decodeLayer(encoding string, r io.Reader) (io.Reader, error) {
	br := bufio.NewReader(r)
	if _, err := br.Peek(1); errors.Is(err, io.EOF) {
		return br, nil // an empty body is not encoded
	}
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "gzip", "x-gzip":
		if head, _ := br.Peek(2); len(head) == 2 && (head[0] != 0x1f || head[1] != 0x8b) {
			return nil, gzip.ErrHeader // even when it is too short for one
		}
		return gzip.NewReader(br)
	case "deflate":
		// zlib by the book, raw deflate in the wild.
		if head, _ := br.Peek(2); len(head) == 2 && head[0]&0x0f == 8 && (int(head[0])<<8|int(head[1]))%31 == 0 {
			return zlib.NewReader(br)
		}
		return flate.NewReader(br), nil
	case "br":
		return brotli.NewReader(br), nil
	case "zstd":
		d, err := zstd.NewReader(br, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(64<<20))
		if err != nil {
			return nil, err
		}
		return d.IOReadCloser(), nil
	}
	return br, nil
}

// counter counts what is read through it and keeps its error, which a
// decoder may word differently.
type counter struct {
	r   io.Reader
	n   int64
	err error
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		c.err = err
	}
	return n, err
}

// readBody reads and decodes a whole body, up to limit decoded bytes.
func readBody(r io.Reader, resp *Response, decode bool, limit int64, size int64) error {
	raw := &counter{r: r}
	var src io.Reader = raw
	encoding := resp.Header.Get("Content-Encoding")
	var err error
	if decode && encoding != "" {
		if src, err = decoder(encoding, raw); err != nil {
			return decodeError(raw, err)
		}
	} else if size > 0 && size < 1<<20 {
		resp.Body = make([]byte, 0, size+1)
	}
	if c, ok := src.(io.Closer); ok {
		defer c.Close()
	}
	resp.Body, err = appendAll(resp.Body, src, limit)
	resp.WireSize = raw.n
	if errors.Is(err, errLimit) {
		return &Error{Kind: ErrTooLarge, Detail: fmt.Sprintf("%d bytes", limit)}
	}
	if err != nil && raw.err == nil && errors.Is(err, io.ErrUnexpectedEOF) {
		return nil // a compressed stream without its end, as node takes it
	}
	if err != nil {
		return decodeError(raw, err)
	}
	// What is left of the framing, such as the last chunk.
	_, err = io.Copy(io.Discard, io.LimitReader(raw, 1<<20))
	resp.WireSize = raw.n
	return err
}

// decodeError is the connection's error if it had one, else the encoding's.
func decodeError(raw *counter, err error) error {
	if raw.err != nil {
		return raw.err
	}
	var own *Error
	switch {
	case errors.As(err, &own):
		return own
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, zlib.ErrHeader):
		return &Error{Kind: ErrDecode, Detail: "incorrect header check"}
	case errors.Is(err, gzip.ErrChecksum), errors.Is(err, zlib.ErrChecksum):
		return &Error{Kind: ErrDecode, Detail: "incorrect data check"}
	}
	return &Error{Kind: ErrDecode, Err: err}
}

var errLimit = errors.New("limit reached")

// appendAll reads r to its end, but no more than limit bytes; limit < 0 is
// none.
func appendAll(buf []byte, r io.Reader, limit int64) ([]byte, error) {
	for {
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)]
		}
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if limit >= 0 && int64(len(buf)) > limit {
			return buf[:limit], errLimit
		}
		if errors.Is(err, io.EOF) {
			return buf, nil
		}
		if err != nil {
			return buf, err
		}
	}
}
