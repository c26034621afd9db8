//go:build amd64 || arm64

package engine

import (
	"strings"
	"testing"
)

// machine is one whose global variable native is f.
func machine(t *testing.T, f Function) *Machine {
	t.Helper()
	m := opened(t)
	t.Cleanup(m.Drop)
	if err := m.Define("native", f); err != nil {
		t.Fatal(err)
	}
	return m
}

// Natives get values as the engine has them, and return new ones.
func TestNative(t *testing.T) {
	for _, tt := range []struct {
		name   string
		native Function
		source string
		want   string
	}{
		{"numbers", func(c *Call) Value {
			a, _ := c.Int(0)
			b, _ := c.Int(1)
			return Number(float64(a + b))
		}, `native(2 ** 40, 2)`, "1099511627778"},
		{"no number", func(c *Call) Value {
			_, fraction := c.Int(0)
			_, text := c.Int(1)
			_, absent := c.Int(7)
			return Bool(fraction || text || absent)
		}, `native(1.5, '1')`, "false"},
		{"an array", func(c *Call) Value {
			d := make([]int32, 2)
			if !c.Ints(c.At(0), 1, d) {
				return Undefined
			}
			return c.NewInts([]int32{d[1], d[0], -1})
		}, `native([1, 2, 3])`, "3,2,-1"},
		{"an array with a hole", func(c *Call) Value { return Bool(c.Ints(c.At(0), 0, make([]int32, 2))) }, `native([1, , 3])`, "false"},
		{"an array with a fraction", func(c *Call) Value { return Bool(c.Ints(c.At(0), 0, make([]int32, 2))) }, `native([1, 1.5])`, "false"},
		{"an object with digits", func(c *Call) Value {
			d := make([]int32, 3)
			return Bool(c.Ints(c.At(0), 0, d) && c.SetInts(c.At(0), 1, []int32{d[2], d[1], 9}))
		}, `(() => { const o = { 2: 30, 1: 20, 0: 10, t: 3 }; return native(o) + JSON.stringify(o); })()`, `true{"0":10,"1":30,"2":20,"3":9,"t":3}`},
		{"an object with a getter", func(c *Call) Value { return Bool(c.Ints(c.At(0), 0, make([]int32, 1))) }, `native({ get 0() { throw 1; } })`, "false"},
		{"an own property", func(c *Call) Value { return c.Own(c.At(0), "data") }, `native({ data: 7 })`, "7"},
		{"an inherited property", func(c *Call) Value { return c.Own(c.At(0), "data") }, `native(Object.create({ data: 7 }))`, "undefined"},
		{"a frozen object", func(c *Call) Value {
			if !c.SetInts(c.At(0), 0, []int32{1}) {
				return c.Thrown()
			}
			return Undefined
		}, `(() => { try { native(Object.freeze({})); return 'kept'; } catch (e) { return e.name; } })()`, "TypeError"},
		{"a text", func(c *Call) Value {
			b, ok := c.Latin1(c.At(0))
			if !ok {
				return Undefined
			}
			return c.NewLatin1([]byte(strings.ToUpper(string(b[:3])) + "\xe9"))
		}, `native('abcdef')`, "ABCé"},
		{"a text put together", func(c *Call) Value {
			b, _ := c.Latin1(c.At(0))
			return Number(float64(len(b)))
		}, `(() => { let s = ''; for (let i = 0; i < 5000; i++) s += 'abc' + i; return native(s); })()`, "33890"},
		{"a wide text", func(c *Call) Value { b, ok := c.Latin1(c.At(0)); return Bool(ok && len(b) > 0) }, `native('aЖ')`, "false"},
		{"characters", func(c *Call) Value {
			u, _ := c.UTF16(c.At(0))
			return c.NewUTF16(append(u[:len(u):len(u)], 0x416))
		}, `native('aЖ') + native('é')`, "aЖЖéЖ"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := text(t, machine(t, tt.native), `String(`+tt.source+`)`); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

// A restored machine has its natives still.
func TestNativesOfRestoredMachines(t *testing.T) {
	m := machine(t, func(*Call) Value { return Number(7) })
	m.Freeze(&Images{})
	for range 3 {
		if got := text(t, m, `const f = native; delete globalThis.native; String(f())`); got != "7" {
			t.Error(got)
		}
		m.Restore()
	}
}

// Objects are found by the properties they have of their own, wherever they
// are, while a script computes.
func TestCallWithObjects(t *testing.T) {
	m := opened(t)
	defer m.Drop()
	seen, err := m.EvalValue(`seen = [], (name, o) => { seen.push(name + o.rareOne); if (o.rareOne === 5) throw o; return o.rareOne === 1; }`, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer seen.Free()
	ticks, yes := 0, 0
	m.WatchTicks(func(bool) int {
		ticks++
		if ticks == 1 {
			yes = m.CallWithObjects(&seen, []Pattern{{Name: "nobody", Names: []string{"nobodyKnows"}}, {Name: "found", Names: []string{"rareOne", "rareTwo"}}}, true)
		}
		return 0
	})
	got := text(t, m, `(() => {
		const hidden = (() => { const o = { rareOne: 1, rareTwo: 2 }; return () => o; })();
		const others = [{ rareOne: 3 }, Object.create(hidden()), { rareTwo: 4 }, class { static rareOne = 5; static rareTwo() {} }];
		for (let i = 0; i < 1e5; i++);
		return String(seen.sort()) + others.length + hidden().rareOne;
	})()`)
	if got != "found1,found541" || yes != 1 || ticks == 0 {
		t.Errorf("%s; %d said yes, %d ticks", got, yes, ticks)
	}
}

// Two functions change places, and stay the objects they are.
func TestExchange(t *testing.T) {
	m := machine(t, Exchange)
	const source = `(() => {
		const a = 'around', plain = function one(x) { return a + this.n + x; }, held = { plain, n: 1 };
		const fast = function two() { return 'fast ' + fast.call({ n: 2 }, 3); };
		const done = native(plain, fast);
		return [done, held.plain === plain, held.plain(0), plain.name, native(plain, Math.sin), native(plain, 1), native()].join();
	})()`
	if got, want := text(t, m, source), "true,true,fast around23,one,false,false,false"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// Functions around a function are those it can call by a name of its own.
func TestAround(t *testing.T) {
	m := machine(t, Around)
	const source = `(() => {
		const n = 1, inner = function () { return n; }, outer = () => [n, inner()];
		const all = [];
		for (let i = 0, f; (f = native(outer, i)) !== null; i++) all.push(f === undefined ? 'none' : f === inner ? 'inner' : 'other');
		return [outer(), all.sort(), native({}, 0)].join();
	})()`
	if got, want := text(t, m, source), "1,1,inner,none,"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// Words are whole.
func TestMentions(t *testing.T) {
	m := machine(t, Mentions)
	const source = `(() => {
		const f = function (a) { return a.clamp + this.t0; };
		return ['a clamp', 'lamp', 't', 't0 clamp', 'clamp no', ''].map((words) => native(f, words)).join() + native(Math.sin, '');
	})()`
	if got, want := text(t, m, source), "true,false,false,true,false,truefalse"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
