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
	Err    error

	Redirected bool // the URL came from a redirect
}

func (e *Error) Error() string {
	message, _, _, _ := e.Node()
	return message
}

func (e *Error) Unwrap() error { return e.Err }

// Node words the failure as newman's users know it from node.
func (e *Error) Node() (message, code, call string, errno int) {
	switch e.Kind {
	case ErrURL:
		if e.Host != "" {
			return fmt.Sprintf("Port should be >= 0 and < 65536. Received type string ('%s').", e.Detail), "ERR_SOCKET_BAD_PORT", "", 0
		}
		message := fmt.Sprintf("Invalid URI %q", e.Detail)
		if e.Redirected {
			message += ". This can be caused by a crappy redirection."
		}
		return message, "", "", 0
	case ErrPath:
		return "Request path contains unescaped characters", "ERR_UNESCAPED_CHARACTERS", "", 0
	case ErrHost:
		return `The "options.headers.host" property must be of type string. Received an instance of Array`, "ERR_INVALID_ARG_TYPE", "", 0
	case ErrProtocol:
		return "Invalid protocol: " + e.Detail + ":", "", "", 0
	case ErrMethod:
		return fmt.Sprintf("Method must be a valid HTTP token [%q]", e.Detail), "ERR_INVALID_HTTP_TOKEN", "", 0
	case ErrHeader:
		if e.Err != nil {
			return fmt.Sprintf("Invalid character in header content [%q]", e.Detail), "ERR_INVALID_CHAR", "", 0
		}
		return fmt.Sprintf("Header name must be a valid HTTP token [%q]", e.Detail), "ERR_INVALID_HTTP_TOKEN", "", 0
	case ErrDNS:
		if e.Detail == "EAI_AGAIN" {
			return "getaddrinfo EAI_AGAIN " + e.Host, "EAI_AGAIN", "getaddrinfo", -3001
		}
		return "getaddrinfo ENOTFOUND " + e.Host, "ENOTFOUND", "getaddrinfo", -3008
	case ErrConnect:
		return e.connect()
	case ErrReset:
		if errors.Is(e.Err, syscall.ECONNRESET) {
			return "read ECONNRESET", "ECONNRESET", "read", -104
		}
		return "socket hang up", "ECONNRESET", "", 0
	case ErrTimeout:
		return "ESOCKETTIMEDOUT", "ESOCKETTIMEDOUT", "", 0
	case ErrConnectTimeout:
		return "ETIMEDOUT", "ETIMEDOUT", "", 0
	case ErrRedirects:
		return "Exceeded maxRedirects. Probably stuck in a redirect loop " + e.Detail, "", "", 0
	case ErrTunnel:
		return e.Detail, "ECONNRESET", "", 0
	case ErrTruncated:
		return "aborted", "ECONNRESET", "", 0
	case ErrTLS:
		return e.tls()
	case ErrTooLarge:
		return "the response is larger than " + e.Detail, "", "", 0
	case ErrMalformed:
		return "Parse Error: " + e.Detail, parseCode(e.Detail), "", 0
	case ErrDecode:
		return e.plain(), "Z_DATA_ERROR", "", -3
	case ErrHTTP2:
		return e.plain(), "ERR_HTTP2_ERROR", "", 0
	}
	return e.plain(), "", "", 0
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

func (e *Error) connect() (message, code, call string, errno int) {
	code, errno = "ECONNREFUSED", -111
	for _, c := range []struct {
		err  syscall.Errno
		code string
	}{{syscall.EHOSTUNREACH, "EHOSTUNREACH"}, {syscall.ENETUNREACH, "ENETUNREACH"}, {syscall.EACCES, "EACCES"},
		{syscall.EADDRNOTAVAIL, "EADDRNOTAVAIL"}, {syscall.ETIMEDOUT, "ETIMEDOUT"}, {syscall.ENOENT, "ENOENT"}} {
		if errors.Is(e.Err, c.err) {
			code, errno = c.code, -int(c.err)
		}
	}
	where := cmp.Or(e.Addr, e.Host)
	if e.Port != 0 {
		where += ":" + itoa(e.Port)
	}
	return "connect " + code + " " + where, code, "connect", errno
}

// tls words certificate problems as OpenSSL's verifier does.
func (e *Error) tls() (message, code, call string, errno int) {
	var unknown x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	var host x509.HostnameError
	var cv *tls.CertificateVerificationError
	switch {
	case errors.As(e.Err, &host):
		return hostMismatch(host), "ERR_TLS_CERT_ALTNAME_INVALID", "", 0
	case errors.As(e.Err, &invalid) && invalid.Reason == x509.Expired:
		if strings.Contains(invalid.Detail, "before") {
			return "certificate is not yet valid", "CERT_NOT_YET_VALID", "", 0
		}
		return "certificate has expired", "CERT_HAS_EXPIRED", "", 0
	case errors.As(e.Err, &unknown):
		if errors.As(e.Err, &cv) && len(cv.UnverifiedCertificates) > 0 {
			return untrusted(cv.UnverifiedCertificates)
		}
		return "unable to verify the first certificate", "UNABLE_TO_VERIFY_LEAF_SIGNATURE", "", 0
	}
	if e.Detail != "" && e.Err != nil {
		return e.plain(), "", "", 0
	}
	if e.Err == nil {
		return e.Detail, "ERR_SSL_" + strings.ToUpper(strings.ReplaceAll(e.Detail, " ", "_")), "", 0
	}
	return e.handshake()
}

// handshake words a broken TLS handshake in one line.
func (e *Error) handshake() (message, code, call string, errno int) {
	var record tls.RecordHeaderError
	var alert tls.AlertError
	switch {
	case errors.Is(e.Err, syscall.ECONNRESET):
		return "read ECONNRESET", "ECONNRESET", "read", -104
	case errors.Is(e.Err, io.EOF), errors.Is(e.Err, io.ErrUnexpectedEOF):
		return "Client network socket disconnected before secure TLS connection was established", "ECONNRESET", "", 0
	case errors.As(e.Err, &record):
		return "write EPROTO: wrong version number: the server does not speak TLS on this port", "EPROTO", "write", -71
	case errors.As(e.Err, &alert), strings.HasPrefix(e.Err.Error(), "remote error: "):
		text := strings.TrimPrefix(strings.TrimPrefix(e.Err.Error(), "remote error: "), "tls: ")
		return "write EPROTO: the server refused the handshake: " + text, "EPROTO", "write", -71
	}
	return "write EPROTO: " + strings.TrimPrefix(e.Err.Error(), "tls: "), "EPROTO", "write", -71
}

func untrusted(chain []*x509.Certificate) (message, code, call string, errno int) {
	last := chain[len(chain)-1]
	if last.Subject.String() != last.Issuer.String() {
		return "unable to verify the first certificate", "UNABLE_TO_VERIFY_LEAF_SIGNATURE", "", 0
	}
	if len(chain) == 1 {
		return "self-signed certificate", "DEPTH_ZERO_SELF_SIGNED_CERT", "", 0
	}
	return "self-signed certificate in certificate chain", "SELF_SIGNED_CERT_IN_CHAIN", "", 0
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

// ctxError tells a request's own deadline from a cancellation.
func ctxError(ctx context.Context, timeout ErrorKind, err error) *Error {
	if errors.Is(context.Cause(ctx), errTooSlow) {
		return &Error{Kind: timeout, Err: err}
	}
	return &Error{Kind: ErrCanceled, Err: context.Cause(ctx)}
}
