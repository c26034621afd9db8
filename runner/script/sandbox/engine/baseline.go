//go:build amd64 || arm64

package engine

import (
	"cmp"
	"slices"
	"unsafe"

	lib "modernc.org/libquickjs"
)

// A baseline is what the objects of a machine were like at one moment: their
// prototypes, properties and elements, and whether they take more. What a script
// leaves behind for the next is in one of them, or in a variable of a library: a
// script that changed none has left nothing.
type baseline struct {
	objects   []watched // by address, which is the fastest order to read them in
	values    []Value   // of all their properties and elements
	shapes    []watchedShape
	variables []watchedVariable
	globals   map[string]map[Atom]watchedGlobal // by what kind of script sees them

	held   map[uintptr]bool // what must not be freed: its address would become that of another
	hidden map[uintptr]bool // variables that no script reaches
}

type watched struct {
	object   uintptr
	shape    uintptr
	slots    uintptr
	union    [unionWords]uintptr
	class    uint32 // and its flags, as whether it takes more properties
	count    uint32 // of its properties
	elements uint32
}

// unionWords is the size of what an object has that depends on its class.
const unionWords = unsafe.Sizeof(lib.TJSObject{}.Fu) / unsafe.Sizeof(uintptr(0))

// A watchedShape may be changed in place, when one object alone has it.
type watchedShape struct {
	shape          uintptr
	count, deleted int32
	prototype      uintptr
	first          uintptr // of its properties
	properties     []lib.TJSShapeProperty
}

type watchedVariable struct {
	variable uintptr
	value    Value
}

// A watchedGlobal is a property of the global object. The engine keeps its value
// elsewhere once a function refers to it, which is no change.
type watchedGlobal struct {
	flags uint32
	value Value // or getter and setter
}

// HideVariables says that scripts reach none of the variables there are now: only
// those made later are part of a baseline.
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

// hold keeps what is at p for as long as the machine lives.
func (b *baseline) hold(p uintptr) {
	if !b.held[p] {
		b.held[p] = true
		hold(p)
	}
}

// TakeBaseline keeps what all objects are like now, but for some, for Unchanged to
// compare with. It reports false for a machine that cannot do so.
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

// apart are the objects not to watch: some, and the global object, whose
// properties are looked at by name, with what it keeps beside them.
func (m *Machine) apart(some []Value) []uintptr {
	global := m.Global()
	defer m.Free(global)
	out := []uintptr{pointerOf(global), pointerOf(*at[Value](pointerOf(global) + objectUnion))}
	for _, v := range some {
		out = append(out, pointerOf(v))
	}
	return out
}

// each goes through what the engine has made of a kind.
func (m *Machine) each(kind uint8, f func(p uintptr)) {
	const header = 5 // the kind's byte before what it is of
	list := uintptr(unsafe.Pointer(&at[lib.TJSRuntime](m.runtime).Fgc_obj_list))
	for p := at[lib.Tlist_head](list).Fnext; p != list; p = at[lib.Tlist_head](p).Fnext {
		if *at[uint8](p - header)&0x7f == kind {
			f(p)
		}
	}
}

// makeProperties has the engine make the properties that it makes when somebody
// first looks at them, as it does of its own functions: that is no change.
func (m *Machine) makeProperties() {
	for again := true; again; {
		again = false
		var objects []uintptr
		m.each(lib.EJS_GC_OBJ_TYPE_JS_OBJECT, func(p uintptr) { objects = append(objects, p) })
		for _, p := range objects {
			for i := 0; i < len(propertiesOf(p)); i++ { // their number may grow
				s := propertiesOf(p)[i]
				if s.Fatom != 0 && kindOf(s.F__ccgo0) == lib.MJS_PROP_AUTOINIT {
					m.Free(m.Get(ofPointer(lib.EJS_TAG_OBJECT, p), s.Fatom))
					again = true
				}
			}
		}
	}
}

// propertiesOf are the properties of an object: deleted ones have no name.
func propertiesOf(object uintptr) []lib.TJSShapeProperty {
	return shapeProperties(at[lib.TJSObject](object).Fshape)
}

func shapeProperties(shape uintptr) []lib.TJSShapeProperty {
	s := at[lib.TJSShape](shape)
	first := shape + shapeHash + 4*uintptr(s.Fprop_hash_mask) + 4
	return unsafe.Slice(at[lib.TJSShapeProperty](first), s.Fprop_count)
}

// kindOf is what a property is, by the word with its flags.
func kindOf(word uint32) uint32 { return word >> 26 & lib.MJS_PROP_TMASK }

func slotAt(slots uintptr, i int) *Value { return at[Value](slots + uintptr(i)*slotSize) }

func variableAt(p uintptr) *Value { return at[Value](at[lib.TJSVarRef](p).Fpvalue) }

// keep is v, which is not freed any more.
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

// classWord is an object's flags and class.
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

// Watches reports whether the baseline has the global object of scripts of a kind.
func (m *Machine) Watches(kind string) bool { return m.base != nil && m.base.globals[kind] != nil }

// WatchGlobals adds the global object as it is now to the baseline, for scripts of
// a kind. Some of its properties, which each script gets anew, are left out.
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

// anything are the flags of a global that is not compared.
const anything = 1 << 31

// eachGlobal goes through the properties of the global object until f says no.
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

// Unchanged reports whether all is as it was when the baseline was taken, after a
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

// cleansUp reports whether a FinalizationRegistry lives, which calls a script's
// function at some later time.
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

// same reports whether the memory at p holds those, which is faster than one by
// one.
func same[T any](p uintptr, want []T) bool {
	size := len(want) * int(unsafe.Sizeof(want[0]))
	return string(bytesAt(p, size)) == string(unsafe.Slice((*byte)(unsafe.Pointer(&want[0])), size))
}
