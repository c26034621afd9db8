package transport

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"

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
		return newInflater(br, formatGzip)
	case "deflate":
		// zlib by the book, raw deflate in the wild.
		if head, _ := br.Peek(2); len(head) == 2 && head[0]&0x0f == 8 && (int(head[0])<<8|int(head[1]))%31 == 0 {
			return newInflater(br, formatZlib)
		}
		return newInflater(br, formatRaw)
	case "br":
		return brotliReader{brotli.NewReader(br)}, nil
	case "zstd":
		d, err := zstd.NewReader(br, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(64<<20))
		if err != nil {
			return nil, err
		}
		return d.IOReadCloser(), nil
	}
	return br, nil
}

// A brotliReader ends where its stream does, as node's: what follows is not
// looked at.
type brotliReader struct{ r *brotli.Reader }

// Read implements io.Reader.
func (b brotliReader) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if err != nil && errors.Is(err, brotliExcess()) {
		err = io.EOF
	}
	return n, err
}

// brotliExcess is the library's error for bytes after the end, which it does not
// export: that of an empty stream with one.
var brotliExcess = sync.OnceValue(func() error {
	_, err := io.ReadAll(brotli.NewReader(strings.NewReader("\x06x")))
	return err
})

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
			resp.WireSize = raw.n
			return decodeError(raw, err)
		}
		size = -1
	}
	if c, ok := src.(io.Closer); ok {
		defer c.Close()
	}
	resp.Body, err = readAll(src, size, limit)
	resp.WireSize = raw.n
	if errors.Is(err, errLimit) {
		return &Error{Kind: ErrTooLarge, Detail: fmt.Sprintf("%d bytes", limit)}
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
	var cause *Error
	if errors.As(err, &cause) {
		return cause
	}
	return &Error{Kind: ErrDecode, Err: err}
}

// brokeOff adds to the error of an answer that broke off in its body how much
// of that came.
func brokeOff(err error, resp *Response) error {
	e, ok := err.(*Error)
	if !ok {
		return err
	}
	cut := e.Kind == ErrDecode && errors.Is(e.Err, io.ErrUnexpectedEOF)
	if !cut && e.Kind != ErrTruncated && e.Kind != ErrReset && e.Kind != ErrHTTP2 {
		return err
	}
	out := *e
	out.Came = strconv.FormatInt(resp.WireSize, 10)
	if size, err := parseLength(resp.Header.Get("Content-Length")); err == nil && !cut {
		out.Came += " of " + strconv.FormatInt(size, 10)
	}
	out.Came += " bytes came"
	return &out
}

var errLimit = errors.New("limit reached")

// readAll reads r to its end, but no more than limit bytes; limit < 0 is none.
// size is how much there is said to be, below 0 when nobody says.
func readAll(r io.Reader, size, limit int64) ([]byte, error) {
	b := &bodyBuffer{left: limitOr(limit, math.MaxInt64), said: size}
	first := int64(smallest)
	if size >= 0 {
		first = min(size, limitOr(limit, 256<<20)) + 1 // what is not filled costs address space only
	}
	b.chunk(int(first))
	for {
		n, err := r.Read(b.free())
		if over := int64(n) - b.left; over > 0 {
			b.add(n - int(over))
			return b.bytes(), errLimit
		}
		b.add(n)
		if errors.Is(err, io.EOF) {
			return b.bytes(), nil
		}
		if err != nil {
			return b.bytes(), err
		}
	}
}

func limitOr(limit, none int64) int64 {
	if limit < 0 {
		return none
	}
	return limit
}

// A bodyBuffer collects a body in chunks: one that doubles would leave half of
// what it held as garbage each time, and large answers are large. A huge body
// has one chunk, with room to double: what of it is not filled costs address
// space only, where to join chunks in the end costs as much as the body.
type bodyBuffer struct {
	full [][]byte
	last []byte
	size int64 // what came
	left int64 // that may still come
	said int64 // the size that the server says; below 0 for none
}

// The sizes of chunks, and of bodies after which memory is worth the work of
// getting it back.
const (
	smallest = 512
	largest  = 8 << 20
	huge     = 64 << 20
)

func (b *bodyBuffer) chunk(size int) { b.last = make([]byte, 0, size) }

// free is room to read into.
func (b *bodyBuffer) free() []byte {
	switch {
	case len(b.last) < cap(b.last):
	case b.size >= huge:
		b.join(max(b.size, b.said-b.size))
	default:
		b.full = append(b.full, b.last)
		b.chunk(min(2*cap(b.last), largest))
	}
	return b.last[len(b.last):cap(b.last)]
}

func (b *bodyBuffer) add(n int) {
	b.last = b.last[:len(b.last)+n]
	b.size, b.left = b.size+int64(n), b.left-int64(n)
}

// bytes is all that came.
func (b *bodyBuffer) bytes() []byte {
	if len(b.full) > 0 {
		b.join(0)
	}
	return b.last
}

// join makes one chunk of all, with room for so much more, as far as it may
// come, and a byte.
func (b *bodyBuffer) join(more int64) {
	out := make([]byte, 0, b.size+min(more, b.left)+1)
	for _, chunk := range b.full {
		out = append(out, chunk...)
	}
	out = append(out, b.last...)
	if b.full, b.last = nil, out; b.size >= huge {
		debug.FreeOSMemory() // the chunks are as large again
	}
}
