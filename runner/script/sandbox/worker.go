package sandbox

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// A worker is the goroutine a realm's machine runs on. The machine stops
// JavaScript in time, but not its own native code: a sort of two billion
// holes takes minutes. Such a realm is abandoned, so that the run goes on; its
// worker closes the machine when the code at last returns.
type worker struct {
	work  chan func()
	done  chan answered // of the work under way
	ended chan struct{}

	mu   sync.Mutex // held while a host function runs
	lost bool
}

type answered struct {
	value any
	err   error
}

// grace is what native code may take beyond a script's time.
const grace = time.Second

var (
	errStuck   = errors.New("the JavaScript engine does not answer")
	errStopped = errors.New("the JavaScript engine stopped")
)

func newWorker(shut func()) *worker {
	w := &worker{work: make(chan func()), done: make(chan answered, 1), ended: make(chan struct{})}
	go func() {
		defer close(w.ended)
		for f := range w.work {
			f()
		}
		shut()
	}()
	return w
}

// run has the worker call f, and waits for it: as long as the script may take,
// and a little longer. A Go panic in the engine, should there be one, does not
// end the process: the realm is given up instead.
func (r *realm) run(ctx context.Context, within time.Duration, f func() (any, error)) (any, error) {
	w := r.worker
	done := w.done
	w.work <- func() { done <- guard(f) }
	alarm := time.NewTimer(within + grace)
	defer alarm.Stop()
	for ended := ctx.Done(); ; {
		select {
		case got := <-done:
			r.broken = r.broken || errors.Is(got.err, errStopped)
			return got.value, got.err
		case <-ended:
			ended = nil
			alarm.Reset(grace)
		case <-alarm.C:
			r.broken = true
			w.mu.Lock()
			w.lost = true
			w.mu.Unlock()
			return nil, errStuck
		}
	}
}

func guard(f func() (any, error)) (got answered) {
	defer func() {
		if p := recover(); p != nil {
			got = answered{err: fmt.Errorf("%w: %v", errStopped, p)}
		}
	}()
	got.value, got.err = f()
	return got
}

// close ends the worker, and waits unless it is lost.
func (w *worker) close() {
	close(w.work)
	if !w.lost {
		<-w.ended
	}
}

func (r *realm) lost() bool {
	r.worker.mu.Lock()
	defer r.worker.mu.Unlock()
	return r.worker.lost
}
