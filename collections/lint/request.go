package lint

import (
	"slices"
	"strings"

	"postie/collections"
	"postie/collections/vars"
)

// request checks the texts of a request.
func (in *linter) request(n *collections.Node) {
	r := enabled(n.Request())
	if strings.TrimSpace(r.URL.String()) == "" {
		in.at(n, Error, EmptyURL, "the request has no URL")
	}
	if found := vars.PlaceholderIn(strings.Join(r.URL.Host, ".")); found != "" {
		in.at(n, Warning, Placeholder, "the URL's host holds the placeholder %s", found)
	}
	r.Resolve(func(s string) string { in.templates(n, s); return s })
	in.headers(n, r)
	if r.Body != nil && r.Body.Raw != nil && knownSecret().MatchString(*r.Body.Raw) {
		in.at(n, Warning, SecretInClear, "the body holds a credential; use a variable")
	}
	for _, q := range r.URL.Query {
		if !q.Disabled && q.Value != nil && vars.IsPlaceholder(*q.Value) {
			name := ""
			if q.Key != nil {
				name = *q.Key
			}
			in.at(n, Warning, Placeholder, "query parameter %s is a placeholder", name)
		}
	}
}

// enabled returns a request without its disabled parts.
func enabled(r *collections.Request) *collections.Request {
	r.Header = slices.DeleteFunc(r.Header, func(h collections.Header) bool { return h.Disabled })
	if r.Body != nil && r.Body.Disabled {
		r.Body = nil
	}
	if b := r.Body; b != nil {
		off := func(p collections.FormParam) bool { return p.Disabled }
		b.URLEncoded, b.FormData = slices.DeleteFunc(b.URLEncoded, off), slices.DeleteFunc(b.FormData, off)
	}
	return r
}

func (in *linter) headers(n *collections.Node, r *collections.Request) {
	for _, h := range r.Header {
		_, credential, scheme := strings.Cut(h.Value, " ")
		if !scheme {
			credential = h.Value
		}
		switch {
		case vars.IsPlaceholder(credential):
			in.at(n, Warning, Placeholder, "header %s is a placeholder", h.Key)
		case vars.IsSecretName(h.Key) && literal(credential), knownSecret().MatchString(h.Value):
			in.at(n, Warning, SecretInClear, "header %s is written in clear; use a variable", h.Key)
		}
	}
}

// auth checks the auth written at a node, not what it inherits.
func (in *linter) auth(n *collections.Node) {
	a, owner, ok := n.Auth()
	if !ok || owner != n {
		return
	}
	for _, p := range a.Params {
		s := vars.Text(p.Value)
		in.templates(n, s)
		switch {
		case vars.IsPlaceholder(s):
			in.at(n, Warning, Placeholder, "%s of the %s auth is a placeholder", p.Key, a.Type)
		case secretParams[p.Key] && literal(s), p.Key == "value" && a.Type == "apikey" && literal(s):
			in.at(n, Warning, SecretInClear, "%s of the %s auth is written in clear; use a variable", p.Key, a.Type)
		}
	}
}

// duplicates reports siblings with the same name and kind.
func (in *linter) duplicates(n *collections.Node) {
	type key struct {
		name   string
		folder bool
	}
	seen := map[key]bool{}
	for _, c := range n.Children() {
		k := key{c.Name(), c.IsFolder()}
		if seen[k] {
			in.at(c, Warning, DuplicateName, "another one here has this name: setNextRequest and --folder cannot distinguish them")
		}
		seen[k] = true
	}
}
