package cluster

import "sync"

// A group is a set of goroutines. Its owner waits for them. Messages may try to
// start more while it waits: unlike a sync.WaitGroup, a group refuses that.
type group struct {
	mu     sync.Mutex
	closed bool
	all    sync.WaitGroup
}

// Go starts a goroutine. It returns false when the group is closed.
func (g *group) Go(do func()) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.closed {
		g.all.Go(do)
	}
	return !g.closed
}

// Wait closes the group and waits for its goroutines.
func (g *group) Wait() {
	g.mu.Lock()
	g.closed = true
	g.mu.Unlock()
	g.all.Wait()
}
