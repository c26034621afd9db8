package engine

import (
	"fmt"
	"strings"
	"testing"
)

// withJSON has the script functions read(text), which is undefined for what is
// left to JSON.parse, and again(), which makes the last value anew.
func withJSON(t testing.TB, m *Machine) {
	t.Helper()
	var last *Document
	functions := map[string]Function{
		"read": func(c *Call) Value {
			if last != nil {
				last.Free()
				last = nil
			}
			v, d, ok := c.ParseJSON(c.Text(0), true)
			if !ok {
				return Undefined
			}
			last = d
			return v
		},
		"again": func(*Call) Value {
			if last == nil {
				return Undefined
			}
			return last.Make()
		},
		"readText": func(c *Call) Value { v, _ := c.ParseJSONText(c.At(0)); return v },
	}
	for name, f := range functions {
		if err := m.Define(name, f); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := m.Eval(compare, 0); err != nil {
		t.Fatal(err)
	}
}

// compare is compare(text): "" when all ways to read it give what JSON.parse
// does. What JSON.parse does not read, none may.
const compare = `
	var shape = (value) => {
		if (value === null || typeof value !== 'object') return Object.is(value, -0) ? '-0' : typeof value + JSON.stringify(value) + String(value);
		if (Object.getPrototypeOf(value) !== (Array.isArray(value) ? Array : Object).prototype) return 'foreign';
		const entries = Reflect.ownKeys(value).map((key) => {
			const { value: member, ...rest } = Object.getOwnPropertyDescriptor(value, key);
			return key + JSON.stringify(rest) + shape(member);
		});
		return (Array.isArray(value) ? '[' : '{') + entries.join();
	};
	var compare = (text, must) => {
		let want;
		try { want = shape(JSON.parse(text)); } catch { want = undefined; }
		for (const read of [globalThis.read, again, readText]) {
			const value = read(text);
			if (value === undefined) { if (must && want !== undefined) return read.name + ' leaves it to JSON.parse'; continue; }
			if (want === undefined) return read.name + ' takes it';
			if (shape(value) !== want) return read.name + ': ' + shape(value) + ' is not ' + want;
		}
		return '';
	};`

var jsonTexts = []string{
	`null`, `true`, `false`, `0`, `-0`, `-0.0`, `1`, `-1`, `2147483647`, `2147483648`, `-2147483648`, `-2147483649`, `123456789012345`,
	`1234567890123456789`, `0.1`, `-12.5e3`, `1e400`, `-1e400`, `1e-400`, `1E+2`, `9007199254740993`, ` [ 1 , 2 ] `, "\t\r\n1",
	`""`, `"a"`, `"é"`, `"€"`, `"😀"`, `"\u00e9"`, `"\u20ac\n\t\"\\\/\b\f\r"`, `"\ud83d\ude00"`, `"\ud83d"`, `"\ude00x"`, `"a\u0000b"`,
	`[]`, `{}`, `[[],{},[{}]]`, `{"a":1,"b":"x","c":[1,2.5,null],"d":{"e":{}}}`,
	`[{"id":1,"n":"a"},{"id":2,"n":"b"},{"n":"c","id":3},{"id":4},{"id":5,"n":"e","x":[]}]`,
	`{"a":1,"a":2}`, `[{"a":1,"b":2,"a":3},{"a":1,"b":2,"a":3}]`, `{"1":1,"0":0,"-1":2,"01":3,"4294967295":4}`, `{"":1}`,
	`{"__proto__":{"x":1},"constructor":1,"toString":2}`, `{"é":1,"a\"b":2,"x\u0041":3,"\ud800":4}`, `[{"é":1,"a":2},{"é":1,"a":2}]`,
	`{"length":3,"0":"a"}`,
}

func TestJSON(t *testing.T) {
	m := opened(t)
	defer m.Drop()
	withJSON(t, m)
	texts := append([]string{}, jsonTexts...)
	for _, n := range []int{15, 17, 63, 64, 65, 200} { // records become tables
		var one, many []string
		for i := range n {
			one = append(one, fmt.Sprintf(`"key%d":%d`, i, i))
			many = append(many, fmt.Sprintf(`{"key%d":{"a":1},"b":%d}`, i, i))
		}
		texts = append(texts, "{"+strings.Join(one, ",")+"}", "["+strings.Join(many, ",")+"]")
	}
	texts = append(texts, strings.Repeat("[", 400)+strings.Repeat("]", 400))
	for range 2 {
		for _, s := range texts {
			if got := text(t, m, fmt.Sprintf("compare(%q, true)", s)); got != "" {
				t.Errorf("%.80s: %.300s", s, got)
			}
		}
	}
}

// What is no JSON is left to JSON.parse, which has the words for it.
func TestNotJSON(t *testing.T) {
	m := opened(t)
	defer m.Drop()
	withJSON(t, m)
	for _, s := range []string{``, ` `, `nul`, `nulls`, `tru`, `01`, `-`, `+1`, `1.`, `.5`, `1e`, `1e+`, `0x1`, `NaN`, `--1`, `-01`, `00`,
		`"`, `"a`, `"\`, `"\u12`, `"\u12g4"`, `"\x"`, "\"\n\"", `'a'`, `[`, `[1`, `[1,`, `[,]`, `[1,]`, `[1 2]`, `]`, `{`, `{"a"`, `{"a":`, `{"a":1`,
		`{"a":1,`, `{"a":1,}`, `{a:1}`, `{"a" 1}`, `{1:1}`, `{"a":1 "b":2}`, `1 2`, `{}{}`, "\ufeff1", "\u00a01", `{"a":{"b":[1,{"c":tru}]}}`,
		strings.Repeat("[", 600) + strings.Repeat("]", 600)} {
		if got := text(t, m, fmt.Sprintf("compare(%q)", s)); got != "" {
			t.Errorf("%.80s: %s", s, got)
		}
		if got := text(t, m, fmt.Sprintf("String(read(%q) === undefined && readText(%q) === undefined)", s, s)); got != "true" {
			t.Errorf("%.80s is taken", s)
		}
	}
}

// Values that were made of one text are nobody else's, and change as others do.
func TestJSONValuesAreApart(t *testing.T) {
	m := opened(t)
	defer m.Drop()
	withJSON(t, m)
	if got := text(t, m, `
		const [a, b] = [read('[{"x":1,"y":{"z":"t"}},{"x":2,"y":{}}]'), again()];
		a[0].x = 'changed'; a[0].more = 1; delete a[0].y.z; a[1].y.w = 1; a.push(a); Object.freeze(a[1]);
		const c = again();
		[JSON.stringify(b), JSON.stringify(c), Object.isFrozen(c[1])].join(' ')`); got !=
		`[{"x":1,"y":{"z":"t"}},{"x":2,"y":{}}] [{"x":1,"y":{"z":"t"}},{"x":2,"y":{}}] false` {
		t.Error(got)
	}
}

// Memory that runs out while values are made is the engine's error, and all of it comes back.
func TestJSONWithoutMemory(t *testing.T) {
	m := opened(t)
	defer m.Drop()
	withJSON(t, m)
	m.SetMemoryLimit(8 << 20)
	if got := text(t, m, `
		const large = '[' + Array.from({ length: 3e4 }, (_, i) => '{"key":"value ' + i + '","n":[' + i + ',"é"]}').join() + ']';
		const left = [];
		for (let i = 0; i < 4; i++) left.push(typeof readText(large), typeof read(large), typeof readText('{"a":[{}]}'));
		[...new Set(left)].join()`); got != "undefined,object" {
		t.Error(got)
	}
	m.SetMemoryLimit(256 << 20)
	if got := text(t, m, `String(readText(large).length)`); got != "30000" {
		t.Error(got)
	}
}

// A machine that is restored has met no keys.
func TestJSONAfterRestore(t *testing.T) {
	m := opened(t)
	defer m.Drop()
	withJSON(t, m)
	text(t, m, `JSON.stringify(read('[{"a":1},{"a":2}]'))`)
	if !m.Freeze(&Images{}) {
		t.Fatal("no image")
	}
	for range 3 {
		if got := text(t, m, `JSON.stringify([readText('[{"a":1,"b":2}]'), readText('[{"a":2}]')])`); got != `[[{"a":1,"b":2}],[{"a":2}]]` {
			t.Error(got)
		}
		m.Restore()
	}
}

// Scripts cannot get in the way of it.
func TestJSONIsThePureKind(t *testing.T) {
	m := opened(t)
	defer m.Drop()
	withJSON(t, m)
	if got := text(t, m, `
		Object.defineProperty(Object.prototype, 'a', { set() { throw 1; }, configurable: true });
		Object.defineProperty(Array.prototype, '0', { set() { throw 2; }, configurable: true });
		const made = readText('[{"a":1,"b":2,"b":3},{"a":1}]');
		delete Object.prototype.a; delete Array.prototype[0];
		JSON.stringify(made)`); got != `[{"a":1,"b":3},{"a":1}]` {
		t.Error(got)
	}
}

func FuzzJSON(f *testing.F) {
	for _, s := range jsonTexts {
		f.Add(s)
	}
	m, err := Open()
	if err != nil {
		f.Fatal(err)
	}
	withJSON(f, m)
	compare, err := m.EvalValue("compare", 0)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		text := m.String(s)
		defer m.Free(text)
		got, err := m.Invoke(&compare, text)
		if err != nil {
			t.Skip(err) // nested too deep for the comparison
		}
		defer m.Free(got)
		if why, _ := m.Text(got); why != "" {
			t.Errorf("%q: %s", s, why)
		}
	})
}
