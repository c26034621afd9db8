package convert

import (
	"bytes"
	"cmp"
	"crypto/sha1" //nolint:gosec // ids, no secrets
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"postie/collections"
	"postie/collections/vars"
)

// ToV3 writes a collection as the files of a v3 directory, by their slash
// paths in it. folder is the directory's name, which is the collection's
// unless a file says another. The files are those that Postman's own migration
// writes, but for what that loses.
func ToV3(c *collections.Collection, folder string) (files map[string][]byte, notes []Note, err error) {
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
	w.define(".", root, folder, 0, hasGraphQL(doc.Item))
	w.items(".", doc.Item)
	return w.files, w.notes, nil
}

type v3Writer struct {
	files map[string][]byte
	notes []Note
}

func (w *v3Writer) note(file, format string, args ...any) {
	w.notes = append(w.notes, Note{File: file, Text: fmt.Sprintf(format, args...)})
}

func (w *v3Writer) write(name string, m *mapping) { w.files[name] = encodeYAML(m.node()) }

func (w *v3Writer) items(dir string, list []item) {
	folders, requests := stems{}, stems{}
	for i := range list {
		it := &list[i]
		order := (i + 1) * 1000
		if it.Item == nil {
			w.request(dir, it, requests.take(fileStem(string(it.Name), "http-request")), order)
			continue
		}
		stem := folders.take(folderStem(string(it.Name)))
		w.define(path.Join(dir, stem), it, stem, order, hasGraphQL(it.Item))
		w.items(path.Join(dir, stem), it.Item)
	}
}

// hasGraphQL is true of a list with a GraphQL request at any depth.
func hasGraphQL(list []item) bool {
	return slices.ContainsFunc(list, func(it item) bool {
		return it.Item == nil && it.Request != nil && isGraphQL(it.Request) || hasGraphQL(it.Item)
	})
}

// stems are the names taken in a directory, in lower case.
type stems map[string]bool

var forbidden = regexp.MustCompile(`[/\\:*?"<>|\x00-\x1f\x7f]+`)

// maxStem leaves room for the suffixes in a file name of 255 bytes.
const maxStem = 200

// fileStem makes a file's name of a name, as Postman does: what no file system
// takes becomes "-", a name of nothing is the kind's.
func fileStem(name, empty string) string {
	stem := strings.TrimSpace(forbidden.ReplaceAllString(name, "-"))
	for len(stem) > maxStem {
		_, size := utf8.DecodeLastRuneInString(stem)
		stem = stem[:len(stem)-size]
	}
	if stem == "" {
		return empty
	}
	return stem
}

// FolderName is the folder that a collection of that name is written to.
func FolderName(name string) string { return folderStem(name) }

// folderStem is a folder's name. One that starts with a dot is hidden or leads
// elsewhere, and .resources is Postman's own: these get another one.
func folderStem(name string) string {
	stem := fileStem(name, "collection")
	if strings.HasPrefix(stem, ".") || strings.HasSuffix(stem, resources) {
		stem = "-" + strings.ReplaceAll(stem, ".", "-")
	}
	return stem
}

// take is the stem, with a number when it is taken.
func (s stems) take(stem string) string {
	free := stem
	for n := 1; s[strings.ToLower(free)]; n++ {
		free = stem + " " + strconv.Itoa(n)
	}
	s[strings.ToLower(free)] = true
	return free
}

// define writes a folder's definition. Scripts for HTTP are not for GraphQL
// requests: with such below, they are there twice.
func (w *v3Writer) define(dir string, f *item, stem string, order int, graphQL bool) {
	file := path.Join(dir, resources, "definition.yaml")
	m := newMapping("collection")
	m.text("id", f.ID)
	m.name(f.Name, stem)
	m.text("description", f.Description)
	m.set("variables", w.variables(file, f.Variable))
	kinds := []map[text]string{{"prerequest": "http:beforeRequest", "test": "http:afterResponse"}}
	if graphQL {
		kinds = append(kinds, map[text]string{"prerequest": "graphql:beforeQuery", "test": "graphql:afterResponse"})
	}
	m.set("scripts", w.scripts(file, f.Event, kinds...))
	m.set("auth", w.scopeAuth(file, f.Auth))
	if settings := w.settings(file, f.Behavior); settings != nil {
		w.note(file, "Postman's v3 has settings for requests only; these are kept for postie")
		m.set("settings", settings)
	}
	if order > 0 {
		m.set("order", number(order))
	}
	w.write(file, m)
}

// variables are a map, or a list when one needs more than a value.
func (w *v3Writer) variables(file string, list []variable) *yaml.Node {
	var rows []row
	plain := true
	for _, v := range list {
		r := row{key: &v.Key, value: str(string(jsonText(v.Value))), description: v.Description, disabled: bool(v.Disabled)}
		if v.Type == "secret" {
			w.note(file, "variable %q is secret: postie hides it, Postman's CLI reads it as empty", v.Key)
			r.secret = true
		}
		if len(v.Value) > 0 && v.Value[0] != '"' && v.Value[0] != 'n' {
			w.note(file, "variable %q becomes a text", v.Key)
		}
		plain = plain && !r.disabled && r.description == "" && !r.secret
		rows = append(rows, r)
	}
	if plain {
		return keyList(rows)
	}
	out := &yaml.Node{Kind: yaml.SequenceNode}
	for _, r := range rows {
		m := &mapping{}
		m.set("key", str(string(*r.key)))
		m.set("value", r.value)
		m.set("disabled", boolean(r.disabled))
		m.text("description", r.description)
		if r.secret {
			m.set("secret", boolean(true))
		}
		out.Content = append(out.Content, m.node())
	}
	return out
}

// jsonText is a value as a text: strings without their quotes.
func jsonText(raw json.RawMessage) text {
	var t text
	if len(raw) == 0 || t.UnmarshalJSON(raw) != nil {
		return ""
	}
	return t
}

// scopeAuth is the auth of a folder: a list of one, which has a name and an id.
// The id is made of the place, so that the same collection is the same file.
func (w *v3Writer) scopeAuth(file string, a *auth) *yaml.Node {
	if a == nil || a.Type == "" {
		return nil
	}
	id, name := placeID(file+" "+a.Type), a.Type+" auth"
	if a.Type == "noauth" {
		id, name = "", "No Auth"
	}
	m := &mapping{}
	m.set("id", str(id))
	m.set("type", str(a.Type))
	m.set("name", str(name))
	m.set("credentials", credentialNode(a))
	return &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{m.node()}}
}

// placeID is a UUID (version 5's form) of a name.
func placeID(name string) string {
	sum := sha1.Sum([]byte("postie v3 auth " + name)) //nolint:gosec // an id, no secret
	return vars.UUID(5, sum[:])
}

func authNode(a *auth) *yaml.Node {
	if a == nil || a.Type == "" {
		return nil
	}
	m := &mapping{}
	m.set("type", str(a.Type))
	m.set("credentials", credentialNode(a))
	return m.node()
}

func credentialNode(a *auth) *yaml.Node {
	m := &mapping{}
	for _, p := range a.Params {
		if len(p.Value) > 0 && string(p.Value) != "null" {
			m.set(string(p.Key), jsonNode(p.Value))
		}
	}
	if len(m.content) == 0 {
		return nil
	}
	return m.node()
}

// scripts are those of each kind, a kind being the types of v2.1's events.
func (w *v3Writer) scripts(file string, list []event, kinds ...map[text]string) *yaml.Node {
	out := &yaml.Node{Kind: yaml.SequenceNode}
	for i, kind := range kinds {
		for _, e := range list {
			if m := w.script(file, e, kind, i == 0); m != nil {
				out.Content = append(out.Content, m.node())
			}
		}
	}
	if len(out.Content) == 0 {
		return nil
	}
	return out
}

// script is nil for one that is empty or has no place, which is said once.
func (w *v3Writer) script(file string, e event, kind map[text]string, say bool) *mapping {
	var lines []string
	for _, l := range e.Script.Exec {
		lines = append(lines, string(l))
	}
	code := strings.Join(lines, "\n")
	problem := ""
	switch {
	case kind[e.Listen] == "":
		problem = fmt.Sprintf("a script for %q: left out", e.Listen)
	case bool(e.Disabled):
		problem = fmt.Sprintf("a disabled %s script: left out", e.Listen)
	case len(e.Script.Src) > 0 && string(e.Script.Src) != "null":
		problem = fmt.Sprintf("a %s script from a file or address: left out", e.Listen)
	case code == "":
		return nil
	}
	if problem != "" {
		if say {
			w.note(file, "%s", problem)
		}
		return nil
	}
	m := &mapping{}
	m.set("type", str(kind[e.Listen]))
	m.set("code", str(code))
	m.set("language", str("text/javascript"))
	m.json("packages", e.Script.Packages)
	m.json("requests", e.Script.Requests)
	return m
}

// httpSettings are the behaviors that v3 has, in the order of Postman's files.
var httpSettings = []string{"protocolVersion", "strictSSL", "followRedirects", "maxRedirects", "followOriginalHttpMethod",
	"followAuthorizationHeader", "removeRefererHeaderOnRedirect", "insecureHTTPParser", "disableUrlEncoding", "disableCookies",
	"disabledSystemHeaders", "tlsPreferServerCiphers", "tlsDisabledProtocols", "tlsCipherSelection"}

// settings are a request's. Bodies are sent with every method in v3, so that
// needs no setting.
func (w *v3Writer) settings(file string, raw json.RawMessage) *yaml.Node {
	if len(raw) == 0 || raw[0] != '{' {
		return nil
	}
	v := jsonNode(raw)
	known := &mapping{}
	for _, key := range httpSettings {
		if val := valueOf(v, key); val != nil {
			if key == "disabledSystemHeaders" && val.Kind == yaml.MappingNode {
				val = enabledKeys(val)
			}
			known.set(key, val)
		}
	}
	for i := 0; i+1 < len(v.Content); i += 2 {
		if key := v.Content[i].Value; key != "disableBodyPruning" && !slices.Contains(httpSettings, key) {
			w.note(file, "Postman's v3 has no setting %s; kept for postie", key)
			known.set(key, v.Content[i+1])
		}
	}
	if len(known.content) == 0 {
		return nil
	}
	return known.node()
}

// valueOf is a mapping's member; nil when there is none.
func valueOf(m *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value == key {
			return m.Content[i+1]
		}
	}
	return nil
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

func (w *v3Writer) request(dir string, it *item, stem string, order int) {
	file := path.Join(dir, stem+".request.yaml")
	req := it.Request
	if req == nil {
		req = &request{}
	}
	graphQL := isGraphQL(req)
	kind, scripts := "http-request", map[text]string{"prerequest": "beforeRequest", "test": "afterResponse"}
	if graphQL {
		kind, scripts = "graphql-request", map[text]string{"prerequest": "beforeQuery", "test": "afterResponse"}
	}
	m := newMapping(kind)
	m.text("id", it.ID)
	m.name(it.Name, stem)
	m.text("description", req.Description+it.Description)
	w.call(file, m, req, graphQL)
	m.set("auth", authNode(req.Auth))
	m.set("scripts", w.scripts(file, it.Event, scripts))
	m.set("settings", w.settings(file, it.Behavior))
	w.lost(file, it, req)
	if len(it.Response) > 0 {
		at := path.Join(resources, stem+".resources", "examples")
		m.set("examples", str("./"+at))
		w.examples(path.Join(dir, at), it.Response, graphQL)
	}
	m.set("order", number(order))
	w.write(file, m)
}

// lost notes what a request has no place for, and what it does otherwise.
func (w *v3Writer) lost(file string, it *item, req *request) {
	for _, x := range []struct {
		what string
		raw  json.RawMessage
	}{{"proxy", req.Proxy}, {"certificate", req.Certificate}} {
		if len(x.raw) > 0 && string(x.raw) != "null" {
			w.note(file, "the request's %s: left out", x.what)
		}
	}
	var behavior struct{ DisableBodyPruning flag }
	if len(it.Behavior) > 0 && json.Unmarshal(it.Behavior, &behavior) != nil {
		return
	}
	if b := req.Body; b != nil && b.isSent() && bodiless(string(req.Method)) && !bool(behavior.DisableBodyPruning) {
		w.note(file, "v3 sends the body of a %s, which v2.1 does not", strings.ToUpper(cmp.Or(string(req.Method), "GET")))
	}
}

// bodiless are the methods that v2.1 sends without a body.
func bodiless(method string) bool {
	return slices.Contains([]string{"", "GET", "COPY", "HEAD", "PURGE", "UNLOCK"}, strings.ToUpper(method))
}

// isSent is true of a body that has something to send.
func (b *body) isSent() bool {
	if b.Disabled {
		return false
	}
	switch strings.ToLower(string(b.Mode)) {
	case "urlencoded":
		return len(b.URLEncoded) > 0
	case "formdata":
		return len(b.FormData) > 0
	case "file":
		return b.File != nil && b.File.Src != ""
	case "raw":
		return b.Raw != nil && *b.Raw != ""
	}
	return b.GraphQL != nil
}

// isGraphQL recognises a request that v3 has a kind of its own for.
func isGraphQL(r *request) bool {
	return r.Body != nil && strings.EqualFold(string(r.Body.Mode), "graphql") && !bool(r.Body.Disabled)
}

// call writes what a request sends.
func (w *v3Writer) call(file string, m *mapping, r *request, graphQL bool) {
	u := r.URL
	if u == nil {
		u = &address{}
	}
	if graphQL {
		w.graphQL(file, m, r, u)
		return
	}
	m.set("url", str(u.text()))
	m.set("method", str(cmp.Or(string(r.Method), "GET")))
	m.set("headers", pairList(r.Header))
	m.set("queryParams", pairList(u.Query))
	var variables []row
	for _, v := range u.Variable {
		key := cmp.Or(v.Key, v.ID)
		variables = append(variables, row{key: &key, value: str(string(jsonText(v.Value))), description: v.Description, disabled: bool(v.Disabled)})
	}
	m.set("pathVariables", keyList(variables))
	m.set("body", w.body(file, r.Body))
}

// graphQL writes a request that is a POST always, and has its whole address in
// one text.
func (w *v3Writer) graphQL(file string, m *mapping, r *request, u *address) {
	if method := strings.ToUpper(string(r.Method)); method != "" && method != "POST" {
		w.note(file, "the method %s of a GraphQL request: v3 sends it as POST", method)
	}
	if slices.ContainsFunc(u.Query, func(p pair) bool { return bool(p.Disabled) }) {
		w.note(file, "disabled query parameters of a GraphQL request: left out")
	}
	address := u.text()
	if len(u.Variable) > 0 {
		w.note(file, "the path variables of a GraphQL request are written into its URL")
		address = u.filled()
	}
	m.set("url", str(address))
	g := r.Body.GraphQL
	if g == nil {
		g = &graphQL{}
	}
	m.set("query", str(string(g.Query)))
	m.text("variables", g.Variables)
	if g.Operation != "" {
		w.note(file, "Postman's v3 has no operationName; kept for postie")
		m.text("operationName", g.Operation)
	}
	m.set("headers", pairList(r.Header))
}

// filled is the URL with its path variables in their places.
func (a *address) filled() string {
	filled := *a
	filled.Path = slices.Clone(a.Path)
	for i, seg := range filled.Path {
		for _, v := range a.Variable {
			if value := jsonText(v.Value); seg == ":"+v.Key && value != "" {
				filled.Path[i] = value
			}
		}
	}
	return filled.text()
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
		r := row{key: p.name(), value: nullNode(), description: p.Description, disabled: bool(p.Disabled)}
		if p.Value != nil {
			r.value = str(string(*p.Value))
		}
		rows = append(rows, r)
	}
	return keyList(rows)
}

// name is a parameter's key; nil for "?=b".
func (p pair) name() *text {
	if p.NoKey {
		return nil
	}
	return &p.Key
}

func nullNode() *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"} }

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
		content := pairList(withoutNulls(b.URLEncoded))
		if content == nil { // Postman's CLI leaves out a request whose form has no list
			content = &yaml.Node{Kind: yaml.SequenceNode}
		}
		m.set("content", content)
	case "formdata":
		m.set("type", str("formdata"))
		m.set("content", w.formData(file, b.FormData))
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
	case "none":
		return nil
	default:
		raw := text("")
		if b.Raw != nil {
			raw = *b.Raw
		}
		m.set("type", str(w.language(file, b)))
		m.set("content", str(string(raw)))
	}
	return m.node()
}

// withoutNulls are fields that all have a value.
func withoutNulls(list []pair) []pair {
	out := slices.Clone(list)
	for i := range out {
		if out[i].Value == nil {
			empty := text("")
			out[i].Value = &empty
		}
	}
	return out
}

// languages are the types of a text.
var languages = []string{"text", "json", "xml", "html", "javascript"}

func (w *v3Writer) language(file string, b *body) string {
	language := b.language()
	if !slices.Contains(languages, language) {
		w.note(file, "a body's language %q: v3 has none such, it is text", language)
		return "text"
	}
	return language
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

func (w *v3Writer) formData(file string, list []pair) *yaml.Node {
	out := &yaml.Node{Kind: yaml.SequenceNode}
	for _, p := range list {
		m := &mapping{}
		if p.Type == "file" {
			m.set("type", str("file"))
			m.set("key", str(string(p.Key)))
			m.set("src", sourceNode(p.Src))
		} else {
			m.set("type", str("text"))
			m.set("key", str(string(p.Key)))
			value := text("")
			if p.Value != nil {
				value = *p.Value
			}
			m.set("value", str(string(value)))
		}
		if p.FileName != "" {
			w.note(file, "Postman's v3 has no file name for the form field %q; kept for postie", p.Key)
			m.text("fileName", p.FileName)
		}
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
		return str("")
	case !s.many:
		return str(strings.Join(s.list, ""))
	}
	out := &yaml.Node{Kind: yaml.SequenceNode}
	for _, src := range s.list {
		out.Content = append(out.Content, str(src))
	}
	return out
}

func (w *v3Writer) examples(dir string, list []response, graphQL bool) {
	taken := stems{}
	for i, r := range list {
		stem := taken.take(fileStem(string(r.Name), "example"))
		file := path.Join(dir, stem+".example.yaml")
		m := newMapping("http-example")
		asQuery := graphQL && r.Original != nil && isGraphQL(r.Original)
		if asQuery {
			m = newMapping("graphql-example")
		}
		m.name(r.Name, stem)
		if r.Original != nil {
			req := &mapping{}
			w.call(file, req, r.Original, asQuery)
			req.set("auth", authNode(r.Original.Auth))
			m.set("request", req.node())
		}
		resp := &mapping{}
		resp.set("statusCode", number(int(r.Code)))
		resp.text("statusText", r.Status)
		resp.set("headers", pairList(r.Header))
		content := &mapping{}
		language, body := strings.ToLower(string(r.Language)), text("")
		if !slices.Contains(append([]string{"yaml"}, languages...), language) {
			language = "text"
		}
		if r.Body != nil {
			body = *r.Body
		}
		content.set("type", str(language))
		content.set("content", str(string(body)))
		resp.set("body", content.node())
		m.set("response", resp.node())
		m.set("order", number((i+1)*1000))
		w.write(file, m)
	}
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
	if len(raw) > 0 && string(raw) != "null" && string(raw) != "{}" {
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

func str(s string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
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
	key         *text // nil for null
	value       *yaml.Node
	description text
	disabled    bool
	secret      bool
}

// keyList is a map, or a list of objects when one has more than a key and a
// value, or a map would lose something; nil for no rows.
func keyList(rows []row) *yaml.Node {
	if len(rows) == 0 {
		return nil
	}
	if isMap(rows) {
		m := &mapping{}
		for _, r := range rows {
			m.set(string(*r.key), r.value)
		}
		return m.node()
	}
	out := &yaml.Node{Kind: yaml.SequenceNode}
	for _, r := range rows {
		m := &mapping{}
		if r.key == nil {
			m.set("key", nullNode())
		} else {
			m.set("key", str(string(*r.key)))
		}
		m.set("value", r.value)
		if r.disabled {
			m.set("disabled", boolean(true))
		}
		m.text("description", r.description)
		out.Content = append(out.Content, m.node())
	}
	return out
}

// wholeNumber is a key that JavaScript puts before all others of a map.
var wholeNumber = regexp.MustCompile(`^(0|[1-9][0-9]*)$`)

// isMap is true of rows that a map of JavaScript holds, in their order.
func isMap(rows []row) bool {
	seen := map[text]bool{}
	for _, r := range rows {
		if r.key == nil || r.description != "" || r.disabled || seen[*r.key] || *r.key == "__proto__" ||
			len(rows) > 1 && wholeNumber.MatchString(string(*r.key)) {
			return false
		}
		seen[*r.key] = true
	}
	return true
}
