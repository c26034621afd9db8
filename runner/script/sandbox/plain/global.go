package plain

// global has the names of the globals of scripts. A variable that var declares
// with such a name has the global's value until the script assigns to it.
var global = setOf(`Error EvalError RangeError ReferenceError SyntaxError TypeError URIError AggregateError Array Object Function Iterator
	parseInt parseFloat isNaN isFinite decodeURI decodeURIComponent encodeURI encodeURIComponent escape unescape Infinity NaN undefined eval
	Number Boolean String Math Reflect Symbol globalThis BigInt Date RegExp JSON Proxy Map Set WeakMap WeakSet ArrayBuffer SharedArrayBuffer
	Uint8ClampedArray Int8Array Uint8Array Int16Array Uint16Array Int32Array Uint32Array BigInt64Array BigUint64Array Float16Array Float32Array
	Float64Array DataView Atomics Promise WeakRef FinalizationRegistry setTimeout setInterval setImmediate clearTimeout clearInterval
	clearImmediate Intl Buffer URL URLSearchParams TextEncoder TextDecoder structuredClone crypto performance AbortController AbortSignal
	DOMException Crypto CryptoKey SubtleCrypto Event EventTarget Blob File ReadableStream ReadableStreamDefaultReader
	ReadableStreamBYOBReader ReadableStreamDefaultController ReadableByteStreamController ReadableStreamBYOBRequest WritableStream
	WritableStreamDefaultWriter WritableStreamDefaultController TransformStream TransformStreamDefaultController
	ByteLengthQueuingStrategy CountQueuingStrategy TextEncoderStream TextDecoderStream CompressionStream DecompressionStream
	queueMicrotask require tests globals environment data request iteration postman _ CryptoJS tv4 cheerio Backbone xml2Json atob btoa
	responseBody responseTime responseHeaders responseCode responseCookies pm console`)
