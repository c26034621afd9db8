package transport

import (
	"errors"
	"io"
	"strconv"
	"strings"
)

// framing is how a response's body ends.
type framing struct {
	none, chunked bool
	length        int64 // -1: to the end of the connection
}

func bodyFraming(method string, resp *Response, lenient bool) (framing, error) {
	f := framing{length: -1}
	if method == "HEAD" || resp.Code < 200 || resp.Code == 204 || resp.Code == 304 {
		f.none = true
		return f, nil
	}
	lengths := resp.Header.Values("Content-Length")
	if te := resp.Header.Values("Transfer-Encoding"); len(te) > 0 {
		codings := strings.Split(strings.ToLower(strings.Join(te, ",")), ",")
		f.chunked = strings.TrimSpace(codings[len(codings)-1]) == "chunked"
		if len(lengths) > 0 && !lenient {
			return f, malformed("Transfer-Encoding can't be present with Content-Length")
		}
		return f, nil
	}
	switch len(lengths) {
	case 0:
		return f, nil
	case 1:
		var err error
		f.length, err = parseLength(lengths[0])
		return f, err
	}
	return f, malformed("Duplicate Content-Length")
}

func parseLength(text string) (int64, error) {
	n, err := strconv.ParseUint(text, 10, 63)
	switch {
	case text == "":
		return 0, malformed("Empty Content-Length")
	case errors.Is(err, strconv.ErrRange):
		return 0, malformed("Content-Length overflow")
	case err != nil:
		return 0, malformed("Invalid character in Content-Length")
	}
	return int64(n), nil
}

// body is the reader of a response's body, and whether the connection can
// carry another request after it.
func (s *stream) body(f framing, resp *Response) io.Reader {
	switch {
	case f.none || f.length == 0:
		return strings.NewReader("")
	case f.chunked:
		return &chunks{s: s, resp: resp}
	case f.length > 0:
		return &exactly{r: s.r, left: f.length}
	}
	return s.r
}

// exactly reads a number of bytes and takes an earlier end for an error.
type exactly struct {
	r    io.Reader
	left int64
}

func (e *exactly) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	if int64(len(p)) > e.left {
		p = p[:e.left]
	}
	n, err := e.r.Read(p)
	e.left -= int64(n)
	if errors.Is(err, io.EOF) && e.left > 0 {
		err = &Error{Kind: ErrTruncated, Err: io.ErrUnexpectedEOF}
	}
	return n, err
}

// chunks reads a chunked body, its trailer included.
type chunks struct {
	s    *stream
	resp *Response // gets the trailer
	left int64     // of the current chunk
	more bool      // a chunk was read before
	done bool
}

func (c *chunks) Read(p []byte) (int, error) {
	if c.done {
		return 0, io.EOF
	}
	if c.left == 0 {
		if err := c.next(); err != nil {
			return 0, err
		}
		if c.done {
			return 0, io.EOF
		}
	}
	if int64(len(p)) > c.left {
		p = p[:c.left]
	}
	n, err := c.s.r.Read(p)
	c.left -= int64(n)
	if errors.Is(err, io.EOF) {
		err = &Error{Kind: ErrTruncated, Err: io.ErrUnexpectedEOF}
	}
	return n, err
}

func (c *chunks) next() error {
	limit := int64(4096)
	if c.more {
		if line, err := c.s.readLine(&limit); err != nil || line != "" {
			return chunkError(err)
		}
	}
	c.more = true
	line, err := c.s.readLine(&limit)
	if err != nil {
		return chunkError(err)
	}
	size, _, _ := strings.Cut(line, ";")
	n, err := strconv.ParseUint(strings.Trim(size, " \t"), 16, 63)
	switch {
	case errors.Is(err, strconv.ErrRange):
		return malformed("Chunk size overflow")
	case err != nil:
		return malformed("Invalid character in chunk size")
	case n > 0:
		c.left = int64(n)
		return nil
	}
	c.done = true
	limit = 64 << 10
	if c.resp.Trailer, err = c.s.readFields(&limit, false); err != nil {
		return chunkError(err)
	}
	return nil
}

func chunkError(err error) error {
	switch {
	case err == nil:
		return malformed("Expected LF after chunk data")
	case errors.Is(err, io.EOF):
		return &Error{Kind: ErrTruncated, Err: io.ErrUnexpectedEOF}
	}
	return err
}
