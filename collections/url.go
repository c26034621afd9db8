package collections

import (
	"bytes"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"postie/collections/vars"
)

// ParseURL splits text as Postman's URL parser does; it never fails. Names in
// {{templates}} may hold characters that separate parts.
func ParseURL(text string) URL {
	var u URL
	text, masked := maskTemplates(strings.TrimLeft(text, " \t\r\n\f\v"))
	restore := masked.restore
	if rest, hash, ok := strings.Cut(text, "#"); ok {
		hash = restore(hash)
		text, u.Hash = rest, &hash
	}
	if rest, query, ok := strings.Cut(text, "?"); ok {
		text, u.Query = rest, parseQueryWith(query, restore)
	}
	text = strings.ReplaceAll(text, `\`, "/")
	if proto, rest, ok := strings.Cut(text, "://"); ok {
		u.Protocol = restore(proto)
		keep := ""
		if strings.HasPrefix(rest, "/") && strings.EqualFold(proto, "file") {
			keep = "/"
		}
		text = keep + strings.TrimLeft(rest, "/")
	}
	if i := strings.IndexByte(text, '/'); i >= 0 {
		for seg := range strings.SplitSeq(text[i+1:], "/") {
			u.Path = append(u.Path, restore(seg))
		}
		u.Variables = pathVariables(u.Path)
		text = text[:i]
	}
	if i := strings.LastIndexByte(text, '@'); i >= 0 {
		user, password, _ := strings.Cut(text[:i], ":")
		u.Auth = &UserInfo{User: restore(user), Password: restore(password)}
		text = text[i+1:]
	}
	if i := strings.LastIndexByte(text, ':'); i >= 0 && !strings.Contains(text[i:], "]") {
		u.Port, u.NoPort = restore(text[i+1:]), text[i+1:] == ""
		text = text[:i]
	}
	if text != "" {
		for part := range strings.SplitSeq(text, ".") {
			u.Host = append(u.Host, restore(part))
		}
	}
	return u
}

// pathVariables returns the variables that ":name" segments refer to.
func pathVariables(path []string) (out []PathVariable) {
	for _, seg := range path {
		name, _, _ := strings.Cut(strings.TrimPrefix(seg, ":"), ".")
		if name != "" && seg[0] == ':' && !slices.ContainsFunc(out, func(v PathVariable) bool { return v.Key == name }) {
			out = append(out, PathVariable{Key: name, Value: vars.Undefined{}})
		}
	}
	return out
}

// A mask holds the templates that were taken out of a URL while it is split.
type mask []string

// maskTemplates replaces templates whose names contain separators.
func maskTemplates(text string) (string, *mask) {
	m := &mask{}
	if !strings.Contains(text, "{{") && !strings.Contains(text, "<<") {
		return text, m
	}
	var out strings.Builder
	for text != "" {
		open, end := nextTemplate(text)
		if open < 0 {
			break
		}
		if token := text[open:end]; strings.ContainsAny(token[2:len(token)-2], ".:/?#@&]") {
			out.WriteString(text[:open] + m.add(token))
		} else {
			out.WriteString(text[:end])
		}
		text = text[end:]
	}
	out.WriteString(text)
	return out.String(), m
}

// nextTemplate finds the first {{name}} or <<name>> in text.
func nextTemplate(text string) (open, end int) {
	for i := 0; i+1 < len(text); i++ {
		switch text[i : i+2] {
		case "{{":
			if n := strings.IndexAny(text[i+2:], "{}"); n >= 0 && strings.HasPrefix(text[i+2+n:], "}}") {
				return i, i + n + 4
			}
		case "<<":
			if n := strings.IndexAny(text[i+2:], "<>"); n >= 0 && strings.HasPrefix(text[i+2+n:], ">>") {
				return i, i + n + 4
			}
		}
	}
	return -1, 0
}

// add stores a template and returns a placeholder for it, made of private-use
// characters that contain no separator.
func (m *mask) add(token string) string {
	*m = append(*m, token)
	return "\uE000" + string(rune(0xE001+len(*m)-1)) + "\uE000"
}

func (m *mask) restore(s string) string {
	for i, token := range *m {
		s = strings.ReplaceAll(s, "\uE000"+string(rune(0xE001+i))+"\uE000", token)
	}
	return s
}

// String joins the parts, with path variables filled in, as newman's CLI shows
// a URL. Only & # = inside parameters are percent-encoded.
func (u URL) String() string {
	var b strings.Builder
	if u.Protocol != "" {
		b.WriteString(strings.TrimSuffix(u.Protocol, "://") + "://")
	}
	if u.Auth != nil && (u.Auth.User != "" || u.Auth.Password != "") {
		b.WriteString(u.Auth.User)
		if u.Auth.Password != "" {
			b.WriteString(":" + u.Auth.Password)
		}
		b.WriteByte('@')
	}
	b.WriteString(strings.Join(u.Host, "."))
	if u.Port != "" || u.NoPort {
		b.WriteString(":" + u.Port)
	}
	if u.Path != nil {
		b.WriteString("/" + u.path())
	}
	if q, ok := u.query(); ok {
		b.WriteString("?" + q)
	}
	if u.Hash != nil {
		b.WriteString("#" + *u.Hash)
	}
	return b.String()
}

// path joins the segments; ":name" takes its variable's text when that is not
// empty. A name ends at the first dot.
func (u URL) path() string {
	if len(u.Variables) == 0 {
		return strings.Join(u.Path, "/")
	}
	out := make([]string, len(u.Path))
	for i, seg := range u.Path {
		out[i] = u.segment(seg)
	}
	return strings.Join(out, "/")
}

func (u URL) segment(seg string) string {
	if !strings.HasPrefix(seg, ":") || seg == ":" {
		return seg
	}
	name, rest := seg[1:], ""
	if i := strings.IndexByte(name, '.'); i >= 0 {
		name, rest = name[:i], name[i:]
	}
	for i := len(u.Variables) - 1; i >= 0; i-- {
		v := u.Variables[i]
		if v.Key != name || v.filled {
			continue
		}
		if s := variableText(v.Value); s != "" {
			return s + rest
		}
		break
	}
	return seg
}

// escapeOutside percent-encodes separators outside {{templates}}.
func escapeOutside(s, set string) string {
	if !strings.ContainsAny(s, set) {
		return s
	}
	var b strings.Builder
	for s != "" {
		open, end := nextTemplate(s)
		if open < 0 {
			open, end = len(s), len(s)
		}
		for i := range open {
			switch c := s[i]; {
			case strings.IndexByte(set, c) < 0:
				b.WriteByte(c)
			case c == '&':
				b.WriteString("%26")
			case c == '#':
				b.WriteString("%23")
			default:
				b.WriteString("%3D")
			}
		}
		b.WriteString(s[open:end])
		s = s[end:]
	}
	return b.String()
}

func splitHost(s string) []string {
	s, m := maskTemplates(s)
	parts := strings.Split(s, ".")
	for i := range parts {
		parts[i] = m.restore(parts[i])
	}
	return parts
}

// canonical returns the URL in v2.1 form. variables are the path variables of
// its document, as JSON; without them, those are written that its path refers
// to.
func (u URL) canonical(raw, variables string) []byte {
	var b bytes.Buffer
	b.WriteString(`{"raw":`)
	writeText(&b, raw)
	u.members(&b)
	switch {
	case variables != "":
		b.WriteString(`,"variable":` + variables)
	case len(u.Variables) > 0:
		b.WriteString(`,"variable":`)
		u.printVariables(&b)
	}
	b.WriteByte('}')
	return b.Bytes()
}

// members writes the parts that the URL has, each after a comma.
func (u URL) members(b *bytes.Buffer) {
	str := func(key, v string) {
		b.WriteString(`,"` + key + `":`)
		writeText(b, v)
	}
	list := func(key string, v []string) {
		b.WriteString(`,"` + key + `":[`)
		for i, s := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			writeText(b, s)
		}
		b.WriteByte(']')
	}
	if u.Protocol != "" {
		str("protocol", u.Protocol)
	}
	if u.Auth != nil {
		b.WriteString(`,"auth":{"user":`)
		writeText(b, u.Auth.User)
		b.WriteString(`,"password":`)
		writeText(b, u.Auth.Password)
		b.WriteByte('}')
	}
	if u.Port != "" || u.NoPort {
		str("port", u.Port)
	}
	if u.Path != nil {
		list("path", u.Path)
	}
	if u.Hash != nil {
		str("hash", *u.Hash)
	}
	if u.Host != nil {
		list("host", u.Host)
	}
	if u.Query != nil {
		b.WriteString(`,"query":`)
		b.Write(queryJSON(u.Query))
	}
}

func nullable(s *string) []byte {
	if s == nil {
		return []byte("null")
	}
	return quoteJSON(*s)
}

// A URL holds the parts as Postman's parser splits them; nil Path and Query
// differ from empty ones.
type URL struct {
	Protocol  string
	Auth      *UserInfo
	Host      []string
	Port      string
	NoPort    bool // a colon without a port follows the host
	Path      []string
	Query     []QueryParam
	Hash      *string
	Variables []PathVariable
}

// UserInfo comes before a URL's host.
type UserInfo struct{ User, Password string }

// A PathVariable fills a ":name" segment. Value is nil, string or float64…, or
// vars.Undefined{} for none.
type PathVariable struct {
	Key      string
	Value    any
	Type     string // "string", …; "" for any
	Notes    Notes
	Disabled bool // Postman fills it in all the same
	filled   bool // the text of the URL already contains the value
}

func parseURLObject(r gjson.Result) URL {
	if r.Type == gjson.String {
		return ParseURL(r.Str)
	}
	o := objectOf(r)
	u := URL{Protocol: text(o.get("protocol")), Port: text(o.get("port"))}
	u.NoPort = u.Port == "" && o.get("port").Type == gjson.String
	if a := o.get("auth"); a.IsObject() {
		u.Auth = &UserInfo{User: text(lookup(a, "user")), Password: text(lookup(a, "password"))}
	}
	if h := o.get("host"); h.IsArray() {
		u.Host = texts(h)
	}
	if p := o.get("path"); p.IsArray() {
		u.Path = append([]string{}, texts(p)...)
	}
	if q := o.get("query"); q.IsArray() {
		u.Query = []QueryParam{}
		for p := range elements(q) {
			u.Query = append(u.Query, parseQueryParam(p))
		}
	}
	if h := o.get("hash"); h.Type == gjson.String {
		u.Hash = &h.Str
	}
	for v := range elements(o.get("variable")) {
		variable := objectOf(v)
		key := variable.get("key")
		if !truthy(key) {
			key = variable.get("id")
		}
		one := PathVariable{Key: text(key), Value: value(variable.get("value")), Type: text(variable.get("type")),
			Disabled: truthy(variable.get("disabled")), Notes: notes(variable)}
		if !variable.get("value").Exists() {
			one.Value = vars.Undefined{}
		}
		u.Variables = append(u.Variables, one)
	}
	return u
}

func (u URL) resolve(expand func(string) string) URL {
	out := ParseURL(expand(u.String()))
	out.Variables = nil
	for _, v := range u.Variables {
		if s, ok := v.Value.(string); ok {
			v.Value = expand(s)
		}
		out.Variables = append(out.Variables, v)
	}
	for i := range out.Variables {
		// The path variable is in the text now, so it must not be filled in
		// again.
		out.Variables[i].filled = true
	}
	return out
}
