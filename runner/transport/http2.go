package transport

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/http2"
)

// isHTTP2 tells whether the server chose HTTP/2 in the TLS handshake.
func isHTTP2(c net.Conn) bool {
	tc, ok := c.(*tls.Conn)
	return ok && tc.ConnectionState().NegotiatedProtocol == http2.NextProtoTLS
}

// sessions are the HTTP/2 connections, one a route. They are the pool of an
// http2.Transport, which sends a request again where the protocol promises
// that it was not processed (GOAWAY, REFUSED_STREAM).
type sessions struct {
	client    *Client
	transport *http2.Transport

	mu   sync.Mutex
	open map[string]*session
}

type session struct {
	cc    *http2.ClientConn
	conn  net.Conn
	used  bool
	state *tls.ConnectionState
}

func newSessions(c *Client) *sessions {
	p := &sessions{client: c, open: map[string]*session{}}
	p.transport = &http2.Transport{ConnPool: p, DisableCompression: true, MaxHeaderListSize: uint32(min(c.headerLimit(), 1<<31))}
	return p
}

func (p *sessions) usable(key string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.open[key]
	return s != nil && s.cc.CanTakeNewRequest()
}

func (p *sessions) add(key string, conn net.Conn) error {
	cc, err := p.transport.NewClientConn(conn)
	if err != nil {
		conn.Close()
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open[key] = &session{cc: cc, conn: conn, state: tlsState(conn)}
	return nil
}

func (p *sessions) get(key string) *session {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.open[key]
}

func (p *sessions) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range p.open {
		s.cc.Close()
	}
	clear(p.open)
}

// routeKey carries a route to the pool.
type routeKey struct{}

var errNoHTTP2 = errors.New("the server speaks HTTP/2 no more")

// GetClientConn implements http2.ClientConnPool: the route's connection, or a
// new one after the server let go of the old.
func (p *sessions) GetClientConn(req *http.Request, _ string) (*http2.ClientConn, error) {
	rt := req.Context().Value(routeKey{}).(*route)
	if s := p.get(rt.key); s != nil && s.cc.ReserveNewRequest() {
		return s.cc, nil
	}
	conn, err := p.client.dial(req.Context(), rt, &Timings{})
	if err != nil {
		return nil, err
	}
	if !isHTTP2(conn) {
		conn.Close()
		return nil, errNoHTTP2
	}
	if err := p.add(rt.key, conn); err != nil {
		return nil, err
	}
	s := p.get(rt.key)
	s.cc.ReserveNewRequest()
	return s.cc, nil
}

// MarkDead implements http2.ClientConnPool.
func (p *sessions) MarkDead(cc *http2.ClientConn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for key, s := range p.open {
		if s.cc == cc {
			delete(p.open, key)
		}
	}
}

// exchange2 is one request and response over HTTP/2. Header names go out in
// lower case and in the library's order: the protocol wants it so.
func (c *Client) exchange2(ctx context.Context, rt *route, r *Request, hop *Hop) error {
	if s := c.sessions.get(rt.key); s != nil {
		hop.Reused, hop.Remote, hop.TLS = s.used, s.conn.RemoteAddr().String(), s.state
		s.used = true
	}
	req, err := request2(context.WithValue(ctx, routeKey{}, rt), r, rt.url, hop.Header)
	if err != nil {
		return err
	}
	sent := time.Now()
	got, err := c.sessions.transport.RoundTrip(req)
	if err != nil {
		return fail2(ctx, err)
	}
	defer got.Body.Close()
	resp := response2(got)
	hop.Response, hop.Timings.FirstByte = resp, since(sent)
	began := time.Now()
	err = readBody(got.Body, resp, r.Method != http.MethodHead, c.bodyLimit(), got.ContentLength)
	hop.Timings.Download = time.Since(began)
	if err != nil {
		if err = c.cutOff(ctx, resp, fail2(ctx, err)); err != nil {
			hop.Response = nil
		}
		return err
	}
	resp.Trailer = fields2(got.Trailer)
	return nil
}

// request2 is a request in net/http's form. What is about the connection in
// HTTP/1.1 is left out.
func request2(ctx context.Context, r *Request, u *URL, h Header) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, r.Method, u.Scheme+"://"+u.HostPort()+"/", nil)
	if err != nil {
		return nil, &Error{Kind: ErrURL, Detail: u.String()}
	}
	req.URL.Opaque = u.Target // as it is, without normalisation
	for _, f := range h {
		v, _ := wireValue(f.Value) // checked before
		switch name := strings.ToLower(f.Name); name {
		case "host":
			req.Host = f.Value
		case "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "content-length", "expect":
		case "te":
			if strings.EqualFold(f.Value, "trailers") {
				req.Header.Add(name, "trailers")
			}
		default:
			req.Header[http.CanonicalHeaderKey(name)] = append(req.Header[http.CanonicalHeaderKey(name)], strings.TrimSpace(v))
		}
	}
	if r.Body != nil {
		req.ContentLength = r.Body.Len
		req.GetBody = r.Body.Open
		if req.Body, err = r.Body.Open(); err != nil {
			return nil, &Error{Kind: ErrBody, Err: err}
		}
	}
	return req, nil
}

func response2(r *http.Response) *Response {
	out := &Response{Proto: "HTTP/2.0", Code: r.StatusCode, Header: fields2(r.Header)}
	out.HeadSize = int64(len("HTTP/2.0 \r\n\r\n") + len(strconv.Itoa(r.StatusCode)))
	for _, f := range out.Header {
		out.HeadSize += int64(len(f.Name) + len(f.Value) + len(": \r\n"))
	}
	return out
}

// fields2 are header lines by name, since their order is lost.
func fields2(h http.Header) Header {
	var out Header
	for name, values := range h {
		for _, v := range values {
			out = append(out, Field{strings.ToLower(name), fromLatin1([]byte(v))})
		}
	}
	slices.SortStableFunc(out, func(a, b Field) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// fail2 words a failure of HTTP/2.
func fail2(ctx context.Context, err error) error {
	var own *Error
	var rst http2.StreamError
	var away http2.GoAwayError
	switch {
	case ctx.Err() != nil:
		return ctxError(ctx, ErrTimeout, err)
	case errors.As(err, &own):
		return own
	case errors.As(err, &rst):
		return &Error{Kind: ErrHTTP2, Detail: "Stream closed with error code " + code2(rst.Code)}
	case errors.As(err, &away):
		return &Error{Kind: ErrHTTP2, Detail: "Session closed with error code " + code2(away.ErrCode)}
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return &Error{Kind: ErrTruncated, Err: err}
	}
	return &Error{Kind: ErrHTTP2, Err: err}
}

// code2 names an error code as node does.
func code2(c http2.ErrCode) string { return "NGHTTP2_" + c.String() }
