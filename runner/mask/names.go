package mask

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
)

// names are the keys whose values are hidden, in lower case.
type names struct {
	keys   []string // hidden wherever a value follows them
	params []string // names of header fields and URL parameters only
}

func (n *names) none() bool { return len(n.keys) == 0 && len(n.params) == 0 }

func (n *names) add(list []string) {
	for _, name := range list {
		for _, form := range []string{lower(name), lower(url.QueryEscape(name))} {
			if form != "" && !slices.Contains(n.keys, form) {
				n.keys = append(n.keys, form)
			}
		}
	}
}

func (n *names) addParams(list []string) {
	n.params = slices.Clip(n.params)
	for _, name := range list {
		if name != "" { // the empty name would match everywhere
			n.params = append(n.params, lower(name))
		}
	}
}

// key reports whether the values of a JSON key are hidden.
func (n *names) key(name string) bool { return containsFold(n.keys, name) }

// field reports whether the value of a header, or of a parameter, is hidden.
func (n *names) field(name string) bool {
	return isCredential(name) || containsFold(n.keys, name) || containsFold(n.params, name)
}

// lower returns a text with ASCII letters in lower case, so that its length
// stays the same.
func lower(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r >= 'A' && r <= 'Z' }) {
		return s
	}
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c | 0x20
		}
	}
	return string(b)
}

// values appends the places of the values of names in a text: after name= in a
// form or a URL, after "name": in JSON, after name: in console output, in an
// XML element, and in a part of multipart/form-data.
func (n *names) values(s string, out []span) []span {
	if n.none() || len(n.keys) == 0 && !strings.Contains(s, "=") {
		return out
	}
	low := lower(s)
	for _, name := range n.keys {
		out = eachName(low, name, out, valueAfter)
	}
	for _, name := range n.params {
		out = eachName(low, name, out, parameterAfter)
	}
	return out
}

// eachName appends what value returns at each place where a text contains the
// name, and not only as a part of a longer name.
func eachName(s, name string, out []span, value func(s string, start, end int) span) []span {
	for at := 0; ; {
		i := strings.Index(s[at:], name)
		if i < 0 {
			return out
		}
		start, end := at+i, at+i+len(name)
		at = end
		if start > 0 && isNameByte(s[start-1]) || end < len(s) && isNameByte(s[end]) {
			continue
		}
		v := value(s, start, end)
		if v.end > v.start && !unfilled(s[v.start:v.end]) {
			out = append(out, v)
		}
		at = max(at, v.end)
	}
}

func isNameByte(b byte) bool { return isAlphanumeric(rune(b)) || b == '-' || b == '_' }

// parameterAfter returns the value of a URL parameter.
func parameterAfter(s string, start, end int) span {
	if start == 0 || s[start-1] != '?' && s[start-1] != '&' || end == len(s) || s[end] != '=' {
		return span{}
	}
	return span{end + 1, end + 1 + lengthUntil(s[end+1:], "&# \t\r\n\"'<>\\")}
}

// valueAfter returns the value that follows a name in any kind of text.
func valueAfter(s string, start, end int) span {
	if strings.HasSuffix(s[:start], `name="`) {
		if v := partAfter(s, end); v.end > 0 {
			return v
		}
	}
	at := end
	if at < len(s) && s[at] == '>' && start > 0 && (s[start-1] == '<' || s[start-1] == ':') { // <name>value</name>
		return span{at + 1, at + 1 + lengthUntil(s[at+1:], "<")}
	}
	if at < len(s) && s[at] == ']' { // user[name]=value
		at++
	}
	at += blank(s[at:], `\`)
	if at < len(s) && (s[at] == '"' || s[at] == '\'') {
		at++
	}
	at += blank(s[at:], " \t")
	if at == len(s) || s[at] != ':' && s[at] != '=' {
		return span{}
	}
	sign := s[at]
	at++
	if sign == ':' {
		at += blank(s[at:], " \t\r\n")
	}
	return valueAt(s, at, sign)
}

// valueAt returns the value that begins at an index: quoted, in brackets, or
// bare.
func valueAt(s string, at int, sign byte) span {
	slashes := blank(s[at:], `\`)
	if open := at + slashes; open < len(s) && (s[open] == '"' || s[open] == '\'') {
		return span{open + 1, open + 1 + quoted(s[open+1:], s[open], slashes)}
	}
	if at < len(s) && (s[at] == '{' || s[at] == '[') {
		return span{at, at + bracketed(s[at:])}
	}
	stop := "&;,# \t\r\n\"'<>\\"
	if sign == ':' {
		stop = ",;}])&\r\n\"'\\"
	}
	end := at + len(strings.TrimRight(s[at:at+lengthUntil(s[at:], stop)], " "))
	if word := s[at:end]; word == "null" || word == "undefined" {
		return span{}
	}
	return span{at, end}
}

// longestPartHead limits the header of a part of a form.
const longestPartHead = 1 << 10

// partAfter returns the value of a part of multipart/form-data. end is the end
// of its name.
func partAfter(s string, end int) span {
	line := strings.Index(s[end:min(len(s), end+longestPartHead)], "\r\n\r\n")
	if line < 0 || !strings.HasPrefix(s[end:], `"`) {
		return span{}
	}
	at := end + line + 4
	if n := strings.Index(s[at:], "\r\n--"); n >= 0 {
		return span{at, at + n}
	}
	return span{at, len(s)}
}

// lengthUntil returns the number of bytes before the first byte of stop.
func lengthUntil(s, stop string) int {
	if i := strings.IndexAny(s, stop); i >= 0 {
		return i
	}
	return len(s)
}

// blank returns the number of leading bytes of s that are in set.
func blank(s, set string) int { return len(s) - len(strings.TrimLeft(s, set)) }

// quoted returns the number of bytes before the closing quote, which has as
// many backslashes before it as the opening one. A quote with more belongs to
// the text.
func quoted(s string, quote byte, slashes int) int {
	run := 0
	for i := range len(s) {
		switch {
		case s[i] == '\\':
			run++
			continue
		case s[i] == quote && slashes == 0 && run%2 == 0:
			return i
		case s[i] == quote && slashes > 0 && run == slashes:
			return i - run
		}
		run = 0
	}
	return len(s)
}

// bracketed returns the length of an object or array. It ignores brackets in
// strings.
func bracketed(s string) int {
	depth, text := 0, byte(0)
	for i := range len(s) {
		switch c := s[i]; {
		case text != 0:
			if c == text && s[i-1] != '\\' {
				text = 0
			}
		case c == '"':
			text = c
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(s)
}

// Body learns, from a body that is sent or received, the values of secret names
// and the matches of patterns.
func (m *Masker) Body(body []byte, until Scope) {
	if m.options.Off || len(m.options.Names)+len(m.options.Patterns) == 0 {
		return
	}
	m.valuesIn(string(body), &m.names, shortest, until)
	m.Matches(string(body), until)
}

// valuesIn learns the values of names in a text, unescaped, if they have at
// least least bytes.
func (m *Masker) valuesIn(s string, n *names, least int, until Scope) {
	learn := func(value string) {
		if len(value) >= least {
			m.Learn(value, until)
		}
	}
	for _, v := range n.values(s, nil) {
		value := s[v.start:v.end]
		learn(value)
		var plain string
		if json.Unmarshal([]byte(`"`+value+`"`), &plain) == nil {
			learn(plain)
		}
		if plain, err := url.QueryUnescape(value); err == nil {
			learn(plain)
		}
	}
}
