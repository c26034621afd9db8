package mask

import (
	"bytes"
	"encoding/json"
	"net/url"
)

// Tokens learns the tokens in a response of a token endpoint, of any content
// type.
func (m *Masker) Tokens(body []byte, until Scope) {
	if !m.options.Off {
		m.tokens(body, shortest, until)
	}
}

// TokenExchange learns the secrets of a token request and of its response (RFC
// 6749, sections 4 and 5.1), if they are such. Scripts and requests of a
// collection may also ask for tokens without an auth block.
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

// longestTokenBody is the length above which a body is neither a token request
// nor the response to one.
const longestTokenBody = 64 << 10

// isTokenRequest reports whether a body has the parameter that every token
// request must have.
func isTokenRequest(body []byte) bool { return tokenMember(body, "grant_type") != "" }

// isTokenAnswer reports whether a body has the two members that every response
// with a token must have.
func isTokenAnswer(body []byte) bool {
	return tokenMember(body, "access_token") != "" && tokenMember(body, "token_type") != ""
}

// tokenMember returns a member of a JSON object or a parameter of a form, or
// "".
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
