// Package stop turns the signals that end a process into the two ends of a run:
// soon, with its reports, and at once.
package stop

import (
	"context"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"
)

// Signals are those that end a run with its reports: of a user, of a system, and
// of a terminal or a CI agent that goes away. What nohup has switched off stays
// so.
func Signals() []os.Signal {
	out := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !hangupIgnored {
		out = append(out, syscall.SIGHUP)
	}
	return out
}

// hangupIgnored is how the process was started. It is read first, before the
// process itself changes what it ignores.
var hangupIgnored = signal.Ignored(syscall.SIGHUP)

// Grace is how long an interrupted item may go on.
const Grace = 3 * time.Second

// A Watch waits for signals: the first closes Interrupt, so that the run ends
// after the item; the second, or the end of the grace, ends the context; the
// third ends the process.
type Watch struct {
	Interrupt <-chan struct{}

	ch   chan os.Signal
	done chan struct{}
	code atomic.Int32
}

// New starts to watch, and returns the context of the run. End stops it.
func New(ctx context.Context) (context.Context, *Watch) { return Within(ctx, Grace) }

// Within is New with a grace of its own.
func Within(ctx context.Context, grace time.Duration) (context.Context, *Watch) {
	interrupt := make(chan struct{})
	w := &Watch{Interrupt: interrupt, ch: make(chan os.Signal, 3), done: make(chan struct{})}
	w.code.Store(128 + int32(syscall.SIGINT))
	signal.Notify(w.ch, Signals()...)
	signal.Ignore(syscall.SIGPIPE) // a reader that goes away ends its sink, not the run
	ctx, cancel := context.WithCancel(ctx)
	go w.wait(cancel, interrupt, grace)
	return ctx, w
}

func (w *Watch) wait(cancel context.CancelFunc, interrupt chan struct{}, grace time.Duration) {
	defer cancel()
	select {
	case sig := <-w.ch:
		if sig, ok := sig.(syscall.Signal); ok {
			w.code.Store(128 + int32(sig))
		}
		close(interrupt)
	case <-w.done:
		return
	}
	select {
	case <-w.ch:
		cancel()
	case <-time.After(grace):
		cancel()
	case <-w.done:
		return
	}
	signal.Reset(Signals()...) // the third ends the process
}

// End stops watching.
func (w *Watch) End() {
	signal.Stop(w.ch)
	close(w.done)
}

// Code is the exit code of a process that a signal ended: 128 and its number,
// SIGINT's when there was none.
func (w *Watch) Code() int { return int(w.code.Load()) }
