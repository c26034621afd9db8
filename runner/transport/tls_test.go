package transport

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"strings"
	"testing"
	"time"
)

func serverTLS(cert tls.Certificate) *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{cert}}
}

func TestPromise_47_TLSFailuresNameTheirCause(t *testing.T) {
	t.Parallel()
	ca, stranger := newAuthority(t), newAuthority(t)
	old := func(c *x509.Certificate) {
		c.NotBefore, c.NotAfter = time.Now().Add(-48*time.Hour), time.Now().Add(-24*time.Hour)
	}
	early := func(c *x509.Certificate) { c.NotBefore = time.Now().Add(30 * time.Minute) }
	elsewhere := func(c *x509.Certificate) { c.DNSNames, c.IPAddresses = []string{"other.example", "*.x.example"}, nil }
	self := func() tls.Certificate {
		key := newKey(t)
		tmpl := &x509.Certificate{SerialNumber: ca.cert.SerialNumber, Subject: ca.cert.Subject, NotBefore: time.Now().Add(-time.Hour),
			NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
		cert := sign(t, tmpl, tmpl, key, key)
		return tls.Certificate{Certificate: [][]byte{cert.Raw}, PrivateKey: key}
	}
	wantsCert := serverTLS(ca.issue(nil))
	wantsCert.ClientAuth = tls.RequireAnyClientCert
	wantsCert12 := wantsCert.Clone()
	wantsCert12.MaxVersion = tls.VersionTLS12
	oldTLS := serverTLS(ca.issue(nil))
	oldTLS.MinVersion, oldTLS.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	for name, c := range map[string]struct {
		server *tls.Config
		want   string
	}{
		"expired":     {serverTLS(ca.issue(old)), "certificate has expired"},
		"early":       {serverTLS(ca.issue(early)), "certificate is not yet valid"},
		"wrong host":  {serverTLS(ca.issue(elsewhere)), "Hostname/IP does not match certificate's altnames: IP: 127.0.0.1 is not in the cert's list: "},
		"self-signed": {serverTLS(self()), "self-signed certificate"},
		"unknown CA":  {serverTLS(stranger.issue(nil)), "unable to verify the first certificate"},
		"no TLS":      {nil, "write EPROTO: wrong version number: the server does not speak TLS on this port"},
		"wants cert":  {wantsCert, "certificate required"},
		"wants in 12": {wantsCert12, "the server refused the handshake: "},
		"old TLS":     {oldTLS, "protocol version"},
	} {
		s := serveRaw(t, c.server, replies(ok("fine")))
		addr := s.addr
		if c.server == nil {
			addr = serveBanner(t, "SSH-2.0-not-tls\r\n")
		}
		_, err := do(t, newClient(t, Options{RootCAs: ca.pool}), get(t, "https://"+addr+"/"))
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// serveBanner greets every connection with text.
func serveBanner(t *testing.T, text string) string {
	t.Helper()
	return serveConns(t, func(c net.Conn) { _, _ = c.Write([]byte(text)) }) // whoever is there
}

func TestInsecureAndProfile(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	s := serveRaw(t, serverTLS(ca.issue(nil)), replies(ok("fine")))
	yes, no := true, false
	for name, c := range map[string]struct {
		opts    Options
		profile *bool
		fine    bool
	}{
		"default":                   {Options{}, nil, false},
		"-k":                        {Options{Insecure: true}, nil, true},
		"extra CA":                  {Options{RootCAs: ca.pool}, nil, true},
		"profile off":               {Options{}, &yes, true},
		"profile on in spite of -k": {Options{Insecure: true}, &no, false},
	} {
		r := get(t, "https://"+s.addr+"/")
		r.Insecure = c.profile
		if _, err := do(t, newClient(t, c.opts), r); (err == nil) != c.fine {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTLSVersionsAndCiphers(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	s := serveRaw(t, serverTLS(ca.issue(nil)), func(c *call) bool {
		c.say(ok(tls.VersionName(c.Conn.(*tls.Conn).ConnectionState().Version)))
		return true
	})
	for name, c := range map[string]struct {
		opts     Options
		disabled []string
		ciphers  []string
		want     string
	}{
		"newest":       {Options{}, nil, nil, "TLS 1.3"},
		"max":          {Options{MaxTLS: tls.VersionTLS12}, nil, nil, "TLS 1.2"},
		"disabled":     {Options{}, []string{"TLSv1_3"}, nil, "TLS 1.2"},
		"all disabled": {Options{}, []string{"TLSv1_3", "TLSv1_2"}, nil, "error: no protocols available"},
		"cipher":       {Options{MaxTLS: tls.VersionTLS12}, nil, []string{"ECDHE-ECDSA-AES128-GCM-SHA256"}, "TLS 1.2"},
		"no cipher":    {Options{}, nil, []string{"NOPE"}, "error: no cipher match"},
	} {
		c.opts.RootCAs = ca.pool
		r := get(t, "https://"+s.addr+"/")
		r.TLSVersions, r.TLSCiphers = c.disabled, c.ciphers
		if got := text(do(t, newClient(t, c.opts), r)); got != c.want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestOpenSSLNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256":       "ECDHE-RSA-AES128-GCM-SHA256",
		"TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA":        "ECDHE-ECDSA-AES256-SHA",
		"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256": "ECDHE-RSA-CHACHA20-POLY1305",
		"TLS_RSA_WITH_AES_128_CBC_SHA":                "AES128-SHA",
		"TLS_RSA_WITH_AES_256_GCM_SHA384":             "AES256-GCM-SHA384",
	} {
		if got := opensslName(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

func TestClientCertificatesByHost(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	cfg := serverTLS(ca.issue(nil))
	cfg.ClientAuth = tls.RequestClientCert
	s := serveRaw(t, cfg, func(c *call) bool {
		who := "nobody"
		if peers := c.Conn.(*tls.Conn).ConnectionState().PeerCertificates; len(peers) > 0 {
			who = peers[0].Subject.CommonName
		}
		c.say(ok(who))
		return true
	})
	me := ca.issue(func(c *x509.Certificate) { c.Subject.CommonName = "me" })
	_, port, _ := net.SplitHostPort(s.addr)
	for pattern, want := range map[string]string{
		"<all_urls>":                       "me",
		"https://127.0.0.1:" + port + "/*": "me",
		"https://127.0.0.1/*":              "nobody", // the default port
		"https://other:" + port + "/*":     "nobody",
		"https://127.0.0.1:" + port + "/a": "nobody",
	} {
		c := newClient(t, Options{RootCAs: ca.pool, Certificates: []ClientCert{{Name: "c", Matches: []string{pattern}, Certificate: me}}})
		if got := text(do(t, c, get(t, "https://"+s.addr+"/"))); got != want {
			t.Errorf("%s: %s", pattern, got)
		}
	}
	missing := newClient(t, Options{RootCAs: ca.pool, Certificates: []ClientCert{{Matches: []string{"<all_urls>"}, Missing: []string{"gone"}}}})
	ex, err := do(t, missing, get(t, "https://"+s.addr+"/"))
	if got := text(ex, err); got != "nobody" || len(ex.Missing) != 1 {
		t.Errorf("missing: %s, %q", got, ex.Missing)
	}
}

func TestMatchPattern(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, url string
		want         bool
	}{
		{"https://example.com/*", "https://example.com/a/b", true},
		{"https://example.com/*", "https://www.example.com/a", false},
		{"https://*.example.com/*", "https://www.example.com/", true},
		{"https://*.example.com/*", "https://example.com/", true},
		{"https://*/*", "https://anything/", true},
		{"*://example.com:8443/*", "https://example.com:8443/", true},
		{"http+https://example.com/*", "https://example.com/", true},
		{"https://example.com/a?c/*", "https://example.com/abc/d", true},
		{"https://example.com", "https://example.com/", false},
		{"ftp://example.com/*", "https://example.com/", false},
	} {
		u, err := ParseURL(c.url, true)
		if err != nil {
			t.Fatal(err)
		}
		if got := matchPattern(c.pattern, u); got != c.want {
			t.Errorf("%s for %s: %v", c.pattern, c.url, got)
		}
	}
}
