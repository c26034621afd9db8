package codegen

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"postie/collections"
	"postie/collections/vars"
)

// A call is a request as a run sends it, ready to be written: disabled parts
// are gone, auth is in its headers, and comments in its JSON are removed.
type call struct {
	name      string
	method    string
	url       text
	headers   []field
	body      body
	redirects redirects
	insecure  bool             // the server's certificate is not verified
	auth      collections.Auth // a scheme that cannot be written as headers
	authFor   map[string]text  // parameters of the scheme
	params    []*param
	notes     []string
}

// A field is a header, or a field of a form.
type field struct {
	name, value text
	secret      bool // it must not be sent to another server
	latin1      bool // a run sends the value in Latin-1, as node does unless there is a text body
}

func newCall(n *collections.Node, expand func(string) string) *call {
	r, profile := n.Request().Resolve(expand), n.Profile()
	c := &call{name: n.Name(), method: r.Method, authFor: map[string]text{}, redirects: redirectsOf(profile)}
	c.insecure = profile.StrictSSL != nil && !*profile.StrictSSL
	user := r.URL.Auth
	r.URL.Auth, r.URL.Hash = nil, nil
	c.url = c.split(escapeURL(r.URL.String(), profile.DisableURLEncoding == nil || !*profile.DisableURLEncoding))
	for _, h := range oneSpelling(r.Header) {
		f := field{name: c.split(oneLine(h.Key)), value: c.split(oneLine(strings.TrimSpace(h.Value)))}
		_, known := f.value.plain()
		f.secret = !known || slices.Contains(credentials, strings.ToLower(h.Key))
		c.headers = append(c.headers, f)
	}
	if user != nil {
		c.credential("Authorization", append(text{{literal: "Basic "}}, base64Text(c.split(unescaped(user.User)), c.split(unescaped(user.Password)))))
	}
	c.addBody(r, profile)
	if a, _, ok := n.Auth(); ok {
		c.addAuth(a, expand)
	}
	for i := range c.headers {
		f := &c.headers[i]
		f.latin1 = slices.Contains([]string{"", "bytes", "file"}, c.body.kind) && f.value.isLatin1()
	}
	if t := c.url; len(t) > 0 && t[0].param == nil && !strings.Contains(t[0].literal, "://") {
		c.url = append(text{{literal: "http://"}}, t...)
	}
	return c
}

// unescaped returns the user or password of an address as a run sends it.
func unescaped(s string) string {
	if plain, err := url.PathUnescape(s); err == nil {
		return plain
	}
	return s
}

// note adds a note once.
func (c *call) note(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !slices.Contains(c.notes, text) {
		c.notes = append(c.notes, text)
	}
}

// credentials are headers that a run does not send to other servers.
var credentials = []string{"authorization", "cookie", "proxy-authorization"}

// oneSpelling removes disabled headers. Of headers that differ only in case it
// keeps those spelled like the last one, as a run does.
func oneSpelling(list []collections.Header) (out []collections.Header) {
	last, met := map[string]string{}, map[string]bool{}
	for _, h := range list {
		if h.Disabled || h.Key == "" {
			continue
		}
		if !met[h.Key] {
			met[h.Key], last[strings.ToLower(h.Key)] = true, h.Key
		}
	}
	for _, h := range list {
		if !h.Disabled && h.Key != "" && last[strings.ToLower(h.Key)] == h.Key {
			out = append(out, h)
		}
	}
	return out
}

// oneLine removes characters that a header must not contain.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\r' || r == '\n' || r == 0 {
			return -1
		}
		return r
	}, s)
}

// header returns the value of the last header of a name.
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
	c.headers = append(c.headers, field{name: text{{literal: name}}, value: value})
}

// credential sets a header that must not be sent to another server.
func (c *call) credential(name string, value text) {
	c.set(name, value)
	c.headers[len(c.headers)-1].secret = true
}

// oneOfEach joins headers of one name, for clients that send only one.
func oneOfEach(list []field) []field {
	var out []field
next:
	for _, f := range list {
		for i := range out {
			if strings.EqualFold(out[i].name.String(), f.name.String()) {
				separator := ", "
				if strings.EqualFold(f.name.String(), "Cookie") {
					separator = "; "
				}
				out[i].value = merged(append(append(out[i].value[:len(out[i].value):len(out[i].value)], piece{literal: separator}), f.value...))
				out[i].secret = out[i].secret || f.secret
				continue next
			}
		}
		out = append(out, f)
	}
	return out
}

func valueText(v any) string {
	if v == nil {
		return ""
	}
	return vars.Text(v)
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > 0x7f })
}

// joinsHeaders notes headers of one name, which the client sends as one line.
func (c *call) joinsHeaders(client string) {
	if len(oneOfEach(c.headers)) < len(c.headers) {
		c.note("%s sends the header lines of one name as one line", client)
	}
}

// refusesUnicode notes headers that the client does not send.
func (c *call) refusesUnicode(client string) {
	if slices.ContainsFunc(c.headers, func(f field) bool { return !ascii(f.value.String()) }) {
		c.note("%s refuses headers that are not ASCII", client)
	}
}

// utf8Headers notes header values that the client sends in UTF-8.
func (c *call) utf8Headers(client string) {
	if slices.ContainsFunc(c.headers, func(f field) bool { return f.latin1 && !ascii(f.value.String()) }) {
		c.note("%s sends headers in UTF-8, which a run sends in Latin-1", client)
	}
}

// addAuth writes the simple schemes into headers and query.
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
		c.credential("Authorization", append(text{{literal: "Basic "}}, base64Text(of("username"), of("password"))))
	case "bearer":
		c.credential("Authorization", append(text{{literal: "Bearer "}}, of("token")...))
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
		c.note("get the OAuth 2.0 access token first")
	}
	if to, _ := of("addTokenTo").plain(); to == "queryParams" {
		c.setQuery(text{{literal: "access_token"}}, token)
		return
	}
	prefix := of("headerPrefix")
	if len(prefix) == 0 {
		prefix = text{{literal: "Bearer"}}
	}
	if s, ok := prefix.plain(); ok {
		prefix = text{{literal: strings.TrimSpace(s) + " "}}
	}
	c.credential("Authorization", merged(slices.Concat(prefix, token)))
}

func (c *call) apiKey(of func(string) text) {
	key, value := of("key"), of("value")
	if len(key) == 0 {
		return
	}
	if in, _ := of("in").plain(); in == "query" {
		c.setQuery(key, value)
		return
	}
	if name, ok := key.plain(); ok {
		c.drop(name)
	}
	c.headers = append(c.headers, field{name: key, value: value, secret: true})
}
