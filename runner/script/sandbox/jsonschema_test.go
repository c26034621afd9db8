//go:build amd64 || arm64

package sandbox

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postie/runner/script"
)

// A schema that scripts use again is not compiled again. Each use is judged by the
// schema, the options and the data as they are then.
func TestJSONSchemaAgain(t *testing.T) {
	u := openLibraries(t)
	for _, tt := range []struct{ name, source, want string }{
		{"a schema", `check({ a: 1 }, { type: 'object', required: ['a'] })`, ""},
		{"the same, with other data", `check({ b: 1 }, { type: 'object', required: ['a'] })`, "data should have required property 'a'"},
		{"the same in another order", `check({ a: 1 }, { required: ['a'], type: 'object' })`, ""},
		{"the same object, changed", `const s = { const: 1 }; check(1, s); s.const = 2; check(1, s)`, "data should be equal to constant"},
		{"the first of it again", `check(1, { const: 1 })`, ""},
		{"what an enumeration lists, changed", `const s = { enum: [[1]] }; check([1], s); s.enum[0][0] = 2; check([1], s)`, "data should be equal to one of the allowed values"},
		{"the enumeration again", `check([1], { enum: [[1]] })`, ""},
		{"without an option", `check('1', { type: 'integer' })`, "data should be integer"},
		{"with one", `check('1', { type: 'integer' }, { coerceTypes: true })`, ""},
		{"two errors", `check({}, { required: ['a', 'b'] })`, "data should have required property 'a', data should have required property 'b'"},
		{"only the first", `check({}, { required: ['a', 'b'] }, { allErrors: false })`, "data should have required property '.a'"},
		{"two schemas with one id", `check(1, { $id: 'x', const: 1 }); check(1, { $id: 'x', const: 2 })`, "data should be equal to constant"},
		{"a format of the script's own", `check('a', { format: 'b' }, { formats: { b: /b/ } })`, `data should match format "b"`},
		{"another of that name", `check('a', { format: 'b' }, { formats: { b: /a/ } })`, ""},
		{"a keyword that is undefined", `check({}, { required: undefined, minProperties: 1 })`, "data should NOT have fewer than 1 properties"},
		{"a list with a hole", `check(null, { enum: [, 1] })`, "data should be equal to one of the allowed values"},
		{"a schema that is none", `check(1, { type: 'none' })`, "schema is invalid: data.type should be equal to one of the allowed values, data.type should be array, data.type should match some schema in anyOf"},
		{"toJSON of all objects", `Object.prototype.toJSON = () => 1; try { check(2, { const: 1 }) } finally { delete Object.prototype.toJSON }`, "data should be object,boolean"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			u.lines = nil
			source := `let verdict = '';
			function check(data, schema, options) {
				try { pm.expect(data).to.have.jsonSchema(schema, options); verdict = ''; }
				catch (e) { verdict = e.message.replace('expected data to satisfy schema but found following errors: \n', ''); }
			}
			` + tt.source + `; console.log(verdict)`
			out, err := u.Run(t.Context(), &script.Script{Listen: script.Test, Source: source}, &script.Context{})
			if err != nil || out.Err != nil {
				t.Fatal(err, out.Err)
			}
			want, err := json.Marshal(tt.want)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{string(want)}, u.lines); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
