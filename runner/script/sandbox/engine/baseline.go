//go:build amd64 || arm64

package engine

import (
	"cmp"
	"slices"
	"unsafe"

	lib "modernc.org/libquickjs"
)

// A baseline is the state of all objects of a machine at one moment:
// prototypes, properties, elements and extensibility. Everything that a script
// leaves for the next script is in an object or in a closure variable of a
// library. So when none of these has changed, the script has left nothing.
type baseline struct {
	objects   []watched // sorted by address, so that they are read fastest
	values    []Value   // of all properties and elements of the objects
	shapes    []watchedShape
	variables []watchedVariable
	globals   map[string]map[Atom]watchedGlobal // by kind of script, since kinds see different globals

	held   map[uintptr]bool // objects that must not be freed: another object could get the same address
	hidden map[uintptr]bool // variables that no script can reach
}

type watched struct {
	object   uintptr
	shape    uintptr
	slots    uintptr
	union    [unionWords]uintptr
	class    uint32 // with flags, such as whether the object is extensible
	count    uint32 // number of properties
	elements uint32
}

// unionWords is the size, in words, of the part of an object that depends on
// its class.
const unionWords = unsafe.Sizeof(lib.TJSObject{}.Fu) / unsafe.Sizeof(uintptr(0))

// A watchedShape is compared as well, because a shape that only one object uses
// may be changed in place.
type watchedShape struct {
	shape          uintptr
	count, deleted int32
	prototype      uintptr
	first          uintptr // address of the first property
	properties     []lib.TJSShapeProperty
}

type watchedVariable struct {
	variable uintptr
	value    Value
}

// A watchedGlobal is a property of the global object. Once a function refers to
// it, the engine moves its value to a variable. That is not a change.
type watchedGlobal struct {
	flags uint32
	value Value // a value, or a getter and a setter
}

// HideVariables declares that scripts can reach none of the variables that
// exist now. Only later variables are part of a baseline.
func (m *Machine) HideVariables() {
	b := m.baseline()
	m.each(lib.EJS_GC_OBJ_TYPE_VAR_REF, func(p uintptr) {
		if !b.held[p] {
			b.hold(p)
			b.hidden[p] = true
		}
	})
}

func (m *Machine) baseline() *baseline {
	if m.base == nil {
		m.base = &baseline{held: map[uintptr]bool{}, hidden: map[uintptr]bool{}, globals: map[string]map[Atom]watchedGlobal{}}
	}
	return m.base
}

// hold keeps the object at p alive for as long as the machine lives.
func (b *baseline) hold(p uintptr) {
	if !b.held[p] {
		b.held[p] = true
		hold(p)
	}
}

// TakeBaseline stores the state of all objects except some, for Unchanged to
// compare with. It returns false for a machine that does not support this.
func (m *Machine) TakeBaseline(but ...Value) bool {
	if m.heap == nil {
		return false
	}
	m.makeProperties()
	lib.XJS_RunGC(m.tls, m.runtime)
	b := m.baseline()
	b.objects, b.values, b.shapes, b.variables = nil, nil, nil, nil
	clear(b.globals)
	var found []uintptr
	m.each(lib.EJS_GC_OBJ_TYPE_JS_OBJECT, func(p uintptr) { found = append(found, p) })
	slices.Sort(found)
	apart := m.apart(but)
	for _, p := range found {
		if !slices.Contains(apart, p) {
			b.watch(p)
		}
	}
	b.watchShapes()
	m.each(lib.EJS_GC_OBJ_TYPE_VAR_REF, func(p uintptr) {
		if !b.hidden[p] {
			b.hold(p)
			b.variables = append(b.variables, watchedVariable{p, b.keep(*variableAt(p))})
		}
	})
	return true
}

// apart returns the objects that are not compared: some, the global object and
// the hidden object that the engine keeps for it. The global object's
// properties are compared by name instead.
func (m *Machine) apart(some []Value) []uintptr {
	global := m.Global()
	defer m.Free(global)
	out := []uintptr{pointerOf(global), pointerOf(*at[Value](pointerOf(global) + objectUnion))}
	for _, v := range some {
		out = append(out, pointerOf(v))
	}
	return out
}

// each calls f for each entry of one kind in the garbage collector's list.
func (m *Machine) each(kind uint8, f func(p uintptr)) {
	const header = 5 // the kind is this many bytes before the entry
	list := uintptr(unsafe.Pointer(&at[lib.TJSRuntime](m.runtime).Fgc_obj_list))
	for p := at[lib.Tlist_head](list).Fnext; p != list; p = at[lib.Tlist_head](p).Fnext {
		if *at[uint8](p - header)&0x7f == kind {
			f(p)
		}
	}
}

// makeProperties makes the engine create the properties that it otherwise
// creates at their first use, such as its own functions: later that would look
// like a change.
func (m *Machine) makeProperties() {
	for again := true; again; {
		again = false
		var objects []uintptr
		m.each(lib.EJS_GC_OBJ_TYPE_JS_OBJECT, func(p uintptr) { objects = append(objects, p) })
		for _, p := range objects {
			for i := 0; i < len(propertiesOf(p)); i++ { // their number may grow meanwhile
				s := propertiesOf(p)[i]
				if s.Fatom != 0 && kindOf(s.F__ccgo0) == lib.MJS_PROP_AUTOINIT {
					m.Free(m.Get(ofPointer(lib.EJS_TAG_OBJECT, p), s.Fatom))
					again = true
				}
			}
		}
	}
}

// propertiesOf returns the properties of an object. Deleted properties have no
// name.
func propertiesOf(object uintptr) []lib.TJSShapeProperty {
	return shapeProperties(at[lib.TJSObject](object).Fshape)
}

func shapeProperties(shape uintptr) []lib.TJSShapeProperty {
	s := at[lib.TJSShape](shape)
	first := shape + shapeHash + 4*uintptr(s.Fprop_hash_mask) + 4
	return unsafe.Slice(at[lib.TJSShapeProperty](first), s.Fprop_count)
}

// kindOf returns the kind of a property, from the word with its flags.
func kindOf(word uint32) uint32 { return word >> 26 & lib.MJS_PROP_TMASK }

func slotAt(slots uintptr, i int) *Value { return at[Value](slots + uintptr(i)*slotSize) }

func variableAt(p uintptr) *Value { return at[Value](at[lib.TJSVarRef](p).Fpvalue) }

// keep returns v and keeps it from being freed.
func (b *baseline) keep(v Value) Value {
	if tagOf(v) < 0 {
		b.hold(pointerOf(v))
	}
	return v
}

func (b *baseline) watch(p uintptr) {
	b.hold(p)
	o := at[lib.TJSObject](p)
	properties := propertiesOf(p)
	w := watched{object: p, shape: o.Fshape, slots: o.Fprop, union: *unionOf(p), class: *classWord(p), count: uint32(len(properties))}
	for i, s := range properties {
		v := *slotAt(o.Fprop, i)
		if kindOf(s.F__ccgo0) == lib.MJS_PROP_NORMAL {
			b.keep(v)
		}
		b.values = append(b.values, v)
	}
	list, _ := fastArray(ofPointer(lib.EJS_TAG_OBJECT, p))
	w.elements = uint32(len(list))
	for _, v := range list {
		b.values = append(b.values, b.keep(v))
	}
	b.objects = append(b.objects, w)
}

func unionOf(p uintptr) *[unionWords]uintptr { return at[[unionWords]uintptr](p + objectUnion) }

// classWord returns the address of an object's flags and class.
func classWord(p uintptr) *uint32 { return at[uint32](p + objectFlags) }

func (b *baseline) watchShapes() {
	seen := map[uintptr]bool{}
	for _, w := range b.objects {
		if seen[w.shape] {
			continue
		}
		seen[w.shape] = true
		s, properties := at[lib.TJSShape](w.shape), shapeProperties(w.shape)
		b.shapes = append(b.shapes, watchedShape{w.shape, s.Fprop_count, s.Fdeleted_prop_count, s.Fproto,
			uintptr(unsafe.Pointer(unsafe.SliceData(properties))), slices.Clone(properties)})
	}
	slices.SortFunc(b.shapes, func(a, b watchedShape) int { return cmp.Compare(a.shape, b.shape) })
}

// Watches reports whether the baseline includes the global object for scripts
// of a kind.
func (m *Machine) Watches(kind string) bool { return m.base != nil && m.base.globals[kind] != nil }

// WatchGlobals adds the present global object to the baseline, for scripts of a
// kind. It leaves out the properties in but, which each script gets anew.
func (m *Machine) WatchGlobals(kind string, but ...string) {
	if m.base == nil || m.Watches(kind) {
		return
	}
	globals := map[Atom]watchedGlobal{}
	for _, name := range but {
		globals[m.known(name)] = watchedGlobal{flags: anything}
	}
	m.eachGlobal(func(name Atom, g watchedGlobal) bool {
		if globals[name].flags != anything {
			globals[name] = g
			if g.flags&lib.MJS_PROP_TMASK == lib.MJS_PROP_NORMAL {
				m.base.keep(g.value)
			}
		}
		return true
	})
	m.base.globals[kind] = globals
}

// anything marks a global that is not compared.
const anything = 1 << 31

// eachGlobal calls f for each property of the global object until f returns
// false.
func (m *Machine) eachGlobal(f func(name Atom, g watchedGlobal) bool) bool {
	global := m.Global()
	defer m.Free(global)
	slots := at[lib.TJSObject](pointerOf(global)).Fprop
	for i, s := range propertiesOf(pointerOf(global)) {
		if s.Fatom == 0 {
			continue
		}
		g := watchedGlobal{flags: s.F__ccgo0 >> 26, value: *slotAt(slots, i)}
		if kindOf(s.F__ccgo0) == lib.MJS_PROP_VARREF {
			g.flags, g.value = g.flags&^lib.MJS_PROP_TMASK, *variableAt(*at[uintptr](slots + uintptr(i)*slotSize))
		}
		if !f(s.Fatom, g) {
			return false
		}
	}
	return true
}

// Unchanged reports whether the state is still that of the baseline, after a
// script of a kind.
func (m *Machine) Unchanged(kind string) bool {
	b := m.base
	if b == nil || b.globals[kind] == nil || !b.objectsUnchanged() {
		return false
	}
	for i := range b.shapes {
		if !b.shapes[i].unchanged() {
			return false
		}
	}
	for _, v := range b.variables {
		if *variableAt(v.variable) != v.value {
			return false
		}
	}
	return m.globalsUnchanged(b.globals[kind]) && !m.cleansUp()
}

func (m *Machine) globalsUnchanged(before map[Atom]watchedGlobal) bool {
	count := 0
	same := m.eachGlobal(func(name Atom, g watchedGlobal) bool {
		count++
		want, ok := before[name]
		return ok && (want.flags == anything || want == g)
	})
	return same && count == len(before)
}

// cleansUp reports whether a FinalizationRegistry exists, which may call a
// function of the script later.
func (m *Machine) cleansUp() bool {
	list := uintptr(unsafe.Pointer(&at[lib.TJSRuntime](m.runtime).Fweakref_list))
	for p := at[lib.Tlist_head](list).Fnext; p != list; p = at[lib.Tlist_head](p).Fnext {
		if at[lib.TJSWeakRefHeader](p).Fweakref_type == lib.EJS_WEAKREF_TYPE_FINREC {
			return true
		}
	}
	return false
}

func (b *baseline) objectsUnchanged() bool {
	values := b.values
	for i := range b.objects {
		w := &b.objects[i]
		o := at[lib.TJSObject](w.object)
		if o.Fshape != w.shape || o.Fprop != w.slots || *classWord(w.object) != w.class || *unionOf(w.object) != w.union {
			return false
		}
		if w.count > 0 && !same(w.slots, values[:w.count]) {
			return false
		}
		if w.elements > 0 && !same(*at[uintptr](w.object + arrayValues), values[w.count:w.count+w.elements]) {
			return false
		}
		values = values[w.count+w.elements:]
	}
	return true
}

func (w *watchedShape) unchanged() bool {
	s := at[lib.TJSShape](w.shape)
	return s.Fprop_count == w.count && s.Fdeleted_prop_count == w.deleted && s.Fproto == w.prototype &&
		(w.count == 0 || same(w.first, w.properties))
}

// same reports whether the memory at p equals want. It compares bytes, which is
// faster than comparing elements.
func same[T any](p uintptr, want []T) bool {
	size := len(want) * int(unsafe.Sizeof(want[0]))
	return string(bytesAt(p, size)) == string(unsafe.Slice((*byte)(unsafe.Pointer(&want[0])), size))
}
