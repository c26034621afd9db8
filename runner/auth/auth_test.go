package auth_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"

	"postie/runner/auth"
	"postie/runner/transport"
)

// A vector is a published example: what a scheme's parameters make of a
// request.
type vector struct {
	Source string            `json:"source"`
	Params map[string]string `json:"params"`
	Method string            `json:"method"`
	URL    string            `json:"url"`
	Header [][2]string       `json:"header"`
	Body   string            `json:"body"`
	Mode   string            `json:"mode"`
	Now    string            `json:"now"`
	Want   string            `json:"want"` // the Authorization header
}

func TestVectors(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no vectors", err)
	}
	for _, file := range files {
		scheme := strings.TrimSuffix(filepath.Base(file), ".json")
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var list []vector
		if err := json.Unmarshal(src, &list); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, v := range list {
			t.Run(scheme+"/"+v.Source, func(t *testing.T) {
				t.Parallel()
				r := v.request(t)
				if err := v.signer(t, scheme).Sign(t.Context(), r); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(v.Want, r.Header.Get("Authorization")); diff != "" {
					t.Errorf("(-published +signed):\n%s", diff)
				}
			})
		}
	}
}

func (v *vector) signer(t testing.TB, scheme string) auth.Signer {
	t.Helper()
	o := auth.Options{BodyMode: v.Mode}
	if v.Now != "" {
		at, err := time.Parse(time.RFC3339, v.Now)
		if err != nil {
			t.Fatal(err)
		}
		o.Now = func() time.Time { return at }
	}
	s, err := auth.New(scheme, params(v.Params), &auth.State{}, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func params(m map[string]string) auth.Params {
	var p auth.Params
	for key, value := range m {
		p = append(p, auth.Param{Key: key, Value: value})
	}
	return p
}

func (v *vector) request(t testing.TB) *transport.Request {
	t.Helper()
	r := request(t, v.Method, v.URL, v.Body)
	for _, h := range v.Header {
		r.Header = append(r.Header, transport.Field{Name: h[0], Value: h[1]})
	}
	return r
}

func request(t testing.TB, method, url, body string) *transport.Request {
	t.Helper()
	u, err := transport.ParseURL(url, true)
	if err != nil {
		t.Fatal(err)
	}
	r := &transport.Request{Method: method, URL: u, EncodeURL: true}
	if body != "" {
		r.Body = &transport.Body{Len: int64(len(body)), Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(body)), nil }}
	}
	return r
}

// TestDigestLoop: unsigned, a challenge, signed, and counted on.
func TestDigestLoop(t *testing.T) {
	t.Parallel()
	s, err := auth.New("digest", params(map[string]string{"username": "u", "password": "p"}), &auth.State{}, auth.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c := s.(auth.Challenger)
	sign := func() string {
		r := request(t, "GET", "http://example.com/a?b=c", "")
		if err := c.Sign(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		return r.Header.Get("Authorization")
	}
	if got := sign(); got != "" {
		t.Errorf("signed before the challenge: %s", got)
	}
	refused := &transport.Response{Code: 401, Header: transport.Header{{Name: "WWW-Authenticate", Value: "Basic"},
		{Name: "www-authenticate", Value: `Digest realm="r", nonce="n", qop="auth", opaque="o"`}}}
	if again, err := c.Answer(refused); !again || err != nil {
		t.Fatalf("again %v, %v", again, err)
	}
	if got := sign(); !strings.Contains(got, "nc=00000001") || !strings.Contains(got, `opaque="o"`) {
		t.Errorf("signed %s", got)
	}
	if again, _ := c.Answer(&transport.Response{Code: 200}); again {
		t.Error("again after success")
	}
	if got := sign(); !strings.Contains(got, "nc=00000002") {
		t.Errorf("counted on: %s", got)
	}
}

// TestNTLMHandshake walks the three messages; the challenge has the
// names and nonce of MS-NLMP section 4.2.4.
func TestNTLMHandshake(t *testing.T) {
	t.Parallel()
	const challenge = "TlRMTVNTUAACAAAADAAMADAAAAABgoggASNFZ4mrze8AAAAAAAAAACQAJAA8AAAAUwBlAHIAdgBlAHIAAgAMAEQAbwBtAGEAaQBuAAEADABTAGUAcgB2AGUAcgAAAAAA"
	s, err := auth.New("ntlm", params(map[string]string{"username": `Domain\User`, "password": "Password"}), &auth.State{}, auth.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c := s.(auth.Challenger)
	signed := func() []byte {
		r := request(t, "GET", "http://example.com/", "")
		if err := c.Sign(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		b, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(r.Header.Get("Authorization"), "NTLM "))
		return b
	}
	kind := func(b []byte) byte {
		if len(b) < 9 {
			return 0
		}
		return b[8]
	}
	for i, step := range []struct {
		sent  byte
		reply string
		again bool
	}{{0, "NTLM", true}, {1, "NTLM " + challenge, true}, {3, "NTLM", false}} {
		if got := kind(signed()); got != step.sent {
			t.Fatalf("step %d: message %d, want %d", i, got, step.sent)
		}
		again, err := c.Answer(&transport.Response{Code: 401, Header: transport.Header{{Name: "WWW-Authenticate", Value: step.reply}}})
		if again != step.again || err != nil {
			t.Fatalf("step %d: again %v, %v", i, again, err)
		}
	}
}

// TestAsymmetricTokens are verified with the public key by another library.
func TestAsymmetricTokens(t *testing.T) {
	t.Parallel()
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for alg, key := range map[string]any{"RS256": rsaKey, "RS512": rsaKey, "PS384": rsaKey, "ES256": ecKey} {
		text := pemOf(t, key)
		for scheme, p := range map[string]map[string]string{
			"jwt":  {"algorithm": alg, "privateKey": text, "payload": `{"a":1}`, "header": `{"kid":"k"}`},
			"asap": {"alg": alg, "privateKey": text, "kid": "k", "iss": "me", "aud": "you", "claims": `{"a":1}`},
		} {
			s, err := auth.New(scheme, params(p), &auth.State{}, auth.Options{})
			if err != nil {
				t.Fatal(err)
			}
			r := request(t, "GET", "http://example.com/", "")
			if err := s.Sign(t.Context(), r); err != nil {
				t.Errorf("%s %s: %v", scheme, alg, err)
				continue
			}
			token, err := jwt.Parse(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "), func(*jwt.Token) (any, error) { return public(key), nil })
			if err != nil || token.Header["kid"] != "k" || token.Claims.(jwt.MapClaims)["a"] != 1.0 {
				t.Errorf("%s %s: %v, %+v", scheme, alg, err, token)
			}
		}
	}
}

func public(key any) any {
	switch k := key.(type) {
	case *rsa.PrivateKey:
		return k.Public()
	case *ecdsa.PrivateKey:
		return k.Public()
	}
	return nil
}

func pemOf(t testing.TB, key any) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// TestPlacement: where each scheme puts what it makes.
func TestPlacement(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, scheme   string
		params         map[string]string
		method, body   string
		target, header string // what the request has then, "" for no Authorization
		sent           string // the body then; "" as before
	}{
		{name: "apikey in the query", scheme: "apikey", params: map[string]string{"key": "k", "value": "a&b", "in": "query"}, target: "/p?x=1&k=a%26b"},
		{name: "oauth2 in the query", scheme: "oauth2", params: map[string]string{"accessToken": "t", "addTokenTo": "queryParams"}, target: "/p?x=1&access_token=t"},
		{name: "oauth2 with another prefix", scheme: "oauth2", params: map[string]string{"accessToken": "t", "headerPrefix": "Token"}, target: "/p?x=1", header: "Token t"},
		{name: "no token, nothing sent", scheme: "bearer", params: map[string]string{"token": ""}, target: "/p?x=1"},
		{name: "hawk without an algorithm", scheme: "hawk", params: map[string]string{"authId": "a", "authKey": "b"}, target: "/p?x=1"},
		{name: "oauth1 without a secret", scheme: "oauth1", params: map[string]string{"consumerKey": "a", "signatureMethod": "HMAC-SHA1"}, target: "/p?x=1"},
		{name: "oauth1 in the query", scheme: "oauth1", params: map[string]string{"consumerKey": "a", "consumerSecret": "b", "signatureMethod": "PLAINTEXT", "timestamp": "1", "nonce": "n"},
			target: "/p?x=1&oauth_consumer_key=a&oauth_signature_method=PLAINTEXT&oauth_timestamp=1&oauth_nonce=n&oauth_signature=b%26"},
		{name: "oauth1 in the body", scheme: "oauth1", method: "POST", body: "y=2", params: map[string]string{"consumerKey": "a", "consumerSecret": "b", "signatureMethod": "PLAINTEXT", "timestamp": "1", "nonce": "n"},
			target: "/p?x=1", sent: "y=2&oauth_consumer_key=a&oauth_signature_method=PLAINTEXT&oauth_timestamp=1&oauth_nonce=n&oauth_signature=b%26"},
		{name: "oauth1 in an empty body", scheme: "oauth1", method: "PUT", params: map[string]string{"consumerKey": "a", "consumerSecret": "b", "signatureMethod": "PLAINTEXT", "timestamp": "1", "nonce": "n"},
			target: "/p?x=1", sent: "oauth_consumer_key=a&oauth_signature_method=PLAINTEXT&oauth_timestamp=1&oauth_nonce=n&oauth_signature=b%26"},
		{name: "oauth1 in a body that was signed", scheme: "oauth1", method: "POST", body: "oauth_nonce=old&y=2", params: map[string]string{"consumerKey": "a", "consumerSecret": "b", "signatureMethod": "PLAINTEXT", "timestamp": "1", "nonce": "n"},
			target: "/p?x=1", sent: "y=2&oauth_consumer_key=a&oauth_signature_method=PLAINTEXT&oauth_timestamp=1&oauth_nonce=n&oauth_signature=b%26"},
		{name: "apikey without a value in the query", scheme: "apikey", params: map[string]string{"key": "k", "in": "query"}, target: "/p?x=1&k"},
		{name: "apikey without a name", scheme: "apikey", params: map[string]string{"value": "v"}, target: "/p?x=1"},
		{name: "apikey without a name in the query", scheme: "apikey", params: map[string]string{"value": "v", "in": "query"}, target: "/p?x=1&=v"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			method := c.method
			if method == "" {
				method = "GET"
			}
			r := request(t, method, "http://example.com/p?x=1", c.body)
			s, err := auth.New(c.scheme, params(c.params), &auth.State{}, auth.Options{BodyMode: "urlencoded"})
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Sign(context.Background(), r); err != nil {
				t.Fatal(err)
			}
			if r.URL.Target != c.target || r.Header.Get("Authorization") != c.header {
				t.Errorf("%s %q", r.URL.Target, r.Header.Get("Authorization"))
			}
			if c.sent != "" {
				src, _ := r.Body.Open()
				got, _ := io.ReadAll(src)
				if string(got) != c.sent || r.Body.Len != int64(len(c.sent)) {
					t.Errorf("body %q", got)
				}
			}
		})
	}
}

// AWS signs the bytes that are sent, whatever kind of body they are.
func TestAWSSignsTheBody(t *testing.T) {
	t.Parallel()
	const body = "--b\r\n\r\nx\r\n--b--\r\n"
	sum := sha256.Sum256([]byte(body))
	want := hex.EncodeToString(sum[:])
	for _, mode := range []string{"raw", "formdata", "file", "urlencoded", "graphql"} {
		r := request(t, "POST", "http://example.com/p", body)
		s, err := auth.New("awsv4", params(map[string]string{"accessKey": "a", "secretKey": "b"}), &auth.State{}, auth.Options{BodyMode: mode})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Sign(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		if got := r.Header.Get("X-Amz-Content-Sha256"); got != want || !strings.Contains(r.Header.Get("Authorization"), "x-amz-content-sha256") {
			t.Errorf("%s: %s, %s", mode, got, r.Header.Get("Authorization"))
		}
	}
}

// TestErrorsHoldNoSecret: what cannot be signed says why, and not with what.
func TestErrorsHoldNoSecret(t *testing.T) {
	t.Parallel()
	const secret = "sEcReT-0123456789"
	for scheme, p := range map[string]map[string]string{
		"jwt":    {"algorithm": "RS256", "privateKey": secret, "payload": "{}"},
		"asap":   {"kid": "k", "iss": "i", "aud": "a", "privateKey": secret},
		"oauth1": {"consumerKey": "c", "signatureMethod": "RSA-SHA1", "privateKey": secret},
		"digest": {"username": "u", "password": secret, "realm": "r", "nonce": "n", "algorithm": "SHA-3"},
	} {
		s, err := auth.New(scheme, params(p), &auth.State{}, auth.Options{})
		if err != nil {
			t.Fatal(err)
		}
		err = s.Sign(t.Context(), request(t, "GET", "http://example.com/", ""))
		if err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", scheme, err)
		}
	}
}

// FuzzChallenge: no WWW-Authenticate value crashes a scheme.
func FuzzChallenge(f *testing.F) {
	f.Add(`Digest realm="r", nonce="n", qop="auth"`)
	f.Add(`NTLM TlRMTVNTUAACAAAA`)
	f.Add(`Digest nonce=",realm="`)
	f.Fuzz(func(t *testing.T, value string) {
		for _, scheme := range []string{"digest", "ntlm"} {
			s, err := auth.New(scheme, params(map[string]string{"username": "u", "password": "p"}), &auth.State{}, auth.Options{})
			if err != nil {
				t.Fatal(err)
			}
			c := s.(auth.Challenger)
			for range 3 {
				again, _ := c.Answer(&transport.Response{Code: 401, Header: transport.Header{{Name: "WWW-Authenticate", Value: value}}})
				_ = c.Sign(t.Context(), request(t, "GET", "http://example.com/", ""))
				if !again {
					break
				}
			}
		}
	})
}

func BenchmarkSign(b *testing.B) {
	benchKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		b.Fatal(err)
	}
	for scheme, p := range map[string]map[string]string{
		"basic": {"username": "u", "password": "p"}, "bearer": {"token": "t"}, "apikey": {"key": "k", "value": "v"},
		"digest": {"username": "u", "password": "p", "realm": "r", "nonce": "n", "qop": "auth", "clientNonce": "c", "nonceCount": "1"},
		"hawk":   {"authId": "a", "authKey": "b", "algorithm": "sha256"}, "oauth1": {"consumerKey": "a", "consumerSecret": "b", "signatureMethod": "HMAC-SHA256"},
		"awsv4": {"accessKey": "a", "secretKey": "b"}, "edgegrid": {"accessToken": "a", "clientToken": "b", "clientSecret": "c"},
		"jwt":    {"algorithm": "HS256", "secret": "s", "payload": "{}"},
		"oauth2": {"accessToken": "t"}, "ntlm": {"username": "u", "password": "p"},
		"asap": {"kid": "k", "iss": "i", "aud": "a", "privateKey": pemOf(b, benchKey)},
	} {
		b.Run(scheme, func(b *testing.B) {
			s, err := auth.New(scheme, params(p), &auth.State{}, auth.Options{})
			if err != nil {
				b.Fatal(err)
			}
			u, err := transport.ParseURL("https://example.com/a/b?c=d", true)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				url := *u
				if err := s.Sign(b.Context(), &transport.Request{Method: "GET", URL: &url}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestDigestStops: a wrong password is tried once with what the server said;
// a nonce that is too old is replaced, once a request.
func TestDigestStops(t *testing.T) {
	t.Parallel()
	st := &auth.State{}
	answers := func(challenges ...string) []bool {
		s, err := auth.New("digest", params(map[string]string{"username": "u", "password": "wrong"}), st, auth.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var out []bool
		for _, c := range challenges {
			again, err := s.(auth.Challenger).Answer(&transport.Response{Code: 401, Header: transport.Header{{Name: "WWW-Authenticate", Value: c}}})
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, again)
		}
		return out
	}
	fresh, stale := `Digest realm="r", nonce="n2", qop="auth"`, `Digest realm="r", nonce="n2", qop="auth", stale=true`
	if got := answers(fresh, fresh); !slices.Equal(got, []bool{true, false}) {
		t.Errorf("wrong password: %v", got)
	}
	if got := answers(fresh); !slices.Equal(got, []bool{false}) {
		t.Errorf("the next request: %v", got)
	}
	if got := answers(stale, stale); !slices.Equal(got, []bool{true, false}) {
		t.Errorf("a stale nonce: %v", got)
	}
}

// A request with a Date is signed as of then; the signature is newman's.
func TestAWSSignsAsOfTheDate(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for date, want := range map[string]string{
		"Tue, 15 Nov 1994 08:12:31 GMT": "19941115T081231Z", "1994-11-15T09:12:31+01:00": "19941115T081231Z",
		"": "20260102T030405Z", "yesterday": "20260102T030405Z",
	} {
		s, err := auth.New("awsv4", params(map[string]string{"accessKey": "AK", "secretKey": "SK", "region": "us-east-1", "service": "s3"}), nil,
			auth.Options{Now: func() time.Time { return now }})
		if err != nil {
			t.Fatal(err)
		}
		r := request(t, "GET", "http://127.0.0.1:8896/a", "")
		if r.Header = nil; date != "" {
			r.Header = transport.Header{{Name: "Date", Value: date}}
		}
		if err := s.Sign(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		if got := r.Header.Get("X-Amz-Date"); got != want {
			t.Errorf("%q: signed as of %s, want %s", date, got, want)
		}
		const signature = "65bb1b06bd19a09cefdcb3731fdb3f04098c3f649eebd76755adcb7e79cd37d0"
		if got := r.Header.Get("Authorization"); strings.HasPrefix(date, "Tue") && !strings.HasSuffix(got, signature) {
			t.Errorf("%s, want the signature %s", got, signature)
		}
	}
}
