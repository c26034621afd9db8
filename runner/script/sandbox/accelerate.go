//go:build amd64 || arm64

package sandbox

import (
	"postie/runner/script/sandbox/accel"
	"postie/runner/script/sandbox/engine"
)

// native is native(name): a function of package accel.
func native(c *engine.Call) engine.Value {
	name := c.Text(0)
	if f := accel.Function(name); f != nil {
		return c.New(name, f)
	}
	return engine.Undefined
}

// accelerate looks for libraries that package accel knows, while scripts
// compute. A script that computes little has none to gain from, and pays
// nothing.
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

// A search is what accelerate knows.
type search struct {
	libraries   []engine.Pattern
	ticks       int // of the engine since the script began
	looked      int // the tick of the last search
	accelerated int // libraries found
}

// runs is called before a long text is evaluated, which may load a library.
func (r *realm) runs(text string) {
	if definesLibrary(text) {
		r.vm.Attend()
	}
}

// definesLibrary reports whether a text may define a library for which Go works.
// Machines are not searched after others: each search looks at all objects, and
// a script that is merely long would be searched often.
func definesLibrary(text string) bool {
	return len(text) >= libraryWorth && accel.In(text)
}

// libraryWorth is the length of a text that may hold a library. Those in shorter
// ones are found while they compute.
const libraryWorth = 4 << 10

// worthLooking reports whether the machine is searched at a tick, after another
// at which so many objects were looked at. A library is loaded when a script
// begins, as a rule; later it is searched for ever more rarely.
func worthLooking(tick, last, objects int) bool {
	return (tick&(tick-1) == 0 || tick%64 == 0) && (tick-last)*objectsPerTick >= objects
}

// objectsPerTick is how many objects are looked at in a twentieth of a tick.
const objectsPerTick = 5000

// stringifyFast has JSON.stringify write plain data in Go. It reports whether
// that can be.
func (r *realm) stringifyFast() bool { return r.vm.StringifyFast() }
