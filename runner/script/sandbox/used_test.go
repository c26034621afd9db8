//go:build amd64 || arm64

package sandbox

import (
	"strings"
	"testing"

	"postie/runner/script/sandbox/accel"
)

// kernels are functions of libraries, each with the function in Go that does its
// work and how often a script calls that at least.
var kernels = []struct {
	pkg, call, kernel string
	least             int
}{
	{"crypto-js@4.2.0", `lib.SHA256(long)`, "hash.words", 1},
	{"crypto-js@4.2.0", `lib.HmacSHA512(long, 'k')`, "hash.words", 3},
	{"crypto-js@4.2.0", `lib.RIPEMD160(long)`, "hash.words", 1},
	{"crypto-js@4.2.0", `lib.SHA3(long)`, "hash.words", 1},
	{"crypto-js@4.2.0", `lib.AES.encrypt(long, words(4), { iv: words(4) })`, "mode.run", 1},
	{"crypto-js@4.2.0", `lib.DES.encrypt(long, words(2), { iv: words(2) })`, "mode.run", 1},
	{"crypto-js@4.2.0", `lib.DES.encrypt(long, words(8), { iv: words(4) })`, "mode.run", 1}, // of a long key it takes what it needs
	{"crypto-js@4.2.0", `lib.TripleDES.encrypt(long, words(6), { iv: words(2) })`, "mode.run", 1},
	{"crypto-js@4.2.0", `lib.TripleDES.encrypt(long, words(8), { iv: words(4) })`, "mode.run", 1},
	{"crypto-js@4.2.0", `lib.TripleDES.decrypt({ ciphertext: words(100) }, words(8), { iv: words(4), padding: lib.pad.NoPadding })`, "mode.run", 1},
	{"crypto-js@4.2.0", `lib.Blowfish.encrypt(long, words(4), { iv: words(2) })`, "mode.run", 1},
	{"crypto-js@4.2.0", `lib.enc.Base64.stringify(words(400))`, "words.text", 1},
	{"crypto-js@4.2.0", `lib.enc.Hex.parse('0a'.repeat(400))`, "words.of", 1},
	{"node-forge@1.3.1", `lib.md.sha256.create().update(long).digest()`, "hash.bytes", 1},
	{"node-forge@1.3.1", `lib.md.sha512.create().update(long).digest()`, "hash.bytes", 1},
	{"node-forge@1.3.1", `cipher(lib.cipher.createCipher('AES-CBC', 'k'.repeat(32)))`, "mode.text", 1},
	{"node-forge@1.3.1", `cipher(lib.cipher.createCipher('AES-GCM', 'k'.repeat(32)))`, "mode.text", 1},
	{"node-forge@1.3.1", `number(lib.jsbn.BigInteger).modPow(number(lib.jsbn.BigInteger), odd(lib.jsbn.BigInteger))`, "jsbn.modPow", 1},
	{"jsrsasign@11.1.0", `number(lib.BigInteger).multiply(number(lib.BigInteger))`, "jsbn.multiply", 1},
	{"jsrsasign@11.1.0", `number(lib.BigInteger).modInverse(odd(lib.BigInteger))`, "jsbn.inverse", 1},
	{"jsrsasign@11.1.0", `new lib.BigInteger('7fffffffffffffffffffffffffffffff', 16).isProbablePrime(20)`, "jsbn.prime", 1},
	{"jsrsasign@11.1.0", `lib.KEYUTIL.generateKeypair('EC', 'secp256r1')`, "ec.multiply", 1},
	{"bn.js@5.2.1", `new lib('1234567890abcdef'.repeat(9), 16).mul(new lib('fedcba'.repeat(9), 16))`, "bn.multiply", 1},
	{"bn.js@5.2.1", `new lib(3).toRed(lib.red(new lib('f'.repeat(61), 16))).redPow(new lib('abc'.repeat(9), 16))`, "bn.modPow", 1},
	{"elliptic@6.5.4", `new lib.ec('p256').keyFromPrivate('1234567890abcdef', 'hex').sign('abcd')`, "bn.ecShort", 1},
	{"js-sha256@0.11.0", `lib.sha256(long)`, "hash.blocks", 1},
	{"js-sha512@0.8.0", `lib.sha512(long)`, "hash.blocks", 1},
	{"js-sha3@0.8.0", `lib.sha3_256(long)`, "hash.permute", 1},
	{"js-md5@0.8.3", `lib(long)`, "hash.blocks", 1},
	{"blueimp-md5@2.19.0", `lib(long)`, "hash.blocks", 1},
	{"hash.js@1.1.7", `lib.sha256().update(long).digest('hex')`, "hash.blocks", 1},
	{"jssha@3.3.1", `new lib('SHA-512', 'TEXT', {}).update(long).getHash('HEX')`, "hash.blocks", 1},
	{"sjcl@1.0.8", `lib.hash.sha256.hash(long)`, "hash.blocks", 10},
	{"sjcl@1.0.8", `new lib.cipher.aes([1, 2, 3, 4]).encrypt([1, 2, 3, 4])`, "aes.block", 1},
	{"aes-js@3.1.2", `new lib.ModeOfOperation.ecb(new Uint8Array(16)).encrypt(new Uint8Array(160))`, "aes.bytes", 10},
	{"tweetnacl@1.0.3", `lib.hash(new Uint8Array(500))`, "nacl.crypto_hash", 1},
	{"tweetnacl@1.0.3", `lib.box.keyPair.fromSecretKey(new Uint8Array(32))`, "nacl.M", 1000},
	{"tweetnacl@1.0.3", `lib.secretbox(new Uint8Array(500), new Uint8Array(24), new Uint8Array(32))`, "nacl.crypto_stream_xor", 1},
	{"scrypt-js@3.0.1", `lib.syncScrypt([1], [2], 16, 2, 1, 32)`, "scrypt.key", 1},
	{"scrypt-js@3.0.1", `lib.scrypt([1], [2], 16, 2, 1, 32)`, "scrypt.mixSelf", 32},
	{"scrypt-js@3.0.1", `lib.scrypt([1], [2], 16, 2, 1, 32)`, "words.xor", 16},
	{"ethers@6.13.4", `lib.scryptSync(new Uint8Array([1]), new Uint8Array([2]), 16, 2, 1, 32)`, "scrypt.key", 1},
}

const useOfLibrary = `{
	const long = 'a long text '.repeat(99);
	const words = (n) => lib.lib.WordArray.create(Array.from({ length: n }, (_, i) => Math.imul(i + 5, 0x9e3779b1)));
	const cipher = (c) => { c.start({ iv: 'i'.repeat(c.blockSize || 8) }); c.update(lib.util.createBuffer(long)); c.finish(); };
	const number = (B) => new B('1234567890abcdef'.repeat(9), 16), odd = (B) => new B('f'.repeat(60) + '1', 16);
	CALL;
}`

// What makes scripts that paste these libraries quick is that Go does the work,
// which nothing but the time would show otherwise.
func TestGoDoesTheWork(t *testing.T) {
	t.Parallel()
	users := map[string]*user{}
	for _, tt := range kernels {
		t.Run(tt.pkg+" "+tt.call, func(sub *testing.T) {
			source := library(sub, tt.pkg)
			if !accel.In(source) {
				sub.Error("its text is not taken for a library's")
			}
			u := users[tt.pkg]
			if u == nil {
				u = uses(t, source, true) // which lasts for others of the table
				users[tt.pkg] = u
			}
			u.t = sub
			u.run(strings.ReplaceAll(useOfLibrary, "CALL", tt.call)) // which may compare Go's results with the library's
			done := 0
			u.realm.vm.WatchCalls(func(name string, did bool) {
				if name == tt.kernel && did {
					done++
				}
			})
			u.run(strings.ReplaceAll(useOfLibrary, "CALL", tt.call))
			if done < tt.least {
				sub.Errorf("%s did the work %d times, want %d", tt.kernel, done, tt.least)
			}
		})
	}
}
