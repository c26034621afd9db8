//go:build amd64 || arm64

package sandbox

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// hashesOfNoble has a class of hashes as noble-hashes 2 has it, which is given the
// state's words by those derived of it, and two PBKDF2 that use it, as versions 1
// and 2 have them. Versions 1 make a class without arguments.
const hashesOfNoble = `
	const turn = (n, by) => n >>> by | n << (32 - by);
	const fraction = (root) => ((root - Math.floor(root)) * 2 ** 32) | 0;
	const primes = [];
	for (let n = 2; primes.length < 64; n++) if (!primes.some((p) => n % p === 0)) primes.push(n);
	const K = primes.map(Math.cbrt).map(fraction), IV = primes.slice(0, 8).map(Math.sqrt).map(fraction);
	let blocks = 0;
	class SHA2 {
		pos = [];
		constructor(size, state) {
			[this.A, this.B, this.C, this.D, this.E, this.F, this.G, this.H] = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => state[i] | 0);
			this.size = size;
		}
		get() { const { A, B, C, D, E, F, G, H } = this; return [A, B, C, D, E, F, G, H]; }
		set(A, B, C, D, E, F, G, H) { this.A = A | 0, this.B = B | 0, this.C = C | 0, this.D = D | 0, this.E = E | 0, this.F = F | 0, this.G = G | 0, this.H = H | 0; }
		process(view, offset) {
			const w = [];
			for (let i = 0; i < 64; i++) {
				const [a, b] = [w[i - 15], w[i - 2]];
				w.push(i < 16 ? view.getUint32(offset + 4 * i) : w[i - 16] + w[i - 7] + (turn(a, 7) ^ turn(a, 18) ^ a >>> 3) + (turn(b, 17) ^ turn(b, 19) ^ b >>> 10) | 0);
			}
			let [a, b, c, d, e, f, g, h] = this.get();
			for (let i = 0; i < 64; i++) {
				const one = h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + (e & f ^ ~e & g) + K[i] + w[i] | 0;
				const two = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + (a & b ^ a & c ^ b & c) | 0;
				[a, b, c, d, e, f, g, h] = [one + two | 0, a, b, c, d + one | 0, e, f, g];
			}
			this.set(this.A + a, this.B + b, this.C + c, this.D + d, this.E + e, this.F + f, this.G + g, this.H + h);
		}
		roundClean() {}
		digest(bytes) {
			const size = Math.ceil((bytes.length + 9) / 64) * 64, view = new DataView(new ArrayBuffer(size));
			new Uint8Array(view.buffer).set([...bytes, 128]);
			view.setUint32(size - 4, 8 * bytes.length);
			for (let i = 0; i < size; i += 64) blocks++, this.process(view, i);
			return new Uint8Array(this.get().slice(0, this.size / 4).flatMap((n) => [n >>> 24, n >>> 16, n >>> 8, n]));
		}
	}
	class SHA256 extends SHA2 { constructor() { super(32, IV); } }
	const sha256 = (bytes) => new SHA256().digest(bytes), bytesOf = (data) => (typeof data === 'string' ? new TextEncoder().encode(data) : data);
	const pad = (key, n) => Uint8Array.from({ length: 64 }, (_, i) => key[i] ^ n);
	const hmac = (hash, key, data) => {
		const full = key.length > 64 ? hash(key) : key;
		return hash([...pad(full, 0x5c), ...hash([...pad(full, 0x36), ...data])]);
	};
	function setUp(hash, password, salt, { c, dkLen = 32, asyncTick = 10 }) {
		for (const n of [c, dkLen, asyncTick]) if (!Number.isSafeInteger(n) || n < 1) throw new Error('positive integer expected, got ' + n);
		const [key, grain] = [bytesOf(password), bytesOf(salt)], DK = new Uint8Array(dkLen);
		let u;
		const u1 = (i, to) => to.set((u = hmac(hash, key, [...grain, 0, 0, 0, i])).subarray(0, to.length));
		const next = (to) => { u = hmac(hash, key, u); to.forEach((_, i) => { to[i] ^= u[i]; }); };
		const rounds = (c, to) => { for (let i = 1; i < c; i++) next(to); };
		return { c, dkLen, DK, outputLen: 32, eng: { u1, rounds, output: (key) => key }, PRF: { _cloneInto: () => ({ digestInto: next }) }, PRFSalt: { _cloneInto: () => ({ digestInto: (to, i) => u1(i, to) }) } };
	}
	function one(hash, password, salt, opts) {
		const { c, dkLen, DK, PRF, PRFSalt } = setUp(hash, password, salt, opts);
		for (let ti = 1, pos = 0; pos < dkLen; ti++, pos += 32) {
			const Ti = DK.subarray(pos, pos + 32);
			PRFSalt._cloneInto().digestInto(Ti, ti);
			for (let i = 1; i < c; i++) PRF._cloneInto().digestInto(Ti);
		}
		return DK;
	}
	function two(hash, password, salt, opts) {
		const { c, dkLen, DK, outputLen, eng } = setUp(hash, password, salt, opts);
		for (let ti = 1, pos = 0; pos < dkLen; ti++, pos += outputLen) {
			const Ti = DK.subarray(pos, pos + outputLen);
			eng.u1(ti, Ti);
			eng.rounds(c, Ti);
		}
		return eng.output(DK);
	}
	module.exports = { SHA2, SHA256, sha256, one, two, blocks: () => blocks };`

// keysOfNoble asks for keys in many ways, right and wrong.
const keysOfNoble = `
	const hex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
	const bytes = Uint8Array.from({ length: 90 }, (_, i) => i * 7), other = (data) => lib.sha256([1, ...data]);
	console.log(hex(lib.sha256(new TextEncoder().encode('abc'))));
	for (const pbkdf2 of [lib.one, lib.two]) for (const [hash, password, salt, opts] of [
		[lib.sha256, 'passwd', 'salt', { c: 1, dkLen: 64 }], [lib.sha256, 'password', 'salt', { c: 40 }], [lib.sha256, bytes, bytes, { c: 21, dkLen: 70 }],
		[lib.sha256, 'ä😀', new Uint8Array(), { c: 30, dkLen: 5, asyncTick: 3 }], [lib.sha256, '\ud800', bytes, { c: 22 }], [other, 'a', 'b', { c: 25 }],
		[lib.sha256, 'a', 'b', { c: 20.5 }], [lib.sha256, 'a', 'b', { c: 25, dkLen: 0 }], [lib.sha256, 'a', 'b', { get c() { return 23; } }], [lib.sha256, 'a', 'b', undefined], [undefined, 'a', 'b', { c: 20 }],
		[lib.sha256, [1, 2], 'b', { c: 20 }],
	]) {
		/o(.)e/.exec('before');
		try { const key = pbkdf2(hash, password, salt, opts); console.log(key.constructor.name, hex(key), RegExp.$1); } catch (e) { console.log(String(e)); }
	}`

// rfc7914 is how the key of its section 11 begins, of one round.
const rfc7914 = "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"

func TestKeysOfNoble(t *testing.T) {
	t.Parallel()
	plain, fast := uses(t, hashesOfNoble, false), uses(t, hashesOfNoble, true)
	want, got := plain.run(keysOfNoble), fast.run(keysOfNoble)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	all := strings.Join(got, "\n")
	if !strings.Contains(all, abc256) || !strings.Contains(all, rfc7914) {
		t.Errorf("no published vector is among the answers: %s", all)
	}
	const rounds = `{ const before = lib.blocks(); lib.one(lib.sha256, 'a', 'b', { c: 5000 }); lib.two(lib.sha256, 'a', 'b', { c: 5000 }); console.log(lib.blocks() - before < 50); }`
	if got := fast.run(rounds); !slices.Equal(got, []string{"true"}) {
		t.Errorf("the library makes its keys round by round: %s", got)
	}
}

// A class of hashes is found by those derived of it, and one with another number in
// it keeps its own code.
func TestHashesOfNoble(t *testing.T) {
	t.Parallel()
	const script = `for (const size of [0, 3, 55, 56, 64, 500]) console.log(new lib.SHA256().digest(Array.from({ length: size }, (_, i) => i * 5)).join());`
	for _, source := range []string{hashesOfNoble, strings.Replace(hashesOfNoble, "turn(a, 18)", "turn(a, 19)", 1)} {
		plain, fast := uses(t, source, false), uses(t, source, true)
		done := 0
		fast.realm.vm.WatchCalls(func(name string, did bool) {
			if name == "hash.blocks" && did {
				done++
			}
		})
		if diff := cmp.Diff(plain.run(script), fast.run(script)); diff != "" {
			t.Error(diff)
		}
		if own := source != hashesOfNoble; own != (done == 0) {
			t.Errorf("Go worked %d blocks of a library of its own: %v", done, own)
		}
	}
}
