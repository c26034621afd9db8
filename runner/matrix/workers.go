package matrix

import "context"

// workers limits how many items of runs run at once. A run has a place while it
// is open, and a worker while one of its items runs.
//
// There are as many places as workers until the last round. The runs that would
// remain after the last round are part of it: they share the workers, item by
// item. With 16 workers and 18 runs, the last two would otherwise take as long
// as the 16 before.
type workers struct {
	places     chan struct{} // taken places
	busy       chan struct{}
	extraSlots int // places that are added in the last round
	lastRound  int // number of its first run
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

// open waits for a place for a run. It returns false when ctx or halt ends
// first. A run with a time limit does not share workers.
func (w *workers) open(ctx context.Context, halt <-chan struct{}, number int, timed bool) bool {
	if number >= w.lastRound && !timed {
		for ; w.extraSlots > 0; w.extraSlots-- {
			<-w.places
		}
	}
	select {
	case w.places <- struct{}{}:
		select {
		case <-halt: // both channels were ready
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
