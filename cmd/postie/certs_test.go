package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/youmark/pkcs8"
	"software.sslmate.com/src/go-pkcs12"

	"postie/runner/runnertest"
)

// pki writes a server's CA and a client's certificate in every form.
type pki struct {
	dir    string
	server tls.Certificate
	client *x509.Certificate
}

func newPKI(t *testing.T) *pki {
	t.Helper()
	p := &pki{dir: t.TempDir()}
	key, cert := selfSigned(t, "server")
	p.server = tls.Certificate{Certificate: [][]byte{cert.Raw}, PrivateKey: key}
	p.pem(t, "ca.pem", "CERTIFICATE", cert.Raw)
	key, p.client = selfSigned(t, "me")
	p.pem(t, "client.pem", "CERTIFICATE", p.client.Raw)
	der, err := x509.MarshalECPrivateKey(key)
	p.check(t, err)
	p.pem(t, "client.key", "EC PRIVATE KEY", der)
	block, err := x509.EncryptPEMBlock(rand.Reader, "EC PRIVATE KEY", der, []byte("pass"), x509.PEMCipherAES256) //nolint:staticcheck // the format users have
	p.check(t, err)
	p.file(t, "old.key", pem.EncodeToMemory(block))
	der, err = pkcs8.MarshalPrivateKey(key, []byte("pass"), nil)
	p.check(t, err)
	p.pem(t, "new.key", "ENCRYPTED PRIVATE KEY", der)
	p12, err := pkcs12.Modern.Encode(key, p.client, nil, "pass")
	p.check(t, err)
	p.file(t, "client.p12", p12)
	other, _ := selfSigned(t, "other")
	der, err = x509.MarshalECPrivateKey(other)
	p.check(t, err)
	p.pem(t, "other.key", "EC PRIVATE KEY", der)
	p.file(t, "junk.pem", []byte("junk"))
	return p
}

func selfSigned(t *testing.T, name string) (*ecdsa.PrivateKey, *x509.Certificate) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{"localhost"}, IsCA: true,
		BasicConstraintsValid: true, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return key, cert
}

func (p *pki) check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (p *pki) file(t *testing.T, name string, data []byte) {
	t.Helper()
	p.check(t, os.WriteFile(p.path(name), data, 0o600))
}

func (p *pki) pem(t *testing.T, name, kind string, der []byte) {
	t.Helper()
	p.file(t, name, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

func (p *pki) path(name string) string { return filepath.Join(p.dir, name) }

// serve answers with the name of the client's certificate.
func (p *pki) serve(t *testing.T) string {
	t.Helper()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who := "nobody"
		if len(r.TLS.PeerCertificates) > 0 {
			who = r.TLS.PeerCertificates[0].Subject.CommonName
		}
		w.Header().Set("X-Who", who)
		_, _ = io.WriteString(w, "hello "+who) // the client is the test
	}))
	s.TLS = &tls.Config{Certificates: []tls.Certificate{p.server}, ClientAuth: tls.RequestClientCert}
	s.StartTLS()
	t.Cleanup(s.Close)
	return strings.Replace(s.URL, "127.0.0.1", "localhost", 1)
}

func TestPromise_47_ClientCertificates(t *testing.T) {
	t.Parallel()
	p := newPKI(t)
	url := p.serve(t)
	none := runnertest.Serve(t, nil)
	list := func(entry string) []string {
		p := filepath.Join(t.TempDir(), "list.json")
		write(t, p, entry)
		return []string{"--ssl-client-cert-list", p}
	}
	flags := func(cert, key, pass string) []string {
		out := []string{"--ssl-client-cert", p.path(cert)}
		if key != "" {
			out = append(out, "--ssl-client-key", p.path(key))
		}
		if pass != "" {
			out = append(out, "--ssl-client-passphrase", pass)
		}
		return out
	}
	entry := func(match string, files map[string]string, pass string) string {
		m := map[string]any{"name": "e", "matches": []string{match}, "passphrase": pass}
		for kind, f := range files {
			m[kind] = map[string]string{"src": p.path(f)}
		}
		b, _ := json.Marshal([]any{m})
		return string(b)
	}
	host := strings.TrimPrefix(url, "https://")
	for name, c := range map[string]struct {
		args []string
		code int
		want string
	}{
		"none":             {nil, 0, "hello nobody"},
		"PEM":              {flags("client.pem", "client.key", ""), 0, "hello me"},
		"encrypted PEM":    {flags("client.pem", "old.key", "pass"), 0, "hello me"},
		"encrypted PKCS#8": {flags("client.pem", "new.key", "pass"), 0, "hello me"},
		"PKCS#12":          {flags("client.p12", "", "pass"), 0, "hello me"},
		"wrong passphrase": {flags("client.pem", "old.key", "wr0ng"), 1, "wrong passphrase"},
		"no passphrase":    {flags("client.pem", "new.key", ""), 1, "wrong passphrase"},
		"wrong for PKCS12": {flags("client.p12", "", "wr0ng"), 1, "wrong passphrase (mac verify failure)"},
		"key mismatch":     {flags("client.pem", "other.key", ""), 1, "private key does not match public key"},
		"junk":             {flags("junk.pem", "", ""), 1, "not a PKCS#12 file"},
		"missing":          {flags("gone.pem", "client.key", ""), 0, `certificate "cert" load error:  ENOENT`},
		"list":             {list(entry("https://"+host+"/*", map[string]string{"pfx": "client.p12"}, "pass")), 0, "hello me"},
		"list, elsewhere":  {list(entry("https://other/*", map[string]string{"pfx": "junk.pem"}, "")), 0, "hello nobody"},
		"list, objects":    {list(strings.Replace(entry("X", map[string]string{"cert": "client.pem", "key": "client.key"}, ""), `"X"`, `{"pattern":"https://`+host+`/*"}`, 1)), 0, "hello me"},
		"list, no list":    {list(`{"name":"x"}`), 3, "expected ssl client certificates list to be an array"},
		"list, no JSON":    {list(`[`), 3, "does not contain valid JSON data"},
		"list, gone":       {[]string{"--ssl-client-cert-list", p.path("gone.json")}, 3, "unable to read the ssl client certificates file"},
	} {
		args := append([]string{"--ssl-extra-ca-certs", p.path("ca.pem"), "--verbose"}, c.args...)
		code, printed, _ := runItem(t, none, t.TempDir(), `{"name":"c","request":"`+url+`/"}`, args...)
		if code != c.code || !strings.Contains(printed, c.want) || strings.Contains(printed, "wr0ng") {
			t.Errorf("%s: exit %d\n%s", name, code, printed)
		}
	}
	for name, c := range map[string]struct {
		args []string
		code int
		want string
	}{
		"unknown CA": {nil, 1, "self-signed certificate"},
		"-k":         {[]string{"-k"}, 0, ""},
		"junk CA":    {[]string{"--ssl-extra-ca-certs", p.path("junk.pem")}, 3, "holds no PEM certificate"},
		"no CA file": {[]string{"--ssl-extra-ca-certs", p.path("gone.pem")}, 3, "no such file"},
		"TLS 1.3":    {[]string{"-k", "--tls-min", "1.3"}, 0, ""},
	} {
		code, printed, _ := runItem(t, none, t.TempDir(), `{"name":"c","request":"`+url+`/"}`, c.args...)
		if code != c.code || !strings.Contains(printed, c.want) {
			t.Errorf("%s: exit %d\n%s", name, code, printed)
		}
	}
}
