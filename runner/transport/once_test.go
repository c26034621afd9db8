package transport

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/net/http2"
)

var allMethods = []string{"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "POST", "PATCH", "PROPFIND"}

// sendable is a request of a method, with a body where there may be one.
func sendable(t testing.TB, method, url string) *Request {
	t.Helper()
	r := get(t, url)
	if strings.Contains("PUT DELETE POST PATCH PROPFIND", method) {
		r = post(t, url, "body")
	}
	r.Method = method
	return r
}

// warm opens n connections to a server by as many requests at once.
func warm(t testing.TB, c *Client, n int, url string) {
	t.Helper()
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			if _, err := do(t, c, get(t, url)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

// A server that has read a request may have acted on it: on whatever
// connection, by whatever method, it is not sent again.
func TestPromise_74_ARequestIsSentOnce(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	for _, secure := range []bool{false, true} {
		for name, end := range map[string]func(c *call){
			"closed":           func(*call) {},
			"reset":            func(c *call) { c.reset() },
			"closed in a head": func(c *call) { c.say("HTTP/1.1 2") },
		} {
			for _, method := range allMethods {
				var targets atomic.Int32
				var cfg *tls.Config
				scheme := "http://"
				if secure {
					cfg, scheme = serverTLS(ca.issue(nil)), "https://"
				}
				s := serveRaw(t, cfg, func(c *call) bool {
					c.body()
					if !strings.Contains(c.head, "/target") {
						c.say(ok("x"))
						return true
					}
					targets.Add(1)
					end(c)
					return false
				})
				client := trusting(t, Options{RootCAs: ca.pool})
				warm(t, client, 6, scheme+s.addr+"/warm")
				ex, err := do(t, client, sendable(t, method, scheme+s.addr+"/target"))
				var e *Error
				if !errors.As(err, &e) || e.Kind != ErrReset || !ex.Hops[0].Reused {
					t.Errorf("%s, %s, TLS %v: %v", name, method, secure, err)
				}
				if n := targets.Load(); n != 1 {
					t.Errorf("%s, %s, TLS %v: the server read it %d times", name, method, secure, n)
				}
			}
		}
	}
}

// Many at once, over few connections that the server drops under them.
func TestPromise_74_EachOfManyIsSentOnce(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	seen := map[string]int{}
	s := serveRaw(t, nil, func(c *call) bool {
		c.body()
		path := strings.Fields(c.head)[1]
		mu.Lock()
		seen[path]++
		mu.Unlock()
		if strings.HasPrefix(path, "/drop") {
			return false
		}
		c.say(ok("x"))
		return true
	})
	client := trusting(t, Options{})
	warm(t, client, 20, "http://"+s.addr+"/warm")
	var wg sync.WaitGroup
	var failed atomic.Int32
	for i := range 100 {
		wg.Go(func() {
			kind := "keep"
			if i%2 == 0 {
				kind = "drop"
			}
			if _, err := do(t, client, sendable(t, allMethods[i%len(allMethods)], fmt.Sprintf("http://%s/%s/%d", s.addr, kind, i))); err != nil {
				failed.Add(1)
			}
		})
	}
	wg.Wait()
	mu.Lock()
	defer mu.Unlock()
	for path, n := range seen {
		if n != 1 && path != "/warm" {
			t.Errorf("%s was read %d times", path, n)
		}
	}
	if failed.Load() != 50 || len(seen) != 101 {
		t.Errorf("%d failed, %d paths were read", failed.Load(), len(seen))
	}
}

// HTTP/2 has words for "not processed": they do not send a request again
// either, since it was written.
func TestPromise_74_ARequestIsSentOnceOverHTTP2(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	for name, end := range map[string]func(f *http2.Framer, stream uint32) bool{
		"closed":           func(*http2.Framer, uint32) bool { return false },
		"reset":            func(f *http2.Framer, s uint32) bool { return f.WriteRSTStream(s, http2.ErrCodeInternal) == nil },
		"refused":          func(f *http2.Framer, s uint32) bool { return f.WriteRSTStream(s, http2.ErrCodeRefusedStream) == nil },
		"let go":           func(f *http2.Framer, s uint32) bool { return f.WriteGoAway(s-2, http2.ErrCodeNo, nil) == nil },
		"let go and ended": func(f *http2.Framer, s uint32) bool { _ = f.WriteGoAway(s, http2.ErrCodeNo, nil); return false },
	} {
		for _, method := range allMethods {
			var streams atomic.Int32
			addr := serveFrames(t, ca, func(f *http2.Framer, conn int, stream uint32) bool {
				if streams.Add(1) == 1 {
					return fine(f, stream)
				}
				return end(f, stream)
			})
			client := newClient(t, Options{RootCAs: ca.pool, Protocol: "http2"})
			if got := text(do(t, client, get(t, "https://"+addr+"/"))); got != "fine" {
				t.Fatal(got)
			}
			ex, err := do(t, client, sendable(t, method, "https://"+addr+"/target"))
			if err == nil || !ex.Hops[0].Reused {
				t.Errorf("%s, %s: %s", name, method, text(ex, err))
			}
			if n := streams.Load(); n != 2 {
				t.Errorf("%s, %s: the server read %d requests", name, method, n)
			}
		}
	}
}

// far is how long it takes to connect to a server that is not near.
const far = 20 * time.Millisecond

// A pipeline is a server in memory: how long a connection to it takes, and what
// it answers to each request.
func pipeline(t *testing.T, takes time.Duration, serve func(conn net.Conn, s *stream)) Options {
	t.Helper()
	var wg sync.WaitGroup
	t.Cleanup(wg.Wait)
	return Options{DialContext: func(context.Context, string, string) (net.Conn, error) {
		time.Sleep(takes)
		near, there := net.Pipe()
		t.Cleanup(func() { there.Close() })
		wg.Go(func() {
			s := newStream(there)
			for {
				limit := int64(1 << 16)
				for line := "."; line != ""; {
					var err error
					if line, err = s.readLine(&limit); err != nil {
						return
					}
				}
				serve(there, s)
			}
		})
		return near, nil
	}}
}

// A server that closes a connection without saying so does it soon after the
// answer: the next request does not go out on such a connection.
func TestSilentCloserIsNoticed(t *testing.T) {
	t.Parallel()
	for _, takes := range []time.Duration{0, time.Millisecond, far} {
		for _, after := range []time.Duration{0, time.Millisecond, 9 * time.Millisecond} {
			synctest.Test(t, func(t *testing.T) {
				served := 0
				client, err := New(pipeline(t, takes, func(conn net.Conn, _ *stream) {
					served++
					_, _ = io.WriteString(conn, ok("x")) // the client is the test
					time.Sleep(after)
					conn.Close()
				}))
				if err != nil {
					t.Fatal(err)
				}
				defer client.Close()
				for range 100 {
					r := get(t, "http://127.0.0.1/")
					r.Method = "POST"
					if ex, err := client.Do(t.Context(), r); err != nil || ex.Hops[0].Reused {
						t.Fatalf("closed after %s, %s away: %v", after, takes, err)
					}
				}
				if served != 100 {
					t.Errorf("closed after %s, %s away: %d requests were served", after, takes, served)
				}
			})
		}
	}
}

// Nothing waits for a server that is near: other connections serve until the
// first one was idle for long enough. Then it is closed, and they are kept.
func TestNearServerIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	for _, takes := range []time.Duration{0, time.Millisecond} {
		synctest.Test(t, func(t *testing.T) {
			conns, open := 0, atomic.Int32{}
			o := pipeline(t, takes, func(conn net.Conn, _ *stream) {
				time.Sleep(time.Millisecond)
				_, _ = io.WriteString(conn, ok("x")) // as above
			})
			dial := o.DialContext
			o.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
				conns++
				open.Add(1)
				c, err := dial(ctx, network, addr)
				return leaver{c, &open}, err
			}
			client, err := New(o)
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			for i := range 100 {
				ex, err := client.Do(t.Context(), get(t, "http://127.0.0.1/"))
				if err != nil || ex.Waited() > time.Millisecond { // which is for looking at a pipe
					t.Fatalf("request %d waited %s: %v", i, ex.Waited(), err)
				}
				if i > 20 && !ex.Hops[0].Reused {
					t.Fatalf("request %d opened a connection", i)
				}
			}
			if conns > 20 || open.Load() != 1 {
				t.Errorf("%d connections, %d are open", conns, open.Load())
			}
		})
	}
}

// A leaver counts the connections that are open.
type leaver struct {
	net.Conn
	open *atomic.Int32
}

func (l leaver) Close() error {
	err := l.Conn.Close()
	if err == nil {
		l.open.Add(-1)
	}
	return err
}

// A server that takes one connection at a time gets to the next one, or is
// asked over the first; a challenge is answered on the connection it came from.
func TestOneConnectionAtATime(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		reply string
		dial  func(n int) error
		want  int // connections
	}{
		"refuses more":  {ok("x"), func(n int) error { return syscall.ECONNREFUSED }, 1},
		"does not care": {ok("x"), func(n int) error { time.Sleep(time.Hour); return syscall.ETIMEDOUT }, 1},
		"challenges":    {"HTTP/1.1 401 Unauthorized\r\nContent-Length: 1\r\n\r\nx", func(n int) error { return nil }, 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			conns := 0
			o := pipeline(t, 0, func(conn net.Conn, _ *stream) { _, _ = io.WriteString(conn, c.reply) }) // as above
			dial := o.DialContext
			o.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
				if conns++; conns == 1 {
					return dial(ctx, network, addr)
				}
				failed := make(chan error, 1)
				go func() { failed <- c.dial(conns) }()
				select {
				case err := <-failed:
					if err != nil {
						return nil, err
					}
				case <-ctx.Done():
					return nil, ctx.Err()
				}
				return dial(ctx, network, addr)
			}
			client, err := New(o)
			if err != nil {
				t.Fatal(err)
			}
			for i := range 3 {
				ex, err := client.Do(t.Context(), get(t, "http://127.0.0.1/"))
				if err != nil || ex.Hops[0].Reused != (i > 0) || ex.Waited() > 20*time.Millisecond {
					t.Fatalf("%s: request %d: reused %v, waited %s: %v", name, i, ex.Hops[0].Reused, ex.Waited(), err)
				}
			}
			client.Close()
			time.Sleep(2 * time.Hour) // dials end
		})
	}
}

// A server that keeps connections is waited for once, and one that sometimes
// does not, from then on.
func TestPatienceIsShort(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := 0
		client, err := New(pipeline(t, far, func(conn net.Conn, _ *stream) {
			n++
			_, _ = io.WriteString(conn, ok("x")) // as above
			if n == 100 {
				conn.Close()
			}
		}))
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		waited, failed := time.Duration(0), 0
		for i := range 100 {
			ex, err := client.Do(t.Context(), get(t, "http://127.0.0.1/"))
			if err != nil {
				failed++
			}
			waited += ex.Waited()
			if ex.Hops[0].Reused != (i > 0) {
				t.Fatalf("request %d: reused %v", i, ex.Hops[0].Reused)
			}
		}
		const looks = 98 * time.Millisecond // pipes cannot be looked at without reading
		if waited != settling+looks || failed != 0 {
			t.Errorf("waited %s, %d failed", waited, failed)
		}
	})
}

// While the first kept connection is watched, a later request does not
// overtake the one that waits for it.
func TestPatienceKeepsOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, err := New(pipeline(t, far, func(conn net.Conn, _ *stream) {
			_, _ = io.WriteString(conn, ok("x")) // as above
		}))
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		sent := func() time.Time {
			ex, err := client.Do(t.Context(), get(t, "http://127.0.0.1/"))
			if err != nil {
				t.Error(err)
			}
			return ex.Hops[0].Timings.Start.Add(ex.Waited())
		}
		sent()
		var wg sync.WaitGroup
		var a, b time.Time
		wg.Go(func() { a = sent() })
		synctest.Wait() // it watches the connection
		wg.Go(func() { b = sent() })
		wg.Wait()
		if b.Before(a) {
			t.Errorf("the second request went out %s before the first", a.Sub(b))
		}
	})
}

// Where a server says how long it keeps a connection, it is believed.
func TestKeepAliveTimeout(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]time.Duration{
		"timeout=5": 4 * time.Second, "timeout=1": 500 * time.Millisecond, "max=100, timeout=20": 19 * time.Second, `Timeout = "3"`: 2 * time.Second,
		"timeout=0": 0, "timeout=x": 0, "timeout=-3": 0, "max=5": 0, "": 0, "timeout=99999999999999999999": 0,
	} {
		if got := keepAlive(Header{{"Keep-Alive", value}}); got != want {
			t.Errorf("%q: %s, want %s", value, got, want)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		client, err := New(pipeline(t, far, func(conn net.Conn, _ *stream) {
			_, _ = io.WriteString(conn, ok("x", "Keep-Alive: timeout=5")) // as above
		}))
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		for i, pause := range []time.Duration{0, 3900 * time.Millisecond, 4100 * time.Millisecond} {
			time.Sleep(pause)
			ex, err := client.Do(t.Context(), get(t, "http://127.0.0.1/"))
			if err != nil || ex.Hops[0].Reused != (i == 1) {
				t.Errorf("after %s: %v, reused %v", pause, err, ex.Hops[0].Reused)
			}
		}
	})
}

// brokenPipe is a connection whose writes fail from the second request on, as
// after a reset that came between the look at it and the write.
type brokenPipe struct {
	net.Conn
	broken bool
}

func (b *brokenPipe) Write(p []byte) (int, error) {
	if b.broken {
		return 0, &net.OpError{Op: "write", Err: io.ErrClosedPipe}
	}
	b.broken = true
	return b.Conn.Write(p)
}

// A request of which not a byte was written goes out on another connection.
func TestUnwrittenRequestIsSent(t *testing.T) {
	t.Parallel()
	s := serveRaw(t, nil, func(c *call) bool { c.body(); c.say(ok("x")); return true })
	client := newClient(t, Options{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := (&net.Dialer{}).DialContext(ctx, network, addr)
		return &brokenPipe{Conn: c}, err
	}})
	for range 3 {
		ex, err := do(t, client, post(t, "http://"+s.addr+"/", "x"))
		if err != nil || ex.Hops[0].Reused {
			t.Fatalf("%v", err)
		}
	}
	if heads, conns := s.seen(); len(heads) != 3 || conns != 3 {
		t.Errorf("%d requests over %d connections", len(heads), conns)
	}
}

// What the limiter makes a request wait is not held against it.
func TestWaitingIsNotSlowness(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := pipeline(t, far, func(conn net.Conn, _ *stream) {
			_, _ = io.WriteString(conn, ok("x")) // as above
		})
		o.Limiter, o.Timeout = NewLimiter(1, 1), 300*time.Millisecond
		client, err := New(o)
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		for i := range 3 {
			ex, err := client.Do(t.Context(), get(t, "http://127.0.0.1/"))
			if err != nil {
				t.Fatal(err)
			}
			if w := ex.Waited(); (w > 900*time.Millisecond) != (i > 0) {
				t.Errorf("request %d waited %s", i, w)
			}
			if total := ex.Hops[0].Timings.Total - ex.Waited(); total > 100*time.Millisecond {
				t.Errorf("request %d took %s", i, total)
			}
		}
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		began := time.Now()
		_, err = client.Do(ctx, get(t, "http://127.0.0.1/"))
		if e, ok := err.(*Error); !ok || e.Kind != ErrCanceled || time.Since(began) != 100*time.Millisecond {
			t.Errorf("the caller's deadline: %v after %s", err, time.Since(began))
		}
	})
}

// The clock stops for waits alone: a slow server is slow.
func TestTimeoutAfterAWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := pipeline(t, far, func(conn net.Conn, _ *stream) {
			time.Sleep(400 * time.Millisecond)
			_, _ = io.WriteString(conn, ok("x")) // as above
		})
		o.Limiter, o.Timeout = NewLimiter(1, 0), 300*time.Millisecond
		client, err := New(o)
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		for range 2 {
			ex, err := client.Do(t.Context(), get(t, "http://127.0.0.1/"))
			if e, ok := err.(*Error); !ok || e.Kind != ErrTimeout {
				t.Errorf("%v", err)
			}
			if took := ex.Hops[0].Timings.Total - ex.Waited(); took != 300*time.Millisecond {
				t.Errorf("it ended after %s", took)
			}
		}
	})
}
