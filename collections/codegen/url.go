package codegen

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"postie/collections/vars"

	"golang.org/x/net/idna"
)

// The characters that a run percent-encodes in a path and in a query, besides
// control characters and everything beyond ASCII.
const (
	pathSet  = " \"<>`#?{}"
	querySet = " \"#'<>"
)

// escapeURL writes an address as a run sends it. Templates and percent signs
// stay as they are.
func escapeURL(s string, encode bool) string {
	rest, query, hasQuery := cutOutside(s, '?')
	rest = strings.ReplaceAll(rest, `\`, "/")
	scheme, rest, hasScheme := cutScheme(rest)
	authority, pathname, hasPath := cutOutside(rest, '/')
	out := hostOf(authority)
	if hasScheme {
		out = scheme + "://" + out
	}
	escape := func(s, set string) string {
		if !encode {
			set = " "
		}
		return vars.MapBetween(s, func(s string) string { return percentEncode(s, set) })
	}
	if hasPath {
		out += "/" + escape(pathname, pathSet)
	}
	if hasQuery {
		out += "?" + escape(query, querySet)
	}
	return out
}

func cutScheme(s string) (scheme, rest string, ok bool) {
	scheme, rest, ok = strings.Cut(s, "://")
	if !ok {
		return "", s, false
	}
	return strings.ToLower(scheme), strings.TrimLeft(rest, "/"), true
}

// hostOf returns a host with its port, in lower case and in IDNA form unless it
// contains a template.
func hostOf(authority string) string {
	if template().MatchString(authority) {
		return authority
	}
	host, port := strings.ToLower(authority), ""
	if i := strings.LastIndexByte(host, ':'); i >= 0 && !strings.Contains(host[i:], "]") {
		host, port = host[:i], host[i:]
	}
	if !ascii(host) {
		if a, err := idna.Lookup.ToASCII(host); err == nil {
			host = a
		}
	}
	return host + port
}

// cutOutside cuts at a character outside of templates.
func cutOutside(s string, sep byte) (before, after string, found bool) {
	masked := template().ReplaceAllStringFunc(s, func(t string) string { return strings.Repeat("x", len(t)) })
	if at := strings.IndexByte(masked, sep); at >= 0 {
		return s[:at], s[at+1:], true
	}
	return s, "", false
}

func percentEncode(s, set string) string {
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= 0x7f || strings.IndexByte(set, c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// A urlPart is a part of an address.
type urlPart int

const (
	inAuthority urlPart = iota
	inPath
	inQuery
)

// strictURL percent-encodes what RFC 3986 does not allow, for clients that
// refuse or rewrite it, and notes that. Brackets are encoded up to a part of
// the address.
func (c *call) strictURL(client string, brackets urlPart) {
	changed := false
	part := inAuthority
	for i, p := range c.url {
		if p.param != nil || p.fn != "" {
			continue
		}
		var strict string
		strict, part = encodeBrackets(strictEncode(p.literal), part, brackets)
		changed = changed || strict != p.literal
		c.url[i].literal = strict
	}
	if changed {
		c.note("%s does not send some characters of the address as they are: they are percent-encoded", client)
	}
	if hasDots(c.url.String()) {
		c.note("%s takes . and .. out of the path", client)
	}
}

// browserURL returns the address as clients send it that encode like browsers,
// and notes the difference.
func (c *call) browserURL(client string) {
	changed := false
	s := c.url.String()
	start := strings.IndexByte(s, '?') // in the query
	if start < 0 {
		start = len(s)
	}
	at := 0
	for i, p := range c.url {
		if p.param != nil || p.fn != "" {
			at += len(c.url[i : i+1].String())
			continue
		}
		cut := min(max(start-at, 0), len(p.literal))
		at += len(p.literal)
		plain := percentEncode(p.literal[:cut], "\"<>`{}") + percentEncode(p.literal[cut:], `"'<>`)
		changed = changed || plain != p.literal
		c.url[i].literal = plain
	}
	if changed {
		c.note("%s does not send some characters of the address as they are: they are percent-encoded", client)
	}
	if hasDots(s) {
		c.note("%s takes . and .. out of the path", client)
	}
}

// encodeBrackets encodes brackets after the authority, up to a part of an
// address. s begins in one part and ends in the part that is returned.
func encodeBrackets(s string, part, last urlPart) (string, urlPart) {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		switch {
		case c == '?':
			part = inQuery
		case c == '/' && part == inAuthority && !strings.HasPrefix(s[i:], "//") && !strings.HasSuffix(s[:i], ":/"):
			part = inPath
		}
		if (c == '[' || c == ']') && part > inAuthority && part <= last {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String(), part
}

func strictEncode(s string) string {
	var b strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case c == '%' && !escaped(s[i:]), strings.IndexByte("\"<>`{}|^\\", c) >= 0:
			fmt.Fprintf(&b, "%%%02X", c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// escaped reports whether a text begins with "%20" or the like. At its end a
// template may follow.
func escaped(s string) bool {
	if len(s) < 3 {
		return false
	}
	_, err := url.PathUnescape(s[:3])
	return err == nil
}

// hasDots matches a path with "." or ".." as a segment.
func hasDots(address string) bool {
	address, _, _ = strings.Cut(address, "?")
	segments := strings.Split(address, "/")
	return slices.Contains(segments, ".") || slices.Contains(segments, "..")
}

// setQuery adds a parameter to the URL. It replaces parameters of that name in
// a URL without variables.
func (c *call) setQuery(key, value text) {
	key, value = queryText(key, "&=#"), queryText(value, "&#")
	if name, ok := key.plain(); ok {
		c.dropQuery(name)
	}
	mark := "?"
	if strings.Contains(c.url.String(), "?") {
		mark = "&"
	}
	c.url = merged(slices.Concat(c.url, text{{literal: mark}}, key, text{{literal: "="}}, value))
}

// dropQuery removes the parameters with an encoded name from the URL.
func (c *call) dropQuery(name string) {
	address, ok := c.url.plain()
	address, query, has := strings.Cut(address, "?")
	if !ok || !has {
		return
	}
	mark := "?"
	for part := range strings.SplitSeq(query, "&") {
		if key, _, _ := strings.Cut(part, "="); part != "" && key != name {
			address += mark + part
			mark = "&"
		}
	}
	c.url = text{{literal: address}}
}

// queryText returns the name or value of a parameter, encoded as by a run.
func queryText(t text, set string) text {
	var out text
	for _, p := range t {
		if p.param != nil {
			out = append(out, piece{fn: "urlencode", inner: text{p}})
		} else {
			out = append(out, piece{literal: percentEncode(p.literal, querySet+set)})
		}
	}
	return out
}
