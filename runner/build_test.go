package runner

import (
	"testing"

	"postie/collections"
)

// BenchmarkBuildRequest resolves and builds a request: variables, headers, a
// JSON body.
func BenchmarkBuildRequest(b *testing.B) {
	col, err := collections.Parse("c.json", []byte(`{"info":{"name":"c","schema":"https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
		"variable":[{"key":"base","value":"https://am.example.com/am"},{"key":"id","value":"42"}],
		"item":[{"name":"a","request":{"method":"POST","url":"{{base}}/json/users/:id?_action=update&x={{id}}",
		"header":[{"key":"X-Requested-With","value":"postie"},{"key":"Accept-API-Version","value":"resource=4.0"}],
		"body":{"mode":"raw","raw":"{\"id\":\"{{id}}\",\"tags\":[1,2,3]}","options":{"raw":{"language":"json"}}}}}]}`))
	if err != nil {
		b.Fatal(err)
	}
	opts := Options{Collection: col}
	if err := opts.check(); err != nil {
		b.Fatal(err)
	}
	r, err := newRun(opts)
	if err != nil {
		b.Fatal(err)
	}
	defer r.client.Close()
	it := r.plan.items[0]
	b.ReportAllocs()
	for b.Loop() {
		x := &execution{run: r, item: it, request: it.node.Request()}
		o := &outgoing{request: x.request.Resolve(x.stack.Expand), source: "item", profile: it.profile}
		if _, err := x.build(b.Context(), o, nil); err != nil {
			b.Fatal(err)
		}
	}
}
