package collections

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/tidwall/gjson"

	"postie/collections/vars"
)

// ParseEnvironment reads an environment or globals file: an object with
// "values", a list of variables, or either inside {"environment": …} or
// {"globals": …}. Errors are *ParseError.
func ParseEnvironment(name string, src []byte) (*vars.Scope, error) {
	src, err := document(name, src)
	if err != nil {
		return nil, err
	}
	doc := unwrap(unwrap(gjson.ParseBytes(src), "environment"), "globals")
	list := doc
	if doc.IsObject() {
		list = lookup(doc, "values")
	}
	if !list.IsArray() {
		what := `not an environment: expected {"values": [{"key": …, "value": …}]}`
		if lookup(doc, "item").IsArray() {
			what = "this is a collection, not an environment"
		}
		return nil, &ParseError{File: name, Line: 1, Col: 1, Text: what}
	}
	if doc.IsArray() && !anyKey(list) {
		return nil, &ParseError{File: name, Line: 1, Col: 1, Text: `not an environment: no entry of this list has a "key"; rows of data are passed with -d`}
	}
	s := vars.NewScope(text(lookup(doc, "name")), variableList(list, false)...)
	s.ID = text(lookup(doc, "id"))
	if s.ID == "" {
		s.ID = newID()
	}
	s.Meta = meta(doc)
	return s, nil
}

// anyKey reports whether a list is empty or has at least one variable.
func anyKey(list gjson.Result) bool {
	empty := true
	for r := range elements(list) {
		if lookup(r, "key").Exists() {
			return true
		}
		empty = false
	}
	return empty
}

// meta returns the _postman_ members of a document; their names lose the first
// underscore.
func meta(doc gjson.Result) json.RawMessage {
	var b bytes.Buffer
	doc.ForEach(func(key, v gjson.Result) bool {
		if name, ok := strings.CutPrefix(key.Str, "_"); ok && strings.HasPrefix(name, "postman_") {
			if b.Len() == 0 {
				b.WriteByte('{')
			} else {
				b.WriteByte(',')
			}
			writeText(&b, name)
			b.WriteString(":" + v.Raw)
		}
		return true
	})
	if b.Len() == 0 {
		return nil
	}
	b.WriteByte('}')
	return b.Bytes()
}

// variableList reads variables. An entry with enabled:false is disabled, as in
// the Postman app; newman would use it.
func variableList(list gjson.Result, keyFromID bool) []vars.Variable {
	var out []vars.Variable
	for r := range elements(list) {
		if !r.IsObject() {
			continue
		}
		key := lookup(r, "key")
		if keyFromID && !key.Exists() {
			key = lookup(r, "id")
		}
		enabled := lookup(r, "enabled")
		v := vars.Variable{
			Key:      text(key),
			Type:     text(lookup(r, "type")),
			Disabled: truthy(lookup(r, "disabled")) || enabled.Type == gjson.False,
		}
		v.Secret = v.Type == "secret"
		v.Value = castValue(lookup(r, "value"), v.Type)
		out = append(out, v)
	}
	return out
}

// castValue converts a value to the type that its entry names.
func castValue(r gjson.Result, typ string) vars.Value {
	if !r.Exists() {
		return vars.Undefined{}
	}
	v := value(r)
	if r.Type == gjson.Number && number(r) != vars.Text(r.Num) {
		v = number(r) // it has more digits than a double holds, so keep the text
	}
	return vars.Cast(v, typ)
}

// ExportMeta is what an export says about itself: when it was written, and by
// which program.
type ExportMeta struct{ At, Using string }

// ExportScope prints a scope as newman's --export-environment (kind
// "environment") or --export-globals (kind "globals") prints it.
func ExportScope(s *vars.Scope, kind string, meta ExportMeta) []byte {
	var b bytes.Buffer
	name := s.Name
	if name == "" {
		name = kind
	}
	id := s.ID
	if id == "" {
		id = newID()
	}
	b.WriteString(`{"id":`)
	writeText(&b, id)
	b.WriteString(`,"name":`)
	writeText(&b, name)
	b.WriteString(`,"values":[`)
	first := true
	for v := range s.All() {
		if !first {
			b.WriteByte(',')
		}
		first = false
		b.WriteByte('{')
		b.Write(v.Members())
		b.WriteByte('}')
	}
	b.WriteString(`],"_postman_variable_scope":`)
	writeText(&b, kind)
	b.WriteString(`,"_postman_exported_at":`)
	writeText(&b, meta.At)
	b.WriteString(`,"_postman_exported_using":`)
	writeText(&b, meta.Using)
	b.WriteByte('}')
	var out bytes.Buffer
	if json.Indent(&out, b.Bytes(), "", "  ") != nil {
		return b.Bytes()
	}
	return out.Bytes()
}
