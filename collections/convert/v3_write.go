package convert

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"postie/collections"
)

// ToV3 writes a collection as the files of a v3 directory, by their slash
// paths in it.
func ToV3(c *collections.Collection) (files map[string][]byte, notes []Note, err error) {
	w := &v3Writer{files: map[string][]byte{}}
	var doc document
	if err := json.Unmarshal(c.Strict(), &doc); err != nil {
		var te *json.UnmarshalTypeError
		if !errors.As(err, &te) {
			return nil, nil, &collections.ParseError{File: c.File(), Text: err.Error()}
		}
		w.note("", "%s is no %s: left out", te.Field, te.Type)
	}
	root := &item{ID: doc.Info.ID, Name: doc.Info.Name, Description: doc.Info.Description,
		Event: doc.Event, Variable: doc.Variable, Auth: doc.Auth, Behavior: doc.Behavior}
	if err := w.define(".", root, "", 0); err != nil {
		return nil, nil, err
	}
	return w.files, w.notes, w.items(".", doc.Item)
}

type v3Writer struct {
	files map[string][]byte
	notes []Note
}

func (w *v3Writer) note(file, format string, args ...any) {
	w.notes = append(w.notes, Note{File: file, Text: fmt.Sprintf(format, args...)})
}

func (w *v3Writer) write(name string, m *mapping) error {
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(m.node()); err != nil {
		return &collections.ParseError{File: name, Text: err.Error()}
	}
	w.files[name] = b.Bytes()
	return enc.Close()
}

func (w *v3Writer) items(dir string, list []item) error {
	folders, requests := stems{}, stems{}
	for i := range list {
		it := &list[i]
		order := (i + 1) * 1000
		if it.Item == nil {
			if err := w.request(dir, it, requests.take(string(it.Name)), order); err != nil {
				return err
			}
			continue
		}
		stem := folders.take(string(it.Name))
		if err := w.define(path.Join(dir, stem), it, stem, order); err != nil {
			return err
		}
		if err := w.items(path.Join(dir, stem), it.Item); err != nil {
			return err
		}
	}
	return nil
}

// stems are the names taken in a directory, in lower case.
type stems map[string]bool

var forbidden = regexp.MustCompile(`://|[/\\:*?"<>|\x00-\x1f\x7f]`)

// maxStem leaves room for the suffixes in a file name of 255 bytes.
const maxStem = 200

// take makes a file name of a name, as Postman does: forbidden characters
// become "-", a name that is taken gets a number.
func (s stems) take(name string) string {
	stem := forbidden.ReplaceAllString(name, "-")
	stem = strings.TrimRightFunc(stem, func(r rune) bool { return r == '.' || unicode.IsSpace(r) })
	if strings.HasPrefix(stem, ".") || strings.HasSuffix(stem, resources) || stem == "" {
		stem = "-" + strings.ReplaceAll(stem, ".", "-")
	}
	for len(stem) > maxStem {
		_, size := utf8.DecodeLastRuneInString(stem)
		stem = stem[:len(stem)-size]
	}
	free := stem
	for n := 1; s[strings.ToLower(free)]; n++ {
		free = stem + "-" + strconv.Itoa(n)
	}
	s[strings.ToLower(free)] = true
	return free
}

// define writes a folder's definition.
func (w *v3Writer) define(dir string, f *item, stem string, order int) error {
	file := path.Join(dir, resources, "definition.yaml")
	m := newMapping("collection")
	m.name(f.Name, stem)
	m.text("id", f.ID)
	m.text("description", f.Description)
	m.set("variables", w.variables(file, f.Variable))
	m.set("auth", authNode(f.Auth))
	m.set("scripts", w.scripts(file, f.Event, "http:"))
	m.set("settings", w.settings(file, f.Behavior))
	if order > 0 {
		m.set("order", number(order))
	}
	return w.write(file, m)
}

func (w *v3Writer) variables(file string, list []variable) *yaml.Node {
	var rows []row
	for _, v := range list {
		r := row{key: v.Key, value: str(string(jsonText(v.Value))), description: v.Description, disabled: bool(v.Disabled)}
		if v.Type == "secret" {
			r.secret = true
		}
		if len(v.Value) > 0 && v.Value[0] != '"' && v.Value[0] != 'n' {
			w.note(file, "variable %q becomes a text", v.Key)
		}
		rows = append(rows, r)
	}
	return keyList(rows)
}

// jsonText is a value as a text: strings without their quotes.
func jsonText(raw json.RawMessage) text {
	var t text
	if len(raw) == 0 || t.UnmarshalJSON(raw) != nil {
		return ""
	}
	return t
}

func authNode(a *auth) *yaml.Node {
	if a == nil || a.Type == "" {
		return nil
	}
	m := &mapping{}
	m.set("type", str(a.Type))
	credentials := &mapping{}
	for _, p := range a.Params {
		credentials.set(string(p.Key), jsonNode(p.Value))
	}
	if len(a.Params) > 0 {
		m.set("credentials", credentials.node())
	}
	return m.node()
}

func (w *v3Writer) scripts(file string, list []event, prefix string) *yaml.Node {
	out := &yaml.Node{Kind: yaml.SequenceNode}
	for _, e := range list {
		var lines []string
		for _, l := range e.Script.Exec {
			lines = append(lines, string(l))
		}
		code := strings.Join(lines, "\n")
		kind := map[text]string{"prerequest": "beforeRequest", "test": "afterResponse"}[e.Listen]
		switch {
		case kind == "":
			w.note(file, "a script for %q: left out", e.Listen)
			continue
		case bool(e.Disabled):
			w.note(file, "a disabled %s script: left out", e.Listen)
			continue
		case len(e.Script.Src) > 0 && string(e.Script.Src) != "null":
			w.note(file, "a %s script from a file or address: left out", e.Listen)
			continue
		case strings.TrimSpace(code) == "":
			continue
		}
		m := &mapping{}
		m.set("type", str(prefix+kind))
		m.set("language", str("text/javascript"))
		m.set("code", str(code))
		m.text("id", e.Script.ID)
		m.json("packages", e.Script.Packages)
		m.json("requests", e.Script.Requests)
		out.Content = append(out.Content, m.node())
	}
	if len(out.Content) == 0 {
		return nil
	}
	return out
}

// httpSettings are the behaviors v3 knows.
var httpSettings = []string{"protocolVersion", "strictSSL", "followRedirects", "maxRedirects", "disabledSystemHeaders"}

func (w *v3Writer) settings(file string, raw json.RawMessage) *yaml.Node {
	if len(raw) == 0 || raw[0] != '{' {
		return nil
	}
	v := jsonNode(raw)
	m := &mapping{}
	for i := 0; i+1 < len(v.Content); i += 2 {
		key, val := v.Content[i].Value, v.Content[i+1]
		if key == "disabledSystemHeaders" && val.Kind == yaml.MappingNode {
			val = enabledKeys(val)
		}
		if !slices.Contains(httpSettings, key) {
			w.note(file, "Postman's v3 has no setting %s; kept for postie", key)
		}
		m.set(key, val)
	}
	return m.node()
}

// enabledKeys lists the keys whose value is true.
func enabledKeys(v *yaml.Node) *yaml.Node {
	out := &yaml.Node{Kind: yaml.SequenceNode}
	for i := 0; i+1 < len(v.Content); i += 2 {
		if v.Content[i+1].Value == "true" {
			out.Content = append(out.Content, str(v.Content[i].Value))
		}
	}
	return out
}

func (w *v3Writer) request(dir string, it *item, stem string, order int) error {
	file := path.Join(dir, stem+".request.yaml")
	req := it.Request
	if req == nil {
		req = &request{}
	}
	var m *mapping
	if isGraphQL(req) {
		m = newMapping("graphql-request")
	} else {
		m = newMapping("http-request")
	}
	m.name(it.Name, stem)
	m.text("id", it.ID)
	m.text("description", req.Description+it.Description)
	w.call(file, m, req, isGraphQL(req))
	m.set("auth", authNode(req.Auth))
	m.set("scripts", w.scripts(file, it.Event, ""))
	m.set("settings", w.settings(file, it.Behavior))
	for what, raw := range map[string]json.RawMessage{"proxy": req.Proxy, "certificate": req.Certificate} {
		if len(raw) > 0 && string(raw) != "null" {
			w.note(file, "the request's %s: left out", what)
		}
	}
	if len(it.Response) > 0 {
		at := path.Join(resources, stem+".resources", "examples")
		m.set("examples", str("./"+at))
		if err := w.examples(path.Join(dir, at), it.Response); err != nil {
			return err
		}
	}
	m.set("order", number(order))
	return w.write(file, m)
}

// isGraphQL tells a request that v3 has a kind of its own for.
func isGraphQL(r *request) bool {
	return r.Body != nil && r.Body.Mode == "graphql" && r.Body.GraphQL != nil && r.Body.GraphQL.Operation == "" &&
		!bool(r.Body.Disabled) && r.Method == "POST" && (r.URL == nil || len(r.URL.Query) == 0)
}

// call writes what a request sends.
func (w *v3Writer) call(file string, m *mapping, r *request, graphQL bool) {
	u := r.URL
	if u == nil {
		u = &address{}
	}
	m.set("url", str(u.text()))
	if !graphQL {
		method := string(r.Method)
		if method == "" {
			method = "GET"
		}
		m.set("method", str(method))
		m.set("queryParams", pairList(u.Query))
	}
	m.set("headers", pairList(r.Header))
	var variables []row
	for _, v := range u.Variable {
		variables = append(variables, row{key: v.Key, value: str(string(jsonText(v.Value))), description: v.Description, disabled: bool(v.Disabled)})
	}
	m.set("pathVariables", keyList(variables))
	if graphQL {
		m.set("query", str(string(r.Body.GraphQL.Query)))
		m.text("variables", r.Body.GraphQL.Variables)
		return
	}
	m.set("body", w.body(file, r.Body))
}

// text is the URL as written, or joined when its parts say something else.
func (a *address) text() string {
	u := collections.URL{Protocol: string(a.Protocol), Host: asStrings(a.Host), Port: string(a.Port), Path: asStrings(a.Path)}
	if a.Auth != nil {
		u.Auth = &collections.UserInfo{User: string(a.Auth.User), Password: string(a.Auth.Password)}
	}
	if a.Hash != nil {
		hash := string(*a.Hash)
		u.Hash = &hash
	}
	for _, q := range a.Query {
		key := string(q.Key)
		p := collections.QueryParam{Key: &key, Disabled: bool(q.Disabled)}
		if q.Value != nil {
			val := string(*q.Value)
			p.Value = &val
		}
		u.Query = append(u.Query, p)
	}
	if joined := u.String(); collections.ParseURL(string(a.Raw)).String() != joined {
		return joined
	}
	return string(a.Raw)
}

func asStrings(list []text) []string {
	var out []string
	for _, t := range list {
		out = append(out, string(t))
	}
	return out
}

func pairList(list []pair) *yaml.Node {
	var rows []row
	for _, p := range list {
		r := row{key: p.Key, value: str(""), description: p.Description, disabled: bool(p.Disabled)}
		if p.Value != nil {
			r.value = str(string(*p.Value))
		}
		rows = append(rows, r)
	}
	return keyList(rows)
}

func (w *v3Writer) body(file string, b *body) *yaml.Node {
	if b == nil || b.Mode == "" {
		return nil
	}
	if b.Disabled {
		w.note(file, "a disabled body: left out")
		return nil
	}
	m := &mapping{}
	switch strings.ToLower(string(b.Mode)) {
	case "urlencoded":
		m.set("type", str("urlencoded"))
		m.set("content", listOr(pairList(b.URLEncoded)))
	case "formdata":
		m.set("type", str("formdata"))
		m.set("content", listOr(w.formData(b.FormData)))
	case "file":
		m.set("type", str("file"))
		content := &mapping{}
		if b.File != nil {
			content.text("src", b.File.Src)
			if b.File.Content != nil {
				w.note(file, "the file body's content: left out")
			}
		}
		m.set("content", content.node())
	case "graphql":
		m.set("type", str("graphql"))
		content := &mapping{}
		if g := b.GraphQL; g != nil {
			content.set("query", str(string(g.Query)))
			content.text("variables", g.Variables)
			content.text("operationName", g.Operation)
		}
		m.set("content", content.node())
	default:
		if b.Raw == nil || *b.Raw == "" {
			return nil
		}
		m.set("type", str(b.language()))
		m.set("content", str(string(*b.Raw)))
	}
	return m.node()
}

func (b *body) language() string {
	var o struct {
		Raw struct {
			Language text `json:"language"`
		} `json:"raw"`
	}
	if json.Unmarshal(b.Options, &o) == nil && o.Raw.Language != "" {
		return string(o.Raw.Language)
	}
	return "text"
}

func (w *v3Writer) formData(list []pair) *yaml.Node {
	if len(list) == 0 {
		return nil
	}
	out := &yaml.Node{Kind: yaml.SequenceNode}
	for _, p := range list {
		m := &mapping{}
		m.set("key", str(string(p.Key)))
		if p.Type == "file" {
			m.set("type", str("file"))
			m.set("src", sourceNode(p.Src))
		} else {
			m.set("type", str("text"))
			value := text("")
			if p.Value != nil {
				value = *p.Value
			}
			m.set("value", str(string(value)))
		}
		m.text("fileName", p.FileName)
		m.text("contentType", p.ContentType)
		m.text("description", p.Description)
		if p.Disabled {
			m.set("disabled", boolean(true))
		}
		out.Content = append(out.Content, m.node())
	}
	return out
}

func sourceNode(s *sources) *yaml.Node {
	switch {
	case s == nil:
		return nil
	case !s.many:
		return str(strings.Join(s.list, ""))
	}
	out := &yaml.Node{Kind: yaml.SequenceNode}
	for _, src := range s.list {
		out.Content = append(out.Content, str(src))
	}
	return out
}

func (w *v3Writer) examples(dir string, list []response) error {
	taken := stems{}
	for i, r := range list {
		stem := taken.take(string(r.Name))
		file := path.Join(dir, stem+".example.yaml")
		m := newMapping("http-example")
		m.name(r.Name, stem)
		if r.Original != nil {
			req := &mapping{}
			w.call(file, req, r.Original, false)
			req.set("auth", authNode(r.Original.Auth))
			m.set("request", req.node())
		}
		resp := &mapping{}
		resp.set("statusCode", number(int(r.Code)))
		resp.text("statusText", r.Status)
		resp.set("headers", pairList(r.Header))
		content := &mapping{}
		language, text := "text", ""
		if r.Language != "" {
			language = string(r.Language)
		}
		if r.Body != nil {
			text = string(*r.Body)
		}
		content.set("type", str(language))
		content.set("content", str(text))
		resp.set("body", content.node())
		m.set("response", resp.node())
		m.set("order", number((i+1)*1000))
		if err := w.write(file, m); err != nil {
			return err
		}
	}
	return nil
}

// A mapping is a YAML mapping under construction.
type mapping struct{ content []*yaml.Node }

func newMapping(kind string) *mapping {
	m := &mapping{}
	m.set("$kind", str(kind))
	return m
}

// set adds a member; nil adds none.
func (m *mapping) set(key string, v *yaml.Node) {
	if v != nil {
		m.content = append(m.content, str(key), v)
	}
}

// text adds a text unless it is empty.
func (m *mapping) text(key string, t text) {
	if t != "" {
		m.set(key, str(string(t)))
	}
}

func (m *mapping) json(key string, raw json.RawMessage) {
	if len(raw) > 0 && string(raw) != "null" {
		m.set(key, jsonNode(raw))
	}
}

// name adds a name that is not the file's.
func (m *mapping) name(name text, stem string) {
	if string(name) != stem {
		m.set("name", str(string(name)))
	}
}

func (m *mapping) node() *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode, Content: m.content}
	if len(m.content) == 0 {
		n.Style = yaml.FlowStyle // {}
	}
	return n
}

// str is a text; a literal block when it has lines and a block can hold it.
func str(s string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
	switch {
	case !strings.Contains(s, "\n"):
	case strings.TrimLeft(s, " \t\n") != s, strings.ContainsFunc(s, func(r rune) bool {
		return r != '\n' && r != '\t' && !unicode.IsPrint(r)
	}):
		n.Style = yaml.DoubleQuotedStyle
	default:
		n.Style = yaml.LiteralStyle
	}
	return n
}

func number(n int) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: strconv.Itoa(n)}
}

func boolean(b bool) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: strconv.FormatBool(b)}
}

// jsonNode is a JSON value as YAML, which JSON is a part of.
func jsonNode(raw json.RawMessage) *yaml.Node {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	n, err := nextNode(dec)
	if err != nil {
		return str(string(raw))
	}
	return n
}

// nextNode reads one value, members in their order.
func nextNode(dec *json.Decoder) (*yaml.Node, error) {
	tok, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch t := tok.(type) {
	case string:
		return str(t), nil
	case bool:
		return boolean(t), nil
	case json.Number:
		tag := "!!int"
		if strings.ContainsAny(t.String(), ".eE") {
			tag = "!!float"
		}
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: t.String()}, nil
	case json.Delim:
		n := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
		if t == '{' {
			n = &yaml.Node{Kind: yaml.MappingNode}
		}
		for dec.More() {
			child, err := nextNode(dec)
			if err != nil {
				return nil, err
			}
			n.Content = append(n.Content, child)
		}
		if len(n.Content) == 0 {
			n.Style = yaml.FlowStyle
		}
		_, err := dec.Token() // the closing one
		return n, err
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}, nil
}

// A row is one of a key list.
type row struct {
	key         text
	value       *yaml.Node
	description text
	disabled    bool
	secret      bool
}

// keyList is a map, or a list of objects when one has more than a key and a
// value or a key comes twice; nil for no rows.
func keyList(rows []row) *yaml.Node {
	if len(rows) == 0 {
		return nil
	}
	seen := map[text]bool{}
	plain := true
	for _, r := range rows {
		plain = plain && r.description == "" && !r.disabled && !r.secret && !seen[r.key]
		seen[r.key] = true
	}
	if plain {
		m := &mapping{}
		for _, r := range rows {
			m.set(string(r.key), r.value)
		}
		return m.node()
	}
	out := &yaml.Node{Kind: yaml.SequenceNode}
	for _, r := range rows {
		m := &mapping{}
		m.set("key", str(string(r.key)))
		m.set("value", r.value)
		m.text("description", r.description)
		if r.disabled {
			m.set("disabled", boolean(true))
		}
		if r.secret {
			m.set("secret", boolean(true))
		}
		out.Content = append(out.Content, m.node())
	}
	return out
}

// listOr is an empty list in place of none.
func listOr(n *yaml.Node) *yaml.Node {
	if n == nil {
		return &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
	}
	return n
}
