package send

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"strconv"
	"strings"
	"syscall"

	"postie/runner/transport"
)

// cure returns advice about an error of the request to a URL, or "" when there
// is none.
func cure(e *transport.Error, url string) string {
	_, code, _, _ := e.Node()
	switch {
	case e.Proxy != "":
		return proxyCure(e, code)
	case e.Kind == transport.ErrTooLarge:
		return "raise --max-response-size"
	case code == "ECONNREFUSED":
		return "nothing listens at " + net.JoinHostPort(e.Addr, strconv.Itoa(e.Port)) + ": is the server running, and the port right?"
	case e.Kind == transport.ErrTLS:
		return certificateCure(e, code)
	case errors.Is(e, transport.ErrSpeaksTLS):
		return "the server speaks TLS here: use https://"
	case e.Kind == transport.ErrReset && strings.HasPrefix(url, "http://") && unanswered(e):
		return "the server closed the connection without an answer; if it speaks TLS here, use https://"
	}
	return ""
}

// unanswered reports whether a connection was closed before a byte arrived.
func unanswered(e *transport.Error) bool {
	return errors.Is(e.Err, io.EOF) || errors.Is(e.Err, syscall.ECONNRESET)
}

// proxyCure returns advice about a proxy that refuses the connection.
func proxyCure(e *transport.Error, code string) string {
	switch {
	case strings.HasSuffix(e.Detail, "statusCode=407"):
		return "the proxy " + e.Proxy + " wants a user and a password: --proxy http://USER:PASSWORD@" + e.Proxy
	case code == "ECONNREFUSED" || strings.Contains(e.Detail, "ECONNREFUSED"):
		return "nothing listens at the proxy " + e.Proxy + ": see --proxy and $HTTPS_PROXY; --proxy none goes without"
	}
	return "it is the proxy " + e.Proxy + " that fails: see --proxy and $HTTPS_PROXY; --proxy none goes without"
}

// certificateCure returns advice about a certificate that cannot be trusted.
func certificateCure(e *transport.Error, code string) string {
	var invalid x509.CertificateInvalidError
	hasCert := errors.As(e, &invalid) && invalid.Cert != nil
	switch code {
	case "DEPTH_ZERO_SELF_SIGNED_CERT", "SELF_SIGNED_CERT_IN_CHAIN", "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
		return "--ssl-extra-ca-certs FILE trusts its issuer, or -k trusts any certificate"
	case "ERR_TLS_CERT_ALTNAME_INVALID":
		return "the server shows the certificate of another host; -k trusts any certificate"
	case "CERT_HAS_EXPIRED":
		if hasCert {
			return "it was valid until " + day(invalid) + ": the server needs a new one; -k trusts any certificate"
		}
	case "CERT_NOT_YET_VALID":
		if hasCert {
			return "it is valid from " + invalid.Cert.NotBefore.UTC().Format(certificateDate) + ": is this machine's clock right?"
		}
	case "EPROTO":
		if errors.As(e, new(tls.RecordHeaderError)) {
			return "the server speaks plain HTTP here: use http://"
		}
	}
	return ""
}

const certificateDate = "2006-01-02 15:04 MST"

func day(c x509.CertificateInvalidError) string { return c.Cert.NotAfter.UTC().Format(certificateDate) }
