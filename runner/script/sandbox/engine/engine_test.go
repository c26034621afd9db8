package engine

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

func opened(t *testing.T) *Machine {
	t.Helper()
	m, err := Open()
	if err != nil {
		t.Fatal(err)
	}
	if why := Fallback(); why != "" {
		t.Fatal(why)
	}
	return m
}

// text is what source evaluates to.
func text(t *testing.T, m *Machine, source string) string {
	t.Helper()
	v, err := m.Eval(source, 0)
	if err != nil {
		t.Fatalf("%s: %v", source, err)
	}
	s, _ := v.(string)
	return s
}

// A machine returns its heap when it ends, either way.
func TestHeapsAreReturned(t *testing.T) {
	for name, end := range map[string]func(*Machine){"Close": (*Machine).Close, "Drop": (*Machine).Drop} {
		m := opened(t)
		if !m.InUse() {
			t.Error("a machine at work has no heap")
		}
		if text(t, m, `String("x".repeat(1e6).length)`); m.Peak() < 1e6 {
			t.Errorf("peak %d", m.Peak())
		}
		if end(m); m.InUse() {
			t.Errorf("%s: the machine has a heap still", name)
		}
	}
}

// The limit on memory is kept by machines with heaps of their own.
func TestHeapLimit(t *testing.T) {
	m := opened(t)
	defer m.Close()
	m.SetMemoryLimit(4 << 20)
	for _, source := range []string{`"x".repeat(8e6)`, `const a = []; for (;;) a.push({});`, `new ArrayBuffer(8e6)`} {
		if _, err := m.Eval(source, 0); err == nil {
			t.Errorf("%s stays within 4 MB", source)
		}
	}
	if _, err := m.Eval(`1 + 1`, 0); err != nil {
		t.Error(err)
	}
}

// A restored machine is, byte by byte, what it was when it was frozen.
func TestRestore(t *testing.T) {
	m := opened(t)
	defer m.Drop()
	text(t, m, `var kept = 'kept'`)
	if !m.Freeze(&Images{}) {
		t.Fatal("no image")
	}
	m.heap.restore()
	bytes := func() string {
		var all strings.Builder
		for _, b := range m.heap.image.blocks {
			all.Write(bytesAt(m.heap.image.base+b.at, b.size))
		}
		return all.String()
	}
	image, random := bytes(), text(t, m, `String(Math.random())`)
	for range 3 {
		text(t, m, `var left = Array.from({ length: 1e4 }, (_, i) => 'text ' + i), ring = { left }; ring.ring = ring;
			kept = 'lost'; delete Array.prototype.filter; new ArrayBuffer(1e6); Promise.resolve(1).then(() => left)`)
		m.heap.restore()
		if bytes() != image || len(m.heap.blocks) != len(m.heap.image.blocks) {
			t.Fatal("the heap is another")
		}
		if found := text(t, m, `[typeof left, kept, typeof [].filter].join()`); found != "undefined,kept,function" {
			t.Errorf("found %s", found)
		}
	}
	if m.Restore(); text(t, m, `String(Math.random())`) == random {
		t.Error("random numbers repeat")
	}
}

// A machine that was made as another keeps no whole image, and gets back all that
// was in it: also what only looks like an address.
func TestRestoreFromSharedImage(t *testing.T) {
	var images Images
	first, second, other := opened(t), opened(t), opened(t)
	for _, m := range []*Machine{first, second, other} {
		defer m.Drop()
	}
	text(t, first, `var kept = new Float64Array(100)`)
	text(t, second, `var kept = new Float64Array(100)`)
	text(t, other, `var more = Array.from({ length: 1000 }, (_, i) => ({ i }))`)
	first.Freeze(&images)
	kept := uintptr(0) // in first, where second has the address of its own block
	for _, b := range first.heap.image.blocks {
		kept = first.heap.image.base + b.at
	}
	text(t, second, fmt.Sprintf(`new BigUint64Array(kept.buffer)[3] = %dn; var kept = kept`, kept))
	second.Freeze(&images)
	other.Freeze(&images)
	if !first.SharesImage(second) {
		t.Error("two machines made in the same way have two whole images")
	}
	if other.SharesImage(first) {
		t.Error("machines with other blocks share an image")
	}
	for range 3 {
		text(t, second, `kept.fill(7); Array.from({ length: 1e4 }, (_, i) => 'text ' + i); ''`)
		second.Restore()
		if got, want := text(t, second, `String(new BigUint64Array(kept.buffer)[3]) + kept[4] + typeof [].map`), fmt.Sprintf("%d0function", kept); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// What a long text compiled to is kept, a short text's is not.
func TestEvalCompilesOnce(t *testing.T) {
	m := opened(t)
	defer m.Drop()
	seen := 0
	m.WatchEval(func(string) string { seen++; return "text" }, func(string) func() { return nil })
	for range 3 {
		text(t, m, "function at(x) { return eval('x + ' + ' '.repeat(5000) + 1) + (0, eval)(' '.repeat(5000) + 1) + eval('x') }; at(1)")
		text(t, m, "at(2)")
	}
	// A function declared three times is three functions, the global scope is one.
	if got, want := len(m.ready), 3+1; got != want {
		t.Errorf("%d texts are kept, want %d", got, want)
	}
	if want := 3 + 1 + 6; seen != want {
		t.Errorf("%d texts were seen, want %d", seen, want)
	}
}

// The check finds machines that are not as expected, and does not panic.
func TestCheck(t *testing.T) {
	for name, spoil := range map[string]func(*Machine){
		"an allocator that is not ours": func(m *Machine) { m.heap = nil },
		"a context elsewhere":           func(m *Machine) { m.context = 8 },
		"blocks the heap does not know": func(m *Machine) { clear(m.heap.blocks) },
		"another engine":                func(m *Machine) { _, _ = m.Eval(`delete Array.from`, 0) },
	} {
		m := opened(t)
		spoil(m)
		if m.check() == nil {
			t.Errorf("%s: nothing is found", name)
		}
	}
	m := opened(t)
	defer m.Drop()
	if err := m.check(); err != nil {
		t.Error(err)
	}
	if m.heap.image != nil || m.evaluator != nil {
		t.Error("the check leaves something behind")
	}
}

// A machine without a heap of its own works, but for images.
func TestPlainMachine(t *testing.T) {
	opened(t).Drop()
	ours := engineAllocator
	usePlainHeap()
	m, err := open()
	engineAllocator = ours
	if err != nil {
		t.Fatal(err)
	}
	defer m.Drop()
	seen := 0
	m.WatchEval(func(string) string { seen++; return "text" }, func(string) func() { return nil })
	if got := text(t, m, `String(eval('1 + 1' + ' '.repeat(5000)))`); got != "2" || seen != 1 {
		t.Errorf("%s, %d texts seen", got, seen)
	}
	if m.Freeze(&Images{}) || m.Peak() != 0 {
		t.Error("it has a heap of its own")
	}
	if _, err := m.Eval(`nobody()`, 0); err == nil || errors.Unwrap(err) != nil {
		t.Error(err)
	}
}

// Memory can be taken away from under native code that never looks for an
// interrupt; the machine is dropped then like any other.
func TestRevoke(t *testing.T) {
	for name, source := range map[string]string{
		"a sort of holes":       `[].sort.call({ length: 2 ** 31, get 0() { return 1 } })`,
		"a search in nothing":   `[].indexOf.call({ length: 2 ** 53 - 1 }, 1)`,
		"a copy of nothing":     `[].copyWithin.call({ length: 2 ** 53 - 1 }, 1, 0)`,
		"a product of numbers":  `const n = 3n ** 2000000n; n * n`,
		"a list that grows":     `const a = []; for (;;) a.push({})`,
		"texts that are joined": `let s = ''; for (;;) s = [s, 'x', s.slice(1000)].join('-')`,
	} {
		t.Run(name, func(t *testing.T) {
			m := opened(t)
			defer m.Drop()
			_, err := m.Guard(func() (any, error) {
				time.AfterFunc(50*time.Millisecond, m.Revoke)
				return m.Eval(source, 0)
			})
			if !errors.Is(err, ErrRevoked) || !m.Revoked() {
				t.Errorf("%v", err)
			}
		})
	}
}

// A panic in what works on the machine is an error.
func TestGuard(t *testing.T) {
	m := opened(t)
	defer m.Drop()
	if _, err := m.Guard(func() (any, error) { panic("x") }); !errors.Is(err, ErrPanicked) {
		t.Error(err)
	}
	if v, err := m.Guard(func() (any, error) { return m.Eval("1 + 1", 0) }); err != nil || v != 2 {
		t.Error(v, err)
	}
}

// What a function declares by var and function, as its compiler sees it.
func TestDeclared(t *testing.T) {
	m := opened(t)
	defer m.Drop()
	for _, c := range []struct{ source, want string }{
		{`(function (a) { var b, c = 1; })`, "b c"},
		{`(function () { if (0) { var b; for (var c in {}) { try {} catch (e) { var d } } } })`, "b c d"},
		{`(function () { let b; const c = 1; class D {} { let e } })`, ""},
		{`(function () { function b() { var c } })`, "b"},
		{`(async function () { var { b, c: [d] } = await 1; })`, "b d"},
		{`(function () { "var a"; /var b/; (() => { var c })() })`, ""},
		{`(function (a) { var a; function b() {} })`, "b"},
		{`(function () {})`, ""},
	} {
		_, names, ok := m.CompileFunction(c.source, "test")
		if got := strings.Join(names, " "); !ok || got != c.want {
			t.Errorf("%s declares %q, want %q", c.source, got, c.want)
		}
	}
	if _, _, ok := m.CompileFunction(`(function () { var`, "test"); ok {
		t.Error("it compiles")
	}
}

// Errors are reworded when they are created: of the engine or not, with the
// stack the machine gives them.
func TestWatchErrors(t *testing.T) {
	m := opened(t)
	defer m.Drop()
	m.WatchErrors(func(e *Error) {
		if e.Thrown {
			e.Message = "reworded: " + e.Message
		}
		if e.Message == "reworded: stack overflow" {
			e.Name = "RangeError"
		}
		e.Stack = fmt.Sprintf("%s: %s, %v, %d", e.Name, e.Message, strings.Contains(e.Stack, "at "), e.Frames)
	})
	for _, c := range []struct{ name, source, want string }{
		{"thrown", `try { null.x } catch (e) { e.message }`, "reworded: cannot read property 'x' of null"},
		{"made", `new TypeError('cannot read property').message`, "cannot read property"},
		{"a class of one's own", `class A extends Error {}; new A('a').message + new A('b').stack`, "aError: b, true, 10"},
		{"stack", `new RangeError('a').stack`, "RangeError: a, true, 10"},
		{"by a native function", `try { new Array(-1) } catch (e) { e.message + '|' + e.stack }`, "reworded: invalid array length|RangeError: reworded: invalid array length, true, 10"},
		{"too deep", `function f() { f() } try { f() } catch (e) { String(e instanceof RangeError) }`, "true"},
		{"by a promise", `var got; Promise.resolve().then(() => null.x).catch((e) => { got = e.message }); ''`, ""},
		{"limit", `Error.stackTraceLimit = 3; new Error('a').stack`, "Error: a, true, 3"},
		{"properties of one's own", `const e = new Error('a'); e.code = 1; e.stack = 's'; Object.keys(e) + e.stack`, "codes"},
		{"frozen", `Object.isFrozen(Object.freeze(new Error('a'))) + ''`, "true"},
		{"a message that is no text", `new Error({ toString: () => 'text' }).message`, "text"},
		{"a name that is no text", `class B extends Error { get name() { throw 1 } }; typeof new B('a').stack`, "string"},
	} {
		if got := text(t, m, c.source); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	if _, err := m.ExecutePendingJobs(); err != nil {
		t.Fatal(err)
	}
	if got, want := text(t, m, `got`), "reworded: cannot read property 'x' of null"; got != want {
		t.Errorf("by a promise: %q, want %q", got, want)
	}
	m.SetMemoryLimit(4 << 20)
	for _, source := range []string{`const list = []; for (;;) list.push(new Error('x'))`, `const all = []; for (;;) try { null.x } catch (e) { all.push(e) }`} {
		if _, err := m.Eval(source, 0); err == nil {
			t.Error("it does without memory")
		}
	}
}
