package sandbox

import (
	"context"
	"runtime"
	"sync"

	"postie/runner/script"
)

// idle are realms that were restored and wait for their next sandbox. To open a
// new one takes ten times as long, and a process may need many: one for each run,
// for each row that runs side by side, for each script in a realm of its own.
var idle = newIdleRealms()

type idleRealms struct {
	mu      sync.Mutex
	changed *sync.Cond // a realm has come, or is no longer expected
	realms  stack
	opened  int
	coming  int // realms that warm is opening
	waiting int // sandboxes that wait for one of those
}

func newIdleRealms() *idleRealms {
	i := &idleRealms{}
	i.changed = sync.NewCond(&i.mu)
	return i
}

// A stack is realms that wait. The one that was used last is taken first: most of
// it is still in the processor's cache.
type stack []*realm

// take is nil when none waits.
func (s *stack) take() *realm {
	n := len(*s)
	if n == 0 {
		return nil
	}
	r := (*s)[n-1]
	*s = (*s)[:n-1]
	return r
}

// maxIdleHeap is the largest heap, in bytes, that serves again: the system
// does not get back all of what a heap frees.
const maxIdleHeap = 4 << 20

// maxIdleRealms is how many may wait. Runs that work side by side often end
// together, too.
func maxIdleRealms() int { return max(16, 2*runtime.GOMAXPROCS(0)) }

// warm opens realms for the first n sandboxes in advance, until ctx ends: another
// core can do so while documents are being read. What it returns is closed when
// it has ended. An engine that is not this package's has nothing to warm.
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

// open adds a new realm, if one can be opened and kept. An error is left to the
// first script, which meets it as well.
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

// worth reports whether realms should be made to serve again: not the first of
// a process, which may be the only one.
func (i *idleRealms) worth() bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.opened++
	return i.opened > 1
}

// take is nil when no realm is there nor will be soon. It waits for one that warm
// is opening: that one is done before one that is begun now.
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

// put keeps a realm for the next sandbox, unless enough wait.
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
