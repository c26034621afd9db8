package runner_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
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
	opts := runner.Options{Documents: runner.Documents{Collection: col, Environment: vars.NewScope("e", vars.Variable{Key: "host", Value: srv.URL})}, Scripts: runner.Scripts{Engine: sandbox.New()}}
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

// BenchmarkRunStatement is a whole run of a hundred iterations of one request
// to a loopback server, with a test script of one statement. Without a script
// is the unit to compare with.
func BenchmarkRunStatement(b *testing.B) {
	for _, s := range []struct{ name, source string }{
		{"None", ""},
		{"Empty", `1;`},
		{"Test", `pm.test("a", () => {})`},
		{"ExpectInclude", `pm.test("a", () => { pm.expect({a: 1, b: 2, c: "x"}).to.include({a: 1, b: 2}) })`},
		{"EnvironmentSet", `pm.environment.set("last", "v")`},
		{"ResponseCode", `pm.response.code`},
		{"HaveHeader", `pm.test("a", () => { pm.response.to.have.header("Content-Type", "application/json") })`},
		{"JSON", `pm.response.json()`},
		{"JSONTwice", `pm.response.json(); pm.response.json()`},
	} {
		b.Run(s.name, func(b *testing.B) { benchmarkIterations(b, "", s.source) })
	}
}

// BenchmarkRunSmoke is the same with a pre-request script and a test of ten
// lines: three assertions, the body parsed twice.
func BenchmarkRunSmoke(b *testing.B) {
	benchmarkIterations(b, `
		const n = Number(pm.environment.get("n") || 0) + 1;
		pm.environment.set("n", n);`, `
		pm.test("status", function () {
			pm.response.to.have.status(200);
		});
		pm.test("items", function () {
			const answer = pm.response.json();
			pm.expect(answer.items).to.be.an("array").with.lengthOf(38);
		});
		pm.test("total", function () {
			pm.expect(pm.response.json().total).to.eql(38);
		});
		pm.environment.set("last", "v");`)
}

func benchmarkIterations(b *testing.B, prerequest, test string) {
	type item struct {
		Name    string           `json:"name"`
		Request string           `json:"request"`
		Event   []map[string]any `json:"event,omitempty"`
	}
	it := item{Name: "r", Request: serveItems(b).URL}
	for listen, source := range map[string]string{"prerequest": prerequest, "test": test} {
		if source != "" {
			it.Event = append(it.Event, map[string]any{"listen": listen, "script": map[string]any{"exec": source}})
		}
	}
	text, err := json.Marshal(map[string]any{"info": map[string]any{"name": "c"}, "item": []item{it}})
	if err != nil {
		b.Fatal(err)
	}
	col, err := collections.Parse("bench.json", text)
	if err != nil {
		b.Fatal(err)
	}
	opts := runner.Options{Documents: runner.Documents{Collection: col}, Scripts: runner.Scripts{Engine: sandbox.New()}, Iterations: 100}
	b.ReportAllocs()
	for b.Loop() {
		res, err := runner.Run(b.Context(), opts)
		if err != nil || res.Failed() {
			b.Fatal(err, res)
		}
	}
}

// serveItems answers with 1.9 KB of JSON.
func serveItems(b *testing.B) *httptest.Server {
	var list []string
	for i := range 38 {
		list = append(list, fmt.Sprintf(`{"id":"item-%d","name":"Name %d","price":%d.5}`, i, i, i))
	}
	body := fmt.Appendf(nil, `{"ok":true,"total":38,"items":[%s]}`, strings.Join(list, ","))
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body)
	}))
	b.Cleanup(srv.Close)
	return srv
}

// BenchmarkRunSigned is a run of a hundred requests that OAuth 1 signs, each with
// another secret to be hidden. Shown is the unit to compare with.
func BenchmarkRunSigned(b *testing.B) {
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer srv.Close()
	col, err := collections.Parse("c.json", fmt.Appendf(nil, `{"info":{"name":"C"},"item":[{"name":"a","request":{"url":%q,"auth":{"type":"oauth1","oauth1":[
		{"key":"consumerKey","value":"consumer-key"},{"key":"consumerSecret","value":"consumer-secret-1"},{"key":"addParamsToHeader","value":true}]}}}]}`, srv.URL))
	if err != nil {
		b.Fatal(err)
	}
	for _, off := range []bool{true, false} {
		b.Run(map[bool]string{true: "Shown", false: "Hidden"}[off], func(b *testing.B) {
			opts := runner.Options{Iterations: 100}
			opts.Collection, opts.Output.Mask.Off = col, off
			b.ReportAllocs()
			for b.Loop() {
				if res, err := runner.Run(b.Context(), opts); err != nil || res.Failed() {
					b.Fatal(err, res)
				}
			}
		})
	}
}
