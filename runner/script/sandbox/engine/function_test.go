package engine

import (
	"errors"
	"strings"
	"testing"

	"modernc.org/quickjs"
)

// eachWay runs a test with what the package knows of the engine's insides, and
// without it.
func eachWay(t *testing.T, test func(t *testing.T, m *Machine)) {
	for _, without := range []string{"", "a test"} {
		t.Run("without="+without, func(t *testing.T) {
			m := opened(t)
			defer m.Drop()
			fallback = without
			defer func() { fallback = "" }()
			test(t, m)
		})
	}
}

// Texts cross in both directions as they are; half a surrogate pair becomes
// U+FFFD on its way to Go, as does a byte that is no UTF-8 on its way from Go.
func TestTextsCross(t *testing.T) {
	eachWay(t, func(t *testing.T, m *Machine) {
		var got string
		define(t, m, "take", func(c *Call) Value { got = c.Text(0); return Undefined })
		define(t, m, "give", func(c *Call) Value { return c.String(got) })
		for _, c := range []struct{ source, want string }{
			{`""`, ""},
			{`"abc"`, "abc"},
			{`"a\0b"`, "a\x00b"},
			{`"caf\xe9"`, "café"},
			{`"\u20ac\u{1f600}"`, "€😀"},
			{`"x\ud800y\udc00"`, "x\uFFFDy\uFFFD"},
			{`"x".repeat(9000) + "y".repeat(9000)`, strings.Repeat("x", 9000) + strings.Repeat("y", 9000)},
			{`"\xe9".repeat(9000) + "\u20ac".repeat(9000) + "\ud83d"`, strings.Repeat("é", 9000) + strings.Repeat("€", 9000) + "\uFFFD"},
			{`undefined`, ""},
			{`({ toString() { return "no" } })`, ""},
		} {
			text(t, m, "take("+c.source+")")
			if got != c.want {
				t.Errorf("%s is %.60q, want %.60q", c.source, got, c.want)
			}
			if back := text(t, m, "give()"); back != c.want {
				t.Errorf("%s comes back as %.60q", c.source, back)
			}
		}
		got = "a\xff\xfeb"
		if back := text(t, m, "give()"); back != "a\uFFFD\uFFFDb" {
			t.Errorf("bytes that are no text come as %q", back)
		}
	})
}

func define(t *testing.T, m *Machine, name string, f Function) {
	t.Helper()
	if err := m.Define(name, f); err != nil {
		t.Fatal(err)
	}
}

// Numbers cross as JavaScript has them, and what is none is 0.
func TestNumbersCross(t *testing.T) {
	m := opened(t)
	defer m.Drop()
	define(t, m, "same", func(c *Call) Value { return Number(c.Number(0)) })
	define(t, m, "not", func(c *Call) Value { return Bool(!c.Bool(0)) })
	define(t, m, "count", func(c *Call) Value { return Number(float64(c.Len())) })
	if got := text(t, m, `[0, -0, 1, -1, 0.5, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), 2 ** 53, NaN, 1 / 0]
		.map((n) => Object.is(same(n), n)).join() + [same(), same('1'), not(true), not(0), not(), count(1, 2)].join()`); got !=
		"true,true,true,true,true,true,true,true,true,true,true"+"0,0,false,true,true,2" {
		t.Error(got)
	}
}

// What a function throws is the script's to catch.
func TestThrow(t *testing.T) {
	m := opened(t)
	defer m.Drop()
	define(t, m, "fail", func(c *Call) Value { return c.Throw("100 % no: " + c.Text(0)) })
	if got := text(t, m, `try { fail("x"); "" } catch (e) { String(e) }`); got != "TypeError: 100 % no: x" {
		t.Error(got)
	}
	fn, err := m.EvalValue(`(function (a, b) { if (a > 1) throw new RangeError("too " + b); 'use strict'; return a + b })`, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer fn.Free()
	word := m.String("much")
	defer m.Free(word)
	got, err := m.Invoke(&fn, Number(1), word)
	if s, _ := m.Text(got); err != nil || s != "1much" {
		t.Error(s, err)
	}
	m.Free(got)
	var e *quickjs.Error
	if _, err = m.Invoke(&fn, Number(2), word); !errors.As(err, &e) || e.Name != "RangeError" || e.Message != "too much" {
		t.Error(err)
	}
}

// A copy has the properties of an object, with their order, attributes, getters
// and private fields, and is its own.
func TestCopy(t *testing.T) {
	eachWay(t, func(t *testing.T, m *Machine) {
		define(t, m, "copy", func(c *Call) Value {
			if c.Len() == 1 {
				return c.Copy(c.At(0))
			}
			return c.Copy(c.At(0), Number(7), c.String("seven"))
		})
		define(t, m, "hide", func(c *Call) Value { c.Hide(c.At(0), c.At(1), c.At(2)); return Undefined })
		got := text(t, m, `
			class P {
				#secret = [1];
				a = 1;
				get secret() { return this.#secret; }
			}
			const from = new P();
			Object.defineProperty(from, 'b', { get() { return this.a + 1; }, enumerable: true });
			Object.defineProperty(from, 'c', { value: 'text', configurable: true });
			from[Symbol.for('d')] = from;
			const to = copy(from);
			from.a = 100;
			const said = [to instanceof P, to !== from, to.a, to.b, to.c, to.secret === from.secret, to[Symbol.for('d')] === from,
				Object.keys(to), JSON.stringify(Object.getOwnPropertyDescriptors(to))];
			const other = copy({ a: 1, b: 2, c: 3 }, 'with others');
			other.d = 4;
			hide(other, 'e', 5);
			hide(Object.freeze({}), 'x', 1);
			delete from.a;
			said.push(JSON.stringify(other), other.e, JSON.stringify(copy(from)), Object.keys(copy({})).length);
			said.join(' ')`)
		want := `true true 1 2 text true true a,b {"a":{"value":1,"writable":true,"enumerable":true,"configurable":true},` +
			`"b":{"enumerable":true,"configurable":false},"c":{"value":"text","writable":false,"enumerable":false,"configurable":true}} ` +
			`{"a":7,"b":"seven","c":3,"d":4} 5 {"b":null} 0`
		if got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	})
}

// Copies live as long as they are used, and no longer.
func TestCopiesAreFreed(t *testing.T) {
	eachWay(t, func(t *testing.T, m *Machine) {
		define(t, m, "copy", func(c *Call) Value { return c.Copy(c.At(0), c.String("x")) })
		m.SetMemoryLimit(8 << 20)
		text(t, m, `const from = { a: 'x', b: { c: ['x'.repeat(1000)] } }; for (let i = 0; i < 5e4; i++) copy(from); from.b.c[0]`)
		if got := text(t, m, `try { const all = []; for (;;) all.push(copy(from)); } catch { 'stopped' }`); got != "stopped" {
			t.Error(got)
		}
	})
}

// Microtasks run until none is left, or until they are interrupted.
func TestRunJobs(t *testing.T) {
	m := opened(t)
	defer m.Drop()
	text(t, m, `var n = 0; (async () => { for (let i = 0; i < 1000; i++) { await i; n++ } })(); ''`)
	if jobs, err := m.RunJobs(); err != nil || jobs < 1000 || m.JobsPending() || text(t, m, `String(n)`) != "1000" {
		t.Error(jobs, err)
	}
	text(t, m, `(function again() { Promise.resolve().then(again) })(); ''`)
	m.Interrupt()
	if _, err := m.RunJobs(); err == nil || !m.JobsPending() {
		t.Error(err)
	}
}
