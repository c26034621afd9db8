package transport

import (
	"context"
	"io"
	"net"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestConnectionsAreKept(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		reply string
		conns int
	}{
		"length":         {ok("x"), 1},
		"chunked":        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n", 1},
		"204":            {"HTTP/1.1 204 No Content\r\n\r\n", 1},
		"close":          {ok("x", "Connection: foo, Close"), 3},
		"HTTP/1.0":       {"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", 3},
		"HTTP/1.0 alive": {"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 1\r\n\r\nx", 1},
		"too much":       {ok("x") + "more", 3},
	} {
		s := serveRaw(t, nil, func(k *call) bool { k.say(c.reply); return c.conns == 1 })
		client := trusting(t, Options{})
		for i := range 3 {
			ex, err := do(t, client, get(t, "http://"+s.addr+"/"))
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if reused := ex.Hops[0].Reused; reused != (i > 0 && c.conns == 1) {
				t.Errorf("%s: request %d: reused %v", name, i, reused)
			}
		}
		if _, conns := s.seen(); conns != c.conns {
			t.Errorf("%s: %d connections", name, conns)
		}
	}
}

func TestDeadConnectionIsReplaced(t *testing.T) {
	t.Parallel()
	const requests = 20
	closed := make(chan struct{}, requests)
	s := serveRaw(t, nil, func(c *call) bool { // closes though it did not say so
		c.body()
		c.say(ok("x"))
		c.Close()
		closed <- struct{}{}
		return false
	})
	client := newClient(t, Options{})
	for i := range requests {
		r := get(t, "http://"+s.addr+"/")
		if i%2 == 1 {
			r = post(t, "http://"+s.addr+"/", "body")
		}
		if i > 0 {
			<-closed // the one before: a request on a connection that is about to close may be lost
		}
		if _, err := do(t, client, r); err != nil {
			t.Fatalf("request %d: %v", i, err)
		}
	}
	if heads, _ := s.seen(); len(heads) != requests {
		t.Errorf("%d requests came", len(heads))
	}
}

// A POST that may have been processed is not sent again.
func TestUnansweredPostIsNotRepeated(t *testing.T) {
	t.Parallel()
	s := serveRaw(t, nil, func(c *call) bool {
		c.body()
		if c.n == 0 {
			c.say(ok("x"))
		}
		return c.n == 0
	})
	client := newClient(t, Options{})
	if _, err := do(t, client, post(t, "http://"+s.addr+"/", "a")); err != nil {
		t.Fatal(err)
	}
	if _, err := do(t, client, post(t, "http://"+s.addr+"/", "b")); err == nil || err.Error() != "socket hang up" {
		t.Errorf("%v", err)
	}
	if heads, _ := s.seen(); len(heads) != 2 {
		t.Errorf("%d requests came", len(heads))
	}
}

func TestEarlyAnswerIsHeard(t *testing.T) {
	t.Parallel()
	s := serveRaw(t, nil, func(c *call) bool {
		c.say("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig") // without reading the body
		<-t.Context().Done()
		return false
	})
	r := post(t, "http://"+s.addr+"/", "")
	r.Body = &Body{Len: 1 << 30, Open: func() (io.ReadCloser, error) { return io.NopCloser(zeros{}), nil }}
	r.Header = r.Header.Set("Content-Length", strconv.Itoa(1<<30))
	ex, err := do(t, newClient(t, Options{}), r)
	if err != nil || ex.Response.Code != 413 || string(ex.Response.Body) != "big" {
		t.Errorf("%v", text(ex, err))
	}
}

// A server that is asked first gets the body when it wants it, and none when it
// does not.
func TestExpectContinue(t *testing.T) {
	t.Parallel()
	expect := Field{"Expect", "100-continue"}
	for name, tt := range map[string]struct {
		serve func(t *testing.T, conn net.Conn, s *stream)
		want  string
	}{
		"wanted": {func(t *testing.T, conn net.Conn, s *stream) {
			_ = conn.SetReadDeadline(time.Now().Add(continueWait / 2)) // a connection that is closed fails below
			if b, err := s.r.Peek(1); err == nil {
				t.Errorf("the body did not wait: %q", b)
			}
			_ = conn.SetReadDeadline(time.Time{}) // as above
			_, _ = io.WriteString(conn, "HTTP/1.1 100 Continue\r\n\r\n")
			body := make([]byte, len("hello"))
			_, _ = io.ReadFull(s.r, body)
			_, _ = io.WriteString(conn, ok(string(body)))
		}, "hello"},
		"refused": {func(_ *testing.T, conn net.Conn, _ *stream) {
			_, _ = io.WriteString(conn, "HTTP/1.1 417 Expectation Failed\r\nContent-Length: 2\r\n\r\nno") // as above
			conn.Close()
		}, "no"},
	} {
		synctest.Test(t, func(t *testing.T) {
			client := newClient(t, pipeline(t, 0, func(conn net.Conn, s *stream) { tt.serve(t, conn, s) }))
			if got := text(client.Do(t.Context(), post(t, "http://127.0.0.1/", "hello", expect))); got != tt.want {
				t.Errorf("%s: %s", name, got)
			}
		})
	}
}

func TestHopIsRecorded(t *testing.T) {
	t.Parallel()
	s := serveRaw(t, nil, func(c *call) bool {
		if c.n == 0 {
			c.say("HTTP/1.1 302 Elsewhere\r\nSet-Cookie: a=1\r\nlocation:  /b?c#d \r\nContent-Length: 0\r\n\r\n")
		} else {
			c.say("HTTP/1.1 299 Odd Reason\r\nX-b: 2\r\nx-B: 1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nT: v\r\n\r\n")
		}
		return true
	})
	ex, err := do(t, trusting(t, Options{}), get(t, "http://"+s.addr+"/a", Field{"x-lower", "1"}))
	if err != nil {
		t.Fatal(err)
	}
	if len(ex.Hops) != 2 || ex.Hops[0].Response.Code != 302 || ex.Hops[0].Response.Status != "Elsewhere" {
		t.Fatalf("%+v", ex.Hops)
	}
	last := ex.Hops[1]
	want := Header{{"x-lower", "1"}, {"Referer", "http://" + s.addr + "/a"}, {"Host", s.addr}, {"Cookie", "a=1"}}
	if diff := cmp.Diff(want, last.Header); diff != "" {
		t.Errorf("header (-want +got):\n%s", diff)
	}
	r := ex.Response
	if r.Status != "Odd Reason" || r.WireSize == 0 || string(r.Body) != "hi" {
		t.Errorf("%+v", r)
	}
	if diff := cmp.Diff(Header{{"X-b", "2"}, {"x-B", "1"}, {"Transfer-Encoding", "chunked"}}, r.Header); diff != "" {
		t.Errorf("response header (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(Header{{"T", "v"}}, r.Trailer); diff != "" {
		t.Errorf("trailer (-want +got):\n%s", diff)
	}
	if u := last.URL.String(); u != "http://"+s.addr+"/b?c#d" {
		t.Error(u)
	}
	first := ex.Hops[0].Timings
	if first.Connect == 0 || first.FirstByte == 0 || first.Total < first.FirstByte || last.Timings.Connect != 0 || !last.Reused {
		t.Errorf("timings %+v, %+v", first, last.Timings)
	}
}

func TestCancelledRequestEnds(t *testing.T) {
	t.Parallel()
	s := serveRaw(t, nil, func(*call) bool { <-t.Context().Done(); return false })
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	_, err := newClient(t, Options{}).Do(ctx, get(t, "http://"+s.addr+"/"))
	if e, ok := err.(*Error); !ok || e.Kind != ErrCanceled {
		t.Errorf("%v", err)
	}
}

func TestWhereConnectionsGo(t *testing.T) {
	t.Parallel()
	s := serveRaw(t, nil, func(c *call) bool { c.say(ok(c.header().Get("Host"))); return true })
	_, port, _ := net.SplitHostPort(s.addr)
	for name, c := range map[string]struct {
		opts Options
		url  string
		want string
	}{
		"connect-to":     {Options{ConnectTo: []ConnectTo{{"am.example.com", "80", s.addr}}}, "http://am.example.com/", "am.example.com"},
		"connect-to any": {Options{ConnectTo: []ConnectTo{{"", "", s.addr}}}, "http://any.example.com:81/", "any.example.com:81"},
		"resolve":        {Options{Resolve: []Resolve{{Host: "am.example.com", Addrs: []string{"127.0.0.1"}}}}, "http://am.example.com:" + port + "/", "am.example.com:" + port},
		"localhost":      {Options{}, "http://api.localhost:" + port + "/", "api.localhost:" + port},
	} {
		if got := text(do(t, newClient(t, c.opts), get(t, c.url))); got != c.want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestUnixSocket(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("its sockets are elsewhere")
	}
	path := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		(&rawServer{}).serve(c, replies(ok("unix")))
	})
	t.Cleanup(func() { l.Close(); wg.Wait() })
	if got := text(do(t, newClient(t, Options{UnixSocket: path}), get(t, "http://docker/info"))); got != "unix" {
		t.Error(got)
	}
}

// A form that is sent again is made anew by newman, after all other headers.
func TestFormHeadersComeLastAfterRedirect(t *testing.T) {
	t.Parallel()
	s := serveRaw(t, nil, func(c *call) bool {
		c.body()
		if c.n == 0 {
			c.say(location(307, "/again"))
		} else {
			c.say(ok(""))
		}
		return true
	})
	ex, err := do(t, newClient(t, Options{}), post(t, "http://"+s.addr+"/", "--b--", Field{"Content-Type", "multipart/form-data; boundary=b"}, Field{"X", "1"}))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range ex.Hops[1].Header {
		names = append(names, f.Name)
	}
	if diff := cmp.Diff([]string{"X", "Referer", "Host", "Content-Type", "Content-Length"}, names); diff != "" {
		t.Errorf("header (-want +got):\n%s", diff)
	}
}

// newman sends the old value again to where the answer that deletes it leads.
func TestDeletedCookieIsNotSentOnRedirect(t *testing.T) {
	t.Parallel()
	s := serveRaw(t, nil, func(c *call) bool {
		switch c.n {
		case 0:
			c.say("HTTP/1.1 200 OK\r\nSet-Cookie: a=1; Path=/\r\nContent-Length: 0\r\n\r\n")
		case 1:
			c.say("HTTP/1.1 302 Found\r\nLocation: /\r\nSet-Cookie: a=; Path=/; Max-Age=0\r\nContent-Length: 0\r\n\r\n")
		default:
			c.say(ok(""))
		}
		return true
	})
	client := newClient(t, Options{})
	if _, err := do(t, client, get(t, "http://"+s.addr+"/")); err != nil {
		t.Fatal(err)
	}
	ex, err := do(t, client, get(t, "http://"+s.addr+"/"))
	if err != nil {
		t.Fatal(err)
	}
	if got := []string{ex.Hops[0].Header.Get("Cookie"), ex.Hops[1].Header.Get("Cookie")}; got[0] != "a=1" || got[1] != "" {
		t.Errorf("cookies sent: %q", got)
	}
}

// TestLinesKeepTheirPlaces holds the order of lines over redirects to newman's:
// what the client added to one request has its place in the next.
func TestLinesKeepTheirPlaces(t *testing.T) {
	t.Parallel()
	s := serveRaw(t, nil, func(c *call) bool {
		c.body()
		if strings.HasPrefix(c.head, "POST /from") {
			c.say("HTTP/1.1 307 Elsewhere\r\nLocation: /to\r\nContent-Length: 0\r\n\r\n")
		} else {
			c.say(ok("there"))
		}
		return true
	})
	late := BytesBody([]byte("form"))
	late.Late = true
	for name, tt := range map[string]struct {
		user   string // of the URL
		header Header // after Host
		body   *Body
		want   [2]string // names of the lines sent
	}{
		"the jar's cookies":      {want: [2]string{"Host Cookie", "Cookie Referer Host"}},
		"a cookie of one's own":  {header: Header{{"cookie", "a=1"}, {"B", ""}}, want: [2]string{"Host cookie B", "cookie B Referer Host"}},
		"two of one's own":       {header: Header{{"Cookie", "a=1"}, {"B", ""}, {"Cookie", "b=2"}}, want: [2]string{"Host Cookie B", "Cookie B Referer Host"}},
		"before an empty body":   {header: Header{{"Content-Length", "0"}}, want: [2]string{"Host Cookie Content-Length", "Cookie Content-Length Referer Host"}},
		"after a text's length":  {header: Header{{"Content-Length", "4"}}, body: BytesBody([]byte("text")), want: [2]string{"Host Content-Length Cookie", "Content-Length Cookie Referer Host"}},
		"before a form's length": {header: Header{{"Content-Length", "4"}}, body: late, want: [2]string{"Host Cookie Content-Length", "Cookie Content-Length Referer Host"}},
		"the URL's account": {user: "u:p@", header: Header{{"Content-Length", "4"}}, body: BytesBody([]byte("text")),
			want: [2]string{"Host Authorization Content-Length Cookie", "Authorization Content-Length Cookie Referer Host"}},
	} {
		r := get(t, "http://"+tt.user+s.addr+"/from", tt.header...)
		r.Method, r.Body = "POST", tt.body
		c := newClient(t, Options{})
		c.jar.SetAll(r.URL.Site(), []string{"j=1"})
		ex, err := do(t, c, r)
		if err != nil || len(ex.Hops) != 2 {
			t.Fatalf("%s: %d hops, %v", name, len(ex.Hops), err)
		}
		for i, hop := range ex.Hops {
			var names []string
			for _, f := range hop.Header {
				names = append(names, f.Name)
			}
			if got := strings.Join(names, " "); got != tt.want[i] {
				t.Errorf("%s, request %d: %s, want %s", name, i+1, got, tt.want[i])
			}
			if got := hop.Header.Get("Cookie"); !strings.HasSuffix(got, "j=1") || strings.Count(got, "j=1") != 1 {
				t.Errorf("%s, request %d: Cookie %q", name, i+1, got)
			}
		}
	}
}

// TestWhatTheClientAddedLeavesSilently: only lines the caller wrote are missed
// by them when a redirect leads to another origin.
func TestWhatTheClientAddedLeavesSilently(t *testing.T) {
	t.Parallel()
	there := serveRaw(t, nil, func(c *call) bool { c.say(ok("there")); return true })
	here := serveRaw(t, nil, func(c *call) bool {
		c.say("HTTP/1.1 302 Elsewhere\r\nLocation: http://" + there.addr + "/\r\nContent-Length: 0\r\n\r\n")
		return true
	})
	for name, tt := range map[string]struct {
		header Header
		want   []string
	}{
		"the client's": {},
		"the caller's": {Header{{"Cookie", "a=1"}, {"Authorization", "x"}},
			[]string{"header Cookie is not sent to " + there.addr, "header Authorization is not sent to " + there.addr}},
	} {
		r := get(t, "http://u:p@"+here.addr+"/", tt.header...)
		c := newClient(t, Options{})
		c.jar.SetAll(r.URL.Site(), []string{"j=1; Path=/"})
		ex, err := do(t, c, r)
		if err != nil || len(ex.Hops) != 2 {
			t.Fatalf("%s: %d hops, %v", name, len(ex.Hops), err)
		}
		if h := ex.Hops[0].Header; !strings.Contains(h.Get("Cookie"), "j=1") || !h.Has("Authorization") {
			t.Errorf("%s: the first request had %v", name, h)
		}
		if h := ex.Hops[1].Header; h.Has("Authorization") {
			t.Errorf("%s: credentials went to another origin: %v", name, h)
		}
		if diff := cmp.Diff(tt.want, ex.Dropped); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
