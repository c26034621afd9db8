package convert

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"sort"
	"strconv"
	"strings"

	"postie/collections"
)

// request reads a request file. It returns nil for a kind that is not HTTP.
func (r *v3Reader) request(dir string, s sibling) (*item, error) {
	v, stem := s.doc, requestStem(s.name)
	name := v.get("name").text()
	if name == "" {
		name = stem
	}
	kind := v.get("$kind")
	if kind == nil {
		return nil, v.bad("no $kind; a request has $kind: http-request")
	}
	switch kind.text() {
	case "http-request", "graphql-request":
	case "grpc-request", "websocket-request", "socket.io-request", "mqtt-request", "mcp-request", "llm-request":
		n := Note{File: v.file, Line: v.Line, Text: fmt.Sprintf("%q is a %s, which cannot be sent here: skipped", name, kind.text())}
		r.notes = append(r.notes, n)
		r.origin.Skipped = append(r.origin.Skipped, n.String())
		return nil, nil
	default:
		return nil, kind.bad("unknown $kind %q", kind.text())
	}
	r.origin.Items = append(r.origin.Items, placeOf(v))
	it := &item{ID: text(v.get("id").text()), Name: text(name), Request: r.call(v)}
	it.Behavior = behavior(v.get("settings"), it.Request.Body != nil && it.Request.Body.isSent() && bodiless(string(it.Request.Method)))
	it.Request.Description = text(v.get("description").text())
	it.Request.Auth = r.auth(v.get("auth"))
	list, _, err := r.scripts(v.get("scripts"), "")
	if err != nil {
		return nil, err
	}
	if kind.text() == "graphql-request" {
		list = append(slices.Clone(r.graphQL), list...)
	}
	it.Event = r.events(list)
	it.Response, err = r.examples(dir, stem, v.get("examples").text())
	return it, err
}

// call reads what a request, or the request of an example, sends.
func (r *v3Reader) call(v *value) *request {
	q := &request{Method: text(v.get("method").text()), Header: []pair{}, URL: newAddress(v.get("url").text())}
	if q.Method == "" {
		q.Method = "GET"
	}
	for _, e := range v.get("headers").entries() {
		q.Header = append(q.Header, e.pair())
	}
	q.URL.Query = query(q.URL.Query, v.get("queryParams").entries())
	for _, e := range v.get("pathVariables").entries() {
		q.URL.Variable = append(q.URL.Variable, variable{Key: text(e.key), Value: quote(string(e.text())),
			Description: text(e.spec.get("description").text()), Disabled: flag(e.spec.get("disabled").flag())})
	}
	if q.URL.Variable == nil {
		for _, asked := range collections.ParseURL(v.get("url").text()).Variables {
			q.URL.Variable = append(q.URL.Variable, variable{Key: text(asked.Key)})
		}
	}
	if v.get("$kind").text() == "graphql-request" {
		q.Method = "POST"
		q.Body = &body{Mode: "graphql", GraphQL: &graphQL{Query: text(v.get("query").text()), Variables: text(entry{value: v.get("variables")}.text()),
			Operation: text(v.get("operationName").text())}}
		return q
	}
	q.Body = r.body(v.get("body"))
	q.typeEmpty(v.get("body").get("type").text())
	return q
}

// typeEmpty adds the Content-Type of an empty text, which v3 sends and v2.1
// does not.
func (q *request) typeEmpty(kind string) {
	value := contentTypes[kind]
	if q.Body == nil || q.Body.Raw == nil || *q.Body.Raw != "" || value == "" ||
		slices.ContainsFunc(q.Header, func(h pair) bool { return strings.EqualFold(string(h.Key), "Content-Type") && !bool(h.Disabled) }) {
		return
	}
	q.Header = append(q.Header, pair{Key: "Content-Type", Value: &value})
}

// query returns the parameters of the URL that the list does not have, followed
// by the list. A null in the list is a parameter without a value ("?a").
func query(inURL []pair, list []entry) []pair {
	if len(list) == 0 {
		return inURL
	}
	listed := map[text]bool{}
	var params []pair
	for _, e := range list {
		p := e.pair()
		if e.value.isNull() {
			p.Value = nil
		}
		if e.spec != nil && e.spec.get("key").isNull() {
			p.NoKey = true
		}
		listed[p.Key] = true
		params = append(params, p)
	}
	rest := slices.DeleteFunc(slices.Clone(inURL), func(p pair) bool { return listed[p.Key] })
	return append(rest, params...)
}

func (r *v3Reader) body(v *value) *body {
	if !v.isMap() {
		return nil
	}
	content := v.get("content")
	kind := v.get("type").text()
	switch kind {
	case "", "none":
		return nil
	case "urlencoded":
		b := &body{Mode: "urlencoded", URLEncoded: []pair{}}
		for _, e := range content.entries() {
			b.URLEncoded = append(b.URLEncoded, e.pair())
		}
		return b
	case "formdata":
		return &body{Mode: "formdata", FormData: formData(content)}
	case "file":
		src := content.get("src").text()
		if src == "" {
			src = content.text()
		}
		return &body{Mode: "file", File: &file{Src: text(src)}}
	case "graphql":
		return &body{Mode: "graphql", GraphQL: &graphQL{Query: text(content.get("query").text()),
			Variables: text(entry{value: content.get("variables")}.text()), Operation: text(content.get("operationName").text())}}
	}
	raw := entry{value: content}.text()
	b := &body{Mode: "raw", Raw: &raw}
	if kind != "text" {
		b.Options, _ = marshal(map[string]any{"raw": map[string]string{"language": kind}}) // strings can always be encoded
	}
	return b
}

func formData(v *value) []pair {
	out := []pair{}
	for _, e := range v.entries() {
		p := e.pair()
		p.Type = "text"
		if e.spec.get("type").text() == "file" {
			p.Type, p.Value = "file", nil
			p.Src = sourcesOf(e.spec.get("src"))
		}
		p.ContentType = text(e.spec.get("contentType").text())
		p.FileName = text(e.spec.get("fileName").text())
		out = append(out, p)
	}
	return out
}

func sourcesOf(v *value) *sources {
	switch {
	case v.isNull():
		return nil
	case v.isList():
		s := &sources{many: true, list: []string{}}
		for _, e := range v.list() {
			s.list = append(s.list, e.text())
		}
		return s
	}
	return &sources{list: []string{v.text()}}
}

// examples returns the saved responses of a request, from the folder that it
// names or from the default one.
func (r *v3Reader) examples(dir, stem, named string) ([]response, error) {
	places := []string{path.Join(dir, resources, stem+".resources", "examples"), path.Join(dir, stem+".resources", "examples")}
	if named != "" {
		places = []string{path.Join(dir, strings.ReplaceAll(named, `\`, "/"))}
	}
	for _, at := range places {
		if !fs.ValidPath(at) {
			continue
		}
		entries, err := fs.ReadDir(r.fsys, at)
		if err != nil {
			continue
		}
		return r.exampleFiles(at, entries)
	}
	return nil, nil
}

func (r *v3Reader) exampleFiles(dir string, entries []fs.DirEntry) ([]response, error) {
	var list []sibling
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".example.yaml") && !strings.HasSuffix(e.Name(), ".example.yml") {
			continue
		}
		v, err := r.read(path.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		if kind := v.get("$kind").text(); kind != "http-example" && kind != "graphql-example" {
			r.note(v, "$kind %q in an example: left out", kind)
			continue
		}
		s := sibling{name: e.Name(), doc: v}
		s.order, err = strconv.ParseFloat(v.get("order").text(), 64)
		s.ordered = err == nil
		list = append(list, s)
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].before(list[j]) })
	var out []response
	for _, s := range list {
		out = append(out, r.example(s))
	}
	return out, nil
}

func (r *v3Reader) example(s sibling) response {
	v := s.doc
	name, _, _ := strings.Cut(s.name, ".example.y")
	if n := v.get("name").text(); n != "" {
		name = n
	}
	got := v.get("response")
	text1 := entry{value: got.get("body").get("content")}.text()
	out := response{Name: text(name), Status: text(got.get("statusText").text()), Header: []pair{},
		Language: text(got.get("body").get("type").text()), Body: &text1}
	code, _ := strconv.Atoi(got.get("statusCode").text()) // 0 when it is not a number
	out.Code = count(code)
	for _, e := range got.get("headers").entries() {
		out.Header = append(out.Header, e.pair())
	}
	if req := v.get("request"); req.isMap() {
		out.Original = r.call(req)
		out.Original.Auth = r.auth(req.get("auth"))
	}
	return out
}

// contentTypes are the Content-Types of a text body by its type.
var contentTypes = map[string]text{"text": "text/plain", "json": "application/json", "xml": "application/xml", "html": "text/html", "javascript": "application/javascript"}
