package sandbox_test

import (
	"testing"

	"postie/runner/script"
)

// The stack of an error, as a script sees it and as reports have it: V8's first
// line, the frames of scripts alone, ten of them.
func TestErrorStack(t *testing.T) {
	t.Parallel()
	c := newCell(t, script.Options{})
	c.succeeds(`
		const lines = (e) => e.stack.split('\n');
		function f() { null.x }
		pm.test('of the engine', () => {
			try { f() } catch (e) {
				pm.expect(lines(e)[0]).to.equal("TypeError: Cannot read properties of null (reading 'x')");
				pm.expect(lines(e)[1]).to.match(/^    at f \(attack:3:\d+\)$/);
				pm.expect(e.stack).not.to.match(/native|postie/);
			}
		});
		pm.test('made by the script', () => {
			class Mine extends Error { constructor(m) { super(m); this.name = 'Mine'; } }
			pm.expect(lines(new Mine('hi'))[0]).to.equal('Error: hi');
			pm.expect(lines(new RangeError())[0]).to.equal('RangeError');
		});
		pm.test('its length', () => {
			const deep = (n) => (n ? [deep(n - 1)][0] : new Error('deep'));
			pm.expect(lines(deep(30))).to.have.lengthOf(11);
			Error.stackTraceLimit = 2;
			pm.expect(lines(deep(30))).to.have.lengthOf(3);
			Error.stackTraceLimit = 10;
		});
		pm.test('of evaluated code', () => {
			try { eval('\nnull.x') } catch (e) { pm.expect(lines(e)[1]).to.equal('    at <eval> (<anonymous>:2:5)'); }
		});
		pm.test('captured', () => {
			const o = { name: 'O', message: 'm' };
			const make = () => { Error.captureStackTrace(o, make); return o.stack; };
			pm.expect(make().split('\n')[0]).to.equal('O: m');
			pm.expect(make()).not.to.include('make');
		});
		pm.test('of a failed assertion', () => {
			try { pm.expect(1).to.equal(2) } catch (e) { pm.expect(e.stack).to.match(/^AssertionError: expected 1 to equal 2\n    at .*\(attack:\d+:\d+\)/); }
		});`)
	out := c.run("\n\nfunction g() { throw new Error('here') }\n\ng()")
	if want := "Error: here\n    at g (attack:3:31)\n    at <anonymous> (attack:5:2)"; out.Err == nil || out.Err.Stack != want || out.Err.Line != 3 {
		t.Errorf("%+v, want %q", out.Err, want)
	}
}

// What looks like a catch clause in a script's text is left alone, and what is
// one has V8's words without a change of the script.
func TestScriptsStayAsWritten(t *testing.T) {
	t.Parallel()
	c := newCell(t, script.Options{})
	c.succeeds("var text = `\n try { run() } catch (e) {\n}`; pm.test('template', () => pm.expect(text).to.equal('\\n try { run() } catch (e) {\\n}'));" + `
		function f() { try { x } catch (e) { /* catch (e) { */ return e } }
		pm.test('a function', () => pm.expect(String(f)).to.equal('function f() { try { x } catch (e) { /* catch (e) { */ return e } }'));
		var who = "it's me"; try { null.foo } catch (e) { pm.test('words', () => pm.expect(e.message).to.equal("Cannot read properties of null (reading 'foo')")); }
		try { null.foo } catch ({ message }) { pm.test('taken apart', () => pm.expect(message).to.equal("Cannot read properties of null (reading 'foo')")); }
		Promise.reject(null).catch(() => null.foo).catch((e) => pm.test('of a promise', () => pm.expect(e.message).to.equal("Cannot read properties of null (reading 'foo')")));
		eval('try { null.foo } catch (e) { var message = e.message }'); pm.test('evaluated', () => pm.expect(message).to.equal("Cannot read properties of null (reading 'foo')"));`)
}
