package sandbox_test

import (
	"fmt"
	"testing"

	"postie/runner/script"
)

// red are checks that fail. The last throws, out of all tests.
const red = `
pm.test("plain", () => pm.expect(1).to.equal(2));
pm.test("deep", () => pm.expect({ a: [1, { b: 2 }] }).to.deep.equal({ a: [1, { b: 3 }] }));
pm.test("status", () => pm.response.to.have.status(404));
pm.test("body", () => pm.expect(pm.response.json().a).to.eql("NO"));
pm.test("included", () => pm.expect([1, 2, 3]).to.include(9));
pm.test("keys", () => pm.expect({ a: 1 }).to.have.all.keys("a", "b"));
pm.test("thrown", () => pm.expect(function () {}).to.throw());
pm.test("async", async () => { throw new Error("x"); });
pm.test("done", (done) => { later(() => done(new Error("x")), 1); });
later(() => pm.test("in a timer", () => { throw new Error("x"); }), 1);
tests["legacy"] = false;
throw new Error("out of all tests");`

// A script may replace whatever the language has: that hides none of its failures.
func TestReplacedBuiltinsHideNoFailure(t *testing.T) {
	t.Parallel()
	poisons := map[string]string{
		"Object.keys":                  `Object.keys = () => []`,
		"Object.prototype.toJSON":      `Object.prototype.toJSON = () => undefined`,
		"toJSON of errors":             `Error.prototype.toJSON = () => undefined`,
		"toJSON of lists":              `Array.prototype.toJSON = () => []`,
		"JSON.stringify":               `JSON.stringify = () => undefined`,
		"JSON":                         `JSON = {}`,
		"Array.isArray":                `Array.isArray = () => true`,
		"Array.prototype.push":         `Array.prototype.push = () => 0`,
		"Array.prototype.indexOf":      `Array.prototype.indexOf = () => 0`,
		"Array.prototype.map":          `Array.prototype.map = () => []`,
		"a setter of the first member": `Object.defineProperty(Array.prototype, "0", { get() {}, set() {}, configurable: true })`,
		"iterators of lists":           `Array.prototype[Symbol.iterator] = function* () {}`,
		"what iterators give next":     `Object.getPrototypeOf([][Symbol.iterator]()).next = () => ({ done: true })`,
		"Function.prototype.call":      `Function.prototype.call = () => undefined`,
		"Function.prototype.apply":     `Function.prototype.apply = () => undefined`,
		"Function.prototype.bind":      `Function.prototype.bind = () => () => undefined`,
		"Symbol.hasInstance":           `Object.defineProperty(Error, Symbol.hasInstance, { value: () => false })`,
		"Map.prototype.get":            `Map.prototype.get = () => undefined`,
		"Map.prototype.set":            `Map.prototype.set = () => undefined`,
		"Map.prototype.values":         `Map.prototype.values = () => []`,
		"Map.prototype.forEach":        `Map.prototype.forEach = () => undefined`,
		"the size of maps":             `Object.defineProperty(Map.prototype, "size", { get: () => 0 })`,
		"Map":                          `Map = function () {}`,
		"Set.prototype.has":            `Set.prototype.has = () => true`,
		"Promise.prototype.then":       `Promise.prototype.then = function () { return this }`,
		"Promise":                      `Promise = function () {}`,
		"Reflect.get":                  `Reflect.get = () => true`,
		"Reflect.set":                  `Reflect.set = () => true`,
		"Reflect.apply":                `Reflect.apply = () => undefined`,
		"String":                       `String = () => ""`,
		"texts":                        `for (const name of ["slice", "replace", "split", "includes"]) String.prototype[name] = () => ""`,
		"RegExp.prototype.test":        `RegExp.prototype.test = () => true`,
		"Error":                        `Object.defineProperty(Error.prototype, "message", { get() { throw 1 }, set() {} })`,
		"console":                      `console = {}`,
		"Symbol.toStringTag":           `Object.prototype[Symbol.toStringTag] = "Promise"`,
		"Date.now":                     `Date.now = () => { throw 1 }`,
	}
	for _, name := range []string{"passed", "error", "skipped", "err", "then", "value", "text", "unset"} {
		poisons["a member of all objects, "+name] = fmt.Sprintf(`Object.defineProperty(Object.prototype, %q, { value: true, writable: true, configurable: true })`, name)
		poisons["a getter of all objects, "+name] = fmt.Sprintf(`Object.defineProperty(Object.prototype, %q, { get() { throw new Error("seen") }, set() {}, configurable: true })`, name)
	}
	for name, poison := range poisons {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCell(t, script.Options{})
			out := c.run("const later = setTimeout;\n" + poison + ";" + red)
			if out.Err == nil {
				t.Error("the script does not fail")
			}
			if asked := newCell(t, script.Options{}); asked.run(poison+`;
				pm.sendRequest("http://127.0.0.1/", (error, response) => pm.test("answered", () => pm.expect(response.code).to.equal(404)))`).Err == nil &&
				(len(asked.tests) != 1 || asked.tests[0].Err == nil) {
				t.Errorf("what an answer fails is hidden: %+v", asked.tests)
			}
			failed := map[string]bool{}
			for _, a := range c.tests {
				failed[a.Name] = a.Err != nil
			}
			for _, test := range []string{"plain", "deep", "status", "body", "included", "keys", "thrown", "async", "done", "in a timer", "legacy"} {
				if !failed[test] {
					t.Errorf("%q does not fail", test)
				}
			}
		})
	}
}
