package sandbox

import (
	"context"
	"runtime"
	"sync"

	"postie/runner/script"
)

// idle holds realms that were restored and wait for their next sandbox. Opening
// a new realm takes ten times as long, and a process may need many: one for
// each run, for each row of data that runs in parallel, and for each script
// with a realm of its own.
var idle = newIdleRealms()

type idleRealms struct {
	mu      sync.Mutex
	changed *sync.Cond // a realm was added, or is no longer expected
	realms  stack
	opened  int
	coming  int // realms that warm is opening
	waiting int // sandboxes that wait for a realm of warm
}

func newIdleRealms() *idleRealms {
	i := &idleRealms{}
	i.changed = sync.NewCond(&i.mu)
	return i
}

// A stack holds idle realms. The realm that was used last is taken first,
// because most of its memory is still in the processor's cache.
type stack []*realm

// take returns nil when no realm is idle.
func (s *stack) take() *realm {
	n := len(*s)
	if n == 0 {
		return nil
	}
	r := (*s)[n-1]
	*s = (*s)[:n-1]
	return r
}

// maxIdleHeap is the size in bytes of the largest heap that is used again: the
// operating system does not get back all memory that a heap frees.
const maxIdleHeap = 4 << 20

// maxIdleRealms is how many realms may be idle. Runs that work in parallel
// often end at the same time.
func maxIdleRealms() int { return max(16, 2*runtime.GOMAXPROCS(0)) }

// warm opens realms for the first n sandboxes in advance, until ctx ends:
// another core can do that while documents are read. The returned channel is
// closed when warm has ended. warm does nothing for an engine of another
// package.
func warm(ctx context.Context, e script.Engine, n int) <-chan struct{} {
	done := make(chan struct{})
	o, ok := e.(*opener)
	if !ok || runtime.GOMAXPROCS(0) < 2 {
		close(done)
		return done
	}
	go func() {
		defer close(done)
		for idle.count() < min(n, maxIdleRealms()) && ctx.Err() == nil {
			if !idle.open(&o.programs, n > 1) {
				return
			}
		}
	}()
	return done
}

// open adds a new realm, if one can be opened and kept. It ignores errors,
// because the first script meets them as well.
func (i *idleRealms) open(c *cache, several bool) bool {
	i.expect(1)
	defer i.expect(-1)
	r, err := newRealm(c, several)
	if err != nil {
		return false
	}
	if !i.put(r) {
		r.end()
		return false
	}
	return true
}

func (i *idleRealms) expect(n int) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.coming += n
	i.changed.Broadcast()
}

func (i *idleRealms) count() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return len(i.realms)
}

// worth reports whether realms are worth restoring. The first realm of a
// process is not: it may be the only one.
func (i *idleRealms) worth() bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.opened++
	return i.opened > 1
}

// take returns an idle realm. It waits for a realm that warm is opening,
// because that realm is ready sooner than a new one. It returns nil when warm
// opens none.
func (i *idleRealms) take() *realm {
	i.mu.Lock()
	defer i.mu.Unlock()
	for len(i.realms) == 0 && i.waiting < i.coming {
		i.waiting++
		i.changed.Wait()
		i.waiting--
	}
	return i.realms.take()
}

// put keeps a realm for the next sandbox, unless enough realms are idle.
func (i *idleRealms) put(r *realm) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	if len(i.realms) >= maxIdleRealms() {
		return false
	}
	i.realms = append(i.realms, r)
	i.changed.Broadcast()
	return true
}
