package mask

import (
	"bytes"
	"encoding/json"
	"net/url"
)

// Tokens learns the tokens of a token endpoint's answer, whatever its type.
func (m *Masker) Tokens(body []byte, until Scope) {
	if !m.options.Off {
		m.tokens(body, shortest, until)
	}
}

// TokenExchange learns the secrets of a token request and of its answer (RFC
// 6749, sections 4 and 5.1) when they are such, no matter who asked for the token:
// scripts and requests of a collection do so without an auth block.
func (m *Masker) TokenExchange(request, answer []byte, until Scope) {
	if m.options.Off {
		return
	}
	if isTokenRequest(request) {
		m.tokens(request, longSecret, until)
	}
	if isTokenAnswer(answer) {
		m.tokens(answer, longSecret, until)
	}
}

func (m *Masker) tokens(body []byte, least int, until Scope) {
	var n names
	n.add(tokenKeys)
	m.valuesIn(string(body), &n, least, until)
}

// longestTokenBody is the length from which on a body is no token request and
// no answer to one.
const longestTokenBody = 64 << 10

// isTokenRequest reports whether a body has the one parameter that every token
// request must have.
func isTokenRequest(body []byte) bool { return tokenMember(body, "grant_type") != "" }

// isTokenAnswer reports whether a body has the two members that every answer
// with a token must have.
func isTokenAnswer(body []byte) bool {
	return tokenMember(body, "access_token") != "" && tokenMember(body, "token_type") != ""
}

// tokenMember is a member of a JSON object, or a parameter of a form; "" for none.
func tokenMember(body []byte, name string) string {
	body = bytes.TrimSpace(body)
	if len(body) == 0 || len(body) > longestTokenBody || !bytes.Contains(body, []byte(name)) {
		return ""
	}
	if body[0] != '{' {
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return ""
		}
		return form.Get(name)
	}
	var object map[string]json.RawMessage
	var text string
	if json.Unmarshal(body, &object) != nil || json.Unmarshal(object[name], &text) != nil {
		return ""
	}
	return text
}
