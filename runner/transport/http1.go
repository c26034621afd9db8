package transport

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http/httputil"
	"slices"
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
	used  bool          // carried a request before
	began bool          // a byte of the response came
	ahead chan struct{} // told of "100 Continue"; nil when no body waits for it
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
	var op *net.OpError
	switch {
	case ctx.Err() != nil:
		return ctxError(ctx, ErrTimeout, err)
	case errors.As(err, &own):
		return own
	case errors.As(err, &op) && op.Op == "remote error": // TLS 1.3 refuses a client after the handshake
		return &Error{Kind: ErrTLS, Err: err}
	}
	return &Error{Kind: ErrReset, Err: err}
}

func (s *stream) writeHead(line string, h Header, utf8 bool) error {
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
		if utf8 {
			v = f.Value
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

// An upload is a request being sent while its answer is waited for: a server
// may answer, or break off, before it has all of a body.
type upload struct {
	done chan error
	quit chan struct{}
}

// smallBody is the size up to which a body is sent before the answer is read.
const smallBody = 16 << 10

// upload starts to send a request. The caller calls finish.
func (s *stream) upload(line string, h Header, r *Request) *upload {
	body := r.Body
	if body == nil && strings.EqualFold(h.Get("Transfer-Encoding"), "chunked") {
		body = BytesBody(nil)
	}
	u := &upload{done: make(chan error, 1), quit: make(chan struct{})}
	if body == nil || body.Len >= 0 && body.Len <= smallBody && !expects(h, body) {
		u.done <- s.send(line, h, r.UTF8Header, body, u.quit)
		return u
	}
	if expects(h, body) {
		s.ahead = make(chan struct{}, 1)
	}
	go func() {
		err := s.send(line, h, r.UTF8Header, body, u.quit)
		var own *Error
		if errors.As(err, &own) {
			s.conn.Close() // nobody will answer half a request
		}
		u.done <- err
	}()
	return u
}

// finish ends the upload once the answer is there, or cannot come any more.
// early tells that the server did not wait for all of it.
func (u *upload) finish(s *stream, answered bool) (early bool, err error) {
	select {
	case err = <-u.done:
		return false, err
	default:
	}
	close(u.quit)
	if answered {
		_ = s.conn.SetWriteDeadline(time.Unix(1, 0)) // a connection that is closed fails by itself
	} else {
		s.conn.Close()
	}
	return true, <-u.done
}

// send writes a request, chunked if its header says so.
func (s *stream) send(line string, h Header, utf8 bool, body *Body, quit chan struct{}) error {
	if err := s.writeHead(line, h, utf8); err != nil {
		return err
	}
	if body == nil {
		return s.w.Flush()
	}
	if s.ahead != nil && !s.awaitGoAhead(quit) {
		return nil
	}
	if err := s.sendBody(body, h.Has("Transfer-Encoding"), h.Get("Content-Length")); err != nil {
		return err
	}
	return s.w.Flush()
}

// continueWait is how long a body waits for "100 Continue"; servers that do
// not know it say nothing.
const continueWait = time.Second

// expects tells a request whose body waits for the server's go-ahead.
func expects(h Header, body *Body) bool {
	return body != nil && strings.EqualFold(h.Get("Expect"), "100-continue")
}

// awaitGoAhead sends the head and waits for the server to want the body; it
// is false when the answer came instead.
func (s *stream) awaitGoAhead(quit chan struct{}) bool {
	if s.w.Flush() != nil {
		return true // writing the body will say so
	}
	t := time.NewTimer(continueWait)
	defer t.Stop()
	select {
	case <-s.ahead:
	case <-t.C:
	case <-quit:
		return false
	}
	return true
}

// goAhead lets a waiting body go when the server answered 100.
func (s *stream) goAhead(code int) {
	if code == 100 && s.ahead != nil {
		select {
		case s.ahead <- struct{}{}:
		default: // it knows
		}
	}
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

// maxInformational bounds the 1xx answers before a final one.
const maxInformational = 100

// readHead reads a status line and headers as they are spelled. 1xx answers
// are passed over.
func (s *stream) readHead(limit int64, lenient bool) (*Response, error) {
	for range maxInformational {
		resp, err := s.readOneHead(&limit, lenient)
		if err != nil {
			return nil, err
		}
		if resp.Code >= 200 || resp.Code == 101 {
			return resp, nil
		}
		s.goAhead(resp.Code)
	}
	return nil, malformed("too many informational responses")
}

func (s *stream) readOneHead(limit *int64, lenient bool) (*Response, error) {
	before := *limit
	line, err := s.statusLine(limit)
	if err != nil {
		return nil, err
	}
	resp, err := parseStatus(line)
	if err != nil {
		return nil, err
	}
	if resp.Header, err = s.readFields(limit, lenient); err != nil {
		return nil, headEnd(err)
	}
	resp.HeadSize = before - *limit
	return resp, nil
}

// statusLine is the first line that is not empty.
func (s *stream) statusLine(limit *int64) (string, error) {
	for range 8 {
		line, err := s.readLine(limit)
		if err != nil {
			return "", err
		}
		s.began = true
		if line != "" {
			return line, nil
		}
	}
	return "", malformed("Expected HTTP/, RTSP/ or ICE/")
}

// maxFields bounds the lines of a header.
const maxFields = 2000

// readFields reads header lines up to the empty one.
func (s *stream) readFields(limit *int64, lenient bool) (Header, error) {
	var h Header
	for {
		line, err := s.readLine(limit)
		if err != nil || line == "" {
			return h, err
		}
		if n := len(h); n > 0 && (line[0] == ' ' || line[0] == '\t') { // an old continuation line
			h[n-1].Value += " " + fromLatin1([]byte(strings.Trim(line, " \t")))
			continue
		}
		if len(h) == maxFields {
			return nil, &Error{Kind: ErrTooLarge, Detail: itoa(maxFields) + " headers"}
		}
		f, err := parseField(line, lenient)
		if err != nil {
			return nil, err
		}
		h = append(h, f)
	}
}

// parseField reads a header line. The lenient parser takes any name and value.
func parseField(line string, lenient bool) (Field, error) {
	name, value, ok := strings.Cut(line, ":")
	if lenient {
		name = strings.TrimSpace(name)
	}
	if !ok || name == "" || !lenient && !isToken(name) {
		return Field{}, malformed("Invalid header token")
	}
	value = strings.Trim(value, " \t")
	if i := strings.IndexFunc(value, isControl); i >= 0 && !lenient {
		return Field{}, malformed("Invalid header value char")
	}
	return Field{name, fromLatin1([]byte(value))}, nil
}

func malformed(detail string) error { return &Error{Kind: ErrMalformed, Detail: detail} }

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
	version, isHTTP := strings.CutPrefix(proto, "HTTP/")
	switch {
	case !ok || !isHTTP:
		return nil, malformed("Expected HTTP/, RTSP/ or ICE/")
	case !slices.Contains([]string{"0.9", "1.0", "1.1", "2.0"}, version):
		return nil, malformed("Invalid HTTP version")
	}
	digits, reason, _ := strings.Cut(strings.TrimLeft(rest, " "), " ")
	code, err := strconv.Atoi(digits)
	switch {
	case err != nil || len(digits) < 3:
		return nil, malformed("Invalid status code")
	case len(digits) > 3 || code < 100:
		return nil, malformed("Invalid response status")
	}
	return &Response{Proto: proto, Code: code, Status: strings.ToValidUTF8(reason, "\uFFFD")}, nil
}

// framing tells how a response's body ends.
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

// reusable tells whether the connection may carry another request.
func (r *Request) reusable(sent Header, resp *Response) bool {
	if hasToken(sent, "close") || hasToken(resp.Header, "close") || resp.Code < 200 {
		return false
	}
	if resp.Proto == "HTTP/1.0" && !hasToken(resp.Header, "keep-alive") {
		return false
	}
	f, err := bodyFraming(r.Method, resp, r.LenientParser)
	return err == nil && (f.none || f.chunked || f.length >= 0)
}

// hasToken looks for an option of the Connection header.
func hasToken(h Header, token string) bool {
	for _, v := range h.Values("Connection") {
		for t := range strings.SplitSeq(v, ",") {
			if strings.EqualFold(strings.TrimSpace(t), token) {
				return true
			}
		}
	}
	return false
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
