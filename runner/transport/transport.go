// Package transport sends HTTP requests byte for byte as asked and reports
// everything that came back: every hop, timing and header as spelled on the
// wire. It knows TLS, proxies, redirects, cookies and limits, and no Postman
// word.
package transport

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"time"

	"postie/runner/transport/jar"
)

// A Request is sent exactly so: its header lines in order and spelling.
// Host, Content-Length and Connection are the caller's to add, as package wire
// does; the client adds only Cookie (from the jar), Authorization (from the URL) and
// Proxy-Authorization.
type Request struct {
	Method string
	URL    *URL
	Header Header
	Body   *Body // nil for none

	FollowRedirects      bool
	MaxRedirects         int  // hops; the caller sets Postman's 10
	FollowOriginalMethod bool // keep method and body on any 3xx
	FollowAuthorization  bool // keep credentials across origins
	RemoveReferer        bool
	EncodeURL            bool     // encode redirect locations
	Cookies              bool     // use the jar for this request
	Secrets              []string // header names to drop when the origin changes, besides Authorization, Cookie
	UTF8Header           bool     // values beyond ASCII go out as UTF-8, not latin-1
	LenientParser        bool
	Insecure             *bool    // overrides Options.Insecure
	TLSVersions          []string // disabled: "TLSv1" "TLSv1_1" "TLSv1_2" "TLSv1_3"
	TLSCiphers           []string
	Protocol             string        // "", "http1", "http2", "auto"
	Timeout              time.Duration // whole exchange, less the waits of Options.Limiter; 0 is Options.Timeout

	callerHeader Header // the lines as the caller wrote them, less what a redirect left behind
}

// A Body can be read again for each hop.
type Body struct {
	Len  int64 // -1 unknown: sent chunked
	Late bool  // cookies come before its Content-Length, as node has it for what it streams
	Open func() (io.ReadCloser, error)
}

// Options configure a Client; the zero value is usable.
type Options struct {
	Timeout         time.Duration // per request: connect, send, headers and body, less the waits of Limiter
	Insecure        bool
	RootCAs         *x509.CertPool // nil: the system's
	Certificates    []ClientCert
	MinTLS, MaxTLS  uint16                   // 0: TLS 1.2 to the newest
	Protocol        string                   // "" or "http1"; "http2", "auto": HTTP/2 where the server has it
	Proxy           func(*URL) (*URL, error) // nil: none
	Jar             *jar.Jar                 // nil: a new one
	MaxResponseSize int64                    // decoded bytes; 0 is 256 MiB, <0 none
	MaxHeaderSize   int64                    // 0 is 1 MiB
	ConnectTo       []ConnectTo
	Resolve         []Resolve
	UnixSocket      string                                                            // every connection goes there
	Limiter         *Limiter                                                          // nil: no limit; may be shared
	DialContext     func(ctx context.Context, network, addr string) (net.Conn, error) // nil: net.Dialer
	Permit          func(host, address string) error                                  // asked before each connection; nil: every one may be made
	TLSConfig       *tls.Config                                                       // base, cloned: holds where the fields above are not set; nil: empty
}

// ConnectTo sends connections for Host:Port (each may be "" for any) to Addr.
type ConnectTo struct{ Host, Port, Addr string }

// Resolve pins Host:Port to addresses.
type Resolve struct {
	Host, Port string
	Addrs      []string
}

// A ClientCert is offered to the hosts its patterns match.
type ClientCert struct {
	Name        string
	Matches     []string // https://host:port/*, <all_urls>
	Certificate tls.Certificate
	Key         string // names of the files it came from, for reports
	Cert        string
	PFX         string

	Missing []string // why a file of it is not there: requests warn and go without
	Err     error    // why it cannot be used: requests that need it fail
}

// An Exchange is a request with its answer. The last hop's response is
// Response.
type Exchange struct {
	Hops     []Hop
	Response *Response
	Dropped  []string  // what a cross-origin redirect dropped, for warnings
	Missing  []string  // client certificates that were not there, for warnings
	Refused  []Refused // cookies that the jar does not keep, for warnings
}

// Refused is a cookie that a host set and the jar does not keep.
type Refused struct {
	Host string
	jar.Refusal
}

// Waited is how long the exchange waited for its turn: for the limiter, and
// for a connection to prove that it is kept.
func (ex *Exchange) Waited() time.Duration {
	var sum time.Duration
	for _, h := range ex.Hops {
		sum += h.Timings.Wait
	}
	return sum
}

// A Hop is one request and response of a redirect chain, as sent.
type Hop struct {
	Method   string
	URL      *URL
	Header   Header // as written on the wire, Cookie included
	Response *Response
	Timings  Timings
	Remote   string // address
	Reused   bool
	TLS      *tls.ConnectionState
	Offered  *ClientCert // to the server; nil for none
}

// A Response is read whole and decoded (gzip, deflate, br, zstd).
type Response struct {
	Proto    string // HTTP/1.1
	Code     int
	Status   string // reason phrase as sent; "" when none
	Header   Header // as spelled and ordered on the wire
	Body     []byte // decoded
	Trailer  Header
	WireSize int64 // body bytes on the wire, before decoding
	HeadSize int64 // status line and headers on the wire
}

// Timings are phases of one hop, each since the one before; zero when the
// phase did not happen (a reused connection, no TLS). Wait is the time before
// the hop began: it waited for its turn. Total counts it.
type Timings struct {
	Start                                               time.Time
	Wait, DNS, Connect, TLS, FirstByte, Download, Total time.Duration
}
