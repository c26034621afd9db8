package matrix

import "context"

// Workers carry out the items of runs. A run has a place while it is open, and
// a worker while one of its items is at work.
//
// There are as many places as workers until the last round. What would be left
// after it is part of it: its runs share the workers, item by item. Of 18 runs
// for 16 workers, two would otherwise take as long as the 16 before.
type workers struct {
	places     chan struct{} // those taken
	busy       chan struct{}
	extraSlots int // places that open with the last round
	lastRound  int // the first run of it
}

func newWorkers(n, runs int) *workers {
	w := &workers{busy: make(chan struct{}, n), extraSlots: runs % n, lastRound: runs - runs%n - n}
	if w.lastRound < 0 {
		w.extraSlots = 0
	}
	w.places = make(chan struct{}, n+w.extraSlots)
	for range w.extraSlots {
		w.places <- struct{}{}
	}
	return w
}

// open waits for a place for a run. It reports whether there is one: ctx and
// halt may end first. A run that must end in a certain time does not share.
func (w *workers) open(ctx context.Context, halt <-chan struct{}, number int, timed bool) bool {
	if number >= w.lastRound && !timed {
		for ; w.extraSlots > 0; w.extraSlots-- {
			<-w.places
		}
	}
	select {
	case w.places <- struct{}{}:
		select {
		case <-halt: // both were there
			w.release()
			return false
		default:
			return true
		}
	case <-ctx.Done():
	case <-halt:
	}
	return false
}

func (w *workers) release() { <-w.places }

// acquire is the runner.Acquire of every run.
func (w *workers) acquire(ctx context.Context) (release func()) {
	select {
	case w.busy <- struct{}{}:
		return func() { <-w.busy }
	case <-ctx.Done():
		return func() {}
	}
}
