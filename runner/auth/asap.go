package auth

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"net/url"
	"strconv"
	"strings"

	"github.com/golang-jwt/jwt/v5"
	"github.com/tidwall/gjson"

	"postie/collections/regex"
	"postie/runner/transport"
)

// asap is Atlassian's service-to-service authentication, which signs a token.
type asap struct {
	authorization
	p    Params
	opts Options
}

func (a *asap) Sign(_ context.Context, r *transport.Request) error {
	token, err := a.token()
	if err != nil {
		return err
	}
	setAuthorization(r, "Bearer "+token)
	return nil
}

func (a *asap) token() (string, error) {
	text := strings.TrimSpace(a.p.Text("claims"))
	if text == "" {
		text = "{}"
	}
	if !json.Valid([]byte(text)) || !gjson.Parse(text).IsObject() {
		return "", errors.New("Failed to parse claims")
	}
	claims := gjson.Parse(text)
	get := func(key string) string {
		if v := claims.Get(key).String(); v != "" {
			return v
		}
		return a.p.Text(key)
	}
	kid, issuer, audience := get("kid"), get("iss"), get("aud")
	if kid == "" || issuer == "" || audience == "" || a.p.Text("privateKey") == "" {
		return "", errors.New("One or more of required claims missing")
	}
	alg := a.p.Text("alg")
	if alg == "" {
		alg = "RS256"
	}
	method := jwt.GetSigningMethod(alg)
	if method == nil || !strings.ContainsAny(alg[:1], "RPE") || alg == "EdDSA" {
		return "", errors.New("invalid algorithm")
	}
	keyText, err := asapKey(kid, a.p.Text("privateKey"))
	if err != nil {
		return "", errors.New("Failed to parse private key.")
	}
	key, err := privateKey(keyText)
	if err != nil {
		return "", errors.New("Failed to sign request with key.")
	}
	header := []byte(`{"alg":` + quoted(alg) + `,"kid":` + quoted(kid) + `}`)
	token, err := signToken(method, key, header, a.claims(claims, issuer, audience, get("sub")))
	if err != nil {
		return "", errors.New("Failed to sign request with key.")
	}
	return token, nil
}

// claims returns the user's claims with the registered ones, in Postman's
// order.
func (a *asap) claims(given gjson.Result, issuer, audience, subject string) []byte {
	now := a.opts.Now().Unix()
	if subject == "" {
		subject = issuer
	}
	lifetime := int64(3600)
	if n, err := strconv.ParseInt(a.p.Text("exp"), 10, 64); err == nil && n != 0 {
		lifetime = n
	}
	registered := []pair{{"iat", numberOr(given, "iat", now)}, {"iss", quoted(issuer)}, {"sub", quoted(subject)},
		{"jti", quoted(a.opts.uuid())}, {"aud", quoted(audience)}, {"exp", numberOr(given, "exp", now+lifetime)}}
	if v := given.Get("jti").String(); v != "" {
		registered[3].value = quoted(v)
	}
	if v := given.Get("aud"); v.Exists() {
		registered[4].value = v.Raw
	}
	var parts []string
	given.ForEach(func(k, v gjson.Result) bool {
		raw := v.Raw
		for i, r := range registered {
			if r.key == k.Str {
				raw, registered[i].key = r.value, ""
			}
		}
		parts = append(parts, k.Raw+":"+raw)
		return true
	})
	for _, r := range registered {
		if r.key != "" {
			parts = append(parts, quoted(r.key)+":"+r.value)
		}
	}
	return []byte("{" + strings.Join(parts, ",") + "}")
}

func numberOr(given gjson.Result, key string, other int64) string {
	if v := given.Get(key); v.Int() != 0 {
		return strconv.FormatInt(v.Int(), 10)
	}
	return strconv.FormatInt(other, 10)
}

func quoted(s string) string {
	b, _ := json.Marshal(s) // a string can always be encoded
	return string(b)
}

var asapURI = regex.Lazy(`^data:application/pkcs8;kid=([\w.\-+/]+);base64,([a-zA-Z0-9+/=]+)$`)

// asapKey reads a PEM key, or a data URI with a key and the key's id.
func asapKey(kid, text string) (string, error) {
	text = strings.Trim(strings.ReplaceAll(text, "\n", ""), `"`)
	plain, err := url.PathUnescape(text)
	if err != nil {
		plain = text
	}
	if !strings.HasPrefix(plain, "data:") {
		return brokenPEM(plain), nil
	}
	m := asapURI().FindStringSubmatch(plain)
	if m == nil || m[1] != kid {
		return "", errors.New("the data URI is malformed, or of another key id")
	}
	der, err := base64.StdEncoding.DecodeString(m[2])
	if err != nil {
		return "", err
	}
	text = string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	_, err = privateKey(text)
	return text, err
}

var pemText = regex.Lazy(`^\s*(-----BEGIN [A-Z ]+-----)(.*)(-----END [A-Z ]+-----)\s*$`)

// brokenPEM restores the lines of a PEM text whose lines were joined.
func brokenPEM(s string) string {
	m := pemText().FindStringSubmatch(s)
	if m == nil {
		return s
	}
	return m[1] + "\n" + strings.Join(strings.Fields(m[2]), "") + "\n" + m[3] + "\n"
}
