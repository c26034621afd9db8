//go:build amd64 || arm64

package engine

import (
	"math"
	"strconv"
	"unicode/utf16"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/libquickjs"
)

// StringifyFast makes JSON.stringify write plain data in Go: arrays and objects
// with only data properties. For other values, and for those that are too large
// or too deep, the engine's own code starts from the beginning, which is safe
// because reading plain data has no effects. The function object stays the
// same. StringifyFast returns false when this is not possible, for example when
// the function was already replaced.
func (m *Machine) StringifyFast() bool {
	if m.heap == nil || fallback != "" {
		return false
	}
	fn := m.member("JSON", "stringify")
	defer m.Free(fn)
	return override(m, fn, func(own cFunction) cFunction {
		return func(tls *libc.TLS, ctx uintptr, this Value, count int32, first uintptr) Value {
			if v, ok := m.plainJSON(count, first); ok {
				return v
			}
			return own(tls, ctx, this, count, first)
		}
	})
}

// Limits of what is written at once: it cannot be interrupted, and its memory
// does not count against the machine's limit.
const (
	maxWritten = 32 << 20 // characters
	maxGap     = 10       // of an indentation
	maxNesting = 10_000
)

// guarded is the depth from which on values are checked for cycles. A cycle
// always gets that deep; to check at each level, as the engine does, is slow.
const guarded = 200

// plainJSON returns the text of a value. ok is false when the engine must write
// it.
func (m *Machine) plainJSON(count int32, first uintptr) (v Value, ok bool) {
	argument := func(i int32) Value {
		if i >= count {
			return Undefined
		}
		return *at[Value](first + uintptr(i)*valueSize)
	}
	if tag := tagOf(argument(1)); tag != lib.EJS_TAG_UNDEFINED && tag != lib.EJS_TAG_NULL || !IsObject(argument(0)) {
		return v, false
	}
	w := &jsonWriter{Machine: m, shapes: map[uintptr]*jsonShape{}}
	if !w.indent(argument(2)) {
		return v, false
	}
	arrayProto := at[Value](at[lib.TJSContext](m.context).Fclass_proto + lib.EJS_CLASS_ARRAY*valueSize)
	w.arrayProto, w.toJSON = pointerOf(*arrayProto), m.known("toJSON")
	if w.called(w.arrayProto) || !w.value(argument(0)) {
		return v, false
	}
	c := &Call{Machine: m}
	if w.wide != nil {
		return c.NewUTF16(w.wide), true
	}
	return c.NewLatin1(w.narrow), true
}

// A jsonWriter writes JSON, with one byte for each character as long as that
// suffices.
type jsonWriter struct {
	*Machine
	narrow     []byte
	wide       []uint16 // used instead of narrow once it is not nil
	gap        string
	depth      int
	around     map[uintptr]bool // the objects around a deep one
	toJSON     lib.TJSAtom      // 0: no object has such a method
	arrayProto uintptr
	shapes     map[uintptr]*jsonShape
	last       uintptr // the last shape used
	lastShape  *jsonShape
}

// A jsonShape describes the members of all objects with one shape.
type jsonShape struct {
	plain   bool
	members []jsonMember
}

// A jsonMember is a property: its slot, and its key with quotes and a colon.
type jsonMember struct {
	slot uintptr
	key  []byte
}

// indent reads the third argument of JSON.stringify.
func (w *jsonWriter) indent(v Value) bool {
	switch tagOf(v) {
	case lib.EJS_TAG_UNDEFINED, lib.EJS_TAG_NULL, lib.EJS_TAG_BOOL:
		return true
	case lib.EJS_TAG_INT:
		w.gap = "          "[:min(max(intOf(v), 0), maxGap)]
		return true
	case lib.EJS_TAG_STRING:
		p := pointerOf(v)
		n, wide := stringSize(p)
		w.gap = string(bytesAt(p+stringData, min(n, maxGap)))
		return !wide
	}
	return false
}

// called reports whether an object may have a toJSON method, inherited ones
// included, or is no plain object.
func (w *jsonWriter) called(object uintptr) bool {
	for ; object != 0; object = at[lib.TJSShape](at[lib.TJSObject](object).Fshape).Fproto {
		switch at[lib.TJSObject](object).Fclass_id {
		case lib.EJS_CLASS_OBJECT, lib.EJS_CLASS_ARRAY:
		default:
			return true
		}
		if w.toJSON != 0 {
			if found, _ := property(object, w.toJSON); found != nil {
				return true
			}
		}
	}
	return false
}

// value writes a value. It returns false when the engine must write it.
func (w *jsonWriter) value(v Value) bool {
	switch tagOf(v) {
	case lib.EJS_TAG_NULL:
		w.ascii("null")
	case lib.EJS_TAG_BOOL:
		w.ascii(strconv.FormatBool(intOf(v) != 0))
	case lib.EJS_TAG_INT:
		w.ascii(strconv.Itoa(int(intOf(v))))
	case lib.EJS_TAG_FLOAT64:
		w.number(floatOf(v))
	case lib.EJS_TAG_STRING:
		w.text(pointerOf(v))
	case lib.EJS_TAG_STRING_ROPE:
		flat := linearize(w.tls, w.context, share(v))
		defer w.Free(flat)
		if tagOf(flat) != lib.EJS_TAG_STRING {
			return false
		}
		w.text(pointerOf(flat))
	case lib.EJS_TAG_OBJECT:
		return w.object(v)
	default:
		return false
	}
	return len(w.narrow)+len(w.wide) <= maxWritten
}

func (w *jsonWriter) object(v Value) bool {
	if w.depth++; w.depth > maxNesting {
		return false
	}
	defer func() { w.depth-- }()
	if p := pointerOf(v); w.depth > guarded {
		if w.around[p] {
			return false // the value is cyclic
		}
		if w.around == nil {
			w.around = map[uintptr]bool{}
		}
		w.around[p] = true
		defer delete(w.around, p)
	}
	if list, ok := fastArray(v); ok {
		o := at[lib.TJSObject](pointerOf(v))
		shape := at[lib.TJSShape](o.Fshape)
		return shape.Fproto == w.arrayProto && shape.Fprop_count == 1 && w.array(list)
	}
	if at[lib.TJSObject](pointerOf(v)).Fclass_id != lib.EJS_CLASS_OBJECT {
		return false
	}
	s := w.shape(pointerOf(v))
	return s.plain && w.members(pointerOf(v), s)
}

func (w *jsonWriter) array(list []Value) bool {
	w.ascii("[")
	for i, v := range list {
		w.separate(i)
		if skipped(v) {
			w.ascii("null")
		} else if !w.value(v) {
			return false
		}
	}
	w.end(len(list), "]")
	return true
}

func (w *jsonWriter) members(object uintptr, s *jsonShape) bool {
	slots := at[lib.TJSObject](object).Fprop
	w.ascii("{")
	n := 0
	for i := range s.members {
		member := &s.members[i]
		v := *at[Value](slots + member.slot)
		if skipped(v) {
			continue
		}
		w.separate(n)
		n++
		w.bytes(member.key)
		if w.gap != "" {
			w.ascii(" ")
		}
		if !w.value(v) {
			return false
		}
	}
	w.end(n, "}")
	return true
}

// skipped reports whether a value has no JSON text: undefined and symbols. A
// function may have a toJSON method.
func skipped(v Value) bool {
	return tagOf(v) == lib.EJS_TAG_UNDEFINED || tagOf(v) == lib.EJS_TAG_SYMBOL
}

// separate writes what comes before the n-th member.
func (w *jsonWriter) separate(n int) {
	if n > 0 {
		w.ascii(",")
	}
	w.line(w.depth)
}

// end writes the closing bracket after n members.
func (w *jsonWriter) end(n int, bracket string) {
	if n > 0 {
		w.line(w.depth - 1)
	}
	w.ascii(bracket)
}

func (w *jsonWriter) line(depth int) {
	if w.gap == "" {
		return
	}
	w.ascii("\n")
	for range depth {
		w.ascii(w.gap)
	}
}

// shape returns the members of objects with this object's shape.
func (w *jsonWriter) shape(object uintptr) *jsonShape {
	p := at[lib.TJSObject](object).Fshape
	if p == w.last {
		return w.lastShape
	}
	s := w.shapes[p]
	if s == nil {
		s = w.newShape(object, at[lib.TJSShape](p))
		w.shapes[p] = s
	}
	w.last, w.lastShape = p, s
	return s
}

// newShape reads a shape. A shape with getters is not plain, nor is one with
// numeric keys, which JSON.stringify sorts first.
func (w *jsonWriter) newShape(object uintptr, sh *lib.TJSShape) *jsonShape {
	s := &jsonShape{}
	if w.called(object) {
		return s
	}
	shape := at[lib.TJSObject](object).Fshape
	properties := shape + shapeHash + 4*(uintptr(sh.Fprop_hash_mask)+1)
	for i := range uintptr(sh.Fprop_count) {
		p := properties + i*propertySize
		name, flags := at[lib.TJSShapeProperty](p).Fatom, *at[uint32](p)>>26
		if name == 0 || flags&lib.MJS_PROP_ENUMERABLE == 0 {
			continue
		}
		if name&lib.MJS_ATOM_TAG_INT != 0 || flags&lib.MJS_PROP_TMASK != lib.MJS_PROP_NORMAL {
			return s
		}
		key := lib.XJS_AtomToValue(w.tls, w.context, name)
		if tagOf(key) == lib.EJS_TAG_STRING {
			k := jsonWriter{Machine: w.Machine}
			k.text(pointerOf(key))
			k.ascii(":")
			if k.wide != nil {
				w.Free(key)
				return s
			}
			s.members = append(s.members, jsonMember{i * slotSize, k.narrow})
		}
		w.Free(key)
	}
	s.plain = true
	return s
}

// number writes a number as JSON.stringify does.
func (w *jsonWriter) number(f float64) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		w.ascii("null")
		return
	}
	var room [32]byte
	w.bytes(appendNumber(room[:0], f))
}

// appendNumber appends a finite number as JavaScript prints it.
func appendNumber(to []byte, f float64) []byte {
	if f == 0 {
		return append(to, '0')
	}
	if abs := math.Abs(f); 1e-6 <= abs && abs < 1e21 {
		return strconv.AppendFloat(to, f, 'f', -1, 64)
	}
	to = strconv.AppendFloat(to, f, 'e', -1, 64)
	if n := len(to); n > 4 && to[n-4] == 'e' && to[n-2] == '0' { // e-07 becomes e-7
		to[n-2] = to[n-1]
		to = to[:n-1]
	}
	return to
}

// ascii and bytes write characters that need no escapes.
func (w *jsonWriter) ascii(s string) {
	if w.wide == nil {
		w.narrow = append(w.narrow, s...)
		return
	}
	for i := range len(s) {
		w.wide = append(w.wide, uint16(s[i]))
	}
}

func (w *jsonWriter) bytes(b []byte) {
	if w.wide == nil {
		w.narrow = append(w.narrow, b...)
		return
	}
	for _, c := range b {
		w.wide = append(w.wide, uint16(c))
	}
}

// text writes a JSString in quotes.
func (w *jsonWriter) text(p uintptr) {
	n, wide := stringSize(p)
	w.ascii(`"`)
	if wide {
		w.units(unsafe.Slice(at[uint16](p+stringData), n))
	} else {
		w.chars(bytesAt(p+stringData, n))
	}
	w.ascii(`"`)
}

func (w *jsonWriter) chars(text []byte) {
	done := 0
	for i, c := range text {
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		w.bytes(text[done:i])
		w.escape(uint16(c))
		done = i + 1
	}
	w.bytes(text[done:])
}

// units writes 16-bit characters. Lone surrogates are escaped.
func (w *jsonWriter) units(text []uint16) {
	if w.wide == nil {
		w.wide = make([]uint16, len(w.narrow), 2*len(w.narrow)+2*len(text)+16)
		for i, c := range w.narrow {
			w.wide[i] = uint16(c)
		}
		w.narrow = nil
	}
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c < ' ' || c == '"' || c == '\\':
			w.escape(c)
		case !utf16.IsSurrogate(rune(c)):
			w.wide = append(w.wide, c)
		case i+1 < len(text) && utf16.DecodeRune(rune(c), rune(text[i+1])) != '\ufffd':
			w.wide = append(w.wide, c, text[i+1])
			i++
		default:
			w.escape(c)
		}
	}
}

func (w *jsonWriter) escape(c uint16) {
	const hex = "0123456789abcdef"
	switch c {
	case '"', '\\':
		w.bytes([]byte{'\\', byte(c)})
	case '\b':
		w.ascii(`\b`)
	case '\t':
		w.ascii(`\t`)
	case '\n':
		w.ascii(`\n`)
	case '\f':
		w.ascii(`\f`)
	case '\r':
		w.ascii(`\r`)
	default:
		w.bytes([]byte{'\\', 'u', hex[c>>12], hex[c>>8&15], hex[c>>4&15], hex[c&15]})
	}
}
