package engine

import (
	"cmp"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"syscall"
)

// What Guard returns of work that Revoke stopped, and of work that panicked.
var (
	ErrRevoked  = errors.New("the JavaScript engine's memory was taken away")
	ErrPanicked = errors.New("the JavaScript engine stopped")
)

// Guard calls f, which works on the machine. A Go panic in the engine, should
// there be one, does not end the process: it is the error.
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

// Revoke takes the machine's memory away: work in progress panics at its next
// access to it. That stops the engine's native code, which looks for no
// interrupt: a sort of two billion holes takes minutes. The machine can only be
// dropped then. Revoke may be called from any goroutine. It does nothing to a
// machine without a heap of its own.
func (m *Machine) Revoke() {
	if m.heap != nil {
		m.heap.revoke()
	}
}

// Revoked reports whether Revoke was called. It waits for one in progress.
func (m *Machine) Revoked() bool {
	if m.heap == nil {
		return false
	}
	m.heap.mu.Lock()
	defer m.heap.mu.Unlock()
	return m.heap.revoked
}

// revoke makes the pages of all blocks unreadable. The allocator, which has
// its books in them, is not entered any more.
func (h *vmHeap) revoke() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.revoked {
		h.revoked, h.gone = true, h.spans()
		_ = h.protect(noAccess)
	}
}

// protect sets what may be done with the memory that was taken away. After a
// failure pages are as they were, and work on them goes on.
func (h *vmHeap) protect(access int) (err error) {
	for _, s := range h.gone {
		err = errors.Join(err, protect(s.at, s.size, access))
	}
	return err
}

// spans are the pages that blocks in use lie in, as few runs of them as there
// are.
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
