package auth

import (
	"context"
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/golang-jwt/jwt/v5"

	"postie/runner/transport"
)

// oauth1 is RFC 5849: in the header, the query or an urlencoded body.
type oauth1 struct {
	authorization
	p    Params
	opts Options
}

// oauth1Hashes are the hashes that a signature method may name.
func oauth1Hash(method string) (func() hash.Hash, crypto.Hash) {
	switch {
	case strings.HasSuffix(method, "-SHA1"):
		return sha1.New, crypto.SHA1
	case strings.HasSuffix(method, "-SHA256"):
		return sha256.New, crypto.SHA256
	case strings.HasSuffix(method, "-SHA512"):
		return sha512.New, crypto.SHA512
	}
	return nil, 0
}

func (a *oauth1) Sign(_ context.Context, r *transport.Request) error {
	method := a.p.Text("signatureMethod")
	rsaSigned := strings.HasPrefix(strings.ToUpper(method), "RSA")
	if a.p.Text("consumerKey") == "" || rsaSigned && a.p.Text("privateKey") == "" || !rsaSigned && a.p.Text("consumerSecret") == "" {
		return nil
	}
	r.Header = r.Header.Del("Authorization")
	form, hasForm, err := a.opts.formBody(r)
	if err != nil {
		return err
	}
	protocol, err := a.params(r, method, hasForm)
	if err != nil {
		return err
	}
	path, query := splitTarget(r.URL.Target)
	given := slices.DeleteFunc(decodeForm(query), isOAuth)
	body := slices.DeleteFunc(decodeForm(form), isOAuth)
	signature, err := a.signature(r, path, method, slices.Concat(given, protocol, body))
	if err != nil {
		return err
	}
	protocol = append(protocol, pair{"oauth_signature", signature})
	if r.EncodeURL && query != "" {
		r.URL.Target = path + "?" + joinPairs(given)
	}
	a.place(r, protocol, form, hasForm)
	return nil
}

// withoutOAuth returns a form without the parameters of an earlier signature.
func withoutOAuth(form string) string {
	parts := strings.Split(form, "&")
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return strings.HasPrefix(s, "oauth_") }), "&")
}

func isOAuth(p pair) bool { return strings.HasPrefix(p.key, "oauth_") }

// params returns the parameters of the protocol in Postman's order. Empty ones
// are included only on request.
func (a *oauth1) params(r *transport.Request, method string, hasForm bool) ([]pair, error) {
	or := func(s, other string) string {
		if s != "" {
			return s
		}
		return other
	}
	out := []pair{
		{"oauth_consumer_key", a.p.Text("consumerKey")},
		{"oauth_token", a.p.Text("token")},
		{"oauth_signature_method", method},
		{"oauth_timestamp", or(a.p.Text("timestamp"), strconv.FormatInt(a.opts.Now().Unix(), 10))},
		{"oauth_nonce", or(a.p.Text("nonce"), a.opts.nonce(11))},
		{"oauth_version", a.p.Text("version")},
	}
	if newHash, _ := oauth1Hash(method); newHash != nil && a.p.Bool("includeBodyHash") && !hasForm && a.opts.BodyMode != "formdata" {
		h := newHash()
		if r.Body != nil {
			if err := hashBody(h, r, 0); err != nil {
				return nil, err
			}
		}
		out = append(out, pair{"oauth_body_hash", base64.StdEncoding.EncodeToString(h.Sum(nil))})
	}
	for name, key := range map[string]string{"oauth_callback": "callback", "oauth_verifier": "verifier"} {
		if v := a.p.Text(key); v != "" {
			out = append(out, pair{name, v})
		}
	}
	slices.SortStableFunc(out[min(6, len(out)):], func(x, y pair) int { return strings.Compare(x.key, y.key) })
	if a.p.Bool("addEmptyParamsToSign") {
		return out, nil
	}
	return slices.DeleteFunc(out, func(p pair) bool { return strings.TrimSpace(p.value) == "" }), nil
}

// signature signs the base string of section 3.4.1.
func (a *oauth1) signature(r *transport.Request, path, method string, params []pair) (string, error) {
	key := percentEncode(a.p.Text("consumerSecret")) + "&" + percentEncode(a.p.Text("tokenSecret"))
	if strings.EqualFold(method, "PLAINTEXT") {
		return key, nil
	}
	newHash, id := oauth1Hash(method)
	if newHash == nil {
		return "", fmt.Errorf("unknown signature method %q", method)
	}
	base := r.Method + "&" + percentEncode(oauth1URL(r.URL)+path) + "&" + percentEncode(sortedPairs(params))
	if !strings.HasPrefix(strings.ToUpper(method), "RSA") {
		mac := hmac.New(newHash, []byte(key))
		mac.Write([]byte(base))
		return base64.StdEncoding.EncodeToString(mac.Sum(nil)), nil
	}
	private, err := jwt.ParseRSAPrivateKeyFromPEM([]byte(a.p.Text("privateKey")))
	if err != nil {
		return "", errors.New("the private key cannot be read")
	}
	h := newHash()
	h.Write([]byte(base))
	sig, err := rsa.SignPKCS1v15(rand.Reader, private, id, h.Sum(nil))
	return base64.StdEncoding.EncodeToString(sig), err
}

func oauth1URL(u *transport.URL) string {
	host := strings.ToLower(u.Host)
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if u.Port != "" && u.Port != "80" && u.Port != "443" {
		host += ":" + u.Port
	}
	return u.Scheme + "://" + host
}

func sortedPairs(params []pair) string {
	parts := make([]string, len(params))
	encoded := make([]pair, len(params))
	for i, p := range params {
		encoded[i] = pair{percentEncode(p.key), percentEncode(p.value)}
	}
	sort.SliceStable(encoded, func(i, j int) bool {
		if encoded[i].key != encoded[j].key {
			return encoded[i].key < encoded[j].key
		}
		return encoded[i].value < encoded[j].value
	})
	for i, p := range encoded {
		parts[i] = p.key + "=" + p.value
	}
	return strings.Join(parts, "&")
}

func joinPairs(params []pair) string {
	parts := make([]string, len(params))
	for i, p := range params {
		parts[i] = percentEncode(p.key) + "=" + percentEncode(p.value)
	}
	return strings.Join(parts, "&")
}

// place writes the parameters into the header, query or body.
func (a *oauth1) place(r *transport.Request, protocol []pair, form string, hasForm bool) {
	switch {
	case a.p.Bool("addParamsToHeader"):
		setAuthorization(r, a.headerText(protocol))
	case hasForm && (r.Method == "POST" || r.Method == "PUT"):
		r.Body = textBody(strings.TrimPrefix(withoutOAuth(form)+"&"+joinPairs(protocol), "&"))
	default:
		sep := "?"
		if strings.Contains(r.URL.Target, "?") {
			sep = "&"
		}
		r.URL.Target += sep + joinPairs(protocol)
	}
}

func (a *oauth1) headerText(protocol []pair) string {
	encode := percentEncode
	if a.p.Bool("disableHeaderEncoding") {
		encode = func(s string) string { return s }
	}
	var parts []string
	if realm := a.p.Text("realm"); realm != "" {
		parts = append(parts, `realm="`+encode(realm)+`"`)
	}
	for _, p := range protocol {
		parts = append(parts, encode(p.key)+`="`+encode(p.value)+`"`)
	}
	return "OAuth " + strings.Join(parts, ",")
}
