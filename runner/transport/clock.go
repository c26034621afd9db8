package transport

import (
	"context"
	"sync"
	"time"
)

// A clock counts down a request's timeout. It stops while the request
// waits for its turn, for that is not the server's time.
type clock struct {
	mu     sync.Mutex
	timer  *time.Timer // nil: no timeout
	left   time.Duration
	since  time.Time // it runs; zero: it is paused
	cancel context.CancelCauseFunc
}

// newClock starts a clock; the context ends with errTooSlow when it is up. A
// timeout of 0 or less is none.
func newClock(ctx context.Context, timeout time.Duration) (context.Context, *clock) {
	c := &clock{left: timeout, cancel: func(error) {}}
	if timeout <= 0 {
		return ctx, c
	}
	ctx, c.cancel = context.WithCancelCause(ctx)
	c.timer, c.since = time.AfterFunc(timeout, func() { c.cancel(errTooSlow) }), time.Now()
	return ctx, c
}

// pause stops the clock until resume is called.
func (c *clock) pause() (resume func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.timer == nil || !c.timer.Stop() {
		return func() {}
	}
	c.left -= time.Since(c.since)
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.since = time.Now()
		c.timer.Reset(c.left)
	}
}

// stop ends the clock and its context.
func (c *clock) stop() {
	if c.timer != nil {
		c.timer.Stop()
	}
	c.cancel(nil)
}
