package transport

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

func itoa(n int) string { return strconv.Itoa(n) }

// A stream is a connection with HTTP/1.1 spoken over it. net/http is not used
// for that: it rewrites header names and order, and refuses what servers do
// answer.
type stream struct {
	conn net.Conn
	r    *bufio.Reader
	w    *bufio.Writer

	cost      time.Duration // of making the connection
	used      bool          // carried a request before
	bound     bool          // its last answer was a challenge, which only it may answer
	idleSince time.Time     // its answer was complete
	expires   time.Time     // the server closes it then; zero: it did not say

	wrote     int           // bytes of this request
	continued chan struct{} // receives when "100 Continue" comes; nil when no body waits for it
}

// Buffers of connections that ended serve the next ones.
var (
	readers = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, 16<<10) }}
	writers = sync.Pool{New: func() any { return bufio.NewWriterSize(nil, 16<<10) }}
)

func newStream(c net.Conn) *stream {
	s := &stream{conn: c, r: readers.Get().(*bufio.Reader), w: writers.Get().(*bufio.Writer)}
	s.r.Reset(c)
	s.w.Reset(countingWriter{s})
	return s
}

// close ends a stream that nobody uses any more.
func (s *stream) close() {
	s.conn.Close()
	s.r.Reset(nil)
	s.w.Reset(nil)
	readers.Put(s.r)
	writers.Put(s.w)
	s.r, s.w = nil, nil
}

// A countingWriter writes to a stream's connection.
type countingWriter struct{ s *stream }

func (w countingWriter) Write(p []byte) (int, error) {
	n, err := w.s.conn.Write(p)
	w.s.wrote += n
	return n, err
}

// closeOn closes a connection when ctx ends; stop ends the watch.
func closeOn(ctx context.Context, c net.Conn) (stop func() bool) {
	return context.AfterFunc(ctx, func() { c.Close() })
}

// fail is the error of an exchange that broke off.
func (s *stream) fail(ctx context.Context, err error) error {
	var cause *Error
	var op *net.OpError
	switch {
	case ctx.Err() != nil:
		return ctxError(ctx, ErrTimeout, err)
	case errors.As(err, &cause):
		return cause
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
		s.informed(resp.Code)
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

// notHTTP is what node's parser says of an answer in another protocol.
const notHTTP = "Expected HTTP/, RTSP/ or ICE/"

// A server that speaks TLS answers plain HTTP with an alert record, which
// begins with its type and the version's first byte.
const tlsAlert = "\x15\x03"

// ErrSpeaksTLS is the cause when a server answers plain HTTP with TLS.
var ErrSpeaksTLS = errors.New("the server speaks TLS")

// statusLine is the first line that is not empty.
func (s *stream) statusLine(limit *int64) (string, error) {
	for range 8 {
		line, err := s.readLine(limit)
		if strings.HasPrefix(line, tlsAlert) {
			return "", &Error{Kind: ErrMalformed, Detail: notHTTP, Err: ErrSpeaksTLS}
		}
		if err != nil {
			return "", err
		}
		if line != "" {
			return line, nil
		}
	}
	return "", malformed(notHTTP)
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

func isControl(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }

func malformed(detail string) error { return &Error{Kind: ErrMalformed, Detail: detail} }

// headEnd is the error of reading a head that has begun: its end is unexpected,
// unlike that of a connection on which no answer came.
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
			return string(long), err
		}
	}
}

// parseStatus reads "HTTP/1.1 200 OK"; the reason may be anything or missing.
func parseStatus(line string) (*Response, error) {
	proto, rest, ok := strings.Cut(line, " ")
	version, isHTTP := strings.CutPrefix(proto, "HTTP/")
	switch {
	case !ok || !isHTTP:
		return nil, malformed(notHTTP)
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

// reusable reports whether the connection may carry another request.
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

// since adds up to a duration that is never zero, so that a phase that
// happened shows.
func since(t time.Time) time.Duration { return max(time.Since(t), 1) }
