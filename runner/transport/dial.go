package transport

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"strings"
	"time"
)

// A route is how a request reaches its server.
type route struct {
	url    *URL
	proxy  *URL // nil: directly
	tls    *tls.Config
	header Header // of the request, for a proxy
	key    string // of the connection pool
	http2  bool   // may be spoken, if the server can
}

// absolute reports whether the request line holds the whole URL: plain http
// through an HTTP proxy.
func (r *route) absolute() bool {
	return r.proxy != nil && r.url.Scheme == "http" && !strings.HasPrefix(r.proxy.Scheme, "socks")
}

// target is what the request line names.
func (r *route) target() string {
	if r.absolute() {
		return r.url.Scheme + "://" + r.url.HostPort() + r.url.Target
	}
	return r.url.Target
}

func (c *Client) route(r *Request, u *URL) (*route, error) {
	out := &route{url: u, header: r.Header}
	if c.opts.Proxy != nil && c.opts.UnixSocket == "" {
		p, err := c.opts.Proxy(u)
		if err != nil {
			return nil, &Error{Kind: ErrProxy, Err: err}
		}
		out.proxy = p
	}
	var ident string
	if u.Scheme == "https" {
		var err error
		if out.tls, ident, err = c.tlsConfig(r, u); err != nil {
			return nil, err
		}
		out.http2 = c.wantsHTTP2(r)
		out.tls.NextProtos = []string{"http/1.1"}
		if out.http2 {
			out.tls.NextProtos, ident = []string{"h2", "http/1.1"}, ident+" h2"
		}
	}
	out.key = u.Scheme + "://" + u.addr() + " " + ident
	if out.proxy != nil {
		out.key += " via " + out.proxy.String()
	}
	return out, nil
}

// dial connects to the server of a route, through its proxy if it has one.
func (c *Client) dial(ctx context.Context, r *route, t *Timings) (net.Conn, error) {
	to := r.url
	if r.proxy != nil {
		to = r.proxy
	}
	conn, err := c.connect(ctx, to, t)
	if err != nil {
		if r.proxy != nil && r.url.Scheme == "https" {
			err = tunnelError(ctx, err)
		}
		return nil, r.blame(err)
	}
	if r.proxy != nil {
		if conn, err = c.throughProxy(ctx, conn, r); err != nil {
			return nil, r.blame(err)
		}
	}
	if r.tls == nil {
		return conn, nil
	}
	began := time.Now()
	conn, err = handshake(ctx, conn, r.tls)
	t.TLS = time.Since(began)
	return conn, err
}

// blame names the route's proxy, if it has one, in an error.
func (r *route) blame(err error) error {
	var e *Error
	if r.proxy != nil && errors.As(err, &e) {
		e.Proxy = r.proxy.HostPort()
	}
	return err
}

// throughProxy speaks TLS to the proxy, if it wants that, and passes it.
func (c *Client) throughProxy(ctx context.Context, conn net.Conn, r *route) (net.Conn, error) {
	if r.proxy.Scheme == "https" {
		var err error
		if conn, err = handshake(ctx, conn, c.proxyTLS(r.proxy)); err != nil {
			return nil, err
		}
	}
	return c.tunnel(ctx, conn, r)
}

func handshake(ctx context.Context, conn net.Conn, cfg *tls.Config) (net.Conn, error) {
	tc := tls.Client(conn, cfg)
	err := tc.HandshakeContext(ctx)
	if err == nil {
		return tc, nil
	}
	conn.Close()
	if ctx.Err() != nil {
		return nil, ctxError(ctx, ErrTimeout, err)
	}
	return nil, &Error{Kind: ErrTLS, Host: cfg.ServerName, Err: err}
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
		if c.opts.Permit != nil {
			if err := c.opts.Permit(u.Host, addr); err != nil {
				if i == len(addrs)-1 {
					return nil, dialError(ctx, u, err)
				}
				continue
			}
		}
		conn, err := dialOne(ctx, dial, network, addr, i < len(addrs)-1)
		if err == nil {
			return conn, nil
		}
		if i == len(addrs)-1 || ctx.Err() != nil {
			return nil, dialError(ctx, u, err)
		}
	}
	return nil, &Error{Kind: ErrDNS, Host: u.Host}
}

// tryWait bounds the wait for an address when there is another.
const tryWait = 2 * time.Second

func dialOne(ctx context.Context, dial func(context.Context, string, string) (net.Conn, error), network, addr string, more bool) (net.Conn, error) {
	if more {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, tryWait)
		defer cancel()
	}
	return dial(ctx, network, addr)
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
