package transport

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"slices"
	"strings"
	"time"

	"postie/runner/transport/jar"
)

// A Client sends requests, one at a time or concurrently, over kept-alive
// connections. Close ends them.
type Client struct {
	opts Options
	jar  *jar.Jar

	pool     *pool     // HTTP/1.1
	sessions *sessions // HTTP/2
}

// New returns a client. Its jar is Options.Jar, or a new one.
func New(o Options) (*Client, error) {
	h := newHabits()
	c := &Client{opts: o, jar: o.Jar, pool: newPool(h)}
	if c.jar == nil {
		c.jar = jar.New()
	}
	c.sessions = newSessions(c, h)
	return c, nil
}

// Jar is the cookie jar.
func (c *Client) Jar() *jar.Jar { return c.jar }

// Close closes the idle connections. Exchanges in progress end by themselves.
func (c *Client) Close() error {
	c.sessions.close()
	c.pool.close()
	return nil
}

func (c *Client) headerLimit() int64 {
	if c.opts.MaxHeaderSize > 0 {
		return c.opts.MaxHeaderSize
	}
	return 1 << 20
}

func (c *Client) bodyLimit() int64 {
	if c.opts.MaxResponseSize == 0 {
		return 256 << 20
	}
	return c.opts.MaxResponseSize
}

// Do sends r and follows redirects. Each request of the chain is sent once: a
// server that has it may have acted on it. On error the Exchange still holds
// the hops that were made; the error is an *Error.
func (c *Client) Do(ctx context.Context, r *Request) (*Exchange, error) {
	timeout := r.Timeout
	if timeout == 0 {
		timeout = c.opts.Timeout
	}
	ctx, clock := newClock(ctx, timeout)
	defer clock.stop()
	ex := &Exchange{}
	req, url := *r, r.URL
	req.callerHeader = r.Header
	for {
		if err := checkHead(req.Method, req.Header); err != nil {
			return ex, err
		}
		if cc := c.certificate(url); cc != nil {
			ex.Missing = append(ex.Missing, cc.Missing...)
		}
		hop, err := c.hop(ctx, clock, &req, url)
		if hop != nil {
			ex.Hops = append(ex.Hops, *hop)
		}
		if err != nil {
			return ex, err
		}
		if req.Cookies {
			ex.refuse(url, c.jar.SetAll(url.Site(), hop.Response.Header.Values("Set-Cookie")))
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

// Site is what a cookie jar wants to know of a URL.
func (u *URL) Site() jar.URL {
	return jar.URL{Host: u.Host, Path: u.Path(), Secure: u.Scheme == "https"}
}

func (ex *Exchange) refuse(u *URL, refused []jar.Refusal) {
	for _, r := range refused {
		ex.Refused = append(ex.Refused, Refused{Host: u.Host, Refusal: r})
	}
}

// hop sends one request of a chain.
func (c *Client) hop(ctx context.Context, clock *clock, r *Request, u *URL) (*Hop, error) {
	rt, err := c.route(r, u)
	if err != nil {
		return nil, err
	}
	hop := &Hop{Method: r.Method, URL: u, Header: c.lines(r, rt)}
	if cc := c.certificate(u); cc != nil && len(cc.Missing) == 0 {
		hop.Offered = cc
	}
	hop.Timings.Start = time.Now()
	resume := clock.pause()
	release, err := c.opts.Limiter.Acquire(ctx, u.HostPort())
	resume()
	if err != nil {
		return hop, ctxError(ctx, ErrTimeout, err)
	}
	defer release()
	for again := true; again; {
		again, err = c.attempt(ctx, rt, r, hop)
	}
	hop.Timings.Total = time.Since(hop.Timings.Start)
	return hop, err
}

// attempt sends a request over a kept connection or a new one. again is true
// when the kept one was closed before a byte of the request was written.
func (c *Client) attempt(ctx context.Context, rt *route, r *Request, hop *Hop) (again bool, err error) {
	if rt.http2 {
		if s := c.sessions.take(rt.key); s != nil {
			hop.Timings.Wait = time.Since(hop.Timings.Start)
			return c.exchangeH2(ctx, s, rt, r, hop)
		}
	}
	s := c.soon(ctx, rt, hop)
	if s == nil {
		s = c.pool.take(rt.key)
		hop.Timings.Wait = time.Since(hop.Timings.Start)
	}
	if s == nil {
		began := time.Now()
		conn, err := c.dial(ctx, rt, &hop.Timings)
		if err != nil {
			return false, err
		}
		if isHTTP2(conn) {
			s, err := c.sessions.add(rt.key, conn)
			if err != nil {
				return false, &Error{Kind: ErrReset, Err: err}
			}
			_, err = c.exchangeH2(ctx, s, rt, r, hop)
			return false, err
		}
		s = newStream(conn)
		s.cost = time.Since(began)
	}
	hop.Reused, hop.Remote, hop.TLS = s.used, remote(s), tlsState(s.conn)
	return c.exchange(ctx, rt, r, hop, s)
}

// soon is a new connection to a route whose kept one would have to be watched
// for longer than it takes to make it; nil if there is none like that, or if
// it takes longer after all.
func (c *Client) soon(ctx context.Context, rt *route, hop *Hop) *stream {
	if rt.proxy != nil {
		return nil
	}
	kept := c.pool.unsettled(rt.key)
	if kept == nil {
		return nil
	}
	hop.Timings.Wait = time.Since(hop.Timings.Start)
	began := time.Now()
	ctx, cancel := context.WithTimeout(ctx, settling)
	defer cancel()
	conn, err := c.dial(ctx, rt, &hop.Timings)
	if err != nil || isHTTP2(conn) {
		hop.Timings = Timings{Start: hop.Timings.Start}
		if err == nil {
			conn.Close()
		}
		return nil
	}
	c.pool.putUnsettled(rt.key, kept)
	s := newStream(conn)
	s.cost = time.Since(began)
	return s
}

func remote(s *stream) string {
	if a := s.conn.RemoteAddr(); a != nil {
		return a.String()
	}
	return ""
}

// lines are the header lines of a hop: the request's, the URL's credentials,
// cookies, and what a proxy wants. All but the last are kept in the request, so
// that they have the same places in the next hop, as in newman.
func (c *Client) lines(r *Request, rt *route) Header {
	h, late := slices.Clone(r.Header), r.Header.framing()
	if rt.url.Userinfo != "" && !h.Has("Authorization") {
		h = slices.Insert(h, late, Field{"Authorization", proxyAuth(rt.url)})
		late++
	}
	if r.Body != nil && !r.Body.Late {
		late = len(h)
	}
	switch cookie, written := c.cookie(r, rt.url); {
	case cookie == "" && !written:
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

// cookie is the value of the Cookie line: the caller's cookies, then the jar's.
// written reports whether the caller wrote a Cookie line.
func (c *Client) cookie(r *Request, u *URL) (value string, written bool) {
	value, written = strings.Join(r.callerHeader.Values("Cookie"), "; "), r.callerHeader.Has("Cookie")
	if !r.Cookies {
		return value, written
	}
	kept := c.jar.Header(u.Site())
	if value == "" || kept == "" {
		return value + kept, written
	}
	return value + "; " + kept, written
}

// exchange is one request and response over s.
func (c *Client) exchange(ctx context.Context, rt *route, r *Request, hop *Hop, s *stream) (again bool, err error) {
	stop := closeOn(ctx, s.conn)
	defer stop()
	up, sent := s.upload(r.Method+" "+rt.target()+" HTTP/1.1", hop.Header, r), time.Now()
	resp, err := s.readHead(c.headerLimit(), r.LenientParser)
	answered := err == nil
	if answered {
		up.answered()
		hop.Response, hop.Timings.FirstByte = resp, since(sent)
		got := time.Now()
		err = c.read(r, resp, s)
		hop.Timings.Download = time.Since(got)
	}
	whole, sendErr := up.finish(err == nil)
	var cause *Error
	if errors.As(sendErr, &cause) {
		err = cause // the cause of what followed
	}
	switch {
	case err != nil:
		s.close()
		return c.broken(ctx, rt, hop, s, answered, err)
	case whole && r.reusable(hop.Header, resp) && s.r.Buffered() == 0 && stop():
		if d := keepAlive(resp.Header); d > 0 {
			s.expires = time.Now().Add(d)
		}
		s.bound = resp.Code == 401 || resp.Code == 407
		c.pool.put(rt.key, s)
	default:
		s.close()
	}
	return false, nil
}

// broken decides about an exchange that broke off. It is made again if not a byte
// of it was written, which can only happen on a kept connection.
func (c *Client) broken(ctx context.Context, rt *route, hop *Hop, s *stream, answered bool, err error) (again bool, _ error) {
	err = s.fail(ctx, err)
	if answered {
		if err = c.cutOff(ctx, hop.Response, brokeOff(err, hop.Response)); err != nil {
			hop.Response = nil
		}
		return false, err
	}
	if kind := err.(*Error).Kind; s.used && kind == ErrReset {
		c.pool.habits.lost(rt.key, time.Since(s.idleSince))
		again = s.wrote == 0
	}
	return again, err
}

// read reads the body of a response.
func (c *Client) read(r *Request, resp *Response, s *stream) error {
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

func tlsState(c net.Conn) *tls.ConnectionState {
	if tc, ok := c.(*tls.Conn); ok {
		state := tc.ConnectionState()
		return &state
	}
	return nil
}
