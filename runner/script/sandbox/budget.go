package sandbox

import (
	"math"
	"sync"
	"sync/atomic"
	"time"
)

// A budget is the time that a script may take. By default only time counts in
// which the script keeps the engine busy: it may wait any time for timers and
// requests. A limit that the user sets counts waiting, too.
type budget struct {
	limit  time.Duration
	all    bool // waiting counts too
	began  time.Time
	used   time.Duration // time of the engine
	before cpuTime       // CPU time of the process when the script began
}

func newBudget(limit time.Duration) budget {
	b := budget{limit: limit, all: limit > 0, began: time.Now()}
	if !b.all {
		b.limit, b.before = defaultTimeout, cpu.recent(b.began)
	}
	return b
}

// left is what remains of the script's time.
func (b *budget) left() time.Duration {
	if b.all {
		return b.limit - time.Since(b.began)
	}
	if b.used < b.limit {
		return b.limit - b.used
	}
	return b.more()
}

// wait returns how long the script may wait.
func (b *budget) wait() time.Duration {
	if b.all {
		return b.left()
	}
	return math.MaxInt64
}

// spend adds the time since the engine began a piece of work.
func (b *budget) spend(since time.Time) { b.used += time.Since(since) }

// running counts the scripts that keep an engine busy now.
var running atomic.Int64

// more returns extra time for a script whose time is over: on a busy machine
// the script had less CPU time than the clock says. The CPU time that the
// process used since the script began is divided among the running scripts.
func (b *budget) more() time.Duration {
	if b.all {
		return 0
	}
	now, ok := processTime()
	if !ok {
		return 0
	}
	return b.limit - (now-b.before.used)/time.Duration(max(running.Load(), 1))
}

// cpuTime is the CPU time that the process had used at a time.
type cpuTime struct {
	at   time.Time
	used time.Duration
}

// cpu caches the CPU time of the process for 10 ms, since each script asks for
// it.
var cpu processClock

type processClock struct {
	mu   sync.Mutex
	last cpuTime
}

func (c *processClock) recent(now time.Time) cpuTime {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now.Sub(c.last.at) > 10*time.Millisecond {
		used, _ := processTime()
		c.last = cpuTime{now, used}
	}
	return c.last
}
