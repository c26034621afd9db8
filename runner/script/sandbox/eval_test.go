package sandbox_test

import (
	"testing"

	"postie/runner/script"
)

// TestEvalKept: a long text is compiled once for each place it is evaluated at,
// and means what it means there and then.
func TestEvalKept(t *testing.T) {
	t.Parallel()
	for name, source := range map[string]string{
		"declares in the script": `
			eval(long('var a = 1; function f() { return a + 1 }'));
			assert(a === 1 && f() === 2)`,
		"sees the variables around it": `
			function at(n) { let m = n * 2; return eval(long('n + m')) }
			assert(at(1) === 3 && at(10) === 30)`,
		"closes over each call's variables": `
			function counter(n) { return eval(long('() => n++')) }
			const one = counter(1), ten = counter(10);
			assert(one() === 1 && one() === 2 && ten() === 10)`,
		"two places": `
			const text = long('x');
			function a(x) { return eval(text) }
			function b(y, x) { { let x = y; return eval(text) } }
			assert(a(1) === 1 && b(2, 3) === 2 && a(4) === 4)`,
		"blocks of one function": `
			const text = long('x'), seen = [];
			for (let x = 0; x < 3; x++) { seen.push(eval(text)); { let x = 'in'; seen.push(eval(text)) } }
			assert(seen.join() === '0,in,1,in,2,in')`,
		"strict code keeps its own": `
			(function () { 'use strict'; eval(long('var hidden = 1')); assert(typeof hidden === 'undefined') })()`,
		"this": `
			function me() { return eval(long('this')) }
			const o = {}; assert(me.call(o) === o && me.call(o) === o)`,
		"globally": `
			(0, eval)(long('var everywhere = (typeof everywhere === "number" ? everywhere : 0) + 1'));
			(0, eval)(long('var everywhere = (typeof everywhere === "number" ? everywhere : 0) + 1'));
			assert(everywhere >= 2)`,
		"new Function": `
			const make = () => new Function('a', long('return a * 2'));
			assert(make() !== make() && make()(4) === 8)`,
		"in a callback": `
			[1, 2, 3].forEach((n) => assert(eval(long('n * n')) === n * n))`,
		"the script's globals end with it": `
			assert(typeof atob === 'function');
			eval(long('atob = 1'));
			assert(atob === 1)`,
		"errors come again": `
			for (let i = 0; i < 2; i++) {
				let e; try { eval(long('1 +')) } catch (x) { e = x }
				assert(e instanceof SyntaxError);
				try { eval(long('nobody()')) } catch (x) { e = x }
				assert(e instanceof ReferenceError);
			}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCell(t, script.Options{})
			const tools = `function assert(ok) { if (!ok) throw new Error('not so') }
				function long(text) { return '/*' + 'x'.repeat(5000) + '*/' + text }
				`
			for range 3 { // the second time finds what the first kept
				c.succeeds(tools + source)
			}
		})
	}
}

// TestEvalRoom: more texts than are kept.
func TestEvalRoom(t *testing.T) {
	t.Parallel()
	c := newCell(t, script.Options{})
	c.succeeds(`
		for (let i = 0; i < 2500; i++) {
			const n = i % 1250;
			if (eval(n + '+ n' + ' '.repeat(256)) !== 2 * n) throw new Error('text ' + i);
		}`)
	c.succeeds(`
		const pad = '/*' + 'x'.repeat(1 << 20) + '*/';
		for (let i = 0; i < 12; i++) {
			const n = i % 6;
			if (eval(pad + 'n + ' + n) !== 2 * n) throw new Error('text ' + i);
		}`)
}
