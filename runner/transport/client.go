package transport

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"slices"
	"strings"
	"sync"
	"time"
)

// A Client sends requests, one at a time or concurrently, over kept-alive
// connections. Close ends them.
type Client struct {
	opts Options
	jar  *Jar

	sessions *sessions // HTTP/2

	mu     sync.Mutex
	idle   map[string][]*stream
	closed bool
}

// New returns a client. Its jar is Options.Jar, or a new one.
func New(o Options) (*Client, error) {
	c := &Client{opts: o, jar: o.Jar, idle: map[string][]*stream{}}
	if c.jar == nil {
		c.jar = NewJar()
	}
	c.sessions = newSessions(c)
	return c, nil
}

// Jar is the cookie jar.
func (c *Client) Jar() *Jar { return c.jar }

// Close closes the idle connections. Exchanges under way end by themselves.
func (c *Client) Close() error {
	c.sessions.close()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	for _, list := range c.idle {
		for _, s := range list {
			s.conn.Close()
		}
	}
	clear(c.idle)
	return nil
}

// maxIdle bounds the connections kept for a host.
const maxIdle = 64

func (c *Client) take(key string) *stream {
	c.mu.Lock()
	defer c.mu.Unlock()
	for list := c.idle[key]; len(list) > 0; {
		s := list[len(list)-1]
		list = list[:len(list)-1]
		c.idle[key] = list
		if alive(s.conn) {
			return s
		}
		s.conn.Close()
	}
	return nil
}

func (c *Client) keep(key string, s *stream) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || len(c.idle[key]) >= maxIdle {
		s.conn.Close()
		return
	}
	s.used, s.began = true, false
	c.idle[key] = append(c.idle[key], s)
}

func (c *Client) headerLimit() int64 {
	if c.opts.MaxHeaderSize > 0 {
		return c.opts.MaxHeaderSize
	}
	return 1 << 20
}

func (c *Client) bodyLimit() int64 {
	if c.opts.MaxResponseSize == 0 {
		return 50 << 20
	}
	return c.opts.MaxResponseSize
}

// Do sends r and follows redirects. On error the Exchange still holds the
// hops that were made; the error is an *Error.
func (c *Client) Do(ctx context.Context, r *Request) (*Exchange, error) {
	timeout := r.Timeout
	if timeout == 0 {
		timeout = c.opts.Timeout
	}
	if timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, timeout, errTooSlow)
		defer cancel()
	}
	ex := &Exchange{}
	req, url := *r, r.URL
	req.own = r.Header
	for {
		if err := checkHead(req.Method, req.Header); err != nil {
			return ex, err
		}
		if cc := c.certificate(url); cc != nil {
			ex.Missing = append(ex.Missing, cc.Missing...)
		}
		hop, err := c.hop(ctx, &req, url)
		if hop != nil {
			ex.Hops = append(ex.Hops, *hop)
		}
		if err != nil {
			return ex, err
		}
		next, err := c.redirect(ex, &req, url, hop.Response)
		if err != nil {
			return ex, err
		}
		if next == nil {
			ex.Response = hop.Response
			return ex, nil
		}
		url = next
	}
}

// hop sends one request of a chain. A kept connection that turns out dead is
// replaced when the request may be sent again.
func (c *Client) hop(ctx context.Context, r *Request, u *URL) (*Hop, error) {
	rt, err := c.route(r, u)
	if err != nil {
		return nil, err
	}
	hop := &Hop{Method: r.Method, URL: u, Header: c.lines(r, rt)}
	hop.Timings.Start = time.Now()
	leave, err := c.opts.Limiter.enter(ctx, u.HostPort())
	if err != nil {
		return hop, ctxError(ctx, ErrTimeout, err)
	}
	defer leave()
	for again := true; again; {
		again, err = c.attempt(ctx, rt, r, hop)
	}
	hop.Timings.Total = time.Since(hop.Timings.Start)
	if err == nil && r.Cookies {
		c.jar.SetCookies(u, hop.Response.Header.Values("Set-Cookie"))
	}
	return hop, err
}

// attempt sends a request over a kept connection or a new one. again is true
// when the kept one was dead.
func (c *Client) attempt(ctx context.Context, rt *route, r *Request, hop *Hop) (again bool, err error) {
	if rt.http2 {
		if c.sessions.usable(rt.key) {
			return false, c.exchange2(ctx, rt, r, hop)
		}
	}
	s := c.take(rt.key)
	if s == nil {
		hop.Timings.Wait = time.Since(hop.Timings.Start)
		conn, err := c.dial(ctx, rt, &hop.Timings)
		if err != nil {
			return false, err
		}
		if isHTTP2(conn) {
			if err := c.sessions.add(rt.key, conn); err != nil {
				return false, &Error{Kind: ErrReset, Err: err}
			}
			return false, c.exchange2(ctx, rt, r, hop)
		}
		s = newStream(conn)
	}
	hop.Reused, hop.Remote, hop.TLS = s.used, remote(s), tlsState(s.conn)
	return c.exchange(ctx, rt, r, hop, s)
}

func remote(s *stream) string {
	if a := s.conn.RemoteAddr(); a != nil {
		return a.String()
	}
	return ""
}

// lines are the header lines of a hop: the request's, the URL's credentials,
// cookies, and what a proxy wants. But for the latter, the request keeps them:
// they have their places in the next hop too, as in newman.
func (c *Client) lines(r *Request, rt *route) Header {
	h, late := slices.Clone(r.Header), r.Header.framing()
	if rt.url.Userinfo != "" && !h.Has("Authorization") {
		h = slices.Insert(h, late, Field{"Authorization", proxyAuth(rt.url)})
		late++
	}
	if r.Body != nil && !r.Body.Late {
		late = len(h)
	}
	switch cookie, own := c.cookie(r, rt.url); {
	case cookie == "" && !own:
		h = h.Del("Cookie")
	case h.Has("Cookie"):
		h = h.Set("Cookie", cookie)
	default:
		h = slices.Insert(h, late, Field{"Cookie", cookie})
	}
	if r.Body != nil && r.Body.Len < 0 && !h.Has("Transfer-Encoding") {
		h = append(h.Del("Content-Length"), Field{"Transfer-Encoding", "chunked"})
	}
	r.Header = h
	if rt.absolute() {
		if auth := proxyAuth(rt.proxy); auth != "" && !h.Has("Proxy-Authorization") {
			h = append(slices.Clip(h), Field{"Proxy-Authorization", auth})
		}
	}
	return h
}

// cookie is the value of the Cookie line: the caller's, then the jar's. own
// tells whether the caller wrote one.
func (c *Client) cookie(r *Request, u *URL) (value string, own bool) {
	value, own = strings.Join(r.own.Values("Cookie"), "; "), r.own.Has("Cookie")
	if !r.Cookies {
		return value, own
	}
	jar := c.jar.header(u)
	if value == "" || jar == "" {
		return value + jar, own
	}
	return value + "; " + jar, own
}

// exchange is one request and response over s.
func (c *Client) exchange(ctx context.Context, rt *route, r *Request, hop *Hop, s *stream) (again bool, err error) {
	stop := closeOn(ctx, s.conn)
	defer stop()
	target := rt.url.Target
	if rt.absolute() {
		target = rt.url.Scheme + "://" + rt.url.HostPort() + target
	}
	sent := time.Now()
	up := s.upload(r.Method+" "+target+" HTTP/1.1", hop.Header, r)
	resp, err := s.readHead(c.headerLimit(), r.LenientParser)
	early, sendErr := up.finish(s, err == nil)
	var own *Error
	if errors.As(sendErr, &own) {
		err = own // the cause of what followed
	}
	if err != nil {
		s.conn.Close()
		again := s.used && !s.began && dead(err) && ctx.Err() == nil && idempotent(r.Method)
		return again, s.fail(ctx, err)
	}
	hop.Response, hop.Timings.FirstByte = resp, since(sent)
	got := time.Now()
	err = c.read(ctx, r, resp, s, hop.Header)
	hop.Timings.Download = time.Since(got)
	if err != nil {
		s.conn.Close()
		if err = c.cutOff(ctx, resp, s.fail(ctx, err)); err != nil {
			hop.Response = nil
		}
		return false, err
	}
	if !early && sendErr == nil && r.reusable(hop.Header, resp) && s.r.Buffered() == 0 && stop() {
		c.keep(rt.key, s)
	} else {
		s.conn.Close()
	}
	return false, nil
}

// read reads the body of a response.
func (c *Client) read(ctx context.Context, r *Request, resp *Response, s *stream, sent Header) error {
	f, err := bodyFraming(r.Method, resp, r.LenientParser)
	if err != nil {
		return err
	}
	return readBody(s.body(f, resp), resp, !f.none, c.bodyLimit(), f.length)
}

// cutOff takes what came of an event stream before the deadline for its body:
// such streams have no end of their own.
func (c *Client) cutOff(ctx context.Context, resp *Response, err error) error {
	kind, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";")
	if errors.Is(context.Cause(ctx), errTooSlow) && strings.EqualFold(strings.TrimSpace(kind), "text/event-stream") {
		return nil
	}
	return err
}

// idempotent tells methods that may be sent twice.
func idempotent(method string) bool {
	switch method {
	case "GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE":
		return true
	}
	return false
}

func tlsState(c net.Conn) *tls.ConnectionState {
	if tc, ok := c.(*tls.Conn); ok {
		state := tc.ConnectionState()
		return &state
	}
	return nil
}
