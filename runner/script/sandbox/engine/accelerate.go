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

// Accelerates reports whether this machine has what acceleration needs:
// natives, and a heap whose insides are known.
func (m *Machine) Accelerates() bool { return m.heap != nil }

// known is the engine's number for a name, 0 when it has not met it. It is not
// kept: a name lasts as long as something uses it.
func (m *Machine) known(name string) lib.TJSAtom {
	p := m.tls.Alloc(len(name)) // on the engine's stack: Go's may move
	defer m.tls.Free(len(name))
	copy(bytesAt(p, len(name)), name)
	atom := findAtom(m.tls, m.runtime, p, libc.Tsize_t(len(name)), lib.EJS_ATOM_TYPE_STRING)
	lib.XJS_FreeAtom(m.tls, m.context, atom)
	return atom
}

//go:linkname findAtom modernc.org/libquickjs.___JS_FindAtom
func findAtom(tls *libc.TLS, runtime, chars uintptr, size libc.Tsize_t, kind int32) lib.TJSAtom

// A Pattern is for objects that have own properties of all of these names; or,
// when it has words, for functions of so many parameters whose source has them,
// between spaces, and no function in it.
type Pattern struct {
	Name       string
	Names      []string
	Words      string
	Parameters int
	Besides    string // what else a text that defines them has, between spaces
	atoms      []lib.TJSAtom
}

// In reports whether a text may define what fits the pattern.
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
// of the machine that fits one, wherever it is, and counts the calls that answer
// true. What fn throws is dropped.
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

// Objects is how many objects the last search by CallWithObjects looked at.
func (m *Machine) Objects() int { return m.objects }

// meets reports whether the engine has met all names of a pattern.
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

// The kind of what the engine lists for its garbage collector is in the header
// before it.
const (
	kindBefore = 5
	kindMask   = 0x7f
)

// fit is an object that has what a pattern asks for.
type fit struct {
	name   string
	object Value
}

// fitting are the objects that fit a pattern; the caller frees them. Objects of
// one shape have the same properties.
func (m *Machine) fitting(patterns []Pattern) (found []fit) {
	var unfit [1024]uintptr // shapes that fit none
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

// The source of a function that a pattern has words for is this long, in bytes.
const (
	leastSource = 256
	mostSource  = 16 << 10
)

// fittingFunction adds an object to those found when it is a function that fits
// a pattern by its words. Code that fits none is looked at once.
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

// callWith does without Invoke: the engine's Go package would not make an error
// of what fn throws in the middle of a script.
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

// Exchange makes each of two functions, the first two arguments, do what the
// other did. They stay the objects they are, with their names and properties,
// wherever they are known. It answers whether it could: both must be functions
// in JavaScript, and no generators.
func Exchange(c *Call) Value {
	a, b := c.At(0), c.At(1)
	if !isClosure(a) || !isClosure(b) {
		return Bool(false)
	}
	one, other := at[body](pointerOf(a)+objectUnion), at[body](pointerOf(b)+objectUnion)
	*one, *other = *other, *one
	return Bool(true)
}

// Twins answers whether two functions, the arguments, have the same code: a loop
// or a call of the function around them has made both.
func Twins(c *Call) Value {
	a, b := c.At(0), c.At(1)
	return Bool(isClosure(a) && isClosure(b) && at[body](pointerOf(a)+objectUnion).code == at[body](pointerOf(b)+objectUnion).code)
}

// A body is what a function in JavaScript does: its code and the variables
// around it.
type body struct{ code, variables, _ uintptr } // the last is the object of super

func isClosure(v Value) bool {
	return IsObject(v) && at[lib.TJSObject](pointerOf(v)).Fclass_id == lib.EJS_CLASS_BYTECODE_FUNCTION
}

// Remember keeps what properties are, given as an object and a name each, and
// answers a number for Intact. The objects must last as long as the number.
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

// Intact answers whether the properties of a number are what they were.
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

// find looks for the property, which must be a value.
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

// Around answers an object, as functions are, that is a variable around a
// function, the first argument, the second being the variable's number; undefined when there is none such,
// null behind the last.
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

// Users answers a list of the functions around which another, the first argument,
// is a variable, and which take so many arguments as the second says; none of
// them async nor a generator.
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

// knows reports whether a value is a variable around a function.
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

// Mentions answers whether the source of a function, the first argument, has
// all of the words in it which the second names, between spaces.
func Mentions(c *Call) Value {
	f := c.At(0)
	words, ok := c.Latin1(c.At(1))
	return Bool(ok && isClosure(f) && mentions(f, words))
}

// Leaf answers whether a function, the argument, has no other in its source. One
// that has may be a whole module, which is not to be tried.
func Leaf(c *Call) Value { return Bool(isClosure(c.At(0)) && isLeaf(c.At(0))) }

func isLeaf(f Value) bool {
	source := sourceOf(f)
	arrow := []byte("=>")
	functions, arrows := bytes.Count(source, []byte("function")), bytes.Count(source, arrow)
	if arrows == 1 && functions == 0 {
		return !bytes.Contains(source[:bytes.Index(source, arrow)], []byte("{")) // it is the function's own
	}
	return functions <= 1 && arrows == 0
}

// sourceOf is the source of a closure, the engine's own; nil when it has none.
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
