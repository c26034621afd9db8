package webcrypto_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"testing"

	"postie/runner/script/sandbox/webcrypto"
)

// Go's own reader of signatures finds that the salt is of no length.
func TestSignaturesWithoutSalt(t *testing.T) {
	for _, bits := range []int{1024, 1025, 1031} { // the first byte has 7, 8 and 6 bits to spare
		key, err := rsa.GenerateKey(rand.Reader, bits)
		if err != nil {
			t.Fatal(err)
		}
		pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		spki, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
		if err != nil {
			t.Fatal(err)
		}
		pss := webcrypto.Algorithm{Name: "RSA-PSS", Hash: "SHA-256"}
		private, public := imported(t, "pkcs8", pkcs8, pss), imported(t, "spki", spki, pss)
		signature, err := webcrypto.Sign(&pss, private, []byte("data"))
		if err != nil {
			t.Fatal(err)
		}
		digest := sha256.Sum256([]byte("data"))
		if err := rsa.VerifyPSS(&key.PublicKey, crypto.SHA256, digest[:], signature, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthAuto}); err != nil {
			t.Errorf("%d bits: %v", bits, err)
		}
		salted := webcrypto.Algorithm{Name: "RSA-PSS", Hash: "SHA-256", SaltLength: 4}
		other, err := webcrypto.Sign(&salted, private, []byte("data"))
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			name      string
			signature []byte
			data      string
			want      bool
		}{{"as signed", signature, "data", true}, {"other data", signature, "date", false}, {"with a salt", other, "data", false}, {"cut short", signature[1:], "data", false}} {
			if got, err := webcrypto.Verify(&pss, public, c.signature, []byte(c.data)); err != nil || got != c.want {
				t.Errorf("%d bits, %s: %v, %v", bits, c.name, got, err)
			}
		}
	}
}
