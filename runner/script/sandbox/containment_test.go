package sandbox_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"postie/collections/vars"
	"postie/runner/script"
	"postie/runner/script/sandbox"
)

// A cell is a sandbox under attack, and the host that watches it.
type cell struct {
	script.Sandbox
	t       *testing.T
	limit   time.Duration // of a script, by the clock; 0: the engine's own
	tests   []script.Assertion
	console []string
	bytes   int
	sent    func() // is called for each request, if it is there

	mu    sync.Mutex
	sends int
}

func newCell(t *testing.T, o script.Options) *cell {
	t.Helper()
	o.Timeout *= slowness
	c := &cell{t: t, limit: o.Timeout}
	s, err := sandbox.New().Open(t.Context(), c, o)
	if err != nil {
		t.Fatal(err)
	}
	c.Sandbox = s
	t.Cleanup(func() { _ = s.Close() })
	return c
}

func (c *cell) Send(context.Context, *script.SendRequest) (*script.SendResult, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sends++
	if c.sent != nil {
		c.sent()
	}
	return &script.SendResult{Response: &script.Response{Code: 200, Status: "OK"}}, nil
}

func (c *cell) Console(level string, args []script.Message) {
	text := level
	for _, a := range args {
		text += " " + a.Inspect
		c.bytes += len(a.Inspect)
	}
	c.console = append(c.console, text)
}

func (c *cell) Test(a script.Assertion) { c.tests = append(c.tests, a) }
func (c *cell) Jar() script.Jar         { return nil }
func (c *cell) Vault() script.Vault     { return nil }
func (c *cell) RunRequest(context.Context, *script.RunRequest) (*script.SendResult, error) {
	return nil, &script.SendError{Message: "no collection"}
}
func (c *cell) Library(context.Context, string) (*script.Library, error) { return nil, nil }
func (c *cell) run(source string) *script.Outcome                        { return c.as(script.Test, source) }
func (c *cell) as(l script.Listen, s string) *script.Outcome             { return c.in(c.t.Context(), l, s) }

func (c *cell) in(ctx context.Context, listen script.Listen, source string) *script.Outcome {
	c.t.Helper()
	out, err := c.Run(ctx, &script.Script{ID: "1", Name: "attack", Listen: listen, Source: source}, &script.Context{
		ItemName: "Login", Location: []string{"C", "Login"}, Current: "Login", Scopes: &vars.Stack{},
		Request:  json.RawMessage(`{"url":"http://127.0.0.1/","method":"GET"}`),
		Response: &script.Response{Code: 200, Status: "OK", Body: []byte(`{"a":1}`)},
	})
	if err != nil {
		c.t.Fatalf("the sandbox gave up: %v", err)
	}
	return out
}

// fair runs a script, and again if its limit, which is by the clock, has stopped
// it before it did what is looked for: where the machine was busy with something
// else, that says nothing of the script.
func (c *cell) fair(source string, done func(*script.Outcome) bool) (out *script.Outcome) {
	c.t.Helper()
	before := len(c.tests)
	for range 20 {
		c.tests = c.tests[:before]
		began := time.Now()
		out = c.run(source)
		if out.Err == nil || c.limit == 0 || time.Since(began) < c.limit || !strings.Contains(out.Err.Message, "execution timeout") || done(out) {
			break
		}
	}
	return out
}

func never(*script.Outcome) bool { return false }

// alive fails the test unless the next script runs as if nothing had been.
func (c *cell) alive() {
	c.t.Helper()
	before := len(c.tests)
	if out := c.fair(`pm.test("alive", () => pm.expect(pm.response.json().a).to.equal(1))`, never); out.Err != nil {
		c.t.Errorf("the next script fails: %v", out.Err)
	}
	if len(c.tests) != before+1 || c.tests[before].Err != nil {
		c.t.Errorf("the next script's test: %+v", c.tests[before:])
	}
}

// failsWith runs a script that must fail with a message that holds part.
func (c *cell) failsWith(source, part string) {
	c.t.Helper()
	out := c.fair(source, func(out *script.Outcome) bool { return strings.Contains(out.Err.Message, part) })
	if out.Err == nil {
		c.t.Errorf("%.80s: no error, want one with %q", source, part)
	} else if !strings.Contains(out.Err.Message, part) {
		c.t.Errorf("%.80s: error %q, want one with %q", source, out.Err.Message, part)
	}
}

// succeeds runs a script that must not fail, nor any of its tests.
func (c *cell) succeeds(source string) {
	c.t.Helper()
	before := len(c.tests)
	if out := c.fair(source, never); out.Err != nil {
		c.t.Errorf("%.80s: %s: %s", source, out.Err.Name, out.Err.Message)
	}
	for _, a := range c.tests[before:] {
		if a.Err != nil {
			c.t.Errorf("%.80s: test %q: %s", source, a.Name, a.Err.Message)
		}
	}
}

func TestPromise_01_PoisonedSerialiser(t *testing.T) {
	t.Parallel()
	c := newCell(t, script.Options{})
	c.succeeds(`
		Object.prototype.toJSON = function () { return { stolen: typeof process, host: typeof host }; };
		Array.prototype.map = () => { throw new Error("mapped"); };
		JSON.stringify = () => '{"err":{"message":"forged"}}';
		JSON.parse = () => ({ forged: true });
		pm.test("checked", () => {});`)
	if len(c.tests) != 1 || c.tests[0].Name != "checked" {
		t.Errorf("tests %+v, want the one as written", c.tests)
	}
}

func TestPromise_02_NoWayToTheHost(t *testing.T) {
	t.Parallel()
	c := newCell(t, script.Options{})
	c.succeeds(`
		const seen = new Set();
		const names = ["process", "host", "load", "module", "exports", "__filename", "std", "os", "bjson", "scriptArgs", "print"];
		const look = (value, depth) => {
			if (value === null || (typeof value !== "object" && typeof value !== "function") || seen.has(value) || depth > 6) return;
			seen.add(value);
			let make;
			try { make = value.constructor && value.constructor.constructor; } catch { /* a getter of its own */ }
			if (typeof make === "function") {
				for (const name of names) {
					let kind;
					try { kind = make("return typeof " + name)(); } catch { continue; }
					if (typeof kind === "string" && kind !== "undefined") throw new Error(name + " is there: " + kind + " by " + String(make));
				}
			}
			for (const key of Reflect.ownKeys(value)) {
				if (String(key).startsWith("postie")) throw new Error(String(key) + " is there");
				const own = Reflect.getOwnPropertyDescriptor(value, key);
				look(own.value, depth + 1);
				look(own.get, depth + 1);
			}
			look(Object.getPrototypeOf(value), depth + 1);
		};
		for (const value of [pm, pm.test, pm.expect, pm.response, pm.request, pm.environment, console, setTimeout, require, globalThis, URL, Buffer, crypto]) look(value, 0);
		try { null.x; } catch (error) { look(error, 0); }
		pm.sendRequest().catch((error) => look(error, 0));
		look(Promise.resolve(), 0);
		look((async function* () {})(), 0);`)
	c.alive()
}

func TestPromise_03_OnlyTheScriptsOwnValues(t *testing.T) {
	t.Parallel()
	c := newCell(t, script.Options{})
	c.succeeds(`
		const own = (name, value) => pm.test(name, () => {
			for (let p = value; p !== null; p = Object.getPrototypeOf(p)) {
				if (Object.getPrototypeOf(p) === null && p !== Object.prototype) throw new Error("a foreign root prototype");
			}
		});
		class Spy extends Promise { static get [Symbol.species]() { return Promise; } }
		own("species", Spy.resolve(1).then(() => {}));
		own("async generator", (async function* () { yield 1; })());
		try { JSON.parse("{"); } catch (e) { own("engine error", e); }
		try { require("nope"); } catch (e) { own("our error", e); }
		own("response", pm.response);
		await new Promise((done) => pm.sendRequest("http://127.0.0.1/", (err, res) => { own("answer", res); done(); }));`)
	if len(c.tests) != 6 {
		t.Errorf("%d tests, want 6", len(c.tests))
	}
}

func TestPromise_04_LateErrorsAreTheScripts(t *testing.T) {
	t.Parallel()
	c := newCell(t, script.Options{})
	c.failsWith(`setTimeout(() => { throw new Error("in a timer"); }, 1)`, "in a timer")
	c.failsWith(`Promise.reject(new Error("nobody"))`, "nobody")
	c.failsWith(`(async () => { await null; throw new TypeError("in a promise"); })()`, "in a promise")
	c.failsWith(`pm.sendRequest("http://127.0.0.1/", () => { throw new Error("in an answer"); })`, "in an answer")
	c.failsWith(`queueMicrotask(() => { throw new Error("in a microtask"); })`, "in a microtask")
	c.succeeds(`const p = Promise.reject(new Error("handled")); p.catch(() => {});`)
	c.alive()
}

func TestPromise_05_NoSystem(t *testing.T) {
	t.Parallel()
	c := newCell(t, script.Options{})
	for _, name := range []string{"child_process", "net", "http", "vm", "worker_threads", "../../etc/passwd", "/etc/passwd", "node:fs", "fs/promises"} {
		c.failsWith(fmt.Sprintf("require(%q)", name), "Cannot find module '"+name+"'")
	}
	c.succeeds(`pm.test("fs is empty", () => { if (Object.keys(require("fs")).length) throw new Error("fs has members"); })`)
	for _, name := range []string{"process", "Deno", "Bun", "WebAssembly", "std", "os", "fetch", "XMLHttpRequest", "importScripts"} {
		c.succeeds(fmt.Sprintf(`if (typeof %s !== "undefined") throw new Error(%q + " is there")`, name, name))
	}
	c.failsWith(`await import("fs")`, "")
	c.failsWith(`await import("/etc/passwd")`, "")
	c.failsWith(`(0, eval)("import('std')").then((m) => m.open)`, "")
	c.alive()
}

func TestPromise_06_NoPathsInRequire(t *testing.T) {
	t.Parallel()
	c := newCell(t, script.Options{})
	for _, name := range []string{"./x", "../x", "__proto__", "constructor", "hasOwnProperty", "toString", "", "a\x00b"} {
		c.failsWith(fmt.Sprintf("require(%q)", name), "Cannot find module")
	}
}

const poison = `
	polluted = "global";
	Object.prototype.polluted = "yes";
	Array.prototype.includes = () => true;
	String.prototype.includes = String.prototype.indexOf = () => { throw new Error("poison"); };
	Map.prototype.get = Map.prototype.has = Reflect.apply = () => { throw new Error("poison"); };
	JSON.parse = () => "hacked";`

func TestPromise_07_IsolatedRealms(t *testing.T) {
	t.Parallel()
	c := newCell(t, script.Options{Isolate: true})
	c.succeeds(poison)
	c.succeeds(`
		if (typeof polluted !== "undefined" || {}.polluted) throw new Error("the prototype leaks");
		if ([].includes(1)) throw new Error("the array's method leaks");
		if (JSON.parse("1") !== 1) throw new Error("JSON.parse leaks");`)
}

func TestPromise_08_SharedRealmByDefault(t *testing.T) {
	t.Parallel()
	c := newCell(t, script.Options{})
	c.succeeds(`implicit = 7; var declared = 8; let scoped = 9;`)
	c.succeeds(`
		if (implicit !== 7) throw new Error("an implicit global is lost");
		if (typeof declared !== "undefined" || typeof scoped !== "undefined") throw new Error("a declaration leaks");`)
	c.succeeds(poison)
	c.succeeds(`if (polluted !== "global") throw new Error("lost"); pm.test("works all the same", () => {
		pm.expect(pm.response.code).to.equal(200);
		pm.expect([pm.response.code]).to.have.members([200]);
		pm.response.to.have.status(200);
	});`)
}

func TestPromise_09_LoopsAreStopped(t *testing.T) {
	if slowness > 1 {
		t.Skip("takes minutes under the race detector")
	}
	t.Parallel()
	c := newCell(t, script.Options{Timeout: time.Second})
	for _, source := range []string{
		`while (true) {}`,
		`for (;;) { try { for (;;) {} } catch {} finally { continue; } }`,
		`try { while (true) {} } finally { while (true) {} }`,
		`[1].sort.call({ length: 2 ** 31, get 0() { return 1; } })`,
		`new Array(2 ** 31).join("x"); for (;;) {}`,
		`Intl.NumberFormat(); for (;;) {}`,
		`pm.test("loops", () => { for (;;) {} })`,
	} {
		c.failsWith(source, "")
		c.alive()
	}
	c.failsWith(`while (true) {}`, "sandbox: synchronous script execution timeout")
}

// A text that does not compile in the time is late, and has no wrong grammar.
func TestLongTexts(t *testing.T) {
	if slowness > 1 {
		t.Skip("takes minutes under the race detector")
	}
	t.Parallel()
	c := newCell(t, script.Options{Timeout: time.Millisecond})
	c.failsWith("class A {}; "+strings.Repeat("f(1);", 2e6), "sandbox: synchronous script execution timeout")
}

func TestPromise_10_WaitingIsStopped(t *testing.T) {
	t.Parallel()
	c := newCell(t, script.Options{Timeout: time.Second})
	const late = "sandbox: asynchronous script execution timeout"
	c.failsWith(`setInterval(() => {}, 1)`, late)
	c.alive()
	c.failsWith(`(function again() { setTimeout(again, 0); })()`, late)
	c.alive()
	c.failsWith(`(function again() { Promise.resolve().then(again); })()`, "timeout")
	c.alive()
	c.failsWith(`setTimeout(() => {}, 1e8)`, late)
	c.alive()
	c.failsWith(`await new Promise(() => {})`, "promise")
	c.alive()
	c.succeeds(`new Promise(() => {})`) // nobody waits for it
	c.succeeds(`const t = setInterval(() => clearInterval(t), 1)`)
	if slowness == 1 { // the engine ends a drain after a million jobs, the script does not
		newCell(t, script.Options{}).succeeds(`let n = 0; while (n < 1.2e6) { n++; await null }; pm.test("x", () => {})`)
	}
}

func TestPromise_11_MemoryIsBounded(t *testing.T) {
	t.Parallel()
	c := newCell(t, script.Options{Memory: 32 << 20, Timeout: 20 * time.Second})
	c.failsWith(`const hold = []; for (;;) hold.push(new Array(100000).fill(1.5))`, "out of memory")
	c.alive()
	c.failsWith(`let s = "x"; for (;;) s += s + Math.random()`, "")
	c.alive()
	c.failsWith(`const hold = []; for (;;) { try { hold.push(new Uint8Array(1e6)) } catch { hold.push(1) } }`, "")
	c.alive()
}

// Where there is no memory left for an error, the failure says what is wrong all
// the same.
func TestPromise_11_NoMemoryForTheError(t *testing.T) {
	if slowness > 1 {
		t.Skip("takes minutes under the race detector")
	}
	t.Parallel()
	const fill = `const hold = []; const full = () => { for (;;) hold.push({}) }; `
	const filled = fill + `try { full() } catch {}; try { for (;;) hold.push({}) } catch {}; `
	for _, tt := range []struct{ name, source, want string }{
		{"at once", fill + `full()`, "script out of memory"},
		{"after an await", fill + `await null; full()`, "script out of memory"},
		{"in a promise", fill + `Promise.resolve().then(full)`, "script out of memory"},
		{"in a timer", fill + `setTimeout(full, 1)`, "script out of memory"},
		{"in an answer", fill + `pm.sendRequest("http://127.0.0.1/", full)`, "script out of memory"},
		{"as its message", fill + `try { full() } catch (e) { throw new Error(e.name + ": " + e.message) }`, "RangeError: script out of memory"},
		{"thrown again", fill + `let seen; try { full() } catch (e) { seen = e } ; hold.length = 0; throw seen`, "script out of memory"},
		{"hoarded", fill + `const errors = []; for (let i = 0; i < 1e5; i++) try { full() } catch (e) { errors.push(e) }; full()`, "script out of memory"},
		{"in a deep recursion", filled + `(function deep() { deep() })()`, ""},
		{"null of the script's own", `throw null`, "null"},
		{"null after memory was there again", `try { "x".repeat(1e8) } catch {}; throw null`, "null"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCell(t, script.Options{Memory: 8 << 20})
			out := c.run(tt.source)
			if out.Err == nil || !strings.Contains(out.Err.Message, tt.want) {
				t.Errorf("%+v, want %q", out.Err, tt.want)
			}
			c.alive()
		})
	}
	c := newCell(t, script.Options{Memory: 8 << 20, Timeout: 2 * time.Second})
	c.failsWith(`globalThis.hold = []; try { for (;;) hold.push({}) } catch {}; for (;;) {}`, "timeout")
	c.alive()
	c = newCell(t, script.Options{Memory: 8 << 20})
	if err := c.outcome(`pm.test("x", () => { const hold = []; for (;;) hold.push({}) })`); err == nil || err.Message != "script out of memory" {
		t.Errorf("in a test: %+v", err)
	}
}

func TestPromise_12_Bombs(t *testing.T) {
	if slowness > 1 {
		t.Skip("takes minutes under the race detector")
	}
	t.Parallel()
	c := newCell(t, script.Options{Timeout: 3 * time.Second, Memory: 64 << 20})
	for _, tt := range []struct{ source, part string }{
		{`(function deep() { deep(); })()`, "Maximum call stack size exceeded"},
		{`const o = { toString() { return String(o); } }; String(o)`, "Maximum call stack size exceeded"},
		{`const a = []; a[0] = a; let n = []; for (let i = 0; i < 1e5; i++) n = [n]; JSON.stringify(n)`, ""},
		{`/^(a+)+$/.test("a".repeat(40) + "b")`, ""},
		{`"x".repeat(2 ** 30)`, "Invalid string length"},
		{`JSON.parse("[".repeat(1e6))`, ""},
		{`pm.expect(JSON.parse('{"a":'.repeat(1e5) + "1" + "}".repeat(1e5))).to.eql({})`, ""},
		{`eval("(".repeat(1e5))`, ""},
		{`new RegExp("(".repeat(1e5) + ")".repeat(1e5))`, ""},
		{`new Proxy({}, { get(t, k, r) { return r[k]; } }).x`, "Maximum call stack size exceeded"},
		{`const big = Array.from({ length: 2e6 }, (_, i) => ({ i })); JSON.stringify(big)`, ""},
	} {
		c.failsWith(tt.source, tt.part)
		c.alive()
	}
	c = newCell(t, script.Options{})
	c.succeeds(`let n = []; for (let i = 0; i < 1e4; i++) n = [n]; console.log(n)`)
	c.alive()
}

func TestPromise_13_OutputIsCapped(t *testing.T) {
	if slowness > 1 {
		t.Skip("takes minutes under the race detector")
	}
	t.Parallel()
	c := newCell(t, script.Options{Output: 10_000})
	c.succeeds(`for (let i = 0; i < 20000; i++) console.log("line " + i)`)
	if c.bytes > 20_000 {
		t.Errorf("%d bytes of output passed a limit of 10000", c.bytes)
	}
	if last := c.console[len(c.console)-1]; !strings.HasPrefix(last, "warn") || !strings.Contains(last, "limit") {
		t.Errorf("the last line is %q, want a warning that speaks of the limit", last)
	}
	lines := len(c.console)
	c.succeeds(`console.log("x".repeat(1e6))`)
	if c.bytes > 20_000 {
		t.Errorf("one line of a megabyte passed the limit")
	}
	c.succeeds(`console.log("next")`)
	if len(c.console) != lines+2 {
		t.Errorf("%d lines, want the limit to be a script's own", len(c.console)-lines)
	}
}

// outcome runs a script and returns how its only test went.
func (c *cell) outcome(source string) *script.Error {
	c.t.Helper()
	c.tests = nil
	c.fair(source, func(*script.Outcome) bool { return len(c.tests) > 0 })
	if len(c.tests) != 1 {
		c.t.Fatalf("%.80s: %d tests, want 1", source, len(c.tests))
	}
	return c.tests[0].Err
}

func TestPromise_14_DoneNeverCalled(t *testing.T) {
	t.Parallel()
	c := newCell(t, script.Options{Timeout: time.Second})
	for _, source := range []string{
		`pm.test("x", (done) => {})`,
		`pm.test("x", (done) => { setTimeout(() => {}, 1) })`,
		`pm.test("x", (done) => { setInterval(() => {}, 1) })`,
	} {
		if err := c.outcome(source); err == nil || err.Message != "done() was not called" {
			t.Errorf("%s: %+v, want a failure that says so", source, err)
		}
	}
	if err := c.outcome(`pm.test("x", (done) => { setTimeout(done, 1) })`); err != nil {
		t.Errorf("done called in a timer: %+v", err)
	}
}

func TestPromise_15_AsyncTestsAreAwaited(t *testing.T) {
	t.Parallel()
	c := newCell(t, script.Options{})
	for source, want := range map[string]string{
		`pm.test("x", async () => { throw new Error("at once") })`:                                          "at once",
		`pm.test("x", async () => { await null; pm.expect(1).to.equal(2) })`:                                "expected 1 to equal 2",
		`pm.test("x", () => new Promise((_, no) => setTimeout(() => no(new Error("rejected")), 1)))`:        "rejected",
		`pm.test("x", async () => { await new Promise((ok) => setTimeout(ok, 1)); throw "a text" })`:        "x",
		`pm.test("x", () => new Promise(() => {}))`:                                                         "its promise was never settled",
		`pm.test("x", async () => { await new Promise((ok) => setTimeout(ok, 1)) })`:                        "",
		`await pm.test("x", async () => { await null; throw new Error("top level await") })`:                "top level await",
		`pm.test("x", async () => { await pm.sendRequest("http://127.0.0.1/"); throw new Error("later") })`: "later",
	} {
		got := ""
		if err := c.outcome(source); err != nil {
			got = err.Message
		}
		if got != want {
			t.Errorf("%s: %q, want %q", source, got, want)
		}
	}
}

func TestPromise_16_TestsInAnswersCount(t *testing.T) {
	t.Parallel()
	c := newCell(t, script.Options{})
	c.succeeds(`pm.sendRequest("http://127.0.0.1/", (err, res) => {
		pm.test("in an answer", () => pm.expect(res.code).to.equal(200));
		pm.sendRequest("http://127.0.0.1/", () => pm.test("in the next", () => {}));
	})`)
	if len(c.tests) != 2 || c.sends != 2 {
		t.Errorf("%d tests and %d requests, want 2 of each", len(c.tests), c.sends)
	}
}

func TestPromise_17_RequestsAreCapped(t *testing.T) {
	t.Parallel()
	c := newCell(t, script.Options{Requests: 25})
	c.failsWith(`for (let i = 0; i < 10000; i++) pm.sendRequest("http://127.0.0.1/", () => {})`, "too many requests")
	if c.sends > 25 {
		t.Errorf("%d requests went out, over a limit of 25", c.sends)
	}
	c.sends = 0
	c.failsWith(`(function again() { pm.sendRequest("http://127.0.0.1/", again); })()`, "too many requests")
	if c.sends != 25 {
		t.Errorf("%d requests went out one after another, want 25", c.sends)
	}
	c.alive()
}

func TestPromise_18_SelfLoopIsTheRunners(t *testing.T) {
	t.Parallel()
	c := newCell(t, script.Options{})
	out := c.run(`for (let i = 0; i < 1000; i++) pm.execution.setNextRequest("Login"); pm.execution.setNextRequest("Last")`)
	if out.Next == nil || out.Next.Name == nil || *out.Next.Name != "Last" {
		t.Errorf("next %+v, want the last one named, once", out.Next)
	}
	if out := c.run(`pm.execution.setNextRequest("Login"); pm.execution.setNextRequest(undefined)`); out.Next != nil {
		t.Errorf("next %+v, though the last call names none", out.Next)
	}
}

// A run that ends while a script works ends the script too.
func TestPromise_19_CancelledScripts(t *testing.T) {
	t.Parallel()
	for _, source := range []string{`while (true) {}`, `setInterval(() => {}, 1)`, `(function again() { Promise.resolve().then(again); })()`} {
		c := newCell(t, script.Options{})
		ctx, end := context.WithCancelCause(t.Context())
		c.sent = func() { end(errors.New("the run ended")) } // the script is at work
		out := c.in(ctx, script.Test, `pm.sendRequest("http://127.0.0.1/", () => {}); `+source)
		if out.Err == nil || !strings.Contains(out.Err.Message, "the run ended") {
			t.Errorf("%s: %+v, want it to end with the run", source, out.Err)
		}
		c.alive()
	}
}

// FuzzScript gives the engine whatever bytes there are: the process and the
// sandbox go on.
func FuzzScript(f *testing.F) {
	for _, seed := range []string{"", "1", "pm.test('x', () => {})", "await 1", "throw null", "}{", "`${", "/[", "pm.expect({}).to.",
		"Object.prototype.then = (f) => f()", "delete globalThis.pm; pm.test", "Promise = null", "Symbol.iterator = 1",
		"Object.defineProperty(Object.prototype, 'value', { get() { throw 1 } })", "globalThis.__proto__ = null", "\u2028", "'\xff'",
		"Error.prototype.stack = 1; throw new Error()", "throw { get message() { throw 1 } }", "throw new Proxy({}, { get() { throw 2 } })",
		"class X extends Error { get name() { throw 1 } } throw new X()", "console.log(new Proxy([], { get() { throw 1 } }))"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		c := newCell(t, script.Options{Memory: 32 << 20, Isolate: true}) // the limit by default is in CPU time where the machine is busy
		c.run(source)
		c.alive()
	})
}

// What a script still waits for goes on after an error: the tests in it count.
func TestWorkGoesOnAfterAnError(t *testing.T) {
	t.Parallel()
	for _, source := range []string{
		`setTimeout(() => pm.test("later", () => {}), 5); throw new Error("first")`,
		`setTimeout(() => { throw new Error("first") }, 1); setTimeout(() => { throw new Error("second") }, 2); setTimeout(() => pm.test("later", () => {}), 5)`,
		`Promise.reject(new Error("first")); setTimeout(() => pm.test("later", () => {}), 5)`,
	} {
		c := newCell(t, script.Options{})
		out := c.run(source)
		if out.Err == nil || out.Err.Message != "first" || len(c.tests) != 1 || c.tests[0].Name != "later" {
			t.Errorf("%s: %+v, tests %+v", source, out.Err, c.tests)
		}
	}
}
