package transport

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
)

// location redirects to url.
func location(code int, url string) string {
	return fmt.Sprintf("HTTP/1.1 %d Moved\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n", code, url)
}

// crossOrigin sends r, which a server answers with a redirect to another origin, and
// returns what came there.
func crossOrigin(t *testing.T, code int, change func(r *Request)) (head, body string, ex *Exchange) {
	t.Helper()
	second := serveRaw(t, nil, func(c *call) bool { body = c.body(); c.say(ok("end")); return true })
	first := serveRaw(t, nil, func(c *call) bool { c.body(); c.say(location(code, "http://"+second.addr+"/there")); return true })
	r := post(t, "http://"+first.addr+"/here?token=t0", "password=s3cret",
		Field{"Authorization", "Bearer s3cret"}, Field{"Cookie", "sid=s3cret"}, Field{"X-Api-Key", "s3cret"}, Field{"X-Plain", "1"})
	r.Secrets = []string{"X-Api-Key"}
	if change != nil {
		change(r)
	}
	ex, err := do(t, newClient(t, Options{}), r)
	if err != nil {
		t.Fatal(err)
	}
	heads, _ := second.seen()
	if len(heads) != 1 {
		t.Fatalf("%d requests after the redirect", len(heads))
	}
	return heads[0], body, ex
}

func TestPromise_31_32_33_CredentialsStayAtTheirOrigin(t *testing.T) {
	t.Parallel()
	// The port alone is another origin.
	head, _, ex := crossOrigin(t, 302, nil)
	if strings.Contains(head, "s3cret") {
		t.Errorf("credentials went along:\n%s", head)
	}
	if !strings.Contains(head, "X-Plain: 1\r\n") {
		t.Errorf("a plain header was dropped:\n%s", head)
	}
	for _, name := range []string{"Authorization", "Cookie", "X-Api-Key"} {
		if !slices.ContainsFunc(ex.Dropped, func(s string) bool { return strings.Contains(s, "header "+name+" ") }) {
			t.Errorf("no word of %s in %q", name, ex.Dropped)
		}
	}
	head, _, ex = crossOrigin(t, 302, func(r *Request) { r.FollowAuthorization = true })
	if !strings.Contains(head, "Authorization: Bearer s3cret") || len(ex.Dropped) > 0 {
		t.Errorf("followAuthorizationHeader did not keep it:\n%s%q", head, ex.Dropped)
	}
}

func TestPromise_31_CredentialsStayAtTheirScheme(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	plain := serveRaw(t, nil, replies(ok("plain")))
	host, port, _ := net.SplitHostPort(plain.addr)
	secure := serveRaw(t, serverTLS(ca.issue(nil)), func(c *call) bool {
		c.say(location(302, "http://"+host+":"+port+"/"))
		return true
	})
	r := get(t, "https://"+secure.addr+"/", Field{"Authorization", "Bearer s3cret"})
	if got := text(do(t, newClient(t, Options{RootCAs: ca.pool}), r)); got != "plain" {
		t.Fatal(got)
	}
	if heads, _ := plain.seen(); strings.Contains(heads[0], "s3cret") {
		t.Errorf("went along to plain http:\n%s", heads[0])
	}
}

func TestPromise_34_BodyIsNotSentToAnotherOrigin(t *testing.T) {
	t.Parallel()
	for _, code := range []int{307, 308} {
		head, body, ex := crossOrigin(t, code, nil)
		if body != "" || !strings.HasPrefix(head, "POST ") || len(ex.Dropped) == 0 {
			t.Errorf("%d: body %q, dropped %q, head\n%s", code, body, ex.Dropped, head)
		}
		if _, body, _ = crossOrigin(t, code, func(r *Request) { r.FollowAuthorization = true }); body != "password=s3cret" {
			t.Errorf("%d: followAuthorizationHeader: body %q", code, body)
		}
	}
}

func TestBodyIsSentAgainToTheSameOrigin(t *testing.T) {
	t.Parallel()
	for _, code := range []int{307, 308} {
		s := serveRaw(t, nil, func(c *call) bool {
			body := c.body()
			if c.n == 0 {
				c.say(location(code, "/again"))
			} else {
				c.say(ok(body))
			}
			return true
		})
		if got := text(do(t, newClient(t, Options{}), post(t, "http://"+s.addr+"/", "hello"))); got != "hello" {
			t.Errorf("%d: %q", code, got)
		}
	}
}

func TestPromise_35_RefererKeepsPathAndQueryAtHome(t *testing.T) {
	t.Parallel()
	head, _, _ := crossOrigin(t, 302, nil)
	if strings.Contains(head, "token=t0") || !strings.Contains(head, "Referer: http://127.0.0.1:") {
		t.Errorf("Referer:\n%s", head)
	}
	head, _, _ = crossOrigin(t, 302, func(r *Request) { r.RemoveReferer = true })
	if strings.Contains(head, "Referer") {
		t.Errorf("removeRefererHeaderOnRedirect:\n%s", head)
	}
}

func TestPromise_36_RedirectsStayWithHTTP(t *testing.T) {
	t.Parallel()
	for to, want := range map[string]string{
		"ftp://x/y":                  "Invalid protocol: ftp:",
		"gopher://x/y":               "Invalid protocol: gopher:",
		"file:///etc/passwd":         `Invalid URI "file:///etc/passwd". This can be caused by a crappy redirection.`,
		"http:///":                   `Invalid URI "http:///". This can be caused by a crappy redirection.`,
		"http://127.0.0.1:99999/":    "Port should be >= 0 and < 65536. Received type string ('99999').",
		"http://169.254.169.254/lat": "redirect to the link-local address 169.254.169.254 refused",
	} {
		s := serveRaw(t, nil, replies(location(302, to)))
		ex, err := do(t, newClient(t, Options{}), get(t, "http://"+s.addr+"/"))
		if err == nil || err.Error() != want {
			t.Errorf("%s: %v", to, err)
		}
		if len(ex.Hops) != 1 {
			t.Errorf("%s: %d hops", to, len(ex.Hops))
		}
	}
}

func TestPromise_37_RedirectLoopEnds(t *testing.T) {
	t.Parallel()
	s := serveRaw(t, nil, func(c *call) bool { c.say(location(302, "/x")); return true })
	for limit, requests := range map[int]int{10: 11, 1: 2, 0: 1} {
		r := get(t, "http://"+s.addr+"/x")
		r.MaxRedirects = limit
		ex, err := do(t, newClient(t, Options{}), r)
		want := "Exceeded maxRedirects. Probably stuck in a redirect loop http://" + s.addr + "/x"
		if err == nil || err.Error() != want || len(ex.Hops) != requests {
			t.Errorf("limit %d: %v after %d hops", limit, err, len(ex.Hops))
		}
	}
}

// squeeze compresses n zero bytes.
func squeeze(t *testing.T, n int, open func(io.Writer) io.WriteCloser) []byte {
	t.Helper()
	var b bytes.Buffer
	w := open(&b)
	if _, err := io.CopyN(w, zeros{}, int64(n)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestPromise_38_BombsStopAtTheLimit(t *testing.T) {
	t.Parallel()
	const size = 64 << 20
	gz := func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }
	once := squeeze(t, size, gz)
	var twice bytes.Buffer
	w := gzip.NewWriter(&twice)
	_, _ = w.Write(once)
	w.Close()
	zs := func(w io.Writer) io.WriteCloser {
		e, err := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1))
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	for name, c := range map[string]struct {
		encoding string
		body     []byte
	}{
		"gzip":   {"gzip", once},
		"nested": {"gzip, gzip", twice.Bytes()},
		"br":     {"br", squeeze(t, size, func(w io.Writer) io.WriteCloser { return brotli.NewWriterLevel(w, 3) })},
		"zstd":   {"zstd", squeeze(t, size, zs)},
	} {
		for _, chunked := range []bool{false, true} {
			reply := ok(string(c.body), "Content-Encoding: "+c.encoding)
			if chunked {
				reply = fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", c.encoding, len(c.body), c.body)
			}
			s := serveRaw(t, nil, replies(reply))
			_, err := do(t, newClient(t, Options{MaxResponseSize: 1 << 20}), get(t, "http://"+s.addr+"/"))
			var e *Error
			if !errors.As(err, &e) || e.Kind != ErrTooLarge {
				t.Errorf("%s (chunked %v): %v", name, chunked, err)
			}
		}
	}
	s := serveRaw(t, nil, replies(ok("x", "Content-Encoding: gzip, gzip, gzip, gzip, gzip")))
	if _, err := do(t, newClient(t, Options{}), get(t, "http://"+s.addr+"/")); err == nil {
		t.Error("five encodings were taken")
	}
}

// The clock of these is the test's: connecting takes none of the time.
func TestPromise_39_DeadlineBoundsTheWholeExchange(t *testing.T) {
	t.Parallel()
	drip := func(head string) func(net.Conn) {
		return func(c net.Conn) {
			_, err := io.WriteString(c, head)
			for err == nil { // until the client has gone
				time.Sleep(10 * time.Millisecond)
				_, err = io.WriteString(c, "x")
			}
		}
	}
	for name, serve := range map[string]func(net.Conn){
		"no answer":  func(net.Conn) {},
		"slow head":  drip("HTTP/1.1 200 OK\r\nX: "),
		"slow body":  drip("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"),
		"no end":     drip("HTTP/1.1 200 OK\r\n\r\n"),
		"no reading": func(net.Conn) { time.Sleep(time.Minute) },
	} {
		synctest.Test(t, func(t *testing.T) {
			client := newClient(t, pipeline(t, 0, func(c net.Conn, _ *stream) { serve(c) }))
			r := get(t, "http://127.0.0.1/")
			if name == "no reading" {
				r = post(t, "http://127.0.0.1/", strings.Repeat("x", 8<<20))
			}
			r.Timeout = 200 * time.Millisecond
			began := time.Now()
			_, err := client.Do(t.Context(), r)
			var e *Error
			if !errors.As(err, &e) || e.Kind != ErrTimeout || err.Error() != "ESOCKETTIMEDOUT" || time.Since(began) != r.Timeout {
				t.Errorf("%s: %v after %s", name, err, time.Since(began))
			}
		})
	}
}

// patient waits, but not for longer than the connection is open.
func patient(c *call, d time.Duration) bool {
	_ = c.SetReadDeadline(time.Now().Add(d)) // a closed one fails below
	_, err := c.r.Peek(c.r.Buffered() + 1)
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}

func TestEventStreamEndsAtTheDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := newClient(t, pipeline(t, 0, func(c net.Conn, _ *stream) {
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n\r\ndata: 1\n\n") // the client is the test
		}))
		r := get(t, "http://127.0.0.1/")
		r.Timeout = 200 * time.Millisecond
		if got := text(client.Do(t.Context(), r)); got != "data: 1\n\n" {
			t.Error(got)
		}
	})
}

func TestPromise_40_HeadersAreBounded(t *testing.T) {
	t.Parallel()
	endless := func(line string) func(*call) bool {
		return func(c *call) bool {
			c.say("HTTP/1.1 200 OK\r\n")
			for range 1 << 20 {
				if _, err := io.WriteString(c, line); err != nil {
					break
				}
			}
			return false
		}
	}
	for name, handle := range map[string]func(*call) bool{
		"endless line":  endless("xxxxxxxxxxxxxxxx"),
		"endless lines": endless("X: y\r\n"),
		"one megabyte":  replies("HTTP/1.1 200 OK\r\nX: " + strings.Repeat("y", 1<<20) + "\r\nContent-Length: 0\r\n\r\n"),
		"1xx flood":     replies(strings.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 1000)),
	} {
		s := serveRaw(t, nil, handle)
		_, err := do(t, newClient(t, Options{}), get(t, "http://"+s.addr+"/"))
		var e *Error
		if !errors.As(err, &e) || e.Kind != ErrTooLarge && e.Kind != ErrMalformed {
			t.Errorf("%s: %v", name, err)
		}
	}
	s := serveRaw(t, nil, replies(ok("fine", "X: "+strings.Repeat("y", 60<<10))))
	if got := text(do(t, newClient(t, Options{}), get(t, "http://"+s.addr+"/"))); got != "fine" {
		t.Errorf("60 kB of header: %s", got)
	}
}

func TestPromise_41_MalformedAnswersAreErrors(t *testing.T) {
	t.Parallel()
	const head = "HTTP/1.1 200 OK\r\n"
	const chunked = head + "Transfer-Encoding: chunked\r\n\r\n"
	for name, c := range map[string]struct{ reply, want string }{
		"nothing":              {"", "error: socket hang up"},
		"cut head":             {head + "Content-", "error: socket hang up"},
		"short body":           {head + "Content-Length: 10\r\n\r\nabc", "error: aborted: 3 of 10 bytes came"},
		"short chunk":          {chunked + "5\r\nab", "error: aborted: 2 bytes came"},
		"no last chunk":        {chunked + "5\r\nabcde\r\n", "error: aborted: 5 bytes came"},
		"cut trailer":          {chunked + "0\r\nX: y\r\n", "error: aborted: 0 bytes came"},
		"bad chunk size":       {chunked + "zz\r\nab", "error: Parse Error: Invalid character in chunk size"},
		"negative chunk":       {chunked + "-1\r\nab", "error: Parse Error: Invalid character in chunk size"},
		"huge chunk":           {chunked + "fffffffffffffffff\r\nab", "error: Parse Error: Chunk size overflow"},
		"chunk without CRLF":   {chunked + "2\r\nabcdef\r\n0\r\n\r\n", "error: Parse Error: Expected LF after chunk data"},
		"duplicate length":     {head + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", "error: Parse Error: Duplicate Content-Length"},
		"list of lengths":      {head + "Content-Length: 3, 3\r\n\r\nabc", "error: Parse Error: Invalid character in Content-Length"},
		"signed length":        {head + "Content-Length: +3\r\n\r\nabc", "error: Parse Error: Invalid character in Content-Length"},
		"empty length":         {head + "Content-Length: \r\n\r\nabc", "error: Parse Error: Empty Content-Length"},
		"huge length":          {head + "Content-Length: 99999999999999999999\r\n\r\nabc", "error: Parse Error: Content-Length overflow"},
		"length and chunked":   {head + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", "error: Parse Error: Transfer-Encoding can't be present with Content-Length"},
		"garbage":              {"garbage\r\n\r\n", "error: Parse Error: Expected HTTP/, RTSP/ or ICE/"},
		"HTTP/0.9":             {"<html>hi</html>\r\n", "error: Parse Error: Expected HTTP/, RTSP/ or ICE/"},
		"bad version":          {"HTTP/9.9 200 OK\r\n\r\n", "error: Parse Error: Invalid HTTP version"},
		"bad status":           {"HTTP/1.1 abc OK\r\n\r\n", "error: Parse Error: Invalid status code"},
		"long status":          {"HTTP/1.1 2000 OK\r\n\r\n", "error: Parse Error: Invalid response status"},
		"no colon":             {head + "NoColon\r\n\r\n", "error: Parse Error: Invalid header token"},
		"space before a colon": {head + "A : b\r\n\r\n", "error: Parse Error: Invalid header token"},
		"NUL in a value":       {head + "A: b\x00c\r\n\r\n", "error: Parse Error: Invalid header value char"},
		"CR in a value":        {head + "A: b\rc\r\n\r\n", "error: Parse Error: Invalid header value char"},
		"not gzip":             {ok("hello", "Content-Encoding: gzip"), "error: incorrect header check"},
		// And what is odd but whole.
		"HTTP/1.0":        {"HTTP/1.0 200 OK\r\n\r\nabc", "abc"},
		"to the end":      {head + "\r\nabc", "abc"},
		"no reason":       {"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok", "ok"},
		"empty line":      {"\r\n" + ok("ok"), "ok"},
		"1xx first":       {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + ok("ok"), "ok"},
		"gzip, chunked":   {head + "Transfer-Encoding: gzip, chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", "abc"},
		"chunk extension": {chunked + "3;x=y\r\nabc\r\n0\r\nT: v\r\n\r\n", "abc"},
		"204 with body":   {"HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\nabc", ""},
		"empty gzip":      {ok("", "Content-Encoding: gzip"), ""},
	} {
		s := serveRaw(t, nil, replies(c.reply))
		if diff := cmp.Diff(c.want, text(do(t, newClient(t, Options{}), get(t, "http://"+s.addr+"/")))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestPromise_41_ResetIsAnError(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ first, want string }{
		"at once":     {"", "error: read ECONNRESET"},
		"in the head": {"HTTP/1.1 200 OK\r\nConte", "error: read ECONNRESET"},
		"in the body": {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", "error: read ECONNRESET: 3 of 10 bytes came"},
	} {
		s := serveRaw(t, nil, func(c2 *call) bool {
			c2.say(c.first)
			patient(c2, 30*time.Millisecond) // so that it arrives before the RST
			c2.reset()
			return false
		})
		if got := text(do(t, newClient(t, Options{}), get(t, "http://"+s.addr+"/"))); got != c.want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestPromise_41_LenientParserTakesMore(t *testing.T) {
	t.Parallel()
	s := serveRaw(t, nil, replies("HTTP/1.1 200 OK\r\nA : b\r\nC: d\x01e\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"))
	r := get(t, "http://"+s.addr+"/")
	r.LenientParser = true
	if got := text(do(t, newClient(t, Options{}), r)); got != "abc" {
		t.Error(got)
	}
}

func TestPromise_42_NoHeaderInjection(t *testing.T) {
	t.Parallel()
	s := serveRaw(t, nil, replies(ok("")))
	c := newClient(t, Options{})
	for _, f := range []Field{{"X-A", "a\r\nEvil: 1"}, {"X-A", "a\nb"}, {"X-A", "a\x00"}, {"X\r\nEvil", "1"}, {"X Y", "1"}, {"", "1"}, {"X:Y", "1"}} {
		_, err := do(t, c, get(t, "http://"+s.addr+"/", f))
		var e *Error
		if !errors.As(err, &e) || e.Kind != ErrHeader {
			t.Errorf("%q: %v", f, err)
		}
	}
	r := get(t, "http://"+s.addr+"/")
	r.Method = "GET / HTTP/1.1\r\nEvil: 1\r\n\r\nGET"
	if _, err := do(t, c, r); err == nil {
		t.Error("a method with line breaks was sent")
	}
	if heads, _ := s.seen(); len(heads) != 0 {
		t.Errorf("sent %q", heads)
	}
}

func TestPromise_43_URLsCannotBreakOut(t *testing.T) {
	t.Parallel()
	s := serveRaw(t, nil, func(c *call) bool { c.say(ok("")); return true })
	c := newClient(t, Options{})
	for in, want := range map[string]string{
		"/a\r\nEvil: 1":           "GET /a%0D%0AEvil:%201 HTTP/1.1",
		"/a b\tc":                 "GET /a%20b%09c HTTP/1.1",
		"/\\..\\x":                "GET //../x HTTP/1.1",
		"/ü?q=日 HTTP/1.0\r\n\r\n": "GET /%C3%BC?q=%E6%97%A5%20HTTP/1.0%0D%0A%0D%0A HTTP/1.1",
		"/?next=http://x@y":       "GET /?next=http://x@y HTTP/1.1",
	} {
		if _, err := do(t, c, get(t, "http://"+s.addr+in)); err != nil {
			t.Errorf("%q: %v", in, err)
			continue
		}
		heads, _ := s.seen()
		if line, _, _ := strings.Cut(heads[len(heads)-1], "\r\n"); line != want {
			t.Errorf("%q: %s", in, line)
		}
	}
}

func TestPromise_49_UnknownHost(t *testing.T) {
	t.Parallel()
	_, err := do(t, newClient(t, Options{}), get(t, "http://no-such-host.invalid/"))
	if err == nil || !strings.HasPrefix(err.Error(), "getaddrinfo E") || !strings.HasSuffix(err.Error(), " no-such-host.invalid") {
		t.Error(err)
	}
}

func TestRefusedConnection(t *testing.T) {
	t.Parallel()
	const addr = "127.0.0.1:1" // a port that was free a moment ago may be another test's now
	_, err := do(t, newClient(t, Options{}), get(t, "http://"+addr+"/"))
	var e *Error
	if !errors.As(err, &e) || err.Error() != "connect ECONNREFUSED "+addr || !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("%v", err)
	}
}

func TestPromise_50_BodiesAreByteExact(t *testing.T) {
	t.Parallel()
	all := make([]byte, 0, 512)
	for i := range 256 {
		all = append(all, byte(i), 0)
	}
	s := serveRaw(t, nil, func(c *call) bool {
		c.say(ok(c.body(), "Content-Type: text/plain; charset=no-such"))
		return true
	})
	if got := text(do(t, newClient(t, Options{}), post(t, "http://"+s.addr+"/", string(all)))); got != string(all) {
		t.Errorf("%q", got)
	}
}

func TestConnectTimeout(t *testing.T) {
	t.Parallel()
	hang := func(ctx context.Context, _, _ string) (net.Conn, error) { <-ctx.Done(); return nil, ctx.Err() }
	_, err := do(t, newClient(t, Options{DialContext: hang, Timeout: 50 * time.Millisecond}), get(t, "http://10.0.0.1/"))
	var e *Error
	if !errors.As(err, &e) || e.Kind != ErrConnectTimeout || err.Error() != "ETIMEDOUT" {
		t.Errorf("%v", err)
	}
}

// FuzzResponse: whatever a server says, there is a response or an error.
func FuzzResponse(f *testing.F) {
	for _, seed := range []string{ok("hello"), "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\nT: v\r\n\r\n",
		"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 404\r\nContent-Encoding: gzip, br\r\n\r\nxx", "\r\n\r\nHTTP/1.1 200 OK\nA: b\n c\n\n"} {
		f.Add([]byte(seed), false)
	}
	f.Fuzz(func(t *testing.T, reply []byte, lenient bool) {
		s := &stream{r: bufio.NewReader(bytes.NewReader(reply))}
		resp, err := s.readHead(1<<16, lenient)
		if err != nil {
			return
		}
		framing, err := bodyFraming("GET", resp, lenient)
		if err != nil {
			return
		}
		err = readBody(s.body(framing, resp), resp, true, 1<<20, framing.length)
		if err == nil && framing.length >= 0 && !framing.none && resp.WireSize != framing.length {
			t.Errorf("%d bytes of %d taken for whole", resp.WireSize, framing.length)
		}
	})
}
