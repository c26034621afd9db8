//go:build amd64 || arm64

package engine

import "testing"

// Written in Go, JSON is what the engine itself writes, which a function that
// changes nothing has it do.
func TestStringify(t *testing.T) {
	m := opened(t)
	defer m.Drop()
	m.StringifyFast()
	for _, value := range []string{
		`[1, -1, 0, -0, 1.5, 1e21, 1e-7, 123456789012, 5e-324, 1e300, -1.25e-9, 1e-10, 0.000001, 1/3, NaN, Infinity]`,
		`{ a: 1, "b c": "x", "é": "ü", "q\"": [] }`,
		`{ a: undefined, b: () => 1, c: Symbol(), [Symbol()]: 1, d: [undefined, () => 1, Symbol()], e: {} }`,
		`{ only: undefined }`,
		`["\u0000\b\t\n\f\r\u001f\"\\/\u007f\u2028", "é", "Ж", "\ud800", "\udc00\ud800", "😀", "a" + "\ud83d"]`,
		`[{ a: "é" }, { a: "Ж" }, { a: "é" }, { "Ж": 1 }]`,
		`(() => { let s = ''; for (let i = 0; i < 3000; i++) s += 'abc' + i; return [s, { s }]; })()`,
		`{ 10: 'ten', 9: 'nine', b: 1, a: 2, 1.5: 3, '-1': 4, '007': 5 }`,
		`[new Date(0), new Number(1), new String('x'), new Boolean(false), Object(Symbol.iterator), /x/, new Map([[1, 2]]), new Uint8Array(3)]`,
		`{ get a() { return 1; }, b: 2 }`,
		`Object.defineProperty({ b: 2 }, 'hidden', { value: 1 })`,
		`[, 1, , 2]`,
		`Object.assign([1, 2], { extra: 1, toJSON: undefined })`,
		`Object.assign([1, 2], { toJSON: () => 'mine' })`,
		`{ toJSON: () => 'mine' }`,
		`{ toJSON: 1, a: 2 }`,
		`new (class { x = 1; toJSON() { return { key: 'of the class' }; } })()`,
		`new (class extends (class { a = 1; get g() { return 2; } }) { b = 2; #c = 3; })()`,
		`new (class extends Array { toJSON() { return 'list'; } })(3)`,
		`Object.create(null, { a: { value: 1, enumerable: true } })`,
		`Object.create({ inherited: 1 })`,
		`new Proxy({ a: 1 }, { get: () => 2 })`,
		`[new Proxy([1, 2], {})]`,
		`(function () { return arguments; })(1, 2)`,
		`(() => { const o = { a: 1, b: 2, c: 3 }; delete o.b; o.d = 4; return [o, { a: 1, b: 2, c: 3 }]; })()`,
		`(() => { const o = {}; for (let i = 0; i < 200; i++) o['k' + i * 7 % 200] = i; return o; })()`,
		`(() => { let o = {}; for (let i = 0; i < 600; i++) o = { o, a: [i] }; return o; })()`,
		`(() => { const o = { a: [] }; o.a.push({ o }); return o; })()`,
		`(() => { const first = {}; let o = first; for (let i = 0; i < 300; i++) o = { o }; first.back = o; return o; })()`,
		`(() => { const leaf = { leaf: 1 }; let o = leaf; for (let i = 0; i < 300; i++) o = { o }; return [o, o, { leaf, o }]; })()`,
		`[1n]`, `{ a: { b: 1n } }`, `Math`, `globalThis.JSON`, `null`, `'text'`, `true`, `undefined`,
		`(() => { Object.prototype.toJSON = function () { return 'all'; }; return { a: [1] }; })()`,
		`(() => { delete Object.prototype.toJSON; Array.prototype.toJSON = function () { return 'lists'; }; return { a: [1] }; })()`,
		`(() => { delete Array.prototype.toJSON; return { a: [1] }; })()`,
	} {
		for _, gap := range []string{"undefined", "2", "'\\t'", "'é--'", "'Ж'", "20", "-1", "1.5", "true", "new Number(3)"} {
			source := `((gap) => {
				const json = (...more) => { try { return String(JSON.stringify(...more)); } catch (e) { return String(e); } };
				const value = ` + value + `;
				const [fast, own] = [json(value, null, gap), json(value, (key, v) => v, gap)];
				return fast === own ? 'same' : fast + ' instead of ' + own;
			})(` + gap + `)`
			if got := text(t, m, source); got != "same" {
				t.Errorf("%s, %s: %s", value, gap, got)
			}
		}
	}
	if got := text(t, m, `[JSON.stringify.name, JSON.stringify.length, typeof JSON.stringify(null), JSON.stringify({ a: 1 }, ['b'])].join()`); got != "stringify,3,string,{}" {
		t.Error(got)
	}
}

// What is deeper than the engine's own function has a stack for is written, too.
func TestStringifyDeep(t *testing.T) {
	m := opened(t)
	defer m.Drop()
	m.StringifyFast()
	source := `(() => {
		let value = 1;
		for (let i = 0; i < 9000; i++) value = { v: value };
		return String(JSON.stringify(value) === '{"v":'.repeat(9000) + 1 + '}'.repeat(9000));
	})()`
	if got := text(t, m, source); got != "true" {
		t.Error(got)
	}
}
