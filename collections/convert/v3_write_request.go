package convert

import (
	"cmp"
	"encoding/json"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"postie/collections"
)

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

// lost notes which parts of a request the v3 format cannot express, and what it
// does differently.
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

// isSent reports whether a body has something to send.
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

// isGraphQL reports whether a request is of v3's own kind for GraphQL.
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
		if v.Value == nil && v.Description == "" { // the URL has all of it
			continue
		}
		key := cmp.Or(v.Key, v.ID)
		variables = append(variables, row{key: &key, value: str(string(jsonText(v.Value))), description: v.Description, disabled: bool(v.Disabled)})
	}
	m.set("pathVariables", keyList(variables))
	m.set("body", w.body(file, r.Body))
}

// graphQL writes a GraphQL request, which is always a POST and has its whole
// address in one string.
func (w *v3Writer) graphQL(file string, m *mapping, r *request, u *address) {
	if method := strings.ToUpper(string(r.Method)); method != "" && method != "POST" {
		w.note(file, "the method %s of a GraphQL request: v3 sends it as POST", method)
	}
	if slices.ContainsFunc(u.Query, func(p pair) bool { return bool(p.Disabled) }) {
		w.note(file, "disabled query parameters of a GraphQL request: left out")
	}
	address := u.text()
	if slices.ContainsFunc(u.Variable, func(v variable) bool { return v.Value != nil }) {
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

// filled returns the URL with its path variables filled in.
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

// text returns the URL as written, or joined from its parts when they differ
// from it.
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

// name returns a parameter's key, or nil for "?=b".
func (p pair) name() *text {
	if p.NoKey {
		return nil
	}
	return &p.Key
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
		content := pairList(withoutNulls(b.URLEncoded))
		if content == nil { // without the list, Postman's CLI leaves out the request
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

// withoutNulls returns the fields that have a value.
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

// httpSettings are the settings that v3 has, in the order of Postman's files.
var httpSettings = []string{"protocolVersion", "strictSSL", "followRedirects", "maxRedirects", "followOriginalHttpMethod",
	"followAuthorizationHeader", "removeRefererHeaderOnRedirect", "insecureHTTPParser", "disableUrlEncoding", "disableCookies",
	"disabledSystemHeaders", "tlsPreferServerCiphers", "tlsDisabledProtocols", "tlsCipherSelection"}

// settings returns the settings of a request. v3 sends bodies with every
// method, so that needs no setting.
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

// enabledKeys returns the keys whose value is true.
func enabledKeys(v *yaml.Node) *yaml.Node {
	out := &yaml.Node{Kind: yaml.SequenceNode}
	for i := 0; i+1 < len(v.Content); i += 2 {
		if v.Content[i+1].Value == "true" {
			out.Content = append(out.Content, str(v.Content[i].Value))
		}
	}
	return out
}

// languages are the types of a text body.
var languages = []string{"text", "json", "xml", "html", "javascript"}
