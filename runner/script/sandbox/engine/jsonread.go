package engine

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/libquickjs"
)

// A reader parses JSON. It stops at the first error.
type reader struct {
	builder
	text  string
	latin bool // each byte is a character; otherwise the text is UTF-8
	at    int
	depth int
	units []uint16 // of the current string, when it has escapes
}

// maxDepth limits how deep a text may be nested. The engine's own parser
// handles deeper ones, since it checks its stack.
const maxDepth = 500

// whole parses a text that contains one value.
func (r *reader) whole() bool {
	return r.any() && r.space() == 0 && r.at == len(r.text)
}

// space skips white space and returns the next byte, or 0 at the end.
func (r *reader) space() byte {
	for r.at < len(r.text) {
		switch c := r.text[r.at]; c {
		case ' ', '\t', '\n', '\r':
			r.at++
		default:
			return c
		}
	}
	return 0
}

func (r *reader) any() bool {
	switch c := r.space(); c {
	case '"':
		v, ok := r.string()
		return ok && r.value(v)
	case '{':
		return r.nested((*reader).readObject)
	case '[':
		return r.nested((*reader).readArray)
	case 't':
		return r.word("true", Bool(true))
	case 'f':
		return r.word("false", Bool(false))
	case 'n':
		return r.word("null", Null)
	}
	return r.number()
}

func (r *reader) word(word string, v Value) bool {
	if !strings.HasPrefix(r.text[r.at:], word) {
		return false
	}
	r.at += len(word)
	return r.value(v)
}

func (r *reader) nested(read func(*reader) bool) bool {
	if r.depth++; r.depth > maxDepth {
		return false
	}
	r.at++
	ok := read(r)
	r.depth--
	return ok
}

func (r *reader) readArray() bool {
	if r.space() == ']' {
		r.at++
		return r.array(0)
	}
	for count := 1; r.any(); count++ {
		switch r.space() {
		case ',':
			r.at++
		case ']':
			r.at++
			return r.array(count)
		default:
			return false
		}
	}
	return false
}

func (r *reader) readObject() bool {
	o := members{keys: r.keys.root}
	if r.space() == '}' {
		r.at++
		return r.end(&o)
	}
	for r.key(&o) && r.colon() && r.any() {
		switch r.space() {
		case ',':
			r.at++
			continue
		case '}':
			r.at++
			return r.end(&o)
		}
		break
	}
	r.freeAll(o.table)
	return false
}

// members are the keys of an object that is being parsed: of a record in keys,
// of a table as strings.
type members struct {
	keys  *objectKeys
	table []Value
}

func (r *reader) key(o *members) bool {
	if r.space() != '"' {
		return false
	}
	if o.table == nil {
		before := r.at
		if key, ok := r.plain(); ok {
			if next := r.next(o.keys, key); next != nil {
				o.keys = next
				return true
			}
		}
		r.at = before
		r.tabulate(o)
	}
	v, ok := r.string()
	if ok {
		o.table = append(o.table, v)
	}
	return ok
}

func (r *reader) colon() bool {
	if r.space() != ':' {
		return false
	}
	r.at++
	return true
}

// tabulate converts a record to a table.
func (r *reader) tabulate(o *members) {
	o.table = make([]Value, 0, 2*maxRecord)
	for _, key := range o.keys.list() {
		o.table = append(o.table, r.String(key))
	}
}

// end creates the object of its members, which are on the stack.
func (r *reader) end(o *members) bool {
	if o.table == nil && r.record(o.keys) {
		return r.object(o.keys)
	}
	if o.table == nil {
		r.tabulate(o)
	}
	for i, key := range o.table {
		if !r.value(key) {
			r.freeAll(o.table[i+1:])
			return false
		}
	}
	return r.pairs(len(o.table))
}

// plain reads an ASCII string without escapes, as most strings are. For other
// strings it returns false and reads nothing.
func (r *reader) plain() (s string, ok bool) {
	start := r.at + 1
	for i := start; i < len(r.text); i++ {
		switch c := r.text[i]; {
		case c == '"':
			r.at = i + 1
			return r.text[start:i], true
		case c < ' ' || c == '\\' || c >= utf8.RuneSelf:
			return "", false
		}
	}
	return "", false
}

func (r *reader) string() (Value, bool) {
	if s, ok := r.plain(); ok {
		return r.narrow(s), true
	}
	if !r.decode() {
		return Undefined, false
	}
	for _, unit := range r.units {
		if unit > 0xff {
			return r.wide(), true
		}
	}
	bytes := make([]byte, len(r.units))
	for i, unit := range r.units {
		bytes[i] = byte(unit)
	}
	return r.narrow(string(bytes)), true
}

// narrow returns a string of 8-bit characters.
func (r *reader) narrow(s string) Value {
	if s == "" {
		return r.String("")
	}
	p := allocString(r.tls, r.context, int32(len(s)), 0)
	if p == 0 {
		return exception
	}
	data := bytesAt(p+stringData, len(s)+1)
	data[copy(data, s)] = 0
	return ofPointer(lib.EJS_TAG_STRING, p)
}

// wide returns the string in r.units.
func (r *reader) wide() Value {
	p := allocString(r.tls, r.context, int32(len(r.units)), 1)
	if p == 0 {
		return exception
	}
	copy(unsafe.Slice(at[uint16](p+stringData), len(r.units)), r.units)
	return ofPointer(lib.EJS_TAG_STRING, p)
}

// decode parses a string into r.units.
func (r *reader) decode() bool {
	r.units = r.units[:0]
	for r.at++; r.at < len(r.text); {
		c := r.text[r.at]
		switch {
		case c == '"':
			r.at++
			return true
		case c < ' ':
			return false
		case c == '\\':
			if !r.escape() {
				return false
			}
		case c < utf8.RuneSelf || r.latin:
			r.units = append(r.units, uint16(c))
			r.at++
		default:
			char, size := utf8.DecodeRuneInString(r.text[r.at:])
			if size == 1 {
				return false
			}
			r.units = utf16.AppendRune(r.units, char)
			r.at += size
		}
	}
	return false
}

// escapes maps the character after a backslash to its meaning.
var escapes = [256]uint16{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

func (r *reader) escape() bool {
	if r.at+1 >= len(r.text) {
		return false
	}
	c := r.text[r.at+1]
	if unit := escapes[c]; unit != 0 {
		r.units = append(r.units, unit)
		r.at += 2
		return true
	}
	if c != 'u' || r.at+6 > len(r.text) {
		return false
	}
	var unit uint16
	for _, digit := range []byte(r.text[r.at+2 : r.at+6]) {
		n, ok := hex(digit)
		if !ok {
			return false
		}
		unit = unit<<4 | n
	}
	r.units = append(r.units, unit)
	r.at += 6
	return true
}

func hex(digit byte) (uint16, bool) {
	switch {
	case digit >= '0' && digit <= '9':
		return uint16(digit - '0'), true
	case digit|0x20 >= 'a' && digit|0x20 <= 'f':
		return uint16(digit|0x20-'a') + 10, true
	}
	return 0, false
}

// number parses a number of JSON's grammar.
func (r *reader) number() bool {
	start := r.at
	if r.peek() == '-' {
		r.at++
	}
	whole := r.digits()
	if whole == 0 || whole > 1 && r.text[r.at-whole] == '0' {
		return false
	}
	integer := true
	if r.peek() == '.' {
		r.at++
		integer = false
		if r.digits() == 0 {
			return false
		}
	}
	if c := r.peek(); c == 'e' || c == 'E' {
		r.at++
		integer = false
		if c := r.peek(); c == '+' || c == '-' {
			r.at++
		}
		if r.digits() == 0 {
			return false
		}
	}
	if text := r.text[start:r.at]; !integer || len(text) > 15 || text[0] == '-' && text[1] == '0' {
		f, _ := strconv.ParseFloat(text, 64) // the result is infinite for numbers that are too large
		return r.value(Number(f))
	}
	return r.value(Number(float64(integerOf(r.text[start:r.at]))))
}

func (r *reader) peek() byte {
	if r.at < len(r.text) {
		return r.text[r.at]
	}
	return 0
}

// digits skips digits and returns how many there were.
func (r *reader) digits() (n int) {
	for r.at < len(r.text) && r.text[r.at]-'0' <= 9 {
		r.at++
		n++
	}
	return n
}

// integerOf returns the value of a short integer.
func integerOf(digits string) (n int64) {
	for _, c := range []byte(strings.TrimPrefix(digits, "-")) {
		n = n*10 + int64(c-'0')
	}
	if digits[0] == '-' {
		return -n
	}
	return n
}

// allocString allocates a JSString for that many characters, which are not set.
// It returns 0 with a pending exception when there is no memory.
//
//go:linkname allocString modernc.org/libquickjs._js_alloc_string
func allocString(tls *libc.TLS, ctx uintptr, length, wide int32) uintptr
