package convert

import (
	"fmt"
	"net/url"
	"path"
	"strings"

	"postie/collections/regex"
	"postie/collections/vars"

	postman "github.com/rbretecher/go-postman-collection"
)

// A transfer is one request under construction.
type transfer struct {
	request  *postman.Request
	behavior map[string]any
	host     string
	user     *string // user:password from the address

	bytes      []string // headers whose values are bytes that are not text
	hostHeader string   // the host that was meant when the request is sent to another one; "" otherwise
}

var (
	schemePrefix = regex.Lazy(`^([A-Za-z][A-Za-z0-9+.-]*):/{1,3}`)
	anyTemplate  = regex.Lazy(`\{\{[^{}]*\}\}`)
)

// address begins a transfer: it returns the URL as curl sends it, or says why
// it cannot be sent.
func (c *curlCall) address(s, upload string, uploaded bool) (*transfer, string) {
	t := &transfer{behavior: map[string]any{}}
	for k, v := range c.behavior {
		t.behavior[k] = v
	}
	if s == "" {
		return nil, "an address is empty"
	}
	scheme, rest, why := c.splitScheme(s)
	if why != "" {
		return nil, why
	}
	rest, _, _ = cutOutside(rest, '#')
	rest, query, hasQuery := cutOutside(rest, '?')
	authority, pathname, hasPath := cutOutside(rest, '/')
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		user := unescapeUser(authority[:at])
		t.user, authority = &user, authority[at+1:]
	}
	if bare := anyTemplate().ReplaceAllString(authority, "x"); bare == "" || noHost().MatchString(bare) {
		return nil, fmt.Sprintf("the address %q has no host", withoutUser(s))
	}
	t.host = strings.ToLower(authority)
	if authority, why = c.routed(t, scheme, authority); why != "" {
		return nil, why
	}
	if hasPath {
		pathname = "/" + pathname
	}
	if uploaded && (!hasPath || strings.HasSuffix(pathname, "/")) && upload != "-" && upload != "." {
		pathname = strings.TrimSuffix(pathname, "/") + "/" + url.PathEscape(path.Base(upload))
	}
	if !c.on["path-as-is"] {
		pathname = withoutDots(pathname)
	}
	query, hasQuery = c.withQuery(query, hasQuery)
	t.request = newRequest("", scheme+authority+c.encodePath(t, pathname)+c.encodeQuery(t, query, hasQuery))
	return t, ""
}

// noHost matches characters that a host's name cannot have. An IPv6 address is
// in brackets.
var noHost = regex.Lazy("^:|[ \t\r\n!{}$'\"^`*<>=;,&()+%|\\\\]")

// withoutUser returns an address without its user and password.
func withoutUser(s string) string {
	if at := strings.LastIndexByte(s, '@'); at >= 0 {
		return s[at+1:]
	}
	return s
}

// splitScheme splits the scheme and its slashes off. An address that begins
// with a template has none, because the template may contain it.
func (c *curlCall) splitScheme(s string) (scheme, rest, wrong string) {
	m := schemePrefix().FindStringSubmatchIndex(s)
	if m == nil {
		switch {
		case strings.HasPrefix(s, "{{") && strings.HasPrefix(anyTemplate().ReplaceAllString(s, ""), "://"):
			scheme, rest, _ := strings.Cut(s, "://")
			return scheme + "://", rest, ""
		case strings.HasPrefix(s, "{{"):
			return "", s, ""
		}
		return c.proto + "://", s, ""
	}
	scheme = strings.ToLower(s[m[2]:m[3]])
	if scheme != "http" && scheme != "https" {
		return "", "", fmt.Sprintf("%s is not http: only http and https are sent", scheme)
	}
	return scheme + "://", s[m[1]:], ""
}

// cutOutside cuts at the first such character outside of templates.
func cutOutside(s string, sep byte) (before, after string, found bool) {
	masked := anyTemplate().ReplaceAllStringFunc(s, func(t string) string { return strings.Repeat("x", len(t)) })
	if at := strings.IndexByte(masked, sep); at >= 0 {
		return s[:at], s[at+1:], true
	}
	return s, "", false
}

// unescapeUser decodes the percent-encoding of "user:password".
func unescapeUser(s string) string {
	name, password, ok := strings.Cut(s, ":")
	if plain, err := url.PathUnescape(name); err == nil {
		name = plain
	}
	if plain, err := url.PathUnescape(password); err == nil {
		password = plain
	}
	if ok {
		return name + ":" + password
	}
	return name + ":"
}

// withoutDots removes "." and ".." segments from a path.
func withoutDots(p string) string {
	if !strings.Contains(p, "/.") {
		return p
	}
	var out []string
	segments := strings.Split(p, "/")
	for i, s := range segments {
		last := i == len(segments)-1
		switch s {
		case ".", "..":
			if s == ".." && len(out) > 1 {
				out = out[:len(out)-1]
			}
			if last {
				out = append(out, "")
			}
		default:
			out = append(out, s)
		}
	}
	return strings.Join(out, "/")
}

// withQuery adds --url-query and, with --get, the data.
func (c *curlCall) withQuery(query string, has bool) (string, bool) {
	more := strings.Join(c.query, "&")
	if c.on["get"] && len(c.data) > 0 {
		if text := c.joined(); text != "" {
			if more != "" {
				more += "&"
			}
			more += text
		}
	}
	switch {
	case more == "":
		return query, has
	case query == "":
		return more, true
	}
	return query + "&" + more, true
}

// encodePath percent-encodes what curl encodes: characters beyond ASCII, with
// lower case digits. A run would encode more; where that makes a difference,
// the request gets disableUrlEncoding.
func (c *curlCall) encodePath(t *transfer, s string) string {
	return vars.MapBetween(s, func(s string) string {
		if strings.ContainsAny(s, "\"<>`{}") {
			t.behavior["disableUrlEncoding"] = true
		}
		if strings.Contains(s, `\`) {
			c.note("a backslash in an address is sent as %%5C")
			s = strings.ReplaceAll(s, `\`, "%5C")
		}
		return escapeBytes(s, "%%%02x")
	})
}

// encodeQuery returns "?query" or "". curl sends a query as it is, but a run
// cannot send characters beyond ASCII like that.
func (c *curlCall) encodeQuery(t *transfer, s string, has bool) string {
	if !has {
		return ""
	}
	return "?" + vars.MapBetween(s, func(s string) string {
		if strings.ContainsAny(s, `"'<>`) {
			t.behavior["disableUrlEncoding"] = true
		}
		escaped := escapeBytes(s, "%%%02X")
		if strings.ContainsFunc(s, func(r rune) bool { return r > 0x7e }) {
			c.note("a query is sent percent-encoded, which curl sends as it is")
		}
		return escaped
	})
}

// escapeBytes encodes control characters, blanks and bytes beyond ASCII.
func escapeBytes(s, format string) string {
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c >= 0x7f {
			fmt.Fprintf(&b, format, c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}
