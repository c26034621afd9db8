package convert

import (
	"net/textproto"
	"slices"
	"strings"

	postman "github.com/rbretecher/go-postman-collection"
)

// addHeader stores a line of -H, or the lines of a file for "@file".
func (c *curlCall) addHeader(line string) {
	file, ok := strings.CutPrefix(line, "@")
	if !ok {
		c.headers = append(c.headers, line)
		return
	}
	text, ok := c.read(file)
	if !ok {
		return
	}
	for one := range strings.SplitSeq(text, "\n") {
		if one = strings.TrimRight(one, "\r"); one != "" && one[0] != '#' {
			c.headers = append(c.headers, one)
		}
	}
}

// ownHeaders are headers that a run adds by itself, and that it can leave out.
var ownHeaders = []string{"Accept", "Accept-Encoding", "Cache-Control", "Connection", "Content-Type", "User-Agent"}

// lines writes the command's headers into a request.
func (c *curlCall) lines(t *transfer) {
	for _, line := range c.headers {
		c.headerLine(t, line)
	}
	if t.hostHeader != "" && !hasHeader(t.request, "Host") {
		t.set("Host", t.hostHeader)
	}
	missing := func(name string) bool { return !hasHeader(t.request, name) && !t.lacks(name) }
	if c.agent != nil && missing("User-Agent") {
		if *c.agent == "" {
			t.without("User-Agent")
		} else {
			t.set("User-Agent", *c.agent)
		}
	}
	if c.referer != "" && missing("Referer") {
		t.set("Referer", c.referer)
	}
	if len(c.cookies) > 0 && missing("Cookie") {
		t.set("Cookie", strings.Join(c.cookies, ";"))
	}
}

// headerLine reads "Name: value", "Name;" for an empty value, and "Name:",
// which removes a header that curl would add.
func (c *curlCall) headerLine(t *transfer, line string) {
	line, _, more := strings.Cut(line, "\n")
	if more {
		c.note("a header of several lines: only the first is sent")
	}
	name, value, ok := strings.Cut(line, ":")
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	switch {
	case !ok && strings.HasSuffix(name, ";"):
		t.set(strings.TrimSuffix(name, ";"), "")
	case !ok:
		c.note("the header %q has no value: curl does not send it", name)
	case value == "":
		t.without(name)
	default:
		if !isText(value) {
			value = fromLatin1(value)
			t.bytes = append(t.bytes, name)
		}
		t.set(name, value)
	}
}

// fromLatin1 reads each byte as the character of that number.
func fromLatin1(s string) string {
	var b strings.Builder
	for i := range len(s) {
		b.WriteRune(rune(s[i]))
	}
	return b.String()
}

// beyondASCII notes headers that a run sends with other bytes than curl. curl
// sends UTF-8. A run does as node: it sends Latin-1, and UTF-8 only beside a
// text body. Characters that Latin-1 does not have cannot be sent.
func (c *curlCall) beyondASCII(t *transfer) {
	r := t.request
	utf8 := r.Body != nil && r.Body.Mode != "file"
	beyond := func(last rune) func(rune) bool { return func(r rune) bool { return r > last } }
	for _, h := range r.Header {
		bytes := slices.Contains(t.bytes, h.Key)
		switch {
		case bytes && utf8:
			c.note("the header %q is sent in UTF-8 beside a text, which curl sends as the bytes it has", h.Key)
		case bytes:
		case strings.ContainsFunc(h.Value, beyond(0xff)):
			c.note("a run refuses the header %q: it has characters beyond Latin-1", h.Key)
		case !utf8 && strings.ContainsFunc(h.Value, beyond(0x7f)):
			c.note("the header %q is sent in Latin-1, which curl sends in UTF-8", h.Key)
		}
	}
}

// hasHeader reports whether a request has a header, even an empty one.
func hasHeader(r *postman.Request, name string) bool {
	return slices.ContainsFunc(r.Header, func(h *postman.Header) bool { return strings.EqualFold(h.Key, name) })
}

// set adds a header. Headers of one name get the same spelling, because a run
// sends only one spelling.
func (t *transfer) set(name, value string) {
	for _, h := range t.request.Header {
		if strings.EqualFold(h.Key, name) {
			name = h.Key
		}
	}
	t.request.Header = append(t.request.Header, &postman.Header{Key: name, Value: value})
}

// without prevents a run from adding a header by itself.
func (t *transfer) without(name string) {
	name = textproto.CanonicalMIMEHeaderKey(name)
	for _, own := range ownHeaders {
		if own == name {
			off, _ := t.behavior["disabledSystemHeaders"].(map[string]bool)
			if off == nil {
				off = map[string]bool{}
				t.behavior["disabledSystemHeaders"] = off
			}
			off[strings.ToLower(name)] = true
		}
	}
}

// lacks reports whether a header was removed.
func (t *transfer) lacks(name string) bool {
	off, _ := t.behavior["disabledSystemHeaders"].(map[string]bool)
	return off[strings.ToLower(name)]
}
