package sandbox_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postie/runner/script"
	"postie/runner/script/sandbox"
)

// What scripts of newman's time rely on; each result was read off newman.
func TestOldIdioms(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ source, want string }{
		{`btoa('10 €')`, `"MTAgrA=="`},
		{`btoa('😀')`, `"PQA="`},
		{`[btoa(12), btoa([1, 2]), btoa(Buffer.from('é'))]`, `["MTI=","MSwy","w6k="]`},
		{`atob('aGVsbG8=aGVsbG8=')`, `"hello"`},
		{`[atob('***'), atob('aGk'), atob(' a G k = '), escape(atob('a-_b')), atob('YQ=x')]`, `["","hi","hi","k%EF%DB","a"]`},
		{`Buffer.from('aGVsbG8=aGVsbG8=', 'base64').toString()`, `"hello"`},
		{`[Buffer.of(1, 2, 300).toString('hex'), Buffer.of('5', -1).length, Buffer.of() instanceof Buffer]`, `["01022c",2,true]`},
		{`try { JSON.parse('{x') } catch (e) { [e.constructor === SyntaxError, e.name, e.row, e.column, e instanceof SyntaxError, Object.keys(e)] }`,
			`[true,"JSONError",1,2,true,["column","row","name"]]`},
		{`try { JSON.parse() } catch (e) { [e.message, e.stack.split('\n')[0], e.row === undefined] }`,
			`["\"undefined\" is not valid JSON","JSONError: \"undefined\" is not valid JSON",true]`},
	} {
		lines := logged(t, script.Prerequest, "console.log(eval("+quoted(c.source)+"))", asked())
		if len(lines) == 0 || lines[len(lines)-1] != c.want {
			t.Errorf("%s: %q, want %s", c.source, lines, c.want)
		}
	}
}

// An item, folder or collection without a name has none in scripts.
func TestNameless(t *testing.T) {
	t.Parallel()
	c := asked()
	c.ItemName, c.Current, c.Location = "", "", []string{"C", "", ""}
	got := logged(t, script.Prerequest, `console.log([typeof pm.info.requestName, typeof pm.execution.location.current, typeof pm.execution.location[1], pm.execution.location])`, c)
	if diff := cmp.Diff([]string{`["undefined","undefined","undefined",["C",null,null]]`}, got); diff != "" {
		t.Error(diff)
	}
}

// Methods of the cookie jar call back, or give a promise when there is nobody to
// call; what would end a cookie in the middle is encoded.
func TestCookieJar(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, source, want string }{
		{"a promise", `const r = await pm.cookies.jar().get('http://h.test', 'k'); console.log(r)`, `"v"`},
		{"of all methods", `const jar = pm.cookies.jar(), u = 'http://h.test'; console.log([jar.set(u, 'a', 'b'), jar.set(u, 'c=d'), jar.set(u, { name: 'e', value: 'f' }), jar.getAll(u), jar.unset(u, 'k'), jar.clear(u)].map((p) => p instanceof Promise))`,
			`[true,true,true,true,true,true]`},
		{"a wrong argument", `await pm.cookies.jar().get('', 'k').catch((e) => console.log(e.message))`, `"CookieJar.get() requires a valid url"`},
		{"a wrong argument with a callback", `try { pm.cookies.jar().get('', 'k', () => {}) } catch (e) { console.log(e.message) }`, `"CookieJar.get() requires a valid url"`},
		{"no function", `try { pm.cookies.jar().get('http://h.test', 'k', 5) } catch (e) { console.log(e.message) }`, `"CookieJar.get() requires a callback function"`},
		{"a callback", `console.log(pm.cookies.jar().get('http://h.test', 'k', (e, v) => console.log(v)) === undefined)`, `"v"`},
		{"a semicolon", `await pm.cookies.jar().set('http://h.test', 'k', 'a;b'); console.log((await pm.cookies.jar().getAll('http://h.test')).map((c) => [c.value, c.valueOf()]))`, `[["v","v"],["a%3Bb","a;b"]]`},
		{"a semicolon in an object's value", `console.log(String(await pm.cookies.jar().set('http://h.test', { name: 'k', value: 'a;b', httpOnly: true })))`, `"k=a%3Bb; Path=/; HttpOnly"`},
		{"a line as it is", `console.log(String(await pm.cookies.jar().set('http://h.test', 'k=a; HttpOnly')))`, `"k=a; Path=/; HttpOnly"`},
	} {
		host := &recorder{cookies: []script.Cookie{{Name: "k", Value: "v"}}}
		out := play(t, host, script.Prerequest, c.source, asked())
		if n := len(host.lines); out.Err != nil || n == 0 || host.lines[n-1] != c.want {
			t.Errorf("%s: %q %+v, want %s", c.name, host.lines, out.Err, c.want)
		}
	}
}

// A slow host takes its time with requests of scripts, and knows which ended.
type slow struct {
	*recorder
	ended int
}

func (s *slow) Send(ctx context.Context, r *script.SendRequest) (*script.SendResult, error) {
	select {
	case <-time.After(50 * time.Millisecond):
		s.ended++
		return &script.SendResult{Response: &script.Response{Code: 200}}, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// A script that skips its request while others are in progress waits for those,
// and nothing is made of what they answer.
func TestSkipWithRequestsUnderWay(t *testing.T) {
	t.Parallel()
	host := &slow{recorder: &recorder{}}
	box, err := sandbox.New().Open(t.Context(), host, script.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	out, err := box.Run(t.Context(), &script.Script{Listen: script.Prerequest, Source: `
		pm.sendRequest('http://h.test/', () => { console.log('late'); pm.environment.set('late', 1) });
		setTimeout(() => console.log('late'), 1);
		pm.environment.set('early', 1);
		pm.execution.skipRequest();`}, asked())
	if err != nil || out.Err != nil || !out.Skip || host.ended != 1 || len(host.lines) > 0 || len(out.Environment) != 1 {
		t.Errorf("%v %+v, %d ended, console %q", err, out, host.ended, host.lines)
	}
}

// What the parts of requests and responses have of the SDK's Property.
func TestProperties(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ source, want string }{
		{`const h = pm.request.headers; [h.idx(0).parent() === pm.request, h.__parent === pm.request, pm.request.parent() === undefined]`, `[true,true,true]`},
		{`pm.request.url.query.idx(0).parent() === pm.request.url`, `true`},
		{`pm.environment.values.idx(0).parent() === pm.environment`, `true`},
		{`const h = pm.request.headers.idx(0); h.setParent(pm.environment); h.parent() === pm.environment`, `true`},
		{`pm.request.headers.idx(0).findInParents('method')`, `"POST"`},
		{`const seen = []; pm.request.headers.idx(0).forEachParent({ withRoot: true }, (p) => seen.push(p === pm.request)); seen`, `[true]`},
		{`pm.request.addHeader({ key: 'X', value: '{{a}} {{b}}' }); pm.request.findSubstitutions()`, `["a","b"]`},
		{`pm.request.addHeader({ key: 'X', value: '{{a}} {{b}}' }); pm.request.headers.one('X').toObjectResolved(null, [{ a: 1 }, { a: 2, b: 3 }], { ignoreOwnVariables: true })`, `{"key":"X","value":"1 3"}`},
		{`pm.request.addHeader({ key: 'X', value: '{{a}}' }); pm.request.toObjectResolved({ variables: pm.environment.values }).header.find((h) => h.key === 'X').value`, `"env"`},
		{`try { pm.request.toObjectResolved() } catch (e) { e.message }`, `"Unable to resolve variables. Require a List type property for variable auto resolution."`},
		{`pm.request.describe('what it does'); pm.request.description.content`, `"what it does"`},
		{`[pm.request, pm.request.url, pm.request.url.query, pm.environment.values].map((v) => v.constructor.name)`, `["PostmanRequest","PostmanUrl","PostmanPropertyList","PostmanVariableList"]`},
	} {
		lines := logged(t, script.Prerequest, "console.log(eval("+quoted(c.source)+"))", asked())
		if len(lines) == 0 || lines[len(lines)-1] != c.want {
			t.Errorf("%s: %q, want %s", c.source, lines, c.want)
		}
	}
	for _, c := range []struct{ source, want string }{
		{`pm.response.update({ code: 201 }); [pm.response.code, pm.response.status, pm.response.text(), pm.response.headers.count()]`, `[201,"Created","{}",0]`},
		{`pm.response.update({ body: 'other', header: [{ key: 'A', value: 'b' }] }); [pm.response.code, pm.response.text(), pm.response.headers.get('a')]`, `[200,"other","b"]`},
		{`typeof pm.response.downloadedBytes`, `"number"`},
		{`Object.keys(pm.response.toJSON()).includes('downloadedBytes')`, `false`},
		{`pm.response.headers.idx(0)?.parent() === pm.response`, `true`},
	} {
		lines := logged(t, script.Test, "console.log(eval("+quoted(c.source)+"))", answered("{}"))
		if len(lines) == 0 || lines[len(lines)-1] != c.want {
			t.Errorf("%s: %q, want %s", c.source, lines, c.want)
		}
	}
}

// A test may throw what is no Error: an object's name and message count, whatever
// they are.
func TestThrownValues(t *testing.T) {
	t.Parallel()
	for thrown, want := range map[string]string{
		`{ name: 5, message: 6 }`:    "5: 6",
		`{ message: { a: 1 } }`:      "AssertionError: [object Object]",
		`{ message: ['m'] }`:         "AssertionError: m",
		`{ name: null, message: 0 }`: "null: 0",
		`{ name: 'N' }`:              "N: named",
		`'text'`:                     "AssertionError: named",
		`function () {}`:             "AssertionError: named",
		`Symbol('s')`:                "AssertionError: named",
		`{ message: Symbol('s') }`:   "AssertionError: Symbol(s)",
		`undefined`:                  "AssertionError: named",
	} {
		c := newCell(t, script.Options{})
		c.run(`pm.test('named', () => { throw ` + thrown + ` })`)
		if got := c.tests[0].Err.Name + ": " + c.tests[0].Err.Message; got != want {
			t.Errorf("%s: %q, want %q", thrown, got, want)
		}
	}
}

// A script that throws fails, whatever it throws.
func TestThrowsAnything(t *testing.T) {
	t.Parallel()
	for _, thrown := range []string{"null", "undefined", "false", "0", "''", "Symbol('s')", "[]", "() => 1", "10n"} {
		if out := newCell(t, script.Options{}).run("throw " + thrown); out.Err == nil {
			t.Errorf("throw %s: no error", thrown)
		}
	}
}

// Buffers read, write and turn round what node's do, and refuse what they refuse.
func TestBufferNumbers(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		`Buffer.from('abcd').swap16().toString()`:                                                  `"badc"`,
		`Buffer.from('abcd').swap32().toString()`:                                                  `"dcba"`,
		`Buffer.from('abcdefgh').swap64().toString()`:                                              `"hgfedcba"`,
		`Buffer.from('abc').swap16()`:                                                              `"Buffer size must be a multiple of 16-bits"`,
		`Buffer.from([1, 2, 3, 4, 5, 6]).readUIntLE(0, 6)`:                                         `6618611909121`,
		`Buffer.from([1, 2, 3, 4, 5, 6]).readUIntBE(1, 3)`:                                         `131844`,
		`Buffer.from([255, 254, 253]).readIntBE(0, 3)`:                                             `-259`,
		`const b = Buffer.alloc(6); b.writeUIntLE(0x123456, 0, 3); b.writeIntBE(-5, 3, 3); [...b]`: `[86,52,18,255,255,251]`,
		`Buffer.alloc(1).writeUInt8(256)`:                                                          `"\"value\" argument is out of bounds"`,
		`Buffer.alloc(1).writeInt8(-129)`:                                                          `"\"value\" argument is out of bounds"`,
		`Buffer.alloc(1).writeUInt16LE(1)`:                                                         `"Index out of range"`,
		`Buffer.alloc(1).readUInt16LE(0)`:                                                          `"Trying to access beyond buffer length"`,
		`Buffer.from(new ArrayBuffer(3), 5)`:                                                       `"\"offset\" is outside of buffer bounds"`,
		`Buffer.from(new ArrayBuffer(3), 1, 5)`:                                                    `"\"length\" is outside of buffer bounds"`,
		`[Buffer.from(new ArrayBuffer(3)).length, Buffer.from(new ArrayBuffer(3), 1).length, Buffer.from(new ArrayBuffer(3), 1, 1).length, Buffer.from(new ArrayBuffer(3), 'utf8').length]`: `[3,2,1,3]`,
		`new Blob(['x'], 5)`: `"The \"options\" argument must be a dictionary"`,
		`[new Blob(['x'], null).size, new Blob(['x'], undefined).size, new Blob(['x'], { type: 'A/b' }).type]`: `[1,1,"a/b"]`,
		`new File(['x'])`:                `"The \"fileBits\" and \"fileName\" arguments must be specified"`,
		`Buffer.concat(['x'])`:           `"\"list\" argument must be an Array of Buffers"`,
		`Buffer.compare('a', 'b')`:       `"The \"buf1\", \"buf2\" arguments must be one of type Buffer or Uint8Array"`,
		`Buffer.from('a').equals('a')`:   `"Argument must be a Buffer"`,
		`Buffer.from('a').compare('a')`:  `"The \"target\" argument must be one of type Buffer or Uint8Array. Received type string"`,
		`Buffer.from('a').copy(5)`:       `"argument should be a Buffer"`,
		`Buffer.from('a').indexOf({})`:   `"val must be string, number or Buffer"`,
		`Buffer.from('a').fill('x', 5)`:  `"Out of range index"`,
		`Buffer.from('a').write('x', 5)`: `"Attempt to write outside buffer bounds"`,
		`Buffer.alloc(8).readUInt8(8)`:   `"Trying to access beyond buffer length"`,
		`[Buffer.from('ab').inspect(), Buffer.from('ab').toLocaleString(), Buffer.from('ab').slice(1).offset]`: `["<Buffer 61 62>","ab",1]`,
	} {
		got := logged(t, script.Test, "let out; try { out = eval("+quoted(source)+") } catch (e) { out = e.message } console.log(out)", answered("{}"))
		if len(got) != 1 || got[0] != want {
			t.Errorf("%s: %q, want %s", source, got, want)
		}
	}
}

// Promise.any gives the first value, or all errors in the order of the promises.
func TestPromiseAny(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		`[Promise.reject(1), new Promise((done) => setTimeout(done, 1, 'late')), Promise.resolve('early')]`: `"early"`,
		`[]`: `"AggregateError: All promises were rejected "`,
		`[new Promise((_, fail) => setTimeout(() => fail('a'), 2)), Promise.reject('b')]`: `"AggregateError: All promises were rejected a,b"`,
		`[1]`: `1`,
		`5`:   `"TypeError: number 5 is not iterable (cannot read property Symbol(Symbol.iterator)) undefined"`,
		`[{ then() { throw new Error('of its own') } }]`: `"AggregateError: All promises were rejected Error: of its own"`,
	} {
		got := logged(t, script.Test, "Promise.any("+source+").catch((e) => e + ' ' + e.errors).then((v) => console.log(v))", answered("{}"))
		if len(got) != 1 || got[0] != want {
			t.Errorf("%s: %q, want %s", source, got, want)
		}
	}
}

// Loops see the methods of the SDK's objects and what Postman puts on errors;
// functions have no properties of the engine's own.
func TestSeenInLoops(t *testing.T) {
	t.Parallel()
	c := newCell(t, script.Options{})
	c.succeeds(`
		function seen(object) { const keys = []; for (const key in object) keys.push(key); return ' ' + keys.join(' ') + ' ' }
		function sees(object, want) { for (const key of want.split(' ')) if (!seen(object).includes(' ' + key + ' ')) throw new Error(key + ' of' + seen(object)) }
		sees(pm, 'expect test');
		sees(new Error('x'), 'toJSON');
		sees(pm.request, 'headers addHeader toJSON clone toObjectResolved');
		sees(pm.request.headers, 'members each get parent contentSize');
		sees(pm.request.url, 'host getHost update');
		sees(pm.environment, 'values get set replaceIn');
		function f() {}
		if ('fileName' in f || 'lineNumber' in f || 'columnNumber' in f) throw new Error('those are of the engine');
		if (String(Math.max) !== 'function max() { [native code] }') throw new Error(Math.max);
		if (String(f.bind()) !== 'function () { [native code] }' || String(f) !== 'function f() {}') throw new Error(f.bind());`)
}

// Of a header sent twice the legacy responseHeaders have the last value.
func TestResponseHeaders(t *testing.T) {
	t.Parallel()
	c := answered("{}")
	c.Response.Header = []script.Field{{Name: "Set-Cookie", Value: "a=1"}, {Name: "ETag", Value: "x"}, {Name: "Set-Cookie", Value: "b=2"}}
	got := logged(t, script.Test, `console.log(responseHeaders)`, c)
	if want := `{"Set-Cookie":"b=2","ETag":"x"}`; !slices.Contains(got, want) {
		t.Errorf("%q, want %s", got, want)
	}
}
