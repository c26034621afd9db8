package engine

import (
	"unsafe"

	lib "modernc.org/libquickjs"
)

// An attention looks, for a while, at each call and jump of a script. It is
// there to find the moment in which a script has loaded a library and has not
// used it yet: a function is about to call another one, having called one before
// that did much. To replace functions later would be too late for the call.
type attention struct {
	left             int // calls and jumps to look at
	seen             int // so far
	skipped          int // since the engine last looked for interrupts
	worth            int // what a call must have done, in calls and jumps
	depth            int // of the last
	outermost, outer int // depth so far, and how often it was worth a look
	lastSeen         [maxFrames]int
}

const (
	attentionSpan = 200_000
	leastWorth    = 4
	mostOuter     = 64
	maxFrames     = 48 // of calls; what is deeper is no script's own code
	interruptSpan = lib.MJS_INTERRUPT_COUNTER_INIT
)

// Attend begins to look for the end of what loads a library, which the callback
// of WatchTicks gets as loaded.
func (m *Machine) Attend() {
	if m.heap == nil || m.interrupts.tick == nil {
		return
	}
	m.interrupts.attention = attention{left: attentionSpan, worth: leastWorth, depth: maxFrames, outermost: maxFrames}
	at[lib.TJSContext](m.context).Finterrupt_counter = 1
}

// attended looks at one call or jump. It reports false when the engine should
// look for interrupts, too.
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

// worthLooking reports whether the call that has just ended, to a function of
// that depth, did much: ever more, but for those of the outermost function, which
// is the script itself.
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

// last is when a function of that depth, or of one less, called another last.
func (a *attention) last(depth int) (seen int) {
	for _, n := range a.lastSeen[:depth+1] {
		seen = max(seen, n)
	}
	return seen
}

// depth is how many functions are at work, maxFrames at most.
func (m *Machine) depth() (n int) {
	const next = unsafe.Offsetof(lib.TJSStackFrame{}.Fprev_frame)
	for f := at[lib.TJSRuntime](m.runtime).Fcurrent_stack_frame; f != 0 && n < maxFrames; f = *at[uintptr](f + next) {
		n++
	}
	return n
}
