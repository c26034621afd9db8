package transport

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/textproto"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// A rawServer misbehaves on loopback: each request is answered by a function
// that has the connection to itself.
type rawServer struct {
	addr string

	mu    sync.Mutex
	heads []string
	conns int
}

// A call is one request that came in. The body is not read.
type call struct {
	net.Conn
	r    *bufio.Reader
	n    int // of the request, from 0
	head string
}

func (c *call) say(text string) { _, _ = io.WriteString(c.Conn, text) } // the client may be gone

// body reads the request's body.
func (c *call) body() string {
	h := c.header()
	if strings.EqualFold(h.Get("Transfer-Encoding"), "chunked") {
		b, _ := io.ReadAll(newChunked(c.r))
		return string(b)
	}
	n, _ := strconv.Atoi(h.Get("Content-Length"))
	b := make([]byte, n)
	_, _ = io.ReadFull(c.r, b)
	return string(b)
}

func newChunked(r *bufio.Reader) io.Reader { return &chunks{s: &stream{r: r}, resp: &Response{}} }

func (c *call) header() http.Header {
	r := textproto.NewReader(bufio.NewReader(strings.NewReader(c.head)))
	_, _ = r.ReadLine()
	h, _ := r.ReadMIMEHeader()
	return http.Header(h)
}

// reset closes the connection with an RST.
func (c *call) reset() {
	if tc, ok := c.Conn.(*net.TCPConn); ok {
		_ = tc.SetLinger(0)
	}
	c.Close()
}

// serveRaw answers each request with handle; a connection is closed when it
// returns false.
func serveRaw(tb testing.TB, cfg *tls.Config, handle func(c *call) bool) *rawServer {
	tb.Helper()
	s := &rawServer{}
	s.addr = serveConns(tb, func(c net.Conn) {
		if cfg != nil {
			c = tls.Server(c, cfg)
		}
		s.serve(c, handle)
	})
	return s
}

// serveConns has handle serve each connection, and closes it then, or when the
// test ends. It returns the address.
func serveConns(tb testing.TB, handle func(net.Conn)) string {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	var wg sync.WaitGroup
	var open sync.Map
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			open.Store(c, true)
			wg.Go(func() { defer c.Close(); handle(c) })
		}
	})
	tb.Cleanup(func() {
		l.Close()
		open.Range(func(c, _ any) bool { c.(net.Conn).Close(); return true })
		wg.Wait()
	})
	return l.Addr().String()
}

func (s *rawServer) serve(conn net.Conn, handle func(c *call) bool) {
	defer conn.Close()
	s.mu.Lock()
	s.conns++
	s.mu.Unlock()
	r := bufio.NewReader(conn)
	for {
		var head strings.Builder
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				return
			}
			head.WriteString(line)
			if line == "\r\n" {
				break
			}
		}
		s.mu.Lock()
		n := len(s.heads)
		s.heads = append(s.heads, head.String())
		s.mu.Unlock()
		if !handle(&call{Conn: conn, r: r, n: n, head: head.String()}) {
			return
		}
	}
}

// seen are the heads of the requests so far, and the connections made.
func (s *rawServer) seen() (heads []string, conns int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.heads...), s.conns
}

// replies answers every request with the same text and closes.
func replies(text string) func(*call) bool {
	return func(c *call) bool { c.say(text); return false }
}

// ok is a whole response.
func ok(body string, header ...string) string {
	return "HTTP/1.1 200 OK\r\n" + strings.Join(append(header, ""), "\r\n") + "Content-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n" + body
}

func newClient(tb testing.TB, o Options) *Client {
	tb.Helper()
	if o.Timeout == 0 {
		o.Timeout = 10 * time.Minute // a hung test ends, and one on a busy machine does not
	}
	c, err := New(o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { c.Close() })
	return c
}

// trusting is a client that takes servers to keep their connections, and uses
// them again at once.
func trusting(tb testing.TB, o Options) *Client {
	tb.Helper()
	c := newClient(tb, o)
	c.pool.habits.settling = 0
	return c
}

// get makes a request as the runner would.
func get(tb testing.TB, url string, header ...Field) *Request {
	tb.Helper()
	u, err := ParseURL(url, true)
	if err != nil {
		tb.Fatal(err)
	}
	return &Request{Method: "GET", URL: u, Header: append(Header{{"Host", u.HostPort()}}, header...),
		FollowRedirects: true, MaxRedirects: 10, EncodeURL: true, Cookies: true}
}

func post(tb testing.TB, url, body string, header ...Field) *Request {
	tb.Helper()
	r := get(tb, url, append(header, Field{"Content-Length", strconv.Itoa(len(body))})...)
	r.Method, r.Body = "POST", BytesBody([]byte(body))
	return r
}

func do(tb testing.TB, c *Client, r *Request) (*Exchange, error) {
	tb.Helper()
	return c.Do(tb.Context(), r)
}

// text is a response's body, or the error.
func text(ex *Exchange, err error) string {
	if err != nil {
		return "error: " + err.Error()
	}
	return string(ex.Response.Body)
}

// An authority signs certificates for a test.
type authority struct {
	tb   testing.TB
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pool *x509.CertPool
}

func newAuthority(tb testing.TB) *authority {
	tb.Helper()
	a := &authority{tb: tb, key: newKey(tb)}
	t := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test CA"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	a.cert = sign(tb, t, t, a.key, a.key)
	a.pool = x509.NewCertPool()
	a.pool.AddCert(a.cert)
	return a
}

func newKey(tb testing.TB) *ecdsa.PrivateKey {
	tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	return key
}

func sign(tb testing.TB, t, parent *x509.Certificate, key, by *ecdsa.PrivateKey) *x509.Certificate {
	tb.Helper()
	der, err := x509.CreateCertificate(rand.Reader, t, parent, &key.PublicKey, by)
	if err != nil {
		tb.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		tb.Fatal(err)
	}
	return cert
}

// issue makes a certificate for loopback, changed by change.
func (a *authority) issue(change func(t *x509.Certificate)) tls.Certificate {
	a.tb.Helper()
	t := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "test"}, DNSNames: []string{"localhost"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	if change != nil {
		change(t)
	}
	key := newKey(a.tb)
	cert := sign(a.tb, t, a.cert, key, a.key)
	return tls.Certificate{Certificate: [][]byte{cert.Raw}, PrivateKey: key, Leaf: cert}
}

// listenTLS serves each connection with handle and returns the address.
func listenTLS(tb testing.TB, cfg *tls.Config, handle func(*tls.Conn)) string {
	tb.Helper()
	return serveConns(tb, func(c net.Conn) { handle(tls.Server(c, cfg)) })
}
