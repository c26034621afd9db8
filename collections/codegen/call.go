package codegen

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"postie/collections"
	"postie/collections/vars"
)

// A call is a request ready to be written: what is off is gone, auth is in
// its headers.
type call struct {
	name    string
	method  string
	url     text
	headers []field
	body    body
	auth    collections.Auth // of a scheme that headers alone cannot say
	authFor map[string]text  // its parameters
	params  []*param
	notes   []string
}

type field struct{ name, value text }

// A body is a text, a file or parts; kind "" is none.
type body struct {
	kind  string // text, form, multipart, file
	text  text
	form  []field
	parts []formPart
	file  text
}

type formPart struct {
	name, value text
	file        bool // value is a path
	contentType string
}

func newCall(n *collections.Node, expand func(string) string) *call {
	r := n.Request().Resolve(expand)
	c := &call{name: n.Name(), method: r.Method, authFor: map[string]text{}}
	user := r.URL.Auth
	r.URL.Auth, r.URL.Hash = nil, nil
	c.url = c.split(escapeURL(r.URL.String()))
	for _, h := range r.Header {
		if !h.Disabled && h.Key != "" {
			c.headers = append(c.headers, field{c.split(oneLine(h.Key)), c.split(oneLine(strings.TrimSpace(h.Value)))})
		}
	}
	if user != nil {
		c.set("Authorization", append(text{{literal: "Basic "}}, base64Text(c.split(user.User), c.split(user.Password))))
	}
	c.addBody(r, n.Profile())
	if a, _, ok := n.Auth(); ok {
		c.addAuth(a, expand)
	}
	if t := c.url; len(t) > 0 && t[0].param == nil && !strings.Contains(t[0].literal, "://") {
		c.url = append(text{{literal: "http://"}}, t...)
	}
	return c
}

// oneLine takes out what a header must not hold.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\r' || r == '\n' || r == 0 {
			return -1
		}
		return r
	}, s)
}

// escapeURL percent-encodes what no URL may hold, outside templates.
func escapeURL(s string) string {
	var b strings.Builder
	for s != "" {
		at := template.FindStringIndex(s)
		if at == nil {
			at = []int{len(s), len(s)}
		}
		for i := range at[0] {
			if c := s[i]; c == '%' && !escaped(s[i:]) || c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>`{}|^\\", c) >= 0 {
				fmt.Fprintf(&b, "%%%02X", c)
			} else {
				b.WriteByte(c)
			}
		}
		b.WriteString(s[at[0]:at[1]])
		s = s[at[1]:]
	}
	return b.String()
}

// escaped is true of "%20"; an escape may begin before a template.
func escaped(s string) bool {
	return len(s) > 2 && strings.Trim(s[1:3], "0123456789abcdefABCDEF{") == ""
}

// header is the value of the last header of a name.
func (c *call) header(name string) (text, bool) {
	for i := len(c.headers) - 1; i >= 0; i-- {
		if n, ok := c.headers[i].name.plain(); ok && strings.EqualFold(n, name) {
			return c.headers[i].value, true
		}
	}
	return nil, false
}

func (c *call) drop(name string) {
	c.headers = slices.DeleteFunc(c.headers, func(f field) bool {
		n, ok := f.name.plain()
		return ok && strings.EqualFold(n, name)
	})
}

func (c *call) set(name string, value text) {
	c.drop(name)
	c.headers = append(c.headers, field{text{{literal: name}}, value})
}

// bodyless are the methods Postman sends without a body.
var bodyless = []string{"GET", "COPY", "HEAD", "PURGE", "UNLOCK"}

func (c *call) addBody(r *collections.Request, p collections.Profile) {
	c.drop("Content-Length") // the program counts itself
	b := r.Body
	if b == nil || b.Disabled || slices.Contains(bodyless, r.Method) && (p.DisableBodyPruning == nil || !*p.DisableBodyPruning) {
		return
	}
	switch b.Mode {
	case "raw":
		if b.Raw != nil && *b.Raw != "" {
			c.textBody(*b.Raw, contentType(b.Language))
		}
	case "graphql":
		c.textBody(graphQL(b.GraphQL), "application/json")
	case "urlencoded":
		c.formBody(b.URLEncoded)
	case "formdata":
		c.multipartBody(b.FormData)
	case "file":
		if b.File != nil && b.File.Src != "" {
			c.body = body{kind: "file", file: c.split(b.File.Src)}
			c.defaultType("application/octet-stream")
		}
	}
}

func contentType(language string) string {
	switch language {
	case "json", "javascript", "xml":
		return "application/" + language
	case "html":
		return "text/html"
	}
	return "text/plain"
}

func (c *call) textBody(s, contentType string) {
	c.body = body{kind: "text", text: c.split(s)}
	c.defaultType(contentType)
}

func (c *call) defaultType(contentType string) {
	if _, ok := c.header("Content-Type"); !ok {
		c.set("Content-Type", text{{literal: contentType}})
	}
}

// graphQL is the JSON that carries a query; its variables are a text of JSON.
func graphQL(raw json.RawMessage) string {
	var g struct {
		Query     string          `json:"query"`
		Operation string          `json:"operationName,omitempty"`
		Variables json.RawMessage `json:"variables,omitempty"`
	}
	if json.Unmarshal(raw, &g) != nil {
		return "{}"
	}
	var s string
	if json.Unmarshal(g.Variables, &s) == nil {
		g.Variables = json.RawMessage(s)
		if !json.Valid(g.Variables) {
			g.Variables = json.RawMessage("{}")
		}
	}
	out, err := json.Marshal(g)
	if err != nil {
		return "{}"
	}
	return string(out)
}

func (c *call) formBody(list []collections.FormParam) {
	c.body.kind = "form"
	for _, p := range list {
		if !p.Disabled {
			c.body.form = append(c.body.form, field{c.split(p.Key), c.split(valueText(p.Value))})
		}
	}
	if len(c.body.form) == 0 {
		c.body.kind = ""
		return
	}
	c.set("Content-Type", text{{literal: "application/x-www-form-urlencoded"}})
}

func valueText(v any) string {
	if v == nil {
		return ""
	}
	return vars.Text(v)
}

func (c *call) multipartBody(list []collections.FormParam) {
	for _, p := range list {
		if p.Disabled {
			continue
		}
		if p.Type != "file" {
			c.body.parts = append(c.body.parts, formPart{name: c.split(p.Key), value: c.split(valueText(p.Value)), contentType: p.ContentType})
			continue
		}
		for _, src := range p.Src {
			c.body.parts = append(c.body.parts, formPart{name: c.split(p.Key), value: c.split(src), file: true, contentType: p.ContentType})
		}
	}
	if len(c.body.parts) > 0 {
		c.body.kind = "multipart"
		c.drop("Content-Type") // it names the boundary
	}
}

// formText is a form as one text: literals encoded, parameters to be.
func (c *call) formText() text {
	var out text
	for i, f := range c.body.form {
		if i > 0 {
			out = append(out, piece{literal: "&"})
		}
		out = append(out, encoded(f.name)...)
		out = append(out, piece{literal: "="})
		out = append(out, encoded(f.value)...)
	}
	return merged(out)
}

func encoded(t text) text {
	var out text
	for _, p := range t {
		if p.param != nil {
			out = append(out, piece{fn: "urlencode", inner: text{p}})
		} else {
			out = append(out, piece{literal: escapeForm(p.literal)})
		}
	}
	return out
}

func escapeForm(s string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-_.~", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// addAuth puts the simple schemes into headers and query.
func (c *call) addAuth(a collections.Auth, expand func(string) string) {
	of := func(key string) text {
		for _, p := range a.Params {
			if p.Key == key {
				return c.split(expand(valueText(p.Value)))
			}
		}
		return nil
	}
	switch a.Type {
	case "noauth":
	case "basic":
		c.set("Authorization", append(text{{literal: "Basic "}}, base64Text(of("username"), of("password"))))
	case "bearer":
		c.set("Authorization", append(text{{literal: "Bearer "}}, of("token")...))
	case "oauth2":
		c.oauth2(of)
	case "apikey":
		c.apiKey(of)
	default:
		c.auth = a
		for _, p := range a.Params {
			c.authFor[p.Key] = of(p.Key)
		}
	}
}

func base64Text(user, password text) piece {
	t := slices.Concat(user, text{{literal: ":"}}, password)
	if s, ok := t.plain(); ok {
		return piece{literal: base64.StdEncoding.EncodeToString([]byte(s))}
	}
	return piece{fn: "base64", inner: merged(t)}
}

func (c *call) oauth2(of func(string) text) {
	token := of("accessToken")
	if len(token) == 0 {
		token = text{{param: c.parameter("accessToken")}}
		c.notes = append(c.notes, "get the OAuth 2.0 access token first")
	}
	if to, _ := of("addTokenTo").plain(); to == "queryParams" {
		c.addQuery(text{{literal: "access_token"}}, token)
		return
	}
	prefix := of("headerPrefix")
	if len(prefix) == 0 {
		prefix = text{{literal: "Bearer"}}
	}
	if s, ok := prefix.plain(); ok {
		prefix = text{{literal: strings.TrimSpace(s) + " "}}
	}
	c.set("Authorization", merged(slices.Concat(prefix, token)))
}

func (c *call) apiKey(of func(string) text) {
	key, value := of("key"), of("value")
	if len(key) == 0 {
		return
	}
	if in, _ := of("in").plain(); in == "query" {
		c.addQuery(key, value)
		return
	}
	c.headers = append(c.headers, field{key, value})
}

// addQuery adds a parameter to the URL, before its fragment.
func (c *call) addQuery(key, value text) {
	mark := "?"
	if strings.Contains(c.url.String(), "?") {
		mark = "&"
	}
	for i, p := range c.url {
		if at := strings.IndexByte(p.literal, '#'); at >= 0 {
			c.url = append(c.url[:i:i], piece{literal: p.literal[:at]})
			break
		}
	}
	c.url = merged(slices.Concat(c.url, text{{literal: mark}}, encoded(key), text{{literal: "="}}, encoded(value)))
}
