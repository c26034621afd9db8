package sandbox

import (
	"context"
	"runtime"
	"sync"

	"postie/runner/script"
)

// idle are realms no script has run in since they were restored. To open one
// anew takes ten times as long, and a process that runs many things opens as
// many: each run, each row that runs side by side, each script on its own.
var idle idleRealms

type idleRealms struct {
	mu     sync.Mutex
	realms stack
	opened int
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

// warm opens realms for the first n sandboxes ahead, until ctx ends: another
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
			r, err := newRealm(&o.programs, n > 1)
			if err != nil { // as the first script will find
				return
			}
			if !idle.put(r) {
				r.end()
				return
			}
		}
	}()
	return done
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

func (i *idleRealms) take() *realm {
	i.mu.Lock()
	defer i.mu.Unlock()
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
	return true
}
