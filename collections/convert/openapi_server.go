package convert

import (
	"net/url"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"postie/collections/regex"
)

// globalServer sets the variable baseUrl to the document's first server, which
// may have variables of its own.
func (r *openAPI) globalServer() {
	list := r.doc.Servers
	if len(list) > 1 {
		r.note(r.source(list[1].Extensions), "%d servers: baseUrl is the first", len(list))
	}
	r.base = "http://localhost"
	if len(list) > 0 {
		r.base = r.address(list[0])
	}
	r.declare(variable{Key: "baseUrl"}, r.base)
}

// server returns the text before the path of an operation: the variable of its
// server. Servers of an operation replace those of its path, and these replace
// those of the document.
func (r *openAPI) server(op *openapi3.Operation, shared *openapi3.PathItem) string {
	list := shared.Servers
	if op.Servers != nil && len(*op.Servers) > 0 {
		list = *op.Servers
	}
	if len(list) == 0 {
		return "{{baseUrl}}"
	}
	if len(list) > 1 {
		r.note(r.source(list[1].Extensions), "%d servers: the first is used", len(list))
	}
	return "{{" + r.declare(variable{Key: "baseUrl"}, r.address(list[0])) + "}}"
}

var serverVariable = regex.Lazy(`\{([^{}]+)\}`)

// address returns the URL of a server with variables of the collection in it. A
// relative URL is relative to where the document was served, which most likely
// was the first server.
func (r *openAPI) address(s *openapi3.Server) string {
	names := map[string]string{}
	for _, e := range r.raw(s.Extensions, "variables").entries() {
		v := s.Variables[e.key]
		if v == nil {
			continue
		}
		value := v.Default
		if value == "" && len(v.Enum) > 0 {
			value = v.Enum[0]
		}
		names[e.key] = r.declare(variable{Key: text(e.key), Description: text(v.Description)}, value)
	}
	out := serverVariable().ReplaceAllStringFunc(strings.TrimSpace(s.URL), func(m string) string {
		name := m[1 : len(m)-1]
		if names[name] == "" {
			names[name] = name // the variable has no value, which the run reports
		}
		return "{{" + names[name] + "}}"
	})
	return strings.TrimSuffix(r.absolute(out), "/")
}

func (r *openAPI) absolute(address string) string {
	base := r.base
	if base == "" {
		base = "http://localhost"
	}
	switch {
	case strings.Contains(address, "://"), strings.HasPrefix(address, "{{"):
		return address
	case strings.HasPrefix(address, "//"):
		scheme, _, _ := strings.Cut(base, "://")
		return scheme + ":" + address
	case strings.HasPrefix(address, "/"):
		scheme, rest, _ := strings.Cut(base, "://")
		host, _, _ := strings.Cut(rest, "/")
		return scheme + "://" + host + address
	}
	if u, err := url.Parse(base + "/"); err == nil && !strings.Contains(base, "{{") {
		if to, err := u.Parse(address); err == nil && address != "" {
			return to.String()
		}
	}
	return strings.TrimSuffix(base, "/") + "/" + strings.TrimPrefix(address, "./")
}
