package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/nats-io/nats.go/jetstream"

	"postie/runner"
	"postie/runner/event"
	"postie/runner/matrix"
	"postie/runner/runlog"
)

// A Fault is the reason why a cluster could not run a run.
type Fault struct{ cause error }

// Error implements error.
func (f *Fault) Error() string { return f.cause.Error() }

// Unwrap returns the cause.
func (f *Fault) Unwrap() error { return f.cause }

// An arrival is the end of a job as the dispatcher has read it.
type arrival struct {
	ended
	job    int
	number uint64 // number of the record
	rest   []byte // the last events
}

// arrival reads the record of a job's end.
func (d *Dispatcher) arrival(ctx context.Context, job int, number uint64) (*arrival, error) {
	m, err := d.bus.message(ctx, number)
	if err != nil {
		return nil, err
	}
	a := &arrival{job: job, number: number}
	a.rest, err = openRecord(d.bus.opts.Key, endSubject(d.opts.ID, job), m.Data, &a.ended)
	return a, err
}

// outcome returns the result of a job that has ended. The job's events stay on
// the server until the run is reported.
func (d *Dispatcher) outcome(ctx context.Context, job int, number uint64, o runner.Options) (*runner.Result, error) {
	a, err := d.arrival(ctx, job, number)
	if err != nil {
		return nil, err
	}
	if len(a.Lost) > 0 {
		d.noteLost(o.Output.Label, a)
	}
	switch {
	case a.GaveUp:
		return gaveUp(a.Worker, o)
	case a.State == nil && a.NoneRun:
		return nil, runner.ErrNoRequests
	case a.State == nil:
		return nil, fmt.Errorf("worker %s: %s", a.Worker, a.Fault)
	}
	res := &runner.Result{}
	if err := a.State.unpack(res, o.Output.Mask); err != nil {
		return nil, err
	}
	if err := d.report(ctx, a, res, o.Output.Reporters); err != nil {
		return res, err
	}
	switch {
	case a.NoneRun:
		return res, runner.ErrNoRequests
	case a.Fault != "":
		return res, errors.New(a.Fault)
	case res.Interrupted:
		return res, context.Canceled
	}
	return res, nil
}

// report passes the events of a job to the reporters, now or when it is their
// turn, and updates the result from the events.
func (d *Dispatcher) report(ctx context.Context, a *arrival, res *runner.Result, reporters []event.Reporter) error {
	if len(reporters) == 1 {
		if turn, ok := reporters[0].(matrix.Postponer); ok {
			job, number := a.job, a.number // so that nothing else is kept in memory until then
			turn.Postpone(a.State.Failures, func(r event.Reporter) error {
				a, err := d.arrival(d.ctx, job, number)
				if err != nil {
					return err
				}
				return d.replay(d.ctx, a, res, []event.Reporter{r})
			})
			return nil
		}
	}
	return d.replay(ctx, a, res, reporters)
}

// replay reports events as the run itself would have reported them, and updates
// a result from the events.
func (d *Dispatcher) replay(ctx context.Context, a *arrival, res *runner.Result, reporters []event.Reporter) error {
	log := runlog.NewReader(&eventsReader{ctx: ctx, bus: d.bus, subject: eventsSubject(d.opts.ID, a.job, a.Attempt), chunks: a.Chunks, rest: a.rest})
	for {
		e, err := log.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if s, ok := e.(*event.RunStarted); ok {
			s.Worker = a.Worker
		}
		res.Add(e)
		if end, ok := e.(*event.RunFinished); ok {
			res.Summary = end.Summary
		}
		for _, r := range reporters {
			if err := r.Report(e, &res.Summary); err != nil {
				return err
			}
		}
	}
}

// noteLost warns about the workers that a job has lost.
func (d *Dispatcher) noteLost(label string, a *arrival) {
	name := label
	if name == "" {
		name = fmt.Sprintf("job %d", a.job+1)
	}
	what := fmt.Sprintf("attempt %d counts", a.Attempt)
	if a.GaveUp {
		what = "it is not sent again"
	}
	d.opts.Notice(fmt.Sprintf("%s: worker %s was lost; %s", name, strings.Join(a.Lost, ", then "), what))
	d.mu.Lock()
	defer d.mu.Unlock()
	d.noted[a.job] = true
}

// noteTwice warns about jobs that a second worker has begun because the first
// one seemed lost, and that the first one ended. Their outcome does not show
// it.
func (d *Dispatcher) noteTwice(ctx context.Context) {
	subjects := fmt.Sprintf("postie.runs.%s.began.*", d.opts.ID)
	var began map[string]uint64
	err := again(ctx, func() error {
		info, err := d.bus.runs.Info(ctx, jetstream.WithSubjectFilter(subjects))
		if err == nil {
			began = info.State.Subjects
		}
		return err
	})
	if err != nil {
		return // the stream is gone, with all its data
	}
	for subject, times := range began {
		job, err := strconv.Atoi(subject[strings.LastIndexByte(subject, '.')+1:])
		if err == nil && times > 1 && !d.noted[job] {
			d.opts.Notice(fmt.Sprintf("job %d: %d workers began it, because the first seemed to be lost: its requests may have been sent more than once", job+1, times))
		}
	}
}

// gaveUp reports a run whose worker was lost and which must not be repeated.
func gaveUp(worker string, o runner.Options) (*runner.Result, error) {
	return unsent(o, fmt.Errorf("worker %s was lost after it had begun: requests may have been sent, and are not sent again (--on-lost retry does)", worker))
}

// unsent reports a run of which only the reason of its failure is known.
func unsent(o runner.Options, why error) (*runner.Result, error) {
	plan, err := runner.NewPlan(o.Collection, o.Select...)
	if err != nil {
		return nil, err
	}
	s, err := runner.NewSession(plan, o)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	s.Begin(o.IterationCount())
	return s.End(why)
}
