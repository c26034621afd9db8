package sandbox

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"postie/collections/vars"
	"postie/runner/script"
)

// A sharer is a sandbox that shares realms, with its host.
type sharer struct {
	script.Host
	t     *testing.T
	box   *sandbox
	env   *vars.Scope
	hold  chan struct{} // a request's answer waits for it
	asked chan struct{} // closed when a request was sent
}

func sharers(t *testing.T, n int) []*sharer {
	t.Helper()
	e, all := New(), make([]*sharer, n)
	for i := range all {
		s := &sharer{t: t, env: vars.NewScope("environment"), hold: make(chan struct{}), asked: make(chan struct{})}
		box, err := e.Open(t.Context(), s, script.Options{Share: true})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { box.Close() })
		s.box = box.(*sandbox)
		all[i] = s
	}
	return all
}

func (s *sharer) Test(script.Assertion)            {}
func (s *sharer) Console(string, []script.Message) {}
func (s *sharer) Send(context.Context, *script.SendRequest) (*script.SendResult, error) {
	close(s.asked)
	<-s.hold
	return nil, &script.SendError{Message: "no answer"}
}

func (s *sharer) Library(_ context.Context, name string) (*script.Library, error) {
	if name != "counter" {
		return nil, nil
	}
	source := `var n = 0; exports.next = function () { return ++n; }; exports.zero = 0;`
	code, err := CompileLibrary(name, source)
	return &script.Library{Name: name, Source: source, Bytecode: code}, err
}

// run runs a script in a machine, whatever it is, and returns the variable "found".
func (s *sharer) run(kind script.Listen, source string) string {
	s.t.Helper()
	source = "void 0;" + source
	c := &script.Context{
		Scopes:  &vars.Stack{Local: vars.NewScope("local"), Environment: s.env, Collection: vars.NewScope("collection"), Globals: vars.NewScope("globals")},
		Request: []byte(`{"url":"http://localhost/"}`),
	}
	if kind == script.Test {
		c.Response = &script.Response{Code: 200, Status: "OK", Body: []byte(`{"ok":true}`)}
	}
	out, err := s.box.Run(s.t.Context(), &script.Script{Name: "script", Listen: kind, Source: source}, c)
	if err != nil || out.Err != nil {
		s.t.Errorf("%s: %v %v", source, err, out)
		return ""
	}
	s.env.Apply(out.Environment)
	v, _ := s.env.Get("found")
	return fmt.Sprint(v)
}

// shares reports whether the sandbox has given its realm back.
func (s *sharer) shares() bool { return s.box.realm == nil }

// Scripts that leave nothing behind run in realms of all sandboxes, whatever they
// use: what they load for the first time is in realms from the start, later.
func TestScriptsShareRealms(t *testing.T) {
	for name, source := range map[string]string{
		"nothing":    `1;`,
		"tests":      `pm.test('a', () => { pm.response.to.have.status(200); pm.expect(pm.response.json().ok).to.be.true; });`,
		"failed":     `pm.test('a', () => pm.expect({ a: 1 }).to.deep.equal({ a: 2 }));`,
		"variables":  `pm.environment.set('a', 1); pm.variables.set('b', pm.environment.get('a')); pm.globals.unset('c'); pm.variables.replaceIn('{{a}}');`,
		"legacy":     `tests.a = responseCode.code === 200; postman.setEnvironmentVariable('a', JSON.parse(responseBody).ok);`,
		"variable":   `var data = JSON.parse(responseBody), list = []; data.more = 1; list.push(data); function name() { return list; } name();`,
		"console":    `console.log({ a: [1, new Map()] }, 'text', new Error('x'));`,
		"web":        `new URL('http://localhost/a?b=c').searchParams.get('b'); Buffer.from('a').toString('base64'); crypto.randomUUID(); btoa('a');`,
		"waits":      `setTimeout(() => pm.environment.set('a', 2), 1);`,
		"promise":    `await Promise.resolve(1); await new Promise((done) => setTimeout(done, 1));`,
		"request":    `pm.request.headers.add({ key: 'a', value: 'b' }); pm.request.url.toString();`,
		"library":    `const { zero } = require('counter'); pm.expect(zero).to.eql(0);`,
		"SugarJS's":  `pm.expect([1, 2]).to.include(1); ({ first: 1 }).first; ({ format: 1 }).format;`,
		"throws":     `try { null.a; } catch (e) { pm.expect(e.message).to.include('null'); }`,
		"own errors": `class Wrong extends Error {} try { throw new Wrong('a'); } catch (e) { e.stack; }`,
	} {
		t.Run(name, func(t *testing.T) {
			all := sharers(t, 4)
			all[0].run(script.Test, source)
			for _, s := range all[1:] { // the first may have loaded something
				s.run(script.Test, source)
				s.run(script.Test, source)
			}
			if !all[3].shares() {
				t.Errorf("the last of the sandboxes has a realm of its own; %q is loaded", all[0].box.pool.lessons())
			}
		})
	}
}

// What a script leaves behind its next scripts find, and nobody else's.
func TestWhatScriptsLeaveIsTheirs(t *testing.T) {
	for name, c := range map[string]struct{ leave, find string }{
		"a global":              {`left = 'mine';`, `typeof left === 'undefined' ? '' : left`},
		"a property of global":  {`globalThis.left = 'mine';`, `globalThis.left`},
		"a prototype's method":  {`String.prototype.left = () => 'mine';`, `'a'.left?.()`},
		"a static function":     {`Object.left = 'mine';`, `Object.left`},
		"a function's property": {`setTimeout.left = 'mine';`, `setTimeout.left`},
		"an API's prototype":    {`Object.getPrototypeOf(pm.environment).left = 'mine';`, `pm.environment.left`},
		"a library's object":    {`require('counter').left = 'mine';`, `require('counter').left`},
		"a library's variable":  {`require('counter').next();`, `require('counter').next() === 2 ? 'mine' : ''`},
		"JSON":                  {`JSON.left = 'mine';`, `JSON.left`},
	} {
		t.Run(name, func(t *testing.T) {
			all := sharers(t, 3)
			find := fmt.Sprintf(`pm.environment.set('found', String((%s) || 'nothing'));`, c.find)
			for _, s := range all[:2] {
				s.run(script.Prerequest, `pm.environment.set('a', 1);`)
				s.run(script.Prerequest, c.leave)
			}
			for i, want := range []string{"mine", "mine", "nothing"} {
				if got := all[i].run(script.Test, find); got != want {
					t.Errorf("sandbox %d finds %s, want %s", i, got, want)
				}
			}
		})
	}
}

// Many sandboxes have as many realms as scripts run at once. One that waits for an
// answer holds nobody up.
func TestFewRealmsForManySandboxes(t *testing.T) {
	all := sharers(t, 50)
	pool := all[0].box.pool
	var waiting, working sync.WaitGroup
	held := all[:cap(pool.turns)+1]
	for _, s := range held {
		waiting.Go(func() {
			s.run(script.Prerequest, `pm.sendRequest('http://localhost/', () => pm.environment.set('found', 'answer'));`)
		})
	}
	for _, s := range held {
		<-s.asked
	}
	for _, s := range all[len(held):] {
		working.Go(func() {
			for range 5 {
				s.run(script.Test, `pm.test('a', () => pm.response.to.have.status(200));`)
			}
		})
	}
	working.Wait()
	for _, s := range held {
		close(s.hold)
	}
	waiting.Wait()
	for _, s := range held {
		if v, _ := s.env.Get("found"); v != "answer" {
			t.Errorf("found is %v", v)
		}
	}
	for i, s := range all[len(held):] {
		if !s.shares() {
			t.Errorf("sandbox %d has a realm of its own", i)
		}
	}
	if n, most := len(pool.free), len(held)+cap(pool.turns); n > most {
		t.Errorf("%d realms were opened, want at most %d", n, most)
	}
}

// A realm that no script has needed for some time is given up when another is free.
func TestSharedRealmsRest(t *testing.T) {
	all := sharers(t, 2)
	pool := all[0].box.pool
	var realms []*realm
	for range 2 {
		r, err := pool.take(all[0].box.programs)
		if err != nil {
			t.Fatal(err)
		}
		realms = append(realms, r)
	}
	pool.put(realms[0])
	realms[0].shared.since = realms[0].shared.since.Add(-2 * longestRest)
	pool.put(realms[1])
	if realms[0].vm.InUse() || len(pool.free) != 1 || pool.free[0] != realms[1] {
		t.Error("the realm that rests is still there")
	}
}

// With the last sandbox go the realms.
func TestSharedRealmsEnd(t *testing.T) {
	all := sharers(t, 2)
	all[0].run(script.Test, `1;`)
	pool := all[0].box.pool
	r := pool.free[0]
	for _, s := range all {
		if !r.vm.InUse() {
			t.Fatal("the realm has ended too early")
		}
		s.box.Close()
	}
	if r.vm.InUse() || len(pool.free) > 0 {
		t.Error("the realm was not ended")
	}
}

// A sandbox that was alone for a while has left things that nobody looked for then.
// They stay its own, even if a baseline is taken after it.
func TestWhatWasLeftAlone(t *testing.T) {
	for name, leave := range map[string]struct{ script, next string }{
		"before another kind of script": {`left = 'mine';`, `1;`},
		"before a library":              {`String.prototype.left = 'mine'`, `require('counter');`},
		"before SugarJS":                {`Object.prototype.left = 'mine';`, `({ first: 1 }).first;`},
	} {
		t.Run(name, func(t *testing.T) {
			first := sharers(t, 1)[0]
			first.run(script.Prerequest, leave.script)
			first.run(script.Test, leave.next)
			second := &sharer{Host: first.Host, t: t, env: vars.NewScope("environment")}
			second.box = joined(t, first, second)
			first.run(script.Test, `1;`)
			if got := second.run(script.Test, `pm.environment.set('found', typeof left + typeof ''.left);`); got != "undefinedundefined" {
				t.Errorf("another sandbox finds %s", got)
			}
		})
	}
}

// LeftNothing reports whether the scripts of a sandbox have left its realm as it was,
// and Loaded how much they have loaded.
func LeftNothing(box script.Sandbox) bool {
	s := box.(*sandbox)
	return s.realm == nil || s.realm.leftNothing(s.last)
}

func Loaded(box script.Sandbox) int { return len(box.(*sandbox).pool.lessons()) }

// A stopper is a sharer that ends a script which prints something.
type stopper struct {
	sharer
	stop context.CancelFunc
}

func (s *stopper) Console(string, []script.Message) { s.stop() }

// Scripts that need no machine, but for what they met, leave nothing in one: those
// after them need none.
func TestPlainScriptsTouchNothing(t *testing.T) {
	host := &stopper{}
	box, err := New().Open(t.Context(), host, script.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	for _, c := range []struct {
		source  string
		touched bool
	}{
		{`pm.test("a", () => pm.expect(1).to.equal(2))`, false},
		{`throw new Error("a")`, false},
		{`console.log("stop"); while (true) {}`, true}, // it may be stopped anywhere
		{`pm.test("a", () => pm.expect(1).to.equal(2))`, true},
	} {
		ctx, stop := context.WithCancel(t.Context())
		host.stop = stop
		if _, err := box.Run(ctx, &script.Script{Name: "script", Listen: script.Test, Source: c.source}, &script.Context{Scopes: &vars.Stack{}}); err != nil {
			t.Fatal(err)
		}
		stop()
		if s := box.(*sandbox); s.realm != nil && s.untouched() == c.touched {
			t.Errorf("%s: the realm was touched: %v", c.source, !c.touched)
		}
	}
}

// joined opens a second sandbox of the same engine.
func joined(t *testing.T, first, second *sharer) *sandbox {
	t.Helper()
	box := &sandbox{programs: first.box.programs, host: second, options: first.box.options, pool: first.box.pool}
	box.pool.join()
	t.Cleanup(func() { box.Close() })
	return box
}

// BenchmarkLeftNothing is the look at a realm after a script.
func BenchmarkLeftNothing(b *testing.B) {
	box, err := New().Open(b.Context(), &sharer{}, script.Options{Share: true})
	if err != nil {
		b.Fatal(err)
	}
	defer box.Close()
	c := &script.Context{Scopes: &vars.Stack{}, Response: &script.Response{Code: 200, Status: "OK"}}
	if _, err := box.Run(b.Context(), &script.Script{Listen: script.Test, Source: "void 0"}, c); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if !LeftNothing(box) {
			b.Fatal("it has changed")
		}
	}
}
