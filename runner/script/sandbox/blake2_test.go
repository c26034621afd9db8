//go:build amd64 || arm64

package sandbox

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// blocksOfArgon2 makes a block of Argon2 as noble-hashes does: of two others in
// one array of words. It is written by RFC 9106, section 3.5.
const blocksOfArgon2 = `
	const words = new BigUint64Array(128), low = (n) => n & 0xffffffffn;
	function quarter(a, b, c, d) {
		for (const [one, other] of [[32n, 24n], [16n, 63n]]) {
			words[a] += words[b] + 2n * low(words[a]) * low(words[b]);
			words[d] ^= words[a], words[d] = words[d] >> one | words[d] << (64n - one);
			words[c] += words[d] + 2n * low(words[c]) * low(words[d]);
			words[b] ^= words[c], words[b] = words[b] >> other | words[b] << (64n - other);
		}
	}
	function round(...v) {
		for (let i = 0; i < 4; i++) quarter(v[i], v[i + 4], v[i + 8], v[i + 12]);
		for (let i = 0; i < 4; i++) quarter(v[i], v[4 + (i + 1) % 4], v[8 + (i + 2) % 4], v[12 + (i + 3) % 4]);
	}
	function block(memory, from, other, to, combine) {
		const z = new Uint32Array(words.buffer);
		for (let i = 0; i < 256; i++) z[i] = memory[from + i] ^ memory[other + i];
		for (let i = 0; i < 128; i += 16) round(i, i + 1, i + 2, i + 3, i + 4, i + 5, i + 6, i + 7, i + 8, i + 9, i + 10, i + 11, i + 12, i + 13, i + 14, i + 15);
		for (let i = 0; i < 16; i += 2) round(i, i + 1, i + 16, i + 17, i + 32, i + 33, i + 48, i + 49, i + 64, i + 65, i + 80, i + 81, i + 96, i + 97, i + 112, i + 113);
		for (let i = 0; i < 256; i++) memory[to + i] = z[i] ^ memory[from + i] ^ memory[other + i] ^ (combine ? memory[to + i] : 0);
	}
	module.exports = { block };`

func TestArgon2Blocks(t *testing.T) {
	t.Parallel()
	const script = `
		const memory = Uint32Array.from({ length: 1024 }, (_, i) => Math.imul(i + 1, 0x9e3779b1));
		for (const [from, other, to, combine] of [[0, 256, 512, false], [0, 256, 512, true], [512, 256, 512, false], [512, 256, 512, true], [100, 300, 200, false], [900, 0, 300, false], [0, 0, 512]]) {
			lib.block(memory, from, other, to, combine);
			console.log(memory.join());
		}
		for (const other of [[], new Float64Array(800), Array(800).fill(7)]) lib.block(other, 0, 256, 512, true), console.log(other.join());`
	plain, fast := uses(t, blocksOfArgon2, false), uses(t, blocksOfArgon2, true)
	if diff := cmp.Diff(plain.run(script), fast.run(script)); diff != "" {
		t.Error(diff)
	}
}

// hashOfBLAKE2 has the methods that a class of noble-hashes has.
const hashOfBLAKE2 = `
	const order = [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15], [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3], [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
		[7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8], [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13], [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
		[12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11], [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10], [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5], [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0]];
	const start = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];
	const turn = (x, n) => x >>> n | x << (32 - n);
	class Blake2s {
		length = 0;
		blockLen = 64;
		words = Int32Array.from(start);
		get() { return Array.from(this.words); }
		set(...words) { this.words.set(words); }
		compress(message, offset, last) {
			const v = Int32Array.from([...this.words, ...start]);
			v[12] ^= this.length, v[13] ^= Math.floor(this.length / 2 ** 32);
			if (last) v[14] = ~v[14];
			const quarter = (a, b, c, d, x, y) => {
				for (const [n, one, other] of [[x, 16, 12], [y, 8, 7]]) v[a] += v[b] + n, v[d] = turn(v[d] ^ v[a], one), v[c] += v[d], v[b] = turn(v[b] ^ v[c], other);
			};
			for (const s of order) for (let i = 0; i < 8; i++) {
				const [j, k] = [i % 4, i < 4 ? 0 : 1];
				quarter(j, 4 + (j + k) % 4, 8 + (j + 2 * k) % 4, 12 + (j + 3 * k) % 4, message[offset + s[2 * i]], message[offset + s[2 * i + 1]]);
			}
			for (let i = 0; i < 8; i++) this.words[i] ^= v[i] ^ v[i + 8];
		}
	}
	module.exports = { Blake2s };`

func TestBLAKE2Class(t *testing.T) {
	t.Parallel()
	const script = `
		const message = Uint32Array.from({ length: 64 }, (_, i) => Math.imul(i + 1, 0x9e3779b1));
		const h = new lib.Blake2s();
		for (const [length, offset, last] of [[64, 0, false], [128, 3, false], [2 ** 33 + 1, 48, true], [-1, 0, true], [0.5, 0, true], [64, 60, false]]) {
			h.length = length;
			h.compress(message, offset, last);
			console.log(h.get().join());
		}
		lib.Blake2s.prototype.get = () => Array(8).fill(1); // which the library's compress does not ask
		h.compress(message, 0, true);
		console.log(h.words.join());`
	plain, fast := uses(t, hashOfBLAKE2, false), uses(t, hashOfBLAKE2, true)
	if diff := cmp.Diff(plain.run(script), fast.run(script)); diff != "" {
		t.Error(diff)
	}
}

// roundsOfBLAKE2 is the function of BLAKE2s and BLAKE3 in noble-hashes.
const roundsOfBLAKE2 = `
	const turn = (n, by) => n >>> by | n << (32 - by);
	function half(a, b, c, d, x, one, other) {
		a = (a + b + x) | 0, d = turn(d ^ a, one), c = (c + d) | 0, b = turn(b ^ c, other);
		return { a, b, c, d };
	}
	function compress(s, offset, msg, rounds, v0, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11, v12, v13, v14, v15) {
		let v = [v0, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11, v12, v13, v14, v15];
		for (let i = 0, j = 0; i < rounds; i++) for (let q = 0; q < 8; q++) {
			const k = q < 4 ? 0 : 1, at = [q % 4, 4 + (q + k) % 4, 8 + (q + 2 * k) % 4, 12 + (q + 3 * k) % 4];
			for (const [one, other] of [[16, 12], [8, 7]]) {
				const { a, b, c, d } = half(v[at[0]], v[at[1]], v[at[2]], v[at[3]], msg[offset + s[j++]], one, other);
				[v[at[0]], v[at[1]], v[at[2]], v[at[3]]] = [a, b, c, d];
			}
		}
		[v0, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11, v12, v13, v14, v15] = v;
		return { v0, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11, v12, v13, v14, v15 };
	}
	module.exports = { compress };`

func TestRoundsOfBLAKE2(t *testing.T) {
	t.Parallel()
	const script = `
		const order = Uint8Array.from({ length: 160 }, (_, i) => (i * 7 + (i >> 4)) & 15), message = Uint32Array.from({ length: 40 }, (_, i) => Math.imul(i + 1, 0x9e3779b1));
		const words = Array.from(message.subarray(0, 16)), signed = words.map((n) => n | 0), far = words.map((n) => n * 2 ** 20);
		for (const args of [[order, 0, message, 7, ...words], [order, 24, message, 10, ...signed], [order, 3, message, 1, ...far], [order, 25, message, 7, ...words], [order, 0, message, 0, ...words],
			[order, 0, message, 11, ...words], [Array.from(order), 0, Array.from(message), 7, ...words], [order, 0, message, 7, ...words.slice(1)], [order, 0, message, 7, ...words.slice(1), NaN],
			[order, 0, message, 7, ...words.slice(1), 1.5], [order.map((n) => n + 9), 2, message, 7, ...words], [order, -1, message, 7, ...words], [order, 0, message, 1.5, ...words]]) console.log(JSON.stringify(lib.compress(...args)));`
	plain, fast := uses(t, roundsOfBLAKE2, false), uses(t, roundsOfBLAKE2, true)
	done := 0
	fast.realm.vm.WatchCalls(func(name string, did bool) {
		if name == "blake.rounds" && did {
			done++
		}
	})
	if diff := cmp.Diff(plain.run(script), fast.run(script)); diff != "" {
		t.Error(diff)
	}
	if done != 3 {
		t.Errorf("Go did the work %d times, want 3", done)
	}
}
