package convert

import (
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"postie/collections/regex"
)

// A requestBuilder makes one request of an operation.
type requestBuilder struct {
	*openAPI
	req     *request
	cookies []string
	off     []pair // cookies that are disabled
}

// parameterList returns the parameters of a path and its operation. Those of
// the operation replace those of the path.
func (r *openAPI) parameterList(shared, operation openapi3.Parameters) []*openapi3.Parameter {
	at := map[string]int{}
	var out []*openapi3.Parameter
	for _, ref := range append(append(openapi3.Parameters{}, shared...), operation...) {
		if ref == nil || ref.Value == nil {
			continue
		}
		id := ref.Value.In + " " + ref.Value.Name
		if i, ok := at[id]; ok {
			out[i] = ref.Value
			continue
		}
		at[id] = len(out)
		out = append(out, ref.Value)
	}
	return out
}

// parameters makes the URL and the headers.
func (b *requestBuilder) parameters(address, server string, list []*openapi3.Parameter) {
	inPath := map[string]*openapi3.Parameter{}
	for _, p := range list {
		if p.In == "path" {
			inPath[p.Name] = p
		}
	}
	b.url(address, server, inPath)
	for _, p := range list {
		switch p.In {
		case "query":
			b.query(p)
		case "header":
			b.header(p)
		case "cookie":
			b.cookie(p)
		case "querystring":
			b.note(b.source(p.Extensions), "parameter %q is a whole query string: write it into the URL", p.Name)
		}
	}
}

var (
	pathTemplate = regex.Lazy(`\{([^{}]+)\}`)
	wholeSegment = regex.Lazy(`^\{([\w~-]+)\}$`)
)

// url makes the URL: a path segment that is a template becomes :name, and a
// segment that only contains one gets {{name}}, a variable of the collection.
func (b *requestBuilder) url(address, server string, params map[string]*openapi3.Parameter) {
	address, query, hasQuery := strings.Cut(address, "?")
	segments := strings.Split(strings.TrimPrefix(address, "/"), "/")
	var filled []variable
	for i, seg := range segments {
		if m := wholeSegment().FindStringSubmatch(seg); m != nil {
			segments[i] = ":" + m[1]
			filled = append(filled, b.pathVariable(m[1], params[m[1]]))
			continue
		}
		segments[i] = b.fill(seg, params)
	}
	raw := server + "/" + strings.Join(segments, "/")
	if hasQuery {
		raw += "?" + b.fill(query, params)
	}
	b.req.URL = newAddress(raw)
	b.req.URL.Variable = nil
	for _, v := range filled {
		known := false
		for _, o := range b.req.URL.Variable {
			known = known || o.Key == v.Key
		}
		if !known {
			b.req.URL.Variable = append(b.req.URL.Variable, v)
		}
	}
}

// fill replaces templates by variables of the collection.
func (b *requestBuilder) fill(s string, params map[string]*openapi3.Parameter) string {
	return pathTemplate().ReplaceAllStringFunc(s, func(m string) string {
		name := m[1 : len(m)-1]
		v := b.pathVariable(name, params[name])
		return "{{" + b.declare(variable{Key: text(name), Description: v.Description}, string(jsonText(v.Value))) + "}}"
	})
}

func (b *requestBuilder) pathVariable(name string, p *openapi3.Parameter) variable {
	if p == nil {
		b.note(nil, "the path template {%s} has no parameter: a value was made up", name)
		return variable{Key: text(name), Value: quote("string"), Type: "string"}
	}
	x, media := b.parameterSample(p)
	value := ""
	if media != "" {
		value = escapeAll(x.text())
	} else {
		value = b.serialization(p, escapeAll).text(name, x)
	}
	return variable{Key: text(name), Value: quote(value), Type: "string", Description: text(p.Description)}
}

// serialization returns the style of a parameter, which has a default for each
// place.
func (r *openAPI) serialization(p *openapi3.Parameter, escape func(string) string) serialization {
	style := p.Style
	if style == "" {
		style = map[string]string{"query": "form", "cookie": "form"}[p.In]
	}
	if style == "" {
		style = "simple"
	}
	z := serialization{style: style, explode: style == "form" || style == "deepObject" || style == "cookie", escape: escape}
	if p.Explode != nil {
		z.explode = *p.Explode
	}
	if style == "cookie" { // OpenAPI 3.2
		z.style = "form"
	}
	return z
}

// parameterSample returns the value of a parameter, and the name of the media
// type when the value is text in one.
func (r *openAPI) parameterSample(p *openapi3.Parameter) (x *sample, media string) {
	if kinds := order(p.Content, r.raw(p.Extensions, "content")); len(kinds) > 0 { // a parameter has exactly one
		kind := kinds[0]
		x := r.mediaSample(p.Content[kind], false)
		if x == nil {
			x = scalarOf(quote("string"))
		}
		if isJSON(kind) && !(x.isText() && jsonLike(x.text())) {
			return scalarOf(quote(string(x.json()))), kind
		}
		return scalarOf(quote(x.text())), kind
	}
	if x := r.example(p.Extensions, p.Examples, p.Schema); x != nil {
		return x, ""
	}
	if x := r.sampler(false).sample(p.Schema, 0); x != nil {
		return x, ""
	}
	return scalarOf(quote("string")), ""
}

// example returns the value that an object has beside its schema.
func (r *openAPI) example(extensions map[string]any, named openapi3.Examples, schema *openapi3.SchemaRef) *sample {
	s := r.sampler(false)
	keys := []string{"example"}
	if r.swagger { // a parameter of Swagger 2.0 is its own schema
		keys = []string{"x-example", "default"}
	}
	for _, key := range keys {
		if v := r.raw(extensions, key); v != nil {
			return s.attach(v, schema, 0)
		}
	}
	for _, key := range order(named, r.raw(extensions, "examples")) {
		if e := named[key]; e != nil && e.Value != nil {
			if v := r.exampleValue(e.Value); v != nil {
				return s.attach(v, schema, 0)
			}
		}
	}
	return nil
}

// exampleValue returns the value of an Example Object, or nil when the value is
// in another file.
func (r *openAPI) exampleValue(e *openapi3.Example) *value {
	for _, key := range []string{"value", "dataValue", "serializedValue"} {
		if v := r.raw(e.Extensions, key); v != nil {
			return v
		}
	}
	if e.ExternalValue != "" {
		r.note(r.source(e.Extensions), "the example at %s is not read", e.ExternalValue)
	}
	return nil
}

func (b *requestBuilder) query(p *openapi3.Parameter) {
	x, media := b.parameterSample(p)
	escape := escapeAll
	if p.AllowReserved {
		escape = escapeReserved
	}
	z := b.serialization(p, escape)
	if media != "" {
		z = serialization{style: "form", escape: escape}
	}
	for _, nv := range z.pairs(p.Name, x) {
		v := text(nv.value)
		b.req.URL.Query = append(b.req.URL.Query, pair{Key: text(nv.name), Value: &v, Description: text(p.Description), Disabled: flag(!p.Required)})
	}
}

// header adds a header. By the specification, parameters named Accept,
// Content-Type and Authorization are ignored.
func (b *requestBuilder) header(p *openapi3.Parameter) {
	switch strings.ToLower(p.Name) {
	case "accept", "content-type", "authorization":
		b.note(b.source(p.Extensions), "header parameter %q: ignored, as OpenAPI says", p.Name)
		return
	}
	x, media := b.parameterSample(p)
	value := text(x.text())
	if media == "" {
		value = text(b.serialization(p, asIs).text(p.Name, x))
	}
	b.req.Header = append(b.req.Header, pair{Key: text(p.Name), Value: &value, Description: text(p.Description), Disabled: flag(!p.Required)})
}

// cookie adds a cookie to the Cookie header, or to a disabled Cookie header.
func (b *requestBuilder) cookie(p *openapi3.Parameter) {
	x, media := b.parameterSample(p)
	z := b.serialization(p, escapeCookie)
	if media != "" {
		z = serialization{style: "form", escape: escapeCookie}
	}
	var list []string
	for _, nv := range z.pairs(p.Name, x) {
		list = append(list, nv.name+"="+nv.value)
	}
	if p.Required {
		b.cookies = append(b.cookies, list...)
	} else if v := text(strings.Join(list, "; ")); v != "" {
		b.off = append(b.off, pair{Key: "Cookie", Value: &v, Description: text(p.Description), Disabled: true})
	}
}

// finish writes what all parameters together make: the Cookie header and the
// text of the URL.
func (b *requestBuilder) finish() {
	if len(b.cookies) > 0 {
		v := text(strings.Join(b.cookies, "; "))
		b.req.Header = append(b.req.Header, pair{Key: "Cookie", Value: &v})
	}
	b.req.Header = append(b.req.Header, b.off...)
	raw, _, _ := strings.Cut(string(b.req.URL.Raw), "?")
	separator := "?"
	for _, q := range b.req.URL.Query {
		if q.Disabled {
			continue
		}
		raw += separator + string(q.Key)
		if q.Value != nil {
			raw += "=" + string(*q.Value)
		}
		separator = "&"
	}
	b.req.URL.Raw = text(raw)
}
