package runner_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"math/big"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"postie/collections"
	"postie/runner"
	"postie/runner/event"
	"postie/runner/script/sandbox"
	"postie/runner/transport"
)

// Errors of requests say what helps against them.
func TestCures(t *testing.T) {
	t.Parallel()
	now := time.Now()
	expired := certificateOf(t, now.Add(-48*time.Hour), now.Add(-24*time.Hour))
	early := certificateOf(t, now.Add(24*time.Hour), now.Add(48*time.Hour))
	trusted := x509.NewCertPool()
	trusted.AddCert(expired.Leaf)
	trusted.AddCert(early.Leaf)
	selfSigned := serveTLS(t, certificateOf(t, now.Add(-time.Hour), now.Add(time.Hour)))
	plain := httptest.NewServer(nil)
	t.Cleanup(plain.Close)
	const dead = "127.0.0.1:1" // a port that was free a moment ago may be another test's now
	proxy := func(addr string) transport.ProxyChoice {
		p, err := transport.ProxyBy("http://"+addr, "")
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	wantsUser := answerRaw(t, "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n").Addr().String()
	for _, tt := range []struct {
		name, url string
		opts      transport.Options
		want      string
	}{
		{"nothing listens", "http://" + dead, transport.Options{}, "nothing listens at " + dead},
		{"self-signed", "https://" + selfSigned, transport.Options{}, "--ssl-extra-ca-certs FILE trusts its issuer, or -k"},
		{"expired", "https://" + serveTLS(t, expired), transport.Options{RootCAs: trusted},
			"it was valid until " + expired.Leaf.NotAfter.UTC().Format("2006-01-02 15:04")},
		{"not yet valid", "https://" + serveTLS(t, early), transport.Options{RootCAs: trusted},
			"it is valid from " + early.Leaf.NotBefore.UTC().Format("2006-01-02 15:04")},
		{"TLS port, alert", "http://" + answerRaw(t, "\x15\x03\x03\x00\x02\x02\x46").Addr().String(), transport.Options{},
			"the server speaks TLS here: use https://"},
		{"TLS port, alert that holds a line end", "http://" + answerRaw(t, "\x15\x03\x03\x00\x02\x02\x0a").Addr().String(), transport.Options{},
			"the server speaks TLS here: use https://"},
		{"TLS port, no answer", "http://" + answerRaw(t, "").Addr().String(), transport.Options{}, "if it speaks TLS here, use https://"},
		{"plain port", strings.Replace(plain.URL, "http:", "https:", 1), transport.Options{}, "the server speaks plain HTTP here: use http://"},
		{"no proxy", "http://127.0.0.1:2", transport.Options{Proxy: proxy(dead)}, "nothing listens at the proxy " + dead},
		{"no proxy, TLS", "https://127.0.0.1:2", transport.Options{Proxy: proxy(dead)}, "nothing listens at the proxy " + dead},
		{"proxy's user", "https://127.0.0.1:2", transport.Options{Proxy: proxy(wantsUser)}, "wants a user and a password"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := failureAt(t, tt.url, tt.opts)
			if f == nil || !strings.Contains(f.Hint, tt.want) {
				t.Errorf("got %+v, want a hint with %q", f, tt.want)
			}
		})
	}
}

// failureAt is the failure of a GET.
func failureAt(t *testing.T, url string, o transport.Options) *event.Failure {
	t.Helper()
	c, err := collections.Parse("c.json", fmt.Appendf(nil, `{"info":{"name":"c"},"item":[{"name":"r","request":%q}]}`, url))
	if err != nil {
		t.Fatal(err)
	}
	opts := runner.Options{Documents: runner.Documents{Collection: c}, Scripts: runner.Scripts{Engine: sandbox.New()}}
	opts.Network.Options = o
	res, err := runner.Run(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range res.Failures {
		return &f
	}
	return nil
}

// answerRaw answers each connection with text, and closes it.
func answerRaw(t *testing.T, text string) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var served sync.WaitGroup
	t.Cleanup(func() { l.Close(); served.Wait() })
	served.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			served.Go(func() {
				defer c.Close()
				_, _ = c.Read(make([]byte, 4096)) // a request, whatever it is
				_, _ = c.Write([]byte(text))
			})
		}
	})
	return l
}

func serveTLS(t *testing.T, cert tls.Certificate) string {
	t.Helper()
	s := httptest.NewUnstartedServer(nil)
	s.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
	s.StartTLS()
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

// certificateOf is one that signs itself.
func certificateOf(t *testing.T, from, to time.Time) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: from, NotAfter: to, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		BasicConstraintsValid: true, IsCA: true}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}
