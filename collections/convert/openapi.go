package convert

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"postie/collections"
)

// FromOpenAPI makes a collection of an OpenAPI 3 description, or one of
// Swagger 2.0, in YAML or JSON: a folder for each tag, a request for each
// operation, with the document's examples or else such made from its schemas.
// Optional parameters are there, but disabled. Errors are
// *collections.ParseError.
//
// kin-openapi reads the description. The collection is written by itself:
// go-postman-collection has no disabled query parameters.
func FromOpenAPI(name string, src []byte) ([]byte, []Note, error) {
	root, err := parseDescription(name, src)
	if err != nil {
		return nil, nil, err
	}
	r := &openAPI{name: name, root: root, said: map[Note]bool{}, values: map[string]string{}, schemes: map[string]int{}}
	version := root.get("openapi").text()
	switch old := root.get("swagger"); {
	case old != nil && !strings.HasPrefix(old.text(), "2"):
		return nil, nil, old.bad("Swagger %s is not read: convert it to OpenAPI 3 first", old.text())
	case old == nil && !strings.HasPrefix(version, "3"):
		return nil, nil, root.bad("not an OpenAPI 3 description: no openapi: 3.x")
	}
	r.swagger = root.get("swagger") != nil
	r.siblingsCount = !r.swagger && !strings.HasPrefix(version, "3.0")
	if err := r.load(); err != nil {
		return nil, nil, err
	}
	doc, err := r.document().encode()
	if err != nil {
		return nil, nil, &collections.ParseError{File: name, Text: err.Error()}
	}
	if _, err := collections.Parse(name, doc); err != nil {
		return nil, nil, err
	}
	slices.SortStableFunc(r.notes, func(a, b Note) int { return cmp.Compare(a.Line, b.Line) })
	return doc, r.notes, nil
}

// An openAPI converts one description to a collection.
type openAPI struct {
	name          string
	root          *value   // the source
	nodes         []*value // the objects of the source, by the numbers that the library's model has for them
	doc           *openapi3.T
	swagger       bool // the version is 2.0
	siblingsCount bool // the version is 3.1 or later, in which members beside a $ref count

	notes     []Note
	said      map[Note]bool
	variables []variable        // variables of the collection
	values    map[string]string // values of the variables by name
	base      string            // the address of the first server, to which others may be relative
	schemes   map[string]int    // security schemes of each kind that share variables
}

func (r *openAPI) note(v *value, format string, args ...any) {
	n := Note{File: r.name, Text: fmt.Sprintf(format, args...)}
	if v != nil {
		n.Line = v.Line
	}
	if !r.said[n] {
		r.said[n] = true
		r.notes = append(r.notes, n)
	}
}

// source returns the node of the source from which an object of the model was
// read; nil for an object that the library made itself.
func (r *openAPI) source(extensions map[string]any) *value {
	var n int
	switch x := extensions[nodeKey].(type) {
	case float64:
		n = int(x)
	case int:
		n = x
	default:
		return nil
	}
	return r.nodes[n]
}

// raw returns a member of an object in the source: a member beside its $ref, or
// a member of the object to which the $ref leads.
func (r *openAPI) raw(extensions map[string]any, key string) *value {
	v := r.source(extensions)
	for range maxReferences {
		if m := v.get(key); m != nil || v.get("$ref").text() == "" {
			return m
		}
		v = r.find(strings.TrimPrefix(v.get("$ref").text(), "#/"))
	}
	return nil
}

// declare adds a variable to the collection and returns its name, which is
// another one when the name is taken by another value.
func (r *openAPI) declare(v variable, value string) string {
	name := string(v.Key)
	for n := 2; ; n++ {
		old, taken := r.values[string(v.Key)]
		if taken && old == value {
			return string(v.Key)
		}
		if !taken {
			break
		}
		v.Key = text(fmt.Sprintf("%s%d", name, n))
	}
	r.values[string(v.Key)] = value
	v.Value, v.Type = quote(value), "string"
	r.variables = append(r.variables, v)
	return string(v.Key)
}

func (r *openAPI) document() *document {
	d := &document{Info: info{Schema: schemaV21}, Item: []item{}}
	if about := r.doc.Info; about != nil {
		d.Info.Name, d.Info.Description = text(about.Title), text(about.Description)
	}
	if d.Info.Name == "" {
		d.Info.Name = text(strings.TrimSuffix(path.Base(r.name), path.Ext(r.name)))
	}
	r.globalServer()
	r.countSchemes()
	if r.root.get("security") != nil {
		d.Auth = r.security(r.doc.Security, r.root.get("security")).auth
	}
	d.Item = r.items()
	d.Variable = r.variables
	// the address is the variable that a user changes first
	at := slices.IndexFunc(d.Variable, func(v variable) bool { return v.Key == "baseUrl" })
	first := d.Variable[at]
	d.Variable = slices.Insert(slices.Delete(d.Variable, at, at+1), 0, first)
	for _, key := range []string{"webhooks", "x-webhooks"} {
		if v := r.root.get(key); v != nil {
			r.note(v, "webhooks are requests that the API makes: left out")
		}
	}
	return d
}

var methods = []string{"get", "put", "post", "delete", "options", "head", "patch", "trace", "query"}

// items returns the operations in document order, in a folder for the first tag
// of each.
func (r *openAPI) items() []item {
	out := []item{}
	folders := map[string]int{}
	for _, p := range r.root.get("paths").entries() {
		shared := r.doc.Paths.Value(p.key)
		if shared == nil || strings.HasPrefix(p.key, "x-") {
			continue
		}
		for _, op := range r.operations(shared, p.value) {
			it := r.operation(p.key, op.method, op.Operation, shared)
			tag := ""
			if len(op.Tags) > 0 {
				tag = op.Tags[0]
			}
			if tag == "" {
				out = append(out, it)
				continue
			}
			at, ok := folders[tag]
			if !ok {
				at = len(out)
				folders[tag] = at
				out = append(out, item{Name: text(tag), Item: []item{}})
			}
			out[at].Item = append(out[at].Item, it)
		}
	}
	return out
}

type methodOperation struct {
	method string
	*openapi3.Operation
}

// operations returns the operations of a path in document order.
func (r *openAPI) operations(p *openapi3.PathItem, source *value) []methodOperation {
	for range maxReferences {
		ref, ok := strings.CutPrefix(source.get("$ref").text(), "#/")
		if !ok {
			break
		}
		source = r.find(ref)
	}
	all := p.Operations()
	var out []methodOperation
	for _, e := range source.entries() {
		method := strings.ToUpper(e.key)
		if op := all[method]; op != nil && slices.Contains(methods, e.key) &&
			!slices.ContainsFunc(out, func(o methodOperation) bool { return o.method == method }) {
			out = append(out, methodOperation{method, op})
		}
	}
	return out
}

// operation returns one request.
func (r *openAPI) operation(address, method string, op *openapi3.Operation, shared *openapi3.PathItem) item {
	name := op.Summary
	if name == "" {
		name = op.OperationID
	}
	if name == "" {
		name = method + " " + address
	}
	source := r.source(op.Extensions)
	if v := source.get("callbacks"); v != nil {
		r.note(v, "callbacks are requests that the API makes: left out")
	}
	b := &requestBuilder{openAPI: r, req: &request{Method: text(method), Header: []pair{}, Description: text(op.Description)}}
	b.parameters(address, r.server(op, shared), r.parameterList(shared.Parameters, op.Parameters))
	if r.swagger {
		b.formStyles(op, shared)
	}
	b.body(op.RequestBody)
	b.authenticate(op, source)
	b.finish()
	it := item{Name: text(name), Request: b.req, Response: []response{}}
	if b.req.Body != nil && slices.Contains([]string{"GET", "HEAD"}, method) {
		it.Behavior = []byte(`{"disableBodyPruning":true}`)
	}
	it.Response = r.responses(op.Responses, source.get("responses"), b.req)
	return it
}
