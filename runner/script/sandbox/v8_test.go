package sandbox_test

import (
	"encoding/json"
	"strings"
	"testing"

	"postie/runner/script"
)

// Messages of errors as V8 words them, and where they point.
func TestErrorWords(t *testing.T) {
	t.Parallel()
	c := newCell(t, script.Options{})
	for _, tt := range []struct {
		source, want string
		line, column int
	}{
		{"\n  x", "x is not defined", 2, 3},
		{"var a; a.b", "Cannot read properties of undefined (reading 'b')", 1, 9},
		{"var a; a['b']", "Cannot read properties of undefined (reading 'b')", 1, 9},
		{"var a = null; a.b = 1", "Cannot set properties of null (setting 'b')", 1, 16},
		{"const c = 1;\nc = 2", "Assignment to constant variable.", 2, 1},
		{"y; let y", "Cannot access 'y' before initialization", 1, 1},
		{"var a = {}; a.foo()", "a.foo is not a function", 1, 18},
		{"var a = {b: {}}; a.b['c']()", "a.b.c is not a function", 1, 26},
		{"var a = 1; new a()", "a is not a constructor", 1, 17},
		{"pm.response.xml()", "pm.response.xml is not a function", 1, 16},
		{"[1].forEach(undefined)", "undefined is not a function", 1, 12},
		{"for (const x of undefined) {}", "undefined is not iterable", 1, 17},
		{"const [x] = null", "null is not iterable", 0, 0},
		{"for (const x of {}) {}", "{} is not iterable", 0, 0},
		{"for (const x of pm.info.list) {}", "pm.info.list is not iterable", 0, 0},
		{"for (const x of Number()) {}", "Number is not a function or its return value is not iterable", 0, 0},
		{"const { token } = pm.info.list", "Cannot destructure property 'token' of 'pm.info.list' as it is undefined.", 0, 0},
		{"const { a: { b } } = {}", "Cannot read properties of undefined (reading 'b')", 0, 0},
		{"Number().foo.bar()", "Cannot read properties of undefined (reading 'bar')", 0, 0},
		{"String().foo()", "String(...).foo is not a function", 0, 0},
		{"var list = {};\nlist\n  .keys\n  .filter()", "Cannot read properties of undefined (reading 'filter')", 0, 0},
		{"var list = {keys: {}};\nlist\n  .keys\n  .filter()", "list.keys.filter is not a function", 0, 0},
		{"var u, key = 'name'; u[key]", "Cannot read properties of undefined (reading 'name')", 0, 0},
		{"const f = (list, i) => list[i]; f(null, 3)", "Cannot read properties of null (reading '3')", 0, 0},
		{"const key = 'k'; (() => { let o = null; o[key] = 1 })()", "Cannot set properties of null (setting 'k')", 0, 0},
		{"[undefined].map(({ id }) => id)", "Cannot destructure property 'id' of 'undefined' as it is undefined.", 0, 0},
		{"[null].map(({ id }) => id)", "Cannot destructure property 'id' of 'object null' as it is null.", 0, 0},
		{"(function (a, { b }) {})(1)", "Cannot destructure property 'b' of 'undefined' as it is undefined.", 0, 0},
		{"const text = 'abc'; 'length' in text", "Cannot use 'in' operator to search for 'length' in abc", 0, 0},
		{"'a' in undefined", "Cannot use 'in' operator to search for 'a' in undefined", 0, 0},
		{"var no; [] instanceof no", "Right-hand side of 'instanceof' is not an object", 0, 0},
		{"var no = {}; [] instanceof no", "Right-hand side of 'instanceof' is not callable", 0, 0},
		{"const Base = undefined; class A extends Base {}", "Class extends value undefined is not a constructor or null", 0, 0},
		{"new Math.max()", "Math.max is not a constructor", 0, 0},
		{"new Math()", "Math is not a constructor", 0, 0},
		{"new (() => 1)()", "(intermediate value) is not a constructor", 0, 0},
		{"new Set({})", "object is not iterable (cannot read property Symbol(Symbol.iterator))", 0, 0},
		{"Array.from(null)", "object null is not iterable (cannot read property Symbol(Symbol.iterator))", 0, 0},
		{"Object.freeze([2, 1]).sort()", "Cannot assign to read only property '0' of object '[object Array]'", 0, 0},
		{"Object.defineProperty(Object.freeze({ a: 1 }), 'a', { value: 2 })", "Cannot redefine property: a", 0, 0},
		{"Object.defineProperty(Object.freeze({}), 'a', { value: 2 })", "Cannot define property a, object is not extensible", 0, 0},
		{"class A { #p; static q(o) { return o.#p } } A.q({})", "Cannot read private member #p from an object whose class did not declare it", 0, 0},
		{"class A {} class B extends A { constructor() { super(); super() } } new B()", "Super constructor may only be called once", 0, 0},
		{"(() => { 'use strict'; const o = { get a() { return 1 } }; o.a = 2 })()", "Cannot set property a of #<Object> which has only a getter", 0, 0},
		{"const o = {}; o.o = o; JSON.stringify(o)", "Converting circular structure to JSON\n    --> starting at object with constructor 'Object'\n    --- property 'o' closes the circle", 0, 0},
		{"const o = { list: [{}] }; o.list[0].up = o.list; JSON.stringify([o])", "Converting circular structure to JSON\n    --> starting at object with constructor 'Array'\n    |     index 0 -> object with constructor 'Object'\n    --- property 'up' closes the circle", 0, 0},
		{"'x'.repeat(-1)", "Invalid count value: -1", 0, 0},
		{"BigInt('z')", "Cannot convert z to a BigInt", 0, 0},
		{"new Promise(1)", "Promise resolver 1 is not a function", 0, 0},
		{"new Set(5)", "number 5 is not iterable (cannot read property Symbol(Symbol.iterator))", 0, 0},
		{"class B extends null {}; new B()", "Super constructor null of B is not a constructor", 0, 0},
		{"new RegExp('(')", "Invalid regular expression: /(/: Unterminated group", 0, 0},
		{"(1).toString(99)", "toString() radix argument must be between 2 and 36", 0, 0},
		{"eval('1 +')", "Unexpected end of input", 0, 0},
		{"(function f() { f() })()", "Maximum call stack size exceeded", 1, 18},
		{"new Array(-1)", "Invalid array length", 1, 10},
		{"try { x } catch (e) { throw e }", "x is not defined", 1, 7},
		{"try { y } catch (e) { throw new Error(e.message) }", "y is not defined", 1, 38},
		{"await null;\nx", "x is not defined", 2, 1},
		{"var u, k = 1; u[k + 1]", "Cannot read properties of undefined (reading '2')", 0, 0},
		{"var u, k = 1; u['x' + k + -k]", "Cannot read properties of undefined (reading 'x1-1')", 0, 0},
		{"var u, k = 5; u[(k - 1) * 2 % 3 / 4]", "Cannot read properties of undefined (reading '0.5')", 0, 0},
		{"var u = null, k = 1; u[`a${k}b${k + 1}`]", "Cannot read properties of null (reading 'a1b2')", 0, 0},
		{"var u, s = 'abc'; u[s.length - 1]", "Cannot read properties of undefined (reading '2')", 0, 0},
		{"var u; u[Symbol.iterator.nope.no]", "Cannot read properties of undefined (reading 'no')", 0, 0},
		{"const { a } = JSON.parse('null')", "Cannot destructure property 'a' of 'JSON.parse(...)' as it is null.", 0, 0},
		{"const { a: { b } } = { a: null }", "Cannot read properties of null (reading 'b')", 0, 0},
		{"const { a: { b: { c } } } = JSON.parse('{\"a\":{\"b\":null}}')", "Cannot read properties of null (reading 'c')", 0, 0},
		{"const { a: [, { b }] } = { a: [1, null] }", "Cannot read properties of null (reading 'b')", 0, 0},
		{"const { x, a: { b } = {} } = { a: null }", "Cannot destructure property 'b' of '{}' as it is null.", 0, 0},
		{"var c; ({ a: { b: c } } = { a: null })", "Cannot read properties of null (reading 'b')", 0, 0},
		{"try { const { a: { b } } = { a: null } } finally { }", "Cannot read properties of null (reading 'b')", 0, 0},
		{"(({ a: { b } }) => b)({ a: null })", "Cannot read properties of null (reading 'b')", 0, 0},
		{"(function (x, { a: { b } }) {})(1, {})", "Cannot read properties of undefined (reading 'b')", 0, 0},
		{"for (const { a } of [{}, null]) {}", "Cannot destructure property 'a' of '.for' as it is null.", 0, 0},
		{"for (const { a: { b } } of [{}]) {}", "Cannot read properties of undefined (reading 'b')", 0, 0},
		{"for (const [a] of [null]) {}", ".for is not iterable", 0, 0},
		{"for (const [k, v] of {}) {}", "{} is not iterable", 0, 0},
		{"for (const x of [1]) {} const o = {}; for (const [k, v] of o) {}", "o is not iterable", 0, 0},
		{"for (const x of [1])\nfor (const [k, v] of pm.info.no) {}", "pm.info.no is not iterable", 0, 0},
		{"var u; Math.max(...u)", "u is not iterable (cannot read property undefined)", 0, 0},
		{"Math.max(1, ...{})", "Spread syntax requires ...iterable[Symbol.iterator] to be a function", 0, 0},
		{"[...5]", "5 is not iterable", 0, 0},
		{"new Map([[1, 2], 3])", "Iterator value 3 is not an entry object", 0, 0},
		{"new WeakMap([null])", "Iterator value null is not an entry object", 0, 0},
		{"Object.fromEntries('ab')", "Iterator value a is not an entry object", 0, 0},
		{"new Map([Symbol('q')])", "Iterator value Symbol(q) is not an entry object", 0, 0},
		{"new RegExp(')')", "Invalid regular expression: /)/: Unmatched ')'", 0, 0},
		{"new RegExp('[b-a]', 'gi')", "Invalid regular expression: /[b-a]/gi: Range out of order in character class", 0, 0},
		{"new RegExp('(?x)')", "Invalid regular expression: /(?x)/: Invalid group", 0, 0},
		{"new RegExp('a', 'gg')", "Invalid flags supplied to RegExp constructor 'gg'", 0, 0},
		{"'x'.match('*')", "Invalid regular expression: /*/: Nothing to repeat", 0, 0},
		{"/a(/g", "Invalid regular expression: /a(/g: Unterminated group", 0, 0},
		{"encodeURIComponent('\\ud800')", "URI malformed", 0, 0},
		{"Math.max.apply(null, 1)", "CreateListFromArrayLike called on non-object", 0, 0},
		{"var a = {}, b = Object.create(a); Object.setPrototypeOf(a, b)", "Cyclic __proto__ value", 0, 0},
		{"var u; return (u())", "u is not a function", 0, 0},
		{"eval('foo bar')", "Unexpected identifier 'bar'", 0, 0},
		{"eval('foo(1, 2')", "missing ) after argument list", 0, 0},
		{"eval('return 1')", "Illegal return statement", 0, 0},
		{"new Function('a b')", "Unexpected identifier 'b'", 0, 0},
		{"eval('let a; let a')", "Identifier 'a' has already been declared", 0, 0},
		{"return (1, 2 }", "Unexpected token '}'", 0, 0},
		{"(() => { 'use strict'; const o = Object.freeze({ a: 1 }); o.b = 2 })()", "Cannot add property b, object is not extensible", 0, 0},
		{"(() => { 'use strict'; const o = Object.freeze({ a: 1 }), k = 'key'; o[k + 1] = 2 })()", "Cannot add property key1, object is not extensible", 0, 0},
		{"(() => { 'use strict'; const o = { list: Object.freeze([1]) }; o.list[0] = 2 })()", "Cannot assign to read only property '0' of object '[object Array]'", 0, 0},
		{"(() => { 'use strict'; const o = Object.freeze({ a: 1 }); delete o.a })()", "Cannot delete property 'a' of #<Object>", 0, 0},
		{"(() => { 'use strict'; const o = { list: Object.freeze([1]) }; delete o.list[0] })()", "Cannot delete property '0' of [object Array]", 0, 0},
		{"const list = Object.freeze([1, 2]); list.push(3)", "Cannot add property 2, object is not extensible", 0, 0},
		{"const list = Object.freeze([1, 2]); list.pop()", "Cannot delete property '1' of [object Array]", 0, 0},
		{"Object.fromEntries(null)", "null is not iterable", 0, 0},
		{"Blob()", "Class constructor Blob cannot be invoked without 'new'", 0, 0},
		{"Promise.any.call(1, [])", "Promise.any called on non-object", 0, 0},
		{"await Promise.any([Promise.reject(1), 2].slice(0, 1))", "All promises were rejected", 0, 0},
		{"class A { get a() { return 1 } } class B { m(o) { o.a = 2 } } new B().m(new A())", "Cannot set property a of #<A> which has only a getter", 0, 0},
		{"(() => { 'use strict'; const s = 'abc'; s.x = 1 })()", "Cannot create property 'x' on string 'abc'", 0, 0},
		{"(() => { 'use strict'; const s = 'abc'; s[0] = 'x' })()", "Cannot assign to read only property '0' of string 'abc'", 0, 0},
		{"(() => { 'use strict'; const s = 'abc'; s.length = 1 })()", "Cannot assign to read only property 'length' of string 'abc'", 0, 0},
		{"(() => { 'use strict'; (5).x = 1 })()", "Cannot create property 'x' on number '5'", 0, 0},
		{"class A { #p = 1; static g(o) { o.#p = 2 } } A.g({})", "Cannot write private member #p to an object whose class did not declare it", 0, 0},
		{"class A { #p = 1; static g(o) { return o.#p } } A.g(null)", "Cannot read properties of null (reading '#p')", 0, 0},
		{"class A { get #a() { return 1 } static g(o) { o.#a = 1 } } A.g(new A())", "'#a' was defined without a setter", 0, 0},
		{"class A { set #a(v) { } static g(o) { return o.#a } } A.g(new A())", "'#a' was defined without a getter", 0, 0},
		{"class A { #m() {} static g(o) { o.#m = 1 } } A.g(new A())", "Private method '#m' is not writable", 0, 0},
		{"const o = { b: {} }; 'k' in o.b.x", "Cannot use 'in' operator to search for 'k' in undefined", 0, 0},
		{"const o = { s: 'text' }; pm.expect('k' in o.s).to.equal(true)", "Cannot use 'in' operator to search for 'k' in text", 0, 0},
		{"const o = {}; [] instanceof o.Type", "Right-hand side of 'instanceof' is not an object", 0, 0},
		{"const o = {}; class A extends o.Base {}", "Class extends value undefined is not a constructor or null", 0, 0},
		{"Object.defineProperty({}, 'a', 1)", "Property description must be an object: 1", 0, 0},
		{"Object.setPrototypeOf(Object.preventExtensions({}), {})", "#<Object> is not extensible", 0, 0},
		{"Reflect.get(1, 'a')", "Reflect.get called on non-object", 0, 0},
		{"new DataView(new ArrayBuffer(1)).getInt16(0)", "Offset is outside the bounds of the DataView", 0, 0},
		{"new DataView(new ArrayBuffer(1), 2)", "Start offset 2 is outside the bounds of the buffer", 0, 0},
		{"new Uint8Array(2).set([1, 2, 3])", "offset is out of bounds", 0, 0},
		{"[1].with(-5, 1)", "Invalid index : -5", 0, 0},
		{"Array.from([1], 'x')", "x is not a function", 0, 0},
		{"new RegExp('\\\\')", "Invalid regular expression: /\\/: \\ at end of pattern", 0, 0},
		{"new RegExp('\\\\q', 'u')", "Invalid regular expression: /\\q/u: Invalid escape", 0, 0},
		{"eval('class A { constructor() {} constructor() {} }')", "A class may only have one constructor", 0, 0},
		{"eval('\"use strict\"; delete x')", "Delete of an unqualified identifier in strict mode.", 0, 0},
		{"eval('-1 ** 2')", "Unary operator used immediately before exponentiation expression. Parenthesis must be used to disambiguate operator precedence", 0, 0},
		{"eval('if (1) let x = 1')", "Lexical declaration cannot appear in a single-statement context", 0, 0},
		{"eval('[...a, b] = c')", "Rest element must be last element", 0, 0},
		{"eval('switch (1) { default: default: }')", "More than one default clause in switch statement", 0, 0},
		{"eval('/a/gg')", "Invalid regular expression flags", 0, 0},
		{"Map.prototype.get.call({}, 1)", "Method Map.prototype.get called on incompatible receiver #<Object>", 0, 0},
		{"const { get } = new Map(); get(1)", "Method Map.prototype.get called on incompatible receiver undefined", 0, 0},
		{"Object.getOwnPropertyDescriptor(Set.prototype, 'size').get.call([])", "Method get Set.prototype.size called on incompatible receiver [object Array]", 0, 0},
		{"const p = { then: Promise.prototype.then }; p.then()", "Method Promise.prototype.then called on incompatible receiver #<Object>", 0, 0},
		{"new Uint16Array(new ArrayBuffer(3))", "byte length of Uint16Array should be a multiple of 2", 0, 0},
		{"new Uint16Array(new ArrayBuffer(5), 2)", "byte length of Uint16Array should be a multiple of 2", 0, 0},
		{"new Float64Array(new ArrayBuffer(16), 4)", "start offset of Float64Array should be a multiple of 8", 0, 0},
		{"new Uint8Array(new ArrayBuffer(4), 5)", "Start offset 5 is outside the bounds of the buffer", 0, 0},
		{"new Uint8Array(new ArrayBuffer(4), 2, 5)", "Invalid typed array length: 5", 0, 0},
		{"let a = ;", "Unexpected token ';'", 1, 9},
		{"a b", "Unexpected identifier 'b'", 1, 3},
		{"const a = 'Überprüfung', b = '😀😀' c", "Unexpected identifier 'c'", 1, 35},
		{"a é", "Unexpected identifier 'é'", 1, 3},
		{"let\u00a0x\u00a0=\u00a01\u00a0y", "Unexpected identifier 'y'", 0, 0},
		{"x = 1;\u00a0)", "Unexpected token ')'", 0, 0},
		{"switch (1) { case 1 }", "Unexpected token '}'", 0, 0},
		{"switch (1) { case 'x' break; }", "Unexpected token 'break'", 0, 0},
		{"({ 'a' })", "Unexpected string", 0, 0},
		{"foo(1 2)", "missing ) after argument list", 1, 7},
		{"'abc", "Invalid or unexpected token", 1, 1},
		{"let z; let z", "Identifier 'z' has already been declared", 1, 13},
		{"const q;", "Missing initializer in const declaration", 1, 8},
		{"function g() { await f() }", "await is only valid in async functions and the top level bodies of modules", 1, 22},
		{"if (true) {", "Unexpected token ')'", 0, 0},
		{"break", "Illegal break statement", 0, 0},
		{"1 = 2", "Invalid left-hand side in assignment", 1, 5},
	} {
		out := c.run(tt.source)
		if out.Err == nil {
			t.Errorf("%q: no error", tt.source)
			continue
		}
		if out.Err.Message != tt.want {
			t.Errorf("%q: %q, want %q", tt.source, out.Err.Message, tt.want)
		}
		if tt.line != 0 && (out.Err.Line != tt.line || out.Err.Column != tt.column) {
			t.Errorf("%q: at %d:%d, want %d:%d", tt.source, out.Err.Line, out.Err.Column, tt.line, tt.column)
		}
	}
	for source, callee := range map[string]string{ // as V8 prints what is called
		"var a = {}; a.foo()":                               "a.foo is not a function",
		"var a = {b: {}}; a['b']['foo']()":                  "a.b.foo is not a function",
		"var a = {}, i = 1; a[i]()":                         "a[i] is not a function",
		"var a = {}, i = 1; a[i + 1]()":                     "a[(i + 1)] is not a function",
		"var a = {}; a?.foo()":                              "a?.foo is not a function",
		"var f = () => 1; f()()":                            "f(...) is not a function",
		"var f = () => ({}); f(1, f())['a']()":              "f(...).a is not a function",
		"new Date().foo()":                                  "(intermediate value).foo is not a function",
		"5..foo()":                                          "5.foo is not a function",
		"'a(b'.foo()":                                       `"a(b".foo is not a function`,
		"`a${1}b`.foo()":                                    "1.foo is not a function",
		"/[)]/g.foo()":                                      "/[)]/g.foo is not a function",
		"[1, 'a', {}].foo()":                                `[1,"a",{}].foo is not a function`,
		"(function () { ')' }).foo()":                       "(intermediate value).foo is not a function",
		"(() => 1)()()":                                     "(intermediate value)(...) is not a function",
		"var a, b; (a || b)()":                              "(a || b) is not a function",
		"var a = 1; (a ? a.b : 2)()":                        "(intermediate value)(intermediate value)(intermediate value) is not a function",
		"class A { #p = 1; m() { this.#p() } } new A().m()": "this[#p] is not a function",
		"var a = {}; new a.b()":                             "a.b is not a constructor",
		"var a = 1; new a":                                  "a is not a constructor",
		"var a = {}; a.b`x`":                                "a.b is not a function",
		"var x = '€€😀'; var ünï = {}; ünï.föö()":            "ünï.föö is not a function",
		"var a = {}; a /* c( */ . /* d */ foo /* e */ ()":   "a.foo is not a function",
		"var a = {b: {}}; a\n  .b // x()\n  .foo()":         "a.b.foo is not a function",
		"var a = {}; return a.foo(')')":                     "a.foo is not a function",
		"var a = {}; `${a.foo('`')}`":                       "a.foo is not a function",
		"eval('var zz = {}; zz.nope()')":                    "zz.nope is not a function",
		"eval(\"var s = '€'; var o = {}; o.bar()\")":        "o.bar is not a function",
		"new Function('var o = {};\\n\\n o.quux(1);')()":    "o.quux is not a function",
		"(0, eval)('var qq = 1; qq()')":                     "qq is not a function",
		"(0, eval)('var fn = () => fn.nope()'); fn()":       "fn.nope is not a function",
		"var a = {}; [1].forEach(a.foo)":                    "undefined is not a function",
		"[1].forEach({})":                                   "#<Object> is not a function",
		"[1].find(/x/)":                                     "[object RegExp] is not a function",
		"throw new TypeError('not a function')":             "not a function",
	} {
		if out := c.run(source); out.Err == nil || out.Err.Message != callee {
			t.Errorf("%q: %+v, want %q", source, out.Err, callee)
		}
	}
	c.succeeds(`
		pm.test("a script sees them too", () => {
			try { nope } catch (e) { pm.expect(e.message).to.equal("nope is not defined"); }
			pm.expect(() => pm.foo()).to.throw(TypeError, "pm.foo is not a function");
			try { (function f() { f(); })(); } catch (e) { pm.expect(e).to.be.instanceOf(RangeError); pm.expect(String(e)).to.equal("RangeError: Maximum call stack size exceeded"); }
			pm.expect(typeof InternalError).to.equal("undefined");
		});`)
}

// What JSON throws has one name, whoever threw it, as in Postman.
func TestJSONErrors(t *testing.T) {
	t.Parallel()
	c := newCell(t, script.Options{})
	c.succeeds(`
		const caught = (f) => { try { f() } catch (e) { return e } };
		const same = (error, type) => pm.test(type.name, () => {
			pm.expect(error).to.be.instanceof(type);
			pm.expect(error.name).to.equal("JSONError");
		});
		const ring = {};
		ring.ring = ring;
		same(caught(() => JSON.parse("{")), SyntaxError);
		same(caught(() => JSON.parse("[1]", () => { throw new RangeError("no") })), RangeError);
		same(caught(() => JSON.parse("[1]", () => { throw new SyntaxError("no") })), SyntaxError);
		same(caught(() => JSON.stringify(ring)), TypeError);
		same(caught(() => JSON.stringify(1n)), TypeError);
		same(caught(() => JSON.stringify({ toJSON() { throw new EvalError("no") } })), EvalError);
		let calls = 0;
		const counted = { get a() { calls++; return 1 }, ring };
		pm.test("no getter is called to look for the circle", () => {
			caught(() => JSON.stringify(counted));
			pm.expect(calls).to.equal(1);
		});`)
	if len(c.tests) != 7 {
		t.Errorf("%d tests", len(c.tests))
	}
}

// Where a text that is no JSON goes wrong is what newman says, recorded from it.
func TestPlacesOfJSONErrors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ text, want string }{
		{"{{host}}", "Unexpected token 'h' at 1:3\n{{host}}\n  ^"},
		{"{{a}}/x", "Unexpected token 'a' at 1:3\n{{a}}/x\n  ^"},
		{"", "No data, empty input at 1:1\n\n^"},
		{"  ", "No data, only a whitespace at 1:3\n  \n  ^"},
		{"<html>", "Unexpected token '<' at 1:1\n<html>\n^"},
		{"[1,]", "Trailing comma in array at 1:4\n[1,]\n   ^"},
		{"[1,,2]", "Elisions are not supported at 1:5\n[1,,2]\n    ^"},
		{"[", "No data, only a whitespace at 1:2\n[\n ^"},
		{"[1", "Unexpected end of input at 1:3\n[1\n  ^"},
		{"{", "Unexpected end of input at 1:2\n{\n ^"},
		{`{"a":1`, "Unexpected end of input at 1:8\n{\"a\":1\n      ^"},
		{`{"a" 1}`, "Unexpected token '1' at 1:6\n{\"a\" 1}\n     ^"},
		{`{"a":}`, "No value found for key a at 1:6\n{\"a\":}\n     ^"},
		{`{"a":1,}`, "Trailing comma in object at 1:8\n{\"a\":1,}\n       ^"},
		{"{a:1}", "Unexpected token 'a' at 1:2\n{a:1}\n ^"},
		{"{'a':1}", "Unexpected token '\\'' at 1:2\n{'a':1}\n ^"},
		{`{"a":1} x`, "Unexpected token 'x' at 1:9\n{\"a\":1} x\n        ^"},
		{`{"a":1 "b":2}`, "Unexpected token 'b' at 1:9\n{\"a\":1 \"b\":2}\n        ^"},
		{"[1 2]", "Unexpected token '2' at 1:4\n[1 2]\n   ^"},
		{"nul", "Unexpected token 'n' at 1:1\nnul\n^"},
		{"tru", "Unexpected token 't' at 1:1\ntru\n^"},
		{"-", "Bad numeric literal - \"-\" at 1:1\n-\n^"},
		{"-x", "Bad numeric literal - \"-\" at 1:1\n-x\n^"},
		{"1.", "Non-json numeric literal - \"1.\" at 1:2\n1.\n ^"},
		{".5", "Non-json numeric literal - \".5\" at 1:2\n.5\n ^"},
		{"01", "Unexpected token '1' at 1:2\n01\n ^"},
		{"1e", "Bad numeric literal - \"1e\" at 1:3\n1e\n  ^"},
		{"1e+", "Bad numeric literal - \"1e+\" at 1:4\n1e+\n   ^"},
		{"+1", "Unexpected token '+' at 1:1\n+1\n^"},
		{`"abc`, "Unexpected end of input at 1:5\n\"abc\n    ^"},
		{"\"a\nb\"", "Unexpected token 'b' at 1:4\n\"a\n  ^"},
		{"\"a\tb\"", "Unexpected control character at 1:3\n\"a\tb\"\n  ^"},
		{`"\x"`, "Unexpected token 'x' at 1:3\n\"\\x\"\n  ^"},
		{`"\u00g1"`, "Bad escape sequence at 1:6\n\"\\u00g1\"\n     ^"},
		{`"\`, "Unexpected end of input at 1:3\n\"\\\n  ^"},
		{"{1:2}", "Wrong key type: 1 at 1:5\n{1:2}\n    ^"},
		{"{\"a\":\n  b}", "No value found for key a at 2:3\n  b}\n  ^"},
		{"[1,\r\n 2,\r\n}", "Unexpected token '}' at 3:1\n}\n^"},
		{`\n`, "Unexpected token '\\\\' at 1:1\n\\n\n^"},
		{"'", "Unexpected token '\\'' at 1:1\n'\n^"},
		{"é", "Unexpected token 'é' at 1:1\né\n^"},
		{"\t}", "Unexpected token '}' at 1:2\n\t}\n\t^"},
		{"{[1]:2}", "Wrong key type: 1 at 1:7\n{[1]:2}\n      ^"},
		{`{"toString":1,}x`, "Unexpected token 'x' at 1:16\n{\"toString\":1,}x\n               ^"},
		{`["yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy",}`, "Unexpected token '}' at 1:95\nyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\",}\n                                                                     ^"},
	} {
		source := "try { JSON.parse(" + quoted(tt.text) + "); } catch (error) { console.log(error.message); }"
		var got string
		if err := json.Unmarshal([]byte(strings.Join(logged(t, script.Test, source, answered("")), "\n")), &got); err != nil || got != tt.want {
			t.Errorf("%q: %q, want %q (%v)", tt.text, got, tt.want, err)
		}
	}
}
