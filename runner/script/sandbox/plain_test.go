package sandbox_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postie/collections/vars"
	"postie/runner/script"
	"postie/runner/script/sandbox"
	"postie/runner/script/sandbox/plain"
)

// unlike is a statement that does nothing and that no plain script has: a script
// behind it runs in the machine.
const unlike = "void 0;\n"

// plainBody has a value of each kind.
const plainBody = `{"ok":true,"no":false,"id":42,"neg":-1.5,"zero":0,"minus":-0,"name":"abc","empty":"","none":null,"list":[1,"b",null,{"a":1}],
	"void":[],"bare":{},"in":{"a":1,"b":{"c":"x"}},"emoji":"a😀é","length":3,"e":1e3,"esc":"a\"b\\cé\n"}`

// plainContext is what the scripts of these tests see.
func plainContext(body string) *script.Context {
	c := answered(body)
	c.Response.Time = 12500 * time.Microsecond
	c.Request = []byte(`{"url":{"protocol":"http","host":["h","test"],"path":["a"]},"method":"POST","header":[],"body":{"mode":"raw","raw":"{\"sent\":1}"}}`)
	c.Scopes = &vars.Stack{
		Local:       vars.NewScope("l", vars.Variable{Key: "here", Value: "l"}),
		Data:        vars.NewScope("d", vars.Variable{Key: "row", Value: 7.0}),
		Environment: vars.NewScope("e", vars.Variable{Key: "env", Value: "e"}, vars.Variable{Key: "flag", Value: true}),
		Collection:  vars.NewScope("c", vars.Variable{Key: "env", Value: "c"}, vars.Variable{Key: "none", Value: nil}),
		Globals:     vars.NewScope("g", vars.Variable{Key: "glob", Value: []byte(`[1]`)}, vars.Variable{Key: "void", Value: vars.Undefined{}}),
	}
	return c
}

// A result is all that a script did.
type result struct {
	Reports []string
	Outcome *script.Outcome
}

// An observer writes down what it is told, in order.
type observer struct {
	recorder
	reports []string
}

func (o *observer) Console(level string, line []script.Message) {
	o.reports = append(o.reports, fmt.Sprintf("%s %+v", level, line))
	for _, m := range line {
		o.reports = append(o.reports, string(m.JSON))
	}
}

func (o *observer) Test(a script.Assertion) {
	o.reports = append(o.reports, fmt.Sprintf("test %d %q, passed: %v", a.Index, a.Name, a.Err == nil))
}

// whatMachineDoes runs a script in a machine that no script has used.
func whatMachineDoes(t *testing.T, source string, c *script.Context) result {
	t.Helper()
	host := &observer{}
	box, err := sandbox.New().Open(t.Context(), host, script.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	out, err := box.Run(t.Context(), &script.Script{Name: "s", Listen: script.Test, Source: unlike + source}, c)
	if err != nil {
		t.Fatal(err)
	}
	return result{host.reports, out}
}

// whatPlainDoes carries a script out without one.
func whatPlainDoes(p *plain.Script, c *script.Context) (result, bool) {
	did, ok := p.Run(plain.Facts{Context: c, Text: func() string { return string(c.Response.Body) }})
	out := &script.Outcome{Local: did.Local, Environment: did.Environment, Collection: did.Collection, Globals: did.Globals, Next: did.Next, LegacyUsed: did.Legacy}
	host := &observer{}
	for _, r := range did.Reports {
		if r.Test != nil {
			host.Test(*r.Test)
		} else {
			host.Console(r.Level, r.Message)
		}
	}
	return result{host.reports, out}, ok
}

// TestPlainScripts are scripts that need no machine: without one they do what
// they do in one.
func TestPlainScripts(t *testing.T) {
	t.Parallel()
	for name, source := range map[string]string{
		"status":       `pm.test("Status code is 200", function () { pm.response.to.have.status(200); });`,
		"status name":  `pm.test("Status code name has string", function () { pm.response.to.have.status("OK"); });`,
		"body text":    `pm.test("Body matches string", function () { pm.expect(pm.response.text()).to.include("abc"); });`,
		"json value":   "pm.test(\"Your test name\", function () {\n  var jsonData = pm.response.json();\n  pm.expect(jsonData.id).to.eql(42);\n});",
		"header":       `pm.test("Content-Type is present", function () { pm.response.to.have.header("content-type"); });`,
		"header value": `pm.test("type", () => pm.expect(pm.response.headers.get("Content-Type")).to.include("json"))`,
		"quick":        `pm.test("Response time is less than 200ms", function () { pm.expect(pm.response.responseTime).to.be.below(200); });`,
		"one of":       `pm.test("Successful POST request", function () { pm.expect(pm.response.code).to.be.oneOf([200, 201, 202]); });`,
		"variables": `pm.environment.set("a", "1"); pm.globals.set('b', 2)
			pm.collectionVariables.set("c", pm.environment.get("a") + pm.variables.get("row"));
			pm.environment.unset("flag"); pm.environment.set("flag", null); pm.environment.unset("a");`,
		"shadowing": `const data = pm.response.json(); // a comment
			pm.test("a", () => { const data = 1; pm.expect(data).to.equal(1) });
			pm.test("b", () => { pm.expect(data.list[3].a).to.equal(1) });`,
		"condition": "const body = pm.response.json();\nif (body.id === 42 && !body.no) {\n  pm.test(`id ${body.id}`, () => { pm.expect(body).to.have.property('id', 42) })\n" +
			"} else { pm.test('other', () => { pm.expect(1).to.equal(2) }) }",
		"deep":    `pm.test("a", () => { pm.expect(pm.response.json().in).to.deep.equal({ b: { c: 'x' }, a: 1 }); pm.expect([1, [2]]).to.eql([1, [2]]) });`,
		"members": `pm.test("a", () => { pm.expect(pm.response.json()).to.include.all.keys('ok', 'id'); pm.expect([3, 1, 2]).to.have.members([1, 2, 3]) });`,
		"loop": `let sum = 0
			for (const item of pm.response.json().list) { if (typeof item === 'number') { sum += item } }
			pm.response.json().list.forEach((item, i) => { pm.test("item " + i, () => { pm.expect(item).to.not.equal(sum + 1) }) })
			pm.environment.set("sum", sum)`,
		"lists": `const list = JSON.parse(pm.response.text()).list
			pm.environment.set("ids", list.filter(x => typeof x === 'number').map(function (x) { return x * 2; }).length)
			pm.variables.set("found", list.find((x) => typeof x === 'object' && x?.a === 1)?.a ?? 'none')
			pm.test("some", () => { pm.expect(list.some(x => x === 'b') && list.every((x, i) => i < 4)).to.be.true })`,
		"texts": `console.log("id", 42, true, null); const text = "a,B".toLowerCase().split(",")[1] + JSON.stringify({ a: [1, "x"] })
			pm.variables.set("text", text.includes('{') ? text : 'none'); pm.execution.setNextRequest("Login")
			console.warn(Object.keys({ a: 1 }).length, Math.round(-0.4), 7 % 4, 1 / 4)`,
		"functions": `const double = (x) => x * 2; function named(a, { b, c = 3 }, [d] = [4]) { if (a > 1) { return b; } var e = c + d; return e }
			pm.environment.set("a", double(named(1, { b: 1 })) + named(2, { b: 5 }, [1])); const none = function () { pm.globals.set("g", 1) }; none(); console.log(typeof none())
			function check() { pm.expect(1).to.equal(1) } pm.test("named", check)`,
		"loops": `let s = ""; for (let i = 0; i < 9; i++) { if (i === 2) continue; if (i > 4) { break } for (var j = 0; j < 2; j += 1) s += i + ":" + j + " " }
			let n = 3; while (n > 0) { n--; if (n == 1) break; } const list = [1, 2, 3]; list.forEach(x => { if (x === 2) { return; } s += x }); pm.environment.set("s", s + n + j)`,
		"choice": `for (const x of [1, "b", 9, 4]) { switch (x) { case 1: case 2: console.log("one"); break; default: console.log("other"); case "b": console.log("b"); continue }
			console.log("behind") }`,
		"attempts": `function f() { try { if (pm.response.code > 1) return 1; throw new Error("a") } catch (e) { console.log(e.message); throw e } finally { console.log("at last") } }
			pm.environment.set("a", f()); try { var late = 5 } catch { var late = 6 } pm.environment.set("late", late); var late = late + 1; pm.environment.set("later", late)`,
		"legacy": `tests["Status code is 200"] = responseCode.code === 200; tests["name " + responseCode.name] = responseBody.includes("abc"); var data = JSON.parse(responseBody);
			postman.setEnvironmentVariable("id", data.id); postman.setGlobalVariable("zero", 0); postman.clearGlobalVariable("glob"); tests["time"] = responseTime < 200
			pm.test("between", () => pm.expect(postman.getEnvironmentVariable("id")).to.eql("42")); postman.setNextRequest(null); tests["time"] = true; console.log(postman.getResponseHeader("etag"))`,
		"patterns": `pm.test("a", () => { pm.expect("ab-12").to.match(/^[a-z]+-\d{2}$/); pm.expect(/^A/i.test("abc")).to.be.true; pm.expect("a\nb").to.not.match(/a.b|^c$|(?:d\/)+/, "m") })`,
		"numbers": `console.log(parseInt("12px"), parseInt(" -7.9", 10), parseFloat("1.5e2x"), Number("0.5"), Number(""), Number(true), isNaN(parseInt("a")), Number.isInteger(5), Number.isInteger("5"), +"3", -(2 + 1))
			console.log(Math.max(1, 3, 2), Math.max(0 / 0, 1 / 0), Math.min(1, 0 / 0), Math.min(-0, 0), Math.trunc(-1.5), (1.0051).toFixed(2), (2.345).toFixed(1), (-1).toFixed(1), String(null), Boolean(""), "abc"[1])`,
		"more texts": `console.log("a-b-c".replace("-", "+"), "a-b-c".replaceAll("-", ""), "abcdef".substring(4, 2), "abcdef".slice(-3, -1), "abc".charAt(1), "abc".indexOf("c"), "7".padStart(3, "0"))
			console.log([1, null, "x"].join("-"), [1, 2, 3].slice(1).length, [1, 2].concat([3], 4).join(), [3, 4].indexOf(4), [1, 2].findIndex(x => x > 1), [1, 2, 3].reduce((a, b) => a + b, 10))
			console.log(JSON.stringify({ a: [1, { b: "é" }], c: {}, d: [] }, null, 2).length, "✓ fine", "\"quoted\"", "é".length)`,
		"objects": `const body = pm.response.json(); console.log(body.bare, body.list, body.in, body.minus); console.log("it's", [], {}, [[]], { "a-b": { c: { d: { e: [1, "x"] } } }, f: "it's" })
			console.log([{ name: "one of seven" }, { name: "two of seven" }, { a: 3 }, { a: 4 }, { a: 5 }, { a: 6 }, { a: 7 }], { long: "a text that is too long for one line of it", more: [true, null] })`,
		"entries": `Object.entries(pm.response.json().in).forEach(([key, part]) => { pm.test(key, () => pm.expect(part).to.exist) }); const { id, name: called, nope = 7 } = pm.response.json()
			pm.environment.set("all", called + id + nope + Object.values({ a: 1 })[0] + pm.response.json().hasOwnProperty("in") + pm.response.json().in.hasOwnProperty("z"))`,
		"more words": `pm.test("a", () => { pm.expect("abc").to.have.lengthOf.at.least(3); pm.expect([1, 2]).to.have.length.below(5).and.above(1); pm.expect(pm.response.json()).to.not.have.property("zz")
			pm.expect({ a: 1, b: 2 }).to.include({ a: 1 }); pm.expect(1.05).to.be.closeTo(1, 0.1); pm.response.to.have.jsonBody(); if (false) pm.expect.fail("no"); return pm.expect(1).to.equal(1) })`,
		"request": `pm.test(pm.request.method, () => pm.expect(JSON.parse(pm.request.body.raw).sent).to.equal(1)); pm.environment.set("sent", pm.request.body.raw)`,
		"stored":  `pm.environment.set("list", [1, "b", { c: null }]); pm.variables.set("in", pm.response.json().in); pm.globals.set("empty", {}); console.log(pm.environment.get("list").length, pm.variables.get("in"))`,
		"cleared": `pm.environment.set("a", 1); pm.environment.clear(); console.log(pm.environment.has("a"), pm.environment.has("flag"), pm.variables.get("env")); pm.environment.set("b", 2); pm.environment.unset("b")
			pm.environment.set("flag", 3); pm.environment.set("b", 4); pm.globals.clear(); pm.collectionVariables.clear(); pm.collectionVariables.set("none", 1); pm.collectionVariables.clear(); console.clear(); console.dir({ a: 1 }); console.trace("b")`,
		"entries read": `if (tests["none"]) { console.log("none") } tests["a"] = responseCode.code === 200; tests["b"] = "yes"; if (tests["a"]) { pm.environment.set("b", tests["b"]) } tests["b"] = 1; console.log(tests["b"])`,
		"old request":  `pm.test(request.name, () => {}); console.log(request.name.split(" ")[0].replace(/^_|[0-9]./, ""))`,
		"replaced": `console.log("_a1bc".replace(/^_|[0-9]./, ""), "a-b-c".replace(/-/g, "+"), "aAbB".replace(/a|b/gi, "x"), "abab".replace(/(?:ab)+/, "y"), "a.b".replaceAll(/\./g, ""), "key: v".replace(/^[^:]+:/, ''), "xx==".replace(/=+$/, ""), "none".replace(/\d/g, "1"))
			console.log("=".repeat(5), "ab".repeat(0), "é".repeat(2.7))`,
		"shorthand": `const a = 1, b = [2]; console.log({ a, b, c: 3 }); pm.test("a", () => pm.expect({ a }).to.eql({ a: 1 }))`,
		"info":      "pm.test(`${pm.info.requestName} ${pm.info.iteration} ${pm.info.iterationCount} ${pm.info.requestId}`, () => {}); pm.environment.set('t', pm.variables.replaceIn('{{env}} {{row}} {{nope}} {{void}}'))",
		"now":       `if (Date.now() > 0 && new Date().toISOString().endsWith("Z") && Math.floor(Math.random()) === 0) { pm.environment.set("now", true) }`,
		"time":      `pm.test("a", () => { pm.response.to.have.responseTime.below(200); pm.expect(pm.response).to.have.jsonBody("in.b.c", "x") })`,
		"chain":     `pm.test("a", () => pm.expect(pm.response.json()).to.be.an('object').that.has.property('list').with.lengthOf(4).and.is.not.empty);`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := plain.Compile(source)
			if p == nil {
				t.Fatal("not plain")
			}
			got, ok := whatPlainDoes(p, plainContext(plainBody))
			if !ok {
				t.Fatal("left to the machine")
			}
			if diff := cmp.Diff(whatMachineDoes(t, source, plainContext(plainBody)), got); diff != "" {
				t.Errorf("it does something else than in a machine:\n%s", diff)
			}
		})
	}
}

// An item without a name has none.
func TestPlainNameless(t *testing.T) {
	t.Parallel()
	c := plainContext(plainBody)
	c.ItemName = ""
	const name = "pm.test(`is ${pm.info.requestName}`, () => { pm.expect(pm.info.requestName === undefined).to.equal(true) })"
	got, ok := whatPlainDoes(plain.Compile(name), c)
	if diff := cmp.Diff(whatMachineDoes(t, name, c), got); !ok || diff != "" {
		t.Errorf("left to the machine: %v; it does something else than in a machine:\n%s", !ok, diff)
	}
}

// A response of HTTP/2 has no reason phrase.
func TestPlainWithoutReason(t *testing.T) {
	t.Parallel()
	c := plainContext(plainBody)
	c.Response.Status = ""
	const byCode = `pm.test("a", () => { pm.response.to.have.status(200); pm.response.to.be.ok; pm.expect(pm.response.code).to.equal(200) })`
	got, ok := whatPlainDoes(plain.Compile(byCode), c)
	if diff := cmp.Diff(whatMachineDoes(t, byCode, c), got); !ok || diff != "" {
		t.Errorf("left to the machine: %v; it does something else than in a machine:\n%s", !ok, diff)
	}
	for _, source := range []string{`pm.test("a", () => pm.response.to.have.status("OK"))`, `pm.environment.set("a", pm.response.status)`} {
		if _, ok := whatPlainDoes(plain.Compile(source), c); ok {
			t.Errorf("not left to the machine: %s", source)
		}
	}
}

// TestNotPlain are scripts that must run in a machine, though they look plain.
func TestNotPlain(t *testing.T) {
	t.Parallel()
	for _, source := range []string{
		`x = 1`, `pm = 1`, `console.table(1)`, `const console = 1`, `const c = 1; c = 2`, `const d`, `a: 1`, `for (var e of [1]) {}`,
		`let f = 1 ?? 2 || 3`, `[1].forEach(x => {})`, `for (const i in [1]) {}`,
		`const j = new Date()`, `const k = Math.floor()`, `const l = JSON.parse("1", 2)`, `const m = [1].map(async x => x)`, `const n = [1].map((x, x) => 1)`,
		`const Math = 1`, `"use strict"; const o = 1`, `const p = Object`, `const q = [...[1]]`, `const r = /a/`, `let s = 1; s **= 2`, `const a = b`, `const a = a`, `const a = 1; const a = 2`,
		`pm.test("a", async () => { pm.response.to.have.status(200) })`,
		`pm.test("a", (done) => { pm.response.to.have.status(200) })`,
		`pm.test("a", () => { pm.test("b", () => { pm.response.to.have.status(200) }) })`,
		`const a = 1; pm.test("a", () => { pm.expect(a).to.equal(1); const a = 2 })`,
		`let a = 1; if (a) { var a = 2; }`, `if (1) { var data = 2; }`, `var performance; pm.environment.set("a", typeof performance)`, `if (1) { let a = 1; { var a = 2; } }`,
		`{ const a = 1 }`, `if (1) const a = 1`, `if (1) function f() {}`, `if (1) { function f() {} }`, `return`, `break`, `for (const a of [1]) { [1].forEach(x => { break }) }`, `if (1) { continue }`,
		`try { pm.globals.unset("a") }`, `try { const a = 1 } catch (e) { const e = 1 }`, `throw` + "\n1", `const f = () => f()`, `function f() { return f() }`, `function f() { return g() } function g() {}`,
		`const f = x => x; typeof f`, `let f = x => x`, `const f = x => x; const g = f`, `function f(a, a) {}`, `function* f() {}`, `async function f() {}`, `const {a} = a`, `const [a, a] = [1, 2]`, `const {...a} = {}`,
		`for (const a of a) {}`, `for (i = 0; i < 1; i++) {}`, `for (const i = 0; i < 1; i++) {}`, `switch (1) { case 1: let a = 1 }`, `switch (1) { default: default: }`, `const a = 1; a++`, `let a = 1` + "\n++\na",
		`pm.test("a", (x = 1) => {})`, `const a = []; a.push(1)`, `const a = {}; a.b = 1`, `do { } while (0)`, `while (1) let a = 1`, `pm.test("a", () => pm.test("b", () => {}))`, `tests["a"]`, `const tests = 1`,
		`/a/.exec("a")`, `/a/g.test("a")`, `/(?=a)/.test("a")`, `/[]/.test("a")`, `/a{2}{3}/.test("a")`, `/^*/.test("a")`, `/\1/.test("a")`, `/{/.test("a")`, `/é/.test("a")`, `/[z-a]/.test("a")`, `/a**/.test("a")`, `/(/.test("a")`,
		`"a".replace(/a*/g, "b")`, `"a".replace(/(?:a??)+b/, "c")`, `"a".replace(/a|/, "b")`, `"a".replace(/\b/, "b")`, `"a".replaceAll(/a/, "b")`, `"a".replace(/a/y, "b")`, `"a".replace(/a/)`, `"a".replace(/a/, x => x)`,
		`const a = { true }`, `const a = { pm }`, `const a = { nowhere }`, `request.url`, `pm.environment.clear(1)`, `const x = pm.environment.clear()`, `"a".repeat`, `RegExp.lastMatch`, `responseHeaders`, `responseCode.detail`, `postman.getResponseCookie("a")`, `const a = responseBody; var responseBody = 1`, `parseInt()`, `parseInt`, `new Error("a")`,
		`pm.test("a", ()` + "\n" + `=> { pm.response.to.have.status(200) })`,
		`pm.test("a", () => { pm.response.to.have.status(200) }`, `pm.environment.set("a", 'b)`, "pm.environment.set('a', `b)",
		`pm.environment.set("a", 010)`, `pm.environment.set("a", 0x1f)`, `pm.environment.set("a", 1n)`, `pm.environment.set("a", "\x41")`,
		`pm.environment.set("a", 1) pm.environment.set("b", 2)`, `pm.environment.set("a", [1,,2].length)`,
		`pm.environment.set("a", { __proto__: null })`, `pm.environment.set("a", "b".normalize())`, `"use strict"`, `pm.expect("a").to.include.length(1)`, `pm.expect("a").to.have.lengthOf.length(1)`, `pm.expect(1).to.be()`, `pm.expect(1).to.equal()`, `pm.expect(1)`,
		`pm.environment.set("a", 1) <!-- b`, `pm.environment.set("\u{61}", "a\`, `pm.expect(1).to.be.equal(1)` + "\n" + `(2)`,
	} {
		if plain.Compile(source) != nil {
			t.Errorf("plain: %s", source)
		}
	}
}

// TestPlainKnowsGlobals declares a variable by the name of each global there is.
func TestPlainKnowsGlobals(t *testing.T) {
	t.Parallel()
	list := whatMachineDoes(t, `pm.environment.set("names", Object.getOwnPropertyNames(globalThis).join(" "))`, plainContext("{}")).Outcome.Environment
	names := strings.Fields(list[0].Value.(string) + " pm console")
	for _, name := range names {
		if plain.Compile(fmt.Sprintf(`var %s; pm.environment.set("a", %s === undefined)`, name, name)) != nil {
			t.Errorf("%s is taken for a variable without a value", name)
		}
	}
	if len(names) < 100 {
		t.Errorf("%d globals", len(names))
	}
}

// TestPlainLeavesToMachine are plain scripts that do not pass: the machine says why.
func TestPlainLeavesToMachine(t *testing.T) {
	t.Parallel()
	for _, source := range []string{
		`pm.test("a", () => pm.response.to.have.status(404))`,
		`pm.environment.set("before", 1); pm.test("a", () => { pm.expect(pm.response.json().in.b.d.e).to.equal(1) })`,
		`pm.test("a", () => pm.expect(pm.response.json().toString).to.exist)`,
		`pm.test("a", () => pm.response.to.not.have.header("X-Request-Id", "2"))`,
		`pm.environment.set("a", [undefined])`, `pm.environment.set("a", { b: undefined })`, `pm.environment.set("a", pm.response.json().nothing)`,
		`pm.test(1, () => pm.expect(1).to.equal(1))`, `pm.environment.set("a", "b" /* c */ / 2)`, `pm.environment.set("a", "é".toUpperCase())`,
		`pm.test("a", () => pm.response.to.not.have.jsonBody("id", 1))`, `throw new Error("a")`, `pm.expect.fail()`, `try { pm.response.json().x.y } catch (e) { pm.globals.set("a", 1) }`,
		`const f = () => pm.expect(1).to.equal(1); console.log(f())`, `function f() { pm.test("b", () => {}) } pm.test("a", () => f())`, `tests["a"] = false`, `tests["1"] = true`, `const { a } = null`, `let i = "a"; i++`, `const [a] = "ab"`,
		`pm.test("a", () => pm.expect("é").to.match(/a?/))`, `console.log("é".slice(1))`, `console.log((0.125).toFixed(2))`, `console.log("a".replace("a", "$&"))`, `console.log(Number("0x10"))`, `while (1) {}`, `for (let i = 0; true; i++) {}`,
		`pm.environment.set("a", JSON.stringify(" "))`, `console.log([1, 2, 3, 4, 5, 6, 7])`, `console.log("it's \"it\" ${")`, `pm.iterationData.set("a", 1)`, `pm.iterationData.clear()`, `pm.variables.clear()`, `console.log("a".replace(/a/, "$&"))`, `console.log("é".replace(/a/, "b"))`, `console.log("a".repeat(-1))`, `console.log("ab".repeat(999999999))`, `console.log(tests["toString"])`,
		`pm.environment.set("a", JSON.stringify({ "1": 2 }))`, `pm.environment.set("a", Object.keys({ "1": 2 })[0])`,
		`let s = 'a'; for (const a of pm.response.text().split("")) { s += s }`, `let t = 'ab'; for (const a of pm.response.text().split("\"")) { t += t }`,
		`let u = [1]; for (const a of pm.response.text().split("\"")) { u = [u, u] } pm.test("a", () => pm.expect(u).to.eql(u))`, `pm.test("a", () => pm.expect("1").to.be.above(0))`,
	} {
		p := plain.Compile(source)
		if p == nil {
			t.Errorf("not plain: %s", source)
			continue
		}
		if did, ok := whatPlainDoes(p, plainContext(plainBody)); ok || did.Reports != nil || did.Outcome.Environment != nil {
			t.Errorf("it is not left to the machine: %s", source)
		}
	}
}

// TestPlainFindsWhatScriptsLeft has a script change what a plain one sees, with
// machines that several sandboxes share, and without.
func TestPlainFindsWhatScriptsLeft(t *testing.T) {
	t.Parallel()
	const look = `pm.test("inherited", () => pm.expect(pm.response.json().inherited).to.equal(5))`
	for name, users := range map[string]int{"alone": 0, "one user": 1, "two users": 2} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			engine, host := sandbox.New(), &recorder{}
			var box script.Sandbox
			for range max(users, 1) {
				var err error
				if box, err = engine.Open(t.Context(), host, script.Options{Share: users > 0}); err != nil {
					t.Fatal(err)
				}
				defer box.Close()
			}
			var failed []string
			for _, source := range []string{look, `const unused = [].length;`, look, `Object.prototype.inherited = 5;`, look, `delete Object.prototype.inherited;`, look} {
				host.tests = nil
				if _, err := box.Run(t.Context(), &script.Script{Name: "s", Listen: script.Test, Source: source}, answered("{}")); err != nil {
					t.Fatal(err)
				}
				if len(host.tests) > 0 {
					failed = append(failed, strings.Join(host.failed(), ""))
				}
			}
			const missing = "inherited: expected undefined to equal 5"
			if diff := cmp.Diff([]string{missing, missing, "", missing}, failed); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestPlainAsMachine makes scripts at random. What passes without a machine does the
// same in one.
func TestPlainAsMachine(t *testing.T) {
	t.Parallel()
	scripts := 2000
	if testing.Short() {
		scripts = 200
	}
	host := &observer{}
	box, err := sandbox.New().Open(t.Context(), host, script.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	g := maker{rand.New(rand.NewPCG(1, 2))}
	passed := 0
	for range scripts {
		source := g.script()
		p := plain.Compile(source)
		if p == nil {
			continue
		}
		got, ok := whatPlainDoes(p, plainContext(plainBody))
		if !ok {
			continue
		}
		passed++
		host.reports = nil
		out, err := box.Run(t.Context(), &script.Script{Name: "s", Listen: script.Test, Source: unlike + source}, plainContext(plainBody))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(result{host.reports, out}, got); diff != "" {
			t.Fatalf("it does something else than in a machine:\n%s\n%s", source, diff)
		}
	}
	if passed < scripts/5 {
		t.Errorf("only %d of %d passed: the others test nothing", passed, scripts)
	}
}

// TestPlainLeavesNothing runs scripts made at random in a machine. They leave it as
// it was, whether they pass or not.
func TestPlainLeavesNothing(t *testing.T) {
	t.Parallel()
	engine, g := sandbox.New(), maker{rand.New(rand.NewPCG(3, 4))}
	open := func() script.Sandbox {
		box, err := engine.Open(t.Context(), &observer{}, script.Options{Share: true, Output: 1000}) // too little for scripts without a machine
		if err != nil {
			t.Fatal(err)
		}
		return box
	}
	box := open() // the only one, which keeps its realm
	defer func() { box.Close() }()
	for range 300 {
		source := g.script()
		if plain.Compile(source) == nil {
			continue
		}
		loaded := sandbox.Loaded(box)
		if _, err := box.Run(t.Context(), &script.Script{Name: "s", Listen: script.Test, Source: source}, plainContext(plainBody)); err != nil {
			t.Fatal(err)
		}
		switch {
		case sandbox.Loaded(box) > loaded: // the next realm has it from the start
			box.Close()
			box = open()
		case !sandbox.LeftNothing(box):
			t.Fatalf("it leaves something:\n%s", source)
		}
	}
}

// TestPlainPrints prints values made at random, as a machine does.
func TestPlainPrints(t *testing.T) {
	t.Parallel()
	g, host := maker{rand.New(rand.NewPCG(5, 6))}, &observer{}
	box, err := sandbox.New().Open(t.Context(), host, script.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	const source = `console.log(pm.response.json(), JSON.stringify(pm.response.json(), null, 2))`
	passed := 0
	for range 500 {
		body := g.json(4)
		got, ok := whatPlainDoes(plain.Compile(source), plainContext(body))
		if !ok {
			continue
		}
		passed++
		host.reports = nil
		if _, err := box.Run(t.Context(), &script.Script{Name: "s", Listen: script.Test, Source: unlike + source}, plainContext(body)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(host.reports, got.Reports); diff != "" {
			t.Fatalf("%s is printed in another way:\n%s", body, diff)
		}
	}
	if passed < 250 {
		t.Errorf("only %d of 500 were printed", passed)
	}
}

// A maker makes scripts.
type maker struct{ *rand.Rand }

func (m maker) of(list ...string) string { return list[m.IntN(len(list))] }

func (m maker) script() string {
	var b strings.Builder
	b.WriteString("const body = pm.response.json()\nlet n = 0, s = ''\nconst twice = (a) => a + a\nfunction pick(a, b = 2) { if (a) { return a } for (const e of [1, 2]) { if (e === b) return e }\n s += 'p'; return b }\n")
	for i := range 1 + m.IntN(3) {
		m.statement(&b, i, 2)
	}
	return b.String()
}

// statement writes one, with others in it to some depth.
func (m maker) statement(b *strings.Builder, i, depth int) {
	if depth > 0 && m.IntN(3) == 0 {
		m.nested(b, i, depth-1)
		return
	}
	switch m.IntN(12) {
	case 5:
		fmt.Fprintf(b, "console.%s(%s, %s)\n", m.of("log", "info", "warn"), m.value(), m.value())
	case 6:
		fmt.Fprintf(b, "let v%d = %s\nfor (const e of %s) { v%d += e }\npm.variables.set('v', v%d)\n", i, m.of("0", "''"), m.list(), i, i)
	case 7:
		fmt.Fprintf(b, "const l%d = %s\nl%d.forEach((e, i) => { if (%s) { pm.test(`e${e}`, () => { pm.expect(e).to.%s }) } });\n", i, m.list(), i, m.value(), m.word())
	case 8:
		fmt.Fprintf(b, "pm.execution.setNextRequest(%s)\n", m.value())
	case 0:
		fmt.Fprintf(b, "pm.%s.set(%s, %s);\n", m.of("environment", "globals", "collectionVariables", "variables"), m.of(`"a"`, `"env"`, `'flag'`, `"here"`), m.value())
	case 1:
		if m.IntN(4) == 0 {
			fmt.Fprintf(b, "pm.%s.clear()\n", m.of("environment", "globals", "collectionVariables"))
		}
		fmt.Fprintf(b, "pm.%s.unset(%s)\n", m.of("environment", "globals", "collectionVariables", "variables"), m.of(`"a"`, `"env"`, `'flag'`, `"here"`))
	case 2:
		fmt.Fprintf(b, "if (%s) { pm.test(`t%d ${%s}`, () => %s) }\n", m.value(), i, m.value(), m.assertion())
	case 9:
		fmt.Fprintf(b, "tests['t' + %s] = %s\n", m.value(), m.value())
	case 10:
		fmt.Fprintf(b, "postman.%s\n", m.of("setEnvironmentVariable('env', "+m.value()+")", "setGlobalVariable('a', "+m.value()+")", "clearEnvironmentVariable('flag')", "setNextRequest("+m.value()+")"))
	case 11:
		fmt.Fprintf(b, "%s\n", m.of("n++", "n--", "n += "+m.value(), "s += "+m.value(), "n = "+m.value(), "s = twice("+m.value()+")", "n *= 2", "var w = "+m.value(), "var w = (n, "+m.value()+")"))
	default:
		fmt.Fprintf(b, "pm.test('t%d', function () { const x = %s; %s })\n", i, m.value(), m.assertion())
	}
}

// nested is a statement around others.
func (m maker) nested(b *strings.Builder, i, depth int) {
	inside := func() string {
		var b strings.Builder
		for range 1 + m.IntN(2) {
			m.statement(&b, i, depth)
		}
		return b.String()
	}
	leave := func() string { return m.of("", "if ("+m.value()+") continue\n", "if ("+m.value()+") { break }\n") }
	switch m.IntN(7) {
	case 0:
		fmt.Fprintf(b, "if (%s) {\n%s} else if (%s) {\n%s} else {\n%s}\n", m.value(), inside(), m.value(), inside(), inside())
	case 1:
		fmt.Fprintf(b, "for (let i%d = 0; i%d < %s; i%d++) {\n%s%s}\n", depth, depth, m.of("2", "n", "3"), depth, leave(), inside())
	case 2:
		fmt.Fprintf(b, "for (const %s of %s) {\n%s%s}\n", m.of("e", "{ a: e = 5 }", "[e, f]"), m.of(m.list(), "Object.entries(body.in)"), inside(), leave())
	case 3:
		fmt.Fprintf(b, "switch (%s) {\ncase %s:\n%s%scase 'abc': case 1:\n%sdefault:\n%s}\n", m.value(), m.value(), m.block(inside()), m.of("", "break\n"), m.block(inside()), m.block(inside()))
	case 4:
		fmt.Fprintf(b, "try {\n%s} catch (e) {\n%s}%s\n", inside(), inside(), m.of("", " finally {\n"+inside()+"}"))
	case 5:
		fmt.Fprintf(b, "if (true) {\nconst f = (a, b) => {\n%sif (%s) return %s\n%s}\nconsole.log(f(%s))\n}\n", inside(), m.value(), m.value(), inside(), m.value())
	default:
		fmt.Fprintf(b, "while (n < %s) {\nn++\n%s%s}\n", m.of("1", "2"), leave(), inside())
	}
}

// block puts statements that may declare something where a block may be.
func (m maker) block(inside string) string { return "if (true) {\n" + inside + "}\n" }

// json is a value of some depth, as JSON.
func (m maker) json(depth int) string {
	if depth == 0 || m.IntN(4) == 0 {
		return m.of("1", "-2.5", "1e21", "0", "true", "null", `""`, `"a"`, `"it's"`, `"some words"`, `"é 😀"`, `"a text that is longer than one line"`, `"one\nit's"`, `"a text of several lines\nfor the console\n"`)
	}
	members := make([]string, m.IntN(9))
	open, closing := "[", "]"
	if m.IntN(2) == 0 {
		open, closing = "{", "}"
	}
	for i := range members {
		members[i] = m.json(depth - 1)
		if open == "{" {
			members[i] = fmt.Sprintf(`"%s%d":%s`, m.of("a", "name", "$", "a-b", "_"), i, members[i])
		}
	}
	return open + strings.Join(members, ",") + closing
}

func (m maker) assertion() string {
	if m.IntN(3) == 0 {
		return "pm.response.to." + m.of("", "not.") + m.of("be.ok", "be.success", "be.error", "be.clientError", "be.json", "be.withBody", "have.body("+m.value()+")",
			"have.jsonBody('in.b', "+m.value()+")", "have.jsonBody('in.a')", "have.responseTime."+m.of("below", "above")+"("+m.value()+")",
			"have.status(200)", "have.status(201)", `have.status("OK")`, `have.header("etag")`, `have.header("ETag", '"abc"')`, `have.header("Nope")`)
	}
	return "pm.expect(" + m.value() + ").to." + m.of("", "", "not.") + m.of("", "", "deep.") + m.word()
}

func (m maker) word() string {
	return m.of("be.true", "be.false", "be.null", "be.undefined", "exist", "be.ok", "be.empty", "be.a("+m.of(`"string"`, `"Number"`, `'object'`, `"array"`, `"null"`)+")",
		"equal("+m.value()+")", "eql("+m.value()+")", "be.above("+m.value()+")", "be.at.least("+m.value()+")", "be.below("+m.value()+")", "be.at.most("+m.value()+")",
		"include("+m.value()+")", "have.property("+m.of(`"id"`, `"list"`, `"nope"`, `"length"`)+")", "have.property('id', "+m.value()+")",
		"include('a').and.oneOf(["+m.value()+"])",
		m.of("have.", "include.", "have.any.", "include.any.", "have.all.")+"keys("+m.of(`'a', 'b'`, `['a']`, `"x"`, `['a', 'b', "a"]`)+")",
		m.of("have.", "include.", "have.deep.")+"members("+m.list()+")", "have.string("+m.value()+")", "be.within(1, "+m.value()+")", "have.lengthOf("+m.of("0", "1", "3", "4")+")", "have.lengthOf.above("+m.value()+")", "have.length.at.most("+m.of("1", "3")+")", "be.closeTo("+m.value()+", 2)",
		"match("+m.pattern()+")", "include({ a: 1 })", "include("+m.of("{ b: 'b' }", "{ c: 'x' }", "{ a: 1, b: 2 }")+")", "be.oneOf(["+m.value()+", "+m.value()+"])", "be.an('object').that.has.property('in').and.is.not.empty")
}

func (m maker) pattern() string {
	return m.of(`/a/`, `/^[a-c]+$/`, `/B\.?/i`, `/^(?:a|\d+)$/`, `/[^b]{2,}/`, `/\bx?\w$/`, `/^$/`, `/a.c/`, `/\s/`, `/(a)(b)?c{1}?/`)
}

func (m maker) list() string {
	return m.of("[3, 1, 2].slice("+m.of("1", "-1", "0, 2")+")", "['x'].concat("+m.of("[1]", "2, 3", "body.list")+")", "Object.values(body.in)", "body.list.slice(1)", "[]", "[1, 2]", "[2, 1, 1]", "['a', 'b']", "body.list", "body.void", "body.name.split('b')", "[{ a: 1 }, 1]", "Object.keys(body.in)",
		"[1, 2, 3].filter(x => x > "+m.of("1", "5")+")", "['a', 'B'].map((x, i) => x.toUpperCase() + i)", "body.list.map(x => typeof x)")
}

// simple is a value made of no other.
func (m maker) simple() string {
	switch m.IntN(4) {
	case 0:
		return m.of("0", "1", "42", "-1.5", "3", "'abc'", `"a"`, `""`, "true", "false", "null", "undefined", "[]", "[1, 'b']", "{}", "{ a: 1 }", "`x${1}`")
	case 1:
		return m.of("pm.response.code", "n", "s", "n", "s", "responseCode.code", "responseBody", "responseTime", "pm.info.requestName", "pm.info.iteration", "pm.request.method", "pm.request.body.raw", "postman.getEnvironmentVariable('env')", "pm.variables.replaceIn('{{env}}-{{none}}')", "pm.response.status", "pm.response.responseTime", "pm.response.responseSize", "pm.response.text()",
			`pm.response.headers.get("content-TYPE")`, "request.name", "tests['t1']", `pm.response.headers.get("no")`, `pm.response.headers.has("ETag")`)
	case 2:
		return m.of("pm.environment", "pm.globals", "pm.collectionVariables", "pm.variables", "pm.iterationData") + m.of(".get(", ".has(") +
			m.of(`"env"`, `"flag"`, `"row"`, `"none"`, `"void"`, `"glob"`, `"here"`, `"a"`) + ")"
	}
	return m.of("body.ok", "body.no", "body.id", "body.neg", "body.zero", "body.minus", "body.name", "body.empty", "body.none", "body.list", "body.list[0]", "body.list[1]",
		"body.list[9]", "body.void", "body.bare", "body.in", "body.in.b.c", "body['in']", "body.emoji", "body.emoji.length", "body.length", "body.e", "body.esc", "body.nope", "body")
}

func (m maker) value() string {
	switch m.IntN(6) {
	case 0:
		return m.of("body.none?.x", "body.in?.b.c", "body?.in", "("+m.simple()+" ? "+m.simple()+" : "+m.simple()+")", "("+m.of("body.none", "body.nope", "body.id")+" ?? "+m.of("1", "'a'")+")",
			m.list()+".length", m.list()+".includes("+m.simple()+")", m.list()+".find(x => x === "+m.simple()+")", m.list()+".some(x => ("+m.simple()+"))",
			m.list()+".every((x, i) => i < "+m.of("1", "2")+")", m.list())
	case 1:
		return m.of("body.name.toUpperCase()", "' a '.trim()", "body.id.toString()", "'abc'.startsWith('a')", "body.name.endsWith("+m.simple()+")", "JSON.stringify("+m.simple()+")",
			"JSON.parse('[1, {\"a\": null}]')", "Array.isArray("+m.simple()+")", "Math.floor("+m.simple()+")", "Math.round("+m.simple()+")", "Math.abs(body.neg)",
			"parseInt("+m.simple()+")", "Number("+m.simple()+")", "String("+m.simple()+")", "Boolean("+m.simple()+")", "parseFloat("+m.simple()+", 10)", "isNaN("+m.simple()+")",
			"Number.isInteger("+m.simple()+")", "Math.max("+m.simple()+", 2, body.neg)", "Math.trunc(body.neg)", "(body.neg).toFixed("+m.of("0", "2")+")", "+("+m.simple()+")", "-("+m.simple()+")",
			"body.name.replace("+m.of("'b'", "'z'", "body.empty")+", 'yy')", "'abcdef'.substring("+m.of("1", "4, 2", "-1, 9")+")", "'abcdef'.slice("+m.of("-2", "1, -1", "4, 2")+")", "body.name.charAt("+m.of("1", "7")+")", "body.name.repeat("+m.of("0", "2")+")", "({ n, s }).s",
			"'abcab'.replace("+m.of("/b/", "/a|b+/gi", "/(?:ab?)+/g", "/[a-b]{2}/", "/c$/g", "/^a|ab/g", "/a(?:b|bc)/")+", "+m.of("'-'", "s", "body.name")+")",
			m.list()+".join("+m.of("", "'-'")+")", m.list()+".indexOf("+m.simple()+")", m.list()+".findIndex(e => e === 1)", m.list()+".reduce((a, e) => a + e, "+m.of("0", "''")+")", "body.name.indexOf("+m.simple()+")",
			"body.hasOwnProperty("+m.of("'id'", "'nope'")+")", "'7'.padStart(3, '0')", m.pattern()+".test("+m.simple()+")", "twice("+m.simple()+")", "pick("+m.simple()+m.of("", ", 1", ", 5")+")", "body.name["+m.of("0", "9")+"]", "JSON.stringify("+m.simple()+", null, 2)",
			"(body.neg % 1)", "(body.id * 2)", "(1 / body.zero)", "(body.id / 4)", "Math.ceil(-0.5)")
	case 2:
		return m.of("", "!", "typeof ") + m.simple() + m.of(" === ", " !== ", " && ", " || ", " == ", " != ", " + ", " < ", " >= ", " - ") + m.of("", "!", "typeof ") + m.simple() +
			m.of(" === ", " && ", " + ") + m.simple()
	}
	return m.simple()
}
