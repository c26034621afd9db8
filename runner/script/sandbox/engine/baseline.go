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
	content   snapshot  // of all properties and elements of the objects
	variables []watchedVariable
	globals   map[string]*watchedGlobals // by kind of script, since kinds see different globals

	held   map[uintptr]bool // objects that must not be freed: another object could get the same address
	hidden map[uintptr]bool // variables that no script can reach
}

type watched struct {
	object uintptr
	shape  uintptr
	slots  uintptr
	union  [unionWords]uintptr
	class  uint32 // with flags, such as whether the object is extensible
}

// unionWords is the size, in words, of the part of an object that depends on
// its class.
const unionWords = unsafe.Sizeof(lib.TJSObject{}.Fu) / unsafe.Sizeof(uintptr(0))

type watchedVariable struct {
	variable uintptr
	value    Value
}

// watchedGlobals are the properties of the global object. Their order does not
// matter, but is the same as a rule.
type watchedGlobals struct {
	list  []watchedGlobal
	index map[Atom]int
}

// A watchedGlobal is a property of the global object. Once a function refers to
// it, the engine moves its value to a variable. That is not a change.
type watchedGlobal struct {
	name  Atom
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
		m.base = &baseline{held: map[uintptr]bool{}, hidden: map[uintptr]bool{}, globals: map[string]*watchedGlobals{}}
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
	b.objects, b.variables = nil, nil
	clear(b.globals)
	var found []uintptr
	m.each(lib.EJS_GC_OBJ_TYPE_JS_OBJECT, func(p uintptr) { found = append(found, p) })
	slices.Sort(found)
	apart := m.apart(but)
	var parts []pinned
	for _, p := range found {
		if !slices.Contains(apart, p) {
			parts = append(parts, b.watch(p)...)
			parts = append(parts, b.watchShape(at[lib.TJSObject](p).Fshape)...)
		}
	}
	b.content = remember(parts)
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

// watch adds an object, and returns where its properties and elements are.
func (b *baseline) watch(p uintptr) (values []pinned) {
	b.hold(p)
	o := at[lib.TJSObject](p)
	b.objects = append(b.objects, watched{object: p, shape: o.Fshape, slots: o.Fprop, union: *unionOf(p), class: *classWord(p)})
	properties := propertiesOf(p)
	for i, s := range properties {
		if kindOf(s.F__ccgo0) == lib.MJS_PROP_NORMAL {
			b.keep(*slotAt(o.Fprop, i))
		}
	}
	if len(properties) > 0 {
		values = append(values, pinned{o.Fprop, len(properties) * int(slotSize)})
	}
	if list, _ := fastArray(ofPointer(lib.EJS_TAG_OBJECT, p)); len(list) > 0 {
		for _, v := range list {
			b.keep(v)
		}
		values = append(values, pinned{*at[uintptr](p + arrayValues), len(list) * int(valueSize)})
	}
	return values
}

func unionOf(p uintptr) *[unionWords]uintptr { return at[[unionWords]uintptr](p + objectUnion) }

// classWord returns the address of an object's flags and class.
func classWord(p uintptr) *uint32 { return at[uint32](p + objectFlags) }

// watchShape keeps the shape of an object, and returns what of it is to be looked
// at. The engine shares a shape that it has hashed, and does not change it while
// somebody else holds it: the object gets another. One that is not hashed is of
// one object alone.
func (b *baseline) watchShape(p uintptr) []pinned {
	s := at[lib.TJSShape](p)
	if s.Fis_hashed != 0 {
		b.hold(p)
		return nil
	}
	properties := shapeProperties(p)
	return []pinned{
		partOf(&s.Fprop_count), partOf(&s.Fdeleted_prop_count), partOf(&s.Fproto),
		{uintptr(unsafe.Pointer(unsafe.SliceData(properties))), len(properties) * int(propertySize)},
	}
}

// partOf is where the engine has a field.
func partOf[T any](field *T) pinned {
	return pinned{uintptr(unsafe.Pointer(field)), int(unsafe.Sizeof(*field))}
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
	globals := &watchedGlobals{index: map[Atom]int{}}
	var skipped []Atom
	for _, name := range but {
		skipped = append(skipped, m.known(name))
	}
	m.eachGlobal(func(g watchedGlobal) bool {
		if slices.Contains(skipped, g.name) {
			g = watchedGlobal{name: g.name, flags: anything}
		} else if g.flags&lib.MJS_PROP_TMASK == lib.MJS_PROP_NORMAL {
			m.base.keep(g.value)
		}
		globals.index[g.name] = len(globals.list)
		globals.list = append(globals.list, g)
		return true
	})
	m.base.globals[kind] = globals
}

// anything marks a global that is not compared.
const anything = 1 << 31

// eachGlobal calls f for each property of the global object until f returns
// false.
func (m *Machine) eachGlobal(f func(g watchedGlobal) bool) bool {
	global := m.Global()
	defer m.Free(global)
	slots := at[lib.TJSObject](pointerOf(global)).Fprop
	for i, s := range propertiesOf(pointerOf(global)) {
		if s.Fatom == 0 {
			continue
		}
		g := watchedGlobal{name: s.Fatom, flags: s.F__ccgo0 >> 26, value: *slotAt(slots, i)}
		if kindOf(s.F__ccgo0) == lib.MJS_PROP_VARREF {
			g.flags, g.value = g.flags&^lib.MJS_PROP_TMASK, *variableAt(*at[uintptr](slots + uintptr(i)*slotSize))
		}
		if !f(g) {
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
	for _, v := range b.variables {
		if *variableAt(v.variable) != v.value {
			return false
		}
	}
	return m.globalsUnchanged(b.globals[kind]) && !m.cleansUp()
}

func (m *Machine) globalsUnchanged(before *watchedGlobals) bool {
	count := 0
	same := m.eachGlobal(func(g watchedGlobal) bool {
		want, ok := before.at(count, g.name)
		count++
		return ok && (want.flags == anything || *want == g)
	})
	return same && count == len(before.list)
}

// at is the global of a name, which is most likely the i-th.
func (w *watchedGlobals) at(i int, name Atom) (g *watchedGlobal, ok bool) {
	if i >= len(w.list) || w.list[i].name != name {
		if i, ok = w.index[name]; !ok {
			return nil, false
		}
	}
	return &w.list[i], true
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

// objectsUnchanged looks at the objects before the memory of their properties,
// which is where it was if no object has changed.
func (b *baseline) objectsUnchanged() bool {
	for i := range b.objects {
		w := &b.objects[i]
		o := at[lib.TJSObject](w.object)
		if o.Fshape != w.shape || o.Fprop != w.slots || *classWord(w.object) != w.class || *unionOf(w.object) != w.union {
			return false
		}
	}
	return b.content.unchanged()
}

// A snapshot is what parts of a heap held at one moment.
type snapshot struct {
	parts []pinned // by place
	held  []byte   // of one part after the other
}

// remember keeps what is there now. Parts that lie side by side, but for the word
// which the engine has before each block and does not change, become one.
func remember(parts []pinned) (m snapshot) {
	slices.SortFunc(parts, func(a, b pinned) int { return cmp.Compare(a.at, b.at) })
	for _, p := range parts {
		last := len(m.parts) - 1
		if last >= 0 && m.parts[last].end()+blockHeader >= p.at {
			m.parts[last].size = int(p.end() - m.parts[last].at)
		} else {
			m.parts = append(m.parts, p)
		}
	}
	for _, p := range m.parts {
		m.held = append(m.held, bytesAt(p.at, p.size)...)
	}
	return m
}

// blockHeader is the size of what the engine has before each block of memory.
const blockHeader = unsafe.Sizeof(lib.TJSMallocBlockHeader{})

func (p pinned) end() uintptr { return p.at + uintptr(p.size) }

func (m *snapshot) unchanged() bool {
	held := m.held
	for _, p := range m.parts {
		if string(bytesAt(p.at, p.size)) != string(held[:p.size]) {
			return false
		}
		held = held[p.size:]
	}
	return true
}
