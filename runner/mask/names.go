package mask

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
)

// names are the keys whose values are hidden, in lower case.
type names struct {
	keys   []string // wherever a text has a value after them
	params []string // headers and parameters of a URL only
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
		if name != "" { // a text has the empty name everywhere
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

// lower is a text in lower case as far as it is ASCII, so that its length stays.
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

// values appends where in a text the values of names are: after name= in a form
// or a URL, after "name": in JSON, name: in what a console prints, in an element
// of XML, and in a part of multipart/form-data.
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

// eachName appends what value finds at each place where a text has a name, and
// not only a part of a longer one.
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

// parameterAfter is the value of a parameter of a URL.
func parameterAfter(s string, start, end int) span {
	if start == 0 || s[start-1] != '?' && s[start-1] != '&' || end == len(s) || s[end] != '=' {
		return span{}
	}
	return span{end + 1, end + 1 + lengthUntil(s[end+1:], "&# \t\r\n\"'<>\\")}
}

// valueAfter is the value that comes after a name in any kind of text.
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

// valueAt is the value that begins at a place: quoted, in brackets, or bare.
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

// longestPartHead bounds the header of a part of a form.
const longestPartHead = 1 << 10

// partAfter is the value of a part of multipart/form-data, given the end of its
// name.
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

// lengthUntil is the number of bytes before one of stop.
func lengthUntil(s, stop string) int {
	if i := strings.IndexAny(s, stop); i >= 0 {
		return i
	}
	return len(s)
}

// blank is the number of bytes of a set that s begins with.
func blank(s, set string) int { return len(s) - len(strings.TrimLeft(s, set)) }

// quoted is the number of bytes before the quote that ends a text, after as many
// backslashes as the one that began it; one after more is in the text.
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

// bracketed is the length of an object or array, brackets in strings aside.
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

// Body learns from a body that is sent or received the values of the keys that
// are to be hidden by name, and what patterns match.
func (m *Masker) Body(body []byte, until Scope) {
	if m.options.Off || len(m.options.Names)+len(m.options.Patterns) == 0 {
		return
	}
	m.valuesIn(string(body), &m.names, shortest, until)
	m.Matches(string(body), until)
}

// valuesIn learns the values of names in a text, as they are once unescaped, if
// they have at least so many bytes.
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
