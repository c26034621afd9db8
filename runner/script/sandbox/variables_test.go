package sandbox_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postie/collections/vars"
	"postie/runner/script"
)

// stored runs a script and returns what the outcome has of a variable, printed.
func stored(t *testing.T, source, key string) (*script.Outcome, *recorder, string) {
	t.Helper()
	host := &recorder{}
	out := play(t, host, script.Prerequest, source, asked())
	for _, list := range [][]vars.Change{out.Environment, out.Globals, out.Collection} {
		for _, c := range list {
			if c.Key == key {
				return out, host, string(vars.JSON(c.Value))
			}
		}
	}
	for _, v := range out.Local {
		if v.Key == key {
			if _, ok := v.Value.(vars.Undefined); ok {
				return out, host, "undefined"
			}
			return out, host, string(vars.JSON(v.Value))
		}
	}
	return out, host, ""
}

// What a script stores is written down once, when it ends. Functions are
// called by scripts that read the variable, and never by the runner.
func TestStoredValues(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, source, want string }{
		{"a function", `pm.globals.set('x', () => { throw new Error('called') })`, "null"},
		{"a function in the local scope", `pm.variables.set('x', () => { throw new Error('called') })`, "{}"},
		{"a function in an object", `pm.environment.set('x', { f() { throw new Error('called') }, a: 1 })`, `{"a":1}`},
		{"undefined", `pm.environment.set('x', undefined)`, "null"},
		{"undefined in the local scope", `pm.variables.set('x', {}.nothing)`, "undefined"},
		{"a getter, once", `let n = 0; pm.environment.set('x', { get a() { return ++n } })`, `{"a":1}`},
		{"toJSON, once", `let n = 0; pm.environment.set('x', { toJSON() { return ++n } })`, "1"},
		{"toString is not called", `pm.environment.set('x', { toString() { throw new Error('called') }, a: 1 })`, `{"a":1}`},
		{"an object that changes afterwards", `const o = { a: 1 }; pm.environment.set('x', o); o.a = 2`, `{"a":2}`},
		{"what toJSON does has no effect", `pm.environment.set('x', { toJSON() {
			pm.environment.set('y', 1); pm.test('late', () => {}); console.log('late'); pm.sendRequest('http://h.test/', () => {}); setTimeout(() => {}); return 1 } })`, "1"},
		{"text", `pm.environment.set('x', 'a')`, `"a"`},
	} {
		out, host, got := stored(t, c.source, "x")
		if out.Err != nil || got != c.want {
			t.Errorf("%s: %s, want %s (%+v)", c.name, got, c.want, out.Err)
		}
		if len(host.tests)+len(host.lines)+len(host.sent) > 0 || len(out.Environment) > 1 {
			t.Errorf("%s: %+v %+v", c.name, host, out)
		}
	}
}

// A value that has no JSON form is an error of the script, and nothing else is
// lost.
func TestValuesThatCannotBeKept(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, source, message string
		line                  int
	}{
		{"a BigInt", "pm.environment.set('big', 12n)", "BigInt", 2},
		{"a BigInt in an object", "pm.environment.set('big', { a: [{ b: 1n }] })", "BigInt", 2},
		{"a BigInt in the local scope", "pm.variables.set('big', 1n)", "BigInt", 2},
		{"a ring", "const ring = {}; ring.ring = ring; pm.globals.set('big', ring); pm.globals.set('after', 1)", `"big" cannot be kept: Converting circular structure`, 0},
		{"toJSON throws", "pm.globals.set('big', { toJSON() { throw new Error('no') } })", `"big" cannot be kept: no`, 0},
	} {
		out, _, got := stored(t, "pm.environment.set('before', 'kept'); pm.variables.set('local', 'kept');\n"+c.source, "before")
		if out.Err == nil || !strings.Contains(out.Err.Message, c.message) || out.Err.Line != c.line {
			t.Errorf("%s: %+v", c.name, out.Err)
		}
		if got != `"kept"` || len(out.Local) == 0 {
			t.Errorf("%s: what was set before is lost: %s, %v", c.name, got, out.Local)
		}
	}
}

// clear removes all of a scope, disabled variables too; unset those that are
// enabled.
func TestClear(t *testing.T) {
	t.Parallel()
	out, _, _ := stored(t, `pm.environment.set('gone', 1); pm.environment.clear(); pm.environment.set('b', 2);
		if (pm.environment.has('a') || pm.environment.get('off') || pm.environment.get('b') !== 2) throw new Error('not cleared')`, "")
	env := asked().Scopes.Environment
	env.Apply(out.Environment)
	var keys []string
	for v := range env.All() {
		keys = append(keys, v.Key)
	}
	if diff := cmp.Diff([]string{"b"}, keys); diff != "" || out.Err != nil {
		t.Error(diff, out.Err)
	}
}

// What pm.….mutations says: newman's MutationTracker.
func TestMutations(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ source, want string }{
		{`pm.environment.mutations.count()`, `0`},
		{`pm.environment.set('x', 1); pm.environment.unset('a'); pm.environment.mutations.count()`, `2`},
		{`const m = pm.globals.mutations; pm.globals.set('x', 1); [m.count(), Object.keys(m)]`, `[1,["autoCompact","stream","compacted"]]`},
		{`pm.variables.set('x', 1); pm.variables.mutations`, `{"autoCompact":true,"stream":[],"compacted":{"x":["x",1]}}`},
		{`pm.environment.mutations.track('set', 'x', 7); pm.environment.get('x')`, `7`},
		{`const log = []; pm.environment.set('x', 1); pm.environment.unset('a'); pm.environment.mutations.applyOn({ applyMutation(...a) { log.push(a) } }); log`, `[["set","x",1],["unset","a"]]`},
		{`typeof pm.iterationData.mutations`, `"undefined"`},
	} {
		if diff := cmp.Diff([]string{c.want}, logged(t, script.Prerequest, "console.log(eval("+quoted(c.source)+"))", asked())); diff != "" {
			t.Errorf("%s: %s", c.source, diff)
		}
	}
}

// replaceIn reads templates as requests do; a secret of the vault is not for
// scripts' texts.
func TestReplaceIn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ source, want string }{
		{`pm.variables.replaceIn('<<a>> {{a}} <<nope>> {{nope}} {{ a }}')`, `"env env <<nope>> {{nope}} {{ a }}"`},
		{`pm.variables.replaceIn('{{nest}}')`, `"<env>"`},
		{`pm.environment.set('self', '{{self}}x'); pm.variables.replaceIn('{{self}}')`, `"{{self}}xxxxxxxxxxxxxxxxxxx"`},
		{`pm.environment.set('set', 5); pm.variables.replaceIn(['{{set}}', { k: '{{set}}' }, 1, null])`, `["5",{"k":"5"},1,null]`},
		{`pm.variables.set('f', () => 'called'); pm.variables.set('u', undefined); pm.variables.replaceIn('{{f}}|{{u}}|')`, `"called||"`},
		{`pm.variables.replaceIn('{{vault:key}}')`, `"{{vault:key}}"`},
		{`pm.environment.replaceIn('{{g}} {{a}}')`, `"{{g}} env"`},
	} {
		if diff := cmp.Diff([]string{c.want}, logged(t, script.Prerequest, "console.log(eval("+quoted(c.source)+"))", asked())); diff != "" {
			t.Errorf("%s: %s", c.source, diff)
		}
	}
}

// environment and globals are copies of the script's start, which postman.set…
// changes and pm.… does not.
func TestLegacyScopes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ source, want string }{
		{`pm.environment.set('a', 'new'); pm.environment.set('more', 1); [environment.a, environment.more === undefined]`, `["env",true]`},
		{`environment.a; pm.environment.set('a', 'new'); environment.a`, `"env"`},
		{`pm.globals.clear(); globals.g`, `"glob"`},
		{`postman.setEnvironmentVariable('a', 5); [environment.a, pm.environment.get('a')]`, `["5","5"]`},
		{`postman.clearEnvironmentVariable('a'); environment.a === undefined`, `true`},
		{`postman.clearGlobalVariables(); [Object.keys(globals), pm.globals.get('g') === undefined]`, `[[],true]`},
		{`environment.a = 'own'; [environment.a, pm.environment.get('a')]`, `["own","env"]`},
	} {
		lines := logged(t, script.Prerequest, "console.log(eval("+quoted(c.source)+"))", asked())
		if len(lines) == 0 || lines[len(lines)-1] != c.want {
			t.Errorf("%s: %q, want %s", c.source, lines, c.want)
		}
	}
}
