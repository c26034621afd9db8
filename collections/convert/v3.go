package convert

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"sort"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"postie/collections"
)

// Bounds of a v3 directory.
const (
	maxV3Files = 100_000
	maxV3Bytes = 256 << 20
	maxV3Depth = 100
)

const resources = ".resources"

// IsV3 reports whether the folder holds a collection of Postman's v3 format:
// a definition, or request files at any depth.
func IsV3(fsys fs.FS) bool {
	if _, err := definition(fsys, "."); err == nil {
		return true
	}
	if _, err := fs.Stat(fsys, "collection.yaml"); err == nil {
		return true // of the format's early form
	}
	found := errors.New("found")
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != "." && strings.HasPrefix(d.Name(), "."):
			return fs.SkipDir
		case !d.IsDir() && requestStem(d.Name()) != "":
			return found
		}
		return nil
	})
	return errors.Is(err, found)
}

// FromV3 reads a collection of Postman's v3 format: a folder of YAML files.
// Errors are *collections.ParseError with dir before the file's name. Request
// kinds that are not HTTP are left out, each with a note.
func FromV3(dir string, fsys fs.FS) (*collections.Collection, []Note, error) {
	r := &v3Reader{dir: dir, fsys: fsys}
	doc, err := r.document()
	if err != nil {
		return nil, nil, err
	}
	src, err := marshal(doc)
	if err != nil {
		return nil, nil, &collections.ParseError{File: dir, Text: err.Error()}
	}
	c, err := collections.ParseConverted(dir, src, r.origin)
	return c, r.notes, err
}

type v3Reader struct {
	dir    string
	fsys   fs.FS
	files  int
	bytes  int
	notes  []Note
	origin collections.Origin

	graphQL []scopedEvent // scripts of the folders around for GraphQL requests
}

func (r *v3Reader) note(v *value, format string, args ...any) {
	r.notes = append(r.notes, Note{File: v.file, Line: v.Line, Text: fmt.Sprintf(format, args...)})
}

// read parses a file within the reader's bounds.
func (r *v3Reader) read(name string) (*value, error) {
	shown := path.Join(r.dir, name)
	if r.files++; r.files > maxV3Files {
		return nil, &collections.ParseError{File: r.dir, Text: fmt.Sprintf("more than %d files", maxV3Files)}
	}
	info, err := fs.Stat(r.fsys, name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &collections.ParseError{File: shown, Text: "not a regular file"}
	}
	if r.bytes += int(info.Size()); r.bytes > maxV3Bytes {
		return nil, &collections.ParseError{File: shown, Text: fmt.Sprintf("the collection is larger than %d MB", maxV3Bytes>>20)}
	}
	src, err := fs.ReadFile(r.fsys, name)
	if err != nil {
		return nil, &collections.ParseError{File: shown, Text: err.Error()}
	}
	v, err := parseYAML(shown, src)
	if err != nil {
		return nil, err
	}
	if !v.isMap() {
		return nil, v.bad("not a mapping of keys")
	}
	return v, nil
}

// definition is the name of a folder's definition file.
func definition(fsys fs.FS, dir string) (string, error) {
	for _, name := range []string{"definition.yaml", "definition.yml"} {
		name = path.Join(dir, resources, name)
		if _, err := fs.Stat(fsys, name); err == nil {
			return name, nil
		}
	}
	return "", fs.ErrNotExist
}

// requestStem is the name of a request file without its suffix; "" when the
// name is another file's.
func requestStem(name string) string {
	for _, suffix := range []string{".request.yaml", ".request.yml"} {
		if stem, ok := strings.CutSuffix(name, suffix); ok {
			return stem
		}
	}
	return ""
}

func (r *v3Reader) document() (*document, error) {
	for _, old := range []string{"collection.yaml", "collection.yml"} {
		if v, err := r.read(old); err == nil && v.get("type").text() == "collection" {
			return nil, v.bad("this is an early form of Postman's v3 format that Postman reads no longer: export the collection as v2.1")
		}
	}
	f, err := r.folder(".", path.Base(r.dir), 0)
	if err != nil {
		return nil, err
	}
	return &document{
		Info:  info{ID: f.ID, Name: f.Name, Description: f.Description, Schema: schemaV21},
		Event: f.Event, Variable: f.Variable, Auth: f.Auth, Behavior: f.Behavior, Item: f.Item,
	}, nil
}

// A sibling is a folder or request with what places it among the others.
type sibling struct {
	name    string
	order   float64
	ordered bool
	dir     bool
	doc     *value // of a request; a folder's definition or nil
}

// siblings are a folder's children in run order: by order, those without one
// after, then by name.
func (r *v3Reader) siblings(dir string) ([]sibling, error) {
	entries, err := fs.ReadDir(r.fsys, dir)
	if err != nil {
		return nil, &collections.ParseError{File: path.Join(r.dir, dir), Text: err.Error()}
	}
	var out []sibling
	for _, e := range entries {
		s := sibling{name: e.Name(), dir: e.IsDir()}
		file := path.Join(dir, e.Name())
		switch {
		case s.dir && strings.HasPrefix(e.Name(), "."):
			continue
		case s.dir && strings.HasSuffix(e.Name(), ".resources"):
			continue // examples beside their request
		case s.dir:
			if file, err = definition(r.fsys, file); err != nil {
				out = append(out, s)
				continue
			}
		case requestStem(e.Name()) == "":
			continue
		}
		if s.doc, err = r.read(file); err != nil {
			return nil, err
		}
		if o := s.doc.get("order"); !o.isNull() {
			if s.order, err = strconv.ParseFloat(o.text(), 64); err != nil {
				return nil, o.bad("order %q is not a number", o.text())
			}
			s.ordered = true
		}
		out = append(out, s)
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].before(out[j]) })
	return out, nil
}

func (s sibling) before(o sibling) bool {
	switch {
	case s.ordered != o.ordered:
		return s.ordered
	case s.order != o.order:
		return s.order < o.order
	}
	return strings.ToLower(s.name) < strings.ToLower(o.name)
}

// folder reads a directory; its definition is optional.
func (r *v3Reader) folder(dir, name string, depth int) (*item, error) {
	if depth > maxV3Depth {
		return nil, &collections.ParseError{File: path.Join(r.dir, dir), Text: fmt.Sprintf("nested deeper than %d folders", maxV3Depth)}
	}
	f := &item{Name: text(name), Item: []item{}}
	place := collections.Place{File: path.Join(r.dir, dir)}
	outer := len(r.graphQL)
	defer func() { r.graphQL = r.graphQL[:outer] }()
	if file, err := definition(r.fsys, dir); err == nil {
		v, err := r.read(file)
		if err != nil {
			return nil, err
		}
		place = placeOf(v)
		r.origin.Items = append(r.origin.Items, place)
		if err := r.define(f, v); err != nil {
			return nil, err
		}
	} else {
		r.origin.Items = append(r.origin.Items, place)
	}
	list, err := r.siblings(dir)
	if err != nil {
		return nil, err
	}
	for _, s := range list {
		var child *item
		if s.dir {
			child, err = r.folder(path.Join(dir, s.name), s.name, depth+1)
		} else {
			child, err = r.request(dir, s)
		}
		if err != nil {
			return nil, err
		}
		if child != nil {
			f.Item = append(f.Item, *child)
		}
	}
	return f, nil
}

func placeOf(v *value) collections.Place {
	return collections.Place{File: v.file, Line: v.Line, Col: v.Column}
}

// define reads a folder's definition.
func (r *v3Reader) define(f *item, v *value) error {
	switch kind := v.get("$kind"); {
	case kind == nil:
		return v.bad("no $kind; a definition has $kind: collection")
	case kind.text() != "collection":
		return kind.bad("$kind %q in a definition; want collection", kind.text())
	}
	if name := v.get("name").text(); name != "" {
		f.Name = text(name)
	}
	f.ID = text(v.get("id").text())
	f.Description = text(v.get("description").text())
	f.Variable = r.variables(v.get("variables"))
	f.Auth = r.auth(v.get("auth"))
	f.Behavior = behavior(v.get("settings"), false)
	list, graphQL, err := r.scripts(v.get("scripts"), "http:")
	f.Event = r.events(list)
	r.graphQL = append(r.graphQL, graphQL...)
	return err
}

func (r *v3Reader) variables(v *value) []variable {
	var out []variable
	for _, e := range v.entries() {
		x := variable{Key: text(e.key), Value: quote(string(e.text())), Type: "string",
			Description: text(e.spec.get("description").text()), Disabled: flag(e.spec.get("disabled").flag())}
		if e.spec.get("secret").flag() {
			x.Type = "secret"
		}
		out = append(out, x)
	}
	return out
}

// auth reads one scheme; of several the first counts.
func (r *v3Reader) auth(v *value) *auth {
	if list := v.list(); len(list) > 0 {
		if len(list) > 1 {
			r.note(v, "%d auth entries: the first is used", len(list))
		}
		v = list[0]
	}
	kind := v.get("type").text()
	if kind == "" || kind == "inherit" {
		return nil
	}
	a := &auth{Type: kind, Params: []param{}}
	for _, e := range v.get("credentials").entries() {
		p := param{Key: text(e.key), Value: e.value.json(), Type: "string"}
		switch p.Value[0] {
		case '"':
		case 'n':
			p.Value = json.RawMessage(`""`)
		case 't', 'f':
			p.Type = "boolean"
		default:
			p.Type = "any"
		}
		a.Params = append(a.Params, p)
	}
	return a
}

// behavior is protocolProfileBehavior from a request's settings. In v3 a body
// is sent with every method; v2.1 must be told so.
func behavior(v *value, sendBody bool) json.RawMessage {
	var b strings.Builder
	for _, e := range v.entries() {
		value := e.value.json()
		if e.key == "disabledSystemHeaders" && e.value.isList() {
			off := map[string]bool{}
			for _, h := range e.value.list() {
				off[h.text()] = true
			}
			value, _ = marshal(off) // booleans always encode
		}
		b.WriteByte(',')
		b.Write(quote(e.key))
		b.WriteByte(':')
		b.Write(value)
	}
	if sendBody && v.get("disableBodyPruning") == nil {
		b.WriteString(`,"disableBodyPruning":true`)
	}
	if b.Len() == 0 {
		return nil
	}
	return json.RawMessage("{" + b.String()[1:] + "}")
}

// phase maps a script's type to a v2.1 event. The second names are old ones,
// which Postman reads no longer.
func phase(kind string) (listen string, old bool) {
	switch kind {
	case "beforeRequest", "beforeQuery":
		return "prerequest", false
	case "afterResponse":
		return "test", false
	case "prerequest", "test":
		return kind, true
	}
	return "", false
}

// scripts reads the scripts of a request (prefix "") or of a folder ("http:").
// A folder's for GraphQL requests are put before those of each such request
// below, unless they are the same as the ones for HTTP.
func (r *v3Reader) scripts(v *value, prefix string) (out, graphQL []scopedEvent, err error) {
	if v != nil && !v.isList() && !v.isNull() {
		r.note(v, "scripts is not a list: nothing runs")
	}
	for _, s := range v.list() {
		kind := s.get("type").text()
		bare, http := strings.CutPrefix(kind, "http:")
		bare, query := strings.CutPrefix(bare, "graphql:")
		listen, old := phase(bare)
		switch {
		case listen == "":
			r.note(s, "script of type %q: not run", kind)
			continue
		case (http || query) != (prefix != ""), old:
			r.note(s, "script of type %q: Postman ignores it here; write %s", kind, prefix+map[string]string{
				"prerequest": "beforeRequest", "test": "afterResponse"}[listen])
		}
		e, err := r.script(s, listen)
		switch {
		case err != nil:
			return nil, nil, err
		case e == nil:
		case query && prefix != "":
			graphQL = append(graphQL, *e)
		default:
			out = append(out, *e)
		}
	}
	return out, slices.DeleteFunc(graphQL, func(e scopedEvent) bool {
		return slices.ContainsFunc(out, func(o scopedEvent) bool {
			return o.Listen == e.Listen && slices.Equal(o.Script.Exec, e.Script.Exec)
		})
	}), nil
}

// A scopedEvent is a script with the places of its lines.
type scopedEvent struct {
	event
	lines []collections.Place
}

// script is nil, with a note, for one without code.
func (r *v3Reader) script(s *value, listen string) (*scopedEvent, error) {
	if lang := s.get("language"); !lang.isNull() && lang.text() != "text/javascript" {
		return nil, lang.bad("language %q; scripts are text/javascript", lang.text())
	}
	code := s.get("code")
	if code == nil {
		r.note(s, "script without code: nothing runs")
		return nil, nil
	}
	e := &scopedEvent{event: event{Listen: text(listen), Script: script{ID: text(s.get("id").text()), Type: "text/javascript"}}}
	e.Script.Exec = asTexts(strings.Split(strings.ReplaceAll(code.text(), "\r\n", "\n"), "\n"))
	e.Script.Packages, e.Script.Requests = optional(s.get("packages")), optional(s.get("requests"))
	e.Disabled = flag(s.get("disabled").flag())
	e.lines = linesOf(code, len(e.Script.Exec))
	return e, nil
}

// events adds scripts to the document, and the places of their lines in the
// order of the document's scripts.
func (r *v3Reader) events(list []scopedEvent) []event {
	var out []event
	for _, e := range list {
		r.origin.Scripts = append(r.origin.Scripts, e.lines)
		out = append(out, e.event)
	}
	return out
}

func optional(v *value) json.RawMessage {
	if v.isNull() {
		return nil
	}
	return v.json()
}

// linesOf are the places of a text's lines: those of a literal block follow
// its first one, other styles have only a beginning.
func linesOf(v *value, n int) []collections.Place {
	out := make([]collections.Place, n)
	for i := range out {
		out[i] = placeOf(v)
		if v.Style&yaml.LiteralStyle != 0 {
			out[i].Line += i + 1
			out[i].Col = 1
		}
	}
	return out
}

// request reads a request file; nil for a kind that is not HTTP.
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

// call is what a request or an example's request sends.
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

// contentTypes are what bodies of a text's types are sent as.
var contentTypes = map[string]text{"text": "text/plain", "json": "application/json", "xml": "application/xml", "html": "text/html", "javascript": "application/javascript"}

// typeEmpty gives an empty text its Content-Type, which v3 sends and v2.1 does
// not.
func (q *request) typeEmpty(kind string) {
	value := contentTypes[kind]
	if q.Body == nil || q.Body.Raw == nil || *q.Body.Raw != "" || value == "" ||
		slices.ContainsFunc(q.Header, func(h pair) bool { return strings.EqualFold(string(h.Key), "Content-Type") && !bool(h.Disabled) }) {
		return
	}
	q.Header = append(q.Header, pair{Key: "Content-Type", Value: &value})
}

// query is a request's query: parameters of the URL come first, but for those
// that the list names; the list is as it is, null being no value ("?a").
func query(inURL []pair, list []entry) []pair {
	if len(list) == 0 {
		return inURL
	}
	listed := map[text]bool{}
	var own []pair
	for _, e := range list {
		p := e.pair()
		if e.value.isNull() {
			p.Value = nil
		}
		if e.spec != nil && e.spec.get("key").isNull() {
			p.NoKey = true
		}
		listed[p.Key] = true
		own = append(own, p)
	}
	rest := slices.DeleteFunc(slices.Clone(inURL), func(p pair) bool { return listed[p.Key] })
	return append(rest, own...)
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
		b.Options, _ = marshal(map[string]any{"raw": map[string]string{"language": kind}}) // strings always encode
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

// examples are a request's saved responses, from the folder it names or the
// usual ones.
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
	code, _ := strconv.Atoi(got.get("statusCode").text()) // 0 when it is none
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
