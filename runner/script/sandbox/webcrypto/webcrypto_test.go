package webcrypto_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"testing"

	"postie/runner/script/sandbox/webcrypto"
)

// recorded is testdata/node.json: what the Web Cryptography API of Node 20 made.
type recorded struct {
	Sign []struct {
		Algorithm              webcrypto.Algorithm
		Private, Public        json.RawMessage
		PKCS8, SPKI, Signature string
	}
	Decrypt []struct {
		Algorithm     webcrypto.Algorithm
		Key           json.RawMessage
		Plain, Cipher string
	}
	Derive []struct {
		Algorithm       webcrypto.Algorithm
		Private, Public json.RawMessage
		Bits            int
		Result          string
	}
}

func load(t *testing.T) (r recorded) {
	t.Helper()
	text, err := os.ReadFile("testdata/node.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func imported(t *testing.T, format string, data []byte, a webcrypto.Algorithm) *webcrypto.Key {
	t.Helper()
	k, err := webcrypto.Import(format, data, &a)
	if err != nil {
		t.Fatalf("%s: %v", a.Name, err)
	}
	return k
}

// Keys in all formats, and signatures, are those of another implementation.
func TestRecordedSignatures(t *testing.T) {
	data := []byte("head.payload")
	for _, c := range load(t).Sign {
		a := c.Algorithm
		private, public := imported(t, "jwk", c.Private, a), imported(t, "jwk", c.Public, a)
		if c.PKCS8 != "" {
			if !bytes.Equal(imported(t, "spki", unhex(t, c.SPKI), a).Data, public.Data) {
				t.Errorf("%s: another public key", a.Name)
			}
			again, err := webcrypto.Export("jwk", imported(t, "pkcs8", unhex(t, c.PKCS8), a), &a)
			if err != nil {
				t.Fatal(err)
			}
			sameNumbers(t, a.Name, c.Private, again)
		}
		if ok, err := webcrypto.Verify(&a, public, unhex(t, c.Signature), data); !ok || err != nil {
			t.Errorf("%s: Node's signature is refused: %v", a.Name, err)
		}
		signature, err := webcrypto.Sign(&a, private, data)
		if err != nil {
			t.Fatalf("%s: %v", a.Name, err)
		}
		if ok, err := webcrypto.Verify(&a, public, signature, data); !ok || err != nil {
			t.Errorf("%s: its own signature is refused: %v", a.Name, err)
		}
		if ok, _ := webcrypto.Verify(&a, public, signature, []byte("other")); ok {
			t.Errorf("%s: a signature of something else is taken", a.Name)
		}
		if random := a.Name == "RSA-PSS" || a.Name == "ECDSA"; !random && hex.EncodeToString(signature) != c.Signature {
			t.Errorf("%s: another signature", a.Name)
		}
	}
}

// sameNumbers compares the numbers of two JSON Web Keys.
func sameNumbers(t *testing.T, name string, a, b []byte) {
	t.Helper()
	var x, y map[string]any
	if err := errors.Join(json.Unmarshal(a, &x), json.Unmarshal(b, &y)); err != nil {
		t.Fatal(err)
	}
	for _, field := range []string{"kty", "alg", "crv", "x", "y", "n", "e", "d", "p", "q", "dp", "dq", "qi"} {
		if x[field] != y[field] && !(field == "alg" && (x["kty"] == "OKP" || x["kty"] == "EC")) {
			t.Errorf("%s: %s is %v, not %v", name, field, y[field], x[field])
		}
	}
}

func TestRecordedCiphers(t *testing.T) {
	for _, c := range load(t).Decrypt {
		a := c.Algorithm
		how := a
		k := imported(t, "jwk", c.Key, a)
		plain, err := webcrypto.Decrypt(&how, k, unhex(t, c.Cipher))
		if err != nil || hex.EncodeToString(plain) != c.Plain {
			t.Errorf("%s: %q %v", a.Name, plain, err)
			continue
		}
		if k.Type != webcrypto.Secret {
			continue
		}
		if sealed, err := webcrypto.Encrypt(&how, k, plain); err != nil || hex.EncodeToString(sealed) != c.Cipher {
			t.Errorf("%s: another cipher text: %x %v", a.Name, sealed, err)
		}
		if broken := append(unhex(t, c.Cipher), 1); a.Name != "AES-CTR" {
			if _, err := webcrypto.Decrypt(&how, k, broken); name(err) != "OperationError" {
				t.Errorf("%s: what is broken decrypts: %v", a.Name, err)
			}
		}
	}
}

func TestRecordedExchanges(t *testing.T) {
	for _, c := range load(t).Derive {
		a := c.Algorithm
		a.Public = imported(t, "jwk", c.Public, a)
		got, err := webcrypto.DeriveBits(&a, imported(t, "jwk", c.Private, c.Algorithm), c.Bits)
		if err != nil || hex.EncodeToString(got) != c.Result {
			t.Errorf("%s %s: %x %v", a.Name, a.NamedCurve, got, err)
		}
	}
}

// RFC 6070 (PBKDF2), RFC 5869, A.1 (HKDF).
func TestDeriveVectors(t *testing.T) {
	for _, c := range []struct {
		a         webcrypto.Algorithm
		key, want string
	}{
		{webcrypto.Algorithm{Name: "PBKDF2", Hash: "SHA-1", Salt: []byte("salt"), Iterations: 4096}, hex.EncodeToString([]byte("password")), "4b007901b765489abead49d926f721d065a429c1"},
		{webcrypto.Algorithm{Name: "HKDF", Hash: "SHA-256", Salt: unhex(t, "000102030405060708090a0b0c"), Info: unhex(t, "f0f1f2f3f4f5f6f7f8f9")},
			"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"},
	} {
		got, err := webcrypto.DeriveBits(&c.a, imported(t, "raw", unhex(t, c.key), c.a), len(c.want)*4)
		if err != nil || hex.EncodeToString(got) != c.want {
			t.Errorf("%s: %x %v", c.a.Name, got, err)
		}
	}
}

// RFC 3394, 4.1 and 4.6.
func TestWrapVectors(t *testing.T) {
	for _, c := range []struct{ key, data, want string }{
		{"000102030405060708090a0b0c0d0e0f", "00112233445566778899aabbccddeeff", "1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5"},
		{"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", "00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f",
			"28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21"},
	} {
		k := &webcrypto.Key{Type: webcrypto.Secret, Data: unhex(t, c.key)}
		wrapped, err := webcrypto.Wrap(k, unhex(t, c.data))
		if err != nil || hex.EncodeToString(wrapped) != c.want {
			t.Errorf("%x %v", wrapped, err)
		}
		if back, err := webcrypto.Unwrap(k, wrapped); err != nil || hex.EncodeToString(back) != c.data {
			t.Errorf("%x %v", back, err)
		}
		wrapped[3] ^= 1
		if _, err := webcrypto.Unwrap(k, wrapped); name(err) != "OperationError" {
			t.Error("what is broken unwraps")
		}
	}
}

func TestGenerate(t *testing.T) {
	for _, a := range []webcrypto.Algorithm{
		{Name: "RSASSA-PKCS1-v1_5", Hash: "SHA-256", ModulusLength: 2048, PublicExponent: []byte{1, 0, 1}},
		{Name: "ECDSA", NamedCurve: "P-384"}, {Name: "Ed25519"}, {Name: "X25519"},
		{Name: "HMAC", Hash: "SHA-384"}, {Name: "AES-GCM", Length: 192},
	} {
		key, public, err := webcrypto.Generate(&a)
		if err != nil || (public == nil) != (key.Type == webcrypto.Secret) {
			t.Fatalf("%s: %v", a.Name, err)
		}
		for _, k := range []*webcrypto.Key{key, public} {
			if k == nil {
				continue
			}
			text, err := webcrypto.Export("jwk", k, &a)
			if err != nil {
				t.Fatal(err)
			}
			if again := imported(t, "jwk", text, a); !bytes.Equal(again.Data, k.Data) || again.Type != k.Type {
				t.Errorf("%s: the %s key does not come back", a.Name, k.Type)
			}
		}
	}
}

// What is wrong has the name the API says.
func TestErrors(t *testing.T) {
	secret := &webcrypto.Key{Type: webcrypto.Secret, Data: make([]byte, 16)}
	for what, c := range map[string]struct {
		want string
		do   func() error
	}{
		"hash": {"NotSupportedError", func() error { _, err := webcrypto.Digest(&webcrypto.Algorithm{Name: "MD5"}, nil); return err }},
		"key data": {"DataError", func() error {
			return importing("pkcs8", "nonsense", webcrypto.Algorithm{Name: "ECDSA", NamedCurve: "P-256"})
		}},
		"JSON": {"DataError", func() error { return importing("jwk", "{", webcrypto.Algorithm{Name: "HMAC", Hash: "SHA-1"}) }},
		"kty":  {"DataError", func() error { return importing("jwk", `{"kty":"x"}`, webcrypto.Algorithm{Name: "HMAC", Hash: "SHA-1"}) }},
		"curve": {"DataError", func() error {
			return importing("jwk", `{"kty":"EC","crv":"P-384"}`, webcrypto.Algorithm{Name: "ECDSA", NamedCurve: "P-256"})
		}},
		"RSA numbers": {"DataError", func() error {
			return importing("jwk", `{"kty":"RSA","n":"AQ","e":"AQAB","d":"Ag","p":"Aw","q":"BQ"}`, webcrypto.Algorithm{Name: "RSA-PSS", Hash: "SHA-256"})
		}},
		"point": {"DataError", func() error {
			return importing("raw", "\x04nonsense", webcrypto.Algorithm{Name: "ECDH", NamedCurve: "P-256"})
		}},
		"AES length": {"DataError", func() error { return importing("raw", "short", webcrypto.Algorithm{Name: "AES-CBC"}) }},
		"format":     {"NotSupportedError", func() error { return importing("pem", "", webcrypto.Algorithm{Name: "HMAC"}) }},
		"modulus": {"OperationError", func() error {
			return generating(webcrypto.Algorithm{Name: "RSA-PSS", ModulusLength: 1 << 20, PublicExponent: []byte{1, 0, 1}})
		}},
		"no curve": {"NotSupportedError", func() error { return generating(webcrypto.Algorithm{Name: "ECDSA", NamedCurve: "K-1"}) }},
		"secret signs": {"InvalidAccessError", func() error {
			_, err := webcrypto.Sign(&webcrypto.Algorithm{Name: "ECDSA", Hash: "SHA-1"}, secret, nil)
			return err
		}},
		"iterations": {"OperationError", func() error {
			_, err := webcrypto.DeriveBits(&webcrypto.Algorithm{Name: "PBKDF2", Hash: "SHA-1", Iterations: 1 << 30}, secret, 256)
			return err
		}},
		"vector": {"OperationError", func() error {
			_, err := webcrypto.Encrypt(&webcrypto.Algorithm{Name: "AES-CBC", IV: []byte{1}}, secret, nil)
			return err
		}},
		"tag": {"OperationError", func() error {
			_, err := webcrypto.Encrypt(&webcrypto.Algorithm{Name: "AES-GCM", IV: make([]byte, 12), TagLength: 8}, secret, nil)
			return err
		}},
		"export": {"NotSupportedError", func() error {
			_, err := webcrypto.Export("spki", secret, &webcrypto.Algorithm{Name: "HMAC"})
			return err
		}},
	} {
		if err := c.do(); name(err) != c.want {
			t.Errorf("%s: %v, want a %s", what, err, c.want)
		}
	}
}

func importing(format, data string, a webcrypto.Algorithm) error {
	_, err := webcrypto.Import(format, []byte(data), &a)
	return err
}

func generating(a webcrypto.Algorithm) error {
	_, _, err := webcrypto.Generate(&a)
	return err
}

func name(err error) string {
	var e *webcrypto.Error
	if errors.As(err, &e) {
		return e.Name
	}
	return ""
}

// FuzzImport: no key makes it panic, and one that is taken can be used.
func FuzzImport(f *testing.F) {
	for _, c := range []struct{ format, data string }{
		{"jwk", `{"kty":"oct","k":"AQ"}`}, {"jwk", `{"kty":"RSA","n":"AQ","e":"AQAB","d":"Ag","p":"Aw","q":"BQ"}`}, {"jwk", `{"kty":"EC","crv":"P-256","x":"AQ","y":"Ag"}`},
		{"jwk", `{"kty":"OKP","crv":"Ed25519","d":"AQ"}`}, {"spki", "MA=="}, {"pkcs8", "MA=="}, {"raw", "BA=="},
	} {
		data := []byte(c.data)
		if c.format != "jwk" {
			data, _ = base64.StdEncoding.DecodeString(c.data)
		}
		f.Add(c.format, data)
	}
	f.Fuzz(func(t *testing.T, format string, data []byte) {
		for _, a := range []webcrypto.Algorithm{{Name: "RSA-PSS", Hash: "SHA-256", SaltLength: 8}, {Name: "ECDSA", NamedCurve: "P-256", Hash: "SHA-256"}, {Name: "Ed25519"}, {Name: "X25519"}, {Name: "HMAC", Hash: "SHA-1"}} {
			k, err := webcrypto.Import(format, data, &a)
			if err != nil {
				continue
			}
			if _, err := webcrypto.Export("jwk", k, &a); err != nil {
				t.Errorf("%s: %v", a.Name, err)
			}
			if k.Type != webcrypto.Public {
				_, _ = webcrypto.Sign(&a, k, nil)
			}
		}
	})
}
