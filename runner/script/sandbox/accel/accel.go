//go:build amd64 || arm64

package accel

import (
	"slices"

	"postie/runner/script/sandbox/engine"
)

// In reports whether a text may define a part of a library.
func In(text string) bool {
	return slices.ContainsFunc(Libraries(), func(p engine.Pattern) bool { return p.In(text) })
}

// Libraries returns the patterns by which parts of libraries are found. A
// pattern's name is the file in js/ that replaces the part. A function belongs
// to the first pattern that it fits.
func Libraries() []engine.Pattern {
	return []engine.Pattern{
		{Name: "jsbn", Names: []string{"am", "multiplyTo", "squareTo", "divRemTo", "dlShiftTo", "drShiftTo", "invDigit", "compareTo"}},
		{Name: "ecpoint", Names: []string{"multiply", "twice", "multiplyTwo", "getX", "isInfinity"}},
		{Name: "bn", Names: []string{"_initNumber", "_countBits", "_wordDiv", "_invmp", "divmod", "toRed", "redPow"}},
		{Name: "ecshort", Names: []string{"mul", "mulAdd", "jmulAdd", "_getBeta"}},
		{Name: "hasher", Names: []string{"_doReset", "_doProcessBlock", "_doFinalize"}},
		{Name: "aes", Names: []string{"_doReset", "encryptBlock", "decryptBlock", "_doCryptBlock"}},
		{Name: "buffered", Names: []string{"_append", "_process", "_minBufferSize"}},
		{Name: "encoder", Names: []string{"stringify", "parse"}, Besides: "Utf8 Latin1"},
		{Name: "kdf", Names: []string{"cfg", "init", "compute"}},
		{Name: "forge", Names: []string{"algorithms", "sha1", "sha256"}},
		{Name: "forgemode", Names: []string{"start", "encrypt", "decrypt"}, Besides: "blockSize"},
		{Name: "forgekey", Names: []string{"pbkdf2", "hmac", "md"}},
		{Name: "forge", Names: []string{"_expandKey", "_updateBlock", "startEncrypting"}},
		{Name: "compress", Names: []string{"process", "get", "set", "roundClean"}},
		{Name: "compress", Names: []string{"hash", "update", "finalize", "hex", "digest"}},
		{Name: "compress", Names: []string{"_update", "_digest"}},
		{Name: "rounds", Names: []string{"update", "getHash", "setHMACKey", "getHMAC"}},
		{Name: "rounds", Names: []string{"reset", "update", "finalize", "blockSize"}},
		{Name: "wordhash", Words: "return 64 9 4 5 1732584193 271733878 680876936", Parameters: 2},
		{Name: "wordhash", Words: "return 64 9 4 5 1732584193 271733878 1009589776", Parameters: 2},
		{Name: "wordhash", Words: "return 64 9 4 5 1779033703 1013904242 1359893119", Parameters: 2},
		{Name: "lodash", Names: []string{"cloneDeep", "merge", "runInContext", "thru"}},
		{Name: "blake2", Words: "4294967296 32 28 26 24 18", Parameters: 2},
		{Name: "blake2", Words: "0x100000000 32 28 26 24 18", Parameters: 2},
		{Name: "blake2", Words: "4294967296 15 12 10", Parameters: 2},
		{Name: "blake2", Words: "0x100000000 15 12 10", Parameters: 2},
		{Name: "scrypt", Words: "7 9 13 18", Parameters: 6, Besides: "scrypt"},
		{Name: "scrypt", Words: "7 9 13 18", Parameters: 2, Besides: "scrypt"},
		{Name: "bcrypt", Words: "768 512 256 24", Parameters: 4, Besides: "salt"},
		{Name: "bcrypt", Words: "0x300 0x200 0x100 24", Parameters: 4, Besides: "salt"},
		{Name: "argon2", Words: "113 112 97 96 81 48 256", Parameters: 5},
		{Name: "sjclaes", Words: "invalid aes block size 24 16 8 255", Parameters: 3},
		{Name: "sjclaes", Words: "invalid aes block size 24 16 8 255", Parameters: 2},
		{Name: "blakerounds", Words: "v0 v15", Parameters: 20},
		{Name: "pbkdf2", Words: "PRFSalt _cloneInto digestInto", Parameters: 4},
		{Name: "pbkdf2", Words: "eng u1 rounds dkLen outputLen", Parameters: 4},
		{Name: "pbkdf2", Names: []string{"pbkdf2", "hmac"}},
		{Name: "blake2class", Names: []string{"compress", "get", "set"}, Besides: "blockLen"},
		{Name: "pako", Words: "prev_match max_lazy_match match_available", Parameters: 2},
		{Name: "aesjs", Names: []string{"_prepare", "encrypt", "decrypt"}},
		{Name: "nacl", Names: []string{"crypto_hash", "crypto_scalarmult", "crypto_sign_open", "crypto_stream_xor"}},
		{Name: "keccak", Names: []string{"keccak", "update", "finish", "writeInto"}},
		{Name: "keccak", Names: []string{"update", "encode", "encodeString", "bytepad", "finalize"}},
	}
}

// Function returns the function that our JavaScript files ask for by name, or
// nil.
func Function(name string) engine.Function {
	switch name {
	case "exchange":
		return engine.Exchange
	case "around":
		return engine.Around
	case "users":
		return engine.Users
	case "mentions":
		return engine.Mentions
	case "leaf":
		return engine.Leaf
	case "twins":
		return engine.Twins
	case "remember":
		return engine.Remember
	case "intact":
		return engine.Intact
	}
	for _, of := range []map[string]engine.Function{jsbn, bn, csv, ciphers, blocks, nacl, modes, encodings, scrypts, passwords, deflates, sums, byteTexts, plainData, xml2js, html} {
		if f := of[name]; f != nil {
			return f
		}
	}
	return nil
}
