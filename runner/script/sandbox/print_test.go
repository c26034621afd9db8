package sandbox_test

import (
	"testing"

	"postie/runner/script"
)

// Console arguments as node's util.inspect prints what reaches newman, in lines
// of 44.
func TestConsolePrints(t *testing.T) {
	t.Parallel()
	c := newCell(t, script.Options{})
	for _, tt := range []struct{ source, want string }{
		{`console.log()`, "log"},
		{`console.log("it's", 1, -0, null, undefined, true, 10n, NaN)`, `log "it's" 1 0 null undefined true 10n NaN`},
		{`console.log(() => {}, function f() {}, async () => {}, function* g() {})`, "log '[Function]' '[Function: f]' '[AsyncFunction]' '[GeneratorFunction: g]'"},
		{`console.log(new WeakMap(), new ArrayBuffer(3))`, "log '[WeakMap]' '[ArrayBuffer { byteLength: 3 }]'"},
		{`console.log({ a: [1, { b: new Date(0) }], m: new Map([[1, 2]]), s: new Set(["x"]), r: /x/g })`,
			"log {\n  a: [\n    1,\n    { b: 1970-01-01T00:00:00.000Z }\n  ],\n  m: Map(1) { 1 => 2 },\n  s: Set(1) { 'x' },\n  r: /x/g\n}"},
		{`const o = {}; o.o = o; console.log(o)`, "log <ref *1> { o: [Circular *1] }"},
		{`console.warn(new TypeError("x"))`, "warn {\n  type: 'Error',\n  name: 'TypeError',\n  message: 'x'\n}"},
		{`try { nope } catch (e) { console.error(e) }`, "error {\n  type: 'Error',\n  name: 'ReferenceError',\n  message: 'nope is not defined'\n}"},
	} {
		c.console = nil
		c.run(tt.source)
		got := ""
		if len(c.console) > 0 {
			got = c.console[0]
		}
		if got != tt.want {
			t.Errorf("%s prints\n%s\nwant\n%s", tt.source, got, tt.want)
		}
	}
}
