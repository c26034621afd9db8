//go:build amd64 || arm64

package sandbox

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"iter"
	mathrand "math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postie/collections/vars"
	"postie/runner/script"
	"postie/runner/script/packages"
	"postie/runner/script/sandbox/accel"
)

// library is the source of an npm package, as CommonJS. It comes from the cache
// that pm.require fills, or, when the tests must not be skipped, from the
// registry.
func library(t testing.TB, name string) string {
	t.Helper()
	dir, err := os.UserCacheDir()
	if err != nil {
		t.Skip(err)
	}
	o := packages.Options{Remote: filepath.Join(dir, "postie", "test-libraries")}
	required := os.Getenv("POSTIE_REQUIRE_PACKAGES") != ""
	o.Registry = func() (*packages.Registry, error) {
		r, err := packages.FindRegistry(os.Getenv)
		if err == nil && !required {
			r.Client = &http.Client{Transport: unplugged{}} // the cache alone
		}
		return r, err
	}
	lib, err := packages.NewStore(o).Library(t.Context(), "npm:"+name)
	for again := 0; err != nil && required && again < 4; again++ { // a registry has bad moments
		lib, err = packages.NewStore(o).Library(t.Context(), "npm:"+name)
	}
	if err != nil && required {
		t.Fatal(err)
	}
	if err != nil {
		t.Skipf("%s is not in the cache: POSTIE_REQUIRE_PACKAGES=1 fetches it", name)
	}
	return lib.Source
}

// unplugged is no network.
type unplugged struct{}

func (unplugged) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, errors.New("unplugged")
}

// A user is a host with one library, which its scripts find as lib.
type user struct {
	*sandbox
	script.Host
	t     testing.TB
	lines []string
}

func (u *user) Console(_ string, list []script.Message) {
	for _, m := range list {
		u.lines = append(u.lines, string(m.JSON))
	}
}
func (u *user) Test(a script.Assertion) {
	if a.Err != nil {
		u.t.Errorf("%s: %v", a.Name, a.Err)
	}
}
func (u *user) Library(context.Context, string) (*script.Library, error) { return nil, nil }

// uses opens a sandbox in which one script has loaded a library, and which does
// or does not accelerate it.
func uses(t testing.TB, source string, fast bool) *user {
	t.Helper()
	u := &user{t: t}
	box, err := New().Open(t.Context(), u, script.Options{Timeout: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { box.Close() })
	u.sandbox = box.(*sandbox)
	u.run(`"nothing"`)
	u.realm.libraries, u.realm.accelerated = accel.Libraries(), 0 // another test's realm may come back
	if !fast {
		u.realm.libraries = nil
	}
	// The sandbox's lodash is not here, and lodash asks which it was.
	u.run("_ = undefined; lib = (() => { const window = globalThis, module = { exports: {} }, exports = module.exports;\n" + source + "\n; return module.exports; })(); 0")
	u.run(wait)
	if fast && u.realm.accelerated == 0 {
		t.Fatal("nothing is accelerated")
	}
	return u
}

// wait computes long enough for libraries to be looked for.
const wait = `for (let i = 0; i < 1e5; i++);`

// run answers what a script writes to the console.
func (u *user) run(source string) []string {
	u.t.Helper()
	u.lines = nil
	out, err := u.Run(context.Background(), &script.Script{Listen: script.Test, Source: source},
		&script.Context{Scopes: &vars.Stack{}, Response: &script.Response{Code: 200}})
	if err != nil {
		u.t.Fatal(err)
	}
	if out.Err != nil {
		u.t.Fatalf("%v\n%s", out.Err, source)
	}
	return u.lines
}

// bigIntegers are libraries with jsbn in them, and how a script gets at it.
var bigIntegers = []struct{ pkg, class string }{
	{"jsbn@1.1.0", "lib.BigInteger"},
	{"node-forge@1.3.1", "lib.jsbn.BigInteger"},
	{"node-forge@0.10.0", "lib.jsbn.BigInteger"},
	{"jsrsasign@10.9.0", "lib.BigInteger"},
	{"jsrsasign@11.1.0", "lib.BigInteger"},
}

// Everything a BigInteger does with numbers of all sizes and both signs gives
// the same number, whose fields and digits are the same to the last leftover.
func TestBigInteger(t *testing.T) {
	t.Parallel()
	for _, l := range bigIntegers {
		t.Run(l.pkg, func(t *testing.T) {
			t.Parallel()
			got := openTwins(t, library(t, l.pkg)).run(`const B = ` + l.class + `;` + bigIntegerScript)
			if len(got) < 100 {
				t.Errorf("%d results", len(got))
			}
		})
	}
}

const bigIntegerScript = `
	const texts = ['0', '1', '10001', 'fffffff', '10000000', 'c' + '0'.repeat(38) + '1', '1' + '0'.repeat(29)];
	const all = [...texts, ...texts.slice(1).map((t) => '-' + t)].map((t) => new B(t, 16));
	const odd = all.filter((n) => n.testBit(0) && n.signum() > 0);
	const show = (name, f) => {
		let result;
		try { result = f(); } catch (e) { result = String(e); }
		console.log(name + ' ' + JSON.stringify(result));
	};
	for (const a of all) {
		for (const name of ['toString', 'negate', 'abs', 'bitLength', 'square', 'toByteArray']) if (a[name]) show(name + a, () => a[name]());
		show('hex', () => a.toString(16));
		show('prime' + a, () => a.abs().isProbablePrime(20));
		for (const b of all) {
			for (const name of ['add', 'subtract', 'multiply', 'compareTo', 'gcd', 'and']) show([name, a, b], () => a[name](b));
			if (b.signum() != 0) for (const name of ['divide', 'remainder', 'divideAndRemainder', 'mod']) show([name, a, b], () => a[name](b));
		}
		for (const m of all) if (m.signum() > 0) show(['modInverse', a, m], () => a.signum() > 0 && a.modInverse(m));
		for (const e of [0, 1, 3, 255, 256, 65537, 4294967295]) show(['modPowInt', a, e], () => a.modPowInt(e, odd[odd.length - 1]));
	}
	for (const a of odd) for (const e of all.slice(0, 5)) for (const m of odd.slice(-1)) show(['modPow', a, e, m], () => a.modPow(e, m));
	for (const m of all.slice(1, 7)) show(['modPow, small and even', m], () => all[5].modPow(all[3], m));
	for (const bad of [undefined, null, 7, '7', {}, []]) {
		for (const name of ['add', 'subtract', 'multiply', 'divide', 'mod', 'gcd', 'modInverse']) show([name, String(bad)], () => all[5][name](bad));
		show(['modPow', String(bad)], () => all[5].modPow(bad, all[4]));
		show(['modPow', String(bad)], () => all[5].modPow(all[4], bad));
		show(['new', String(bad)], () => new B(bad, 16));
	}`

// node-rsa reads bytes as a number with a third argument: that it has no sign.
func TestBigIntegerWithoutSign(t *testing.T) {
	t.Parallel()
	u := uses(t, strings.Replace(library(t, bigIntegers[0].pkg), "function bnpFromString(s,b){",
		"function bnpFromString(s,b,unsigned){if(unsigned)s=[0].concat(s);", 1), true)
	u.run(`pm.test('no sign', () => {
		const n = new lib.BigInteger('1', 16);
		n.fromString([255, 1], 256, true);
		pm.expect(n.toString(16)).to.equal('ff01');
		n.fromString([255, 1], 256);
		pm.expect(n.toString(16)).to.equal('-ff');
	});`)
}

// What the library does itself and what Go does in its place is the same for
// numbers of any size. (The engine is too slow for Go's own fuzzing, which
// counts each of its steps.)
func TestBigIntegerAtRandom(t *testing.T) {
	t.Parallel()
	source := library(t, bigIntegers[0].pkg)
	plain, fast := uses(t, source, false), uses(t, source, true)
	for seed := range cases(t) {
		r := mathrand.New(mathrand.NewPCG(seed, 0))
		hex := func(most int) string {
			return strings.Repeat(pick(r, "0", "f", ""), r.IntN(9)) + hexadecimal(r, r.IntN(most)+1)
		}
		script := fmt.Sprintf(`{
			const B = lib.BigInteger, [a, b, m] = %q.split(' ').map((h) => new B(h, 16)), s = (n) => JSON.stringify(n);
			console.log(s([a.add(b), a.subtract(b), b.subtract(a), a.multiply(b), a.square(), a.gcd(b), a.toString(16), a.isProbablePrime(2)]));
			if (b.signum()) console.log(s([a.divideAndRemainder(b), a.mod(b), a.divide(b), b.remainder(b)]));
			if (m.signum() > 0) console.log(s([a.modPowInt(%d, m), a.signum() && a.modInverse(m), m.testBit(0) && a.modPow(b.abs(), m)]));
		}`, hex(100)+pick(r, " ", " -")+hex(80)+" "+hex(60), r.Uint32())
		if diff := cmp.Diff(plain.run(script), fast.run(script)); diff != "" {
			t.Errorf("seed %d: %s", seed, diff)
		}
	}
}

// cases are seeds of random tests: a few, or as many as POSTIE_RANDOM_TESTS
// says.
func cases(t *testing.T) iter.Seq[uint64] {
	n := 30
	if more := os.Getenv("POSTIE_RANDOM_TESTS"); more != "" {
		if _, err := fmt.Sscan(more, &n); err != nil {
			t.Fatal(err)
		}
	}
	return func(yield func(uint64) bool) {
		for seed := range uint64(n) {
			if !yield(seed) {
				return
			}
		}
	}
}

func pick(r *mathrand.Rand, texts ...string) string { return texts[r.IntN(len(texts))] }

// hexadecimal is a number of so many digits.
func hexadecimal(r *mathrand.Rand, digits int) string {
	b := make([]byte, digits)
	for i := range b {
		b[i] = "0123456789abcdef"[r.IntN(16)]
	}
	return string(b)
}

// A method a script has put in the library's place is called as often as the
// library would, before and after Go would have taken over.
func TestOverriddenLibrary(t *testing.T) {
	t.Parallel()
	source := library(t, bigIntegers[0].pkg)
	const count = `
		const B = lib.BigInteger, plain = B.prototype.multiplyTo;
		let calls = 0;
		B.prototype.multiplyTo = function (a, r) { calls++; return plain.call(this, a, r); };
		const n = new B('123456789abcdef', 16).modPow(new B('fedcba987654321', 16), new B('f'.repeat(31), 16));
		console.log(calls, String(n), B.prototype.multiplyTo === plain);
		B.prototype.multiplyTo = plain;`
	want := uses(t, source, false).run(count)
	if got := uses(t, source, true).run(count); cmp.Diff(want, got) != "" {
		t.Errorf("overridden later: %v, want %v", got, want)
	}
	early := uses(t, source, false)
	early.realm.libraries = accel.Libraries()
	if got := early.run(count + wait); cmp.Diff(want, got) != "" || early.realm.accelerated != 0 {
		t.Errorf("overridden before: %v, want %v; %d libraries", got, want, early.realm.accelerated)
	}
}

// A function stays the object it is, with its name, and does what it did to
// those who hold on to it.
func TestFunctionsStayTheSame(t *testing.T) {
	t.Parallel()
	u := uses(t, library(t, bigIntegers[0].pkg)+`;globalThis.held = module.exports.BigInteger.prototype.modPow;`, true)
	u.run(`pm.test('same', () => {
		const { modPow, multiplyTo } = lib.BigInteger.prototype;
		pm.expect(held).to.equal(modPow);
		pm.expect([modPow.name, modPow.length, multiplyTo.length]).to.eql(['bnModPow', 2, 2]);
		pm.expect(Object.keys(lib.BigInteger.prototype)).to.include('modPow');
	});`)
}

// Signatures made by libraries with their numbers accelerated verify.
func TestSignatures(t *testing.T) {
	t.Parallel()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(curve)
	if err != nil {
		t.Fatal(err)
	}
	pems := map[string]string{
		"rsa": string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})),
		"ec":  string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})),
	}
	digest := sha256.Sum256([]byte("head.body"))
	verifies := func(sig []byte) bool {
		return rsa.VerifyPKCS1v15(&key.PublicKey, crypto.SHA256, digest[:], sig) == nil
	}
	for _, tt := range []struct {
		pkg, key, sign string
		verifies       func(sig []byte) bool
	}{
		{"jsrsasign@11.1.0", "rsa", `const s = new lib.KJUR.crypto.Signature({ alg: 'SHA256withRSA' }); s.init(key); s.updateString('head.body'); s.sign()`, verifies},
		{"node-forge@1.3.1", "rsa", `const md = lib.md.sha256.create(); md.update('head.body', 'utf8');
			lib.util.bytesToHex(lib.pki.privateKeyFromPem(key).sign(md))`, verifies},
		{"jsrsasign@11.1.0", "ec", `const s = new lib.KJUR.crypto.Signature({ alg: 'SHA256withECDSA' }); s.init(key); s.updateString('head.body'); s.sign()`,
			func(sig []byte) bool { return ecdsa.VerifyASN1(&curve.PublicKey, digest[:], sig) }},
	} {
		t.Run(tt.pkg+" "+tt.key, func(t *testing.T) {
			t.Parallel()
			u := uses(t, library(t, tt.pkg), true)
			body, last, _ := cut(tt.sign)
			got := u.run(fmt.Sprintf("const key = %q; %s; console.log(%s)", pems[tt.key], body, last))
			sig, err := hex.DecodeString(strings.Trim(got[0], `"`))
			if err != nil || !tt.verifies(sig) {
				t.Errorf("signature %s: %v", got[0], err)
			}
		})
	}
}

// cut separates the last expression of a script.
func cut(source string) (body, last string, ok bool) {
	i := strings.LastIndex(source, ";")
	return source[:i], source[i+1:], i >= 0
}

// Benchmarks of what identity users do before a request, the library being
// loaded already; newman does each in what follows it.
func BenchmarkRS256Jsrsasign(b *testing.B) { // 40 ms
	signs(b, "jsrsasign@11.1.0", 2048, `const s = new lib.KJUR.crypto.Signature({ alg: 'SHA256withRSA' }); s.init(key); s.updateString('head.body'); s.sign()`)
}

func BenchmarkRS256Forge(b *testing.B) { // 30 ms
	signs(b, "node-forge@1.3.1", 2048, `const md = lib.md.sha256.create(); md.update('head.body', 'utf8'); lib.pki.privateKeyFromPem(key).sign(md)`)
}

func BenchmarkRS512Jsrsasign4096(b *testing.B) { // 200 ms
	signs(b, "jsrsasign@11.1.0", 4096, `const s = new lib.KJUR.crypto.Signature({ alg: 'SHA512withRSA' }); s.init(key); s.updateString('head.body'); s.sign()`)
}

func BenchmarkES256Jsrsasign(b *testing.B) { // 90 ms
	scripts(b, "jsrsasign@11.1.0", `const k = lib.KEYUTIL.generateKeypair('EC', 'secp256r1').prvKeyObj;`,
		`const s = new lib.KJUR.crypto.Signature({ alg: 'SHA256withECDSA' }); s.init(k); s.updateString('head.body'); s.sign()`)
}

func BenchmarkRSAKeyForge(b *testing.B) { // 500 ms, by chance
	scripts(b, "node-forge@1.3.1", ``, `lib.pki.rsa.generateKeyPair({ bits: 1024, e: 65537 })`)
}

func signs(b *testing.B, pkg string, bits int, script string) {
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		b.Fatal(err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	scripts(b, pkg, fmt.Sprintf("key = %q", text), script)
}

// scripts runs one again and again, after another has run once.
func scripts(b *testing.B, pkg, first, script string) {
	u := uses(b, library(b, pkg), true)
	u.run(strings.Replace(first, "const ", "", 1))
	b.ReportAllocs()
	for b.Loop() {
		u.run(script)
	}
}

// Numbers of bn.js, alone and modulo a number, are the same.
func TestBN(t *testing.T) {
	t.Parallel()
	for _, l := range []struct{ pkg, class string }{
		{"bn.js@4.12.0", "lib"},
		{"bn.js@5.2.1", "lib"},
		{"elliptic@6.5.4", "new lib.ec('p192').n.constructor"},
	} {
		t.Run(l.pkg, func(t *testing.T) {
			t.Parallel()
			got := openTwins(t, library(t, l.pkg)).run(`const B = ` + l.class + `;` + bnScript)
			if len(got) < 100 {
				t.Errorf("%d results", len(got))
			}
		})
	}
}

const bnScript = `
	const texts = ['0', '1', '3', '10001', '3ffffff', '4000000', 'f'.repeat(32), 'c' + '0'.repeat(38) + '1', '1' + '0'.repeat(29), 'fedcba9876543210'.repeat(8)];
	const all = [...texts, ...texts.slice(1, 8).map((t) => '-' + t)].map((t) => new B(t, 16));
	const fields = (n) => n instanceof B ? [n.negative, n.length, n.words.slice(0, n.length), Boolean(n.red)] : n && typeof n === 'object' ? Object.entries(n).map(([k, v]) => [k, fields(v)]) : n;
	const show = (name, f) => {
		let result;
		try { result = fields(f()); } catch (e) { result = String(e); }
		console.log(name + ' ' + JSON.stringify(result));
	};
	const n = (x) => x.toString(16);
	for (const a of all) {
		show('text' + n(a), () => a.toString(10) + a.toString(16) + JSON.stringify(a));
		show('sqr' + n(a), () => a.sqr());
		for (const b of all) {
			for (const name of ['add', 'sub', 'mul', 'div', 'mod', 'umod', 'divmod', 'divRound', 'cmp', 'gcd']) show([name, n(a), n(b)], () => a.clone()[name](b));
			for (const name of ['imul', 'iadd', 'isub']) show([name, n(a), n(b)], () => { const c = a.clone(); return [c[name](b) === c, fields(c)]; });
			if (!b.isNeg() && a.gcd(b).eqn(1)) show(['invm', n(a), n(b)], () => a.invm(b));
		}
	}
	for (const m of ['k256', 'p25519', 'p192', all[6], all[4], new B('d' + '0'.repeat(31) + '2b', 16)]) for (const make of ['red', 'mont']) {
		const red = make === 'mont' && typeof m === 'string' ? B.mont(B._prime(m).p) : B[make](m);
		const some = all.slice(0, 8).map((x) => x.toRed(red));
		for (const a of some) {
			for (const b of some) for (const name of ['redAdd', 'redSub', 'redMul', 'redIMul', 'redIAdd']) show([make, name, n(a), n(b)], () => a.clone()[name](b));
			for (const name of ['redSqr', 'redISqr', 'redNeg', 'fromRed']) show([make, name, n(a)], () => a.clone()[name]());
			if (a.gcd(red.m).eqn(1)) show([make, 'redInvm', n(a)], () => a.redInvm().fromRed());
			for (const e of all.slice(0, 5)) show([make, 'redPow', n(a), n(e)], () => a.redPow(e).fromRed());
		}
	}
	for (const bad of [undefined, null, 7, '7', {}]) for (const name of ['mul', 'umod', 'invm', 'mulTo', 'redMul', 'redPow']) {
		show([name, String(bad)], () => all[6][name](bad));
		show(['red', name, String(bad)], () => all[6].toRed(B.red(all[7]))[name](bad));
	}`

// Points of curves have the library's own coordinates, those of jsrsasign to the
// last digit before they are brought to a common form.
func TestCurves(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, pkg, script string }{
		{"jsrsasign", "jsrsasign@11.1.0", `
			const B = lib.BigInteger, c = lib.KJUR.crypto.ECParameterDB.getByName(%s), d = (n) => JSON.stringify(n);
			for (const k of ['1', '2', '3', 'a7', 'fedcba9876543210fedcba98']) {
				const p = c.G.multiply(new B(k, 16));
				console.log(k, d(p.x.x), d(p.y.x), d(p.z), p.isOnCurve(), p.curve === c.curve, p === c.G, String(p));
				console.log(d(p.multiply(new B('9')).z), p.multiply(c.n).isInfinity());
			}`},
		{"elliptic", "elliptic@6.5.4", `
			const ec = new lib.ec(%s);
			for (const k of ['1', '2', 'a7', 'fedcba9876543210fedcba98']) {
				const key = ec.keyFromPrivate(k, 'hex'), p = key.getPublic(), s = key.sign('ab'.repeat(20));
				console.log(k, JSON.stringify(p), JSON.stringify(p.mul(new p.x.constructor(k, 16))), s.toDER('hex'), ec.verify('ab'.repeat(20), s, p), ec.verify('ac'.repeat(20), s, p));
			}`},
	} {
		for _, curve := range map[string][]string{"jsrsasign": {"'secp128r1'", "'secp160k1'"}, "elliptic": {"'p192'", "'secp256k1'"}}[tt.name] {
			t.Run(tt.name+" "+curve, func(t *testing.T) {
				t.Parallel()
				openTwins(t, library(t, tt.pkg)).run(fmt.Sprintf(tt.script, curve))
			})
		}
	}
}

// A machine of very many objects is searched for libraries at few of the ticks:
// to look at all takes longer than what lies between.
func TestSearchesAreFewAmongManyObjects(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ objects, ticks, want int }{
		{100, 64, 8}, // at 0, 1, 2, 4, 8, 16, 32 and each 64
		{100, 6400, 107},
		{400_000, 64, 1},
		{400_000, 6400, 51},
	} {
		searches, last := 0, -tt.objects
		for tick := range tt.ticks + 1 {
			if worthLooking(tick, last, tt.objects) {
				searches, last = searches+1, tick
			}
		}
		if searches != tt.want {
			t.Errorf("%d searches among %d objects in %d ticks, want %d", searches, tt.objects, tt.ticks, tt.want)
		}
	}
}

// While a long text runs, the machine is searched for libraries only if the text
// may define one: a search looks at all objects.
func TestLongScriptsAreNotSearched(t *testing.T) {
	t.Parallel()
	const work = `const f = (v) => JSON.stringify(JSON.parse(v)); for (let i = 0; i < 50; i++) f('{"cfg":1}'); f('2');` + "\n"
	long := strings.Repeat("// compute, encrypt, start, hash and update 7 things of 9 on 2018-07-13\n", 60)
	for _, tt := range []struct {
		name, source string
		want         bool
	}{
		{"a script", work + long, false},
		{"a text that is evaluated", "eval(`" + work + long + "`)", false},
		{"with the names of CryptoJS in it", work + long + "// _doReset _doProcessBlock _doFinalize", true},
		{"a text with the names of BigInteger", "eval(`" + work + long + "// am multiplyTo squareTo divRemTo dlShiftTo drShiftTo invDigit compareTo`)", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			u := uses(t, "module.exports = 1", false)
			searched := false
			u.realm.vm.WatchTicks(func(loaded bool) int {
				searched = searched || loaded
				return 0
			})
			defer u.realm.accelerate()
			u.run("{\n" + tt.source + "\n}")
			if searched != tt.want {
				t.Errorf("searched: %v, want %v", searched, tt.want)
			}
		})
	}
}
