package transport

import (
	"errors"
	"io"
	"net/http/httputil"
	"strconv"
	"strings"
	"time"
)

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
