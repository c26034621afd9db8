package transport

import (
	"bufio"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
)

// serveProxy is an HTTP proxy that sends everything to one address. It wants
// a password unless user is "".
func serveProxy(t *testing.T, to, user string) *rawServer {
	t.Helper()
	return serveRaw(t, nil, func(c *call) bool {
		if user != "" && c.header().Get("Proxy-Authorization") != user {
			c.say("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 4\r\n\r\nauth")
			return false
		}
		if !strings.HasPrefix(c.head, "CONNECT ") {
			line, _, _ := strings.Cut(c.head, "\r\n")
			c.say(ok(line))
			return true
		}
		up, err := net.Dial("tcp", to)
		if err != nil {
			c.say("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
			return false
		}
		defer up.Close()
		c.say("HTTP/1.1 200 Connection established\r\n\r\n")
		done := make(chan struct{})
		go func() { defer close(done); _, _ = io.Copy(up, c.r); up.Close() }() // until either side ends
		_, _ = io.Copy(c, up)
		c.Close()
		<-done
		return false
	})
}

// through sends everything through a proxy.
func through(t *testing.T, address string) func(*URL) (*URL, error) {
	t.Helper()
	p, err := ParseProxy(address)
	if err != nil {
		t.Fatal(err)
	}
	return func(*URL) (*URL, error) { return p, nil }
}

func TestPromise_46_Proxy(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	secure := serveRaw(t, serverTLS(ca.issue(nil)), func(c *call) bool { c.say(ok("secure")); return true })
	proxy := serveProxy(t, secure.addr, "Basic dXNAZXI6czNjcmV0") // us@er:s3cret
	const refused = "error: tunneling socket could not be established, statusCode=407"
	for name, c := range map[string]struct{ proxy, url, want string }{
		"http":              {"http://us%40er:s3cret@" + proxy.addr, "http://am.example.com:81/x?y", "GET http://am.example.com:81/x?y HTTP/1.1"},
		"http, wrong":       {"http://us:s3cret@" + proxy.addr, "http://am.example.com/", "auth"},
		"no scheme":         {"us%40er:s3cret@" + proxy.addr, "http://am.example.com/", "GET http://am.example.com/ HTTP/1.1"},
		"https":             {"http://us%40er:s3cret@" + proxy.addr, "https://" + secure.addr + "/", "secure"},
		"https, wrong":      {"http://us:s3cret@" + proxy.addr, "https://" + secure.addr + "/", refused},
		"https, no account": {"http://" + proxy.addr, "https://" + secure.addr + "/", refused},
	} {
		got := text(do(t, newClient(t, Options{RootCAs: ca.pool, Proxy: through(t, c.proxy)}), get(t, c.url)))
		if got != c.want {
			t.Errorf("%s: %s", name, got)
		}
	}
	heads, _ := secure.seen()
	if strings.Contains(strings.Join(heads, ""), "Proxy-Authorization") {
		t.Error("the server saw the proxy's credentials")
	}
}

func TestPromise_46_ProxyThatIsNotThere(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]struct{ text, code string }{
		"http://a.example/":  {"connect ECONNREFUSED 127.0.0.1:1", "ECONNREFUSED"},
		"https://a.example/": {"tunneling socket could not be established, cause=connect ECONNREFUSED 127.0.0.1:1", "ECONNRESET"},
	} {
		_, err := do(t, newClient(t, Options{Proxy: through(t, "http://u:s3cret@127.0.0.1:1")}), get(t, url))
		var got *Error
		if !errors.As(err, &got) || got.Error() != want.text {
			t.Errorf("%s: %v", url, err)
		} else if _, code, _, _ := got.Node(); code != want.code {
			t.Errorf("%s: code %q, want %q", url, code, want.code)
		}
	}
}

func TestPromise_46_RedirectThroughProxy(t *testing.T) {
	t.Parallel()
	proxy := serveRaw(t, nil, func(c *call) bool {
		if c.n == 0 {
			c.say(location(302, "http://b.example/next"))
		} else {
			c.say(ok("end"))
		}
		return true
	})
	ex, err := do(t, newClient(t, Options{Proxy: through(t, "http://u:p@"+proxy.addr)}), get(t, "http://a.example/"))
	if got := text(ex, err); got != "end" {
		t.Fatal(got)
	}
	heads, _ := proxy.seen()
	if !strings.HasPrefix(heads[1], "GET http://b.example/next HTTP/1.1\r\n") || !strings.Contains(heads[1], "Proxy-Authorization: Basic dTpw\r\n") {
		t.Errorf("%s", heads[1])
	}
}

func TestPromise_46_NoProxy(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		list, url string
		want      bool
	}{
		{"", "http://a.example/", false},
		{"*", "http://a.example/", true},
		{"a.example", "http://a.example/", true},
		{"example", "http://a.example/", true},
		{".example", "http://a.example/", true},
		{"*.example", "http://a.example/", true},
		{"ample", "http://a.example/", false},
		{"b.example, a.example:8080", "http://a.example:8080/", true},
		{"a.example:8080", "http://a.example/", false},
		{"a.example:443", "https://a.example/", true},
		{"10.0.0.0/8", "http://10.1.2.3/", true},
		{"10.0.0.0/8", "http://11.1.2.3/", false},
		{"10.1.2.3", "http://10.1.2.3:99/", true},
		{"fd00::/8", "http://[fd00::1]/", true},
		{"A.EXAMPLE", "http://a.example/", true},
	} {
		u, err := ParseURL(c.url, true)
		if err != nil {
			t.Fatal(err)
		}
		if got := NoProxy(c.list).Has(u); got != c.want {
			t.Errorf("%q has %s: %v", c.list, c.url, got)
		}
	}
}

func TestProxyFromEnvironment(t *testing.T) {
	t.Parallel()
	env := func(vars map[string]string) func(string) string {
		return func(name string) string { return vars[name] }
	}
	for _, c := range []struct {
		vars map[string]string
		url  string
		want string
	}{
		{map[string]string{}, "http://a/", ""},
		{map[string]string{"HTTP_PROXY": "http://p:1"}, "http://a/", "http://p:1/"},
		{map[string]string{"HTTP_PROXY": "http://p:1"}, "https://a/", "http://p:1/"},
		{map[string]string{"HTTP_PROXY": "http://p:1", "https_proxy": "q:2"}, "https://a/", "http://q:2/"},
		{map[string]string{"HTTPS_PROXY": "http://p:1"}, "http://a/", ""},
		{map[string]string{"HTTP_PROXY": "socks5://p", "no_proxy": "a"}, "http://a/", ""},
		{map[string]string{"HTTP_PROXY": "socks5://p", "no_proxy": "a"}, "http://localhost/", "socks5://p:1080/"},
	} {
		pick, err := ProxyFromEnvironment(env(c.vars))
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if u, _ := ParseURL(c.url, true); pick != nil {
			if p, _ := pick(u); p != nil {
				got = p.String()
			}
		}
		if got != c.want {
			t.Errorf("%v, %s: %q", c.vars, c.url, got)
		}
	}
	_, err := ProxyFromEnvironment(env(map[string]string{"HTTP_PROXY": "ftp://u:s3cret@p"}))
	if err == nil || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("%v", err)
	}
}

// serveSOCKS is a SOCKS5 proxy with a password.
func serveSOCKS(t *testing.T, user, password string) string {
	t.Helper()
	return serveConns(t, func(c net.Conn) {
		_ = socks(c, user, password) // the client sees what went wrong
	})
}

func socks(c net.Conn, user, password string) error {
	r := bufio.NewReader(c)
	read := func(n int) []byte { b := make([]byte, n); _, _ = io.ReadFull(r, b); return b }
	read(int(read(2)[1]))
	_, _ = c.Write([]byte{5, 2})
	name := string(read(int(read(2)[1])))
	word := string(read(int(read(1)[0])))
	if name != user || word != password {
		_, err := c.Write([]byte{1, 1})
		return err
	}
	_, _ = c.Write([]byte{1, 0})
	if read(4)[3] != 3 { // the name is resolved by the proxy
		return errors.New("no name")
	}
	host := string(read(int(read(1)[0])))
	read(2)
	_, _ = c.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0})
	if _, err := r.ReadString('\n'); err != nil {
		return err
	}
	_, err := io.WriteString(c, ok("to "+host))
	return err
}

func TestPromise_46_SOCKS5(t *testing.T) {
	t.Parallel()
	addr := serveSOCKS(t, "u", "p")
	for proxy, want := range map[string]string{
		"socks5://u:p@" + addr:     "to am.example.com",
		"socks5h://u:p@" + addr:    "to am.example.com",
		"socks5://u:wrong@" + addr: "error: proxy " + addr,
	} {
		got := text(do(t, newClient(t, Options{Proxy: through(t, proxy)}), get(t, "http://am.example.com/")))
		if !strings.HasPrefix(got, want) || strings.Contains(got, "wrong") {
			t.Errorf("%s: %s", proxy, got)
		}
	}
}
