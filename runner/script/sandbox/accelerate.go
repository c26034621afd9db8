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
	r.vm.WatchTicks(func(loaded bool) {
		if r.x == nil || r.lost() {
			return
		}
		if !loaded {
			r.ticks++
		}
		if loaded || worthLooking(r.ticks, r.looked, r.vm.Objects()) {
			r.accelerated += r.vm.CallWithObjects(&r.driver.found, r.libraries, loaded)
			r.looked = r.ticks
		}
	})
}

// A search is the state of accelerate.
type search struct {
	libraries   []engine.Pattern
	ticks       int // engine ticks since the script began
	looked      int // the tick of the last search
	accelerated int // libraries found
}

// definesLibrary reports whether a text may define a library that package accel
// implements in Go. The heap is not searched after other texts: each search
// looks at all objects, and a script that is merely long would cause many
// searches.
func definesLibrary(text string) bool {
	return len(text) >= libraryWorth && accel.In(text)
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
