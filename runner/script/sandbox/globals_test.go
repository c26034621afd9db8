package sandbox_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"postie/runner/script"
	"postie/runner/script/sandbox"
)

// Variables and functions of a script named like a global have its value until
// the script gives them another: in Postman globals are parameters of the
// function a script is the body of.
func TestDeclaredGlobals(t *testing.T) {
	t.Parallel()
	c := newCell(t, script.Options{})
	for name, source := range map[string]string{
		"keeps the value":          `var tests = tests || {}; assert(typeof tests === 'object'); tests.counted = true;`,
		"takes another":            `var request = request.method; assert(request === 'GET');`,
		"in a block":               `if (false) { var responseCode = 1 } assert(responseCode.code === 200);`,
		"in a loop":                `for (var data of [1, 2]) {} assert(data === 2);`,
		"by destructuring":         `var { iteration } = { iteration: 5 }; assert(iteration === 5);`,
		"of JavaScript":            `var JSON = JSON || {}; var escape, Array; assert(JSON.parse && escape && Array);`,
		"pm and console":           `var pm, console; assert(pm.test && console.log);`,
		"in a function of its own": `(function () { var tests; assert(tests === undefined) })();`,
		"a function":               `function environment() { return 1 } assert(environment() === 1);`,
		"a function in a block":    `if (true) { function globals() {} } assert(typeof globals === 'object');`,
		"let and const":            `let environment = 5; const request = 6; assert(environment + request === 11);`,
		"only in one script":       `assert(typeof request === 'object' && typeof data === 'object');`,
		"in a script that awaits":  `await null; var tests = tests || 1; assert(typeof tests === 'object');`,
		"not an implicit global":   `var implicit = implicit || 'own'; assert(implicit === 'own');`,
		"not in text":              `var text = "var tests = 1"; /* var tests */ assert(typeof tests === 'object');`,
	} {
		out := c.run(`implicit = 'an earlier script'; `)
		if out.Err != nil {
			t.Fatal(out.Err)
		}
		if out := c.run("function assert(ok) { if (!ok) throw new Error('not so') }\n" + source); out.Err != nil {
			t.Errorf("%s: %s\n%s", name, out.Err.Message, source)
		}
	}
}

// What a script assigns to a global ends with the script, as in Postman, where
// it assigns to a parameter.
func TestAssignedGlobals(t *testing.T) {
	t.Parallel()
	c := newCell(t, script.Options{})
	for name, source := range map[string]string{
		"of JavaScript":           `JSON = 1; assert(JSON === 1)`,
		"the sandbox's own":       `setTimeout = 1; Buffer = 2; require = 3; assert(setTimeout + Buffer + require === 6)`,
		"after its value is read": `Math = Math.max; assert(Math(1, 2) === 2)`,
		"another way":             `Date += ''; URL ||= 1; Promise &&= 0; Set++; --Map; assert(typeof Date === 'string' && typeof Set === 'number')`,
		"in a function":           `function f() { Number = 1 } f(); assert(Number === 1)`,
		"in a test":               `pm.test('t', function () { String = 1 }); assert(String === 1)`,
		"next to a declaration":   `var Math = 1; JSON = 2; let Object = 3; const Array = 4; assert(Math + JSON + Object + Array === 10)`,
		"by destructuring":        `({ Math, a: JSON, ...Date } = { Math: 1, a: 2 }); [Set, [Map = 3]] = [4, []]; assert(Math + JSON + Set + Map === 10 && typeof Date === 'object')`,
		"by a loop":               `for (Number in { k: 1 }) { } for (String of ['v']) { } for ([Map, { RegExp }] of [[1, { RegExp: 2 }]]) { } assert(Number + String + Map + RegExp === 'kv12')`,
		"nothing by delete":       `assert(delete JSON === false && delete setTimeout === false && delete tests === false); assert(JSON && setTimeout && tests)`,
		"a key":                   `var o = {}; o.Error = 1; o = { RegExp: 2 }; assert(o.RegExp === 2)`,
	} {
		c.succeeds("function assert(ok) { if (!ok) throw new Error('not so') }\n" + source)
		c.succeeds(`for (const [value, type] of [[JSON, 'object'], [setTimeout, 'function'], [Buffer, 'function'], [require, 'function'],
			[Math, 'object'], [Date, 'function'], [URL, 'function'], [Promise, 'function'], [Set, 'function'], [Map, 'function'],
			[Number, 'function'], [String, 'function'], [Error, 'function'], [RegExp, 'function'], [tests, 'object']]) {
			if (typeof value !== type) throw new Error(` + "`${value} after: " + name + "`" + `);
		}`)
	}
}

// So does what an evaluated text makes of a global.
func TestEvaluatedGlobals(t *testing.T) {
	t.Parallel()
	c := newCell(t, script.Options{})
	for _, source := range []string{
		`eval('JSON = 5'); assert(JSON === 5)`,
		`(0, eval)('JSON = 5')`,
		`new Function('parseInt = 5')()`,
		`new Function('delete this.parseInt')()`,
		`new Function('this.escape = 2')()`,
		`eval('[Map, { a: Set }] = [1, { a: 2 }]'); assert(Map + Set === 3)`,
		`for (let i = 0; i < 3; i++) eval('Number = ' + i); assert(Number === 2)`,
		`eval('Date++'); JSON.parse('{')`,
		`setTimeout(() => eval('Math = 1'), 1)`,
	} {
		c.run("function assert(ok) { if (!ok) throw new Error('not so') }\n" + source)
		c.succeeds(`
			const types = [JSON, parseInt, escape, Map, Set, Number, Date, Math].map((value) => typeof value).join();
			if (types !== 'object,function,function,function,function,function,function,object') throw new Error(types);`)
	}
	c.succeeds(`(0, eval)('var own = 1; function ownToo() {}'); new Function('third = 3')()`)
	c.succeeds(`if (typeof own + typeof ownToo + typeof third !== 'numberfunctionnumber') throw new Error('gone')`)
}

// A librarian is a cell with libraries, and knows which were asked for.
type librarian struct {
	*cell
	asked []string
}

func (l *librarian) Library(_ context.Context, name string) (*script.Library, error) {
	l.asked = append(l.asked, name)
	return &script.Library{Name: name, Source: "module.exports = function (n) { return n + 1 }; module.exports.VERSION = '3'"}, nil
}

// A chatterer is a cell with a library of Postman's and a package of one's own.
type chatterer struct{ *cell }

func (c *chatterer) Library(_ context.Context, name string) (*script.Library, error) {
	lib := &script.Library{Name: name, Source: "console.warn(" + strconv.Quote(name) + ")"}
	if name != "of one's own" {
		lib.Bytecode = must(sandbox.CompileLibrary(name, lib.Source))
	}
	return lib, nil
}

func must(code []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return code
}

// What Postman's libraries tell the console nobody sees.
func TestSilentLibraries(t *testing.T) {
	t.Parallel()
	c := &chatterer{cell: &cell{t: t}}
	box, err := sandbox.New().Open(t.Context(), c, script.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c.Sandbox = box
	defer box.Close()
	c.succeeds("require('of Postman'); require(\"of one's own\")")
	if len(c.console) != 1 || !strings.Contains(fmt.Sprint(c.console), "of one's own") {
		t.Errorf("%v", c.console)
	}
}

// A library is loaded when something is done with it, not for a variable of its
// name.
func TestDeclaredLibrary(t *testing.T) {
	t.Parallel()
	l := &librarian{cell: &cell{t: t}}
	box, err := sandbox.New().Open(t.Context(), l, script.Options{})
	if err != nil {
		t.Fatal(err)
	}
	l.Sandbox = box
	defer box.Close()
	l.succeeds(`var _ = require('lodash'), CryptoJS;`)
	if len(l.asked) != 1 || l.asked[0] != "lodash" {
		t.Errorf("%q are loaded", l.asked)
	}
	l.succeeds(`
		pm.test('it is whole', () => pm.expect([typeof _, _.VERSION, _(1), 'VERSION' in _, Object.keys(_).join()]).to.eql(['function', '3', 2, true, 'VERSION']));
		var _ = _ || {};`)
}
