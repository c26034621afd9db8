package convert

import (
	"net/url"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// credentials are what a security requirement needs: one scheme becomes the
// request's auth, the others become headers and parameters.
type credentials struct {
	auth    *auth
	headers []pair
	query   []pair
	cookies []string
}

// countSchemes counts the schemes that would share a variable. Two API keys are
// two secrets, so they need two variables.
func (r *openAPI) countSchemes() {
	for _, s := range r.schemeMap() {
		if s.Value != nil {
			r.schemes[secretName(s.Value)]++
		}
	}
}

func (r *openAPI) schemeMap() openapi3.SecuritySchemes {
	if r.doc.Components == nil {
		return nil
	}
	return r.doc.Components.SecuritySchemes
}

// secretName returns the variable for a scheme's secret.
func secretName(s *openapi3.SecurityScheme) string {
	switch {
	case s.Type == "apiKey":
		return "apiKey"
	case s.Type == "http" && slices.Contains([]string{"basic", "digest", "ntlm"}, strings.ToLower(s.Scheme)):
		return "password"
	case s.Type == "http":
		return "token"
	}
	return "accessToken"
}

// template returns the variable for a secret of a scheme. It contains the
// scheme's name when another scheme has such a secret, too.
func (r *openAPI) template(s *openapi3.SecurityScheme, scheme, name string) string {
	if r.schemes[secretName(s)] > 1 {
		return "{{" + scheme + "_" + name + "}}"
	}
	return "{{" + name + "}}"
}

// security returns the first of the requirements that a collection can express.
// {} and no requirement mean no auth.
func (r *openAPI) security(list openapi3.SecurityRequirements, source *value) credentials {
	if len(list) == 0 {
		return credentials{auth: &auth{Type: "noauth"}}
	}
	if len(list) > 1 {
		r.note(source, "%d ways to authenticate: the first is used", len(list))
	}
	for i, requirement := range list {
		if c, ok := r.requirement(requirement, source.at(itoa(i)), i == len(list)-1); ok {
			return c
		}
	}
	return credentials{}
}

// requirement returns all schemes of one requirement. It is not ok when a
// collection cannot express one of them, unless it is the last requirement.
func (r *openAPI) requirement(requirement openapi3.SecurityRequirement, source *value, last bool) (c credentials, ok bool) {
	if len(requirement) == 0 {
		return credentials{auth: &auth{Type: "noauth"}}, true
	}
	names := order(requirement, source)
	// API keys come last: they can also be a plain header, while other schemes
	// need the auth
	slices.SortStableFunc(names, func(a, b string) int { return rank(r.schemeMap()[a]) - rank(r.schemeMap()[b]) })
	for _, name := range names {
		ref := r.schemeMap()[name]
		if ref == nil || ref.Value == nil {
			r.note(source, "security scheme %q is not defined: left out", name)
			continue
		}
		if !r.scheme(&c, name, ref.Value, requirement[name], source) && !last {
			return c, false
		}
	}
	return c, true
}

func rank(ref *openapi3.SecuritySchemeRef) int {
	switch {
	case ref == nil || ref.Value == nil:
		return 2
	case ref.Value.Type == "apiKey":
		return 1
	}
	return 0
}

func of(key, value string) param { return param{Key: text(key), Value: quote(value), Type: "string"} }

// scheme adds one scheme. It reports false, with a note, when a collection
// cannot express it.
func (r *openAPI) scheme(c *credentials, name string, s *openapi3.SecurityScheme, scopes []string, source *value) bool {
	if s.Type == "apiKey" {
		r.apiKey(c, name, s)
		return true
	}
	a := r.authOf(name, s, scopes)
	switch {
	case a == nil && s.Type == "mutualTLS":
		r.note(source, "security scheme %q is a client certificate: name it to the run, --ssl-client-cert", name)
		return false
	case a == nil:
		r.note(source, "security scheme %q of type %q: left out, add its header by hand", name, strings.TrimSpace(s.Type+" "+s.Scheme))
		return false
	case c.auth != nil:
		r.note(source, "security scheme %q goes with another that writes the Authorization header: left out", name)
		return true
	}
	c.auth = a
	return true
}

// apiKey adds a key as the auth, or as a header, parameter or cookie beside it.
func (r *openAPI) apiKey(c *credentials, name string, s *openapi3.SecurityScheme) {
	value := text(r.template(s, name, "apiKey"))
	switch {
	case s.In == "cookie":
		c.cookies = append(c.cookies, s.Name+"="+string(value))
	case c.auth == nil:
		c.auth = &auth{Type: "apikey", Params: []param{of("key", s.Name), of("value", string(value)), of("in", s.In)}}
	case s.In == "query":
		c.query = append(c.query, pair{Key: text(s.Name), Value: &value})
	default:
		c.headers = append(c.headers, pair{Key: text(s.Name), Value: &value})
	}
}

func (r *openAPI) authOf(name string, s *openapi3.SecurityScheme, scopes []string) *auth {
	secret := func(key string) string { return r.template(s, name, key) }
	switch s.Type {
	case "http":
		switch kind := strings.ToLower(s.Scheme); kind {
		case "basic", "digest", "ntlm":
			return &auth{Type: kind, Params: []param{of("username", secret("username")), of("password", secret("password"))}}
		case "bearer":
			return &auth{Type: "bearer", Params: []param{of("token", secret("token"))}}
		}
	case "oauth2":
		return r.oauth2(name, s, scopes)
	case "openIdConnect":
		r.note(r.source(s.Extensions), "security scheme %q finds its token address at %s: set %s", name, s.OpenIdConnectUrl, secret("accessToken"))
		return &auth{Type: "oauth2", Params: []param{of("accessToken", secret("accessToken")), of("addTokenTo", "header")}}
	}
	return nil
}

// oauth2 makes an auth that fetches its token where that needs no person.
func (r *openAPI) oauth2(name string, s *openapi3.SecurityScheme, scopes []string) *auth {
	secret := func(key string) string { return r.template(s, name, key) }
	scope := strings.Join(scopes, " ")
	flows := s.Flows
	if flows == nil {
		flows = &openapi3.OAuthFlows{}
	}
	client := func(grant string, f *openapi3.OAuthFlow, more ...param) *auth {
		list := []param{of("grant_type", grant), of("accessTokenUrl", r.absoluteURL(f.TokenURL)), of("clientId", secret("clientId")), of("clientSecret", secret("clientSecret"))}
		list = append(list, more...)
		return &auth{Type: "oauth2", Params: append(list, of("scope", scope), of("client_authentication", "header"), of("addTokenTo", "header"))}
	}
	switch {
	case flows.ClientCredentials != nil:
		return client("client_credentials", flows.ClientCredentials)
	case flows.Password != nil:
		return client("password_credentials", flows.Password, of("username", secret("username")), of("password", secret("password")))
	case flows.AuthorizationCode != nil:
		r.note(r.source(s.Extensions), "security scheme %q needs a person to sign in: set %s, or fetch a token in Postman", name, secret("accessToken"))
		return client("authorization_code", flows.AuthorizationCode, of("authUrl", r.absoluteURL(flows.AuthorizationCode.AuthorizationURL)), of("accessToken", secret("accessToken")))
	case flows.Implicit != nil:
		r.note(r.source(s.Extensions), "security scheme %q needs a person to sign in: set %s, or fetch a token in Postman", name, secret("accessToken"))
		return &auth{Type: "oauth2", Params: []param{of("grant_type", "implicit"), of("authUrl", r.absoluteURL(flows.Implicit.AuthorizationURL)),
			of("clientId", secret("clientId")), of("accessToken", secret("accessToken")), of("scope", scope), of("addTokenTo", "header")}}
	}
	return &auth{Type: "oauth2", Params: []param{of("accessToken", secret("accessToken")), of("addTokenTo", "header")}}
}

// absoluteURL returns the address of a token endpoint, which may be relative to
// the server.
func (r *openAPI) absoluteURL(address string) string {
	if u, err := url.Parse(address); address == "" || err == nil && u.IsAbs() {
		return address
	}
	return r.absolute(address)
}

// authenticate sets the auth of a request. A request inherits the auth of the
// whole document, but not the headers and parameters beside it, so they are
// written to each request.
func (b *requestBuilder) authenticate(op *openapi3.Operation, source *value) {
	list, from := b.doc.Security, b.root.get("security")
	overrides := op.Security != nil && source.get("security") != nil
	if overrides {
		list, from = *op.Security, source.get("security")
	}
	if from == nil {
		return
	}
	c := b.security(list, from)
	if overrides {
		b.req.Auth = c.auth
		if c.auth == nil {
			b.req.Auth = &auth{Type: "noauth"}
		}
	}
	b.req.Header = append(b.req.Header, c.headers...)
	b.req.URL.Query = append(b.req.URL.Query, c.query...)
	b.cookies = append(b.cookies, c.cookies...)
}
