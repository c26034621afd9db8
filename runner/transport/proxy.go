package transport

import (
	"context"
	"encoding/base64"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/proxy"
)

// ProxyFromEnvironment is the Proxy of HTTP_PROXY, HTTPS_PROXY and NO_PROXY,
// upper case first; https falls back to HTTP_PROXY. nil when none is set.
func ProxyFromEnvironment(getenv func(string) string) (func(*URL) (*URL, error), error) {
	env := func(name string) string {
		if v := getenv(name); v != "" {
			return v
		}
		return getenv(strings.ToLower(name))
	}
	plain, err := parseProxy(env("HTTP_PROXY"), "HTTP_PROXY")
	if err != nil {
		return nil, err
	}
	secure, err := parseProxy(env("HTTPS_PROXY"), "HTTPS_PROXY")
	if err != nil {
		return nil, err
	}
	if secure == nil {
		secure = plain
	}
	if secure == nil {
		return nil, nil
	}
	none := NoProxy(env("NO_PROXY"))
	return func(u *URL) (*URL, error) {
		if none.Has(u) {
			return nil, nil
		}
		if u.Scheme == "https" {
			return secure, nil
		}
		return plain, nil
	}, nil
}

func parseProxy(text, name string) (*URL, error) {
	if text == "" {
		return nil, nil
	}
	p, err := ParseProxy(text)
	if err != nil {
		return nil, &Error{Kind: ErrProxy, Detail: name + ": " + err.Error()}
	}
	return p, nil
}

var errProxyURL = errors.New("not a proxy address: want http://, https:// or socks5://HOST:PORT")

// ParseProxy reads a proxy's address: http, https or socks5, with an optional
// user and password; http when it names no scheme.
func ParseProxy(text string) (*URL, error) {
	if !strings.Contains(text, "://") {
		text = "http://" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" {
		return nil, errProxyURL
	}
	p := &URL{Scheme: strings.ToLower(u.Scheme), Host: strings.ToLower(u.Hostname()), Port: u.Port(), Target: "/"}
	switch p.Scheme {
	case "http", "https":
	case "socks", "socks5", "socks5h":
		p.Scheme = "socks5"
		if p.Port == "" {
			p.Port = "1080"
		}
	default:
		return nil, errProxyURL
	}
	if u.User != nil {
		p.Userinfo = u.User.String()
	}
	return p, nil
}

// NoProxy lists what is reached without a proxy: "*", names with their
// subdomains, addresses and CIDR blocks, each with an optional port.
type NoProxy string

// Has reports whether u is on the list.
func (n NoProxy) Has(u *URL) bool {
	for entry := range strings.FieldsFuncSeq(strings.ToLower(string(n)), func(r rune) bool { return r == ',' || r == ' ' }) {
		if entry == "*" || noProxyEntry(entry, u) {
			return true
		}
	}
	return false
}

func noProxyEntry(entry string, u *URL) bool {
	if block, err := netip.ParsePrefix(entry); err == nil {
		addr, err := netip.ParseAddr(u.Host)
		return err == nil && block.Contains(addr.Unmap())
	}
	if addr, err := netip.ParseAddr(strings.Trim(entry, "[]")); err == nil {
		return addr.String() == u.Host
	}
	name, port, hasPort := strings.Cut(entry, ":")
	if hasPort && port != u.port() {
		return false
	}
	name = strings.TrimPrefix(strings.TrimPrefix(name, "*"), ".")
	return u.Host == name || strings.HasSuffix(u.Host, "."+name)
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
	h := connectHeader(r)
	stop := closeOn(ctx, conn)
	defer stop()
	s := newStream(conn)
	err := s.writeHead("CONNECT "+r.url.addr()+" HTTP/1.1", h, false)
	if err == nil {
		err = s.w.Flush()
	}
	var resp *Response
	if err == nil {
		resp, err = s.readHead(c.headerLimit(), false)
	}
	if err != nil {
		conn.Close()
		return nil, tunnelError(ctx, s.fail(ctx, err))
	}
	if resp.Code != http.StatusOK {
		conn.Close()
		return nil, &Error{Kind: ErrTunnel, Detail: "tunneling socket could not be established, statusCode=" + itoa(resp.Code)}
	}
	return conn, nil
}

// tunnelFields are the lines of a request that a proxy sees too.
var tunnelFields = []string{"accept", "accept-charset", "accept-encoding", "accept-language", "accept-ranges", "cache-control",
	"content-encoding", "content-language", "content-location", "content-md5", "content-range", "content-type", "connection",
	"date", "expect", "max-forwards", "pragma", "proxy-authorization", "referer", "te", "user-agent", "via"}

func connectHeader(r *route) Header {
	var h Header
	for _, f := range r.header {
		if slices.Contains(tunnelFields, strings.ToLower(f.Name)) {
			h = append(h, f)
		}
	}
	if auth := proxyAuth(r.proxy); auth != "" {
		h = h.Set("Proxy-Authorization", auth)
	}
	return append(h, Field{"host", r.url.addr()})
}

// tunnelError says that it was the proxy that failed.
func tunnelError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return err
	}
	return &Error{Kind: ErrTunnel, Detail: "tunneling socket could not be established, cause=" + err.Error()}
}

func (c *Client) socks(ctx context.Context, conn net.Conn, r *route) (net.Conn, error) {
	var auth *proxy.Auth
	if user, password, ok := strings.Cut(r.proxy.Userinfo, ":"); ok {
		auth = &proxy.Auth{User: unescape(user), Password: unescape(password)}
	}
	stop := closeOn(ctx, conn)
	defer stop()
	d, err := proxy.SOCKS5("tcp", r.proxy.addr(), auth, held{conn})
	if err == nil {
		var out net.Conn
		if out, err = d.(proxy.ContextDialer).DialContext(ctx, "tcp", r.url.addr()); err == nil {
			return out, nil
		}
	}
	conn.Close()
	if ctx.Err() != nil {
		return nil, ctxError(ctx, ErrConnectTimeout, err)
	}
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
