package runner_test

import (
	"context"
	"testing"
	"time"

	"postie/collections"
	"postie/collections/vars"
	"postie/runner"
	"postie/runner/runnertest"
	"postie/runner/script/sandbox"
)

// BenchmarkRunEcho is a whole iteration: ten requests to a loopback server,
// each with a test that reads its JSON.
func BenchmarkRunEcho(b *testing.B) {
	srv := runnertest.Serve(b, nil)
	items := ""
	for i := range 10 {
		if i > 0 {
			items += ","
		}
		items += `{"name":"r","request":"{{host}}/a?b=c","event":[{"listen":"test","script":{"exec":["pm.test('ok', () => { pm.response.to.have.status(200); pm.expect(pm.response.json().method).to.eql('GET'); });"]}}]}`
	}
	col, err := collections.Parse("echo.json", []byte(`{"info":{"name":"Echo"},"item":[`+items+`]}`))
	if err != nil {
		b.Fatal(err)
	}
	opts := runner.Options{Collection: col, Engine: sandbox.New(), Environment: vars.NewScope("e", vars.Variable{Key: "host", Value: srv.URL})}
	ctx, cancel := context.WithTimeout(b.Context(), 5*time.Minute)
	defer cancel()
	b.ReportAllocs()
	for b.Loop() {
		res, err := runner.Run(ctx, opts)
		if err != nil || res.Failed() {
			b.Fatal(err, res)
		}
	}
}
