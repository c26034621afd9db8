package convert

import (
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// kin-openapi validates without the library that nojsonschema stands in for,
// also when it is asked for what that library does.
func TestValidatorIsBuiltIn(t *testing.T) {
	schema := openapi3.NewObjectSchema().WithProperty("id", openapi3.NewIntegerSchema()).WithRequired([]string{"id"})
	for _, tt := range []struct {
		name  string
		value map[string]any
		want  bool
	}{
		{"as the schema has it", map[string]any{"id": 7.0}, true},
		{"of another type", map[string]any{"id": "7"}, false},
		{"without what is required", map[string]any{}, false},
	} {
		for _, options := range [][]openapi3.SchemaValidationOption{nil, {openapi3.EnableJSONSchema2020()}} {
			if got := schema.VisitJSON(tt.value, options...) == nil; got != tt.want {
				t.Errorf("%s, %d options: %v, want %v", tt.name, len(options), got, tt.want)
			}
		}
	}
}
