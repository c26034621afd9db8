package transport

import (
	"sync"
	"time"
)

// A habit is what a server has been seen to do with connections that it did
// not say it would close.
type habit uint8

const (
	unknown habit = iota
	keeps         // one has carried another request
	drops         // one was closed right after an answer
)

// settling is how long after an answer a server that closes without saying so
// may take to do it. A request is sent only once, so one that went out on such
// a connection would fail: until the server is known to keep connections, the
// next request waits for that time to pass, or goes out on a new connection
// where that is had for less. The wait is longer where a connection was
// dropped.
const settling = 10 * time.Millisecond

// habits are those of the servers of each route.
type habits struct {
	settling time.Duration

	mu sync.Mutex
	of map[string]habit
}

func newHabits() *habits { return &habits{settling: settling, of: map[string]habit{}} }

// patience is how long to watch a connection before it is used again.
func (h *habits) patience(key string, idleSince time.Time) time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch h.of[key] {
	case keeps:
		return 0
	case drops:
		return 3*h.settling - time.Since(idleSince)
	}
	return h.settling - time.Since(idleSince)
}

func (h *habits) is(key string, one habit) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.of[key] == one
}

// kept takes note of a connection that carried another request, or could have.
func (h *habits) kept(key string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.of[key] == unknown {
		h.of[key] = keeps
	}
}

// lost takes note of a connection that the server closed after it had been
// idle for some time. Servers close what is idle for seconds, all of them.
func (h *habits) lost(key string, idle time.Duration) {
	if idle > time.Second {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.of[key] = drops
}
