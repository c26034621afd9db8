package transport

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"slices"
	"strings"
)

// RootsWith are the system's trusted certificates and those of a PEM file.
func RootsWith(pem []byte) (*x509.CertPool, error) {
	pool, err := x509.SystemCertPool()
	if err != nil { // a system without any
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, errors.New("holds no PEM certificate")
	}
	return pool, nil
}

// tlsConfig is the TLS setting of a request, and a text that is the same for
// equal settings only.
func (c *Client) tlsConfig(r *Request, u *URL) (*tls.Config, string, error) {
	cfg := c.baseTLS(u.Host)
	if r.Insecure != nil {
		cfg.InsecureSkipVerify = *r.Insecure
	}
	ident := ""
	if cfg.InsecureSkipVerify {
		ident = "insecure"
	}
	if err := limitVersions(cfg, r.TLSVersions); err != nil {
		return nil, "", err
	}
	if err := limitCiphers(cfg, r.TLSCiphers); err != nil {
		return nil, "", err
	}
	ident += strings.Join(r.TLSVersions, ",") + strings.Join(r.TLSCiphers, ",")
	cc := c.certificate(u)
	switch {
	case cc == nil || len(cc.Missing) > 0:
	case cc.Err != nil:
		return nil, "", &Error{Kind: ErrTLS, Detail: "client certificate " + cc.Name, Err: cc.Err}
	default:
		cfg.Certificates = []tls.Certificate{cc.Certificate}
		ident += " cert " + cc.Name
	}
	return cfg, ident, nil
}

// limitCiphers leaves the suites of a list.
func limitCiphers(cfg *tls.Config, list []string) error {
	if len(list) == 0 {
		return nil
	}
	suites, only13 := cipherSuites(list)
	switch {
	case only13 && (cfg.MaxVersion == 0 || cfg.MaxVersion >= tls.VersionTLS13):
		cfg.MinVersion = tls.VersionTLS13
	case len(suites) == 0:
		return &Error{Kind: ErrTLS, Detail: "no cipher match"}
	default:
		cfg.CipherSuites = suites
	}
	return nil
}

// certificate is the first whose patterns match u; nil for none.
func (c *Client) certificate(u *URL) *ClientCert {
	for i := range c.opts.Certificates {
		if cc := &c.opts.Certificates[i]; u.Scheme == "https" && cc.matches(u) {
			return cc
		}
	}
	return nil
}

// baseTLS is what the options say for every connection to a host. What
// Options.TLSConfig sets itself holds, where the options do not say otherwise.
func (c *Client) baseTLS(host string) *tls.Config {
	cfg := &tls.Config{}
	if c.opts.TLSConfig != nil {
		cfg = c.opts.TLSConfig.Clone()
	}
	if cfg.ServerName == "" {
		cfg.ServerName = host
	}
	if c.opts.RootCAs != nil {
		cfg.RootCAs = c.opts.RootCAs
	}
	cfg.InsecureSkipVerify = cfg.InsecureSkipVerify || c.opts.Insecure
	cfg.MinVersion, cfg.MaxVersion = cmp.Or(c.opts.MinTLS, cfg.MinVersion), cmp.Or(c.opts.MaxTLS, cfg.MaxVersion)
	if cfg.MinVersion == 0 && cfg.MaxVersion != 0 {
		cfg.MinVersion = min(cfg.MaxVersion, tls.VersionTLS12)
	}
	if cfg.CipherSuites == nil {
		cfg.CipherSuites = defaultSuites()
	}
	if cfg.Renegotiation == tls.RenegotiateNever {
		// Servers of the kind gateways talk to still ask for it.
		cfg.Renegotiation = tls.RenegotiateOnceAsClient
	}
	return cfg
}

func (c *Client) proxyTLS(p *URL) *tls.Config {
	cfg := c.baseTLS(p.Host)
	cfg.ServerName = p.Host // TLSConfig's is that of the servers
	return cfg
}

// wantsHTTP2 reports whether a request may go over HTTP/2: its profile's word,
// else the options'.
func (c *Client) wantsHTTP2(r *Request) bool {
	protocol := r.Protocol
	if protocol == "" {
		protocol = c.opts.Protocol
	}
	return protocol == "http2" || protocol == "auto"
}

// limitVersions leaves out the disabled protocol versions.
func limitVersions(cfg *tls.Config, disabled []string) error {
	if len(disabled) == 0 {
		return nil
	}
	lowest, highest := max(cfg.MinVersion, tls.VersionTLS10), uint16(tls.VersionTLS13)
	if cfg.MinVersion == 0 {
		lowest = tls.VersionTLS12 // the default
	}
	if cfg.MaxVersion != 0 {
		highest = cfg.MaxVersion
	}
	var on []uint16
	for _, v := range []struct {
		name string
		id   uint16
	}{{"TLSv1", tls.VersionTLS10}, {"TLSv1_1", tls.VersionTLS11}, {"TLSv1_2", tls.VersionTLS12}, {"TLSv1_3", tls.VersionTLS13}} {
		if v.id >= lowest && v.id <= highest && !slices.Contains(disabled, v.name) {
			on = append(on, v.id)
		}
	}
	if len(on) == 0 {
		return &Error{Kind: ErrTLS, Detail: "no protocols available"}
	}
	cfg.MinVersion, cfg.MaxVersion = on[0], on[len(on)-1]
	return nil
}

// defaultSuites are Go's, and the RSA key exchange that OpenSSL still offers.
func defaultSuites() []uint16 {
	out := []uint16{}
	for _, s := range tls.CipherSuites() {
		out = append(out, s.ID)
	}
	return append(out, tls.TLS_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_RSA_WITH_AES_256_GCM_SHA384,
		tls.TLS_RSA_WITH_AES_128_CBC_SHA, tls.TLS_RSA_WITH_AES_256_CBC_SHA)
}
