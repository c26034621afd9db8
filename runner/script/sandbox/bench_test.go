package sandbox_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"postie/collections/vars"
	"postie/runner/script"
	"postie/runner/script/sandbox"
)

// quiet is a host that takes no notice.
type quiet struct{ cell }

func (*quiet) Console(string, []script.Message) {}
func (*quiet) Test(script.Assertion)            {}

func BenchmarkSmallScript(b *testing.B) {
	s, err := sandbox.New().Open(b.Context(), &quiet{}, script.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	sc := &script.Script{ID: "1", Name: "s", Listen: script.Test, Source: unlike + `pm.test("ok", () => pm.expect(pm.response.code).to.equal(200))`}
	c := &script.Context{Scopes: &vars.Stack{}, Request: json.RawMessage(`{"url":"http://x/"}`),
		Response: &script.Response{Code: 200, Status: "OK", Body: []byte(`{"a":1}`)}}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Run(b.Context(), sc, c); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkOpenSandbox is a run's first script: a new machine with the API.
func BenchmarkOpenSandbox(b *testing.B) {
	b.ReportAllocs()
	engine := sandbox.New()
	sc := &script.Script{Listen: script.Test, Source: unlike + "pm.test('a', () => {})"}
	for b.Loop() {
		box, err := engine.Open(b.Context(), &recorder{}, script.Options{})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := box.Run(b.Context(), sc, answered("{}")); err != nil {
			b.Fatal(err)
		}
		if err := box.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// small is what most test scripts look like.
const small = `
pm.test('status', () => pm.response.to.have.status(200));
pm.test('type', () => pm.expect(pm.response.headers.get('Content-Type')).to.include('json'));
const data = pm.response.json();
pm.test('items', () => {
	pm.expect(data.items).to.be.an('array').that.is.not.empty;
	pm.expect(data.items[0]).to.have.property('id');
	pm.expect(data.items.length).to.equal(data.total);
});
pm.environment.set('last', data.items[0].id);
`

// BenchmarkRunScript is a ten-line test of a 2 KB body in a machine.
func BenchmarkRunScript(b *testing.B) { benchmark(b, unlike+small, answered(items(40))) }

// BenchmarkRunPlain is the same without one.
func BenchmarkRunPlain(b *testing.B) { benchmark(b, small, answered(items(40))) }

// BenchmarkRunScriptLarge is a body of 2 MB.
func BenchmarkRunScriptLarge(b *testing.B) { benchmark(b, unlike+small, answered(items(40000))) }

// BenchmarkRunScriptEmpty is what a script costs that does nothing.
func BenchmarkRunScriptEmpty(b *testing.B) { benchmark(b, unlike, answered("{}")) }

// BenchmarkStatement is what single statements of test scripts cost, with the
// script around them: see Empty. The body has 2 KB.
func BenchmarkStatement(b *testing.B) {
	for _, s := range []struct{ name, source string }{
		{"Empty", `1;`},
		{"Test", `pm.test("a", () => {})`},
		{"ExpectBelow", `pm.test("a", () => { pm.expect(3).to.be.below(5000) })`},
		{"ExpectArray", `pm.test("a", () => { pm.expect([1, 2, 3]).to.be.an("array").with.lengthOf(3) })`},
		{"ExpectInclude", `pm.test("a", () => { pm.expect({a: 1, b: 2, c: "x"}).to.include({a: 1, b: 2}) })`},
		{"EnvironmentSet", `pm.environment.set("last", "v")`},
		{"ResponseCode", `pm.response.code`},
		{"ResponseText", `pm.response.text()`},
		{"HaveStatus", `pm.test("a", () => { pm.response.to.have.status(200) })`},
		{"HaveHeader", `pm.test("a", () => { pm.response.to.have.header("Content-Type", "application/json; charset=utf-8") })`},
		{"JSON", `pm.response.json()`},
		{"JSONTwice", `pm.response.json(); pm.response.json()`},
		{"Checks", `pm.test('status', () => pm.response.to.have.status(200));
pm.test('json', () => pm.expect(pm.response.json().total).to.equal(40));
pm.test('id', () => { pm.expect(pm.response.json().total).to.be.above(0); pm.environment.set('id', pm.response.json().total) });`},
	} {
		b.Run(s.name, func(b *testing.B) { benchmark(b, unlike+s.source, answered(items(40))) })
	}
}

// BenchmarkSideBySide is as many sandboxes as there are cores, opened and run
// at once: they share nothing to wait for.
func BenchmarkSideBySide(b *testing.B) {
	b.ReportAllocs()
	engine := sandbox.New()
	sc := &script.Script{Listen: script.Test, Source: unlike + small}
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			box, err := engine.Open(b.Context(), &recorder{}, script.Options{})
			if err != nil {
				b.Error(err)
				return
			}
			for range 4 {
				if _, err := box.Run(b.Context(), sc, answered(items(40))); err != nil {
					b.Error(err)
				}
			}
			if err := box.Close(); err != nil {
				b.Error(err)
			}
		}
	})
}

func benchmark(b *testing.B, source string, c *script.Context) {
	b.ReportAllocs()
	host := &recorder{}
	box, err := sandbox.New().Open(b.Context(), host, script.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer box.Close()
	sc := &script.Script{Listen: script.Test, Source: source}
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	for b.Loop() {
		out, err := box.Run(ctx, sc, c)
		if err != nil {
			b.Fatal(err)
		}
		if out.Err != nil || len(host.failed()) > 0 {
			b.Fatal(out.Err, host.failed())
		}
		host.tests = host.tests[:0]
	}
}

// items is a JSON body of about 50 bytes an item.
func items(n int) string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf(`{"id":"item-%d","name":"Name %d","price":%d.5}`, i, i, i))
	}
	return fmt.Sprintf(`{"total":%d,"items":[%s]}`, n, strings.Join(list, ","))
}

// answered is the context of a test script after a JSON answer.
func answered(body string) *script.Context {
	return &script.Context{ItemName: "item", Iterations: 1, Location: []string{"c", "item"}, Current: "item",
		Scopes: &vars.Stack{Environment: vars.NewScope("env"), Collection: vars.NewScope("c"), Globals: vars.NewScope("g")},
		Request: json.RawMessage(`{"url":{"protocol":"http","host":["h","test"],"path":["a"]},"method":"GET",
			"header":[{"key":"Accept","value":"*/*"}]}`),
		Response: &script.Response{Code: 200, Status: "OK", Body: []byte(body), Header: []script.Field{
			{Name: "Content-Type", Value: "application/json; charset=utf-8"}, {Name: "Date", Value: "Thu, 01 Jan 2026 00:00:00 GMT"},
			{Name: "Content-Length", Value: fmt.Sprint(len(body))}, {Name: "Connection", Value: "keep-alive"},
			{Name: "ETag", Value: `"abc"`}, {Name: "X-Request-Id", Value: "1"}}}}
}

// BenchmarkShared is a script of a load: the machine is that of several virtual
// users, each of which has a sandbox.
func BenchmarkShared(b *testing.B) {
	for _, s := range []struct{ name, source string }{
		{"Empty", `1;`},
		{"Checks", `pm.test('status', () => pm.response.to.have.status(200));
pm.test('json', () => pm.expect(pm.response.json().ok).to.be.true);
pm.test('id', () => { pm.expect(pm.response.json().id).to.be.above(0); pm.environment.set('id', pm.response.json().id) });`},
	} {
		b.Run(s.name, func(b *testing.B) {
			b.ReportAllocs()
			engine, host := sandbox.New(), &recorder{}
			var boxes []script.Sandbox
			for range 3 {
				box, err := engine.Open(b.Context(), host, script.Options{Share: true})
				if err != nil {
					b.Fatal(err)
				}
				defer box.Close()
				boxes = append(boxes, box)
			}
			sc, c := &script.Script{Listen: script.Test, Source: unlike + s.source}, answered(`{"ok":true,"id":42,"name":"abc"}`)
			for i := 0; b.Loop(); i++ {
				out, err := boxes[i%len(boxes)].Run(b.Context(), sc, c)
				if err != nil {
					b.Fatal(err)
				}
				if out.Err != nil || len(host.failed()) > 0 {
					b.Fatal(out.Err, host.failed())
				}
				host.tests = host.tests[:0]
			}
		})
	}
}
