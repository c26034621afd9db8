//go:build amd64 || arm64

package sandbox

import (
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
)

// A hash or cipher of a library is asked for what the library answers without
// Go, whole and in pieces, for data and keys of all sizes.
const hashesOfCryptoJS = `
	for (const name of ['MD5', 'SHA1', 'SHA224', 'SHA256', 'SHA384', 'SHA512', 'SHA3', 'RIPEMD160']) {
		const h = lib.algo[name].create();
		for (const piece of pieces) h.update(piece);
		const copy = h.clone();
		console.log(name, JSON.stringify(h.finalize().words), copy.finalize('more').toString(), lib[name](data).toString(), lib['Hmac' + name](data, key).toString());
	}
	for (const outputLength of [224, 256, 384, 512]) console.log(lib.SHA3(data, { outputLength }).toString());
	console.log(lib.PBKDF2(key, data, { iterations: 3, keySize: 11, hasher: lib.algo.SHA512 }).toString(), lib.EvpKDF(key, data, { iterations: 3 }).toString());
	for (const mode of ['CBC', 'ECB', 'CTR', 'CFB', 'OFB']) for (const size of [4, 6, 8]) {
		const k = lib.lib.WordArray.create(lib.SHA512(key).words.slice(0, size)), iv = lib.MD5(data), cfg = { mode: lib.mode[mode], iv };
		const text = lib.AES.encrypt(data, k, cfg).toString();
		const e = lib.algo.AES.createEncryptor(k, cfg);
		const some = pieces.map((p) => e.process(p).toString()).join() + e.finalize();
		console.log(mode, size, text, some, lib.AES.decrypt(text, k, cfg).toString());
	}
	for (const name of ['DES', 'TripleDES', 'Blowfish', 'RC4', 'Rabbit']) for (const mode of ['CBC', 'ECB', 'CTR', 'CFB', 'OFB', 'CTRGladman']) {
		const k = lib.SHA256(key), cfg = { mode: lib.mode[mode], iv: lib.lib.WordArray.create(lib.MD5(data).words.slice(0, 2)), padding: lib.pad.Iso10126 && lib.pad.AnsiX923 };
		if (!lib[name]) continue;
		if (key.length % 2) k.sigBytes = name === 'DES' ? 8 : 24; // of a longer key the library takes what it needs
		const e = lib.algo[name].createEncryptor(k, cfg), first = e.process(data + data).toString();
		console.log(name, mode, first, JSON.stringify([e._mode?._prevBlock, e._mode?._iv, e._mode?._counter, e._mode?._keystream, e._lBlock, e._rBlock, e._data]), e.finalize('end').toString());
		console.log(lib[name].decrypt(lib[name].encrypt(data, k, cfg), k, cfg).toString());
	}
	for (const hasher of ['MD5', 'SHA1', 'SHA256', 'SHA384', 'SHA3']) {
		const secret = lib.enc.Utf8.parse(key), cfg = { iterations: 25, keySize: 9, hasher: lib.algo[hasher] };
		secret.words.push(7);
		for (const kdf of ['PBKDF2', 'EvpKDF']) console.log(kdf, hasher, JSON.stringify(lib[kdf](secret, data, cfg)), JSON.stringify(secret));
	}
	for (const name of ['Hex', 'Latin1', 'Base64', 'Utf8', 'Utf16', 'Base64url']) {
		const enc = lib.enc[name], words = lib.SHA512(key).concat(lib.SHA512(data));
		if (!enc) continue;
		words.sigBytes -= key.length % 4;
		try { console.log(name, enc.stringify(words), JSON.stringify(words)); } catch (e) { console.log(String(e)); }
		for (const text of ['0aF'.repeat(40), data + data + 'Ж'.repeat(70), 'QUJ='.repeat(20), 'Zm9v'.repeat(30) + 'Zm8=' + key, 'Zm9v\n'.repeat(30) + 'Z'.repeat(key.length)]) {
			try { console.log(JSON.stringify(enc.parse(text))); } catch (e) { console.log(String(e)); }
		}
	}
	const odd = lib.lib.WordArray.create([0xdeadbeef, -1, undefined, 1.5], 16);
	for (const name of ['MD5', 'SHA512', 'RIPEMD160']) console.log(lib[name](odd).toString(), JSON.stringify(odd));
	try { lib.SHA256(undefined); } catch (e) { console.log(String(e)); }`

const hashesOfForge = `
	const bytes = lib.util.encodeUtf8(data);
	for (const name of ['md5', 'sha1', 'sha256', 'sha384', 'sha512']) {
		const md = (lib.md[name] ?? lib.sha512[name]).create();
		for (const piece of pieces) md.update(piece, 'utf8');
		const early = md.digest().toHex();
		md.update('more');
		console.log(name, early, md.digest().toHex(), md.messageLength, JSON.stringify(md.fullMessageLength));
		const hmac = lib.hmac.create();
		hmac.start(name, key);
		hmac.update(bytes);
		console.log(hmac.digest().toHex(), lib.util.bytesToHex(lib.pkcs5.pbkdf2(key, bytes, 3, 70, lib.md[name].create())));
	}
	for (const md of [undefined, 'md5', 'sha256', lib.md.sha1.create(), lib.md.sha512?.create(), 'nothing']) {
		try {
			console.log(lib.util.bytesToHex(lib.pkcs5.pbkdf2(key, bytes, 20 + key.length, 70, md)), md?.digest?.().toHex(), md?.messageLength);
		} catch (e) { console.log(String(e)); }
	}
	for (const mode of ['CBC', 'ECB', 'CTR', 'CFB', 'OFB', 'GCM']) for (const size of [16, 24, 32]) {
		const k = lib.md.sha512.create().update(key, 'utf8').digest().getBytes(size), iv = k.slice(0, 16);
		const run = (c, text, tag) => {
			c.start({ iv, tag });
			c.update(lib.util.createBuffer(text));
			return [c.finish(), c.output.toHex(), c.mode.tag?.toHex()].join();
		};
		const c = lib.cipher.createCipher('AES-' + mode, k);
		c.start({ iv });
		for (const piece of [bytes, bytes.slice(0, key.length), bytes + bytes, '\u0416'.repeat(200)]) {
			c.update(lib.util.createBuffer(piece));
			const { _prev, _inBlock, _s, _cipherLength, _partialBytes } = c.mode;
			console.log(JSON.stringify([c.output.data.length, c.output._constructedStringLength, c._input, _prev, _inBlock, _s, _cipherLength, _partialBytes]));
		}
		console.log(mode, size, run(c, bytes), run(lib.cipher.createDecipher('AES-' + mode, k), c.output.bytes(), c.mode.tag));
	}`

func TestHashesAndCiphers(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		pkg, script string
		parts       int // hashes and ciphers that are accelerated
	}{
		{"crypto-js@4.2.0", hashesOfCryptoJS, 13},
		{"crypto-js@3.1.9-1", hashesOfCryptoJS, 13},
		{"node-forge@1.3.1", hashesOfForge, 9},
		{"node-forge@0.10.0", hashesOfForge, 9},
	} {
		t.Run(tt.pkg, func(t *testing.T) {
			t.Parallel()
			both := openTwins(t, library(t, tt.pkg))
			if n := both.fast.realm.accelerated; n < tt.parts {
				t.Errorf("%d parts are accelerated, want %d", n, tt.parts)
			}
			for seed := range cases(t) {
				if seed > 4 && os.Getenv("POSTIE_RANDOM_TESTS") == "" {
					break // one script asks for much already
				}
				r := rand.New(rand.NewPCG(seed, 16))
				script := fmt.Sprintf(`{ const pieces = [%d, %d, %d].map((n) => 'aé'.repeat(n)), data = pieces.join('b'), key = 'k'.repeat(%d); %s }`,
					r.IntN(100), r.IntN(9), r.IntN(200), 1+r.IntN(200), tt.script)
				both.run(script)
			}
		})
	}
}

// The library of the program has Go under it from the start.
func BenchmarkCryptoJS(b *testing.B) {
	u := openCSV(b)
	for _, tt := range []struct{ name, script string }{
		{"SHA3", `C.SHA3(text)`}, {"RIPEMD160", `C.RIPEMD160(text)`}, {"SHA512InPieces", `C.algo.SHA512.create().update(text).finalize()`},
		{"AES", `C.AES.encrypt(text, C.SHA1('k'), { iv: C.MD5('i') })`},
	} {
		b.Run(tt.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				u.run(`const C = require('crypto-js'), text = '0123456789abcdef'.repeat(4096);` + tt.script)
			}
		})
	}
}
