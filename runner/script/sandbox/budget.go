package sandbox

import (
	"math"
	"sync"
	"sync/atomic"
	"time"
)

// A budget is the time a script has. By default that is time in which it keeps
// the engine busy: it may wait for timers and requests as long as they take. A
// limit that somebody has set bounds all of it.
type budget struct {
	limit  time.Duration
	all    bool // waiting counts too
	began  time.Time
	used   time.Duration // of the engine
	before cpuTime       // of the process when the script began
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

// wait is how long the script may wait.
func (b *budget) wait() time.Duration {
	if b.all {
		return b.left()
	}
	return math.MaxInt64
}

// spend counts work of the engine that began at a time.
func (b *budget) spend(since time.Time) { b.used += time.Since(since) }

// running is how many scripts keep an engine busy.
var running atomic.Int64

// more is what a script whose time is over gets on top: on a starved machine it
// had less of the processor than the clock says. What the process had since then
// is shared by the scripts that run.
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

// cpuTime is what the process had of the processors up to a time.
type cpuTime struct {
	at   time.Time
	used time.Duration
}

// cpu is asked for by each script, and looks at most every hundredth of a second.
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
