package transport

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http/httputil"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func itoa(n int) string { return strconv.Itoa(n) }

// A stream is a connection with HTTP/1.1 spoken over it. net/http is not used
// for that: it rewrites header names and order, and refuses what servers do
// answer.
type stream struct {
	conn  net.Conn
	r     *bufio.Reader
	w     *bufio.Writer
	used  bool // carried a request before
	began bool // a byte of the response came
}

func newStream(c net.Conn) *stream {
	s := &stream{conn: c}
	s.r = bufio.NewReaderSize(c, 16<<10)
	s.w = bufio.NewWriterSize(c, 16<<10)
	return s
}

// closeOn closes a connection when ctx ends; stop ends the watch.
func closeOn(ctx context.Context, c net.Conn) (stop func() bool) {
	return context.AfterFunc(ctx, func() { c.Close() })
}

// fail is the error of an exchange that broke off.
func (s *stream) fail(ctx context.Context, err error) error {
	var own *Error
	switch {
	case ctx.Err() != nil:
		return ctxError(ctx, ErrTimeout, err)
	case errors.As(err, &own):
		return own
	}
	return &Error{Kind: ErrReset, Err: err}
}

func (s *stream) writeHead(line string, h Header) error {
	for _, part := range []string{line, "\r\n"} {
		if _, err := s.w.WriteString(part); err != nil {
			return err
		}
	}
	for _, f := range h {
		v, ok := wireValue(f.Value)
		if !ok {
			return &Error{Kind: ErrHeader, Detail: f.Name, Err: errors.New("invalid character")}
		}
		for _, part := range []string{f.Name, ": ", v, "\r\n"} {
			if _, err := s.w.WriteString(part); err != nil {
				return err
			}
		}
	}
	_, err := s.w.WriteString("\r\n")
	return err
}

// checkHead refuses what HTTP cannot carry before a byte is sent.
func checkHead(method string, h Header) error {
	if !isToken(method) {
		return &Error{Kind: ErrMethod, Detail: method}
	}
	if len(h.Values("Host")) > 1 {
		return &Error{Kind: ErrHost}
	}
	for _, f := range h {
		if !isToken(f.Name) {
			return &Error{Kind: ErrHeader, Detail: f.Name}
		}
		if _, ok := wireValue(f.Value); !ok {
			return &Error{Kind: ErrHeader, Detail: f.Name, Err: errors.New("invalid character")}
		}
	}
	return nil
}

// send writes a request. A Transfer-Encoding line, or a body of unknown
// length, makes it chunked.
func (s *stream) send(line string, h Header, body *Body) error {
	if body == nil && strings.EqualFold(h.Get("Transfer-Encoding"), "chunked") {
		body = BytesBody(nil)
	}
	chunked := body != nil && (h.Has("Transfer-Encoding") || body.Len < 0)
	if chunked && !h.Has("Transfer-Encoding") {
		h = append(h.Del("Content-Length"), Field{"Transfer-Encoding", "chunked"})
	}
	if err := s.writeHead(line, h); err != nil {
		return err
	}
	if body != nil {
		if err := s.sendBody(body, chunked, h.Get("Content-Length")); err != nil {
			return err
		}
	}
	return s.w.Flush()
}

func (s *stream) sendBody(body *Body, chunked bool, length string) error {
	src, err := body.Open()
	if err != nil {
		return &Error{Kind: ErrBody, Err: err}
	}
	defer src.Close()
	if chunked {
		cw := httputil.NewChunkedWriter(s.w)
		if _, err := io.Copy(cw, src); err != nil {
			return err
		}
		if err := cw.Close(); err != nil {
			return err
		}
		_, err := s.w.WriteString("\r\n")
		return err
	}
	// A length the user wrote is taken at its word.
	n := body.Len
	if v, err := strconv.ParseInt(length, 10, 64); err == nil && v < n {
		n = v
	}
	_, err = io.CopyN(s.w, src, n)
	if errors.Is(err, io.EOF) {
		return &Error{Kind: ErrBody, Err: io.ErrUnexpectedEOF}
	}
	return err
}

// readHead reads a status line and headers as they are spelled. 1xx answers
// are passed over.
func (s *stream) readHead(limit int64, lenient bool) (*Response, error) {
	for informational := 0; ; informational++ {
		resp, err := s.readOneHead(&limit)
		if err != nil {
			return nil, err
		}
		if resp.Code >= 200 || resp.Code == 101 {
			return resp, nil
		}
		if informational > 100 {
			return nil, &Error{Kind: ErrMalformed, Detail: "too many informational responses"}
		}
	}
}

func (s *stream) readOneHead(limit *int64) (*Response, error) {
	before := *limit
	line, err := s.readLine(limit)
	if err != nil {
		return nil, err
	}
	s.began = true
	resp, err := parseStatus(line)
	if err != nil {
		return nil, err
	}
	for {
		line, err := s.readLine(limit)
		if err != nil {
			return nil, headEnd(err)
		}
		if line == "" {
			resp.HeadSize = before - *limit
			return resp, nil
		}
		if line[0] == ' ' || line[0] == '\t' { // an old continuation line
			if n := len(resp.Header); n > 0 {
				resp.Header[n-1].Value += " " + fromLatin1([]byte(strings.Trim(line, " \t")))
				continue
			}
			return nil, &Error{Kind: ErrMalformed, Detail: "Invalid header token"}
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok || !isToken(name) {
			return nil, &Error{Kind: ErrMalformed, Detail: "Invalid header token"}
		}
		if len(resp.Header) >= 2000 {
			return nil, &Error{Kind: ErrTooLarge, Detail: "2000 headers"}
		}
		resp.Header = append(resp.Header, Field{name, fromLatin1([]byte(strings.Trim(value, " \t")))})
	}
}

// headEnd tells a head that was cut off from a connection that was never
// answered.
func headEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func (s *stream) readLine(limit *int64) (string, error) {
	var long []byte
	for {
		part, err := s.r.ReadSlice('\n')
		*limit -= int64(len(part))
		if *limit < 0 {
			return "", &Error{Kind: ErrTooLarge, Detail: "the limit of response headers"}
		}
		if err == nil && long == nil {
			return strings.TrimRight(string(part), "\r\n"), nil
		}
		long = append(long, part...)
		if err == nil {
			return strings.TrimRight(string(long), "\r\n"), nil
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return "", err
		}
	}
}

// parseStatus reads "HTTP/1.1 200 OK"; the reason may be anything or missing.
func parseStatus(line string) (*Response, error) {
	proto, rest, ok := strings.Cut(line, " ")
	if !ok || !strings.HasPrefix(proto, "HTTP/") {
		return nil, &Error{Kind: ErrMalformed, Detail: "Expected HTTP/"}
	}
	digits, reason, _ := strings.Cut(strings.TrimLeft(rest, " "), " ")
	code, err := strconv.Atoi(digits)
	if err != nil || code < 100 || code > 999 {
		return nil, &Error{Kind: ErrMalformed, Detail: "Invalid status code"}
	}
	return &Response{Proto: proto, Code: code, Status: strings.ToValidUTF8(reason, "\uFFFD")}, nil
}

// framing tells how a response's body ends.
type framing struct {
	none, chunked bool
	length        int64 // -1: to the end of the connection
}

func bodyFraming(method string, resp *Response) (framing, error) {
	f := framing{length: -1}
	if method == "HEAD" || resp.Code < 200 || resp.Code == 204 || resp.Code == 304 {
		f.none = true
		return f, nil
	}
	if te := resp.Header.Values("Transfer-Encoding"); len(te) > 0 {
		f.chunked = strings.EqualFold(strings.TrimSpace(te[len(te)-1]), "chunked")
		if f.chunked && resp.Header.Has("Content-Length") {
			return f, &Error{Kind: ErrMalformed, Detail: "Content-Length can't be present with chunked encoding"}
		}
		return f, nil
	}
	lengths := resp.Header.Values("Content-Length")
	for _, v := range lengths {
		n, err := strconv.ParseInt(strings.TrimSpace(v), 10, 64)
		if err != nil || n < 0 || f.length >= 0 && n != f.length {
			return f, &Error{Kind: ErrMalformed, Detail: "Invalid Content-Length"}
		}
		f.length = n
	}
	return f, nil
}

// body is the reader of a response's body, and whether the connection can
// carry another request after it.
func (s *stream) body(f framing) io.Reader {
	switch {
	case f.none || f.length == 0:
		return strings.NewReader("")
	case f.chunked:
		return &chunks{s: s}
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
	left int64 // of the current chunk
	more bool  // a chunk was read before
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
	n, err := strconv.ParseInt(strings.TrimSpace(size), 16, 64)
	if err != nil || n < 0 {
		return &Error{Kind: ErrMalformed, Detail: "Invalid character in chunk size"}
	}
	if n > 0 {
		c.left = n
		return nil
	}
	c.done = true
	for limit = 64 << 10; ; {
		line, err := c.s.readLine(&limit)
		if err != nil {
			return chunkError(err)
		}
		if line == "" {
			return nil
		}
	}
}

func chunkError(err error) error {
	switch {
	case err == nil:
		return &Error{Kind: ErrMalformed, Detail: "Expected CRLF after chunk"}
	case errors.Is(err, io.EOF):
		return &Error{Kind: ErrTruncated, Err: io.ErrUnexpectedEOF}
	}
	return err
}

// reusable tells whether the connection may carry another request.
func reusable(req Header, resp *Response, f framing) bool {
	if strings.EqualFold(req.Get("Connection"), "close") || strings.EqualFold(resp.Header.Get("Connection"), "close") {
		return false
	}
	if resp.Proto == "HTTP/1.0" && !strings.EqualFold(resp.Header.Get("Connection"), "keep-alive") {
		return false
	}
	return f.none || f.chunked || f.length >= 0
}

// dead tells whether an error on a used connection means that the server had
// closed it before the request came.
func dead(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET) ||
		errors.Is(err, syscall.EPIPE) || errors.Is(err, net.ErrClosed)
}

// since adds up to a duration that is never zero, so that a phase that
// happened shows.
func since(t time.Time) time.Duration { return max(time.Since(t), 1) }
