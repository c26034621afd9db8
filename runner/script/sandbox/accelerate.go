//go:build amd64 || arm64

package sandbox

import (
	"postie/runner/script/sandbox/accel"
	"postie/runner/script/sandbox/engine"
)

// native implements host.native(name). It returns a function of package accel.
func native(c *engine.Call) engine.Value {
	name := c.Text(0)
	if f := accel.Function(name); f != nil {
		return c.New(name, f)
	}
	return engine.Undefined
}

// accelerate searches the heap, while scripts compute, for libraries that
// package accel can speed up. A script that computes little would gain nothing,
// and is not slowed down.
func (r *realm) accelerate() {
	if !r.vm.Accelerates() {
		return
	}
	r.libraries = accel.Libraries()
	r.vm.WatchTicks(func(loaded bool) (found int) {
		if r.x == nil || r.lost() {
			return 0
		}
		if !loaded {
			r.ticks++
		}
		if loaded || worthLooking(r.ticks, r.looked, r.vm.Objects()) {
			found = r.vm.CallWithObjects(&r.driver.found, r.libraries, loaded)
			r.accelerated += found
			r.looked = r.ticks
		}
		return found
	})
}

// A search is the state of accelerate.
type search struct {
	libraries   []engine.Pattern
	ticks       int // engine ticks since the script began
	looked      int // the tick of the last search
	accelerated int // libraries found
}

// loadOf returns the Load of a text that may define a library which package
// accel implements in Go. It returns nil for other texts, after which the heap is
// not searched: each search looks at all objects, and a script that is merely
// long would cause many searches.
func loadOf(text string) *engine.Load {
	if len(text) < libraryWorth || !accel.In(text) {
		return nil
	}
	return &engine.Load{}
}

// libraryWorth is the least length of a text that is taken for a library.
// Libraries in shorter texts are found later, while they compute.
const libraryWorth = 4 << 10

// worthLooking reports whether to search the heap at a tick. last is the tick
// of the last search, and objects is how many objects a search looks at. Most
// scripts load their libraries when they begin, so later searches become ever
// rarer.
func worthLooking(tick, last, objects int) bool {
	return (tick&(tick-1) == 0 || tick%64 == 0) && (tick-last)*objectsPerTick >= objects
}

// objectsPerTick is how many objects a search looks at in a twentieth of a
// tick, so that searches take at most a twentieth of the time.
const objectsPerTick = 5000

// stringifyFast makes JSON.stringify write plain data in Go. It reports whether
// the engine supports that.
func (r *realm) stringifyFast() bool { return r.vm.StringifyFast() }
