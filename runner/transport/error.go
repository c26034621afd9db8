package transport

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"syscall"
)

// An ErrorKind classifies failures; Node words them as node does.
type ErrorKind string

// The kinds of failures.
const (
	ErrURL            ErrorKind = "url"      // not a URL that can be sent to
	ErrPath           ErrorKind = "path"     // a target HTTP cannot carry
	ErrProtocol       ErrorKind = "protocol" // scheme other than http, https
	ErrHeader         ErrorKind = "header"   // invalid header name or value; Detail names it
	ErrHost           ErrorKind = "host"     // more than one Host line
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
	ErrHTTP2          ErrorKind = "http2"
	ErrRefused        ErrorKind = "refused" // a redirect to where none should lead
	ErrDecode         ErrorKind = "decode"
	ErrProxy          ErrorKind = "proxy"
	ErrTunnel         ErrorKind = "tunnel" // the proxy leads to no server
	ErrBody           ErrorKind = "body"   // the request body could not be read
	ErrCanceled       ErrorKind = "canceled"
)

// An Error is a failed exchange.
type Error struct {
	Kind   ErrorKind
	Host   string // host or address concerned
	Addr   string // ip
	Port   int
	Detail string
	Proxy  string // host and port of the proxy that was the trouble
	Came   string // of a body that broke off, how much came: "3 of 10 bytes came"
	Err    error

	Redirected bool // the URL came from a redirect
}

// Error implements error.
func (e *Error) Error() string {
	message, _, _, _ := e.Node()
	return message
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Node words the failure as newman's users know it from node.
func (e *Error) Node() (message, code, call string, errno int) {
	w := e.words()
	if e.Came != "" {
		w.text += ": " + e.Came
	}
	return w.text, w.code, w.call, w.errno
}

// words are what node says of a failure.
type words struct {
	text       string // %s and %q stand for the Detail
	code, call string
	errno      int
}

// nodeWords are those of the kinds that have the same for all failures.
var nodeWords = map[ErrorKind]words{
	ErrPath:           {text: "Request path contains unescaped characters", code: "ERR_UNESCAPED_CHARACTERS"},
	ErrHost:           {text: `The "options.headers.host" property must be of type string. Received an instance of Array`, code: "ERR_INVALID_ARG_TYPE"},
	ErrProtocol:       {text: "Invalid protocol: %s:"},
	ErrMethod:         {text: "Method must be a valid HTTP token [%q]", code: "ERR_INVALID_HTTP_TOKEN"},
	ErrTimeout:        {text: "ESOCKETTIMEDOUT", code: "ESOCKETTIMEDOUT"},
	ErrConnectTimeout: {text: "ETIMEDOUT", code: "ETIMEDOUT"},
	ErrRedirects:      {text: "Exceeded maxRedirects. Probably stuck in a redirect loop %s"},
	ErrTruncated:      {text: "aborted", code: "ECONNRESET"},
	ErrTooLarge:       {text: "the response is larger than %s"},
}

func (e *Error) words() words {
	if w, ok := nodeWords[e.Kind]; ok {
		if strings.Contains(w.text, "%") {
			w.text = fmt.Sprintf(w.text, e.Detail)
		}
		return w
	}
	switch e.Kind {
	case ErrURL:
		return e.url()
	case ErrHeader:
		return e.header()
	case ErrDNS:
		return e.dns()
	case ErrConnect:
		return e.connect()
	case ErrReset:
		return e.reset()
	case ErrTLS:
		return e.tls()
	case ErrMalformed:
		return words{text: "Parse Error: " + e.Detail, code: parseCode(e.Detail)}
	case ErrDecode:
		return e.decode()
	case ErrHTTP2:
		return words{text: e.plain(), code: "ERR_HTTP2_ERROR"}
	case ErrTunnel:
		return words{text: e.plain(), code: "ECONNRESET"}
	}
	return words{text: e.plain()}
}

func (e *Error) url() words {
	if e.Host != "" {
		return words{text: fmt.Sprintf("Port should be >= 0 and < 65536. Received type string ('%s').", e.Detail), code: "ERR_SOCKET_BAD_PORT"}
	}
	w := words{text: fmt.Sprintf("Invalid URI %q", e.Detail)}
	if e.Redirected {
		w.text += ". This can be caused by a crappy redirection."
	}
	return w
}

func (e *Error) header() words {
	if e.Err != nil {
		return words{text: fmt.Sprintf("Invalid character in header content [%q]", e.Detail), code: "ERR_INVALID_CHAR"}
	}
	return words{text: fmt.Sprintf("Header name must be a valid HTTP token [%q]", e.Detail), code: "ERR_INVALID_HTTP_TOKEN"}
}

func (e *Error) dns() words {
	if e.Detail == "EAI_AGAIN" {
		return words{"getaddrinfo EAI_AGAIN " + e.Host, "EAI_AGAIN", "getaddrinfo", -3001}
	}
	return words{"getaddrinfo ENOTFOUND " + e.Host, "ENOTFOUND", "getaddrinfo", -3008}
}

func (e *Error) reset() words {
	if errors.Is(e.Err, syscall.ECONNRESET) {
		return words{"read ECONNRESET", "ECONNRESET", "read", -104}
	}
	return words{text: "socket hang up", code: "ECONNRESET"}
}

// decode words what is wrong with an encoded body as zlib does.
func (e *Error) decode() words {
	if errors.Is(e.Err, io.ErrUnexpectedEOF) {
		return words{text: "unexpected end of file", code: "Z_BUF_ERROR", errno: -5}
	}
	return words{text: e.plain(), code: "Z_DATA_ERROR", errno: -3}
}

// parseCode is the code node's parser gives for a text.
func parseCode(detail string) string {
	for _, c := range []struct{ part, code string }{
		{"Expected HTTP/", "HPE_INVALID_CONSTANT"}, {"HTTP version", "HPE_INVALID_VERSION"}, {"status", "HPE_INVALID_STATUS"},
		{"Duplicate Content-Length", "HPE_UNEXPECTED_CONTENT_LENGTH"}, {"Transfer-Encoding", "HPE_INVALID_TRANSFER_ENCODING"},
		{"Content-Length", "HPE_INVALID_CONTENT_LENGTH"}, {"LF after chunk", "HPE_STRICT"}, {"hunk size", "HPE_INVALID_CHUNK_SIZE"},
		{"header", "HPE_INVALID_HEADER_TOKEN"},
	} {
		if strings.Contains(detail, c.part) {
			return c.code
		}
	}
	return "HPE_USER"
}

func (e *Error) plain() string {
	text := e.Detail
	if e.Err != nil {
		if text != "" {
			text += ": "
		}
		text += e.Err.Error()
	}
	if text == "" {
		return string(e.Kind)
	}
	return text
}

// connectErrors are the names of what fails a connection. Where node knows it
// at once it adds the address it would have come from, which is not set yet.
var connectErrors = []struct {
	err    syscall.Errno
	code   string
	atOnce bool
}{
	{syscall.ECONNREFUSED, "ECONNREFUSED", false},
	{syscall.ETIMEDOUT, "ETIMEDOUT", false},
	{syscall.EHOSTUNREACH, "EHOSTUNREACH", false},
	{syscall.ECONNRESET, "ECONNRESET", false},
	{syscall.ENOENT, "ENOENT", false},
	{syscall.ENETUNREACH, "ENETUNREACH", true},
	{syscall.ENETDOWN, "ENETDOWN", true},
	{syscall.EADDRNOTAVAIL, "EADDRNOTAVAIL", true},
	{syscall.EAFNOSUPPORT, "EAFNOSUPPORT", true},
	{syscall.EACCES, "EACCES", true},
	{syscall.EPERM, "EPERM", true},
	{syscall.EINVAL, "EINVAL", true},
}

func (e *Error) connect() words {
	w := words{code: "ECONNREFUSED", call: "connect", errno: -int(syscall.ECONNREFUSED)}
	where, from := cmp.Or(e.Addr, e.Host), ""
	if e.Port != 0 {
		where += ":" + itoa(e.Port)
	}
	for _, c := range connectErrors {
		if !errors.Is(e.Err, c.err) {
			continue
		}
		w.code, w.errno = c.code, -int(c.err)
		if c.atOnce && e.Port != 0 {
			from = " - Local (" + unset(e.Addr) + ":0)"
		}
		break
	}
	w.text = "connect " + w.code + " " + where + from
	return w
}

// unset is the address of a socket that has none yet.
func unset(addr string) string {
	if a, err := netip.ParseAddr(addr); err == nil && a.Is6() {
		return "::"
	}
	return "0.0.0.0"
}

// tls words certificate problems as OpenSSL's verifier does.
func (e *Error) tls() words {
	var unknown x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	var host x509.HostnameError
	var cv *tls.CertificateVerificationError
	switch {
	case errors.As(e.Err, &host):
		return words{text: hostMismatch(host), code: "ERR_TLS_CERT_ALTNAME_INVALID"}
	case errors.As(e.Err, &invalid) && invalid.Reason == x509.Expired:
		if strings.Contains(invalid.Detail, "before") {
			return words{text: "certificate is not yet valid", code: "CERT_NOT_YET_VALID"}
		}
		return words{text: "certificate has expired", code: "CERT_HAS_EXPIRED"}
	case errors.As(e.Err, &unknown):
		if errors.As(e.Err, &cv) && len(cv.UnverifiedCertificates) > 0 {
			return untrusted(cv.UnverifiedCertificates)
		}
		return words{text: "unable to verify the first certificate", code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE"}
	}
	if e.Detail != "" && e.Err != nil {
		return words{text: e.plain()}
	}
	if e.Err == nil {
		return words{text: e.Detail, code: "ERR_SSL_" + strings.ToUpper(strings.ReplaceAll(e.Detail, " ", "_"))}
	}
	return e.handshake()
}

// handshake words a broken TLS handshake in one line.
func (e *Error) handshake() words {
	var record tls.RecordHeaderError
	var alert tls.AlertError
	var remote *net.OpError
	switch {
	case errors.Is(e.Err, syscall.ECONNRESET):
		return words{"read ECONNRESET", "ECONNRESET", "read", -104}
	case errors.Is(e.Err, io.EOF), errors.Is(e.Err, io.ErrUnexpectedEOF):
		return words{text: "Client network socket disconnected before secure TLS connection was established", code: "ECONNRESET"}
	case errors.As(e.Err, &record):
		return words{"write EPROTO: wrong version number: the server does not speak TLS on this port", "EPROTO", "write", -71}
	case errors.As(e.Err, &alert), errors.As(e.Err, &remote) && remote.Op == "remote error":
		text := strings.TrimPrefix(strings.TrimPrefix(e.Err.Error(), "remote error: "), "tls: ")
		return words{"write EPROTO: the server refused the handshake: " + text, "EPROTO", "write", -71}
	}
	return words{"write EPROTO: " + strings.TrimPrefix(e.Err.Error(), "tls: "), "EPROTO", "write", -71}
}

func untrusted(chain []*x509.Certificate) words {
	last := chain[len(chain)-1]
	if last.Subject.String() != last.Issuer.String() {
		return words{text: "unable to verify the first certificate", code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE"}
	}
	if len(chain) == 1 {
		return words{text: "self-signed certificate", code: "DEPTH_ZERO_SELF_SIGNED_CERT"}
	}
	return words{text: "self-signed certificate in certificate chain", code: "SELF_SIGNED_CERT_IN_CHAIN"}
}

func hostMismatch(h x509.HostnameError) string {
	var names, addrs []string
	for _, ip := range h.Certificate.IPAddresses {
		names = append(names, "IP Address:"+ip.String())
		addrs = append(addrs, ip.String())
	}
	for _, n := range h.Certificate.DNSNames {
		names = append(names, "DNS:"+n)
	}
	what := "Host: " + h.Host + ". is not in the cert's altnames: " + strings.Join(names, ", ")
	switch {
	case net.ParseIP(h.Host) != nil:
		what = "IP: " + h.Host + " is not in the cert's list: " + strings.Join(addrs, ", ")
	case len(names) == 0:
		what = "Host: " + h.Host + ". is not cert's CN: " + cmp.Or(h.Certificate.Subject.CommonName, "none")
	}
	return "Hostname/IP does not match certificate's altnames: " + what
}

// dialError words a failed connection.
func dialError(ctx context.Context, u *URL, err error) *Error {
	port, _ := strconv.Atoi(u.port())
	e := &Error{Kind: ErrConnect, Host: u.Host, Port: port, Err: err}
	var dns *net.DNSError
	var op *net.OpError
	switch {
	case ctx.Err() != nil:
		return ctxError(ctx, ErrConnectTimeout, err)
	case errors.As(err, &dns):
		e.Kind = ErrDNS
		if dns.IsTemporary && !dns.IsNotFound {
			e.Detail = "EAI_AGAIN"
		}
	case errors.As(err, &op) && op.Addr != nil:
		if host, p, err := net.SplitHostPort(op.Addr.String()); err == nil {
			e.Addr = host
			e.Port, _ = strconv.Atoi(p)
		}
	}
	return e
}

// errTooSlow is the cause of a request's own deadline.
var errTooSlow = errors.New("request timed out")

// ctxError is a timeout for a request's own deadline, else a cancellation.
func ctxError(ctx context.Context, timeout ErrorKind, err error) *Error {
	if errors.Is(context.Cause(ctx), errTooSlow) {
		return &Error{Kind: timeout, Err: err}
	}
	return &Error{Kind: ErrCanceled, Err: context.Cause(ctx)}
}
