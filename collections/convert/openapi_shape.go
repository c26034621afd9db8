package convert

import (
	"encoding/json"
	"math/big"
	"slices"
	"strconv"

	"github.com/getkin/kin-openapi/openapi3"
)

// A shape is what a schema, with all schemas of which it is made, demands of a
// value.
type shape struct {
	types   []string
	choices []*value // enum

	format, pattern, encoding string
	patterned                 map[string]any // extensions of the schema that has the pattern
	minLength                 uint64
	maxLength                 *uint64

	min, max, step *big.Rat
	above, below   bool // min and max are not allowed themselves

	minItems uint64
	maxItems *uint64
	unique   bool
	items    *openapi3.SchemaRef
	prefix   []*openapi3.SchemaRef

	properties    []property
	required      []string
	minProperties uint64
	maxProperties *uint64
	extra         *openapi3.SchemaRef // additionalProperties
	closed        bool
	discriminator *value
	component     string // the reference to the outermost schema

	met map[*openapi3.Schema]bool // the schemas that were read
}

type property struct {
	name   string
	schema *openapi3.SchemaRef
	given  *sample // set by the example of the object of which it is a part
}

func itoa(n int) string { return strconv.Itoa(n) }

// gather adds what a schema demands, beginning with its parts.
func (s *sampler) gather(ref *openapi3.SchemaRef, sh *shape, n, depth int) {
	if ref == nil || ref.Value == nil || depth > maxSampleDepth || sh.met[ref.Value] {
		return
	}
	schema := ref.Value
	if sh.met == nil {
		sh.met = map[*openapi3.Schema]bool{}
	}
	sh.met[schema] = true
	if depth == 0 {
		sh.component = ref.Ref
	} else if slices.Contains(s.open, schema) {
		return
	} else {
		s.open = append(s.open, schema)
		defer func() { s.open = s.open[:len(s.open)-1] }()
	}
	for _, part := range schema.AllOf {
		s.gather(part, sh, n, depth+1)
	}
	s.readSchema(schema, sh)
	for _, list := range []openapi3.SchemaRefs{schema.OneOf, schema.AnyOf} {
		if len(list) > 0 {
			s.gather(firstUseful(list), sh, n, depth+1)
		}
	}
	if d := s.raw(schema.Extensions, "discriminator"); d != nil {
		sh.discriminator = d
	}
}

// firstUseful returns the first alternative that is not null.
func firstUseful(list openapi3.SchemaRefs) *openapi3.SchemaRef {
	for _, ref := range list {
		if ref.Value != nil && !ref.Value.Type.Is("null") {
			return ref
		}
	}
	return list[0]
}

// readSchema adds what the schema itself demands.
func (s *sampler) readSchema(schema *openapi3.Schema, sh *shape) {
	if schema.Type != nil && len(sh.types) == 0 {
		sh.types = schema.Type.Slice()
	}
	if list := s.raw(schema.Extensions, "enum").list(); len(list) > 0 {
		sh.choose(list)
	} else if len(list) == 0 && len(schema.Enum) > 0 {
		sh.choose(enumOf(schema.Enum))
	}
	s.strings(schema, sh)
	sh.numbers(schema)
	sh.minItems = max(sh.minItems, schema.MinItems)
	sh.maxItems = least(sh.maxItems, schema.MaxItems)
	sh.unique = sh.unique || schema.UniqueItems
	if schema.Items != nil {
		sh.items = schema.Items
	}
	if len(schema.PrefixItems) > 0 {
		sh.prefix = schema.PrefixItems
	}
	s.members(schema, sh)
}

// choose keeps the values that all enums have.
func (sh *shape) choose(list []*value) {
	if len(list) > 1 { // null is used only when there is nothing else
		list = slices.DeleteFunc(slices.Clone(list), (*value).isNull)
	}
	if len(sh.choices) == 0 {
		sh.choices = list
		return
	}
	both := slices.DeleteFunc(slices.Clone(sh.choices), func(v *value) bool {
		return !slices.ContainsFunc(list, func(o *value) bool { return string(o.json()) == string(v.json()) })
	})
	if len(both) > 0 {
		sh.choices = both
	}
}

// ofType returns the choices that have the shape's type, or all of them when
// none has it.
func (sh *shape) ofType(list []*value) []*value {
	kind := sh.kind()
	fit := slices.DeleteFunc(slices.Clone(list), func(v *value) bool {
		text := v.json()[0] == '"'
		return len(sh.types) > 0 && !v.isMap() && !v.isList() && text != (kind == "string")
	})
	if len(fit) == 0 {
		return list
	}
	return fit
}

// enumOf returns the values of a schema that the library made.
func enumOf(list []any) []*value {
	var out []*value
	for _, x := range list {
		raw, err := marshal(x)
		if err != nil {
			continue
		}
		if v, err := parseJSON("", raw); err == nil {
			out = append(out, v)
		}
	}
	return out
}

func (s *sampler) strings(schema *openapi3.Schema, sh *shape) {
	if schema.Format != "" {
		sh.format = schema.Format
	}
	if schema.ContentEncoding != "" {
		sh.encoding = schema.ContentEncoding
	}
	if schema.Pattern != "" {
		sh.pattern, sh.patterned = schema.Pattern, schema.Extensions
	}
	sh.minLength = max(sh.minLength, schema.MinLength)
	sh.maxLength = least(sh.maxLength, schema.MaxLength)
}

func (s *sampler) members(schema *openapi3.Schema, sh *shape) {
	example := s.raw(schema.Extensions, "example")
	for _, name := range order(schema.Properties, s.raw(schema.Extensions, "properties")) {
		p := property{name: name, schema: schema.Properties[name]}
		if v := example.get(name); v != nil {
			p.given = s.attach(v, p.schema, 0)
		}
		if at := slices.IndexFunc(sh.properties, func(o property) bool { return o.name == name }); at >= 0 {
			if p.given == nil && sh.properties[at].given != nil {
				continue
			}
			sh.properties[at] = s.narrower(sh.properties[at], p)
			continue
		}
		sh.properties = append(sh.properties, p)
	}
	for _, name := range schema.Required {
		if !slices.Contains(sh.required, name) {
			sh.required = append(sh.required, name)
		}
	}
	sh.minProperties = max(sh.minProperties, schema.MinProps)
	sh.maxProperties = least(sh.maxProperties, schema.MaxProps)
	if schema.AdditionalProperties.Schema != nil {
		sh.extra = schema.AdditionalProperties.Schema
	}
	if has := schema.AdditionalProperties.Has; has != nil && !*has {
		sh.closed = true
	}
}

// narrower joins two schemas of one property, because a value must fit both.
func (s *sampler) narrower(a, b property) property {
	if b.given != nil || a.schema == nil || a.schema.Value == b.schema.Value {
		return b
	}
	both := &openapi3.Schema{AllOf: openapi3.SchemaRefs{a.schema, b.schema}}
	if a.schema.Value != nil && b.schema.Value != nil {
		both.ReadOnly = a.schema.Value.ReadOnly || b.schema.Value.ReadOnly
		both.WriteOnly = a.schema.Value.WriteOnly || b.schema.Value.WriteOnly
	}
	return property{name: b.name, schema: &openapi3.SchemaRef{Value: both}}
}

func least(a, b *uint64) *uint64 {
	if a == nil || b != nil && *b < *a {
		return b
	}
	return a
}

func (sh *shape) has(name string) bool {
	return slices.ContainsFunc(sh.properties, func(p property) bool { return p.name == name })
}

// fit leaves out optional members when there are too many.
func (sh *shape) fit(list []member) []member {
	if sh.maxProperties == nil {
		return list
	}
	for i := len(list) - 1; i >= 0 && uint64(len(list)) > *sh.maxProperties; i-- {
		if !slices.Contains(sh.required, list[i].key) {
			list = slices.Delete(list, i, i+1)
		}
	}
	return list
}

// kind returns the type of the value: the one that is stated, or the one to
// which the other keywords belong.
func (sh *shape) kind() string {
	for _, t := range sh.types {
		if t != "null" {
			return t
		}
	}
	switch {
	case len(sh.types) > 0:
		return "null"
	case len(sh.properties) > 0 || len(sh.required) > 0 || sh.extra != nil || sh.minProperties > 0:
		return "object"
	case sh.items != nil || len(sh.prefix) > 0 || sh.minItems > 0:
		return "array"
	case sh.min != nil || sh.max != nil || sh.step != nil:
		return "number"
	}
	return "string"
}

func (sh *shape) numbers(schema *openapi3.Schema) {
	if v := rat(schema.Min); v != nil {
		sh.atLeast(v, schema.ExclusiveMin.Bool != nil && *schema.ExclusiveMin.Bool)
	}
	if v := rat(schema.ExclusiveMin.Value); v != nil {
		sh.atLeast(v, true)
	}
	if v := rat(schema.Max); v != nil {
		sh.atMost(v, schema.ExclusiveMax.Bool != nil && *schema.ExclusiveMax.Bool)
	}
	if v := rat(schema.ExclusiveMax.Value); v != nil {
		sh.atMost(v, true)
	}
	if v := rat(schema.MultipleOf); v != nil && v.Sign() > 0 {
		sh.step = v
	}
}

func (sh *shape) atLeast(v *big.Rat, above bool) {
	if sh.min == nil || v.Cmp(sh.min) > 0 || v.Cmp(sh.min) == 0 && above {
		sh.min, sh.above = v, above
	}
}

func (sh *shape) atMost(v *big.Rat, below bool) {
	if sh.max == nil || v.Cmp(sh.max) < 0 || v.Cmp(sh.max) == 0 && below {
		sh.max, sh.below = v, below
	}
}

// rat returns a number with the digits that were written.
func rat(f *float64) *big.Rat {
	if f == nil {
		return nil
	}
	v, ok := new(big.Rat).SetString(strconv.FormatFloat(*f, 'g', -1, 64))
	if !ok {
		return nil
	}
	return v
}

// number returns zero, or the nearest number that fits; n > 0 asks for another
// one.
func (sh *shape) number(integer bool, n int) json.RawMessage {
	step := sh.step
	if integer {
		step = wholeStep(step)
	}
	v := new(big.Rat)
	switch {
	case sh.min != nil && (sh.min.Sign() > 0 || sh.min.Sign() == 0 && sh.above):
		v = sh.lowest(step)
	case sh.max != nil && (sh.max.Sign() < 0 || sh.max.Sign() == 0 && sh.below):
		v = sh.highest(step)
	}
	if n > 0 {
		v = sh.another(v, step, n)
	}
	return json.RawMessage(decimal(v))
}

// wholeStep returns the distance of integers that are multiples of step.
func wholeStep(step *big.Rat) *big.Rat {
	if step == nil {
		return big.NewRat(1, 1)
	}
	return new(big.Rat).SetInt(step.Num()) // a/b in lowest terms: every b-th multiple is whole
}

func (sh *shape) lowest(step *big.Rat) *big.Rat {
	if step != nil {
		v := new(big.Rat).Mul(roundUp(new(big.Rat).Quo(sh.min, step)), step)
		if sh.above && v.Cmp(sh.min) == 0 {
			v.Add(v, step)
		}
		return v
	}
	if !sh.above {
		return sh.min
	}
	return sh.beside(sh.min, big.NewRat(1, 1), sh.max)
}

func (sh *shape) highest(step *big.Rat) *big.Rat {
	if step != nil {
		quo := new(big.Rat).Quo(sh.max, step)
		v := new(big.Rat).Mul(quo.Neg(roundUp(quo.Neg(quo))), step)
		if sh.below && v.Cmp(sh.max) == 0 {
			v.Sub(v, step)
		}
		return v
	}
	if !sh.below {
		return sh.max
	}
	return sh.beside(sh.max, big.NewRat(-1, 1), sh.min)
}

// beside returns the number next to a bound that is not allowed itself, or half
// way to the other bound when that is nearer.
func (sh *shape) beside(bound, one, other *big.Rat) *big.Rat {
	v := new(big.Rat).Add(bound, one)
	if other != nil && v.Cmp(other)*one.Sign() >= 0 {
		v.Add(bound, other)
		v.Quo(v, big.NewRat(2, 1))
	}
	return v
}

// another goes n steps up, or down when there is no room above.
func (sh *shape) another(v, step *big.Rat, n int) *big.Rat {
	if step == nil {
		step = big.NewRat(1, 1)
	}
	far := new(big.Rat).Mul(step, big.NewRat(int64(n), 1))
	up := new(big.Rat).Add(v, far)
	if sh.max == nil || up.Cmp(sh.max) < 0 || up.Cmp(sh.max) == 0 && !sh.below {
		return up
	}
	return new(big.Rat).Sub(v, far)
}

func roundUp(v *big.Rat) *big.Rat {
	quo, rem := new(big.Int).QuoRem(v.Num(), v.Denom(), new(big.Int))
	if rem.Sign() > 0 {
		quo.Add(quo, big.NewInt(1))
	}
	return new(big.Rat).SetInt(quo)
}
