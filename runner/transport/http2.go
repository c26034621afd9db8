package transport

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/net/http2"
)

// isHTTP2 reports whether the server chose HTTP/2 in the TLS handshake.
func isHTTP2(c net.Conn) bool {
	tc, ok := c.(*tls.Conn)
	return ok && tc.ConnectionState().NegotiatedProtocol == http2.NextProtoTLS
}

// exchangeH2 is one request and response over a session. Header names go out in
// lower case and in the library's order: the protocol wants it so. again is
// true when the session ended before a byte of the request was written.
func (c *Client) exchangeH2(ctx context.Context, s *session, rt *route, r *Request, hop *Hop) (again bool, err error) {
	hop.Reused, hop.Remote, hop.TLS = s.used.Swap(true), s.remote, s.tls
	var wrote atomic.Bool
	ctx, cancel := context.WithCancelCause(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteHeaders: func() { wrote.Store(true) }}))
	defer cancel(nil)
	req, err := h2Request(ctx, r, rt.url, hop.Header)
	if err != nil {
		return false, err
	}
	body := &h2Upload{ReadCloser: req.Body}
	if req.Body != nil {
		req.Body = body
	}
	sent := time.Now()
	got, err := s.conn.RoundTrip(req)
	if err != nil {
		c.sessions.habits.lost(rt.key, s.idle())
		return hop.Reused && !wrote.Load() && ctx.Err() == nil, body.cause(h2Error(ctx, err))
	}
	defer got.Body.Close()
	resp := h2Response(got)
	hop.Response, hop.Timings.FirstByte = resp, since(sent)
	began := time.Now()
	answer := io.Reader(got.Body)
	if got.StatusCode > 299 && req.Body != nil && !body.ended.Load() {
		answer = &watched{r: answer, quiet: h2Patience, give: func() { cancel(errHalfSent) }}
	}
	err = readBody(answer, resp, r.Method != http.MethodHead, c.bodyLimit(), got.ContentLength)
	hop.Timings.Download = time.Since(began)
	if err != nil {
		if err = c.cutOff(ctx, resp, body.cause(brokeOff(h2Error(ctx, err), resp))); err != nil {
			hop.Response = nil
		}
		return false, err
	}
	resp.Trailer = h2Fields(got.Trailer)
	s.rest()
	if hop.Reused {
		c.sessions.habits.kept(rt.key)
	}
	return false, nil
}

// An h2Upload is a request's body; it keeps the error of reading it.
type h2Upload struct {
	io.ReadCloser
	ended  atomic.Bool
	failed atomic.Pointer[Error]
}

func (u *h2Upload) Read(p []byte) (int, error) {
	n, err := u.ReadCloser.Read(p)
	if errors.Is(err, io.EOF) {
		u.ended.Store(true)
	} else if err != nil {
		u.failed.Store(&Error{Kind: ErrBody, Err: err})
	}
	return n, err
}

// cause is why an exchange failed: the body, if it could not be read.
func (u *h2Upload) cause(err error) error {
	if cause := u.failed.Load(); cause != nil {
		return cause
	}
	return err
}

// The library stops sending a body when a status above 299 comes. A server
// that wants all of it before its answer ends would never end it.
var errHalfSent = errors.New("the answer does not end, and the body was sent in part only: over HTTP/2 it is not sent on after a status above 299")

// h2Patience is how long such an answer may be silent.
const h2Patience = 10 * time.Second

// A watched reader gives up when nothing comes for some time.
type watched struct {
	r     io.Reader
	quiet time.Duration
	give  func()
}

func (w *watched) Read(p []byte) (int, error) {
	t := time.AfterFunc(w.quiet, w.give)
	defer t.Stop()
	return w.r.Read(p)
}

// h2Request is a request in net/http's form. What is about the connection in
// HTTP/1.1 is left out.
func h2Request(ctx context.Context, r *Request, u *URL, h Header) (*http.Request, error) {
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
		if req.Body, err = r.Body.Open(); err != nil {
			return nil, &Error{Kind: ErrBody, Err: err}
		}
	}
	return req, nil
}

func h2Response(r *http.Response) *Response {
	out := &Response{Proto: "HTTP/2.0", Code: r.StatusCode, Header: h2Fields(r.Header)}
	out.HeadSize = int64(len("HTTP/2.0 \r\n\r\n") + len(strconv.Itoa(r.StatusCode)))
	for _, f := range out.Header {
		out.HeadSize += int64(len(f.Name) + len(f.Value) + len(": \r\n"))
	}
	return out
}

// h2Fields are header lines by name, since their order is lost.
func h2Fields(h http.Header) Header {
	var out Header
	for name, values := range h {
		for _, v := range values {
			out = append(out, Field{strings.ToLower(name), fromLatin1([]byte(v))})
		}
	}
	slices.SortStableFunc(out, func(a, b Field) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// h2Error words a failure of HTTP/2.
func h2Error(ctx context.Context, err error) error {
	var cause *Error
	var rst http2.StreamError
	var away http2.GoAwayError
	switch {
	case errors.Is(context.Cause(ctx), errHalfSent):
		return &Error{Kind: ErrHTTP2, Err: errHalfSent}
	case ctx.Err() != nil:
		return ctxError(ctx, ErrTimeout, err)
	case errors.As(err, &cause):
		return cause
	case errors.As(err, &rst):
		return &Error{Kind: ErrHTTP2, Detail: "Stream closed with error code " + h2Code(rst.Code)}
	case errors.As(err, &away):
		return &Error{Kind: ErrHTTP2, Detail: "Session closed with error code " + h2Code(away.ErrCode)}
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return &Error{Kind: ErrTruncated, Err: err}
	}
	return &Error{Kind: ErrHTTP2, Err: err}
}

// h2Code names an error code as node does.
func h2Code(c http2.ErrCode) string { return "NGHTTP2_" + c.String() }
