// Package stop turns the signals that end a process into two ways to end a run:
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

// Signals end a run with its reports. They come from a user, from a system, or
// from a terminal or a CI agent that goes away. A hangup that nohup ignores
// stays ignored.
func Signals() []os.Signal {
	out := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !hangupIgnored {
		out = append(out, syscall.SIGHUP)
	}
	return out
}

// hangupIgnored reports whether the process was started with SIGHUP ignored. It
// is read first, before the process itself changes what it ignores.
var hangupIgnored = signal.Ignored(syscall.SIGHUP)

// Grace is how long an interrupted item may continue.
const Grace = 3 * time.Second

// A Watch waits for signals. The first closes Interrupt, so that the run ends
// after the current item. The second, or the end of the grace, ends the
// context. The third ends the process.
type Watch struct {
	Interrupt <-chan struct{}

	ch   chan os.Signal
	done chan struct{}
	code atomic.Int32
}

// New begins to watch, and returns the context of the run. End stops it.
func New(ctx context.Context) (context.Context, *Watch) { return Within(ctx, Grace) }

// Within is like New with another grace.
func Within(ctx context.Context, grace time.Duration) (context.Context, *Watch) {
	interrupt := make(chan struct{})
	w := &Watch{Interrupt: interrupt, ch: make(chan os.Signal, 3), done: make(chan struct{})}
	w.code.Store(128 + int32(syscall.SIGINT))
	signal.Notify(w.ch, Signals()...)
	signal.Ignore(syscall.SIGPIPE) // a reader that closes a pipe ends its output, not the run
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
	signal.Reset(Signals()...) // from here on a signal ends the process
}

// End stops watching.
func (w *Watch) End() {
	signal.Stop(w.ch)
	close(w.done)
}

// Code returns the exit code for the signal that ended the process: 128 and its
// number. Without a signal it is that of SIGINT.
func (w *Watch) Code() int { return int(w.code.Load()) }
