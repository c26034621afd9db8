package sandbox_test

import (
	"testing"

	"postie/runner/script"
)

// Each script is a test of its own: is compares two values.
const comparing = `const is = (got, want) => pm.test(JSON.stringify(want), () => pm.expect(got).to.eql(want));`

func TestBuffer(t *testing.T) {
	t.Parallel()
	c := newCell(t, script.Options{})
	c.succeeds(comparing + `
		is(Buffer.from("héllo").toString("base64"), "aMOpbGxv");
		is(Buffer.from("aGk=", "base64").toString(), "hi");
		is(Buffer.from("__-_", "base64url").toString("hex"), "ffffbf");
		is(Buffer.from("ff0g", "hex").length, 1);
		is(Buffer.concat([Buffer.from("a"), Buffer.alloc(2, "b")]).toString("latin1"), "abb");
		is(JSON.stringify(Buffer.from("ab")), '{"type":"Buffer","data":[97,98]}');
		is([Buffer.isBuffer(Buffer.from([1])), Buffer.isBuffer(new Uint8Array(1)), Buffer("x") instanceof Buffer], [true, false, true]);
		const b = Buffer.alloc(8);
		b.writeUInt32BE(0xdeadbeef, 0);
		is([b.readUInt16LE(1), b.readInt8(0), b.slice(0, 2).toString("hex")], [0xbead, -34, "dead"]);
		is([Buffer.from("abcabc").indexOf("ca"), Buffer.from("abc").includes("d"), Buffer.compare(Buffer.from("a"), Buffer.from("b"))], [2, false, -1]);
		is(Buffer.byteLength("€"), 3);
		is(require("buffer").Buffer === Buffer, true);
		const thrown = (() => { try { Buffer.from(5); } catch (e) { return [e.name, e.code]; } })();
		is(thrown, ["TypeError", "ERR_INVALID_ARG_TYPE"]);
		is(Buffer.from([0xe2, 0x82, 0x41, 0xff]).toString(), "\ufffdA\ufffd");`)
}

func TestWebURL(t *testing.T) {
	t.Parallel()
	c := newCell(t, script.Options{})
	c.succeeds(comparing + `
		is(new URL("http://a.b:80/c d/../e?x=é#h").href, "http://a.b/e?x=%C3%A9#h");
		is(new URL("../x", "https://ü.de/b/c/").href, "https://xn--tda.de/b/x");
		is(new URL("http:\\\\a\\b").href, "http://a/b");
		const u = new URL("http://u:p@a/");
		u.searchParams.append("q", "a b&c");
		u.port = "8080"; u.hash = "z";
		is([u.href, u.origin, String(u), JSON.stringify({ u })], ["http://u:p@a:8080/?q=a+b%26c#z", "http://a:8080", u.href, '{"u":"' + u.href + '"}']);
		is([URL.canParse("nope"), URL.canParse("a:b")], [false, true]);
		const thrown = (() => { try { new URL("nope"); } catch (e) { return [e.name, e.message, e.code]; } })();
		is(thrown, ["TypeError", "Invalid URL", "ERR_INVALID_URL"]);
		is([...new URLSearchParams("?a=1&a=2&b=%C3%A9+x")], [["a", "1"], ["a", "2"], ["b", "é x"]]);`)
}

func TestWebCrypto(t *testing.T) {
	t.Parallel()
	c := newCell(t, script.Options{})
	c.succeeds(comparing + `
		const text = (s) => new TextEncoder().encode(s);
		const hex = (b) => Buffer.from(b).toString("hex");
		is(hex(await crypto.subtle.digest("SHA-256", text("abc"))), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
		const key = await crypto.subtle.importKey("raw", text("Jefe"), { name: "HMAC", hash: "SHA-1" }, false, ["sign", "verify"]);
		const mac = await crypto.subtle.sign("HMAC", key, text("what do ya want for nothing?"));
		is([hex(mac), await crypto.subtle.verify("HMAC", key, mac, text("x"))], ["effcdf6ae5eb2fa2d27416d5f184df9c259a7c79", false]);
		const again = await crypto.subtle.sign({ name: "HMAC", hash: "SHA-256" }, key, text("what do ya want for nothing?"));
		is(hex(again), hex(mac)); // the hash is the key's
		const refused = async (what) => { try { await what(); return "" } catch (e) { return e.name + ": " + e.message } };
		const open = await crypto.subtle.importKey("raw", text("Jefe"), { name: "HMAC", hash: "SHA-1" }, true, ["sign"]);
		is(await refused(() => crypto.subtle.exportKey("spki", open)), "NotSupportedError: Unable to export HMAC secret key using spki format");
		is(await refused(() => crypto.subtle.exportKey("nope", open)), "TypeError: Failed to execute 'exportKey' on 'SubtleCrypto': 1st argument value 'nope' is not a valid enum value of type KeyFormat.");
		is(await refused(() => crypto.subtle.encrypt({ name: "AES-GCM", iv: new Uint8Array(12) }, open, text("x"))), "InvalidAccessError: The requested operation is not valid for the provided key");
		is(await refused(() => crypto.subtle.sign("HMAC", 5, text("x"))), "TypeError: Failed to execute 'sign' on 'SubtleCrypto': 2nd argument is not of type CryptoKey.");
		is(await refused(() => crypto.subtle.sign("HMAC", open, "x")), "TypeError: Failed to execute 'sign' on 'SubtleCrypto': 3rd argument is not instance of ArrayBuffer, Buffer, TypedArray, or DataView.");
		is(await refused(() => crypto.subtle.importKey("raw", text("x"), { name: "HMAC" }, true, ["sign"])), "TypeError: Failed to normalize algorithm: passed algorithm can not be converted to 'HmacImportParams' because 'hash' is required in 'HmacImportParams'.");
		for (const name of ["AES-GCM", "AES-CBC", "AES-CTR"]) {
			const k = await crypto.subtle.importKey("raw", text("0123456789abcdef"), name, true, ["encrypt", "decrypt"]);
			const iv = text("fedcba9876543210");
			const how = { name, iv, counter: iv, length: 64 };
			const sealed = await crypto.subtle.encrypt(how, k, text("hello"));
			is([name, Buffer.from(await crypto.subtle.decrypt(how, k, sealed)).toString()], [name, "hello"]);
		}
		const gcm = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["decrypt"]);
		let failed = "";
		try { await crypto.subtle.decrypt({ name: "AES-GCM", iv: text("123456789012") }, gcm, new Uint8Array(20)); } catch (e) { failed = e.name; }
		is(failed, "OperationError");
		is(crypto.randomUUID().replace(/[0-9a-f]/g, "x"), "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx");
		is(crypto.getRandomValues(new Uint8Array(9)).length, 9);`)
}

// What Postman's scripts of today do with keys; the algorithms have tests of
// their own.
func TestWebCryptoKeys(t *testing.T) {
	t.Parallel()
	c := newCell(t, script.Options{})
	c.succeeds(comparing + `
		const { subtle } = crypto;
		const text = (s) => new TextEncoder().encode(s), hex = (b) => Buffer.from(b).toString("hex");
		const fails = async (f) => { try { await f(); return "nothing"; } catch (e) { return e.name; } };
		// private_key_jwt: a PEM file's bytes, RS256
		const RS256 = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
		const pair = await subtle.generateKey({ ...RS256, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) }, true, ["sign", "verify"]);
		const pem = Buffer.from(await subtle.exportKey("pkcs8", pair.privateKey)).toString("base64");
		const key = await subtle.importKey("pkcs8", Uint8Array.from(atob(pem), (c) => c.charCodeAt(0)), RS256, false, ["sign"]);
		const signature = await subtle.sign("RSASSA-PKCS1-v1_5", key, text("head.payload"));
		is([signature.byteLength, await subtle.verify(RS256, pair.publicKey, signature, text("head.payload")), await subtle.verify(RS256, pair.publicKey, signature, text("x"))], [256, true, false]);
		is([key.type, key.extractable, key.usages, key.algorithm.hash, key.algorithm.modulusLength, key instanceof CryptoKey, String(key)], ["private", false, ["sign"], { name: "SHA-256" }, 2048, true, "[object CryptoKey]"]);
		is(Object.keys(await subtle.exportKey("jwk", pair.publicKey)).sort().join(), "alg,e,ext,key_ops,kty,n");
		// a secret of a password
		const password = await subtle.importKey("raw", text("pw"), "PBKDF2", false, ["deriveKey", "deriveBits"]);
		const how = { name: "PBKDF2", salt: text("salt"), iterations: 1000, hash: "SHA-256" };
		is(hex(await subtle.deriveBits(how, password, 256)), "0a38253555ce37f5c72a6b703f996814ebf241f203af146e93dcdeb031c5567e");
		const secret = await subtle.deriveKey(how, password, { name: "AES-GCM", length: 256 }, true, ["encrypt", "decrypt"]);
		is([secret.algorithm, hex(await subtle.exportKey("raw", secret)).slice(0, 8)], [{ name: "AES-GCM", length: 256 }, "0a382535"]);
		// a key in a key
		const box = await subtle.generateKey({ name: "AES-KW", length: 128 }, true, ["wrapKey", "unwrapKey"]);
		const back = await subtle.unwrapKey("raw", await subtle.wrapKey("raw", secret, box, "AES-KW"), box, "AES-KW", "AES-GCM", true, ["encrypt"]);
		is(hex(await subtle.exportKey("raw", back)), hex(await subtle.exportKey("raw", secret)));
		// names as they come, and large data
		const mac = await subtle.importKey("jwk", { kty: "oct", k: "a2V5", alg: "HS256", ext: true, key_ops: ["sign"] }, { name: "hmac", hash: { name: "sha-256" } }, true, ["sign"]);
		is([mac.algorithm, hex(await subtle.sign("HMAC", mac, new Uint8Array(1e5)))], [{ name: "HMAC", hash: { name: "SHA-256" }, length: 24 }, hex(await subtle.sign("HMAC", mac, new Uint8Array(1e5).buffer))]);
		for (const [want, f] of [
			["DataError", () => subtle.importKey("jwk", { kty: "oct", k: "AAAA", alg: "HS512" }, { name: "HMAC", hash: "SHA-256" }, true, ["sign"])],
			["DataError", () => subtle.importKey("jwk", { kty: "RSA", k: "AAAA" }, { name: "HMAC", hash: "SHA-256" }, true, ["sign"])],
			["DataError", () => subtle.importKey("pkcs8", text("x"), RS256, true, ["sign"])],
			["NotSupportedError", () => subtle.exportKey("raw", pair.publicKey)],
			["TypeError", () => subtle.importKey("bogus", text("x"), RS256, true, ["sign"])],
			["TypeError", () => subtle.digest({}, text("x"))],
			["InvalidAccessError", () => subtle.sign(RS256, pair.publicKey, text("x"))],
			["InvalidAccessException", () => subtle.exportKey("jwk", key)], // a name of node's own
			["InvalidAccessError", () => subtle.sign("HMAC", key, text("x"))],
			["NotSupportedError", () => subtle.generateKey({ name: "NOPE" }, true, ["sign"])],
			["SyntaxError", () => subtle.importKey("raw", text("k"), { name: "HMAC", hash: "SHA-1" }, true, ["encrypt"])],
			["SyntaxError", () => subtle.importKey("raw", text("k"), { name: "HMAC", hash: "SHA-1" }, true, [])],
			["SyntaxError", () => subtle.importKey("raw", text("k"), "PBKDF2", true, ["deriveBits"])],
			["DataError", () => subtle.importKey("pkcs8", text("k"), RS256, true, ["sign"])],
			["DataError", () => subtle.importKey("jwk", { kty: "oct", k: "a2V5", key_ops: ["verify"] }, { name: "HMAC", hash: "SHA-1" }, true, ["sign"])],
			["TypeError", () => subtle.importKey("raw", text("k"), "HMAC", true, ["sign"])],
			["TypeError", () => subtle.digest("SHA-1", "text")],
			["TypeError", () => subtle.sign("HMAC", {}, text("x"))],
			["TypeError", () => new CryptoKey()],
			["TypeMismatchError", () => crypto.getRandomValues(new Float32Array(1))],
			["QuotaExceededError", () => crypto.getRandomValues(new Uint8Array(65537))],
		]) is(await fails(f), want);`)
}

func TestLanguage(t *testing.T) {
	t.Parallel()
	c := newCell(t, script.Options{})
	c.succeeds(comparing + `
		is(JSON.stringify(new TypeError("x")), '{"type":"Error","name":"TypeError","message":"x"}');
		const holder = {};
		Error.captureStackTrace(holder);
		is(typeof holder.stack, "string");
		is(["b", "a", "B", "A", "ä", "z"].sort((x, y) => x.localeCompare(y)), ["a", "A", "ä", "b", "B", "z"]);
		is(["a10", "a9"].sort(new Intl.Collator("en", { numeric: true }).compare), ["a9", "a10"]);
		is("a".localeCompare("A", undefined, { sensitivity: "base" }), 0);
		is((1234567.891).toLocaleString("en-US"), "1,234,567.891");
		is(new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" }).format(12.5), "$12.50");
		is(new Date(0).toLocaleDateString("en-US", { timeZone: "UTC" }), "1/1/1970");
		is(/ \(.+\)$/.test(String(new Date(0))), true);
		is(structuredClone(new Map([[1, { d: new Date(0) }]])).get(1).d.getTime(), 0);
		const refused = (() => { try { structuredClone(() => 1); } catch (e) { return [e.name, e.code, e instanceof DOMException]; } })();
		is(refused, ["DataCloneError", 25, true]);
		const stop = new AbortController();
		let calls = 0;
		stop.signal.addEventListener("abort", () => calls++);
		stop.abort(); stop.abort();
		is([stop.signal.aborted, stop.signal.reason.name, calls], [true, "AbortError", 1]);
		is(await Array.fromAsync([1, Promise.resolve(2)]), [1, 2]);
		is(typeof arguments, "undefined");
		is(typeof globalThis, "object");`)
}

func TestDateForms(t *testing.T) {
	t.Parallel()
	c := newCell(t, script.Options{})
	c.succeeds(comparing + `
		for (const [text, want] of Object.entries({
			"2020-01-02": "2020-01-02T00:00:00.000Z",
			"Thu, 02 Jan 2020 10:00:00 GMT": "2020-01-02T10:00:00.000Z",
			"Jan 2, 2020 10:00:00 GMT+0200": "2020-01-02T08:00:00.000Z",
			"2020-01-02T10:00:00+0200": "2020-01-02T08:00:00.000Z",
			"2020-01-02T10:00:00.123456789Z": "2020-01-02T10:00:00.123Z",
			"Thu Jan 02 2020 10:00:00 GMT+0000 (Coordinated Universal Time)": "2020-01-02T10:00:00.000Z",
			"3 Mar 2020 10:10 EST": "2020-03-03T15:10:00.000Z",
		})) is(new Date(text).toISOString(), want);
		is(String(new Date("nope")), "Invalid Date");
		is(new Date(String(new Date(86400000))).getTime(), 86400000);`)
}

// Results of the web's own suite, and of node.
func TestEvents(t *testing.T) {
	t.Parallel()
	c := newCell(t, script.Options{})
	c.succeeds(comparing + `
		const fails = (f) => { try { f(); return "nothing"; } catch (e) { return e.name; } };
		const target = new EventTarget(), seen = [];
		const event = new Event("x", { cancelable: true });
		target.addEventListener("x", (e) => { seen.push(e.target === target, e.currentTarget === target, e.eventPhase); e.preventDefault(); });
		target.addEventListener("x", { handleEvent() { seen.push("once"); } }, { once: true });
		is([target.dispatchEvent(event), event.defaultPrevented, event.currentTarget], [false, true, null]);
		is([target.dispatchEvent(new Event("x")), seen.filter((s) => s === "once").length], [true, 1]);
		const stop = () => seen.push("same");
		target.addEventListener("y", stop); target.addEventListener("y", stop);
		target.addEventListener("y", (e) => e.stopImmediatePropagation());
		target.addEventListener("y", () => seen.push("never"));
		target.dispatchEvent(new Event("y"));
		is([seen.filter((s) => s === "same").length, seen.includes("never")], [1, false]);
		target.removeEventListener("y", stop); target.dispatchEvent(new Event("y"));
		is(seen.filter((s) => s === "same").length, 1);
		is([fails(() => target.dispatchEvent({})), fails(() => new Event()), String(event), String(target)], ["TypeError", "TypeError", "[object Event]", "[object EventTarget]"]);
		const control = new AbortController();
		let times = 0;
		control.signal.onabort = () => times++;
		target.addEventListener("z", () => times++, { signal: control.signal });
		target.dispatchEvent(new Event("z")); control.abort(); control.abort(); target.dispatchEvent(new Event("z"));
		is([times, control.signal.aborted, control.signal.reason.name, fails(() => control.signal.throwIfAborted())], [2, true, "AbortError", "AbortError"]);
		const order = [], turns = new AbortController();
		turns.signal.addEventListener("abort", () => order.push("first"));
		turns.signal.onabort = () => order.push("no more");
		turns.signal.addEventListener("abort", () => order.push("third"));
		turns.signal.onabort = () => order.push("second");
		turns.abort();
		is(order, ["first", "second", "third"]);
		is([AbortSignal.abort("why").reason, AbortSignal.any([control.signal]).aborted, AbortSignal.any([]).aborted, fails(() => new AbortSignal())], ["why", true, false, "TypeError"]);
		const later = AbortSignal.timeout(1);
		await new Promise((done) => later.addEventListener("abort", done));
		is(later.reason.name, "TimeoutError");
		AbortSignal.timeout(1e9); // nobody waits for it`)
	out := c.run(`const t = new EventTarget(); t.addEventListener("x", () => { throw new Error("of a listener") }); t.addEventListener("x", () => pm.test("the next", () => {})); t.dispatchEvent(new Event("x"))`)
	if out.Err == nil || out.Err.Message != "of a listener" {
		t.Errorf("%+v", out.Err)
	}
}

func TestBlobs(t *testing.T) {
	t.Parallel()
	c := newCell(t, script.Options{})
	c.succeeds(comparing + `
		const fails = (f) => { try { f(); return "nothing"; } catch (e) { return e.name; } };
		const blob = new Blob(["héllo", new Uint8Array([33]), new Blob(["!"]), new Uint8Array([63]).buffer], { type: "Text/Plain" });
		is([blob.size, blob.type, await blob.text(), (await blob.arrayBuffer()).byteLength, [...await blob.bytes()].at(-1), String(blob)], [9, "text/plain", "héllo!!?", 9, 63, "[object Blob]"]);
		is([await blob.slice(0, 3).text(), blob.slice(1, 3, "a/b").type, blob.slice(-1).size], ["hé", "a/b", 1]);
		is([fails(() => new Blob("x")), fails(() => new File(["x"]))], ["TypeError", "TypeError"]);
		const file = new File(["x"], "n.txt", { lastModified: 5 });
		is([file.name, file.lastModified, file.size, file instanceof Blob, String(file)], ["n.txt", 5, 1, true, "[object File]"]);
		const d = new TextDecoder();
		is([d.decode(new Uint8Array([0xf0, 0x9f]), { stream: true }), d.decode(new Uint8Array([0x98, 0x80])), d.decode(new Uint8Array([0xe2]))], ["", "😀", "\ufffd"]);
		is([d.decode(new Uint8Array([0xef, 0xbb]), { stream: true }), d.decode(new Uint8Array([0xbf, 0x61]))], ["", "a"]);
		is(new TextEncoder().encodeInto("aé", new Uint8Array(2)), { read: 1, written: 1 });`)
}

// Texts and codes of errors are those of Postman's runtime.
func TestWebErrors(t *testing.T) {
	t.Parallel()
	c := newCell(t, script.Options{})
	c.succeeds(comparing + `
		const target = new EventTarget();
		for (const [f, name, message, code] of [
			[() => new Blob("abc"), "TypeError", "The \"sources\" argument must be a sequence. Received type string ('abc')", "ERR_INVALID_ARG_TYPE"],
			[() => new File(["a"]), "TypeError", 'The "fileBits" and "fileName" arguments must be specified', "ERR_MISSING_ARGS"],
			[() => new Event(), "TypeError", 'The "type" argument must be specified', "ERR_MISSING_ARGS"],
			[() => target.dispatchEvent({ type: "x" }), "TypeError", 'The "event" argument must be an instance of Event. Received an instance of Object', "ERR_INVALID_ARG_TYPE"],
			[() => target.addEventListener("a"), "TypeError", 'The "type" and "listener" arguments must be specified', "ERR_MISSING_ARGS"],
			[() => target.addEventListener("a", 5), "TypeError", 'The "listener" argument must be an instance of EventListener. Received type number (5)', "ERR_INVALID_ARG_TYPE"],
			[() => new AbortSignal(), "TypeError", "Illegal constructor", "ERR_ILLEGAL_CONSTRUCTOR"],
			[() => AbortSignal.timeout(-1), "RangeError", 'The value of "delay" is out of range. It must be >= 0 && <= 4294967295. Received -1', "ERR_OUT_OF_RANGE"],
			[() => AbortSignal.timeout(), "TypeError", 'The "delay" argument must be of type number. Received undefined', "ERR_INVALID_ARG_TYPE"],
			[() => new TextDecoder("nope"), "RangeError", 'The "nope" encoding is not supported', "ERR_ENCODING_NOT_SUPPORTED"],
			[() => new TextDecoder("utf-8", { fatal: true }).decode(new Uint8Array([255])), "TypeError", "The encoded data was not valid for encoding utf-8", "ERR_ENCODING_INVALID_ENCODED_DATA"],
			[() => new URL(), "TypeError", 'The "url" argument must be specified', "ERR_MISSING_ARGS"],
			[() => new URLSearchParams([5]), "TypeError", "Each query pair must be an iterable [name, value] tuple", "ERR_INVALID_TUPLE"],
			[() => new URLSearchParams().get(), "TypeError", 'The "name" argument must be specified', "ERR_MISSING_ARGS"],
			[() => queueMicrotask(5), "TypeError", 'The "callback" argument must be of type function. Received type number (5)', "ERR_INVALID_ARG_TYPE"],
			[() => require("nope"), "Error", "Cannot find module 'nope'", "MODULE_NOT_FOUND"],
			[() => { throw new DOMException("m", { name: "AbortError", cause: 5 }); }, "AbortError", "m", 20],
		]) {
			let got = ["nothing"];
			try { f(); } catch (e) { got = [e.name, e.message, e.code]; }
			is(got, [name, message, code]);
		}
		is(new DOMException("m", { cause: 5 }).cause, 5);
		is(new URL("blob:http://a/x").origin, "http://a");
		const copy = structuredClone([new Blob(["ab"]), await crypto.subtle.importKey("raw", new Uint8Array(1), "PBKDF2", false, ["deriveBits"])]);
		is([copy[0].size, copy[1].type, String(copy[1])], [2, "secret", "[object CryptoKey]"]);`)
}

// All encodings of the web but those that node has not either.
func TestTextDecoder(t *testing.T) {
	t.Parallel()
	c := newCell(t, script.Options{})
	c.succeeds(comparing + `
		const bytes = (...list) => new Uint8Array(list);
		for (const [label, name, given, want] of [
			["unicode-1-1-utf-8", "utf-8", [0xc3, 0xa9], "é"],
			[" Latin1 ", "windows-1252", [0xe9], "é"],
			["iso-8859-2", "iso-8859-2", [0xe9, 0xb1, 0x80], "éą\u0080"],
			["windows-1251", "windows-1251", [0xef, 0xf0, 0xe8], "при"],
			["windows-874", "windows-874", [0xa1, 0x81], "ก\u0081"],
			["koi8-u", "koi8-u", [0xa4], "є"],
			["ibm866", "ibm866", [0x8f], "П"],
			["macintosh", "macintosh", [0x80], "Ä"],
			["gb2312", "gbk", [0xc4, 0xe3], "你"],
			["gb18030", "gb18030", [0x81, 0x30, 0x81, 0x30], "\u0080"],
			["big5", "big5", [0xa4, 0xa4], "中"],
			["euc-jp", "euc-jp", [0xa4, 0xa2], "あ"],
			["sjis", "shift_jis", [0x82, 0xa0], "あ"],
			["iso-2022-jp", "iso-2022-jp", [0x1b, 0x24, 0x42, 0x24, 0x22, 0x1b, 0x28, 0x42], "あ"],
			["euc-kr", "euc-kr", [0xb0, 0xa1], "가"],
			["utf-16", "utf-16le", [0xff, 0xfe, 0x41, 0, 0x3d, 0xd8], "A\ufffd"],
			["utf-16be", "utf-16be", [0, 0x41, 0x20, 0xac], "A€"],
		]) {
			const decoder = new TextDecoder(label);
			is([decoder.encoding, decoder.decode(bytes(...given))], [name, want]);
		}
		for (const label of ["replacement", "x-user-defined", "utf-7", ""]) {
			let got;
			try { new TextDecoder(label); } catch (e) { got = e.name; }
			is([label, got], [label, "RangeError"]);
		}
		const parts = new TextDecoder("shift_jis");
		is([parts.decode(bytes(0x82), { stream: true }), parts.decode(bytes(0xa0))], ["", "あ"]);
		const strict = new TextDecoder("utf-16le", { fatal: true });
		is(strict.decode(bytes(0xfd, 0xff)), "\ufffd"); // it is what was written
		let failed;
		try { strict.decode(bytes(0, 0xd8)); } catch (e) { failed = e.message; }
		is(failed, "The encoded data was not valid for encoding utf-16le");
		is([strict.fatal, strict.ignoreBOM, Object.keys(strict), String(strict)], [true, false, [], "[object TextDecoder]"]);`)
}
