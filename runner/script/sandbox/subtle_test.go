package sandbox_test

import (
	"testing"

	"postie/runner/script"
)

// What Postman's CLI says of wrong calls, word for word.
func TestWebCryptoErrors(t *testing.T) {
	t.Parallel()
	c := newCell(t, script.Options{})
	c.succeeds(comparing + `
		const { subtle } = crypto;
		const data = new TextEncoder().encode("data"), HMAC = { name: "HMAC", hash: "SHA-256" };
		const raw = (size, algorithm, usages, extractable = true) => subtle.importKey("raw", new Uint8Array(size), algorithm, extractable, usages);
		const secret = await raw(4, HMAC, ["sign"]), closed = await raw(4, HMAC, ["sign"], false);
		const aes = await raw(16, "AES-GCM", ["encrypt", "decrypt"]), pw = await raw(2, "PBKDF2", ["deriveBits"], false);
		const jwk = (more) => subtle.importKey("jwk", { kty: "oct", k: "AQ", ...more }, HMAC, true, ["sign"]);
		const RSA = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
		const normalize = "Failed to normalize algorithm: ";
		for (const [f, name, message, code] of [
			[() => subtle.digest(), "TypeError", "Failed to execute 'digest' on 'SubtleCrypto': 2 arguments required, but only 0 present.", "ERR_MISSING_ARGS"],
			[() => crypto.getRandomValues(), "TypeError", "Failed to execute 'getRandomValues' on 'Crypto': 1 argument required, but only 0 present.", "ERR_MISSING_ARGS"],
			[() => subtle.digest("SHA-1", "text"), "TypeError", "Failed to execute 'digest' on 'SubtleCrypto': 2nd argument is not instance of ArrayBuffer, Buffer, TypedArray, or DataView.", "ERR_INVALID_ARG_TYPE"],
			[() => subtle.digest({}, data), "TypeError", normalize + "passed algorithm can not be converted to 'Algorithm' because 'name' is required in 'Algorithm'.", "ERR_MISSING_OPTION"],
			[() => raw(4, { ...HMAC, length: 64 }, ["sign"]), "DataError", "Invalid key length", 0],
			[() => raw(4, { ...HMAC, length: 30 }, ["sign"]), "NotSupportedError", "Unsupported HmacImportParams.length", 9],
			[() => raw(4, HMAC, ["bogus"]), "TypeError", "Failed to execute 'importKey' on 'SubtleCrypto': 5th argument[0] value 'bogus' is not a valid enum value of type KeyUsage.", "ERR_INVALID_ARG_VALUE"],
			[() => jwk({ use: "enc" }), "DataError", 'Invalid JWK "use" Parameter', 0],
			[() => jwk({ key_ops: ["sign", "sign"] }), "DataError", "Duplicate key operation", 0],
			[() => jwk({ k: undefined }), "DataError", "Invalid keyData", 0],
			[() => jwk({ kty: undefined }), "DataError", "Invalid keyData", 0],
			[() => subtle.importKey("jwk", 5, HMAC, true, ["sign"]), "TypeError", "Failed to execute 'importKey' on 'SubtleCrypto': 2nd argument can not be converted to a dictionary", "ERR_INVALID_ARG_TYPE"],
			[() => subtle.importKey("spki", data, HMAC, true, ["sign"]), "NotSupportedError", "Unable to import HMAC using spki format", 9],
			[() => subtle.importKey("raw", data, RSA, true, ["verify"]), "NotSupportedError", "Unable to import RSASSA-PKCS1-v1_5 using raw format", 9],
			[() => subtle.importKey("raw", data, { name: "ECDSA", namedCurve: "P-1" }, true, ["verify"]), "NotSupportedError", "Unrecognized namedCurve", 9],
			[() => subtle.exportKey("raw", closed), "InvalidAccessException", "key is not extractable", 0],
			[() => subtle.sign(RSA, secret, data), "InvalidAccessError", "Unable to use this key to sign", 15],
			[() => subtle.sign("AES-GCM", aes, data), "NotSupportedError", "Unrecognized algorithm name", 9],
			[() => subtle.wrapKey("raw", secret, aes, { name: "AES-GCM", iv: data }), "InvalidAccessError", "The requested operation is not valid for the provided key", 15],
			[() => subtle.encrypt({ name: "AES-GCM", iv: "abc" }, aes, data), "TypeError", normalize + "'iv' of 'AesGcmParams' (passed algorithm) is not instance of ArrayBuffer, Buffer, TypedArray, or DataView.", "ERR_INVALID_ARG_TYPE"],
			[() => subtle.encrypt({ name: "AES-GCM", iv: data, tagLength: 0 }, aes, data), "OperationError", "0 is not a valid AES-GCM tag length", 0],
			[() => subtle.deriveKey({ name: "PBKDF2", salt: data, iterations: 1, hash: "SHA-1" }, pw, "HKDF", false, ["deriveBits"]), "OperationError", "length cannot be null", 0],
			[() => subtle.generateKey("PBKDF2", false, ["deriveBits"]), "NotSupportedError", "Unrecognized algorithm name", 9],
			[() => subtle.generateKey({ ...HMAC, length: 0 }, false, ["sign"]), "OperationError", "HmacKeyGenParams.length cannot be 0", 0],
			[() => subtle.generateKey({ ...RSA, modulusLength: 1024, publicExponent: [1, 0, 1] }, true, ["sign"]), "TypeError", normalize + "'publicExponent' of 'RsaHashedKeyGenParams' (passed algorithm) is not an Uint8Array object.", "ERR_INVALID_ARG_TYPE"],
			[() => subtle.generateKey(RSA, true, ["sign"]), "TypeError", normalize + "passed algorithm can not be converted to 'RsaHashedKeyGenParams' because 'modulusLength' is required in 'RsaHashedKeyGenParams'.", "ERR_MISSING_OPTION"],
			[() => new CryptoKey(), "TypeError", "Illegal constructor", "ERR_ILLEGAL_CONSTRUCTOR"],
		]) {
			let got = ["nothing"];
			try { await f(); } catch (e) { got = [e.name, e.message, e.code]; }
			is(got, [name, message, code]);
		}`)
}

// A short tag, a key of a point that is compressed, and a number of bits that is
// no multiple of 8: results are those of Postman's runtime.
func TestWebCryptoShortForms(t *testing.T) {
	t.Parallel()
	c := newCell(t, script.Options{})
	c.succeeds(comparing + `
		const { subtle } = crypto, hex = (b) => Buffer.from(b).toString("hex"), text = (s) => new TextEncoder().encode(s);
		const counted = (n) => Uint8Array.from({ length: n }, (_, i) => i * 7 + 1);
		const key = await subtle.importKey("raw", counted(16), "AES-GCM", true, ["encrypt", "decrypt"]);
		for (const [tagLength, want] of [[32, "bc83cc6bf1af829b"], [64, "bc83cc6bf1af829ba33b9741"]]) {
			const how = { name: "AES-GCM", iv: counted(12), additionalData: text("aad"), tagLength };
			const sealed = await subtle.encrypt(how, key, text("data"));
			is([hex(sealed), hex(await subtle.decrypt(how, key, sealed))], [want, hex(text("data"))]);
			const broken = new Uint8Array(sealed);
			broken[5] ^= 1;
			is(await subtle.decrypt(how, key, broken).catch((e) => e.name), "OperationError");
		}
		const EC = { name: "ECDH", namedCurve: "P-256" };
		const { publicKey, privateKey } = await subtle.generateKey(EC, true, ["deriveBits"]);
		const point = new Uint8Array(await subtle.exportKey("raw", publicKey));
		const short = Uint8Array.of(2 + (point[64] & 1), ...point.slice(1, 33));
		const again = await subtle.importKey("raw", short, EC, true, []);
		is(hex(await subtle.exportKey("raw", again)), hex(point));
		const bits = async (n) => hex(await subtle.deriveBits({ name: "ECDH", public: again }, privateKey, n));
		const all = await bits(null), some = await bits(12);
		is(some, all.slice(0, 3) + "0");
		is((await subtle.deriveBits({ name: "ECDH", public: privateKey }, privateKey, 8).catch((e) => e.message)), "algorithm.public must be a public key");`)
}
