//go:build amd64 || arm64

package engine

import "testing"

// withData is a machine whose scripts have same and copy.
func withData(t *testing.T) *Machine {
	t.Helper()
	m := opened(t)
	t.Cleanup(m.Drop)
	define(t, m, "same", func(c *Call) Value { return Bool(c.SameData(c.At(0), c.At(1))) })
	define(t, m, "copy", func(c *Call) Value { return c.CopyData(c.At(0)) })
	return m
}

// Plain data is the same, or a definition of equality has to say whether it is.
func TestSameData(t *testing.T) {
	m := withData(t)
	for _, c := range []struct{ a, b, want string }{
		{`{ a: [1, "x", null, true, undefined, 1.5], b: {} }`, `{ b: {}, a: [1, "x", null, true, undefined, 1.5] }`, "true"},
		{`["é", "Ж😀", "ab".repeat(9000) + "c"]`, `["\u00e9", "Ж\ud83d\ude00", "ab".repeat(9000) + "c"]`, "true"},
		{`{ 2: "b", 1: "a" }`, `{ 1: "a", 2: "b" }`, "true"},
		{`[NaN, Infinity, 2 ** 40]`, `[0 / 0, 1 / 0, 2 ** 40]`, "true"},
		{`[0]`, `[-0]`, "false"},
		{`[1]`, `[1, 2]`, "false"},
		{`["a"]`, `["b"]`, "false"},
		{`[1]`, `["1"]`, "false"},
		{`[null]`, `[undefined]`, "false"},
		{`{ a: 1 }`, `{ a: 2 }`, "false"},
		{`{ a: 1 }`, `{ b: 1 }`, "false"},
		{`{ a: undefined }`, `{}`, "false"},
		{`{ a: 1 }`, `[1]`, "false"},
		{`[, 1]`, `[, 1]`, "false"},
		{`Object.assign([1], { x: 1 })`, `Object.assign([1], { x: 1 })`, "false"},
		{`{ get a() { return 1; } }`, `{ get a() { return 1; } }`, "false"},
		{`{ [Symbol.toStringTag]: "Promise" }`, `{ [Symbol.toStringTag]: "Promise" }`, "false"},
		{`Object.create({ a: 1 })`, `Object.create({ a: 1 })`, "false"},
		{`new (class A { x = 1; })()`, `new (class B { x = 1; })()`, "false"},
		{`Object.defineProperty({}, "x", { value: 1 })`, `Object.defineProperty({}, "x", { value: 1 })`, "false"},
		{`(() => { const o = { a: 1, b: 2 }; delete o.b; return o; })()`, `{ a: 1 }`, "false"},
		{`new Date(0)`, `new Date(0)`, "false"},
		{`new Proxy({ a: 1 }, {})`, `{ a: 1 }`, "false"},
		{`1n`, `1n`, "false"},
		{`(() => { const o = {}; o.o = o; return o; })()`, `(() => { const o = {}; o.o = o; return o; })()`, "false"},
		{`(() => { let o = {}; for (let i = 0; i < 9000; i++) o = [o]; return o; })()`, `(() => { let o = {}; for (let i = 0; i < 9000; i++) o = [o]; return o; })()`, "false"},
	} {
		for _, pair := range [][2]string{{c.a, c.b}, {c.b, c.a}} {
			if got := text(t, m, `String(same((`+pair[0]+`), (`+pair[1]+`)))`); got != c.want {
				t.Errorf("%s and %s: %s", pair[0], pair[1], got)
			}
		}
	}
}

// A copy has the same properties and shares no object; what is no plain data is
// not copied.
func TestCopyData(t *testing.T) {
	m := withData(t)
	for _, c := range []struct {
		value string
		plain bool
	}{
		{`{ a: [1, "x", null, { b: 1.5, 2: [], 1: {} }], "Ж": undefined }`, true},
		{`[["a".repeat(9000) + "b".repeat(9000)], "é", "Ж"]`, true},
		{`Object.preventExtensions({ a: 1 })`, true},
		{`(() => { const x = {}; return [x, x]; })()`, true},
		{`(() => { const o = {}; o.o = [o]; return o; })()`, false},
		{`[{ a: [1] }, { a: [2, { b: [new Date(0)] }] }]`, false},
		{`[{ a: 1 }, function () {}]`, false},
		{`Object.freeze({ a: 1 })`, false},
		{`{ get a() { return 1; } }`, false},
		{`{ [Symbol("s")]: 1 }`, false},
		{`Object.create(null)`, false},
		{`[, 1]`, false},
		{`new Map()`, false},
	} {
		source := `(() => {
			const value = (` + c.value + `), made = copy(value);
			if (made === undefined) return 'undefined';
			const apart = (a, b) => typeof a !== 'object' || a === null || a !== b && Object.keys(a).every((key) => apart(a[key], b[key]));
			const alike = (a, b) => typeof a !== 'object' || a === null ? Object.is(a, b) : String(Object.keys(a)) === String(Object.keys(b)) && Object.keys(a).every((key) => alike(a[key], b[key]));
			return String(alike(value, made) && apart(value, made) && Object.isExtensible(made));
		})()`
		want := "undefined"
		if c.plain {
			want = "true"
		}
		if got := text(t, m, source); got != want {
			t.Errorf("%s: %s, want %s", c.value, got, want)
		}
	}
	if got := text(t, m, `(() => { const x = {}, [a, b, c] = copy([x, x, {}]); return [a === b, a === c, a === x].join(); })()`); got != "true,false,false" {
		t.Errorf("an object that is there twice: %s", got)
	}
}
