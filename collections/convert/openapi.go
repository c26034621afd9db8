package convert

import (
	"encoding/json"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"postie/collections"
)

// FromOpenAPI makes a collection of an OpenAPI 3 description in YAML or JSON:
// a folder for each tag, a request for each operation, examples from its
// schemas. Optional parameters are there, but disabled.
//
// It writes the document itself: go-postman-collection has no disabled query
// parameters.
func FromOpenAPI(name string, src []byte) ([]byte, []Note, error) {
	root, err := parseYAML(name, src)
	if err != nil {
		return nil, nil, err
	}
	switch version := root.get("openapi").text(); {
	case root.get("swagger") != nil:
		return nil, nil, root.get("swagger").bad("Swagger 2.0 is not read: convert it to OpenAPI 3 first")
	case !strings.HasPrefix(version, "3."):
		return nil, nil, root.bad("not an OpenAPI 3 description: no openapi: 3.x")
	}
	r := &openAPI{name: name, root: root}
	doc, err := r.document().encode()
	if err != nil {
		return nil, nil, &collections.ParseError{File: name, Text: err.Error()}
	}
	if _, err := collections.Parse(name, doc); err != nil {
		return nil, nil, err
	}
	return doc, r.notes, nil
}

type openAPI struct {
	name  string
	root  *value
	notes []Note
	open  map[*yaml.Node]bool // schemas a sample is being made of
	left  int                 // values a sample may still have
}

func (r *openAPI) note(v *value, format string, args ...any) {
	n := Note{File: r.name, Text: fmt.Sprintf(format, args...)}
	if v != nil {
		n.Line = v.Line
	}
	if !slices.Contains(r.notes, n) {
		r.notes = append(r.notes, n)
	}
}

// ref follows $ref inside the document; nil when it leads nowhere.
func (r *openAPI) ref(v *value) *value {
	for range 50 {
		to := v.get("$ref")
		if to == nil {
			return v
		}
		target, ok := strings.CutPrefix(to.text(), "#/")
		if !ok {
			r.note(to, "%q is in another file: left out", to.text())
			return nil
		}
		v = r.root
		for key := range strings.SplitSeq(target, "/") {
			v = v.get(strings.NewReplacer("~1", "/", "~0", "~", "%7B", "{", "%7D", "}").Replace(key))
		}
		if v == nil {
			r.note(to, "%q leads nowhere", to.text())
			return nil
		}
	}
	return nil
}

func (r *openAPI) document() *document {
	about := r.root.get("info")
	d := &document{Info: info{Name: text(about.get("title").text()), Description: text(about.get("description").text()), Schema: schemaV21}, Item: []item{}}
	if d.Info.Name == "" {
		d.Info.Name = text(strings.TrimSuffix(path.Base(r.name), path.Ext(r.name)))
	}
	d.Variable = r.servers()
	d.Auth = r.security(r.root.get("security"))
	folders := map[string]int{}
	for _, p := range r.root.get("paths").entries() {
		for _, op := range r.ref(p.value).entries() {
			if !slices.Contains([]string{"get", "put", "post", "delete", "options", "head", "patch", "trace"}, op.key) {
				continue
			}
			it := r.operation(p.key, op.key, op.value, r.ref(p.value).get("parameters"))
			tag := ""
			if tags := op.value.get("tags").list(); len(tags) > 0 {
				tag = tags[0].text()
			}
			if tag == "" {
				d.Item = append(d.Item, it)
				continue
			}
			at, ok := folders[tag]
			if !ok {
				at = len(d.Item)
				folders[tag] = at
				d.Item = append(d.Item, item{Name: text(tag), Item: []item{}})
			}
			d.Item[at].Item = append(d.Item[at].Item, it)
		}
	}
	if r.root.get("webhooks") != nil {
		r.note(r.root.get("webhooks"), "webhooks have no place in a collection: left out")
	}
	return d
}

var serverVariable = regexp.MustCompile(`\{([^{}]+)\}`)

// servers makes baseUrl of the first server, with its variables.
func (r *openAPI) servers() []variable {
	list := r.root.get("servers").list()
	if len(list) == 0 {
		return []variable{{Key: "baseUrl", Value: quote("http://localhost"), Type: "string"}}
	}
	if len(list) > 1 {
		r.note(list[1], "%d servers: baseUrl is the first", len(list))
	}
	address := strings.TrimSuffix(list[0].get("url").text(), "/")
	if strings.HasPrefix(address, "/") || address == "" {
		address = "http://localhost" + address
	}
	out := []variable{{Key: "baseUrl", Value: quote(serverVariable.ReplaceAllString(address, "{{$1}}")), Type: "string"}}
	for _, v := range list[0].get("variables").entries() {
		out = append(out, variable{Key: text(v.key), Value: quote(v.value.get("default").text()), Type: "string",
			Description: text(v.value.get("description").text())})
	}
	return out
}

// security is the first scheme of a requirement; {} or [] is none.
func (r *openAPI) security(v *value) *auth {
	if v == nil {
		return nil
	}
	list := v.list()
	if len(list) == 0 || len(list[0].entries()) == 0 {
		return &auth{Type: "noauth"}
	}
	if len(list) > 1 {
		r.note(v, "%d ways to authenticate: the first is used", len(list))
	}
	name := list[0].entries()[0].key
	scheme := r.ref(r.root.get("components").get("securitySchemes").get(name))
	of := func(key, value string) param { return param{Key: text(key), Value: quote(value), Type: "string"} }
	switch kind := scheme.get("type").text(); kind {
	case "http":
		if strings.EqualFold(scheme.get("scheme").text(), "basic") {
			return &auth{Type: "basic", Params: []param{of("username", "{{username}}"), of("password", "{{password}}")}}
		}
		return &auth{Type: "bearer", Params: []param{of("token", "{{token}}")}}
	case "apiKey":
		in := scheme.get("in").text()
		if in == "cookie" {
			r.note(scheme, "the API key is sent in a cookie: add the Cookie header by hand")
			return nil
		}
		return &auth{Type: "apikey", Params: []param{of("key", scheme.get("name").text()), of("value", "{{apiKey}}"), of("in", in)}}
	case "oauth2", "openIdConnect":
		return &auth{Type: "oauth2", Params: []param{of("accessToken", "{{accessToken}}"), of("addTokenTo", "header")}}
	default:
		r.note(v, "security scheme %q of type %q: left out", name, kind)
		return nil
	}
}

var pathParameter = regexp.MustCompile(`\{([^{}/]+)\}`)

// operation is one request.
func (r *openAPI) operation(address, method string, v, shared *value) item {
	name := v.get("summary").text()
	if name == "" {
		name = v.get("operationId").text()
	}
	if name == "" {
		name = strings.ToUpper(method) + " " + address
	}
	req := &request{Method: text(strings.ToUpper(method)), Header: []pair{}, Description: text(v.get("description").text())}
	req.URL = newAddress("{{baseUrl}}" + pathParameter.ReplaceAllString(address, ":$1"))
	r.parameters(req, append(shared.list(), v.get("parameters").list()...))
	r.content(req, r.ref(v.get("requestBody")).get("content"))
	if s := v.get("security"); s != nil {
		req.Auth = r.security(s)
	}
	raw := string(req.URL.Raw)
	for _, q := range req.URL.Query {
		if !q.Disabled {
			raw += map[bool]string{true: "&", false: "?"}[strings.Contains(raw, "?")] + string(q.Key) + "=" + string(*q.Value)
		}
	}
	req.URL.Raw = text(raw)
	it := item{Name: text(name), Request: req, Response: []response{}}
	for _, answer := range v.get("responses").entries() {
		if e, ok := r.example(answer, req); ok {
			it.Response = append(it.Response, e)
		}
	}
	return it
}

// parameters fills in path, query, header and cookie parameters; those of the
// operation replace those of the path.
func (r *openAPI) parameters(req *request, list []*value) {
	seen := map[string]int{}
	var all []*value
	for _, p := range list {
		p = r.ref(p)
		id := p.get("in").text() + " " + p.get("name").text()
		if at, ok := seen[id]; ok {
			all[at] = p
			continue
		}
		seen[id] = len(all)
		all = append(all, p)
	}
	for _, p := range all {
		name, v := p.get("name").text(), text(r.parameterText(p))
		optional := flag(!p.get("required").flag())
		x := pair{Key: text(name), Value: &v, Description: text(p.get("description").text()), Disabled: optional}
		switch p.get("in").text() {
		case "path":
			req.URL.Variable = append(req.URL.Variable, variable{Key: text(name), Value: quote(string(v)), Description: x.Description})
		case "query":
			req.URL.Query = append(req.URL.Query, x)
		case "header":
			req.Header = append(req.Header, x)
		case "cookie":
			v = text(name) + "=" + v
			req.Header = append(req.Header, pair{Key: "Cookie", Value: &v, Description: x.Description, Disabled: optional})
		}
	}
}

func (r *openAPI) parameterText(p *value) string {
	sample := r.sampleOf(p, r.ref(p.get("schema")))
	var s string
	if json.Unmarshal(sample, &s) == nil {
		return s
	}
	if string(sample) == "null" {
		return ""
	}
	return string(sample)
}

// sampleOf is an example of a media type or parameter, else one made of its
// schema.
func (r *openAPI) sampleOf(v, schema *value) json.RawMessage {
	if e := v.get("example"); e != nil {
		return e.json()
	}
	for _, e := range v.get("examples").entries() {
		if x := r.ref(e.value).get("value"); x != nil {
			return x.json()
		}
	}
	r.open, r.left = map[*yaml.Node]bool{}, maxSampleValues
	return r.sample(schema, 0)
}

// inside is true of a schema that a sample is being made of.
func (r *openAPI) inside(v *value) bool { return r.open[v.Node] }

// Bounds of a made-up value.
const (
	maxSampleDepth  = 20
	maxSampleValues = 5000
)

// sample makes a value that fits a schema; what a schema holds of itself is
// left out.
func (r *openAPI) sample(v *value, depth int) json.RawMessage {
	v = r.ref(v)
	if v == nil || r.inside(v) || depth > maxSampleDepth {
		return json.RawMessage("null")
	}
	if r.left--; r.left < 0 {
		return json.RawMessage("null")
	}
	r.open[v.Node] = true
	defer delete(r.open, v.Node)
	for _, key := range []string{"example", "default", "const"} {
		if x := v.get(key); x != nil {
			return x.json()
		}
	}
	for _, key := range []string{"examples", "enum"} {
		if list := v.get(key).list(); len(list) > 0 {
			return list[0].json()
		}
	}
	for _, key := range []string{"oneOf", "anyOf"} {
		if list := v.get(key).list(); len(list) > 0 {
			return r.sample(list[0], depth+1)
		}
	}
	switch kind := schemaType(v); kind {
	case "object":
		return r.sampleObject(v, depth)
	case "array":
		if items := r.ref(v.get("items")); items == nil || r.inside(items) {
			return json.RawMessage("[]")
		}
		return json.RawMessage("[" + string(r.sample(v.get("items"), depth+1)) + "]")
	case "integer", "number":
		if m := v.get("minimum").text(); m != "" && json.Valid([]byte(m)) {
			return json.RawMessage(m)
		}
		return json.RawMessage("0")
	case "boolean":
		return json.RawMessage("true")
	case "string":
		return quote(sampleText(v.get("format").text()))
	}
	return json.RawMessage("null")
}

func schemaType(v *value) string {
	kind := v.get("type")
	for _, t := range kind.list() { // 3.1 allows several
		if t.text() != "null" {
			return t.text()
		}
	}
	switch {
	case kind.text() != "":
		return kind.text()
	case v.get("properties") != nil || v.get("allOf") != nil:
		return "object"
	case v.get("items") != nil:
		return "array"
	}
	return ""
}

func sampleText(format string) string {
	switch format {
	case "date":
		return "2024-01-31"
	case "date-time":
		return "2024-01-31T12:00:00Z"
	case "uuid":
		return "00000000-0000-4000-8000-000000000000"
	case "email":
		return "user@example.com"
	case "uri", "url":
		return "https://example.com"
	case "ipv4":
		return "192.0.2.1"
	}
	return "string"
}

func (r *openAPI) sampleObject(v *value, depth int) json.RawMessage {
	members := r.members(v, depth, map[string]bool{})
	return json.RawMessage("{" + strings.Join(members, ",") + "}")
}

// members are a schema's properties, those of its parts first.
func (r *openAPI) members(v *value, depth int, seen map[string]bool) []string {
	v = r.ref(v)
	if v == nil || depth > maxSampleDepth {
		return nil
	}
	var out []string
	for _, part := range v.get("allOf").list() {
		if part = r.ref(part); part == nil || r.inside(part) {
			continue
		}
		r.open[part.Node] = true
		out = append(out, r.members(part, depth+1, seen)...)
		delete(r.open, part.Node)
	}
	for _, p := range v.get("properties").entries() {
		prop := r.ref(p.value)
		if prop == nil || seen[p.key] || prop.get("readOnly").flag() || r.inside(prop) {
			continue
		}
		seen[p.key] = true
		out = append(out, string(quote(p.key))+":"+string(r.sample(p.value, depth+1)))
	}
	return out
}

// content is a request's body, JSON when there is a choice.
func (r *openAPI) content(req *request, v *value) {
	list := v.entries()
	if len(list) == 0 {
		return
	}
	media := list[0]
	for _, m := range list {
		if strings.Contains(m.key, "json") {
			media = m
			break
		}
	}
	if len(list) > 1 {
		r.note(v, "%d kinds of body: %s is used", len(list), media.key)
	}
	schema := r.ref(media.value.get("schema"))
	switch {
	case media.key == formType:
		req.Body = &body{Mode: "urlencoded", URLEncoded: r.formPairs(media.value, schema)}
	case strings.HasPrefix(media.key, "multipart/"):
		req.Body = &body{Mode: "formdata", FormData: r.formPairs(media.value, schema)}
	case strings.Contains(media.key, "json"):
		req.Body = jsonBody(r.sampleOf(media.value, schema))
		value := text(media.key)
		req.Header = append(req.Header, pair{Key: "Content-Type", Value: &value})
	case schema.get("format").text() == "binary":
		req.Body = &body{Mode: "file", File: &file{}}
	default:
		raw := jsonText(r.sampleOf(media.value, schema))
		value := text(media.key)
		req.Body = &body{Mode: "raw", Raw: &raw}
		req.Header = append(req.Header, pair{Key: "Content-Type", Value: &value})
	}
}

func jsonBody(sample json.RawMessage) *body {
	raw := text(indented(sample))
	options, _ := marshal(map[string]any{"raw": map[string]string{"language": "json"}}) // strings always encode
	return &body{Mode: "raw", Raw: &raw, Options: options}
}

func indented(raw json.RawMessage) string {
	var v strings.Builder
	enc := json.NewEncoder(&v)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if enc.Encode(raw) != nil {
		return string(raw)
	}
	return strings.TrimSuffix(v.String(), "\n")
}

// formPairs are a form's fields, from its schema's properties.
func (r *openAPI) formPairs(media, schema *value) []pair {
	var required []string
	for _, k := range schema.get("required").list() {
		required = append(required, k.text())
	}
	out := []pair{}
	for _, p := range schema.get("properties").entries() {
		prop := r.ref(p.value)
		x := pair{Key: text(p.key), Type: "text", Description: text(prop.get("description").text())}
		x.Disabled = flag(len(required) > 0 && !slices.Contains(required, p.key))
		if prop.get("format").text() == "binary" {
			x.Type = "file"
		} else {
			v := jsonText(r.sampleOf(nil, prop))
			if e := media.get("example").get(p.key); e != nil {
				v = jsonText(e.json())
			}
			x.Value = &v
		}
		out = append(out, x)
	}
	return out
}

// example is an answer as a saved one.
func (r *openAPI) example(e entry, req *request) (response, bool) {
	v := r.ref(e.value)
	code, err := strconv.Atoi(e.key)
	if err != nil {
		return response{}, false // "default", "4XX"
	}
	out := response{Name: text(strings.TrimSpace(e.key + " " + v.get("description").text())), Original: req, Code: count(code), Header: []pair{}}
	if media := v.get("content").entries(); len(media) > 0 {
		m := media[0]
		sample := r.sampleOf(m.value, r.ref(m.value.get("schema")))
		body := jsonText(sample)
		if strings.Contains(m.key, "json") {
			out.Language, body = "json", text(indented(sample))
		}
		kind := text(m.key)
		out.Header = append(out.Header, pair{Key: "Content-Type", Value: &kind})
		out.Body = &body
	}
	return out, true
}
