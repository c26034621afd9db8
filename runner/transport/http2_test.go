package transport

import (
	"crypto/tls"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/net/http2"
)

// serveHTTP2 is an HTTPS server with HTTP/2.
func serveHTTP2(t *testing.T, ca *authority, h http.Handler) string {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.TLS = serverTLS(ca.issue(nil))
	s.EnableHTTP2 = true
	s.StartTLS()
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

func TestHTTP2(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	addr := serveHTTP2(t, ca, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("X-Path", r.RequestURI)
		w.Header().Set("X-Name", r.Header.Get("X-Name"))
		_, _ = io.WriteString(w, r.Proto+" "+r.Method+" "+string(body)) // the client is the test
	}))
	for protocol, want := range map[string]string{"": "HTTP/1.1", "http1": "HTTP/1.1", "http2": "HTTP/2.0", "auto": "HTTP/2.0"} {
		client := trusting(t, Options{RootCAs: ca.pool})
		for i := range 2 {
			r := post(t, "https://"+addr+"/a//b/../%2f?q=|", "hello", Field{"x-name", "v"}, Field{"Connection", "keep-alive"})
			r.Protocol = protocol
			ex, err := do(t, client, r)
			if got := text(ex, err); got != want+" POST hello" {
				t.Fatalf("%q: %s", protocol, got)
			}
			resp := ex.Response
			if resp.Proto != want || resp.Header.Get("X-Path") != "/a//b/../%2f?q=|" || resp.Header.Get("X-Name") != "v" {
				t.Errorf("%q: %s %+v", protocol, resp.Proto, resp.Header)
			}
			if ex.Hops[0].Reused != (i > 0) || ex.Hops[0].TLS == nil {
				t.Errorf("%q: request %d: %+v", protocol, i, ex.Hops[0])
			}
		}
	}
}

func TestPromise_44_FallsBackToHTTP1(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	secure := serveRaw(t, serverTLS(ca.issue(nil)), replies(ok("one")))
	plain := serveRaw(t, nil, replies(ok("one")))
	client := newClient(t, Options{RootCAs: ca.pool, Protocol: "http2"})
	for _, url := range []string{"https://" + secure.addr, "http://" + plain.addr} {
		ex, err := do(t, client, get(t, url+"/"))
		if got := text(ex, err); got != "one" || ex.Response.Proto != "HTTP/1.1" {
			t.Errorf("%s: %s", url, got)
		}
	}
}

// serveFrames speaks HTTP/2 by hand: answer gets the stream of each request.
func serveFrames(t *testing.T, ca *authority, answer func(f *http2.Framer, conn int, stream uint32) bool) string {
	t.Helper()
	cfg := serverTLS(ca.issue(nil))
	cfg.NextProtos = []string{"h2"}
	var conns atomic.Int32
	l := listenTLS(t, cfg, func(c *tls.Conn) {
		n := int(conns.Add(1))
		preface := make([]byte, len(http2.ClientPreface))
		if _, err := io.ReadFull(c, preface); err != nil {
			return
		}
		f := http2.NewFramer(c, c)
		_ = f.WriteSettings() // the reads below fail if this does
		for {
			frame, err := f.ReadFrame()
			if err != nil {
				return
			}
			if h, ok := frame.(*http2.HeadersFrame); ok && !answer(f, n, h.StreamID) {
				return
			}
		}
	})
	return l
}

// status200 is ":status: 200" in HPACK.
var status200 = []byte{0x88}

func fine(f *http2.Framer, stream uint32) bool {
	_ = f.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: status200, EndHeaders: true}) // the client is the test
	return f.WriteData(stream, true, []byte("fine")) == nil
}

func TestPromise_44_HTTP2Faults(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	for name, c := range map[string]struct {
		answer func(f *http2.Framer, conn int, stream uint32) bool
		want   string
	}{
		"refused stream": {func(f *http2.Framer, conn int, stream uint32) bool {
			return f.WriteRSTStream(stream, http2.ErrCodeRefusedStream) == nil
		}, "error: Stream closed with error code NGHTTP2_REFUSED_STREAM"},
		"graceful GOAWAY": {func(f *http2.Framer, conn int, stream uint32) bool {
			return f.WriteGoAway(0, http2.ErrCodeNo, nil) == nil
		}, "error: "},
		"reset": {func(f *http2.Framer, _ int, stream uint32) bool {
			return f.WriteRSTStream(stream, http2.ErrCodeInternal) == nil
		}, "error: Stream closed with error code NGHTTP2_INTERNAL_ERROR"},
		"reset in the body": {func(f *http2.Framer, _ int, stream uint32) bool {
			_ = f.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: status200, EndHeaders: true}) // as above
			_ = f.WriteData(stream, false, []byte("par"))
			return f.WriteRSTStream(stream, http2.ErrCodeCancel) == nil
		}, "error: Stream closed with error code NGHTTP2_CANCEL"},
		"GOAWAY with an error": {func(f *http2.Framer, _ int, stream uint32) bool {
			_ = f.WriteGoAway(stream, http2.ErrCodeEnhanceYourCalm, []byte("calm")) // as above
			return false
		}, "error: "},
		"closed": {func(*http2.Framer, int, uint32) bool { return false }, "error: "},
	} {
		addr := serveFrames(t, ca, c.answer)
		r := get(t, "https://"+addr+"/")
		got := text(do(t, newClient(t, Options{RootCAs: ca.pool, Protocol: "http2"}), r))
		if !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// A session that the server lets go takes no more requests: they open another.
func TestHTTP2SessionsAreRenewed(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	addr := serveFrames(t, ca, func(f *http2.Framer, _ int, stream uint32) bool {
		return f.WriteGoAway(stream, http2.ErrCodeNo, nil) == nil && fine(f, stream)
	})
	client := newClient(t, Options{RootCAs: ca.pool, Protocol: "http2"})
	for range 3 {
		ex, err := do(t, client, get(t, "https://"+addr+"/"))
		if got := text(ex, err); got != "fine" || ex.Hops[0].Reused {
			t.Errorf("%s, reused %v", got, ex.Hops[0].Reused)
		}
	}
}
