package transport

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/http/httpproxy"
	"golang.org/x/net/proxy"
)

// ProxyFromEnvironment is the Proxy of HTTP_PROXY, HTTPS_PROXY and NO_PROXY.
// https falls back to HTTP_PROXY, as newman does.
func ProxyFromEnvironment(getenv func(string) string) func(*URL) (*URL, error) {
	env := func(name string) string {
		if v := getenv(name); v != "" {
			return v
		}
		return getenv(strings.ToLower(name))
	}
	cfg := httpproxy.Config{HTTPProxy: env("HTTP_PROXY"), HTTPSProxy: env("HTTPS_PROXY"), NoProxy: env("NO_PROXY")}
	if cfg.HTTPSProxy == "" {
		cfg.HTTPSProxy = cfg.HTTPProxy
	}
	if cfg.HTTPProxy == "" && cfg.HTTPSProxy == "" {
		return nil
	}
	pick := cfg.ProxyFunc()
	return func(u *URL) (*URL, error) {
		p, err := pick(&url.URL{Scheme: u.Scheme, Host: u.HostPort(), Path: "/"})
		if p == nil || err != nil {
			return nil, err
		}
		out := &URL{Scheme: p.Scheme, Host: p.Hostname(), Port: p.Port(), Target: "/"}
		if p.User != nil {
			out.Userinfo = p.User.String()
		}
		return out, nil
	}
}

// A route is how a request reaches its server.
type route struct {
	url   *URL
	proxy *URL // nil: directly
	tls   *tls.Config
	key   string // of the connection pool
}

// absolute tells whether the request line holds the whole URL: plain http
// through an HTTP proxy.
func (r *route) absolute() bool {
	return r.proxy != nil && r.url.Scheme == "http" && !strings.HasPrefix(r.proxy.Scheme, "socks")
}

func (c *Client) route(r *Request, u *URL) (*route, error) {
	out := &route{url: u}
	if c.opts.Proxy != nil {
		p, err := c.opts.Proxy(u)
		if err != nil {
			return nil, &Error{Kind: ErrProxy, Err: err}
		}
		out.proxy = p
	}
	var ident string
	if u.Scheme == "https" {
		out.tls, ident = c.tlsConfig(r, u)
	}
	out.key = u.Scheme + "://" + u.addr() + " " + ident
	if out.proxy != nil {
		out.key += " via " + out.proxy.String()
	}
	return out, nil
}

// tlsConfig is the TLS setting of a request, and a text that tells it from
// others.
func (c *Client) tlsConfig(r *Request, u *URL) (*tls.Config, string) {
	cfg := &tls.Config{}
	if c.opts.TLSConfig != nil {
		cfg = c.opts.TLSConfig.Clone()
	}
	cfg.ServerName = u.Host
	cfg.RootCAs = c.opts.RootCAs
	cfg.InsecureSkipVerify = c.opts.Insecure
	if r.Insecure != nil {
		cfg.InsecureSkipVerify = *r.Insecure
	}
	cfg.MinVersion, cfg.MaxVersion = c.opts.MinTLS, c.opts.MaxTLS
	ident := ""
	if cfg.InsecureSkipVerify {
		ident = "insecure"
	}
	limitVersions(cfg, r.TLSVersions)
	cfg.CipherSuites = cipherSuites(r.TLSCiphers)
	ident += strings.Join(r.TLSVersions, ",") + strings.Join(r.TLSCiphers, ",")
	for _, cc := range c.opts.Certificates {
		if cc.matches(u) {
			cfg.Certificates = []tls.Certificate{cc.Certificate}
			ident += " cert " + cc.Name
			break
		}
	}
	return cfg, ident
}

// limitVersions leaves out the disabled protocol versions.
func limitVersions(cfg *tls.Config, disabled []string) {
	if len(disabled) == 0 {
		return
	}
	var on []uint16
	for _, v := range []struct {
		name string
		id   uint16
	}{{"TLSv1", tls.VersionTLS10}, {"TLSv1_1", tls.VersionTLS11}, {"TLSv1_2", tls.VersionTLS12}, {"TLSv1_3", tls.VersionTLS13}} {
		if !slices.Contains(disabled, v.name) {
			on = append(on, v.id)
		}
	}
	if len(on) > 0 {
		cfg.MinVersion, cfg.MaxVersion = on[0], on[len(on)-1]
	}
}

// cipherSuites are those of the names Go knows.
func cipherSuites(names []string) []uint16 {
	var out []uint16
	for _, s := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		if slices.Contains(names, s.Name) {
			out = append(out, s.ID)
		}
	}
	return out
}

// dial connects to the server of a route, through its proxy if it has one.
func (c *Client) dial(ctx context.Context, r *route, t *Timings) (net.Conn, error) {
	to := r.url
	if r.proxy != nil {
		to = r.proxy
	}
	conn, err := c.connect(ctx, to, t)
	if err != nil {
		return nil, err
	}
	if r.proxy != nil {
		if conn, err = c.tunnel(ctx, conn, r); err != nil {
			return nil, err
		}
	}
	if r.tls == nil {
		return conn, nil
	}
	began := time.Now()
	tc := tls.Client(conn, r.tls)
	if err := tc.HandshakeContext(ctx); err != nil {
		conn.Close()
		if ctx.Err() != nil {
			return nil, ctxError(ctx, ErrTimeout, err)
		}
		return nil, &Error{Kind: ErrTLS, Host: r.url.Host, Err: err}
	}
	t.TLS = time.Since(began)
	return tc, nil
}

// connect opens a TCP connection to u, or to where the options send it.
func (c *Client) connect(ctx context.Context, u *URL, t *Timings) (net.Conn, error) {
	addrs, err := c.addresses(ctx, u, t)
	if err != nil {
		return nil, err
	}
	began := time.Now()
	defer func() { t.Connect = time.Since(began) }()
	network := "tcp"
	if c.opts.UnixSocket != "" {
		network = "unix"
	}
	dial := c.opts.DialContext
	if dial == nil {
		dial = (&net.Dialer{}).DialContext
	}
	for i, addr := range addrs {
		conn, err := dial(ctx, network, addr)
		if err == nil {
			return conn, nil
		}
		if i == len(addrs)-1 || ctx.Err() != nil {
			return nil, dialError(ctx, u, err)
		}
	}
	return nil, &Error{Kind: ErrDNS, Host: u.Host}
}

// addresses are where to connect to, in order. localhost needs no DNS: ::1,
// then 127.0.0.1.
func (c *Client) addresses(ctx context.Context, u *URL, t *Timings) ([]string, error) {
	if c.opts.UnixSocket != "" {
		return []string{c.opts.UnixSocket}, nil
	}
	for _, to := range c.opts.ConnectTo {
		if (to.Host == "" || to.Host == u.Host) && (to.Port == "" || to.Port == u.port()) {
			return []string{to.Addr}, nil
		}
	}
	for _, r := range c.opts.Resolve {
		if r.Host == u.Host && (r.Port == "" || r.Port == u.port()) {
			return joinPorts(r.Addrs, u.port()), nil
		}
	}
	switch {
	case u.Host == "localhost" || strings.HasSuffix(u.Host, ".localhost"):
		return joinPorts([]string{"::1", "127.0.0.1"}, u.port()), nil
	case net.ParseIP(u.Host) != nil:
		return []string{u.addr()}, nil
	}
	began := time.Now()
	ips, err := net.DefaultResolver.LookupHost(ctx, u.Host)
	t.DNS = time.Since(began)
	if err != nil {
		return nil, dialError(ctx, u, dnsError(u.Host, err))
	}
	return joinPorts(ips, u.port()), nil
}

// dnsError makes sure a failed look-up counts as one.
func dnsError(host string, err error) error {
	var d *net.DNSError
	if errors.As(err, &d) {
		return err
	}
	return &net.DNSError{Name: host, Err: err.Error()}
}

func joinPorts(hosts []string, port string) []string {
	out := make([]string, len(hosts))
	for i, h := range hosts {
		out[i] = net.JoinHostPort(h, port)
	}
	return out
}

// tunnel passes through a proxy: CONNECT for https, SOCKS5 for anything. A
// plain http request needs none.
func (c *Client) tunnel(ctx context.Context, conn net.Conn, r *route) (net.Conn, error) {
	if strings.HasPrefix(r.proxy.Scheme, "socks") {
		return c.socks(ctx, conn, r)
	}
	if r.url.Scheme != "https" {
		return conn, nil
	}
	h := Header{{"Host", r.url.addr()}}
	if auth := proxyAuth(r.proxy); auth != "" {
		h = append(h, Field{"Proxy-Authorization", auth})
	}
	stop := closeOn(ctx, conn)
	defer stop()
	s := newStream(conn)
	err := s.writeHead("CONNECT "+r.url.addr()+" HTTP/1.1", h)
	if err == nil {
		err = s.w.Flush()
	}
	var resp *Response
	if err == nil {
		resp, err = s.readHead(c.headerLimit(), false)
	}
	if err != nil {
		conn.Close()
		return nil, s.fail(ctx, err)
	}
	if resp.Code != http.StatusOK {
		conn.Close()
		return nil, &Error{Kind: ErrProxy, Detail: "tunneling socket could not be established, statusCode=" + itoa(resp.Code)}
	}
	return conn, nil
}

func (c *Client) socks(ctx context.Context, conn net.Conn, r *route) (net.Conn, error) {
	var auth *proxy.Auth
	if user, password, ok := strings.Cut(r.proxy.Userinfo, ":"); ok {
		auth = &proxy.Auth{User: unescape(user), Password: unescape(password)}
	}
	d, err := proxy.SOCKS5("tcp", r.proxy.addr(), auth, held{conn})
	if err == nil {
		var out net.Conn
		if out, err = d.(proxy.ContextDialer).DialContext(ctx, "tcp", r.url.addr()); err == nil {
			return out, nil
		}
	}
	conn.Close()
	return nil, &Error{Kind: ErrProxy, Detail: "proxy " + r.proxy.HostPort(), Err: err}
}

// held hands out a connection that is open already.
type held struct{ net.Conn }

func (h held) Dial(string, string) (net.Conn, error) { return h.Conn, nil }

func proxyAuth(p *URL) string {
	if p.Userinfo == "" {
		return ""
	}
	user, password, _ := strings.Cut(p.Userinfo, ":")
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(unescape(user)+":"+unescape(password)))
}

func unescape(s string) string {
	if out, err := url.PathUnescape(s); err == nil {
		return out
	}
	return s
}

// matches tells whether a certificate is for u: <all_urls>, or a pattern
// scheme://host[:port]/path with * and ?.
func (cc *ClientCert) matches(u *URL) bool {
	return slices.ContainsFunc(cc.Matches, func(p string) bool { return p == "<all_urls>" || matchPattern(p, u) })
}

func matchPattern(pattern string, u *URL) bool {
	scheme, rest, ok := strings.Cut(pattern, "://")
	host, path, ok2 := strings.Cut(rest, "/")
	if !ok || !ok2 {
		return false
	}
	if !slices.Contains(strings.Split(scheme, "+"), u.Scheme) && scheme != "*" {
		return false
	}
	name, port, hasPort := strings.Cut(host, ":")
	if hasPort && port != "*" && port != u.port() || !hasPort && u.port() != defaultPort(u.Scheme) {
		return false
	}
	suffix, wild := strings.CutPrefix(name, "*.")
	switch {
	case name == "*" || name == u.Host:
	case wild && (u.Host == suffix || strings.HasSuffix(u.Host, "."+suffix)):
	default:
		return false
	}
	return glob("/"+path, u.Path())
}

func defaultPort(scheme string) string {
	if scheme == "https" {
		return "443"
	}
	return "80"
}

// glob matches the first * as anything.
func glob(pattern, s string) bool {
	before, after, ok := strings.Cut(pattern, "*")
	if !ok {
		return pattern == s
	}
	return len(s) >= len(before)+len(after) && strings.HasPrefix(s, before) && strings.HasSuffix(s, after)
}
