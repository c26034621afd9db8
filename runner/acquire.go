package runner

import (
	"context"
	"time"

	"postie/runner/event"
)

// A Pace says how long after the start of the session an item starts at the
// earliest, such as it did in a recorded run. It is called once before each
// execution of an item.
type Pace func(at event.Cursor, item event.ItemRef) time.Duration

// An Acquire is called before each execution of an item and waits until the
// item may start, or until ctx ends; release is called after the item. Sessions
// that are given one Acquire share what it hands out, item by item.
type Acquire func(ctx context.Context) (release func())

// wait is a pause that also ends with the run's interrupt.
func wait(ctx context.Context, interrupt <-chan struct{}, d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-interrupt:
	case <-ctx.Done():
	}
}
