// Package runnertest holds what tests of the runner share: a raw HTTP server
// that records every byte, and the driver of scenario files.
package runnertest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// A Wire is one request as its bytes were: header names spelled and ordered
// as sent.
type Wire struct {
	Method string      `json:"method"`
	Target string      `json:"target"`
	Header [][2]string `json:"headers"`
	Body   string      `json:"body"`
}

// Get returns the last value of a header, compared case-insensitively.
func (w *Wire) Get(name string) string {
	for i := len(w.Header) - 1; i >= 0; i-- {
		if strings.EqualFold(w.Header[i][0], name) {
			return w.Header[i][1]
		}
	}
	return ""
}

// Names are the header names as spelled, in order.
func (w *Wire) Names() []string {
	out := make([]string, len(w.Header))
	for i, h := range w.Header {
		out[i] = h[0]
	}
	return out
}

// A Server answers on loopback over raw sockets, so that a test sees what
// net/http would hide.
type Server struct {
	Addr string // host:port
	URL  string // http://host:port

	mu   sync.Mutex
	wire []Wire
}

// A Handler answers a request with a whole HTTP response; "" ends the
// connection instead.
type Handler func(w *Wire) string

// Serve starts a server that ends with the test. A nil handler is Echo.
func Serve(tb testing.TB, h Handler) *Server {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	if h == nil {
		h = Echo
	}
	s := &Server{Addr: l.Addr().String(), URL: "http://" + l.Addr().String()}
	var served sync.WaitGroup
	var conns sync.Map
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			conns.Store(c, true)
			served.Go(func() { defer conns.Delete(c); s.conn(c, h) })
		}
	}()
	tb.Cleanup(func() {
		l.Close()
		<-ended // no connection comes after those that are closed here
		conns.Range(func(c, _ any) bool { c.(net.Conn).Close(); return true })
		served.Wait()
	})
	return s
}

// Requests are those received so far.
func (s *Server) Requests() []Wire {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Wire(nil), s.wire...)
}

func (s *Server) conn(c net.Conn, h Handler) {
	defer c.Close()
	r := bufio.NewReader(c)
	for {
		w, err := ReadWire(r)
		if err != nil {
			return
		}
		s.mu.Lock()
		s.wire = append(s.wire, *w)
		s.mu.Unlock()
		reply := h(w)
		if _, err := io.WriteString(c, reply); err != nil || reply == "" || strings.EqualFold(w.Get("Connection"), "close") {
			return
		}
	}
}

// ReadWire reads one request, of whatever method and header lines, to its end.
func ReadWire(r *bufio.Reader) (*Wire, error) {
	line, err := r.ReadString('\n')
	if err != nil {
		return nil, err
	}
	parts := strings.SplitN(strings.TrimRight(line, "\r\n"), " ", 3)
	if len(parts) != 3 {
		return nil, fmt.Errorf("request line %q", line)
	}
	w := &Wire{Method: parts[0], Target: parts[1]}
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return nil, err
		}
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			break
		}
		name, value, _ := strings.Cut(line, ":")
		w.Header = append(w.Header, [2]string{name, strings.TrimPrefix(value, " ")})
	}
	w.Body, err = readBody(r, w)
	return w, err
}

func readBody(r *bufio.Reader, w *Wire) (string, error) {
	if strings.EqualFold(w.Get("Transfer-Encoding"), "chunked") {
		b, err := io.ReadAll(httputil.NewChunkedReader(r))
		if err == nil {
			_, err = r.ReadString('\n') // the end of the trailer
		}
		return string(b), err
	}
	n, _ := strconv.Atoi(w.Get("Content-Length"))
	b := make([]byte, n)
	_, err := io.ReadFull(r, b)
	return string(b), err
}

// Reply is a whole response with a body.
func Reply(code int, ctype, body string, header ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\r\n", code, http.StatusText(code))
	if ctype != "" {
		fmt.Fprintf(&b, "Content-Type: %s\r\n", ctype)
	}
	for _, h := range header {
		b.WriteString(h + "\r\n")
	}
	fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s", len(body), body)
	return b.String()
}

// Echo answers with the request as JSON. /status/N answers with that status,
// /redirect?to=URL redirects, /cookie?a=1 sets cookies.
func Echo(w *Wire) string {
	path, query, _ := strings.Cut(w.Target, "?")
	switch {
	case strings.HasPrefix(path, "/status/"):
		code, _ := strconv.Atoi(strings.TrimPrefix(path, "/status/"))
		if code == 204 || code == 304 {
			return fmt.Sprintf("HTTP/1.1 %d %s\r\n\r\n", code, http.StatusText(code))
		}
		return Reply(code, "application/json", fmt.Sprintf(`{"status":%d}`, code))
	case path == "/redirect":
		return Reply(302, "", "", "Location: "+strings.TrimPrefix(query, "to="))
	case path == "/cookie":
		var lines []string
		for c := range strings.SplitSeq(query, "&") {
			lines = append(lines, "Set-Cookie: "+c+"; Path=/")
		}
		return Reply(200, "application/json", `{}`, lines...)
	}
	body, err := json.Marshal(w)
	if err != nil {
		return Reply(500, "text/plain", err.Error())
	}
	return Reply(200, "application/json", string(body))
}
