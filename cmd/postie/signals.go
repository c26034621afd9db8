package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"postie/runner"
)

// endings are the signals that end a run with its reports: of a user, of a
// system, and of a terminal or a CI agent that goes away. What nohup has switched
// off stays so.
func endings() []os.Signal {
	out := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !hangupIgnored {
		out = append(out, syscall.SIGHUP)
	}
	return out
}

// hangupIgnored is how the process was started; asking later tells what it has
// changed itself.
var hangupIgnored = signal.Ignored(syscall.SIGHUP)

// signals: the first interrupt ends the run after the item, or soon; the
// second abandons the item; the third ends the process.
type signals struct {
	ch   chan os.Signal
	done chan struct{}
	got  chan os.Signal
}

// grace is how long an interrupted item may go on.
const grace = 3 * time.Second

func (j *job) signals(ctx context.Context, o *runner.Options) (context.Context, *signals) {
	s := &signals{ch: make(chan os.Signal, 3), done: make(chan struct{}), got: make(chan os.Signal, 1)}
	signal.Notify(s.ch, endings()...)
	signal.Ignore(syscall.SIGPIPE) // a reader that goes away ends its sink, not the run
	ctx, cancel := context.WithCancel(ctx)
	interrupt := make(chan struct{})
	o.Interrupt = interrupt
	go func() {
		defer cancel()
		select {
		case sig := <-s.ch:
			s.got <- sig
			close(interrupt)
		case <-s.done:
			return
		}
		select {
		case <-s.ch:
			cancel()
		case <-time.After(grace):
			cancel()
		case <-s.done:
			return
		}
		signal.Reset(endings()...) // the third ends the process
	}()
	return ctx, s
}

func (s *signals) stop() {
	signal.Stop(s.ch)
	close(s.done)
}

func (s *signals) code() int {
	select {
	case sig := <-s.got:
		if sig, ok := sig.(syscall.Signal); ok && sig != syscall.SIGINT {
			return 128 + int(sig)
		}
	default:
	}
	return exitInterrupted
}
