package sandbox_test

import (
	"context"
	"testing"

	"postie/runner/script"
	"postie/runner/script/sandbox"
)

// shelf is a cell whose host has libraries.
type shelf struct {
	cell
	books map[string]string
}

func (s *shelf) Library(_ context.Context, name string) (*script.Library, error) {
	if source, ok := s.books[name]; ok {
		return &script.Library{Name: name, Source: source}, nil
	}
	return nil, nil
}

// The shape of crypto-js, with nothing that computes.
const hollow = `
	const never = (name) => () => { throw new Error("the library's own " + name); };
	class WordArray {
		constructor(words, sigBytes) { Object.assign(this, { words, sigBytes }); }
		toString() { return this.words.map((w) => (w >>> 0).toString(16).padStart(8, "0")).join("").slice(0, this.sigBytes * 2); }
	}
	const parse = (hex) => new WordArray(Array.from({ length: Math.ceil(hex.length / 8) }, (_, i) => parseInt(hex.slice(8 * i, 8 * i + 8).padEnd(8, "0"), 16) | 0), hex.length / 2);
	module.exports = { enc: { Hex: { parse } }, algo: { SHA256: {}, SHA3: {} } };
	for (const name of ["MD5", "SHA1", "SHA224", "SHA256", "SHA384", "SHA512", "HmacSHA1", "HmacSHA256", "SHA3", "PBKDF2"]) module.exports[name] = never(name);`

func TestCryptoJSInGo(t *testing.T) {
	t.Parallel()
	s := &shelf{cell: cell{t: t}, books: map[string]string{"crypto-js": hollow}}
	box, err := sandbox.New().Open(t.Context(), s, script.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s.Sandbox = box
	defer box.Close()
	s.succeeds(`
		const C = require("crypto-js");
		const is = (name, value, hex) => pm.test(name, () => pm.expect(String(value)).to.equal(hex));
		is("md5", C.MD5("abc"), "900150983cd24fb0d6963f7d28e17f72");
		is("sha1 of nothing", C.SHA1(""), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
		is("sha256 of utf-8", C.SHA256("é"), "4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c");
		is("sha256 of words", C.SHA256(C.enc.Hex.parse("616263")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
		is("hmac", C.HmacSHA1("what do ya want for nothing?", "Jefe"), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
		is("hmac with words for a key", C.HmacSHA256("Hi There", C.enc.Hex.parse("0b".repeat(20))), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
		is("pbkdf2", C.PBKDF2("password", "salt", { keySize: 5, iterations: 2 }), "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957");
		is("pbkdf2 with a hash", C.PBKDF2("password", "salt", { keySize: 8, hasher: C.algo.SHA256 }), "120fb6cffcf8b32c43e7225256c4f837a86548c92ccc35480805987cb70be17b");
		const own = (name, fn) => pm.test(name, () => pm.expect(fn).to.throw("the library's own " + name));
		own("SHA3", () => C.SHA3("abc"));
		own("SHA1", () => C.SHA1(42));
		own("SHA256", () => C.SHA256("\ud800"));
		own("PBKDF2", () => C.PBKDF2("p", "s", { hasher: C.algo.SHA3 }));`)
	if len(s.tests) != 12 {
		t.Errorf("%d tests, want 12", len(s.tests))
	}
}
