package auth

import (
	"context"
	"strings"
	"unicode"

	"postie/runner/transport"
)

// apiKey sends a key and a value as a header or as a query parameter.
type apiKey struct {
	p     Params
	wrote []string
}

func (a *apiKey) Sign(_ context.Context, r *transport.Request) error {
	key, value := a.p.Text("key"), a.p.Text("value")
	if key == "" && value == "" {
		return nil
	}
	if a.p.Text("in") == "query" {
		r.URL.Target = setQuery(r.URL.Target, key, value, a.p.Has("value"))
		return nil
	}
	if key == "" { // a line without a name is not sent, but reports show it
		r.Header = append(r.Header, transport.Field{Value: value})
		return nil
	}
	var kept transport.Header
	for _, f := range r.Header {
		if words(f.Name) != words(key) {
			kept = append(kept, f)
		}
	}
	r.Header = append(kept, transport.Field{Name: key, Value: value})
	a.wrote = []string{key}
	return nil
}

func (a *apiKey) Wrote() []string { return a.wrote }

// words reduces a header name to the form in which Postman compares names:
// X-Key and "x key" are the same.
func words(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}), " ")
}

// setQuery adds a parameter at the end of an encoded target, in place of an
// earlier one. A parameter without a value is just its key.
func setQuery(target, key, value string, hasValue bool) string {
	path, query, _ := strings.Cut(target, "?")
	var kept []string
	for part := range strings.SplitSeq(query, "&") {
		if name, _, _ := strings.Cut(part, "="); part != "" && name != queryEscape(key, "&=#") {
			kept = append(kept, part)
		}
	}
	last := queryEscape(key, "&=#")
	if hasValue {
		last += "=" + queryEscape(value, "&#")
	}
	kept = append(kept, last)
	return path + "?" + strings.Join(kept, "&")
}

// queryEscape percent-encodes the characters of set, and those that Postman's
// URL encoder encodes.
func queryEscape(s, set string) string {
	const hex = "0123456789ABCDEF"
	var out []byte
	for i := range len(s) {
		c := s[i]
		if c <= ' ' || c >= 0x7f || strings.IndexByte("\"'<>"+set, c) >= 0 {
			out = append(out, '%', hex[c>>4], hex[c&15])
			continue
		}
		out = append(out, c)
	}
	return string(out)
}
