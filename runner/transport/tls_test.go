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
		"keywords":     {Options{MaxTLS: tls.VersionTLS12}, nil, []string{"DEFAULT", "!aRSA"}, "TLS 1.2"},
		"of TLS 1.3":   {Options{}, nil, []string{"TLS_AES_128_GCM_SHA256"}, "TLS 1.3"},
		"1.3 disabled": {Options{}, []string{"TLSv1_3"}, []string{"TLS_AES_128_GCM_SHA256"}, "error: no cipher match"},
		"none fits":    {Options{MaxTLS: tls.VersionTLS12}, nil, []string{"kRSA"}, "error: write EPROTO: the server refused the handshake: handshake failure"},
	} {
		c.opts.RootCAs = ca.pool
		r := get(t, "https://"+s.addr+"/")
		r.TLSVersions, r.TLSCiphers = c.disabled, c.ciphers
		if got := text(do(t, newClient(t, c.opts), r)); got != c.want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// What the options' own TLS configuration sets holds.
func TestOwnTLSConfig(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	cfg := serverTLS(ca.issue(func(c *x509.Certificate) { c.DNSNames, c.IPAddresses = []string{"am.example"}, nil }))
	cfg.ClientAuth = tls.RequestClientCert
	s := serveRaw(t, cfg, func(c *call) bool {
		state := c.Conn.(*tls.Conn).ConnectionState()
		who := ""
		if len(state.PeerCertificates) > 0 {
			who = " " + state.PeerCertificates[0].Subject.CommonName
		}
		c.say(ok(tls.VersionName(state.Version) + " " + tls.CipherSuiteName(state.CipherSuite)[:9] + who))
		return true
	})
	me := ca.issue(func(c *x509.Certificate) { c.Subject.CommonName = "me" })
	no := false
	for name, c := range map[string]struct {
		opts   Options
		strict *bool
		want   string
	}{
		"its own":         {Options{TLSConfig: &tls.Config{RootCAs: ca.pool, ServerName: "am.example", Certificates: []tls.Certificate{me}}}, nil, "TLS 1.3 TLS_AES_1 me"},
		"version":         {Options{TLSConfig: &tls.Config{RootCAs: ca.pool, ServerName: "am.example", MaxVersion: tls.VersionTLS12}}, nil, "TLS 1.2 TLS_ECDHE"},
		"suites":          {Options{TLSConfig: &tls.Config{RootCAs: ca.pool, ServerName: "am.example", MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA}}}, nil, "error: "},
		"unverified":      {Options{TLSConfig: &tls.Config{InsecureSkipVerify: true}}, nil, "TLS 1.3 TLS_AES_1"},
		"the profile's":   {Options{TLSConfig: &tls.Config{InsecureSkipVerify: true}}, &no, "error: "},
		"options go over": {Options{RootCAs: newAuthority(t).pool, TLSConfig: &tls.Config{RootCAs: ca.pool, ServerName: "am.example"}}, nil, "error: "},
		"name":            {Options{TLSConfig: &tls.Config{RootCAs: ca.pool}}, nil, "error: "},
	} {
		r := get(t, "https://"+s.addr+"/")
		r.Insecure = c.strict
		if got := text(do(t, newClient(t, c.opts), r)); !strings.HasPrefix(got, c.want) || c.want != "error: " && got != c.want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// Lists in OpenSSL's language, and how many of the suites that Go knows they
// choose; OpenSSL 3.0 counts the same.
func TestCipherLists(t *testing.T) {
	t.Parallel()
	for list, want := range map[string]int{
		"DEFAULT": 17, "ALL": 17, "HIGH": 17, "MEDIUM": 0, "LOW": 0, "EXPORT": 0, "COMPLEMENTOFDEFAULT": 0, "RC4": 0, "3DES": 0,
		"AES": 15, "aRSA": 11, "kRSA": 5, "RSA": 5, "ECDHE": 12, "EECDH": 12, "kEECDH": 12, "ECDH": 12, "ECDSA": 6, "AESGCM": 6,
		"AES128": 9, "AES256": 6, "SHA": 6, "SHA1": 6, "SHA256": 3, "SHA384": 0, "TLSv1": 4, "TLSv1.0": 4, "TLSv1.2": 11, "SSLv3": 2,
		"CHACHA20": 2, "AESCCM": 0, "DHE": 0, "aNULL": 0, "eNULL": 0, "PSK": 0, "SUITEB128": 2, "SUITEB128ONLY": 1, "SUITEB192": 1,
		"CBC": 9, "FIPS": 15, "AEAD": 0, "DSS": 0, "@STRENGTH": 0, "HIGH:@STRENGTH": 17, "ALL:@SECLEVEL=0": 17, "DEFAULT@SECLEVEL=0": 17, "HIGH:!aNULL:!MD5": 17,
		"ECDHE+AESGCM": 4, "ECDHE+nope": 0, "AES128-SHA": 1, "nope": 0, "nope:HIGH": 17, "!HIGH": 0, "!SHA1:HIGH": 11, "HIGH:-AES256:+SHA1": 11,
		"HIGH:!SHA1:SHA1": 11, "HIGH:-SHA1:SHA1": 17, "ECDHE+AESGCM:ECDHE+CHACHA20:!DSS": 6, "high": 0, "default": 0, "ECDHE AES128,AES256;SHA": 17,
		"ECDHE-RSA-AES128-GCM-SHA256": 1, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256": 1, "TLS_AES_128_GCM_SHA256": 0, "DES-CBC3-SHA": 1, "": 0,
	} {
		got, _ := cipherSuites([]string{list})
		known := tls13Less(got)
		if known != want {
			t.Errorf("%q: %d, want %d", list, known, want)
		}
	}
	// OpenSSL has other suites for some, and offers those of TLS 1.3 beside them.
	for list, want := range map[string]bool{
		"TLS_AES_128_GCM_SHA256": true, "DHE": true, "EDH": true, "PSK": true, "aNULL": true, "CAMELLIA": true, "ARIA256": true, "AESCCM8": true, "DHE+AESGCM": true,
		"DHE-RSA-AES256-GCM-SHA384": true, "ECDHE-ECDSA-AES128-CCM": true, "ECDHE-ARIA128-GCM-SHA256": true, "CAMELLIA:nope": true,
		"PSK-AES128-GCM-SHA256": true, "DHE:AES128-SHA": false, "!DHE": false, "DHE+nope": false, "nope": false, "LOW": false, "RC4": false, "SEED": false, "aECDH": false, "FIPS": false,
	} {
		if _, only13 := cipherSuites([]string{list}); only13 != want {
			t.Errorf("%q: TLS 1.3 alone is %v", list, only13)
		}
	}
	if got, only13 := cipherSuites([]string{"TLS_AES_128_GCM_SHA256", "AES128-SHA", "ECDHE+AESGCM:!AES256"}); only13 || len(got) != 3 {
		t.Errorf("a list in parts: %v, %v", got, only13)
	}
}

// tls13Less counts suites, each once.
func tls13Less(ids []uint16) int {
	seen := map[uint16]bool{}
	for _, id := range ids {
		seen[id] = true
	}
	return len(seen)
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
		ex, err := do(t, c, get(t, "https://"+s.addr+"/"))
		if got := text(ex, err); got != want || (ex.Hops[0].Offered != nil) != (want == "me") {
			t.Errorf("%s: %s, offered %v", pattern, got, ex.Hops[0].Offered)
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
