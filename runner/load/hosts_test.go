package load_test

import (
	"slices"
	"testing"

	"postie/collections"
	"postie/collections/vars"
	"postie/runner"
	"postie/runner/load"
)

func TestForeignHosts(t *testing.T) {
	t.Parallel()
	col, err := collections.Parse("c.json", []byte(`{"info":{"name":"c","schema":"https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
		"item":[{"name":"a","request":"http://{{host}}/a"},{"name":"b","request":"http://{{host}}:81/b"},
		{"name":"c","request":"http://localhost/c"},{"name":"d","request":"http://127.0.0.2/d"},{"name":"e","request":"{{none}}"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	env := vars.NewScope("e", vars.Variable{Key: "host", Value: "api.example"})
	got := load.ForeignHosts(&runner.Options{Documents: runner.Documents{Collection: col, Environment: env}})
	if !slices.Equal(got, []string{"api.example"}) {
		t.Errorf("hosts %q", got)
	}
}
