package engine

import (
	"cmp"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"syscall"
)

// Errors of Guard for work that Revoke stopped, and for work that panicked.
var (
	ErrRevoked  = errors.New("the JavaScript engine's memory was taken away")
	ErrPanicked = errors.New("the JavaScript engine stopped")
)

// Guard calls f, which works on the machine. A Go panic in the engine becomes
// an error and does not end the process.
func (m *Machine) Guard(f func() (any, error)) (value any, err error) {
	before := debug.SetPanicOnFault(true)
	defer func() {
		debug.SetPanicOnFault(before)
		p := recover()
		switch {
		case m.Revoked():
			value, err = nil, ErrRevoked
		case p != nil:
			value, err = nil, fmt.Errorf("%w: %v", ErrPanicked, p)
		}
	}()
	return f()
}

// Revoke takes the machine's memory away: running work panics at its next
// access. That also stops the engine's native code, which does not check for
// interrupts: a sort of two billion holes takes minutes. Afterwards the machine
// can only be dropped. Revoke may be called from any goroutine. It has no
// effect on a machine without its own heap.
func (m *Machine) Revoke() {
	if m.heap != nil {
		m.heap.revoke()
	}
}

// Revoked reports whether Revoke was called. It waits for a running Revoke.
func (m *Machine) Revoked() bool {
	if m.heap == nil {
		return false
	}
	m.heap.mu.Lock()
	defer m.heap.mu.Unlock()
	return m.heap.revoked
}

// revoke makes the pages of all blocks inaccessible. The allocator, whose own
// data is in them, is not called any more.
func (h *vmHeap) revoke() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.revoked {
		h.revoked, h.gone = true, h.spans()
		_ = h.protect(noAccess)
	}
}

// protect sets the access rights of the revoked pages. Pages for which that
// fails stay as they were, and work on them continues.
func (h *vmHeap) protect(access int) (err error) {
	for _, s := range h.gone {
		err = errors.Join(err, protect(s.at, s.size, access))
	}
	return err
}

// spans returns the pages that contain used blocks, as few runs of pages as
// possible.
func (h *vmHeap) spans() []pinned {
	page := uintptr(syscall.Getpagesize())
	all := make([]pinned, 0, len(h.blocks))
	for p := range h.blocks {
		from := p &^ (page - 1)
		to := (p + uintptr(usable(nil, p)) + page - 1) &^ (page - 1)
		all = append(all, pinned{from, int(to - from)})
	}
	slices.SortFunc(all, func(a, b pinned) int { return cmp.Compare(a.at, b.at) })
	out := all[:0]
	for _, s := range all {
		if n := len(out) - 1; n >= 0 && s.at <= out[n].at+uintptr(out[n].size) {
			out[n].size = max(out[n].size, int(s.at-out[n].at)+s.size)
			continue
		}
		out = append(out, s)
	}
	return out
}
