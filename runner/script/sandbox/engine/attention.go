package engine

import (
	"unsafe"

	lib "modernc.org/libquickjs"
)

// An attention looks at each call and jump of a script for a while. It finds
// the moment when a script has loaded a library and has not used it yet: a
// function is about to call another function, after a call that did a lot. If
// functions were replaced later, that first use would run the slow ones.
type attention struct {
	left             int // calls and jumps to look at
	seen             int // number of the current call or jump
	skipped          int // since the engine last looked for interrupts
	worth            int // how many calls and jumps a call must have done
	depth            int // of the last call or jump
	outermost, outer int // least depth so far, and how often a search was started at it
	lastSeen         [maxFrames]int
}

const (
	attentionSpan = 200_000
	leastWorth    = 4
	mostOuter     = 64
	maxFrames     = 48 // of calls; deeper calls are not made by the script itself
	interruptSpan = lib.MJS_INTERRUPT_COUNTER_INIT
)

// Attend begins to look for the moment when a library was loaded. The callback
// of WatchTicks is then called with loaded = true.
func (m *Machine) Attend() {
	if m.heap == nil || m.interrupts.tick == nil {
		return
	}
	m.interrupts.attention = attention{left: attentionSpan, worth: leastWorth, depth: maxFrames, outermost: maxFrames}
	at[lib.TJSContext](m.context).Finterrupt_counter = 1
}

// attended handles one call or jump. It returns false when the engine should
// also check for interrupts.
func (m *Machine) attended() bool {
	a := &m.interrupts.attention
	a.left--
	a.seen++
	if depth := m.depth(); 0 < depth && depth < maxFrames {
		if depth < a.depth && a.worthLooking(depth) {
			m.interrupts.call(true)
		}
		a.depth, a.lastSeen[depth] = depth, a.seen
	}
	if a.left > 0 {
		at[lib.TJSContext](m.context).Finterrupt_counter = 1
	}
	a.skipped++
	if a.skipped < interruptSpan && !m.interrupts.soon {
		return true
	}
	a.skipped = 0
	return false
}

// worthLooking reports whether the call that has just returned, to a function
// at the given depth, did a lot. The limit is doubled each time, except for
// calls of the outermost function, which is the script itself.
func (a *attention) worthLooking(depth int) bool {
	did := a.seen - a.last(depth)
	if depth <= a.outermost {
		if a.outermost = depth; did > leastWorth && a.outer < mostOuter {
			a.outer++
			return true
		}
	}
	if did <= a.worth {
		return false
	}
	a.worth *= 2
	return true
}

// last returns when a function at this depth or above made its last call or
// jump.
func (a *attention) last(depth int) (seen int) {
	for _, n := range a.lastSeen[:depth+1] {
		seen = max(seen, n)
	}
	return seen
}

// depth returns how many functions are on the call stack, at most maxFrames.
func (m *Machine) depth() (n int) {
	const next = unsafe.Offsetof(lib.TJSStackFrame{}.Fprev_frame)
	for f := at[lib.TJSRuntime](m.runtime).Fcurrent_stack_frame; f != 0 && n < maxFrames; f = *at[uintptr](f + next) {
		n++
	}
	return n
}
