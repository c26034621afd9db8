package engine

import (
	"math"
	"sync/atomic"
	"time"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/libquickjs"
	"modernc.org/quickjs"
)

// An interrupter decides whether the engine should stop; the engine asks it
// from time to time.
type interrupter struct {
	handler func(tls *libc.TLS, runtime, opaque uintptr) int32 // kept here, because the engine's pointer does not keep it alive
	stopped atomic.Bool
	fired   bool // the handler has stopped the engine
	until   time.Time
	more    func() time.Duration  // nil: no extra time
	tick    func(loaded bool) int // nil: no callback
	ticked  time.Time
	soon    bool // a function wants the engine to check for interrupts soon
	attention
}

func (m *Machine) watchInterrupts() {
	m.interrupts.until = time.Now().Add(math.MaxInt64)
	m.interrupts.handler = func(*libc.TLS, uintptr, uintptr) int32 {
		if m.interrupts.left > 0 && m.attended() {
			return 0
		}
		m.interrupts.soon = false
		if m.interrupts.due() {
			m.interrupts.fired = true
			return 1
		}
		m.interrupts.ticks()
		return 0
	}
	lib.XJS_SetInterruptHandler(m.tls, m.runtime, address(m.interrupts.handler), 0)
}

func (i *interrupter) due() bool {
	if i.stopped.Load() {
		return true
	}
	if time.Until(i.until) > 0 {
		return false
	}
	if i.more != nil {
		if d := i.more(); d > 0 {
			i.until = time.Now().Add(d)
			return false
		}
	}
	return true
}

// Limit sets how long the machine may run from now on, and clears an Interrupt.
// When the time is over, more is asked for extra time; it may be nil.
func (m *Machine) Limit(d time.Duration, more func() time.Duration) {
	m.interrupts.stopped.Store(false)
	m.interrupts.fired = false
	m.interrupts.load = nil // of a text that did not run to its end
	m.interrupts.ticked = time.Now()
	m.interrupts.until, m.interrupts.more = m.interrupts.ticked.Add(d), more
}

// WatchTicks calls f about each millisecond while a script computes, between
// two instructions. After Attend it also calls f with loaded = true when the
// script may have loaded a library and not used it yet. f returns how many parts
// of libraries it has found, and may call functions of the machine.
func (m *Machine) WatchTicks(f func(loaded bool) (found int)) { m.interrupts.tick = f }

// ticks calls the callback when a millisecond has passed.
func (i *interrupter) ticks() {
	if i.tick != nil && time.Since(i.ticked) >= time.Millisecond {
		i.call(false)
	}
}

// call calls the callback, and returns its result.
func (i *interrupter) call(loaded bool) (found int) {
	f, left := i.tick, i.left
	if f == nil {
		return 0
	}
	i.tick, i.left = nil, 0 // not during functions that f calls
	found = f(loaded)
	i.tick, i.left, i.ticked = f, left, time.Now()
	return found
}

// Interrupt stops the running JavaScript. It may be called from any goroutine.
func (m *Machine) Interrupt() { m.interrupts.stopped.Store(true) }

// Interrupted reports whether the engine was stopped since the last Limit. The
// engine's error may not show it: without memory for an error the engine throws
// null.
func (m *Machine) Interrupted() bool { return m.interrupts.fired }

// errInterrupted is the engine's error for an interrupt.
var errInterrupted = &quickjs.Error{Name: "InternalError", Message: "interrupted"}

// RunJobs runs microtasks until none is left, and returns how many ran. Its
// error is the first exception of a job; the other jobs run all the same. After
// an interrupt the remaining jobs stay queued.
func (m *Machine) RunJobs() (n int, err error) {
	const word = int(unsafe.Sizeof(uintptr(0)))
	context := m.tls.Alloc(word)
	defer m.tls.Free(word)
	for {
		got := lib.XJS_ExecutePendingJob(m.tls, m.runtime, context)
		if got == 0 {
			return n, err
		}
		n++
		if got < 0 {
			if thrown := m.exception(); err == nil {
				err = thrown
			}
		}
		if m.interrupts.due() { // promises of the script may have consumed the engine's exception
			return n, errInterrupted
		}
	}
}
