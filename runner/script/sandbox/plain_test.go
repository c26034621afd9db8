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
	Tests   []script.Assertion
	Lines   []string
	Outcome *script.Outcome
}

// whatMachineDoes runs a script in a machine that no script has used.
func whatMachineDoes(t *testing.T, source string, c *script.Context) result {
	t.Helper()
	host := &recorder{}
	box, err := sandbox.New().Open(t.Context(), host, script.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	out, err := box.Run(t.Context(), &script.Script{Name: "s", Listen: script.Test, Source: unlike + source}, c)
	if err != nil {
		t.Fatal(err)
	}
	return result{host.tests, host.lines, out}
}

// whatPlainDoes carries a script out without one.
func whatPlainDoes(p *plain.Script, c *script.Context) (result, bool) {
	did, ok := p.Run(plain.Facts{Response: c.Response, Text: func() string { return string(c.Response.Body) }, Scopes: c.Scopes})
	out := &script.Outcome{Local: did.Local, Environment: did.Environment, Collection: did.Collection, Globals: did.Globals, Next: did.Next}
	host := &recorder{}
	for _, r := range did.Reports {
		if r.Test != nil {
			host.Test(*r.Test)
		} else {
			host.Console(r.Level, r.Message)
		}
	}
	return result{host.tests, host.lines, out}, ok
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
		"now":   `if (Date.now() > 0 && new Date().toISOString().endsWith("Z") && Math.floor(Math.random()) === 0) { pm.environment.set("now", true) }`,
		"time":  `pm.test("a", () => { pm.response.to.have.responseTime.below(200); pm.expect(pm.response).to.have.jsonBody("in.b.c", "x") })`,
		"chain": `pm.test("a", () => pm.expect(pm.response.json()).to.be.an('object').that.has.property('list').with.lengthOf(4).and.is.not.empty);`,
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
		`let f = 1 ?? 2 || 3`, "const g = [1].map(x => { return\nx })", `const h = [1].map(x => { x })`, `[1].forEach(x => {})`, `for (const i in [1]) {}`,
		`const j = new Date()`, `const k = Math.floor()`, `const l = JSON.parse("1", 2)`, `const m = [1].map(async x => x)`, `const n = [1].map((x, x) => 1)`,
		`const Math = 1`, `"use strict"; const o = 1`, `const p = Object`, `const q = [...[1]]`, `const r = /a/`, `let s = 1; s++`, `const a = b`, `const a = a`, `const a = 1; const a = 2`,
		`pm.test("a", async () => { pm.response.to.have.status(200) })`,
		`pm.test("a", (done) => { pm.response.to.have.status(200) })`,
		`pm.test("a", () => { pm.test("b", () => { pm.response.to.have.status(200) }) })`,
		`const a = 1; pm.test("a", () => { pm.expect(a).to.equal(1); const a = 2 })`,
		`var a = 1; if (a) { var a = 2; } pm.environment.set("a", a)`,
		`pm.test("a", ()` + "\n" + `=> { pm.response.to.have.status(200) })`,
		`pm.test("a", () => { pm.response.to.have.status(200) }`, `pm.environment.set("a", 'b)`, "pm.environment.set('a', `b)",
		`pm.environment.set("a", 010)`, `pm.environment.set("a", 0x1f)`, `pm.environment.set("a", 1n)`, `pm.environment.set("a", "\x41")`,
		`pm.environment.set("a", 1) pm.environment.set("b", 2)`, `pm.environment.set("a", [1,,2].length)`,
		`pm.environment.set("a", { __proto__: null })`, `pm.environment.set("a", "b".normalize())`,
		`if (1) pm.environment.set("a", 1)`, `"use strict"`, `pm.expect(1).to.be()`, `pm.expect(1).to.equal()`, `pm.expect(1)`,
		`pm.environment.set("a", 1) <!-- b`, `pm.environment.set("\u{61}", "a\`, `pm.expect(1).to.be.equal(1)` + "\n" + `(2)`,
	} {
		if plain.Compile(source) != nil {
			t.Errorf("plain: %s", source)
		}
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
		`pm.environment.set("a", pm.response.json().in)`, `pm.environment.set("a", pm.response.json().nothing)`,
		`pm.test(1, () => pm.expect(1).to.equal(1))`, `pm.environment.set("a", "b" /* c */ / 2)`, `pm.environment.set("a", "é".toUpperCase())`,
		`pm.test("a", () => pm.response.to.not.have.jsonBody("id", 1))`, `console.log({})`, `console.log("it's")`, `pm.iterationData.set("a", 1)`,
		`pm.environment.set("a", JSON.stringify({ "1": 2 }))`, `pm.environment.set("a", Object.keys({ "1": 2 })[0])`,
		`let s = 'a'; for (const a of pm.response.text().split("")) { s += s }`, `let t = 'ab'; for (const a of pm.response.text().split("\"")) { t += t }`,
		`let u = [1]; for (const a of pm.response.text().split("\"")) { u = [u, u] } pm.test("a", () => pm.expect(u).to.eql(u))`, `pm.test("a", () => pm.expect("1").to.be.above(0))`,
	} {
		p := plain.Compile(source)
		if p == nil {
			t.Errorf("not plain: %s", source)
			continue
		}
		if did, ok := whatPlainDoes(p, plainContext(plainBody)); ok || did.Tests != nil || did.Outcome.Environment != nil {
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
	host := &recorder{}
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
			t.Fatalf("not plain: %s", source)
		}
		got, ok := whatPlainDoes(p, plainContext(plainBody))
		if !ok {
			continue
		}
		passed++
		host.tests, host.lines = nil, nil
		out, err := box.Run(t.Context(), &script.Script{Name: "s", Listen: script.Test, Source: unlike + source}, plainContext(plainBody))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(result{host.tests, host.lines, out}, got); diff != "" {
			t.Fatalf("it does something else than in a machine:\n%s\n%s", source, diff)
		}
	}
	if passed < scripts/5 {
		t.Errorf("only %d of %d passed: the others test nothing", passed, scripts)
	}
}

// A maker makes scripts.
type maker struct{ *rand.Rand }

func (m maker) of(list ...string) string { return list[m.IntN(len(list))] }

func (m maker) script() string {
	var b strings.Builder
	b.WriteString("const body = pm.response.json()\n")
	for i := range 1 + m.IntN(3) {
		switch m.IntN(9) {
		case 5:
			fmt.Fprintf(&b, "console.%s(%s, %s)\n", m.of("log", "info", "warn"), m.value(), m.value())
		case 6:
			fmt.Fprintf(&b, "let v%d = %s\nfor (const e of %s) { v%d += e }\npm.variables.set('v', v%d)\n", i, m.of("0", "''"), m.list(), i, i)
		case 7:
			fmt.Fprintf(&b, "const l%d = %s\nl%d.forEach((e, i) => { if (%s) { pm.test(`e${e}`, () => { pm.expect(e).to.%s }) } });\n", i, m.list(), i, m.value(), m.word())
		case 8:
			fmt.Fprintf(&b, "pm.execution.setNextRequest(%s)\n", m.value())
		case 0:
			fmt.Fprintf(&b, "pm.%s.set(%s, %s);\n", m.of("environment", "globals", "collectionVariables", "variables"), m.of(`"a"`, `"env"`, `'flag'`, `"here"`), m.value())
		case 1:
			fmt.Fprintf(&b, "pm.%s.unset(%s)\n", m.of("environment", "globals", "collectionVariables", "variables"), m.of(`"a"`, `"env"`, `'flag'`, `"here"`))
		case 2:
			fmt.Fprintf(&b, "if (%s) { pm.test(`t%d ${%s}`, () => %s) }\n", m.value(), i, m.value(), m.assertion())
		default:
			fmt.Fprintf(&b, "pm.test('t%d', function () { const x = %s; %s })\n", i, m.value(), m.assertion())
		}
	}
	return b.String()
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
		m.of("have.", "include.", "have.deep.")+"members("+m.list()+")", "have.string("+m.value()+")", "be.within(1, "+m.value()+")", "have.lengthOf("+m.of("0", "1", "3", "4")+")", "be.oneOf(["+m.value()+", "+m.value()+"])", "be.an('object').that.has.property('in').and.is.not.empty")
}

func (m maker) list() string {
	return m.of("[]", "[1, 2]", "[2, 1, 1]", "['a', 'b']", "body.list", "body.void", "body.name.split('b')", "[{ a: 1 }, 1]", "Object.keys(body.in)",
		"[1, 2, 3].filter(x => x > "+m.of("1", "5")+")", "['a', 'B'].map((x, i) => x.toUpperCase() + i)", "body.list.map(x => typeof x)")
}

// simple is a value made of no other.
func (m maker) simple() string {
	switch m.IntN(4) {
	case 0:
		return m.of("0", "1", "42", "-1.5", "3", "'abc'", `"a"`, `""`, "true", "false", "null", "undefined", "[]", "[1, 'b']", "{}", "{ a: 1 }", "`x${1}`")
	case 1:
		return m.of("pm.response.code", "pm.response.status", "pm.response.responseTime", "pm.response.responseSize", "pm.response.text()",
			`pm.response.headers.get("content-TYPE")`, `pm.response.headers.get("no")`, `pm.response.headers.has("ETag")`)
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
			"(body.neg % 1)", "(body.id * 2)", "(1 / body.zero)", "(body.id / 4)", "Math.ceil(-0.5)")
	case 2:
		return m.of("", "!", "typeof ") + m.simple() + m.of(" === ", " !== ", " && ", " || ", " == ", " != ", " + ", " < ", " >= ", " - ") + m.of("", "!", "typeof ") + m.simple() +
			m.of(" === ", " && ", " + ") + m.simple()
	}
	return m.simple()
}
