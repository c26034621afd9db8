package transport

import (
	"errors"
	"io"
	"net/http/httputil"
	"strconv"
	"strings"
	"sync"
	"time"
)

// An upload is a request being sent while its answer is read: a server may
// answer as it reads, or break off before it has all of a body.
type upload struct {
	s    *stream
	done chan error
	quit chan struct{} // closed when nobody waits for "100 Continue" any more
	once sync.Once     // closes quit
}

// smallBody is the size up to which a body is sent before the answer is read.
const smallBody = 16 << 10

// upload starts to send a request. The caller calls answered and finish.
func (s *stream) upload(line string, h Header, r *Request) *upload {
	body := r.Body
	if body == nil && strings.EqualFold(h.Get("Transfer-Encoding"), "chunked") {
		body = BytesBody(nil)
	}
	u := &upload{s: s, done: make(chan error, 1), quit: make(chan struct{})}
	s.wrote, s.continued = 0, nil
	if expects(h, body) {
		s.continued = make(chan struct{}, 1)
	}
	if s.continued == nil && (body == nil || body.Len >= 0 && body.Len <= smallBody) {
		u.send(line, h, r.UTF8Header, body)
		return u
	}
	go u.send(line, h, r.UTF8Header, body)
	return u
}

func (u *upload) send(line string, h Header, utf8 bool, body *Body) {
	err := u.s.send(line, h, utf8, body, u.quit)
	var cause *Error
	if errors.As(err, &cause) || err != nil && u.s.wrote == 0 {
		u.s.conn.Close() // nobody will answer half a request, or none
	}
	u.done <- err
}

// answered is called when the head of the answer is there. The upload goes on:
// the server may need it to complete the answer. Only a body that was still
// waiting for "100 Continue" is not wanted any more.
func (u *upload) answered() { u.once.Do(func() { close(u.quit) }) }

// finish ends the upload once the answer is complete, or cannot come any more.
// whole reports that all of it was sent.
func (u *upload) finish(complete bool) (whole bool, err error) {
	u.answered()
	select {
	case err = <-u.done:
		return err == nil, err
	default:
	}
	if complete {
		_ = u.s.conn.SetWriteDeadline(time.Unix(1, 0)) // a connection that is closed fails by itself
	} else {
		u.s.conn.Close()
	}
	if err = <-u.done; err == nil { // it was about to end
		_ = u.s.conn.SetWriteDeadline(time.Time{}) // as above
	}
	return err == nil, err
}

// send writes a request, chunked if its header says so.
func (s *stream) send(line string, h Header, utf8 bool, body *Body, quit chan struct{}) error {
	if body == nil {
		if err := s.writeHead(line, h, utf8); err != nil {
			return err
		}
		return s.w.Flush()
	}
	src, err := body.Open()
	if err != nil {
		return &Error{Kind: ErrBody, Err: err}
	}
	defer src.Close()
	if err := s.writeHead(line, h, utf8); err != nil {
		return err
	}
	if s.continued != nil && !s.awaitContinue(quit) {
		return errNotWanted
	}
	if err := s.sendBody(src, body.Len, h.Has("Transfer-Encoding"), h.Get("Content-Length")); err != nil {
		return err
	}
	return s.w.Flush()
}

// continueWait is how long a body waits for "100 Continue"; servers that do
// not know it say nothing.
const continueWait = time.Second

// errNotWanted ends the upload of a body that the server answered without.
var errNotWanted = errors.New("the server did not ask for the body")

// expects reports whether a body waits for "100 Continue".
func expects(h Header, body *Body) bool {
	return body != nil && strings.EqualFold(h.Get("Expect"), "100-continue")
}

// awaitContinue sends the head and waits until the server asks for the body; it
// is false when the answer came instead.
func (s *stream) awaitContinue(quit chan struct{}) bool {
	if s.w.Flush() != nil {
		return true // writing the body will say so
	}
	t := time.NewTimer(continueWait)
	defer t.Stop()
	select {
	case <-s.continued:
	case <-t.C:
	case <-quit:
		select {
		case <-s.continued: // the server asked for the body, and answered at once
		default:
			return false
		}
	}
	return true
}

// informed lets a waiting body be sent when the server answered 100.
func (s *stream) informed(code int) {
	if code == 100 && s.continued != nil {
		select {
		case s.continued <- struct{}{}:
		default: // it knows
		}
	}
}

func (s *stream) sendBody(src io.Reader, size int64, chunked bool, length string) error {
	if chunked {
		return s.sendChunks(src)
	}
	// A length that the user wrote is believed.
	if v, err := strconv.ParseInt(length, 10, 64); err == nil && v < size {
		size = v
	}
	_, err := io.CopyN(s.w, bodyReader{src}, size)
	if errors.Is(err, io.EOF) {
		return &Error{Kind: ErrBody, Err: io.ErrUnexpectedEOF}
	}
	return err
}

func (s *stream) sendChunks(src io.Reader) error {
	cw := httputil.NewChunkedWriter(s.w)
	if _, err := io.Copy(cw, bodyReader{src}); err != nil {
		return err
	}
	if err := cw.Close(); err != nil {
		return err
	}
	_, err := s.w.WriteString("\r\n")
	return err
}

// A bodyReader marks errors of reading a body, so that they are not taken for
// errors of sending it.
type bodyReader struct{ io.Reader }

func (b bodyReader) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = &Error{Kind: ErrBody, Err: err}
	}
	return n, err
}
