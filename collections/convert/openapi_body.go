package convert

import (
	"encoding/json"
	"mime"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// isJSON reports whether texts of a media type are a JSON value.
func isJSON(kind string) bool {
	kind = mediaBase(kind)
	return kind == "application/json" || kind == "text/json" || strings.HasSuffix(kind, "+json")
}

// isJSONLines reports whether texts of a media type have a JSON value in each
// line.
func isJSONLines(kind string) bool {
	return slices.Contains([]string{"application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines",
		"application/json-lines", "application/json-seq", "application/stream+json"}, mediaBase(kind))
}

func isXML(kind string) bool {
	kind = mediaBase(kind)
	return kind == "application/xml" || kind == "text/xml" || strings.HasSuffix(kind, "+xml")
}

// isBinary reports whether the content of a media type is not text.
func isBinary(kind string) bool {
	kind = mediaBase(kind)
	major, _, _ := strings.Cut(kind, "/")
	return slices.Contains([]string{"image", "audio", "video", "font"}, major) && !isXML(kind) ||
		slices.Contains([]string{"application/octet-stream", "application/pdf", "application/zip", "application/gzip", "application/x-tar"}, kind)
}

func mediaBase(kind string) string {
	kind, _, _ = strings.Cut(kind, ";")
	return strings.ToLower(strings.TrimSpace(kind))
}

// concrete returns the media type that is sent for a range of media types.
func concrete(kind string, media *openapi3.MediaType) string {
	switch base := mediaBase(kind); {
	case base == "*/*" && isFile(media.Schema), base == "application/*" && isFile(media.Schema):
		return "application/octet-stream"
	case base == "*/*", base == "application/*":
		return "application/json"
	case base == "text/*":
		return "text/plain"
	case strings.HasPrefix(base, "application/*+"):
		return "application/" + base[len("application/*+"):]
	case base == "image/*":
		return "image/png"
	}
	return kind
}

// isFile reports whether the values of a schema are the bytes of a file.
func isFile(ref *openapi3.SchemaRef) bool {
	for s := range madeOf(ref, func(s *openapi3.Schema) []*openapi3.SchemaRef { return s.AllOf }) {
		if s.Format == "binary" || s.ContentMediaType != "" && s.ContentEncoding == "" && isBinary(s.ContentMediaType) {
			return true
		}
	}
	return false
}

// body makes the request's body. When there are several media types, it prefers
// JSON.
func (b *requestBuilder) body(ref *openapi3.RequestBodyRef) {
	if ref == nil || ref.Value == nil || len(ref.Value.Content) == 0 {
		return
	}
	source := b.raw(ref.Value.Extensions, "content")
	kinds := order(ref.Value.Content, source)
	key := kinds[0]
	if at := slices.IndexFunc(kinds, isJSON); at >= 0 {
		key = kinds[at]
	}
	if len(kinds) > 1 {
		b.note(source, "%d kinds of body: %s is used", len(kinds), key)
	}
	media := ref.Value.Content[key]
	if media == nil {
		media = &openapi3.MediaType{}
	}
	if n := len(b.raw(media.Extensions, "examples").entries()); n > 1 {
		b.note(b.source(media.Extensions), "%d examples of a body: the first is used", n)
	}
	b.mediaBody(key, media)
}

func (b *requestBuilder) mediaBody(key string, media *openapi3.MediaType) {
	kind := concrete(key, media)
	switch {
	case mediaBase(kind) == formType:
		b.req.Body = &body{Mode: "urlencoded", URLEncoded: b.form(media)}
		return
	case strings.HasPrefix(mediaBase(kind), "multipart/"):
		if mediaBase(kind) != "multipart/form-data" {
			b.note(b.source(media.Extensions), "%s is sent as multipart/form-data: a collection has no other", mediaBase(kind))
		}
		b.req.Body = &body{Mode: "formdata", FormData: b.parts(media)}
		return
	}
	b.contentType(kind)
	x := b.mediaSample(media, false)
	if x.isText() && isFile(media.Schema) || x == nil && isBinary(kind) || !x.fromExample(b.openAPI, media) && isFile(media.Schema) || isBinary(kind) && !x.fromExample(b.openAPI, media) {
		b.req.Body = &body{Mode: "file", File: &file{}}
		return
	}
	raw := text(b.mediaText(kind, media, x))
	b.req.Body = &body{Mode: "raw", Raw: &raw}
	if language := rawLanguage(kind); language != "" {
		b.req.Body.Options, _ = marshal(map[string]any{"raw": map[string]string{"language": language}}) // strings can always be encoded
	}
}

// fromExample reports whether a value is an example of the media type in the
// document.
func (x *sample) fromExample(r *openAPI, media *openapi3.MediaType) bool {
	return r.example(media.Extensions, media.Examples, media.Schema) != nil
}

func rawLanguage(kind string) string {
	switch {
	case isJSON(kind):
		return "json"
	case isXML(kind):
		return "xml"
	case mediaBase(kind) == "text/html":
		return "html"
	case strings.HasSuffix(mediaBase(kind), "javascript"):
		return "javascript"
	}
	return ""
}

// contentType adds the header in the spelling that the run looks for.
func (b *requestBuilder) contentType(kind string) {
	v := text(kind)
	b.req.Header = append(b.req.Header, pair{Key: "Content-Type", Value: &v})
}

// mediaSample returns a body: the example of the media type, or a generated
// one.
func (r *openAPI) mediaSample(media *openapi3.MediaType, answer bool) *sample {
	if media == nil {
		return nil
	}
	if x := r.example(media.Extensions, media.Examples, media.Schema); x != nil {
		return x
	}
	schema := media.Schema
	if schema == nil {
		schema = media.ItemSchema
	}
	return r.sampler(answer).sample(schema, 0)
}

// mediaText returns the text of a body in its media type.
func (r *openAPI) mediaText(kind string, media *openapi3.MediaType, x *sample) string {
	switch {
	case isJSONLines(kind):
		return jsonLines(x)
	case isXML(kind):
		if x == nil || x.isText() && !isTextSchema(media.Schema) {
			return x.text()
		}
		if x.kind == scalarSample && strings.HasPrefix(strings.TrimSpace(x.text()), "<") {
			return x.text()
		}
		return r.xml(x)
	case isJSON(kind) && x == nil:
		return "{}"
	case isJSON(kind) && !asWritten(x, media.Schema):
		return indented(x.json())
	case x != nil && x.kind != scalarSample:
		return indented(x.json())
	}
	return x.text()
}

// asWritten reports whether an example is JSON text already, written for a
// schema whose values are not strings.
func asWritten(x *sample, schema *openapi3.SchemaRef) bool {
	return x.isText() && !isTextSchema(schema) && json.Valid([]byte(x.text())) && (schema != nil || jsonLike(x.text()))
}

func jsonLike(s string) bool {
	s = strings.TrimSpace(s)
	return (strings.HasPrefix(s, "{") || strings.HasPrefix(s, "[")) && json.Valid([]byte(s))
}

// isTextSchema reports whether the values of a schema are strings.
func isTextSchema(ref *openapi3.SchemaRef) bool {
	for s := range madeOf(ref, anyPart) {
		if s.Type.Includes("string") {
			return true
		}
	}
	return false
}

func jsonLines(x *sample) string {
	if x == nil || x.kind == scalarSample {
		return x.text()
	}
	list := []*sample{x}
	if x.kind == listSample {
		list = x.list
	}
	var b strings.Builder
	for _, e := range list {
		b.Write(e.json())
		b.WriteByte('\n')
	}
	return b.String()
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

// A field is a member of a form.
type field struct {
	member
	optional bool
	encoding *openapi3.Encoding // nil when the document has no encoding for it
}

// fields returns the fields of a form: those of the example, and those that
// only the schema has.
func (r *openAPI) fields(media *openapi3.MediaType) []field {
	x := r.example(media.Extensions, media.Examples, media.Schema)
	named := x != nil && x.kind == objectSample
	s := r.sampler(false)
	sh := &shape{}
	s.gather(media.Schema, sh, 0, 0)
	if !named {
		x = r.formSample(media.Schema)
	}
	var out []field
	for _, m := range x.members {
		out = append(out, field{member: m, optional: !named && len(sh.required) > 0 && !slices.Contains(sh.required, m.key), encoding: media.Encoding[m.key]})
	}
	for _, p := range sh.properties {
		if named && !slices.ContainsFunc(x.members, func(m member) bool { return m.key == p.name }) && !hidden(p.schema, false) {
			if v := s.sample(p.schema, 0); v != nil {
				out = append(out, field{member: member{p.name, v}, optional: !slices.Contains(sh.required, p.name), encoding: media.Encoding[p.name]})
			}
		}
	}
	return out
}

// formSample generates a form for a schema. The form is empty when the schema
// is not one of an object.
func (r *openAPI) formSample(ref *openapi3.SchemaRef) *sample {
	if x := r.sampler(false).sample(ref, 0); x != nil && x.kind == objectSample {
		return x
	}
	return &sample{kind: objectSample}
}

func (m member) description() text {
	if m.value.schema == nil || m.value.schema.Value == nil {
		return ""
	}
	return text(m.value.schema.Value.Description)
}

// form returns the fields of an urlencoded body. The run percent-encodes them.
func (b *requestBuilder) form(media *openapi3.MediaType) []pair {
	out := []pair{}
	for _, f := range b.fields(media) {
		for _, nv := range f.pairs() {
			v := text(nv.value)
			out = append(out, pair{Key: text(nv.name), Value: &v, Type: "text", Description: f.description(), Disabled: flag(f.optional)})
		}
	}
	return out
}

// pairs returns the names and values with which a field is sent: by its style
// if the encoding has one, otherwise by its type, as OpenAPI 3.0.4 specifies.
func (f field) pairs() []nameValue {
	z := serialization{style: "form", explode: true, escape: asIs, verbatim: true}
	if e := f.encoding; e != nil && (e.Style != "" || e.Explode != nil || e.AllowReserved) {
		if e.Style != "" {
			z.style, z.explode = e.Style, e.Style == "form" || e.Style == "deepObject"
		}
		if e.Explode != nil {
			z.explode = *e.Explode
		}
		return z.pairs(f.key, f.value)
	}
	if f.value.kind == objectSample || f.encoding != nil && isJSON(f.encoding.ContentType) {
		return []nameValue{{f.key, string(f.value.json())}}
	}
	return z.pairs(f.key, f.value)
}

// parts returns the parts of a multipart body: one for each element of a list,
// and files for binary contents.
func (b *requestBuilder) parts(media *openapi3.MediaType) []pair {
	out := []pair{}
	for _, f := range b.fields(media) {
		if f.encoding != nil && len(f.encoding.Headers) > 0 {
			b.note(b.source(f.encoding.Extensions), "headers of the part %q have no place in a collection: left out", f.key)
		}
		if f.encoding != nil && f.encoding.Style != "" && f.value.kind != scalarSample {
			for _, nv := range f.pairs() {
				v := text(nv.value)
				out = append(out, pair{Key: text(nv.name), Value: &v, Type: "text", Description: f.description(), Disabled: flag(f.optional)})
			}
			continue
		}
		out = append(out, f.parts()...)
	}
	return out
}

func (f field) parts() []pair {
	x := pair{Key: text(f.key), Type: "text", Description: f.description(), Disabled: flag(f.optional)}
	if f.encoding != nil {
		x.ContentType = text(firstType(f.encoding.ContentType))
	}
	whole := isJSON(string(x.ContentType)) || isXML(string(x.ContentType))
	switch {
	case f.value.kind == listSample && isFile(itemsOf(f.value.schema)), isFile(f.value.schema),
		f.value.kind == scalarSample && isBinary(string(x.ContentType)):
		x.Type = "file"
		return []pair{x}
	case f.value.kind == listSample && !whole:
		var out []pair
		for _, e := range f.value.list {
			one := field{member: member{f.key, e}, optional: f.optional, encoding: f.encoding}
			out = append(out, one.parts()...)
		}
		return out
	case f.value.kind != scalarSample && x.ContentType == "":
		x.ContentType = "application/json"
	}
	v := text(f.value.text())
	if f.value.kind != scalarSample {
		v = text(f.value.json())
	}
	x.Value = &v
	return []pair{x}
}

// firstType returns the first media type of an encoding, or "" when that is a
// range.
func firstType(list string) string {
	first, _, _ := strings.Cut(list, ",")
	first = strings.TrimSpace(first)
	if base, _, err := mime.ParseMediaType(first); err != nil || strings.Contains(base, "*") {
		return ""
	}
	return first
}
