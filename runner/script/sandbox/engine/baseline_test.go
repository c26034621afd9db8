//go:build amd64 || arm64

package engine

import "testing"

// watchedMachine is a machine with a few objects and a library's variable, and a
// baseline of them.
func watchedMachine(t *testing.T) *Machine {
	t.Helper()
	m := opened(t)
	t.Cleanup(m.Drop)
	text(t, m, `
		globalThis.list = [1, 'two', {}];
		globalThis.data = { own: 'text', inner: { deep: 1 }, get late() { return 1; } };
		globalThis.date = new Date(0);
		globalThis.own = 1;`)
	m.HideVariables()
	text(t, m, `globalThis.count = (() => { let n = 0; return () => ++n; })()`)
	if !m.TakeBaseline() {
		t.Fatal("no baseline can be taken")
	}
	m.WatchGlobals("test", "own")
	return m
}

// What a script leaves behind is a change, wherever it is.
func TestChanges(t *testing.T) {
	for name, source := range map[string]string{
		"a global":                    `globalThis.left = 1`,
		"a global by assignment":      `left = 1`,
		"a global changed":            `data = {}`,
		"a global deleted":            `delete globalThis.date`,
		"a global made read-only":     `Object.defineProperty(globalThis, 'data', { writable: false })`,
		"a property":                  `data.left = 1`,
		"a property changed":          `data.own = 'other'`,
		"a property changed deeply":   `data.inner.deep = 2`,
		"a property deleted":          `delete data.own`,
		"a property made again":       `delete data.own; data.own = 'text'`,
		"a getter":                    `Object.defineProperty(data, 'late', { get: () => 2 })`,
		"a symbol":                    `data[Symbol('left')] = 1`,
		"an element":                  `list[0] = 2`,
		"an element added":            `list.push(4)`,
		"an element removed":          `list.pop()`,
		"an object of an element":     `list[2].left = 1`,
		"a prototype":                 `Object.setPrototypeOf(data, {})`,
		"no more properties":          `Object.preventExtensions(data)`,
		"frozen":                      `Object.freeze(data.inner)`,
		"a method of the language":    `Array.prototype.left = () => 1`,
		"a method replaced":           `String.prototype.trim = () => ''`,
		"a method deleted":            `delete Array.prototype.map`,
		"a function of an object":     `JSON.parse = () => 1`,
		"a property of a function":    `parseInt.left = 1`,
		"a property of a class":       `Map.prototype.get.left = 1`,
		"the time of a date":          `date.setTime(1)`,
		"the variable of a library":   `count()`,
		"something to do at clean-up": `globalThis.own = new FinalizationRegistry(() => {}); own.register({}, 1)`,
	} {
		m := watchedMachine(t)
		text(t, m, source)
		if m.Unchanged("test") {
			t.Errorf("%s: no change is seen", name)
		}
	}
}

// Whatever a script does with objects of its own, or reads, is none.
func TestNoChanges(t *testing.T) {
	m := watchedMachine(t)
	for _, source := range []string{
		`data.own + data.inner.deep + data.late + list.length + date.getTime()`,
		`(() => { const a = { b: 1 }; a.b = 2; a.c = [1]; a.c.push(2); delete a.b; return Object.freeze(a); })()`,
		`[3, 1, 2].sort().map((n) => n * 2).filter(Boolean).join()`,
		`'a,b'.split(',').concat(['c']).includes('a') + JSON.stringify({ a: [1, { b: null }] }) + JSON.parse('{"a":1}').a`,
		`(() => { class A { #x = 1; get x() { return this.#x; } } return new A().x + new (class extends A {})().x; })()`,
		`/a(.)/gu.exec('ab')[1] + 'aab'.replace(/a/g, 'b') + [...'ab'.matchAll(/./g)].length`,
		`(() => { const m = new Map([[1, {}]]); m.set(2, 3); return new Set(m.keys()).size + new WeakMap().has(m); })()`,
		`(() => { const ring = {}; ring.ring = ring; return typeof ring; })()`,
		`(() => { try { null.x; } catch (e) { return e.stack; } })()`,
		`Math.max(...[1, 2]) + Math.random() + Date.now() + Number('1') + parseInt('2') + encodeURIComponent('ä')`,
		`(() => { function* g() { yield 1; } async function f() { await 1; } f(); return [...g()][0]; })()`,
		`own = 3`,
		`typeof nowhere`,
		`Object.keys(globalThis).length + Object.getOwnPropertyNames(Array.prototype).length`,
		`new Uint8Array(8).fill(1).reduce((a, b) => a + b) + Symbol.for('x').toString() + 10n ** 20n`,
	} {
		text(t, m, source)
		if !m.Unchanged("test") {
			t.Fatalf("a change is seen after %s", source)
		}
	}
	if m.Unchanged("prerequest") {
		t.Error("globals were compared with those of another kind")
	}
}

// A baseline ends with the machine's past, and may be taken anew.
func TestBaselineAnew(t *testing.T) {
	m := watchedMachine(t)
	text(t, m, `data.own = 'other'`)
	if !m.TakeBaseline() {
		t.Fatal("no second baseline can be taken")
	}
	m.WatchGlobals("test", "own")
	if text(t, m, `data.own`); !m.Unchanged("test") {
		t.Error("what was there before is a change")
	}
	if text(t, m, `data.own = 'text'`); m.Unchanged("test") {
		t.Error("the former value is no change")
	}
}

func BenchmarkUnchanged(b *testing.B) {
	m, err := Open()
	if err != nil {
		b.Fatal(err)
	}
	defer m.Drop()
	m.TakeBaseline()
	m.WatchGlobals("test")
	b.ReportAllocs()
	for b.Loop() {
		if !m.Unchanged("test") {
			b.Fatal("a change is seen")
		}
	}
}
