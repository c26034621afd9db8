package engine

import (
	"sync/atomic"
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

	load   *Load
	known  []int // calls and jumps at which to search; nil when they are unknown
	useful []int // those at which a search found something
}

// A Load remembers at which calls and jumps of a text a search found parts of a
// library. Later runs of the text then search only there: to search after each
// call that did a lot takes as long as to load the library. It is safe for
// concurrent use, and its zero value remembers nothing.
type Load struct{ useful atomic.Pointer[[]int] }

const (
	attentionSpan = 200_000
	leastWorth    = 4
	mostOuter     = 64
	maxFrames     = 48 // of calls; deeper calls are not made by the script itself
	interruptSpan = lib.MJS_INTERRUPT_COUNTER_INIT
)

// Attend begins to look for the moment when a text, of which l is the Load, has
// loaded a library. The callback of WatchTicks is then called with loaded =
// true.
func (m *Machine) Attend(l *Load) {
	if m.heap == nil || m.interrupts.tick == nil {
		return
	}
	m.Attended()
	m.interrupts.attention = attention{left: attentionSpan, worth: leastWorth, depth: maxFrames, outermost: maxFrames, load: l}
	if useful := l.useful.Load(); useful != nil {
		m.interrupts.known = *useful
	}
	at[lib.TJSContext](m.context).Finterrupt_counter = 1
}

// Attended keeps what was found out about a text that has run to its end.
func (m *Machine) Attended() {
	a := &m.interrupts.attention
	if a.load != nil && len(a.useful) > 0 {
		useful := a.useful
		a.load.useful.Store(&useful)
	}
	a.load = nil
}

// attended handles one call or jump. It returns false when the engine should
// also check for interrupts.
func (m *Machine) attended() bool {
	a := &m.interrupts.attention
	a.left--
	a.seen++
	if a.known != nil {
		m.searchAgain()
	} else if depth := m.depth(); 0 < depth && depth < maxFrames {
		if depth < a.depth && a.worthLooking(depth) && m.interrupts.call(true) > 0 {
			a.useful = append(a.useful, a.seen)
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

// searchAgain searches at the calls at which earlier runs of the text found
// something. When there is nothing this time the text has done something else,
// and what is known of it is forgotten.
func (m *Machine) searchAgain() {
	a := &m.interrupts.attention
	if a.seen < a.known[0] {
		return
	}
	switch found := m.interrupts.call(true); {
	case found == 0:
		if a.load != nil {
			a.load.useful.Store(nil)
		}
		a.load, a.known = nil, nil
	case len(a.known) == 1:
		a.left = 0
	default:
		a.known = a.known[1:]
	}
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
