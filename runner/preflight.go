package runner

import (
	"fmt"
	"strconv"
	"strings"

	"postie/collections"
	"postie/runner/event"
	"postie/runner/internal/send"
)

// preflight looks for what would surely go wrong before a request is sent: a
// variable defined nowhere that is used in the URL's host or in a header's
// name, and a host that is still a placeholder. Undefined variables elsewhere
// are warned of and go out as written, as in Postman.
func (x *execution) preflight(r *collections.Request, a *collections.Auth) *event.Failure {
	names := &send.NameCheck{Scopes: x.scopes, Subject: fmt.Sprintf("item %q", x.item.ref.Name)}
	host := strings.Join(r.URL.Host, ".")
	if f := names.Undefined(host+r.URL.Port, "the URL's host"); f != nil {
		return f
	}
	for _, h := range r.Header {
		if h.Disabled {
			continue
		}
		if f := names.Undefined(h.Key, "a header's name"); f != nil {
			return f
		}
		x.unresolved(h.Value, "header "+strconv.Quote(h.Key))
	}
	if f := names.Placeholder(host); f != nil {
		return f
	}
	x.unresolved(strings.Join(r.URL.Path, "/"), "the URL's path")
	for _, q := range r.URL.Query {
		if !q.Disabled {
			x.unresolved(deref(q.Key), "the URL's query")
			x.unresolved(deref(q.Value), "query parameter "+strconv.Quote(deref(q.Key)))
		}
	}
	x.checkBody(r.Body)
	if a != nil {
		for _, p := range a.Params {
			if s, ok := p.Value.(string); ok {
				x.unresolved(s, a.Type+" auth's "+p.Key)
			}
		}
	}
	return nil
}

func (x *execution) checkBody(b *collections.Body) {
	if b == nil || b.Disabled {
		return
	}
	if b.Raw != nil && b.Mode == "raw" {
		x.unresolved(*b.Raw, "the body")
	}
	if b.Mode == "graphql" {
		x.unresolved(string(b.GraphQL), "the body")
	}
	params := b.URLEncoded
	if b.Mode == "formdata" {
		params = b.FormData
	}
	for _, p := range params {
		if s, ok := p.Value.(string); ok && !p.Disabled {
			x.unresolved(s, "form field "+strconv.Quote(p.Key))
		}
	}
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func (x *execution) unresolved(text, place string) {
	for _, name := range x.scopes.Unresolved(text) {
		w := event.Warned{Kind: "unresolved", Text: fmt.Sprintf("%s: variable %q is not defined and goes out as written", place, name)}
		if near := x.scopes.Closest(name); near != "" {
			w.Hint = fmt.Sprintf("did you mean %q?", near)
		}
		x.warn(w)
	}
}
