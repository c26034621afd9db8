package engine

import (
	"strings"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/libquickjs"
)

// The engine's own JSON.parse takes 60 ns a byte, most of it to give each object
// its properties one by one. Objects of an answer are mostly alike: here they
// are made of the shape of the first.

// A Document is a JSON text that was read once, and makes its value any number
// of times.
type Document struct {
	machine *Machine
	steps   []Value
	objects []*objectKeys
}

// Steps make a value as a machine with a stack does: most push themselves, an
// array and an object take their members off the stack. Those have tags that
// no value has.
const (
	arrayStep  = lib.EJS_TAG_CATCH_OFFSET  // of that many values
	objectStep = lib.EJS_TAG_UNINITIALIZED // of the keys with that number
	pairsStep  = lib.EJS_TAG_EXCEPTION     // an object of that many values, and as many keys after them
)

// ParseJSON reads a text in UTF-8. ok is false when it is no JSON, and for what
// is left to JavaScript's own JSON.parse: texts of great depth, and memory that
// does not suffice. The value is the caller's to Free, and so is the document,
// which is nil unless it is to be kept.
func (m *Machine) ParseJSON(text string, keep bool) (v Value, d *Document, ok bool) {
	r := reader{text: text}
	if keep {
		d = &Document{machine: m}
	}
	if v, ok = m.parse(&r, d); !ok && d != nil {
		d.Free()
		d = nil
	}
	return v, d, ok
}

// ParsedJSON is the value of a text that is JSON. It returns an exception when it
// is not.
func (m *Machine) ParsedJSON(text string) Value {
	if v, _, ok := m.ParseJSON(text, false); ok {
		return v
	}
	p := m.scratch.hold(m.tls, text+"\x00")
	if p == 0 {
		return lib.XJS_ThrowOutOfMemory(m.tls, m.context)
	}
	return lib.XJS_ParseJSON(m.tls, m.context, p, libc.Tsize_t(len(text)), p+uintptr(len(text)))
}

// ParseJSONText is ParseJSON of a JavaScript text.
func (m *Machine) ParseJSONText(text Value) (v Value, ok bool) {
	var r reader
	if tagOf(text) == lib.EJS_TAG_STRING {
		p := pointerOf(text)
		if n, wide := stringSize(p); !wide {
			r.text, r.latin = unsafe.String(at[byte](p+stringData), n), true
		}
	}
	if !r.latin {
		if r.text, ok = m.Text(text); !ok || strings.Contains(r.text, "\uFFFD") { // it may be half a surrogate pair
			return Undefined, false
		}
	}
	return m.parse(&r, nil)
}

func (m *Machine) parse(r *reader, d *Document) (Value, bool) {
	if fallback != "" {
		return Undefined, false
	}
	m.limitKeys()
	r.builder = builder{Machine: m, document: d, stack: m.stack[:0]}
	ok := r.whole()
	return r.result(ok)
}

// Make makes the document's value. It returns an exception when there is no
// memory.
func (d *Document) Make() Value {
	b := builder{Machine: d.machine, stack: d.machine.stack[:0]}
	for _, step := range d.steps {
		if !b.perform(step, d.objects) {
			_, _ = b.result(false)
			return exception
		}
	}
	v, _ := b.result(true)
	return v
}

// Free gives up the texts and shapes a document holds.
func (d *Document) Free() {
	for _, step := range d.steps {
		if tagOf(step) < 0 {
			d.machine.Free(step)
		}
	}
	for _, keys := range d.objects {
		freeShape(d.machine.tls, d.machine.runtime, keys.template.shape)
	}
	d.steps, d.objects = nil, nil
}

// A builder makes values by steps, and notes them for a document.
type builder struct {
	*Machine
	document *Document // nil: not noted
	stack    []Value
}

// result is the value that was made. What was begun is freed when it failed.
func (b *builder) result(ok bool) (Value, bool) {
	b.Machine.stack = b.stack[:0]
	if !ok {
		b.freeAll(b.stack)
		if lib.XJS_HasException(b.tls, b.context) != 0 {
			b.drop()
		}
		return Undefined, false
	}
	return b.stack[0], true
}

// value takes over a value that has no members.
func (b *builder) value(v Value) bool {
	if tagOf(v) == lib.EJS_TAG_EXCEPTION {
		return false
	}
	if b.document != nil {
		b.document.steps = append(b.document.steps, share(v))
	}
	b.stack = append(b.stack, v)
	return true
}

// array makes an array of the last values.
func (b *builder) array(count int) bool {
	b.note(arrayStep, count)
	return b.makeArray(count)
}

// object makes an object of the last values, whose keys these are.
func (b *builder) object(keys *objectKeys) bool {
	if d := b.document; d != nil {
		if keys.document != d {
			keys.document, keys.number = d, len(d.objects)
			d.objects = append(d.objects, keys)
			hold(keys.template.shape)
		}
		b.note(objectStep, keys.number)
	}
	return b.makeObject(keys)
}

// pairs makes an object of the last values and the keys after them.
func (b *builder) pairs(count int) bool {
	b.note(pairsStep, count)
	return b.makePairs(count)
}

func (b *builder) note(step int64, n int) {
	if b.document != nil {
		b.document.steps = append(b.document.steps, counted(step, int32(n)))
	}
}

func (b *builder) perform(step Value, objects []*objectKeys) bool {
	switch tagOf(step) {
	case arrayStep:
		return b.makeArray(int(intOf(step)))
	case objectStep:
		return b.makeObject(objects[intOf(step)])
	case pairsStep:
		return b.makePairs(int(intOf(step)))
	}
	b.stack = append(b.stack, share(step))
	return true
}

// replace puts v in the place of the last values, which it has taken over.
func (b *builder) replace(count int, v Value) bool {
	b.stack = b.stack[:len(b.stack)-count]
	if tagOf(v) == lib.EJS_TAG_EXCEPTION {
		return false
	}
	b.stack = append(b.stack, v)
	return true
}

func (b *builder) makeArray(count int) bool {
	members := b.stack[len(b.stack)-count:]
	v := createArray(b.tls, b.context, int32(count), uintptr(unsafe.Pointer(unsafe.SliceData(members))))
	if tagOf(v) == lib.EJS_TAG_EXCEPTION {
		return false // the members are on the stack still
	}
	for _, member := range members {
		if tagOf(member) < 0 {
			*at[int32](pointerOf(member) - 4)-- // the array has a reference of its own
		}
	}
	return b.replace(count, v)
}

func (b *builder) makeObject(keys *objectKeys) bool {
	v, slots := b.build(&keys.template)
	if slots == 0 {
		return false
	}
	count := keys.template.count
	for i, member := range b.stack[len(b.stack)-count:] {
		*at[Value](slots + uintptr(i)*slotSize) = member
	}
	return b.replace(count, v)
}

func (b *builder) makePairs(count int) bool {
	values := b.stack[len(b.stack)-2*count:]
	v := lib.XJS_NewObject(b.tls, b.context)
	if tagOf(v) == lib.EJS_TAG_EXCEPTION {
		return false
	}
	for i, key := range values[count:] {
		atom := lib.XJS_ValueToAtom(b.tls, b.context, key)
		done := lib.XJS_DefinePropertyValue(b.tls, b.context, v, atom, share(values[i]), lib.MJS_PROP_C_W_E)
		lib.XJS_FreeAtom(b.tls, b.context, atom)
		if done < 0 {
			b.Free(v)
			return false
		}
	}
	b.freeAll(values)
	return b.replace(2*count, v)
}

// createArray makes an array of values, to which it adds references of its own.
//
//go:linkname createArray modernc.org/libquickjs._js_create_array
func createArray(tls *libc.TLS, ctx uintptr, count int32, first uintptr) Value

//go:linkname freeShape modernc.org/libquickjs._js_free_shape
func freeShape(tls *libc.TLS, runtime, shape uintptr)
