// Package engine is QuickJS with what its own Go package has no method for: a
// heap for each machine, images of heaps, file names in stacks, rejected
// promises nobody handles, and what eval compiles. It alone knows the engine's
// insides. The first machine of a process is looked at: should the insides be
// others than expected, the package does without heaps of its own, and Fallback
// says why.
package engine

import (
	"fmt"

	lib "modernc.org/libquickjs"
	"modernc.org/quickjs"
)

// A Machine is one JavaScript machine. It is for one goroutine at a time.
type Machine struct {
	*quickjs.VM
	binding
	*evaluator
	errorWatch
	heap       *vmHeap // nil: the plain allocator's
	interrupts interrupter
	functions  []Function
	keys       jsonKeys
	stack      []Value                      // of a builder at work
	dispatch   dispatcher                   // held here: the engine's pointer does not keep it alive
	overrides  []any                        // likewise
	numbers    map[string]int32             // of those that New made
	watching   func(number int32, did bool) // nil: nobody
	remembered [][]recollection
	base       *baseline        // nil until one is taken
	objects    int              // that were looked at last
	searched   map[uintptr]bool // code that fits no pattern by its words
}

// maxCalls is how deep calls may be nested, in the engine's own measure: one for a
// function of JavaScript, several for others. V8 has room for about as many. Go
// ends the process at about 40,000.
const maxCalls = 16_000

// Open makes a machine, with a heap of its own unless Fallback says why not.
func Open() (m *Machine, err error) {
	checked.Do(func() { m, err = openChecked() })
	if m != nil || err != nil {
		return m, err
	}
	return open()
}

func open() (*Machine, error) {
	vm, err := quickjs.NewVM()
	if err != nil {
		return nil, err
	}
	m := &Machine{VM: vm}
	if m.binding, err = bind(vm); err != nil {
		_ = vm.Close() // it always returns nil
		return nil, fmt.Errorf("this version of the JavaScript engine is unknown: %w", err)
	}
	m.heap = heapAt(m.runtime)
	lib.XJS_SetMaxStackSize(m.tls, m.runtime, maxCalls)
	m.watchInterrupts()
	return m, nil
}

// Close ends the machine. It frees what is in it object by object.
func (m *Machine) Close() {
	m.freeKeys()
	m.end()
}

func (m *Machine) end() {
	m.unwatch()
	m.scratch.free(m.tls)
	_ = m.VM.Close() // it always returns nil
}

// Drop ends the machine and drops its heap whole: to free what scripts left in
// it, object by object, would take as long as to open the next.
func (m *Machine) Drop() {
	if m.heap == nil {
		m.Close()
		return
	}
	m.abandon(m.VM)
	m.end()
	m.heap.drop()
}

// Freeze keeps an image of the machine as it is now, for Restore to return to.
// It reports false for a machine that cannot have one.
func (m *Machine) Freeze(s *Images) bool {
	m.freeKeys()
	return m.heap != nil && m.heap.freeze(s)
}

// SharesImage reports whether both machines have an image, and most of it is kept
// once for both.
func (m *Machine) SharesImage(with *Machine) bool {
	a, b := m.heap.image, with.heap.image
	return a != nil && b != nil && a.wholeImage == b.wholeImage
}

// Restore makes the machine what it was when it was frozen, but for the
// sequence of Math.random.
func (m *Machine) Restore() {
	if m.evaluator != nil {
		m.forget()
	}
	m.keys, m.remembered, m.searched, m.base = jsonKeys{}, nil, nil, nil
	m.heap.restore()
	m.reseed()
}

// Peak is the largest size the machine's heap had since it was opened or
// restored, in bytes; 0 when that is not known.
func (m *Machine) Peak() int {
	if m.heap == nil {
		return 0
	}
	return int(m.heap.peak)
}

// Refusals is how often the machine had no memory for something small; 0 when that
// is not known. Where the engine cannot make the error that says so, it throws null.
func (m *Machine) Refusals() int {
	if m.heap == nil {
		return 0
	}
	return m.heap.refused
}

// Full reports whether the machine has next to no memory left.
func (m *Machine) Full() bool {
	s := at[lib.TJSRuntime](m.runtime).Fmalloc_ctx.Fmalloc_state
	return m.heap != nil && s.Fmalloc_size > s.Fmalloc_limit-s.Fmalloc_limit/16
}

// InUse reports whether the machine has a heap: it returns it when it ends.
func (m *Machine) InUse() bool {
	heaps.Lock()
	defer heaps.Unlock()
	return heaps.live[m.heap]
}

// A recollection is what a property was when Remember was called.
type recollection struct {
	object   Value
	name     string
	value    Value
	shape    uintptr // where the property was found last, and its index there
	position uintptr
}
