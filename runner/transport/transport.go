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
)

// A Field is one header line, spelled as written.
type Field struct{ Name, Value string }

// Header is a list of lines in wire order.
type Header []Field

// Get returns the last value of name, compared case-insensitively.
func (h Header) Get(name string) string { panic("todo") }

// Values returns all values of name in order.
func (h Header) Values(name string) []string { panic("todo") }

// Has reports whether name is present.
func (h Header) Has(name string) bool { panic("todo") }

// Del returns h without name.
func (h Header) Del(name string) Header { panic("todo") }

// A URL is where a request goes. Target is the exact request target (path and
// query, percent-encoded, never normalised).
type URL struct {
	Scheme   string // http or https
	Userinfo string // encoded, "" for none
	Host     string // name or address, lower case, IDNA; IPv6 without brackets
	Port     string // as written, "" for the scheme's default
	Target   string // starts with "/"
	Fragment string
}

// ParseURL parses text as a browser-like, never-normalising encoder does
// (semantics/03-requests.md section 1.3). encode false encodes only the host.
func ParseURL(text string, encode bool) (*URL, error) { panic("todo") }

// String is the URL as encoded, fragment included.
func (u *URL) String() string { panic("todo") }

// A Request is sent exactly so: its header lines in order and spelling.
// Host, Content-Length and Connection are the caller's to add (see build.go);
// the client adds only Cookie (from the jar) and Proxy-Authorization.
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
	LenientParser        bool
	Insecure             *bool    // overrides Options.Insecure
	TLSVersions          []string // disabled: "TLSv1" "TLSv1_1" "TLSv1_2" "TLSv1_3"
	TLSCiphers           []string
	Protocol             string        // "", "http1", "http2", "auto"
	Timeout              time.Duration // whole exchange; 0 is Options.Timeout
}

// A Body can be read again for each hop.
type Body struct {
	Len  int64 // -1 unknown: sent chunked
	Open func() (io.ReadCloser, error)
}

// BytesBody is a Body held in memory.
func BytesBody(b []byte) *Body { panic("todo") }

// Options configure a Client; the zero value is usable.
type Options struct {
	Timeout         time.Duration // per request: connect, send, headers and body
	Insecure        bool
	RootCAs         *x509.CertPool // nil: the system's
	Certificates    []ClientCert
	MinTLS, MaxTLS  uint16
	Proxy           func(*URL) (*URL, error) // nil: none
	Jar             *Jar                     // nil: a new one
	MaxResponseSize int64                    // decoded bytes; 0 is 50 MiB, <0 none
	MaxHeaderSize   int64                    // 0 is 1 MiB
	ConnectTo       []ConnectTo
	Resolve         []Resolve
	UnixSocket      string
	DialContext     func(ctx context.Context, network, addr string) (net.Conn, error) // nil: net.Dialer
	TLSConfig       *tls.Config                                                       // base, cloned; nil: empty
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
}

// A Client sends requests, one at a time or concurrently, over kept-alive
// connections. Close ends them.
type Client struct{}

func New(o Options) (*Client, error) { panic("todo") }

// Do sends r and follows redirects. On error the Exchange still holds the
// hops that were made; the error is an *Error.
func (c *Client) Do(ctx context.Context, r *Request) (*Exchange, error) { panic("todo") }

func (c *Client) Jar() *Jar    { panic("todo") }
func (c *Client) Close() error { panic("todo") }

// An Exchange is a request with its answer. The last hop's response is
// Response.
type Exchange struct {
	Hops     []Hop
	Response *Response
	Dropped  []string // what a cross-origin redirect dropped, for warnings
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
// phase did not happen (a reused connection, no TLS).
type Timings struct {
	Start                                               time.Time
	Wait, DNS, Connect, TLS, FirstByte, Download, Total time.Duration
}

// An ErrorKind classifies failures; the runner words them as node does.
type ErrorKind string

const (
	ErrURL            ErrorKind = "url"      // not a URL that can be sent to
	ErrProtocol       ErrorKind = "protocol" // scheme other than http, https
	ErrHeader         ErrorKind = "header"   // invalid header name or value; Detail names it
	ErrMethod         ErrorKind = "method"
	ErrDNS            ErrorKind = "dns"
	ErrConnect        ErrorKind = "connect"
	ErrTLS            ErrorKind = "tls"
	ErrReset          ErrorKind = "reset" // closed before or during the response
	ErrTimeout        ErrorKind = "timeout"
	ErrConnectTimeout ErrorKind = "connect timeout"
	ErrRedirects      ErrorKind = "redirects"
	ErrTooLarge       ErrorKind = "too large"
	ErrMalformed      ErrorKind = "malformed" // response that is not HTTP
	ErrTruncated      ErrorKind = "truncated"
	ErrDecode         ErrorKind = "decode"
	ErrProxy          ErrorKind = "proxy"
	ErrBody           ErrorKind = "body" // the request body could not be read
	ErrCanceled       ErrorKind = "canceled"
)

// An Error is a failed exchange.
type Error struct {
	Kind   ErrorKind
	Host   string // host or address concerned
	Addr   string // ip
	Port   int
	Detail string
	Err    error
}

func (e *Error) Error() string { panic("todo") }
func (e *Error) Unwrap() error { return e.Err }

// A Cookie is one jar entry.
type Cookie struct {
	Name, Value, Domain, Path  string
	Expires                    time.Time // zero: session
	Secure, HTTPOnly, HostOnly bool
	PathDefault                bool
	SameSite                   string
	Created, Accessed          time.Time
}

// A Jar keeps cookies as Postman's (tough-cookie, loose mode) does. It is
// safe for concurrent use.
type Jar struct{}

func NewJar() *Jar { panic("todo") }

func (j *Jar) SetCookies(u *URL, lines []string)        { panic("todo") }
func (j *Jar) Set(u *URL, line string) (*Cookie, error) { panic("todo") }
func (j *Jar) Cookies(u *URL) []Cookie                  { panic("todo") }
func (j *Jar) Remove(u *URL, name string)               { panic("todo") }
func (j *Jar) Clear(u *URL)                             { panic("todo") }
func (j *Jar) MarshalJSON() ([]byte, error)             { panic("todo") }
func (j *Jar) UnmarshalJSON([]byte) error               { panic("todo") }
