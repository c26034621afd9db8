package main

import (
	"bytes"
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/youmark/pkcs8"
	"software.sslmate.com/src/go-pkcs12"

	"postie/runner/transport"
)

// A certEntry is one entry of a client certificate list, as newman reads it.
type certEntry struct {
	Name       string        `json:"name"`
	Matches    []certPattern `json:"matches"`
	Key        certFile      `json:"key"`
	Cert       certFile      `json:"cert"`
	PFX        certFile      `json:"pfx"`
	Passphrase string        `json:"passphrase"`
}

// A certPattern is {"pattern": "https://host/*"} or "https://host/*".
type certPattern string

func (p *certPattern) UnmarshalJSON(b []byte) error {
	var o struct {
		Pattern string `json:"pattern"`
	}
	if json.Unmarshal(b, (*string)(p)) == nil {
		return nil
	}
	err := json.Unmarshal(b, &o)
	*p = certPattern(o.Pattern)
	return err
}

// A certFile is {"src": "file"} or "file".
type certFile struct{ src string }

func (c *certFile) UnmarshalJSON(b []byte) error {
	var o struct {
		Src string `json:"src"`
	}
	if json.Unmarshal(b, &c.src) == nil {
		return nil
	}
	err := json.Unmarshal(b, &o)
	c.src = o.Src
	return err
}

// clientCerts are those of --ssl-client-cert-list, then --ssl-client-cert.
func clientCerts(f *runFlags) ([]transport.ClientCert, error) {
	var out []transport.ClientCert
	if f.certList != "" {
		list, err := certList(f.certList)
		if err != nil {
			return nil, err
		}
		out = list
	}
	if f.cert != "" {
		e := certEntry{Name: f.cert, Matches: []certPattern{"<all_urls>"}, Cert: certFile{f.cert}, Key: certFile{f.key}, Passphrase: f.passphrase}
		out = append(out, e.load())
	}
	return out, nil
}

func certList(name string) ([]transport.ClientCert, error) {
	src, err := os.ReadFile(name)
	if err != nil {
		return nil, cannotRun("unable to read the ssl client certificates file %q: %s", name, plainCause(err))
	}
	if !json.Valid(src) {
		return nil, cannotRun("the file at %s does not contain valid JSON data.", name)
	}
	var entries []certEntry
	if err := json.Unmarshal(src, &entries); err != nil {
		return nil, cannotRun("expected ssl client certificates list to be an array.")
	}
	var out []transport.ClientCert
	for _, e := range entries {
		e.Name = cmp.Or(e.Name, e.Cert.src, e.PFX.src)
		out = append(out, e.load())
	}
	return out, nil
}

// load reads an entry's files. What is wrong with them is told by the
// requests that would use them.
func (e *certEntry) load() transport.ClientCert {
	out := transport.ClientCert{Name: e.Name}
	for _, p := range e.Matches {
		out.Matches = append(out.Matches, string(p))
	}
	read := func(kind string, f certFile) []byte {
		if f.src == "" {
			return nil
		}
		src, err := os.ReadFile(f.src)
		if err != nil {
			out.Missing = append(out.Missing, fmt.Sprintf("certificate %q load error:  %s", kind, nodeCause(err, f.src)))
		}
		return src
	}
	pfx, key, cert := read("pfx", e.PFX), read("key", e.Key), read("cert", e.Cert)
	if len(out.Missing) > 0 {
		return out
	}
	if pfx == nil && key == nil && !bytes.Contains(cert, []byte("-----BEGIN")) {
		pfx = cert
	}
	if pfx != nil {
		out.Certificate, out.Err = fromPKCS12(pfx, e.Passphrase)
		return out
	}
	if key == nil {
		key = cert // one file may hold both
	}
	out.Certificate, out.Err = fromPEM(cert, key, e.Passphrase)
	return out
}

// nodeCause words a file that cannot be read as node does.
func nodeCause(err error, name string) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "ENOENT: no such file or directory, open '" + name + "'"
	case errors.Is(err, fs.ErrPermission):
		return "EACCES: permission denied, open '" + name + "'"
	}
	return plainCause(err)
}

func fromPKCS12(src []byte, passphrase string) (tls.Certificate, error) {
	key, cert, chain, err := pkcs12.DecodeChain(src, passphrase)
	switch {
	case errors.Is(err, pkcs12.ErrIncorrectPassword):
		return tls.Certificate{}, errors.New("wrong passphrase (mac verify failure)")
	case err != nil:
		return tls.Certificate{}, fmt.Errorf("not a PKCS#12 file: %w", err)
	}
	out := tls.Certificate{PrivateKey: key, Leaf: cert, Certificate: [][]byte{cert.Raw}}
	for _, c := range chain {
		out.Certificate = append(out.Certificate, c.Raw)
	}
	return out, nil
}

func fromPEM(cert, key []byte, passphrase string) (tls.Certificate, error) {
	key, err := decryptKey(key, passphrase)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.X509KeyPair(cert, key)
}

var errPassphrase = errors.New("wrong passphrase, or none (bad decrypt)")

// decryptKey decrypts the first encrypted private key of a PEM file; others
// stay as they are.
func decryptKey(src []byte, passphrase string) ([]byte, error) {
	for rest := src; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return src, nil
		}
		switch {
		case block.Type == "ENCRYPTED PRIVATE KEY":
			key, err := decryptPKCS8(block.Bytes, passphrase)
			if err != nil {
				return nil, errPassphrase
			}
			return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}), nil
		case x509.IsEncryptedPEMBlock(block): //nolint:staticcheck // the format users have
			der, err := x509.DecryptPEMBlock(block, []byte(passphrase)) //nolint:staticcheck // see above
			if err != nil {
				return nil, errPassphrase
			}
			return pem.EncodeToMemory(&pem.Block{Type: block.Type, Bytes: der}), nil
		}
	}
}

func decryptPKCS8(der []byte, passphrase string) ([]byte, error) {
	key, err := pkcs8.ParsePKCS8PrivateKey(der, []byte(passphrase))
	if err != nil {
		return nil, err
	}
	return x509.MarshalPKCS8PrivateKey(key)
}
