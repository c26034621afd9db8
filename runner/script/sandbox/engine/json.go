package engine

import (
	"strings"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/libquickjs"
)

// The engine's JSON.parse takes 60 ns a byte, most of it to add properties to
// objects one by one. Most objects of a response have the same keys, so here
// they are created from the shape of the first one.

// A Document is a parsed JSON text that can create its value any number of
// times.
type Document struct {
	machine *Machine
	steps   []Value
	objects []*objectKeys
}

// Steps create a value as a stack machine does. Most steps push themselves as a
// value; an array or an object step pops its members from the stack. Steps that
// are not values have tags that no value has.
const (
	arrayStep  = lib.EJS_TAG_CATCH_OFFSET  // an array of that many values
	objectStep = lib.EJS_TAG_UNINITIALIZED // an object with the keys of that number
	pairsStep  = lib.EJS_TAG_EXCEPTION     // an object of that many values, followed by as many keys
)

// ParseJSON parses a UTF-8 text. ok is false for invalid JSON, and when
// JavaScript's JSON.parse must read the text: it is nested too deep or there is
// no memory. The caller must Free the value and the document. The document is
// nil unless keep is set.
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

// ParsedJSON returns the value of a JSON text, or an exception when the text is
// invalid.
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

// ParseJSONText is ParseJSON for a JavaScript string.
func (m *Machine) ParseJSONText(text Value) (v Value, ok bool) {
	var r reader
	if tagOf(text) == lib.EJS_TAG_STRING {
		p := pointerOf(text)
		if n, wide := stringSize(p); !wide {
			r.text, r.latin = unsafe.String(at[byte](p+stringData), n), true
		}
	}
	if !r.latin {
		if r.text, ok = m.Text(text); !ok || strings.Contains(r.text, "\uFFFD") { // U+FFFD may stand for a lone surrogate
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

// Make creates the document's value. It returns an exception when there is no
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

// Free releases the strings and shapes that a document holds.
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

// A builder creates values by steps, and may record the steps in a document.
type builder struct {
	*Machine
	document *Document // nil: the steps are not recorded
	stack    []Value
}

// result returns the created value. After a failure it frees the values on the
// stack.
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

// value pushes a value without members, and takes ownership of it.
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

// array creates an array of the last values.
func (b *builder) array(count int) bool {
	b.note(arrayStep, count)
	return b.makeArray(count)
}

// object creates an object of the last values with these keys.
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

// pairs creates an object of the last values and the keys that follow them.
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

// replace pops the last values, which v now owns, and pushes v.
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
		return false // the members are still on the stack
	}
	for _, member := range members {
		if tagOf(member) < 0 {
			*at[int32](pointerOf(member) - 4)-- // because the array has its own reference
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

// createArray creates an array of values, and adds its own reference to each.
//
//go:linkname createArray modernc.org/libquickjs._js_create_array
func createArray(tls *libc.TLS, ctx uintptr, count int32, first uintptr) Value

//go:linkname freeShape modernc.org/libquickjs._js_free_shape
func freeShape(tls *libc.TLS, runtime, shape uintptr)
