package documents

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"syscall"
	"time"

	"postie/collections/regex"
)

// fetchTimeout bounds the reading of an address.
const fetchTimeout = 2 * time.Minute

var postmanUID = regex.Lazy(`(?i)^[0-9A-Z]+-[0-9A-F]{8}-([0-9A-F]{4}-){3}[0-9A-F]{12}$`)

// isUID reports whether a source is the id of a document that Postman keeps:
// only when there is a key, and when no file has that name.
func (l *Loader) isUID(source, kind string) bool {
	return l.APIKey != "" && (kind == Collection || kind == Environment) && postmanUID().MatchString(source)
}

// fetch reads a document from an address; Postman's API gets its key as a
// header.
func (l *Loader) fetch(ctx context.Context, source, kind string) ([]byte, error) {
	fail := func(err error) error { return &Error{Kind: kind, Source: Shown(source), Err: err} }
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, source, nil)
	if err != nil {
		return nil, fail(errors.New("not a URL"))
	}
	req.Header.Set("Accept", "application/json")
	if l.UserAgent != "" {
		req.Header.Set("User-Agent", l.UserAgent)
	}
	l.postmanKey(req)
	resp, err := l.client(req).Do(req)
	if err != nil {
		var ue *url.Error // names the address with all that is in it
		if errors.As(err, &ue) {
			err = ue.Err
		}
		return nil, unreachable(ctx, req.URL, kind, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fail(fmt.Errorf("the server answered %s", resp.Status))
	}
	return readAll(resp.Body, source, kind)
}

// unreachable is the error of an address that gave no answer. What the resolver
// and the system say of it is of no use to the reader.
func unreachable(ctx context.Context, u *url.URL, kind string, err error) error {
	e := &Error{Kind: kind, Source: Shown(u.String()), Err: err}
	var dns *net.DNSError
	var op *net.OpError
	var cert *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	why := ""
	switch {
	case errors.As(err, &dns):
		why = "no such host"
		if !dns.IsNotFound {
			why = "its name cannot be looked up"
		}
	case errors.Is(err, syscall.ECONNREFUSED):
		why = "nothing listens there"
	case errors.As(err, &cert):
		why, e.Hint = cert.Err.Error(), "-k trusts any certificate"
	case errors.As(err, &record):
		why, e.Hint = "the server does not speak TLS here", "use http://"
	case ctx.Err() != nil || errors.Is(err, os.ErrDeadlineExceeded):
		why = "it does not answer"
	case errors.As(err, &op):
		why = op.Err.Error()
	default:
		return e
	}
	e.Err = fmt.Errorf("cannot reach %s: %s", u.Host, why)
	return e
}

// client is one for a request. One with Postman's key goes to a server that is
// known to be Postman's, whatever Insecure says.
func (l *Loader) client(req *http.Request) *http.Client {
	t := http.DefaultTransport.(*http.Transport).Clone()
	unknown := l.Insecure && req.Header.Get("X-Api-Key") == ""
	t.TLSClientConfig = &tls.Config{InsecureSkipVerify: unknown} //nolint:gosec // the caller asks for it
	c := &http.Client{Transport: t, CheckRedirect: keepKey}
	if l.Transport != nil {
		c.Transport = l.Transport
	}
	return c
}

// keepKey follows redirects; Postman's key goes nowhere but where it was sent.
func keepKey(req *http.Request, via []*http.Request) error {
	if len(via) >= 10 {
		return errors.New("stopped after 10 redirects")
	}
	if from := via[0].URL; req.URL.Scheme != from.Scheme || req.URL.Host != from.Host {
		req.Header.Del("X-Api-Key")
	}
	return nil
}

// postmanKey moves the key to a header, and out of the URL.
func (l *Loader) postmanKey(req *http.Request) {
	host := req.URL.Hostname()
	if host != "api.postman.com" && host != "api.getpostman.com" {
		return
	}
	q := req.URL.Query()
	key := q.Get("apikey")
	q.Del("apikey")
	req.URL.RawQuery = q.Encode()
	if key == "" {
		key = l.APIKey
	}
	if key != "" {
		req.Header.Set("X-Api-Key", key)
	}
}
