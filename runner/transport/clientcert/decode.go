package clientcert

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/youmark/pkcs8"
	"software.sslmate.com/src/go-pkcs12"
)

var errPassphrase = errors.New("wrong passphrase, or none (bad decrypt)")

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
