package runner

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"postie/collections"
	"postie/collections/vars"
	"postie/runner/event"
)

// preflight looks for what would surely go wrong before a request is sent: a
// variable defined nowhere that stands in the URL's host or in a header's
// name, and a host that is still a placeholder. Undefined variables elsewhere
// are warned of and go out as written, as in Postman.
func (x *execution) preflight(r *collections.Request, a *collections.Auth) *event.Failure {
	host := strings.Join(r.URL.Host, ".")
	if f := x.undefined(host+r.URL.Port, "the URL's host"); f != nil {
		return f
	}
	for _, h := range r.Header {
		if h.Disabled {
			continue
		}
		if f := x.undefined(h.Key, "a header's name"); f != nil {
			return f
		}
		x.unresolved(h.Value, "header "+strconv.Quote(h.Key))
	}
	if f := x.placeholder(host); f != nil {
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

var angled = regexp.MustCompile(`<<([^<>{}]+)>>`)

// undefined is the failure of a request whose text still needs a variable.
func (x *execution) undefined(text, place string) *event.Failure {
	names := x.scopes.Unresolved(text)
	if len(names) == 0 {
		if m := angled.FindStringSubmatch(text); m != nil {
			names = []string{m[1]}
		}
	}
	if len(names) == 0 {
		return nil
	}
	message := fmt.Sprintf("item %q: %s needs the variable %q, which is not defined", x.item.ref.Name, place, names[0])
	hint := fmt.Sprintf("define it in the environment, or pass --env-var '%s=…'", names[0])
	if near := x.scopes.Closest(names[0]); near != "" {
		message += fmt.Sprintf("; did you mean %q?", near)
	}
	return &event.Failure{Kind: "request", Name: "Error", Message: message, Hint: hint, Code: "UNDEFINED_VARIABLE"}
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

var placeholder = regexp.MustCompile(`<[^<>]+>|%3[Cc][^<>%]+%3[Ee]`)

// placeholder is the failure of a host such as <tenant-name>.example.com.
func (x *execution) placeholder(host string) *event.Failure {
	found := placeholder.FindString(host)
	if found == "" {
		return nil
	}
	f := &event.Failure{Kind: "request", Name: "Error", Code: "PLACEHOLDER",
		Message: fmt.Sprintf("item %q: the URL's host %q still holds the placeholder %s", x.item.ref.Name, host, found),
		Hint:    "put the real host in its place"}
	if name := x.holder(found); name != "" {
		f.Message += fmt.Sprintf(" (from the variable %q)", name)
		f.Hint = fmt.Sprintf("set %q to your tenant's address", name)
	}
	return f
}

// holder names the variable whose value holds text.
func (x *execution) holder(text string) string {
	for _, s := range []*vars.Scope{x.scopes.Local, x.scopes.Data, x.scopes.Environment, x.scopes.Collection, x.scopes.Globals} {
		if s == nil {
			continue
		}
		for v := range s.All() {
			if str, ok := v.Value.(string); ok && !v.Disabled && strings.Contains(str, text) {
				return v.Key
			}
		}
	}
	return ""
}
