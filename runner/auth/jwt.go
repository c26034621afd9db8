package auth

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"

	"github.com/golang-jwt/jwt/v5"

	"postie/runner/transport"
)

// jwtAuth signs a JSON Web Token of the user's claims.
type jwtAuth struct {
	authorization
	p Params
}

func (a *jwtAuth) Sign(_ context.Context, r *transport.Request) error {
	token, err := a.token()
	if err != nil {
		return err
	}
	if a.p.Text("addTokenTo") == "queryParam" {
		key := a.p.Text("queryParamKey")
		if key == "" {
			key = "token"
		}
		r.URL.Target = setQuery(r.URL.Target, key, token, true)
		return nil
	}
	prefix := "Bearer"
	if a.p.Has("headerPrefix") {
		prefix = a.p.Text("headerPrefix")
	}
	if prefix != "" {
		prefix += " "
	}
	setAuthorization(r, prefix+token)
	return nil
}

func (a *jwtAuth) token() (string, error) {
	method := jwt.GetSigningMethod(a.p.Text("algorithm"))
	if method == nil || method == jwt.SigningMethodNone || method.Alg() == "EdDSA" {
		return "", errors.New("invalid algorithm")
	}
	if err := a.given(method); err != nil {
		return "", err
	}
	header, err := withMember(a.p.Text("header"), "alg", method.Alg())
	if err != nil {
		return "", err
	}
	payload, err := a.payload()
	if err != nil {
		return "", err
	}
	key, err := a.key(method)
	if err != nil {
		return "", err
	}
	return signToken(method, key, header, payload)
}

// given checks that there is a key, before anything is read.
func (a *jwtAuth) given(method jwt.SigningMethod) error {
	_, symmetric := method.(*jwt.SigningMethodHMAC)
	switch {
	case symmetric && a.p.Text("secret") == "":
		return errors.New("Invalid secret key. Enter a valid key.")
	case !symmetric && a.p.Text("privateKey") == "":
		return errors.New("Invalid private key. Enter a valid key.")
	}
	return nil
}

// key returns the secret or private key in the form that the method needs.
func (a *jwtAuth) key(method jwt.SigningMethod) (any, error) {
	if _, symmetric := method.(*jwt.SigningMethodHMAC); !symmetric {
		key, err := privateKey(a.p.Text("privateKey"))
		if err != nil {
			return nil, errors.New(`"pkcs8" must be PKCS#8 formatted string`)
		}
		return key, nil
	}
	if !a.p.Bool("isSecretBase64Encoded") {
		return []byte(a.p.Text("secret")), nil
	}
	return looseBase64(a.p.Text("secret")), nil
}

// looseBase64 decodes as node does: both alphabets, with or without padding.
func looseBase64(s string) []byte {
	s = strings.NewReplacer("-", "+", "_", "/", "=", "", "\n", "", "\r", "", " ", "").Replace(s)
	out, _ := base64.RawStdEncoding.DecodeString(s) // what was decoded before an error counts
	return out
}

func (a *jwtAuth) payload() ([]byte, error) {
	if !a.p.Has("payload") {
		return nil, errors.New("JWT Claims Set MUST be an object")
	}
	text := strings.TrimSpace(a.p.Text("payload"))
	if text == "" {
		text = "{}"
	}
	return compactObject(text)
}

// compactObject checks that text is a JSON object, and removes its blanks.
// Members keep their order.
func compactObject(text string) ([]byte, error) {
	var b bytes.Buffer
	if err := json.Compact(&b, []byte(text)); err != nil {
		return nil, notJSON(text, err)
	}
	if b.Len() == 0 || b.Bytes()[0] != '{' {
		return nil, errors.New("JWT Claims Set MUST be an object")
	}
	return b.Bytes(), nil
}

// notJSON says where a text stops being JSON, in V8's words.
func notJSON(text string, err error) error {
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) || syntax.Offset < 1 || int(syntax.Offset) > len(text) {
		return errors.New("Unexpected end of JSON input")
	}
	return fmt.Errorf("Unexpected token '%c', %q is not valid JSON", text[syntax.Offset-1], text)
}

// withMember returns a JSON object in which a member was set, in its place or
// at the end.
func withMember(object, name, value string) ([]byte, error) {
	object = strings.TrimSpace(object)
	if object == "" {
		object = "{}"
	}
	if !json.Valid([]byte(object)) {
		return nil, notJSON(object, json.Unmarshal([]byte(object), new(any)))
	}
	dec := json.NewDecoder(strings.NewReader(object))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.New("the token's header is not a JSON object")
	}
	quoted, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	var parts []string
	set := false
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, err
		}
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return nil, err
		}
		if key == name {
			raw, set = quoted, true
		}
		k, err := json.Marshal(key)
		if err != nil {
			return nil, err
		}
		parts = append(parts, string(k)+":"+string(raw))
	}
	if !set {
		k, _ := json.Marshal(name) // a string can always be encoded
		parts = append(parts, string(k)+":"+string(quoted))
	}
	return compactObject("{" + strings.Join(parts, ",") + "}")
}

// signToken returns the compact form of a token.
func signToken(method jwt.SigningMethod, key any, header, payload []byte) (string, error) {
	enc := base64.RawURLEncoding
	text := enc.EncodeToString(header) + "." + enc.EncodeToString(payload)
	sig, err := method.Sign(text, key)
	if err != nil {
		return "", errors.New("the key does not fit the algorithm")
	}
	return text + "." + enc.EncodeToString(sig), nil
}

// privateKey reads a PEM key in PKCS#8 or one of the older formats.
func privateKey(text string) (any, error) {
	block, _ := pem.Decode([]byte(strings.TrimSpace(text)))
	if block == nil {
		return nil, errors.New("no PEM block")
	}
	if key, err := x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	return x509.ParseECPrivateKey(block.Bytes)
}
