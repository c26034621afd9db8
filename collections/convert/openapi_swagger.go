package convert

import (
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"
	"github.com/getkin/kin-openapi/openapi3"
)

// loadSwagger converts the library's model of a Swagger 2.0 description to that
// of OpenAPI 3.
func (r *openAPI) loadSwagger(src []byte) error {
	var old openapi2.T
	if err := old.UnmarshalJSON(src); err != nil {
		return err
	}
	var err error
	r.doc, err = openapi2conv.ToV3(&old)
	return err
}

// formParameters returns the form fields of a Swagger 2.0 operation and its
// path.
func (r *openAPI) formParameters(op, path *value) []*value {
	var out []*value
	for _, p := range append(path.get("parameters").list(), op.get("parameters").list()...) {
		for range maxReferences {
			ref, ok := strings.CutPrefix(p.get("$ref").text(), "#/")
			if !ok {
				break
			}
			p = r.find(ref)
		}
		if p.get("in").text() == "formData" {
			out = append(out, p)
		}
	}
	return out
}

// formType returns the media type of an operation with form fields, whatever
// its consumes says. It is "" for an operation without form fields.
func (r *openAPI) formType(op, path *value) string {
	list := r.formParameters(op, path)
	if len(list) == 0 {
		return ""
	}
	consumes := op.get("consumes")
	if consumes == nil {
		consumes = r.root.get("consumes")
	}
	hasFile := slices.ContainsFunc(list, func(p *value) bool { return p.get("type").text() == "file" })
	for _, kind := range consumes.list() {
		if base := mediaBase(kind.text()); base == "multipart/form-data" || base == formType && !hasFile {
			return base
		}
	}
	if hasFile {
		return "multipart/form-data"
	}
	return formType
}

// listFormat returns how a Swagger 2.0 parameter joins a list: with commas by
// default. The library has no such default, and no tabs.
func (r *openAPI) listFormat(p *value) string {
	format := p.get("collectionFormat")
	switch {
	case p.get("type").text() != "array":
		return ""
	case format.text() == "tsv":
		r.note(format, "a list joined by tabs has no place in OpenAPI 3: commas are sent")
	case format.text() != "":
		return format.text()
	}
	return "csv"
}

// formStyles adds to the body of a Swagger 2.0 operation what the library
// drops: the order of its fields, and how they join lists.
func (b *requestBuilder) formStyles(op *openapi3.Operation, shared *openapi3.PathItem) {
	list := b.formParameters(b.source(op.Extensions), b.source(shared.Extensions))
	if len(list) == 0 || op.RequestBody == nil || op.RequestBody.Value == nil {
		return
	}
	names := &mapping{}
	encoding := openapi3.Encodings{}
	for _, p := range list {
		name := p.get("name").text()
		names.set(name, nullNode())
		if format := b.listFormat(p); format != "" {
			explode := format == "multi"
			style := map[string]string{"ssv": "spaceDelimited", "pipes": "pipeDelimited"}[format]
			if style == "" {
				style = "form"
			}
			encoding[name] = &openapi3.Encoding{Style: style, Explode: &explode}
		}
	}
	properties := &mapping{}
	properties.set("properties", names.node())
	for _, media := range op.RequestBody.Value.Content {
		media.Encoding = encoding
		if schema := media.Schema; schema != nil && schema.Value != nil && schema.Value.Extensions == nil {
			schema.Value.Extensions = map[string]any{nodeKey: len(b.nodes)}
			b.nodes = append(b.nodes, &value{b.name, properties.node()})
		}
	}
}
