package runner

import (
	"context"
	"time"

	"postie/runner/event"
)

// A Pace tells how long after the start of the run an item starts at the
// earliest, such as it did in a recorded run. It is called once before each
// execution of an item.
type Pace func(at event.Cursor, item event.ItemRef) time.Duration

// A Turn is called before each execution of an item and waits until the run may
// go on, or until ctx ends; what it returns is called after the item. Runs that
// are given turns share what there is for them, item by item.
type Turn func(ctx context.Context) (over func())

// turn waits until the run may go on.
func (r *run) turn(ctx context.Context) (over func()) {
	if r.opts.Turn == nil {
		return func() {}
	}
	return r.opts.Turn(ctx)
}
