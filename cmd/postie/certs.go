package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"os"

	"postie/runner/transport"
)

// A certEntry is one entry of a client certificate list, as newman reads it.
type certEntry struct {
	Name       string   `json:"name"`
	Matches    []string `json:"matches"`
	Key        certFile `json:"key"`
	Cert       certFile `json:"cert"`
	Passphrase string   `json:"passphrase"`
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

func certList(name string) ([]transport.ClientCert, error) {
	src, err := os.ReadFile(name)
	if err != nil {
		return nil, cannotRun("unable to read the ssl client certificates file %q: %s", name, plainCause(err))
	}
	var raw json.RawMessage
	if err := json.Unmarshal(src, &raw); err != nil {
		return nil, cannotRun("the file at %s does not contain valid JSON data", name)
	}
	var entries []certEntry
	if err := json.Unmarshal(src, &entries); err != nil {
		return nil, cannotRun("%s: expected ssl client certificates list to be an array", name)
	}
	var out []transport.ClientCert
	for _, e := range entries {
		c, err := loadKeyPair(e.Cert.src, first(e.Key.src, e.Cert.src), e.Passphrase)
		if err != nil {
			return nil, err
		}
		out = append(out, transport.ClientCert{Name: e.Name, Matches: e.Matches, Certificate: c})
	}
	return out, nil
}

// loadKeyPair reads a PEM certificate and its key, decrypting it if need be.
func loadKeyPair(cert, key, passphrase string) (tls.Certificate, error) {
	none := tls.Certificate{}
	certPEM, err := os.ReadFile(cert)
	if err != nil {
		return none, cannotRun("client certificate %s: %s", cert, plainCause(err))
	}
	keyPEM, err := os.ReadFile(key)
	if err != nil {
		return none, cannotRun("client key %s: %s", key, plainCause(err))
	}
	if passphrase != "" {
		if keyPEM, err = decryptPEM(keyPEM, passphrase); err != nil {
			return none, cannotRun("client key %s: %v", key, err)
		}
	}
	c, err := tls.X509KeyPair(certPEM, keyPEM)
	if err != nil {
		return none, cannotRun("client certificate %s: %v", cert, err)
	}
	return c, nil
}

// decryptPEM decrypts a traditional encrypted PEM key; others stay as they
// are.
func decryptPEM(src []byte, passphrase string) ([]byte, error) {
	block, _ := pem.Decode(src)
	if block == nil || !x509.IsEncryptedPEMBlock(block) { //nolint:staticcheck // the format users have
		return src, nil
	}
	der, err := x509.DecryptPEMBlock(block, []byte(passphrase)) //nolint:staticcheck // see above
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: block.Type, Bytes: der}), nil
}
