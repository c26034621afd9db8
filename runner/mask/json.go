package mask

import (
	"encoding/json"
	"slices"
	"strings"
)

// An edit replaces a part of a document.
type edit struct {
	span
	text string
}

// A document is a JSON text that is read once, from left to right, while edits
// are collected. It hides secrets in strings and numbers. It also hides the
// values of secret keys, headers and auth parameters, whatever they are.
type document struct {
	*hider
	src   string
	at    int
	depth int
	edits []edit

	hits       []span // places of possible secrets in the rest of src
	everywhere bool   // any string or number may contain a secret
	search     search
	spans      []span // of the current string
}

// A place says in which kind of object a value is.
type place int

const (
	anywhere    place = iota
	inAuth            // in an auth block
	inAPIKey          // in the auth block of an API key, where "key" is the name of the key and no parameter
	inVariables       // in a list of variables, or a data row
	inBody            // in a body, where only names count
)

// deepest limits how deep values may be nested.
const deepest = 10_000

// document hides secrets in JSON. It returns nil when there are none. ok is
// false when the text is not JSON.
func (h *hider) document(src string, where place) (out []byte, ok bool) {
	d := document{hider: h, src: src, everywhere: len(h.patterns) > 0}
	d.hits = merged(h.find(&d.search, src, h.names.values(src, nil)))
	if !d.value(where) {
		return nil, false
	}
	if d.space(); d.at != len(src) {
		return nil, false
	}
	return d.edited(), true
}

// edited returns the document with its edits, or nil when there are none.
func (d *document) edited() []byte {
	if len(d.edits) == 0 {
		return nil
	}
	size := len(d.src)
	for _, e := range d.edits {
		size += len(e.text) - (e.end - e.start)
	}
	out, last := make([]byte, 0, size), 0
	for _, e := range d.edits {
		out = append(append(out, d.src[last:e.start]...), e.text...)
		last = e.end
	}
	return append(out, d.src[last:]...)
}

func (d *document) space() {
	for d.at < len(d.src) && (d.src[d.at] == ' ' || d.src[d.at] == '\n' || d.src[d.at] == '\t' || d.src[d.at] == '\r') {
		d.at++
	}
}

// take consumes a sign if it comes next.
func (d *document) take(sign byte) bool {
	if d.space(); d.at < len(d.src) && d.src[d.at] == sign {
		d.at++
		return true
	}
	return false
}

// value reads a value. It returns false when there is none.
func (d *document) value(where place) bool {
	if d.space(); d.at == len(d.src) || d.depth > deepest {
		return false
	}
	d.depth++
	defer func() { d.depth-- }()
	switch d.src[d.at] {
	case '"':
		_, ok := d.text()
		return ok
	case '{':
		return d.object(where)
	case '[':
		return d.array(where)
	}
	return d.literal()
}

func (d *document) array(where place) bool {
	d.at++
	if d.take(']') {
		return true
	}
	if where == inAPIKey { // here it is a list of parameters
		where = inAuth
	}
	for {
		if !d.hideNumbers() && !d.value(where) {
			return false
		}
		if !d.take(',') {
			return d.take(']')
		}
	}
}

// hideNumbers hides the next elements if they are the bytes of a secret, as in
// the JSON of a Buffer.
func (d *document) hideNumbers() bool {
	if d.space(); d.at == len(d.src) || !d.hit(d.at, d.at+1) || len(d.hits) == 0 {
		return false
	}
	s := d.hits[0]
	text := d.src[s.start:s.end]
	if s.start != d.at || !strings.Contains(text, ",") || strings.Trim(text, "0123456789, \t\r\n") != "" {
		return false
	}
	d.edits = append(d.edits, edit{s, `"` + Masked + `"`})
	d.at = s.end
	return true
}

// A member is a member of the object that is being read.
type member struct {
	span      // of its value
	edits int // number of edits before the value
	after int // number of edits with those in the value
}

// object reads an object. When it has both, the member "key" or "name" is the
// name of a header, parameter or variable, and "value" is its value.
func (d *document) object(where place) bool {
	d.at++
	if d.take('}') {
		return true
	}
	name, secret := "", false
	var value member // its end is 0 when there is no such member
	for {
		d.space()
		key, ok := d.key()
		if !ok || !d.take(':') {
			return false
		}
		d.space()
		m := member{span: span{start: d.at}, edits: len(d.edits)}
		if !d.value(inside(key, where)) {
			return false
		}
		m.end, m.after = d.at, len(d.edits)
		switch {
		case key == "value":
			value = m
		case key == "key" || key == "name" && name == "":
			name = stringOf(d.src[m.start:m.end])
		case key == "type":
			secret = where != inBody && d.src[m.start:m.end] == `"secret"`
		}
		if key != "value" && d.hides(key, where) {
			d.cover(m, "")
		}
		if !d.take(',') {
			break
		}
	}
	if value.end > 0 && (secret || d.hidesPair(name, where)) {
		d.cover(value, name)
	}
	return d.take('}')
}

// inside returns the place of the value of a key.
func inside(key string, where place) place {
	if where == inBody {
		return where
	}
	switch key {
	case "auth":
		return inAuth
	case "apikey":
		if where == inAuth {
			return inAPIKey
		}
	case "variable", "values":
		return inVariables
	case "request", "item", "body", "header":
		return anywhere
	}
	return where
}

// hides reports whether the value of a key is secret.
func (d *document) hides(key string, where place) bool {
	return d.names.key(key) || where == inAuth && secretParam(key) || where == inVariables && d.variables[strings.ToLower(key)]
}

// hidesPair reports whether the value of a name/value pair is secret. Without a
// name it is an auth parameter called "value".
func (d *document) hidesPair(name string, where place) bool {
	switch {
	case name == "":
		return d.hides("value", where)
	case where == inBody:
		return d.names.key(name)
	case where == inAPIKey:
		return true
	case where == inAuth:
		return secretParam(name) || d.names.key(name)
	case where == inVariables:
		return d.variables[strings.ToLower(name)] || d.names.key(name)
	}
	return d.names.field(name)
}

// cover hides a value as a whole, unless it is still empty. Of a header field's
// value it shows the scheme.
func (d *document) cover(m member, header string) {
	raw := d.src[m.start:m.end]
	text := Masked
	if raw[0] == '"' {
		inner := raw[1 : len(raw)-1]
		if inner == "" || unfilled(inner) {
			return
		}
		if isCredential(header) {
			text = credentialValue(inner)
		}
	} else if raw == "null" {
		return
	}
	d.edits = slices.Replace(d.edits, m.edits, m.after, edit{m.span, `"` + text + `"`})
}

// key reads the name of a member, and hides secrets in it, too.
func (d *document) key() (string, bool) {
	if d.at == len(d.src) || d.src[d.at] != '"' {
		return "", false
	}
	raw, ok := d.text()
	if !ok {
		return "", false
	}
	return stringOf(raw), true
}

// stringOf returns the value of a JSON string.
func stringOf(raw string) string {
	if len(raw) < 2 || raw[0] != '"' {
		return ""
	}
	if inner := raw[1 : len(raw)-1]; strings.IndexByte(inner, '\\') < 0 {
		return inner
	}
	var s string
	if json.Unmarshal([]byte(raw), &s) != nil {
		return ""
	}
	return s
}

// text reads a string and hides the secrets in it. It returns the original
// string.
func (d *document) text() (raw string, ok bool) {
	start, escaped := d.at, false
	end := start + 1
	for ; ; end++ {
		if end >= len(d.src) {
			return "", false
		}
		c := d.src[end]
		if c == '"' {
			break
		}
		if c < ' ' {
			return "", false
		}
		if c == '\\' {
			escaped = true
			end++
		}
	}
	d.at = end + 1
	raw = d.src[start:d.at]
	if d.hit(start, d.at) {
		d.hideString(span{start, d.at}, raw, escaped)
	}
	return raw, true
}

// hit reports whether a part of the document may contain a secret. It must be
// called for the parts in their order.
func (d *document) hit(start, end int) bool {
	for len(d.hits) > 0 && d.hits[0].end <= start {
		d.hits = d.hits[1:]
	}
	return d.everywhere || len(d.hits) > 0 && d.hits[0].start < end
}

// hideString hides secrets in a JSON string. Patterns are matched against the
// decoded string, because a match could otherwise cut an escape sequence.
func (d *document) hideString(at span, raw string, escaped bool) {
	inner := raw[1 : len(raw)-1]
	out := inner
	if spans := d.spansIn(at.start+1, at.end-1); len(spans) > 0 {
		if escaped {
			spans = merged(wholeEscapes(inner, spans))
		}
		out = replaced(inner, spans)
	}
	if len(d.patterns) > 0 {
		plain := stringOf(`"` + out + `"`)
		if hidden := d.replacePatterns(plain); hidden != plain {
			d.edits = append(d.edits, edit{at, quote(hidden)})
			return
		}
	}
	if out != inner {
		d.edits = append(d.edits, edit{at, `"` + out + `"`})
	}
}

// spansIn returns the hits in a string, relative to its beginning. When a hit
// is only partly in the string, it searches the string again on its own.
func (d *document) spansIn(start, end int) []span {
	d.spans = d.spans[:0]
	for _, s := range d.hits {
		if s.start >= end {
			break
		}
		if s.start < start || s.end > end {
			inner := d.src[start:end]
			d.spans = merged(d.find(&d.search, inner, d.names.values(inner, d.spans[:0])))
			break
		}
		d.spans = append(d.spans, span{s.start - start, s.end - start})
	}
	return d.spans
}

// wholeEscapes widens spans that begin or end inside an escape sequence of a
// JSON string.
func wholeEscapes(s string, spans []span) []span {
	next := 0
	for i := 0; i < len(s) && next < len(spans); i++ {
		if s[i] != '\\' {
			continue
		}
		end := i + 2
		if i+1 < len(s) && s[i+1] == 'u' {
			end = i + 6
		}
		for next < len(spans) && spans[next].end <= i {
			next++
		}
		for k := next; k < len(spans) && spans[k].start < end; k++ {
			if spans[k].start > i {
				spans[k].start = i
			}
			if spans[k].end > i && spans[k].end < end {
				spans[k].end = end
			}
		}
		i = end - 1
	}
	return spans
}

// literal reads a number, true, false or null. A number that is a secret is
// hidden as a whole.
func (d *document) literal() bool {
	start := d.at
	for d.at < len(d.src) && isLiteralByte(d.src[d.at]) {
		d.at++
	}
	word := d.src[start:d.at]
	switch word {
	case "true", "false", "null":
		return true
	case "":
		return false
	}
	if c := word[0]; c != '-' && (c < '0' || c > '9') {
		return false
	}
	if !d.hit(start, d.at) {
		return true
	}
	if s := d.spansIn(start, d.at); len(s) == 1 && s[0] == (span{0, len(word)}) || d.matched(word) {
		d.edits = append(d.edits, edit{span{start, d.at}, `"` + Masked + `"`})
	}
	return true
}

func isLiteralByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c == '-' || c == '+' || c == '.' || c == 'E'
}
