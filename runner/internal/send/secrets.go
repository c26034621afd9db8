package send

import (
	"postie/collections"
	"postie/runner/auth"
	"postie/runner/event"
	"postie/runner/mask"
	"postie/runner/script"
	"postie/runner/transport"
)

// This file finds secrets in what a run sends and receives. Package mask
// decides which headers, parameters and values are secret.

// LearnNode adds the secrets in the document of a request to the mask.
func LearnNode(m *mask.Masker, n *collections.Node) {
	LearnRequest(m, n.Template(), mask.Run)
	if a, _, ok := n.Auth(); ok {
		LearnAuth(m, &a, mask.Run)
	}
}

// LearnRequest adds the credentials in a request's headers and URL to the mask.
func LearnRequest(m *mask.Masker, q *collections.Request, until mask.Scope) {
	for _, h := range q.Header {
		if !h.Disabled {
			m.Header(h.Key, h.Value, until)
		}
	}
	m.URL(q.URL.String(), until)
}

// LearnAuth adds the credentials of an auth block to the mask; nil has none.
func LearnAuth(m *mask.Masker, a *collections.Auth, until mask.Scope) {
	if a == nil {
		return
	}
	for _, p := range a.Params {
		m.Param(p.Key, p.Value, until)
	}
}

// learnSigned adds what an auth scheme wrote into a request to the mask, until
// the item is over.
func learnSigned(item *mask.Item, a *collections.Auth, w *transport.Request, by auth.Writer) {
	for _, name := range by.Wrote() {
		item.Name(name)
		for _, v := range w.Header.Values(name) {
			item.Learn(v)
		}
	}
	for _, p := range a.Params {
		if name, ok := p.Value.(string); ok && a.Type == "apikey" && p.Key == "key" {
			item.Name(name)
		}
	}
}

// learnAnswer adds the secrets of an exchange to the mask: cookies, credentials
// in headers, the tokens of a token endpoint, values whose keys are secret by
// name, and what patterns match.
func learnAnswer(m *mask.Masker, source string, sent event.Request, ex *transport.Exchange, given []script.Cookie) {
	for _, c := range given {
		m.Cookie(c.Value, mask.Recent)
	}
	for _, hop := range ex.Hops {
		for _, line := range hop.Header.Values("Cookie") {
			m.Header("Cookie", line, mask.Recent)
		}
		if hop.Response == nil {
			continue
		}
		for _, f := range hop.Response.Header {
			m.Header(f.Name, f.Value, mask.Recent)
			m.Matches(f.Value, mask.Recent)
		}
	}
	for _, f := range sent.Header {
		m.Matches(f.Value, mask.Recent)
	}
	m.Body(sent.Body, mask.Recent)
	m.Body([]byte(sent.Display), mask.Recent)
	if ex.Response == nil {
		return
	}
	m.Body(ex.Response.Body, mask.Recent)
	if source == "token" {
		m.Tokens(ex.Response.Body, mask.Recent)
	}
	m.TokenExchange(sent.Body, ex.Response.Body, mask.Recent)
}

// secretHeaders returns the names of a request's headers that contain a secret.
func secretHeaders(m *mask.Masker, list []collections.Header) []string {
	var lines []event.Field
	for _, h := range list {
		if !h.Disabled {
			lines = append(lines, event.Field{Name: h.Key, Value: h.Value})
		}
	}
	return m.Secrets(lines)
}
