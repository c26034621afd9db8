package transport

import (
	"bufio"
	"compress/gzip"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// length is the Content-Length of a request.
func (c *call) length() int64 {
	n, _ := strconv.ParseInt(c.header().Get("Content-Length"), 10, 64) // 0 when there is none
	return n
}

// A request body that is one byte longer than a socket holds: a server that
// answers before it has read it needs the client to go on sending.
const bigBody = 6 << 20

// Servers that answer while they read: each is given the request's head, and
// says how many bytes of answer there are to come.
var duplexServers = map[string]struct {
	serve func(c *call)
	want  int64
}{
	"echo": {func(c *call) {
		c.say(fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", c.length()))
		_, _ = io.CopyN(c, c.r, c.length()) // whatever fails shows at the client, here and below
	}, bigBody},
	"echo in chunks": {func(c *call) {
		c.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
		for n := c.length(); n > 0; n -= 64 << 10 {
			c.say(fmt.Sprintf("%x\r\n", min(n, 64<<10)))
			_, _ = io.CopyN(c, c.r, min(n, 64<<10))
			c.say("\r\n")
		}
		c.say("0\r\n\r\n")
	}, bigBody},
	"echo to the end of the connection": {func(c *call) {
		c.say("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
		_, _ = io.CopyN(c, c.r, c.length())
	}, bigBody},
	"echo with an error's status": {func(c *call) {
		c.say(fmt.Sprintf("HTTP/1.1 500 Oh\r\nContent-Length: %d\r\n\r\n", c.length()))
		_, _ = io.CopyN(c, c.r, c.length())
	}, bigBody},
	"packed echo": {func(c *call) {
		c.say("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n")
		z := gzip.NewWriter(c)
		_, _ = io.CopyN(z, c.r, c.length())
		z.Close()
	}, bigBody},
	"echo after 100 Continue": {func(c *call) {
		c.say("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
		_, _ = io.CopyN(c, c.r, c.length())
	}, bigBody},
	"head at once, body at the end": {func(c *call) {
		c.say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")
		_, _ = io.CopyN(io.Discard, c.r, c.length())
		c.say("ok")
	}, 2},
	"head after half of the body": {func(c *call) {
		n := c.length()
		_, _ = io.CopyN(io.Discard, c.r, n/2)
		c.say(fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", n-n/2))
		_, _ = io.CopyN(c, c.r, n-n/2)
	}, bigBody / 2},
	"more out than in": {func(c *call) {
		n := c.length()
		c.say(fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", 2*n))
		for ; n > 0; n -= 64 << 10 {
			b := make([]byte, min(n, 64<<10))
			_, _ = io.ReadFull(c.r, b)
			_, _ = c.Write(b)
			_, _ = c.Write(b)
		}
	}, 2 * bigBody},
	"answer without the rest": {func(c *call) {
		_, _ = io.CopyN(io.Discard, c.r, 1<<20)
		c.say("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig")
		patient(c, time.Minute)
	}, 3},
}

func TestPromise_75_ServersMayAnswerAsTheyRead(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	for name, d := range duplexServers {
		for _, secure := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, TLS %v", name, secure), func(t *testing.T) {
				t.Parallel()
				var cfg *tls.Config
				scheme := "http://"
				if secure {
					cfg, scheme = serverTLS(ca.issue(nil)), "https://"
				}
				s := serveRaw(t, cfg, func(c *call) bool {
					d.serve(c)
					return !strings.Contains(name, "end of the connection") && !strings.Contains(name, "packed") && !strings.Contains(name, "100")
				})
				r := post(t, scheme+s.addr+"/", "")
				r.Body = sparse(bigBody)
				r.Header = r.Header.Set("Content-Length", strconv.Itoa(bigBody))
				if strings.Contains(name, "100") {
					r.Header = append(r.Header, Field{"Expect", "100-continue"})
				}
				client := newClient(t, Options{RootCAs: ca.pool})
				for range 2 { // the connection is fit for another, or is not used
					ex, err := do(t, client, r)
					if err != nil {
						t.Fatal(err)
					}
					if n := int64(len(ex.Response.Body)); n != d.want {
						t.Errorf("%d bytes came, want %d", n, d.want)
					}
				}
			})
		}
	}
}

// A server that asks for the body and answers with one write is sent the body:
// both are there before the upload looks.
func TestAskedAndAnsweredAtOnce(t *testing.T) {
	t.Parallel()
	for range 100 { // one choice of two would be right half of the time
		s := &stream{continued: make(chan struct{}, 1), w: bufio.NewWriter(io.Discard)}
		quit := make(chan struct{})
		s.informed(100)
		close(quit)
		if !s.awaitContinue(quit) {
			t.Fatal("the body that the server asked for is not sent")
		}
		if s.awaitContinue(quit) {
			t.Fatal("a body is sent that nobody asked for")
		}
	}
}

// A body of unknown length, too, and one that is far beyond any buffer.
func TestPromise_75_LargeAndUnmeasured(t *testing.T) {
	t.Parallel()
	size := int64(60_000_000)
	if testing.Short() {
		size = 6_000_000
	}
	s := serveRaw(t, nil, func(c *call) bool {
		c.say("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
		src := io.Reader(newChunked(c.r))
		if n := c.length(); n > 0 {
			src = io.LimitReader(c.r, n)
		}
		_, _ = io.Copy(c, src) // as above
		return false
	})
	client := newClient(t, Options{MaxResponseSize: -1})
	for _, known := range []bool{true, false} {
		r := get(t, "http://"+s.addr+"/")
		r.Method, r.Body = "POST", sparse(size)
		if known {
			r.Header = append(r.Header, Field{"Content-Length", strconv.FormatInt(size, 10)})
		} else {
			r.Body.Len = -1
		}
		ex, err := client.Do(t.Context(), r)
		if err != nil {
			t.Fatalf("known length %v: %v", known, err)
		}
		if n := int64(len(ex.Response.Body)); n != size {
			t.Errorf("known length %v: %d bytes came", known, n)
		}
	}
}

// A server that breaks off while both talk leaves an error, and no waiting.
func TestDuplexThatBreaksOff(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(c *call){
		"closed": func(*call) {},
		"reset":  func(c *call) { c.reset() },
	} {
		s := serveRaw(t, nil, func(c *call) bool {
			c.say(fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", c.length()))
			_, _ = io.CopyN(c, c.r, 1<<20) // as above
			end(c)
			return false
		})
		r := post(t, "http://"+s.addr+"/", "")
		r.Body = sparse(bigBody)
		r.Header = r.Header.Set("Content-Length", strconv.Itoa(bigBody))
		if _, err := do(t, newClient(t, Options{}), r); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// A body that cannot be read to its end ends the request, whatever the server
// has said by then.
func TestDuplexWithABrokenBody(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	for _, protocol := range []string{"http1", "http2"} {
		addr := serveHTTP2(t, ca, http.HandlerFunc(echo))
		r := post(t, "https://"+addr+"/", "")
		r.Protocol = protocol
		r.Body = &Body{Len: bigBody, Open: func() (io.ReadCloser, error) {
			return io.NopCloser(io.MultiReader(io.LimitReader(zeros{}, bigBody/2), &failing{})), nil
		}}
		r.Header = r.Header.Set("Content-Length", strconv.Itoa(bigBody))
		_, err := do(t, newClient(t, Options{RootCAs: ca.pool}), r)
		if e, ok := err.(*Error); !ok || e.Kind != ErrBody {
			t.Errorf("%s: %v", protocol, err)
		}
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrNoProgress }

// echo answers as it reads.
func echo(w http.ResponseWriter, r *http.Request) {
	c := http.NewResponseController(w)
	_ = c.EnableFullDuplex() // HTTP/2 is so anyway
	if code, err := strconv.Atoi(r.Header.Get("Status")); err == nil {
		w.WriteHeader(code)
	}
	b := make([]byte, 32<<10)
	for {
		n, err := r.Body.Read(b)
		if _, gone := w.Write(b[:n]); gone != nil || err != nil {
			return
		}
		_ = c.Flush() // Write says what is wrong
	}
}

func TestPromise_75_DuplexOverHTTP2(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	for name, c := range map[string]struct {
		serve http.HandlerFunc
		want  int
	}{
		"echo": {echo, bigBody},
		"head at once, body at the end": {func(w http.ResponseWriter, r *http.Request) {
			_ = http.NewResponseController(w).Flush() // as above
			_, _ = io.Copy(io.Discard, r.Body)
			_, _ = io.WriteString(w, "ok")
		}, 2},
		"head after half of the body": {func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.CopyN(io.Discard, r.Body, bigBody/2) // as above
			echo(w, r)
		}, bigBody / 2},
		"answer without the rest": {func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
			_, _ = io.WriteString(w, "big") // as above
		}, 3},
	} {
		addr := serveHTTP2(t, ca, c.serve)
		client := newClient(t, Options{RootCAs: ca.pool, Protocol: "http2"})
		for range 2 {
			r := post(t, "https://"+addr+"/", "")
			r.Body = sparse(bigBody)
			r.Header = r.Header.Set("Content-Length", strconv.Itoa(bigBody))
			ex, err := do(t, client, r)
			if err != nil || len(ex.Response.Body) != c.want || ex.Response.Proto != "HTTP/2.0" {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// Over HTTP/2 a body is not sent on after a status above 299. A server that
// waits for the rest in silence ends in an error that says so.
func TestHalfSentBodyIsNoHang(t *testing.T) {
	t.Parallel()
	gaveUp := make(chan struct{})
	w := &watched{r: readerFunc(func([]byte) (int, error) { <-gaveUp; return 0, io.ErrUnexpectedEOF }),
		quiet: time.Millisecond, give: func() { close(gaveUp) }}
	if _, err := w.Read(nil); err == nil {
		t.Error("it waits for ever")
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
