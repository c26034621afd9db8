package transport

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"time"
)

// A Client sends requests, one at a time or concurrently, over kept-alive
// connections. Close ends them.
type Client struct {
	opts Options
	jar  *Jar

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
	return c, nil
}

// Jar is the cookie jar.
func (c *Client) Jar() *Jar { return c.jar }

// Close closes the idle connections. Exchanges under way end by themselves.
func (c *Client) Close() error {
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
const maxIdle = 16

func (c *Client) take(key string) *stream {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := c.idle[key]
	if len(list) == 0 {
		return nil
	}
	s := list[len(list)-1]
	c.idle[key] = list[:len(list)-1]
	return s
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
	first := true
	for {
		if err := checkHead(req.Method, req.Header); err != nil {
			return ex, err
		}
		hop, err := c.hop(ctx, &req, url, first)
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
		url, first = next, false
	}
}

// hop sends one request of a chain. A kept connection that turns out dead is
// replaced once, when nothing of a response had come.
func (c *Client) hop(ctx context.Context, r *Request, u *URL, first bool) (*Hop, error) {
	rt, err := c.route(r, u)
	if err != nil {
		return nil, err
	}
	leave, err := c.opts.Limiter.enter(ctx, u.HostPort())
	if err != nil {
		return nil, ctxError(ctx, ErrTimeout, err)
	}
	defer leave()
	hop := &Hop{Method: r.Method, URL: u, Header: c.lines(r, rt)}
	hop.Timings.Start = time.Now()
	for {
		s := c.take(rt.key)
		if s == nil {
			conn, err := c.dial(ctx, rt, &hop.Timings)
			if err != nil {
				return hop, err
			}
			s = newStream(conn)
		}
		hop.Reused, hop.Remote = s.used, remote(s)
		retry, err := c.exchange(ctx, rt, r, hop, s)
		if retry {
			continue
		}
		hop.Timings.Total = time.Since(hop.Timings.Start)
		if err == nil && r.Cookies {
			c.jar.SetCookies(u, hop.Response.Header.Values("Set-Cookie"))
		}
		return hop, err
	}
}

func remote(s *stream) string {
	if a := s.conn.RemoteAddr(); a != nil {
		return a.String()
	}
	return ""
}

// lines are the header lines of a hop: the request's, the jar's cookies, and
// what a proxy wants.
func (c *Client) lines(r *Request, rt *route) Header {
	h := append(Header(nil), r.Header...)
	if rt.url.Userinfo != "" && !h.Has("Authorization") {
		h = append(h, Field{"Authorization", proxyAuth(rt.url)})
	}
	own := h.Values("Cookie")
	if r.Cookies {
		if jar := c.jar.header(rt.url); jar != "" {
			h, own = h.Del("Cookie"), append(own, jar)
			h = append(h, Field{"Cookie", ""})
		}
	}
	if len(own) > 0 {
		h = h.Set("Cookie", strings.Join(own, "; "))
	}
	if rt.absolute() {
		if auth := proxyAuth(rt.proxy); auth != "" && !h.Has("Proxy-Authorization") {
			h = append(h, Field{"Proxy-Authorization", auth})
		}
	}
	return h
}

// exchange is one request and response over s.
func (c *Client) exchange(ctx context.Context, rt *route, r *Request, hop *Hop, s *stream) (retry bool, err error) {
	stop := closeOn(ctx, s.conn)
	defer stop()
	target := rt.url.Target
	if rt.absolute() {
		target = rt.url.Scheme + "://" + rt.url.HostPort() + target
	}
	sent := time.Now()
	if err := s.send(r.Method+" "+target+" HTTP/1.1", hop.Header, r.Body); err != nil {
		var own *Error
		if errors.As(err, &own) || ctx.Err() != nil || !s.answered() {
			s.conn.Close()
			return s.used && dead(err) && ctx.Err() == nil, s.fail(ctx, err)
		}
		// The server answered before it had all of the request: hear it out.
	}
	resp, err := s.readHead(c.headerLimit(), r.LenientParser)
	if err != nil {
		s.conn.Close()
		return s.used && !s.began && dead(err) && ctx.Err() == nil, s.fail(ctx, err)
	}
	hop.Response, hop.Timings.FirstByte = resp, since(sent)
	got := time.Now()
	err = c.read(ctx, r, resp, s, hop.Header, rt.key, stop)
	hop.Timings.Download = time.Since(got)
	if err != nil {
		hop.Response = nil
	}
	return false, err
}

// answered tells whether a response waits although the request broke off.
func (s *stream) answered() bool {
	_ = s.conn.SetReadDeadline(time.Now().Add(200 * time.Millisecond)) // a closed one fails below
	defer func() { _ = s.conn.SetReadDeadline(time.Time{}) }()
	_, err := s.r.Peek(1)
	return err == nil
}

// read reads the body and keeps the connection if it can be used again.
func (c *Client) read(ctx context.Context, r *Request, resp *Response, s *stream, sent Header, key string, stop func() bool) error {
	f, err := bodyFraming(r.Method, resp)
	if err == nil {
		err = readBody(s.body(f), resp, !f.none, c.bodyLimit(), f.length)
	}
	if err != nil {
		s.conn.Close()
		if errors.Is(err, io.EOF) {
			err = &Error{Kind: ErrTruncated, Err: io.ErrUnexpectedEOF}
		}
		return s.fail(ctx, err)
	}
	if reusable(sent, resp, f) && s.r.Buffered() == 0 && stop() {
		c.keep(key, s)
	} else {
		s.conn.Close()
	}
	return nil
}
