// Package matrix runs many runs in parallel and reports them one after the
// other, in the order in which they were given. The report does not depend on
// how many work at once.
//
// Each run has its own sandbox, cookie jar and scopes. The runs share the
// collection, which is immutable, and the limiter of the transport, if any.
package matrix

import (
	"context"
	"errors"
	"iter"
	"math/rand/v2"
	"sync"

	"postie/runner"
	"postie/runner/event"
)

// A Spool keeps the events of a run that is not yet reported.
type Spool interface {
	event.Reporter
	// Replay hands every event kept so far to report, in order.
	Replay(report func(event.Event) error) error
	// Close drops what is kept.
	Close() error
}

// A Postponer is the Reporter of a run that Options.Carry runs elsewhere. When
// the events are stored there, they need not be kept here as well: they are
// read when it is the run's turn to be reported.
type Postponer interface {
	// Postpone registers replay, which will report the events of the run.
	// failures is the number of failures among them. replay may complete the
	// result that Carry returns. Its error becomes the error of the run.
	Postpone(failures int, replay func(event.Reporter) error)
}

// Options say how runs are carried out.
type Options struct {
	Workers int // how many run at once; 0 is 1
	Runs    int // number of runs, so that all workers end at about the same time; 0: unknown
	// Carry runs the run with a number, here or elsewhere; nil is runner.Run.
	Carry func(ctx context.Context, number int, o runner.Options) (*runner.Result, error)
	// CarryRows runs iterations of Parallel, Chunk of them at a time, in place
	// of Rows; nil: each runs on its own, here.
	CarryRows   func(ctx context.Context, number int, o runner.Options, rows []runner.Iteration) (*runner.Result, error)
	Chunk       int
	MaxFailures int // no further runs start after so many failures; 0: no limit
	Reporters   []event.Reporter
	// Spool stores what is too large for memory; nil keeps everything in
	// memory.
	Spool func() (Spool, error)
}

// An Outcome is the outcome of one run. Both fields are nil for a run that was
// not started because of MaxFailures.
type Outcome struct {
	Result *runner.Result
	Err    error
}

// Run runs the runs, at most Workers at once, and yields their outcomes in
// order. Reporters get the events of one run after the other; Cursor.Run
// numbers the runs from 0. When the caller stops ranging, the other runs are
// ended.
func Run(ctx context.Context, runs iter.Seq[runner.Options], o Options) iter.Seq2[int, Outcome] {
	carry := o.Carry
	if carry == nil {
		carry = func(ctx context.Context, _ int, o runner.Options) (*runner.Result, error) { return runner.Run(ctx, o) }
	}
	return run(ctx, func(yield func(job) bool) {
		number := -1
		for opts := range runs {
			number++
			n := number
			separate(&opts)
			work := func(ctx context.Context, a runner.Acquire, r event.Reporter) (*runner.Result, error) {
				opts.Acquire, opts.Output.Reporters = a, []event.Reporter{r}
				return carry(ctx, n, opts)
			}
			if !yield(job{timed: opts.Timeout > 0, work: work}) {
				return
			}
		}
	}, o)
}

// A job is a run, or one or more iterations of a run.
type job struct {
	timed bool // the time limit would include waiting for others
	work  func(context.Context, runner.Acquire, event.Reporter) (*runner.Result, error)
}

func run(ctx context.Context, jobs iter.Seq[job], o Options) iter.Seq2[int, Outcome] {
	return func(yield func(int, Outcome) bool) {
		ctx, cancel := context.WithCancel(ctx)
		m := &matrix{opts: o, queue: make(chan *runStream, max(1, o.Workers)*4), halt: make(chan struct{})}
		var wg sync.WaitGroup
		wg.Go(func() { m.start(ctx, jobs) })
		defer wg.Wait()
		defer cancel()
		for l := range m.queue {
			l.goLive()
			<-l.done
			err := l.close()
			if l.out.Err == nil {
				l.out.Err = err
			}
			if !yield(l.number, l.out) {
				break
			}
		}
		cancel()
		for l := range m.queue {
			<-l.done
			_ = l.close() // nobody asks for its events any more
		}
	}
}

// A matrix is the state of one Run.
type matrix struct {
	opts  Options
	queue chan *runStream // in order; its capacity limits how far runs get ahead

	mu       sync.Mutex
	failures int
	halt     chan struct{} // closed at MaxFailures
	halted   bool
}

// start queues the jobs and starts each when there is room for it.
func (m *matrix) start(ctx context.Context, jobs iter.Seq[job]) {
	defer close(m.queue)
	workers := newWorkers(max(1, m.opts.Workers), m.opts.Runs)
	var wg sync.WaitGroup
	defer wg.Wait()
	number := 0
	for j := range jobs {
		if !workers.open(ctx, m.halt, number, j.timed) {
			return
		}
		l := &runStream{reporters: m.opts.Reporters, newSpool: m.opts.Spool, onFailure: m.failed, number: number, done: make(chan struct{})}
		number++
		wg.Go(func() {
			defer workers.release()
			defer close(l.done)
			l.out.Result, l.out.Err = j.work(ctx, workers.acquire, l)
			if l.out.Result == nil {
				m.failed()
			}
		})
		select {
		case m.queue <- l:
		case <-ctx.Done():
			return
		}
	}
}

// separate gives a run its own copy of everything that runs must not share.
func separate(o *runner.Options) {
	if o.Rand != nil {
		o.Rand = rand.New(rand.NewPCG(o.Rand.Uint64(), o.Rand.Uint64()))
	}
	if o.Network.Jar != nil {
		o.Network.Jar = o.Network.Jar.Clone()
	}
}

// failed counts a failure.
func (m *matrix) failed() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.failures++
	if m.opts.MaxFailures > 0 && m.failures >= m.opts.MaxFailures && !m.halted {
		m.halted = true
		close(m.halt)
	}
}

// A runStream passes on the events of one run: to the reporters when it is the
// run's turn, and before that to a spool.
type runStream struct {
	reporters []event.Reporter
	newSpool  func() (Spool, error)
	onFailure func()
	number    int
	done      chan struct{}
	out       Outcome

	mu    sync.Mutex
	live  bool
	held  []event.Event // events before those in the spool
	size  int           // size of held in bytes, approximately
	spool Spool         // nil while memory suffices
	err   error         // of the reporters or the spool

	postponed func(event.Reporter) error // the replay that Postpone got
}

// maxHeld is how many bytes a run that waits for its turn may keep in memory.
// Further events go to its spool.
const maxHeld = 512 << 10

// Report implements event.Reporter.
func (l *runStream) Report(e event.Event, sum *event.Summary) error {
	event.HeadOf(e).Cursor.Run = l.number
	if event.FailureOf(e) != nil {
		l.onFailure()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.err != nil:
		return l.err
	case l.live:
		l.err = l.notify(e, sum)
	default:
		l.err = l.keep(e, sum)
	}
	return l.err
}

// Postpone implements Postponer.
func (l *runStream) Postpone(failures int, replay func(event.Reporter) error) {
	for range failures {
		l.onFailure()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.postponed = replay; l.live {
		l.replay()
	}
}

// replay reports the postponed events.
func (l *runStream) replay() {
	if l.err == nil && l.postponed != nil {
		l.err = l.postponed(numbered{l})
	}
	l.postponed = nil
}

// numbered reports events of a run when it is its turn. Its failures were
// counted before.
type numbered struct{ *runStream }

// Report implements event.Reporter.
func (n numbered) Report(e event.Event, sum *event.Summary) error {
	event.HeadOf(e).Cursor.Run = n.number
	return n.notify(e, sum)
}

func (l *runStream) notify(e event.Event, sum *event.Summary) error {
	var all error
	for _, r := range l.reporters {
		all = errors.Join(all, r.Report(e, sum))
	}
	return all
}

func (l *runStream) keep(e event.Event, sum *event.Summary) error {
	if l.spool == nil {
		if l.size += weight(e); l.size <= maxHeld || l.newSpool == nil {
			l.held = append(l.held, e)
			return nil
		}
		if err := l.spill(); err != nil {
			return err
		}
	}
	return l.spool.Report(e, sum)
}

// spill moves the held events to a spool.
func (l *runStream) spill() error {
	s, err := l.newSpool()
	if err != nil {
		return err
	}
	l.spool = s
	for _, e := range l.held {
		if err := s.Report(e, nil); err != nil {
			return err
		}
	}
	l.held = nil
	return nil
}

// weight estimates how many bytes an event takes.
func weight(e event.Event) int {
	size := 512
	switch e := e.(type) {
	case *event.RunStarted:
		size += len(e.Collection)
	case *event.ItemStarted:
		size += len(e.JSON)
	case *event.RequestFinished:
		size += len(e.Request.JSON) + len(e.Request.Body)
		if e.Response != nil {
			size += len(e.Response.Body)
		}
	case *event.ConsoleLogged:
		for _, m := range e.Messages {
			size += len(m.JSON) + len(m.Inspect)
		}
	}
	return size
}

// kept reports the events of the run so far.
func (l *runStream) kept(report func(event.Event) error) error {
	if l.spool != nil {
		return l.spool.Replay(report)
	}
	for _, e := range l.held {
		if err := report(e); err != nil {
			return err
		}
	}
	l.held = nil
	return nil
}

// goLive reports the events so far. Later events of the run go directly to the
// reporters.
func (l *runStream) goLive() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.live = true
	if l.err != nil {
		return
	}
	var fold runner.Result
	l.err = l.kept(func(e event.Event) error {
		fold.Add(e)
		sum := &fold.Summary
		if end, ok := e.(*event.RunFinished); ok {
			sum = &end.Summary
		}
		return l.notify(e, sum)
	})
	l.replay()
}

func (l *runStream) close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.spool == nil {
		return l.err
	}
	return errors.Join(l.err, l.spool.Close())
}
