package convert

import (
	"bytes"
	"cmp"
	"encoding/json"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// A sample is a value that fits a schema: an example of the author or a
// generated value. It has the schema of each of its parts, which XML and forms
// need.
type sample struct {
	schema  *openapi3.SchemaRef // nil when there is none
	kind    sampleKind
	scalar  json.RawMessage
	list    []*sample
	members []member
}

type sampleKind int

const (
	scalarSample sampleKind = iota
	listSample
	objectSample
)

type member struct {
	key   string
	value *sample
}

func scalarOf(raw json.RawMessage) *sample { return &sample{scalar: raw} }

// json returns the sample as JSON without blanks.
func (x *sample) json() json.RawMessage {
	var b bytes.Buffer
	x.print(&b)
	return b.Bytes()
}

func (x *sample) print(b *bytes.Buffer) {
	switch x.kind {
	case scalarSample:
		b.Write(x.scalar)
	case listSample:
		b.WriteByte('[')
		for i, e := range x.list {
			if i > 0 {
				b.WriteByte(',')
			}
			e.print(b)
		}
		b.WriteByte(']')
	case objectSample:
		b.WriteByte('{')
		for i, m := range x.members {
			if i > 0 {
				b.WriteByte(',')
			}
			b.Write(quote(m.key))
			b.WriteByte(':')
			m.value.print(b)
		}
		b.WriteByte('}')
	}
}

// text returns a scalar without quotes, and anything else as JSON.
func (x *sample) text() string {
	if x == nil || x.kind == scalarSample && string(x.scalar) == "null" {
		return ""
	}
	if x.kind == scalarSample {
		return string(jsonText(x.scalar))
	}
	return string(x.json())
}

func (x *sample) isText() bool {
	return x != nil && x.kind == scalarSample && len(x.scalar) > 0 && x.scalar[0] == '"'
}

// Limits of a generated value.
const (
	maxSampleDepth  = 20
	maxSampleValues = 5000
)

// A sampler generates one sample.
type sampler struct {
	*openAPI
	answer bool // the sample is for a response, which has no write-only members; a request has no read-only members
	left   int  // how many more values it may generate
	open   []*openapi3.Schema
}

func (r *openAPI) sampler(answer bool) *sampler {
	return &sampler{openAPI: r, answer: answer, left: maxSampleValues}
}

// sample returns a value that fits the schema; n > 0 asks for another one. It
// is nil for a value that would contain itself, and for one without end.
func (s *sampler) sample(ref *openapi3.SchemaRef, n int) *sample {
	if ref == nil || ref.Value == nil || slices.Contains(s.open, ref.Value) || len(s.open) > maxSampleDepth {
		return nil
	}
	if s.left--; s.left < 0 {
		return nil
	}
	s.open = append(s.open, ref.Value)
	defer func() { s.open = s.open[:len(s.open)-1] }()
	if v := s.given(ref.Value, n); v != nil {
		return s.attach(v, ref, 0)
	}
	if x := s.onlyPart(ref.Value, n); x != nil {
		if len(ref.Value.AllOf) == 1 { // the component is another component under a second name
			s.discriminate(x, ref.Value.AllOf[0].Value, ref)
		}
		x.schema = ref
		return x
	}
	sh := &shape{}
	s.gather(ref, sh, n, 0)
	if list := sh.ofType(sh.choices); len(list) > 0 {
		x := s.attach(list[n%len(list)], nil, 0)
		x.schema = ref
		return x
	}
	x := s.make(sh, n)
	if x != nil {
		x.schema = ref
	}
	return x
}

// given returns the value that the schema itself names.
func (s *sampler) given(schema *openapi3.Schema, n int) *value {
	if v := s.raw(schema.Extensions, "examples").list(); len(v) > 0 {
		return v[n%len(v)]
	}
	for _, key := range []string{"example", "const", "default"} {
		if v := s.raw(schema.Extensions, key); v != nil && (n == 0 || key == "const") && (!v.isNull() || mayBeNull(schema)) {
			return v
		}
	}
	return nil
}

// mayBeNull reports whether a schema allows null.
func mayBeNull(schema *openapi3.Schema) bool {
	return schema.Nullable || schema.Type != nil && schema.Type.Includes("null")
}

// onlyPart returns a sample of the only schema of which this one is made: the
// only part of its allOf, or one of its alternatives.
func (s *sampler) onlyPart(schema *openapi3.Schema, n int) *sample {
	switch {
	case len(schema.Properties) > 0 || len(schema.Enum) > 0:
	case len(schema.AllOf) == 1 && len(schema.OneOf)+len(schema.AnyOf) == 0:
		return s.sample(schema.AllOf[0], n)
	case len(schema.AllOf) == 0 && len(schema.OneOf) > 0:
		return s.alternative(schema, schema.OneOf, n)
	case len(schema.AllOf) == 0 && len(schema.AnyOf) > 0:
		return s.alternative(schema, schema.AnyOf, n)
	}
	return nil
}

// alternative returns a sample of the first alternative for which a sample can
// be made that the schema accepts. If there is none, it is a sample of the
// first alternative.
func (s *sampler) alternative(schema *openapi3.Schema, list openapi3.SchemaRefs, n int) *sample {
	var first *sample
	for _, option := range list {
		x := s.sample(option, n)
		if x == nil || x.kind == scalarSample && string(x.scalar) == "null" && len(list) > 1 {
			continue
		}
		s.discriminate(x, schema, option)
		if first == nil {
			first = x
		}
		if len(list) == 1 || s.accepts(schema, x) {
			return x
		}
	}
	return first
}

// accepts asks the library whether a value fits a schema. It is asked only
// where alternatives overlap.
func (s *sampler) accepts(schema *openapi3.Schema, x *sample) bool {
	var v any
	if json.Unmarshal(x.json(), &v) != nil {
		return false
	}
	as := openapi3.VisitAsRequest()
	if s.answer {
		as = openapi3.VisitAsResponse()
	}
	return schema.VisitJSON(v, as, openapi3.FailFast()) == nil
}

// discriminate sets the property that says which alternative a value is.
func (s *sampler) discriminate(x *sample, schema *openapi3.Schema, option *openapi3.SchemaRef) {
	d := s.raw(schema.Extensions, "discriminator")
	key := d.get("propertyName").text()
	if key == "" || option.Ref == "" || x.kind != objectSample {
		return
	}
	names := s.discriminators(d, option.Ref)
	for i, m := range x.members {
		if m.key != key {
			continue
		}
		if !slices.Contains(names, m.value.text()) {
			x.members[i].value = &sample{schema: m.value.schema, scalar: quote(names[0])}
		}
		return
	}
	x.members = append([]member{{key, scalarOf(quote(names[0]))}}, x.members...)
}

// discriminators returns the values of the property that mean a component.
func (r *openAPI) discriminators(d *value, ref string) []string {
	_, name, _ := cutLast(ref, "/")
	var out []string
	for _, e := range d.get("mapping").entries() {
		if e.value.text() == ref || e.value.text() == name {
			out = append(out, e.key)
		}
	}
	return append(out, name)
}

// attach makes a sample of a value of the author.
func (s *sampler) attach(v *value, ref *openapi3.SchemaRef, depth int) *sample {
	x := &sample{schema: ref}
	switch {
	case depth > maxDepth:
		x.scalar = json.RawMessage("null")
	case v.isMap():
		x.kind = objectSample
		for _, e := range v.entries() {
			x.members = append(x.members, member{e.key, s.attach(e.value, propertyOf(ref, e.key), depth+1)})
		}
	case v.isList():
		x.kind = listSample
		for _, e := range v.list() {
			x.list = append(x.list, s.attach(e, itemsOf(ref), depth+1))
		}
	default:
		x.scalar = s.meant(v.json(), ref)
	}
	return x
}

// meant returns an example as its author meant it, where the schema does not
// allow the value as written: a zip code without quotes in YAML, or a number in
// quotes.
func (s *sampler) meant(raw json.RawMessage, ref *openapi3.SchemaRef) json.RawMessage {
	if ref == nil || ref.Value == nil || ref.Value.Type == nil {
		return raw
	}
	types := *ref.Value.Type
	number := raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9'
	switch {
	case types.Is("string") && (number || string(raw) == "true" || string(raw) == "false"):
		return quote(string(raw))
	case raw[0] == '"' && (types.Is("integer") || types.Is("number")):
		if text := jsonText(raw); json.Valid([]byte(text)) && text != "" && (text[0] == '-' || text[0] >= '0' && text[0] <= '9') {
			return json.RawMessage(text)
		}
	case raw[0] == '"' && types.Is("boolean") && (string(raw) == `"true"` || string(raw) == `"false"`):
		return raw[1 : len(raw)-1]
	}
	return raw
}

// anyPart returns the schemas of which one is made.
func anyPart(s *openapi3.Schema) []*openapi3.SchemaRef {
	return slices.Concat(s.AllOf, s.OneOf, s.AnyOf)
}

// madeOf yields a schema and all schemas of which it is made, each once: a
// schema may be a part of itself, or of many others.
func madeOf(ref *openapi3.SchemaRef, parts func(*openapi3.Schema) []*openapi3.SchemaRef) iter.Seq[*openapi3.Schema] {
	return func(yield func(*openapi3.Schema) bool) {
		met := map[*openapi3.Schema]bool{}
		var walk func(*openapi3.SchemaRef) bool
		walk = func(ref *openapi3.SchemaRef) bool {
			if ref == nil || ref.Value == nil || met[ref.Value] {
				return true
			}
			met[ref.Value] = true
			if !yield(ref.Value) {
				return false
			}
			for _, part := range parts(ref.Value) {
				if !walk(part) {
					return false
				}
			}
			return true
		}
		walk(ref)
	}
}

// propertyOf returns the schema of a property; nil when there is none.
func propertyOf(ref *openapi3.SchemaRef, key string) *openapi3.SchemaRef {
	var others *openapi3.SchemaRef
	for s := range madeOf(ref, anyPart) {
		if p := s.Properties[key]; p != nil {
			return p
		}
		others = cmp.Or(others, s.AdditionalProperties.Schema)
	}
	return others
}

func itemsOf(ref *openapi3.SchemaRef) *openapi3.SchemaRef {
	for s := range madeOf(ref, anyPart) {
		if s.Items != nil {
			return s.Items
		}
	}
	return nil
}

// make generates a value of a shape.
func (s *sampler) make(sh *shape, n int) *sample {
	switch sh.kind() {
	case "object":
		return s.object(sh, n)
	case "array":
		return s.array(sh)
	case "integer":
		return scalarOf(sh.number(true, n))
	case "number":
		return scalarOf(sh.number(false, n))
	case "boolean":
		return scalarOf(json.RawMessage(map[bool]string{true: "true", false: "false"}[n%2 == 0]))
	case "null":
		return scalarOf(json.RawMessage("null"))
	}
	text, ok := sh.text(n)
	if !ok {
		s.note(s.source(sh.patterned), "no sample could be made for the pattern %s: write one", sh.pattern)
	}
	return scalarOf(quote(text))
}

func (s *sampler) array(sh *shape) *sample {
	x := &sample{kind: listSample}
	for _, p := range sh.prefix {
		if e := s.sample(p, 0); e != nil {
			x.list = append(x.list, e)
		}
	}
	want := max(sh.minItems, 1)
	if sh.items == nil && len(sh.prefix) > 0 {
		want = sh.minItems
	}
	if sh.maxItems != nil {
		want = min(want, *sh.maxItems)
	}
	for i := uint64(len(x.list)); i < want; i++ {
		n := 0
		if sh.unique {
			n = int(i)
		}
		e := s.sample(sh.items, n)
		if sh.items == nil && sh.minItems > 0 && s.left > 0 {
			s.left--
			e = scalarOf(quote("string"))
		}
		if e == nil {
			break
		}
		x.list = append(x.list, e)
	}
	return x
}

// object generates the properties that a request, or a response, may have.
func (s *sampler) object(sh *shape, n int) *sample {
	x := &sample{kind: objectSample}
	for _, p := range sh.properties {
		if hidden(p.schema, s.answer) {
			continue
		}
		value := p.given
		if value == nil {
			value = s.sample(p.schema, n)
		}
		if value != nil {
			x.members = append(x.members, member{p.name, value})
		}
	}
	for _, name := range sh.required {
		if !sh.has(name) {
			x.members = append(x.members, member{name, s.additional(sh, n)})
		}
	}
	for i := 1; uint64(len(x.members)) < sh.minProperties && !sh.closed && s.left > 0; i++ {
		s.left--
		x.members = append(x.members, member{"key" + itoa(i), s.additional(sh, i)})
	}
	if len(sh.properties)+len(sh.required) == 0 && sh.extra != nil && len(x.members) == 0 {
		if e := s.sample(sh.extra, n); e != nil {
			x.members = append(x.members, member{"key", e})
		}
	}
	x.members = sh.fit(x.members)
	s.inherit(x, sh)
	return x
}

// additional returns the value of a property that the schema does not describe.
func (s *sampler) additional(sh *shape, n int) *sample {
	if x := s.sample(sh.extra, n); x != nil {
		return x
	}
	return scalarOf(quote("string"))
}

// inherit sets the discriminator of an inherited schema to the name of the
// component that inherits.
func (s *sampler) inherit(x *sample, sh *shape) {
	if sh.discriminator == nil || sh.component == "" {
		return
	}
	key := sh.discriminator.get("propertyName").text()
	for i, m := range x.members {
		if m.key == key && m.value.schema != nil && m.value.isText() && m.value.text() == "string" {
			x.members[i].value = &sample{schema: m.value.schema, scalar: quote(s.discriminators(sh.discriminator, sh.component)[0])}
		}
	}
}

// hidden reports whether a request, or a response, must not have a property.
func hidden(ref *openapi3.SchemaRef, answer bool) bool {
	if ref == nil || ref.Value == nil {
		return true
	}
	if answer {
		return ref.Value.WriteOnly
	}
	return ref.Value.ReadOnly
}

// order returns the keys of a map in the order of the source.
func order[T any](m map[string]T, source *value) []string {
	var out []string
	for _, e := range source.entries() {
		if _, ok := m[e.key]; ok && !slices.Contains(out, e.key) {
			out = append(out, e.key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(m)) {
		if len(out) < len(m) && !slices.Contains(out, key) {
			out = append(out, key)
		}
	}
	return out
}

// componentName returns the name of the component to which a reference leads.
func componentName(ref *openapi3.SchemaRef) string {
	if ref == nil {
		return ""
	}
	_, name, _ := cutLast(ref.Ref, "/")
	return strings.TrimSpace(unescapePointer(name))
}
