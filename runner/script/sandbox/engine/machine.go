// Package engine extends the Go package of QuickJS: each machine has its own
// heap, images of heaps, file names in stacks, unhandled rejections, and the
// texts that eval compiles. Only this package depends on the engine's internal
// layout. The first machine of a process is checked: when the layout is not as
// expected, the package does without its own heaps, and Fallback returns the
// reason.
package engine

import (
	"fmt"

	lib "modernc.org/libquickjs"
	"modernc.org/quickjs"
)

// A Machine is one JavaScript machine. Only one goroutine at a time may use it.
type Machine struct {
	*quickjs.VM
	binding
	*evaluator
	errorWatch
	heap       *vmHeap // nil: the machine uses the plain allocator
	interrupts interrupter
	functions  []Function
	keys       jsonKeys
	stack      []Value                      // of the builder
	dispatch   dispatcher                   // kept here, because the engine's pointer does not keep it alive
	overrides  []any                        // kept here for the same reason
	numbers    map[string]int32             // numbers of the functions that New made
	watching   func(number int32, did bool) // may be nil
	remembered [][]recollection
	base       *baseline        // nil until a baseline is taken
	objects    int              // objects that the last search looked at
	searched   map[uintptr]bool // code of functions that fit no pattern
}

// maxCalls limits how deep calls may be nested. A JavaScript function counts 1,
// other functions count more. V8 allows about as many. At about 40,000 Go would
// end the process.
const maxCalls = 16_000

// Open opens a machine, with its own heap unless Fallback returns a reason.
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
		_ = vm.Close() // always returns nil
		return nil, fmt.Errorf("this version of the JavaScript engine is unknown: %w", err)
	}
	m.heap = heapAt(m.runtime)
	lib.XJS_SetMaxStackSize(m.tls, m.runtime, maxCalls)
	m.watchInterrupts()
	return m, nil
}

// Close ends the machine. It frees the objects one by one.
func (m *Machine) Close() {
	m.freeKeys()
	m.end()
}

func (m *Machine) end() {
	m.unwatch()
	m.scratch.free(m.tls)
	_ = m.VM.Close() // always returns nil
}

// Drop ends the machine and frees its heap as a whole: freeing the objects that
// scripts have left, one by one, would take as long as opening the next
// machine.
func (m *Machine) Drop() {
	if m.heap == nil {
		m.Close()
		return
	}
	m.abandon(m.VM)
	m.end()
	m.heap.drop()
}

// Freeze takes an image of the machine's present state for Restore. It returns
// false for a machine that does not support images.
func (m *Machine) Freeze(s *Images) bool {
	m.freeKeys()
	return m.heap != nil && m.heap.freeze(s)
}

// SharesImage reports whether both machines have images that share one complete
// image.
func (m *Machine) SharesImage(with *Machine) bool {
	a, b := m.heap.image, with.heap.image
	return a != nil && b != nil && a.wholeImage == b.wholeImage
}

// Restore resets the machine to its state at Freeze, except for the sequence of
// Math.random.
func (m *Machine) Restore() {
	if m.evaluator != nil {
		m.forget()
	}
	m.keys, m.remembered, m.searched, m.base = jsonKeys{}, nil, nil, nil
	m.heap.restore()
	m.reseed()
}

// Peak returns the largest size of the machine's heap since it was opened or
// restored, in bytes, or 0 when it is unknown.
func (m *Machine) Peak() int {
	if m.heap == nil {
		return 0
	}
	return int(m.heap.peak)
}

// Refusals returns how often the machine had no memory for a small request, or
// 0 when that is unknown. When the engine cannot create an error that reports
// this, it throws null.
func (m *Machine) Refusals() int {
	if m.heap == nil {
		return 0
	}
	return m.heap.refused
}

// Full reports whether the machine has almost no memory left.
func (m *Machine) Full() bool {
	s := at[lib.TJSRuntime](m.runtime).Fmalloc_ctx.Fmalloc_state
	return m.heap != nil && s.Fmalloc_size > s.Fmalloc_limit-s.Fmalloc_limit/16
}

// InUse reports whether the machine still has its heap, which it frees when it
// ends.
func (m *Machine) InUse() bool {
	heaps.Lock()
	defer heaps.Unlock()
	return heaps.live[m.heap]
}

// A recollection is the value of a property when Remember was called.
type recollection struct {
	object   Value
	name     string
	value    Value
	shape    uintptr // where the property was found last: shape and index
	position uintptr
}
