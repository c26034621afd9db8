//go:build amd64 || arm64

package engine

import (
	"bytes"
	"strings"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/libquickjs"
	"modernc.org/quickjs"
)

// Accelerates reports whether this machine supports acceleration: it must have
// its own heap, whose layout is known.
func (m *Machine) Accelerates() bool { return m.heap != nil }

// known returns the engine's atom for a name, or 0 when the machine has no such
// atom. It does not hold the atom, which lives as long as something uses it.
func (m *Machine) known(name string) lib.TJSAtom {
	p := m.tls.Alloc(len(name)) // on libc's stack, because Go may move its own
	defer m.tls.Free(len(name))
	copy(bytesAt(p, len(name)), name)
	atom := findAtom(m.tls, m.runtime, p, libc.Tsize_t(len(name)), lib.EJS_ATOM_TYPE_STRING)
	lib.XJS_FreeAtom(m.tls, m.context, atom)
	return atom
}

//go:linkname findAtom modernc.org/libquickjs.___JS_FindAtom
func findAtom(tls *libc.TLS, runtime, chars uintptr, size libc.Tsize_t, kind int32) lib.TJSAtom

// A Pattern describes objects that have own properties with all of the Names.
// When Words is set, it describes functions instead: functions with that many
// parameters whose source contains all of the words (separated by spaces) and
// no inner function.
type Pattern struct {
	Name       string
	Names      []string
	Words      string
	Parameters int
	Besides    string // further words, separated by spaces, of a text that defines such objects
	atoms      []lib.TJSAtom
}

// In reports whether a text may define objects or functions of the pattern.
func (p *Pattern) In(text string) bool {
	for _, name := range p.Names {
		if !strings.Contains(text, name) {
			return false
		}
	}
	for word := range strings.FieldsSeq(p.Words + " " + p.Besides) {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

// CallWithObjects calls fn(name of the pattern, object, loaded) for each object
// in the heap that fits a pattern. It counts the calls that return true, and
// ignores exceptions of fn.
func (m *Machine) CallWithObjects(fn *quickjs.Value, patterns []Pattern, loaded bool) (yes int) {
	met := make([]Pattern, 0, len(patterns))
	for _, p := range patterns {
		if m.meets(&p) {
			met = append(met, p)
		}
	}
	if len(met) == 0 {
		return 0
	}
	for _, f := range m.fitting(met) {
		if m.callWith(fn, f.name, f.object, Bool(loaded)) {
			yes++
		}
		m.Free(f.object)
	}
	return yes
}

// Objects returns how many objects the last CallWithObjects looked at.
func (m *Machine) Objects() int { return m.objects }

// meets reports whether the machine has atoms for all names of a pattern.
func (m *Machine) meets(p *Pattern) bool {
	p.atoms = nil
	for _, name := range p.Names {
		atom := m.known(name)
		if atom == 0 {
			return false
		}
		p.atoms = append(p.atoms, atom)
	}
	return true
}

// The kind of an entry in the garbage collector's list is in the header before
// the entry.
const (
	kindBefore = 5
	kindMask   = 0x7f
)

// A fit is an object that fits a pattern.
type fit struct {
	name   string
	object Value
}

// fitting returns the objects that fit a pattern; the caller frees them. It
// looks at each shape once, because objects of one shape have the same
// properties.
func (m *Machine) fitting(patterns []Pattern) (found []fit) {
	var unfit [1024]uintptr // shapes that fit no pattern
	m.objects = 0
	head := m.runtime + unsafe.Offsetof(lib.TJSRuntime{}.Fgc_obj_list)
	for p := at[lib.Tlist_head](head).Fnext; p != head; p = at[lib.Tlist_head](p).Fnext {
		if *at[uint8](p - kindBefore)&kindMask != lib.EJS_GC_OBJ_TYPE_JS_OBJECT {
			continue
		}
		m.objects++
		found = m.fittingFunction(found, p, patterns)
		shape := at[lib.TJSObject](p).Fshape
		known := &unfit[shape/32%uintptr(len(unfit))]
		if *known == shape {
			continue
		}
		*known = shape
		for _, pattern := range patterns {
			if pattern.Words == "" && hasAll(p, pattern.atoms) {
				found = append(found, fit{pattern.Name, share(ofPointer(lib.EJS_TAG_OBJECT, p))})
				*known = 0
			}
		}
	}
	return found
}

// Limits, in bytes, on the source of a function that a pattern's words may
// describe.
const (
	leastSource = 128
	mostSource  = 16 << 10
)

// fittingFunction appends the object to found when it is a function that fits a
// pattern by its words. Code that fits no pattern is remembered and not
// searched again.
func (m *Machine) fittingFunction(found []fit, object uintptr, patterns []Pattern) []fit {
	if at[lib.TJSObject](object).Fclass_id != lib.EJS_CLASS_BYTECODE_FUNCTION {
		return found
	}
	code := at[body](object + objectUnion).code
	function := at[lib.TJSFunctionBytecode](code)
	if n := function.Fdebug.Fsource_len; n < leastSource || n > mostSource || function.Fdebug.Fsource == 0 || m.searched[code] {
		return found
	}
	v := ofPointer(lib.EJS_TAG_OBJECT, object)
	for _, pattern := range patterns {
		if pattern.Words != "" && int(function.Farg_count) == pattern.Parameters && isLeaf(v) && mentions(v, []byte(pattern.Words)) {
			return append(found, fit{pattern.Name, share(v)})
		}
	}
	if m.searched == nil {
		m.searched = map[uintptr]bool{}
	}
	m.searched[code] = true
	return found
}

func hasAll(object uintptr, names []lib.TJSAtom) bool {
	for _, name := range names {
		if value, _ := property(object, name); value == nil {
			return false
		}
	}
	return true
}

// callWith calls fn without Invoke: in the middle of a script, the engine's Go
// package cannot convert an exception to an error.
func (m *Machine) callWith(fn *quickjs.Value, name string, object, loaded Value) bool {
	const size = int(unsafe.Sizeof([3]Value{}))
	p := m.tls.Alloc(size)
	defer m.tls.Free(size)
	text := m.String(name)
	defer m.Free(text)
	*at[[3]Value](p) = [3]Value{text, object, loaded}
	answer := lib.XJS_Call(m.tls, m.context, raw(fn), Undefined, 3, p)
	if tagOf(answer) == lib.EJS_TAG_EXCEPTION {
		m.drop()
	}
	m.Free(answer)
	return IsTrue(answer)
}

// Exchange makes each of two functions, its first two arguments, run the code
// of the other. The function objects, with their names and properties, stay the
// same, so all references to them see the change. It returns false unless both
// are JavaScript functions and not generators.
func Exchange(c *Call) Value {
	a, b := c.At(0), c.At(1)
	if !isClosure(a) || !isClosure(b) {
		return Bool(false)
	}
	one, other := at[body](pointerOf(a)+objectUnion), at[body](pointerOf(b)+objectUnion)
	*one, *other = *other, *one
	return Bool(true)
}

// Twins reports whether two functions, its arguments, were created from the
// same code, as in a loop or by two calls of the function around them.
func Twins(c *Call) Value {
	a, b := c.At(0), c.At(1)
	return Bool(isClosure(a) && isClosure(b) && at[body](pointerOf(a)+objectUnion).code == at[body](pointerOf(b)+objectUnion).code)
}

// A body is what a function runs: its code and its closure variables.
type body struct{ code, variables, _ uintptr } // the last field is the home object, for super

func isClosure(v Value) bool {
	return IsObject(v) && at[lib.TJSObject](pointerOf(v)).Fclass_id == lib.EJS_CLASS_BYTECODE_FUNCTION
}

// Remember stores the values of properties, given as pairs of an object and a
// name, and returns a number for Intact. The objects must live as long as the
// number is used.
func Remember(c *Call) Value {
	var list []recollection
	for i := 0; i+1 < c.Len(); i += 2 {
		list = append(list, recollection{object: c.At(i), name: c.Text(i + 1)})
	}
	for i := range list {
		if !IsObject(list[i].object) || !list[i].find(c) {
			return Undefined
		}
		list[i].value = *list[i].slot()
	}
	c.remembered = append(c.remembered, list)
	return Number(float64(len(c.remembered) - 1))
}

// Intact reports whether the properties stored under a number are unchanged.
func Intact(c *Call) Value {
	n, ok := c.Int(0)
	if !ok || n < 0 || n >= len(c.remembered) {
		return Bool(false)
	}
	list := c.remembered[n]
	for i := range list {
		m := &list[i]
		if at[lib.TJSObject](pointerOf(m.object)).Fshape != m.shape && !m.find(c) || *m.slot() != m.value {
			return Bool(false)
		}
	}
	return Bool(true)
}

// find finds the property, which must be a data property.
func (m *recollection) find(c *Call) bool {
	atom := c.known(m.name)
	if atom == 0 {
		return false
	}
	value, flags := property(pointerOf(m.object), atom)
	if value == nil || flags&lib.MJS_PROP_TMASK != lib.MJS_PROP_NORMAL {
		return false
	}
	o := at[lib.TJSObject](pointerOf(m.object))
	m.shape, m.position = o.Fshape, (uintptr(unsafe.Pointer(value))-o.Fprop)/slotSize
	return true
}

func (m *recollection) slot() *Value {
	return at[Value](at[lib.TJSObject](pointerOf(m.object)).Fprop + m.position*slotSize)
}

// Around returns the closure variable with an index (second argument) of a
// function (first argument), if its value is an object. It returns undefined
// for other values, and null after the last variable.
func Around(c *Call) Value {
	f := c.At(0)
	i, ok := c.Int(1)
	if !isClosure(f) || !ok || i < 0 {
		return null
	}
	b := at[body](pointerOf(f) + objectUnion)
	if i >= int(at[lib.TJSFunctionBytecode](b.code).Fclosure_var_count) {
		return null
	}
	variable := *at[uintptr](b.variables + uintptr(i)*unsafe.Sizeof(b.variables))
	v := *at[Value](at[lib.TJSVarRef](variable).Fpvalue)
	if !IsObject(v) {
		return Undefined
	}
	return share(v)
}

var null = simple(lib.EJS_TAG_NULL)

// Users returns a list of the functions that have the object in the first
// argument as a closure variable, and that have as many parameters as the
// second argument says. It leaves out async functions and generators.
func Users(c *Call) Value {
	count, ok := c.Int(1)
	if !ok || !IsObject(c.At(0)) {
		return Undefined
	}
	var list []Value
	head := c.runtime + unsafe.Offsetof(lib.TJSRuntime{}.Fgc_obj_list)
	for p := at[lib.Tlist_head](head).Fnext; p != head; p = at[lib.Tlist_head](p).Fnext {
		if *at[uint8](p - kindBefore)&kindMask != lib.EJS_GC_OBJ_TYPE_JS_OBJECT {
			continue
		}
		if v := ofPointer(lib.EJS_TAG_OBJECT, p); isClosure(v) && takes(v, count) && knows(v, c.At(0)) {
			list = append(list, share(v))
		}
	}
	return c.newList(list)
}

func takes(f Value, count int) bool {
	return int(at[lib.TJSFunctionBytecode](at[body](pointerOf(f)+objectUnion).code).Farg_count) == count
}

// knows reports whether v is the value of a closure variable of the function f.
func knows(f, v Value) bool {
	b := at[body](pointerOf(f) + objectUnion)
	for i := range int(at[lib.TJSFunctionBytecode](b.code).Fclosure_var_count) {
		variable := *at[uintptr](b.variables + uintptr(i)*unsafe.Sizeof(b.variables))
		if variable != 0 && *at[Value](at[lib.TJSVarRef](variable).Fpvalue) == v {
			return true
		}
	}
	return false
}

// Mentions reports whether the source of a function (first argument) contains
// all of the words in the second argument, which spaces separate.
func Mentions(c *Call) Value {
	f := c.At(0)
	words, ok := c.Latin1(c.At(1))
	return Bool(ok && isClosure(f) && mentions(f, words))
}

// Leaf reports whether the source of a function (its argument) contains no
// other function. A function with inner functions may be a whole module, which
// must not be called as a test.
func Leaf(c *Call) Value { return Bool(isClosure(c.At(0)) && isLeaf(c.At(0))) }

func isLeaf(f Value) bool {
	source := sourceOf(f)
	arrow := []byte("=>")
	functions, arrows := bytes.Count(source, []byte("function")), bytes.Count(source, arrow)
	if arrows == 1 && functions == 0 {
		return !bytes.Contains(source[:bytes.Index(source, arrow)], []byte("{")) // the only arrow is that of the function itself
	}
	return functions <= 1 && arrows == 0
}

// sourceOf returns the source of a closure, in the engine's memory, or nil when
// it has none.
func sourceOf(f Value) []byte {
	debug := &at[lib.TJSFunctionBytecode](at[body](pointerOf(f) + objectUnion).code).Fdebug
	if debug.Fsource == 0 {
		return nil
	}
	return bytesAt(debug.Fsource, int(debug.Fsource_len))
}

func mentions(f Value, words []byte) bool {
	source := sourceOf(f)
	if source == nil {
		return false
	}
	for word := range bytes.FieldsSeq(words) {
		if !hasWord(source, word) {
			return false
		}
	}
	return true
}

func hasWord(text, word []byte) bool {
	for {
		i := bytes.Index(text, word)
		if i < 0 {
			return false
		}
		end := i + len(word)
		if (i == 0 || !inName(text[i-1])) && (end == len(text) || !inName(text[end])) {
			return true
		}
		text = text[end:]
	}
}

func inName(b byte) bool {
	return b == '_' || b == '$' || '0' <= b && b <= '9' || 'A' <= b && b <= 'Z' || 'a' <= b && b <= 'z'
}
