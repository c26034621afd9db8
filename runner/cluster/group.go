package cluster

import "sync"

// A group is goroutines with one owner, which waits for them. Messages may still
// start some when it does; unlike a sync.WaitGroup it refuses those.
type group struct {
	mu     sync.Mutex
	closed bool
	all    sync.WaitGroup
}

// Go starts a goroutine. It reports false when the owner no longer takes any.
func (g *group) Go(do func()) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.closed {
		g.all.Go(do)
	}
	return !g.closed
}

// Wait takes no more goroutines and waits for those that there are.
func (g *group) Wait() {
	g.mu.Lock()
	g.closed = true
	g.mu.Unlock()
	g.all.Wait()
}
