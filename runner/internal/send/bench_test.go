package send

import (
	"math/rand/v2"
	"testing"
	"time"

	"postie/collections"
	"postie/collections/vars"
	"postie/runner/internal/emit"
	"postie/runner/internal/random"
	"postie/runner/mask"
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
	scopes := &vars.Stack{Collection: vars.NewScope("collection", col.Variables()...)}
	m := mask.New(mask.Options{})
	s := &Sender{UserAgent: "ua", Now: time.Now, Mask: m, Scopes: scopes, Random: random.New(rand.New(rand.NewPCG(1, 2))), Out: emit.New(time.Now, m, nil, false)}
	var node *collections.Node
	for n := range col.All() {
		node = n
	}
	b.ReportAllocs()
	for b.Loop() {
		request := node.Request().Resolve(scopes.Expand)
		if _, err := s.plan(b.Context(), &Outgoing{Request: request, Source: "item", Profile: node.Profile()}, nil); err != nil {
			b.Fatal(err)
		}
	}
}
