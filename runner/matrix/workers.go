package matrix

import (
	"context"

	"postie/runner"
)

// Workers carry out the items of runs. A run has a place while it is open, and
// a worker while one of its items is at work.
//
// There are as many places as workers until the last round. What would be left
// after it is part of it: its runs share the workers, item by item. Of 18 runs
// for 16 workers, two would otherwise take as long as the 16 before.
type workers struct {
	places chan struct{} // those taken
	busy   chan struct{}
	rest   int // places to come
	last   int // the first run of the last round
}

func newWorkers(n, runs int) *workers {
	w := &workers{busy: make(chan struct{}, n), rest: runs % n, last: runs - runs%n - n}
	if w.last < 0 {
		w.rest = 0
	}
	w.places = make(chan struct{}, n+w.rest)
	for range w.rest {
		w.places <- struct{}{}
	}
	return w
}

// open waits for a place for a run. It reports whether there is one: ctx and
// halt may end first. A run that must end in a certain time does not share.
func (w *workers) open(ctx context.Context, halt <-chan struct{}, o *runner.Options) bool {
	if o.Run >= w.last && o.Timeout <= 0 {
		for ; w.rest > 0; w.rest-- {
			<-w.places
		}
	}
	select {
	case w.places <- struct{}{}:
		return true
	case <-ctx.Done():
	case <-halt:
	}
	return false
}

func (w *workers) leave() { <-w.places }

// turn is the runner.Turn of every run.
func (w *workers) turn(ctx context.Context) (over func()) {
	select {
	case w.busy <- struct{}{}:
		return func() { <-w.busy }
	case <-ctx.Done():
		return func() {}
	}
}
