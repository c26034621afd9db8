package engine

import (
	"math"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/libquickjs"
	"modernc.org/quickjs"
)

func pointerTo[T any](p *T) unsafe.Pointer { return unsafe.Pointer(p) }

const valueSize = unsafe.Sizeof(*new(Value))

// JavaScript's undefined and null.
var (
	Undefined = simple(lib.EJS_TAG_UNDEFINED)
	Null      = simple(lib.EJS_TAG_NULL)
)

// exception is the result of a call that threw.
var exception = simple(lib.EJS_TAG_EXCEPTION)

// Bool converts a Go bool to a JavaScript value.
func Bool(b bool) Value {
	if b {
		return ofBool(1)
	}
	return ofBool(0)
}

// Number converts a Go number to a JavaScript value.
func Number(f float64) Value {
	if n := int32(f); float64(n) == f && (n != 0 || !math.Signbit(f)) {
		return ofInt(n)
	}
	return ofFloat(f)
}

// Simple returns a number as float64, a boolean as bool, null as nil, and other
// values as they are.
func Simple(v Value) any {
	switch tagOf(v) {
	case lib.EJS_TAG_INT:
		return float64(intOf(v))
	case lib.EJS_TAG_FLOAT64:
		return floatOf(v)
	case lib.EJS_TAG_BOOL:
		return intOf(v) != 0
	case lib.EJS_TAG_NULL:
		return nil
	}
	return v
}

// IsUndefined reports whether a value is undefined.
func IsUndefined(v Value) bool { return tagOf(v) == lib.EJS_TAG_UNDEFINED }

// Failed reports whether a value is the result of a call that threw.
func Failed(v Value) bool { return tagOf(v) == lib.EJS_TAG_EXCEPTION }

// IsFunction reports whether a value can be called.
func (b *binding) IsFunction(v Value) bool { return lib.XJS_IsFunction(b.tls, b.context, v) != 0 }

// Truthy reports whether a condition with this value holds.
func (b *binding) Truthy(v Value) bool { return lib.XJS_ToBool(b.tls, b.context, v) > 0 }

// Share returns v with one more reference.
func (b *binding) Share(v Value) Value { return lib.XDupValue(b.tls, b.context, v) }

// IsTrue reports whether a value is the boolean true.
func IsTrue(v Value) bool { return tagOf(v) == lib.EJS_TAG_BOOL && intOf(v) != 0 }

// Raw returns v in the engine's format, borrowed: the caller must not free it.
func Raw(v *quickjs.Value) Value { return raw(v) }

// Free releases a reference.
func (b *binding) Free(v Value) { lib.XFreeValue(b.tls, b.context, v) }

// String converts a Go string to a JavaScript string, which the caller owns. It
// returns undefined with a pending exception when there is no memory.
func (b *binding) String(s string) Value {
	if !utf8.ValidString(s) {
		s = string([]rune(s)) // one U+FFFD for each invalid byte
	}
	p := b.scratch.hold(b.tls, s)
	if p == 0 {
		return lib.XJS_ThrowOutOfMemory(b.tls, b.context)
	}
	return lib.XJS_NewStringLen(b.tls, b.context, p, libc.Tsize_t(len(s)))
}

// A scratch is C memory for one text that is passed to the engine, because Go
// may move its own memory.
type scratch struct {
	at   uintptr
	size int
}

// maxScratch is the size in bytes of a buffer that is kept for the next text.
const maxScratch = 64 << 10

// hold copies s to memory that is valid until the next hold. It returns 0 when
// there is no memory.
func (c *scratch) hold(tls *libc.TLS, s string) uintptr {
	if len(s) >= c.size || c.size > maxScratch {
		c.free(tls)
		c.size = max(256, 2*len(s))
		if c.at = libc.Xmalloc(tls, libc.Tsize_t(c.size)); c.at == 0 {
			c.size = 0
			return 0
		}
	}
	copy(bytesAt(c.at, c.size), s)
	return c.at
}

func (c *scratch) free(tls *libc.TLS) {
	libc.Xfree(tls, c.at)
	c.at, c.size = 0, 0
}

// Text converts a JavaScript string to a Go string, with U+FFFD for each lone
// surrogate. ok is false for other values, and when there is no memory.
func (b *binding) Text(v Value) (s string, ok bool) {
	switch tag := tagOf(v); {
	case tag == lib.EJS_TAG_STRING && fallback == "":
		p := pointerOf(v)
		n, wide := stringSize(p)
		if wide {
			return decoded(unsafe.Slice(at[uint16](p+stringData), n)), true
		}
		return latin1(bytesAt(p+stringData, n)), true
	case tag == lib.EJS_TAG_STRING, tag == lib.EJS_TAG_STRING_ROPE:
		return b.encoded(v)
	}
	return "", false
}

// stringData is the offset of the characters in a JSString.
const stringData = unsafe.Sizeof(lib.TJSString{})

// stringSize returns the length of a JSString, and whether its characters have
// 16 bits.
func stringSize(p uintptr) (n int, wide bool) {
	bits := at[lib.TJSString](p).F__ccgo0
	return int(bits & 0x7fffffff), bits>>31 != 0
}

// latin1 converts 8-bit characters to a Go string.
func latin1(b []byte) string {
	n := 0
	for _, c := range b {
		n += int(c >> 7)
	}
	if n == 0 {
		return string(b)
	}
	var s strings.Builder
	s.Grow(len(b) + n)
	for _, c := range b {
		s.WriteRune(rune(c))
	}
	return s.String()
}

func decoded(units []uint16) string {
	out := make([]byte, 0, len(units)+len(units)/4)
	for i := 0; i < len(units); i++ {
		r := rune(units[i])
		if utf16.IsSurrogate(r) && i+1 < len(units) {
			if pair := utf16.DecodeRune(r, rune(units[i+1])); pair != utf8.RuneError {
				r = pair
				i++
			}
		}
		out = utf8.AppendRune(out, r) // a lone surrogate becomes U+FFFD
	}
	return string(out)
}

// encoded returns a string in the engine's UTF-8. The engine first joins a
// string that was concatenated lazily.
func (b *binding) encoded(v Value) (s string, ok bool) {
	const word = int(unsafe.Sizeof(libc.Tsize_t(0)))
	size := b.tls.Alloc(word)
	defer b.tls.Free(word)
	p := lib.XJS_ToCStringLen2(b.tls, b.context, size, v, 0)
	if p == 0 {
		b.drop()
		return "", false
	}
	defer lib.XJS_FreeCString(b.tls, b.context, p)
	return wellFormed(string(libc.GoBytes(p, int(*at[libc.Tsize_t](size))))), true
}

// wellFormed replaces each lone surrogate, which the engine encodes as three
// bytes, by U+FFFD.
func wellFormed(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	out := []byte(s)
	for i := 0; i+2 < len(out); i++ {
		if out[i] == 0xed && out[i+1] >= 0xa0 {
			copy(out[i:], "\uFFFD")
		}
	}
	return string(out)
}
