package packages_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"postie/runner/script"
	"postie/runner/script/packages"
	"postie/runner/script/sandbox"
)

// store has the embedded libraries, or those of the user's cache.
func store(t testing.TB) *packages.Store {
	t.Helper()
	o := packages.Options{}
	if dir, err := os.UserCacheDir(); err == nil {
		o.Cache = filepath.Join(dir, "postie", packages.CacheName())
	}
	s := packages.NewStore(o)
	if _, err := s.Library(t.Context(), "lodash"); err != nil {
		if os.Getenv("POSTIE_REQUIRE_PACKAGES") != "" {
			t.Fatal(err)
		}
		t.Skip("the script libraries are not here: go generate ./runner/script/packages")
	}
	return s
}

// A bench runs scripts with a store's libraries.
type bench struct {
	packages *packages.Store
	own      map[string]string // sources of other packages
	tests    []script.Assertion
}

func (b *bench) Send(context.Context, *script.SendRequest) (*script.SendResult, error) {
	return nil, &script.SendError{Message: "no network"}
}
func (b *bench) Console(string, []script.Message) {}
func (b *bench) Test(a script.Assertion)          { b.tests = append(b.tests, a) }
func (b *bench) Jar() script.Jar                  { return nil }
func (b *bench) Vault() script.Vault              { return nil }
func (b *bench) RunRequest(context.Context, *script.RunRequest) (*script.SendResult, error) {
	return nil, &script.SendError{Message: "no collection"}
}
func (b *bench) Library(ctx context.Context, name string) (*script.Library, error) {
	if source, ok := b.own[name]; ok {
		return &script.Library{Name: name, Source: source}, nil
	}
	return b.packages.Library(ctx, name)
}

func run(t testing.TB, s *packages.Store, source string) *bench {
	t.Helper()
	return (&bench{packages: s}).run(t, source)
}

func (b *bench) run(t testing.TB, source string) *bench {
	t.Helper()
	// The time is the test's to bound: the engine is some fifty times slower
	// under the race detector, and a library may take a second without it.
	box, err := sandbox.New().Open(t.Context(), b, script.Options{Timeout: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	out, err := box.Run(t.Context(), &script.Script{Name: "test", Listen: script.Test, Source: source},
		&script.Context{Response: &script.Response{Code: 404, Status: "Nowhere"}})
	if err != nil {
		t.Fatal(err)
	}
	if out.Err != nil {
		t.Fatalf("%s: %s\n%s", out.Err.Name, out.Err.Message, out.Err.Stack)
	}
	return b
}

// TestLibraries holds every library to an example of its documentation.
func TestLibraries(t *testing.T) {
	t.Parallel()
	s := store(t)
	for name, check := range map[string]string{
		"ajv":                "const v = new m().compile({ type: 'object', required: ['a'] }); return v({ a: 1 }) && !v({})",
		"assert":             "try { m.strictEqual(1, 2); return false } catch (e) { return e instanceof m.AssertionError }",
		"atob":               "return m('aGk=') === 'hi'",
		"backbone":           "return new m.Model({ a: 1 }).get('a') === 1",
		"btoa":               "return m('hi') === 'aGk='",
		"buffer":             "return m.Buffer.from('hé').toString('base64') === 'aMOp'",
		"chai":               "m.expect(1).to.equal(1); m.assert.equal(1, 1); return m.version === '4.3.8'",
		"cheerio":            "return m.load('<ul><li class=\"a\">x</li></ul>')('.a').text() === 'x'",
		"crypto-js":          "return m.MD5('').toString() === 'd41d8cd98f00b204e9800998ecf8427e'",
		"csv-parse/lib/sync": "return m('a,b\\n1,2', { columns: true })[0].b === '2'",
		"events":             "const e = new m(); let n; e.on('x', (v) => { n = v }); e.emit('x', 3); return n === 3",
		"handlebars":         "return m.compile('{{#each a}}<{{this}}>{{/each}}')({ a: [1, 2] }) === '<1><2>'",
		"http-reasons":       "return m[404].name === 'Not Found'",
		"json":               "return m.parse('{\"a\":1}').a === 1",
		"lodash":             "return m.VERSION === '4.17.21' && m.chunk([1, 2, 3], 2).length === 2",
		"lodash3":            "return m.VERSION === '3.10.2' && m.pluck([{ a: 1 }], 'a')[0] === 1",
		"moment":             "return m.utc('2020-02-29').add(1, 'year').format('YYYY-MM-DD') === '2021-02-28'",
		"os":                 "return typeof m.EOL === 'string'",
		"path":               "return m.join('a', '..', 'b.js') === 'b.js' && m.extname('x.y') === '.y'",
		"postman-collection": "return new m.Url('http://a.com/b?c=d').query.get('c') === 'd'",
		"punycode":           "return m.toASCII('mañana.com') === 'xn--maana-pta.com'",
		"querystring":        "return m.stringify({ a: [1, 2], b: 'x y' }) === 'a=1&a=2&b=x%20y'",
		"stream":             "return typeof m.Readable === 'function'",
		"string_decoder":     "return new m.StringDecoder('utf8').write(Buffer.from('é')) === 'é'",
		"timers":             "return typeof m.setTimeout === 'function'",
		"tv4":                "return m.validate(1, { type: 'number' }) && !m.validate('', { type: 'number' })",
		"url":                "return m.parse('http://a.com:1/b?c=d').port === '1'",
		"util":               "return m.format('%s-%d', 'a', 1) === 'a-1' && m.isDeep === undefined",
		"uuid":               "return /^[0-9a-f]{8}-[0-9a-f]{4}-4/.test(m()) && m.v4().length === 36",
		"xml2js":             "let r; m.parseString('<a><b>1</b></a>', { explicitArray: false, async: false }, (e, v) => { r = v }); return r.a.b === '1'",
	} {
		source := "pm.test('it', () => { const m = require('" + name + "'); const ok = (() => { " + check + " })(); if (!ok) throw new Error('no') })"
		for _, a := range run(t, s, source).tests {
			if a.Err != nil {
				t.Errorf("%s: %s: %s\n%s", name, a.Err.Name, a.Err.Message, a.Err.Stack)
			}
		}
	}
}

// SugarJS is on the prototypes for scripts that name its methods, or call
// some by a name that is worked out; eval, new Function and packages of one's
// own count too.
func TestSugar(t *testing.T) {
	t.Parallel()
	libraries := store(t)
	for _, source := range []string{
		`pm.expect([1, 2].first()).to.equal(1)`,
		`const { last } = Array.prototype; pm.expect(last.call([1, 2])).to.equal(2)`,
		`const name = "wo" + "rds"; pm.expect("a b"[name]()).to.have.length(2)`,
		`pm.expect(eval("(4)." + "isEven" + "()")).to.be.true`,
		`pm.expect(new Function("return 'a_b'.camel" + "ize()")()).to.equal("AB")`,
		`pm.expect(require("mine").half).to.equal("mi")`,
		`pm.expect([{ id: 1 }, { id: 2 }].map('id')).to.eql([1, 2])`,
		`const key = 'a'; pm.expect([{ a: 1 }].map(key)).to.eql([1])`,
		`pm.expect([['ab', 'c'].filter(/b/), [1, 2].some(2), [1, 1].every(1), [{ a: 1 }, { a: 2 }].filter({ a: 2 })]).to.eql([['ab'], true, true, [{ a: 2 }]])`,
		`pm.expect([{ n: 2 }, { n: 3 }].sum('n')).to.equal(5)`,
		`pm.expect(() => [1].find(2)).to.throw('2 is not a function')`,
		`pm.expect([[3].map(String), ['1'].map(Number), [1, 2].filter((n) => n > 1)]).to.eql([['3'], [1], [2]])`,
		`Array.prototype.last = () => 'own'; const seen = []; for (const key in [7]) seen.push(key); pm.expect([seen, [7].last()]).to.eql([['0'], 'own'])`,
		`Array.prototype.mine = 1; const seen = []; for (const key in [7]) seen.push(key); pm.expect(seen).to.eql(['0', 'mine']); delete Array.prototype.mine`,
		`const list = [7]; list.last = 1; pm.expect(Object.keys(list)).to.eql(['0', 'last'])`,
		`const seen = []; for (const key in [7].intersect([7])) seen.push(key); pm.expect(seen).to.eql(["0"])`,
	} {
		b := &bench{packages: libraries, own: map[string]string{"mine": `exports.half = "mine".to(2)`}}
		for _, a := range b.run(t, "pm.test('it', () => { "+source+" })").tests {
			if a.Err != nil {
				t.Errorf("%s: %s", source, a.Err.Message)
			}
		}
	}
}

// What pm has counts as instances of the SDK's classes, and the SDK's own do.
func TestSDK(t *testing.T) {
	t.Parallel()
	b := run(t, store(t), `
const sdk = require('postman-collection');
const is = (name, got, want) => pm.test(name, () => pm.expect(got).to.eql(want));
const kinds = (value) => ['Request', 'Response', 'Url', 'Header', 'HeaderList', 'PropertyList', 'Property', 'PropertyBase', 'VariableScope', 'Variable'].filter((name) => value instanceof sdk[name]);
is('response', kinds(pm.response), ['Response', 'Property', 'PropertyBase']);
is('headers', kinds(pm.response.headers), ['HeaderList', 'PropertyList', 'PropertyBase']);
is('scope', kinds(pm.environment), ['Property', 'PropertyBase', 'VariableScope']);
is('list', kinds(pm.environment.values), ['PropertyList', 'PropertyBase']);
is('of its own', kinds(new sdk.Request('http://h')), ['Request', 'Property', 'PropertyBase']);
is('a class of a script', [pm.response instanceof class extends sdk.Response {}, new (class A extends sdk.Header {})() instanceof sdk.Header], [false, true]);
is('others', [{} instanceof sdk.Request, null instanceof sdk.Url, 'x' instanceof sdk.Header], [false, false, false]);
is('it takes them', [new sdk.Response(pm.response).code, sdk.Response.isResponse(pm.response)], [404, true]);`)
	for _, a := range b.tests {
		if a.Err != nil {
			t.Errorf("%s: %s", a.Name, a.Err.Message)
		}
	}
}

// Streams are those of the standard, and those of texts and compressed data.
func TestStreams(t *testing.T) {
	t.Parallel()
	b := run(t, store(t), `
const is = (name, got, want) => pm.test(name, () => pm.expect(got).to.eql(want));
const read = async (stream) => { const out = []; for await (const part of stream) out.push(part); return out; };
const doubled = new TransformStream({ transform: (n, c) => c.enqueue(2 * n) });
const writer = doubled.writable.getWriter(); writer.write(2); writer.write(3); writer.close();
is('transform', await read(doubled.readable), [4, 6]);
is('of a blob', (await read(new Blob(['abc']).stream())).map((part) => [...part]), [[97, 98, 99]]);
for (const format of ['gzip', 'deflate', 'deflate-raw']) {
	const packed = new Blob(['x'.repeat(1000)]).stream().pipeThrough(new CompressionStream(format));
	const [bytes] = await read(packed);
	is(format + ' is smaller', bytes.length < 100, true);
	const [back] = await read(new Blob([bytes]).stream().pipeThrough(new DecompressionStream(format)));
	is(format + ' comes back', new TextDecoder().decode(back), 'x'.repeat(1000));
	is(format + ' cut short', await read(new Blob([bytes.slice(0, 8)]).stream().pipeThrough(new DecompressionStream(format))).catch((e) => e.name), 'TypeError');
}
const texts = new TextEncoderStream(), w = texts.writable.getWriter(); w.write('\ud83d'); w.write('\ude00'); w.close();
is('half a character', (await read(texts.readable)).flatMap((part) => [...part]), [240, 159, 152, 128]);
is('decoded', await read(new Blob(['é']).stream().pipeThrough(new TextDecoderStream())), ['é']);
is('names', [ReadableStream.name, String(new ReadableStream()), typeof ByteLengthQueuingStrategy], ['ReadableStream', '[object ReadableStream]', 'function']);`)
	for _, a := range b.tests {
		if a.Err != nil {
			t.Errorf("%s: %s", a.Name, a.Err.Message)
		}
	}
	if len(b.tests) != 14 {
		t.Errorf("%d tests", len(b.tests))
	}
}

// A response's code is described in the words of a library.
func TestResponseCode(t *testing.T) {
	t.Parallel()
	b := run(t, store(t), `pm.test('it', () => {
	pm.expect(Object.keys(responseCode)).to.eql(['name', 'detail', 'code', 'standardName']);
	pm.expect(responseCode).to.include({ code: 404, name: 'Nowhere', standardName: 'Not Found' });
	pm.expect(responseCode.detail).to.match(/could not be found/);
	pm.expect(pm.response.details()).to.eql(responseCode);
})`)
	if len(b.tests) != 1 || b.tests[0].Err != nil {
		t.Errorf("%+v", b.tests)
	}
}

// TestCryptoVectors are published ones: FIPS 180, RFC 2202, RFC 4231, SP 800-38A.
func TestCryptoVectors(t *testing.T) {
	t.Parallel()
	b := run(t, store(t), `
const C = require('crypto-js'), hex = C.enc.Hex;
const is = (name, got, want) => pm.test(name, () => pm.expect(String(got)).to.equal(want));
is('sha1', C.SHA1('abc'), 'a9993e364706816aba3e25717850c26c9cd0d89d');
is('sha256', C.SHA256('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
is('sha512', C.SHA512('abc'), 'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f');
is('hmac-sha1', C.HmacSHA1('what do ya want for nothing?', 'Jefe'), 'effcdf6ae5eb2fa2d27416d5f184df9c259a7c79');
is('hmac-sha256', C.HmacSHA256('what do ya want for nothing?', 'Jefe'), '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843');
const key = hex.parse('2b7e151628aed2a6abf7158809cf4f3c'), text = hex.parse('6bc1bee22e409f96e93d7e117393172a');
is('aes-ecb', C.AES.encrypt(text, key, { mode: C.mode.ECB, padding: C.pad.NoPadding }).ciphertext, '3ad77bb40d7a3660a89ecaf32466ef97');
is('base64', C.enc.Base64.stringify(C.enc.Utf8.parse('hé')), 'aMOp');
`)
	if len(b.tests) != 7 {
		t.Errorf("%d tests ran", len(b.tests))
	}
	for _, a := range b.tests {
		if a.Err != nil {
			t.Errorf("%s: %s", a.Name, a.Err.Message)
		}
	}
}

func TestUnknownName(t *testing.T) {
	t.Parallel()
	lib, err := packages.NewStore(packages.Options{}).Library(t.Context(), "left-pad")
	if lib != nil || err != nil {
		t.Errorf("%v, %v", lib, err)
	}
}

// TestLocalPackages: a folder of one's own, and nothing outside it.
func TestLocalPackages(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	outside := filepath.Join(t.TempDir(), "secret.js")
	for name, text := range map[string]string{filepath.Join(dir, "mine.js"): "exports.x = 5", outside: "exports.x = 6"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(outside, filepath.Join(dir, "link.js")); err != nil {
		t.Skip(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	s := packages.NewStore(packages.Options{Local: root.FS()})
	if lib, err := s.Library(t.Context(), "mine"); err != nil || lib == nil || lib.Source != "exports.x = 5" {
		t.Errorf("mine: %v, %v", lib, err)
	}
	for _, name := range []string{"link", "../secret", "/etc/passwd", "a/../../secret"} {
		if lib, _ := s.Library(t.Context(), name); lib != nil {
			t.Errorf("%s is read: %q", name, lib.Source)
		}
	}
	if lib, _ := packages.NewStore(packages.Options{Local: fstest.MapFS{"@team/p/index.js": {Data: []byte("1")}}}).Library(t.Context(), "@team/p"); lib == nil {
		t.Error("a scoped package is not found")
	}
}

// TestTamperedArchive: what is not pinned is refused, and nothing is written.
func TestTamperedArchive(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	if err := w.WriteHeader(&tar.Header{Name: "package/index.js", Typeflag: tar.TypeReg, Size: 1, Mode: 0o600}); err != nil {
		t.Fatal(err)
	}
	_, _ = w.Write([]byte("1"))
	w.Close()
	z.Close()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(b.Bytes()) }))
	defer srv.Close()
	dir := t.TempDir()
	err := packages.Install(t.Context(), &packages.Registry{URL: srv.URL, Client: srv.Client()}, dir, packages.Compiler{})
	if err == nil || !strings.Contains(err.Error(), "the archive is not the one that is pinned") {
		t.Errorf("error %v", err)
	}
	if files, _ := os.ReadDir(dir); len(files) > 0 {
		t.Errorf("%v was written", files)
	}
}
