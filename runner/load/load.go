// Package load puts load on the target of a collection. Many virtual users run
// the collection with its scripts, auth, cookies and data, and the responses
// become figures and not logs.
//
// A schedule says how much load there is: a number of virtual users (closed
// model: a user waits for its responses), or a number of iterations a second
// (open model: new iterations start however long responses take). Thresholds on
// the figures decide whether the target is good enough.
package load

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"postie/runner"
)

// Options say what to run, how much of it, and which thresholds the target must
// meet.
type Options struct {
	Run      runner.Options // documents, network, scripts, checks and mask of each virtual user
	Schedule Schedule
	Warmup   time.Duration // at the start; its figures do not count
	Grace    time.Duration // how long running iterations may take at the end; 0 is 10 s, a negative value is none
	Setup    []string      // folders or requests that one session runs once before the load
	Teardown []string      // the same, after the load
	Think    Span          // pause between requests
	Pace     time.Duration // least duration of an iteration
	Order    Order         // of data rows

	Thresholds []Threshold
	Abort      bool          // end the load when a threshold is missed
	AbortAfter time.Duration // but not before this time; 0 is 10 s
	Baseline   *Report       // percentages in thresholds refer to it; may be nil
	Samples    int           // failed exchanges kept per request and cause; 0 is 3

	Share Share     // for Generate: its part of the load; the zero value is the whole load
	Begin time.Time // for Generate: when the load begins; the zero value is now. Iterations that were due before are not started
	Given int       // for Generate: iterations of the share that another generator has started already

	Watch     func(*Collector) // called once, before the load begins; may be nil
	Observe   func(Snapshot)   // called about once a second; may be nil
	Interrupt <-chan struct{}  // when it is closed, the load ends early, with the grace, and is reported
}

// ErrSetup is returned when the setup failed and no load was created.
var ErrSetup = errors.New("the setup failed")

// An OptionError says which options contradict each other, ask for nothing, or
// name a request that is not there.
type OptionError struct{ cause error }

// Error implements error.
func (e *OptionError) Error() string { return e.cause.Error() }

// Unwrap returns the cause.
func (e *OptionError) Unwrap() error { return e.cause }

// Run creates the load and returns the figures. Failures of requests and tests
// are in the Report; the error is for a load that could not be created.
func Run(ctx context.Context, o Options) (*Report, error) {
	plan, err := o.plan() // before anything is sent
	if err != nil {
		return nil, err
	}
	if err := o.once(ctx, o.Setup); err != nil {
		return nil, err
	}
	o.Begin = time.Now()
	c := newCollector(&o, plan, o.Begin)
	if o.Watch != nil {
		o.Watch(c)
	}
	g := newGenerator(&o, plan)
	err = g.run(ctx, func(p *Part) {
		s := c.Add("", p)
		if o.Observe != nil {
			o.Observe(s)
		}
		if c.Missed() != "" {
			g.end()
		}
	})
	if err != nil {
		return nil, err
	}
	rep := c.Report()
	if err := o.Finish(ctx); err != nil {
		rep.Warnings = append(rep.Warnings, "teardown: "+err.Error())
	}
	return rep, nil
}

// Generate creates a share of a load, without setup and teardown. It sends its
// counts about once a second, and once more at the end, to be added in a
// Collector, which may be in another process. Parts are sent one after the
// other. send must not keep a part after it returns. Interrupt or the context
// end the load.
func Generate(ctx context.Context, o Options, send func(*Part)) error {
	plan, err := o.plan()
	if err != nil {
		return err
	}
	return newGenerator(&o, plan).run(ctx, send)
}

// plan checks the options and sets defaults.
func (o *Options) plan() (*runner.Plan, error) {
	if err := o.check(); err != nil {
		return nil, &OptionError{err}
	}
	names, err := o.repeated()
	if err != nil {
		return nil, err
	}
	plan, err := runner.NewPlan(o.Run.Collection, names...)
	if err != nil {
		return nil, err
	}
	if plan.Len() == 0 {
		return nil, runner.ErrNoRequests
	}
	if err := selectors(o.Thresholds, plan); err != nil {
		return nil, &OptionError{err}
	}
	return plan, nil
}

// Prepare checks the options and runs the setup once. The options then give the
// variables that the setup has set to every virtual user. Run does the same by
// itself.
func (o *Options) Prepare(ctx context.Context) error {
	if _, err := o.plan(); err != nil { // before anything is sent
		return err
	}
	return o.once(ctx, o.Setup)
}

// teardownTime is how long a teardown may take when the load was interrupted,
// as in k6.
const teardownTime = time.Minute

// Finish runs the teardown once, with the variables of the setup, also when the
// load was interrupted or its context has ended. Run calls Finish itself.
func (o *Options) Finish(ctx context.Context) error {
	last := *o
	last.Run.Interrupt = nil
	ctx = context.WithoutCancel(ctx)
	select {
	case <-o.Interrupt:
		limited, cancel := context.WithTimeout(ctx, teardownTime)
		defer cancel()
		ctx = limited
	default:
	}
	return last.once(ctx, o.Teardown)
}

func (o *Options) check() error {
	if o.Run.Collection == nil {
		return errors.New("options: no collection")
	}
	if err := o.Schedule.check(); err != nil {
		return err
	}
	if o.Order == Unique && o.Run.Data == nil {
		return errors.New("unique data rows need iteration data")
	}
	if !o.Share.valid() {
		return fmt.Errorf("share %d to %d of %d", o.Share.From, o.Share.To, o.Share.Of)
	}
	if length := o.Schedule.line().length(); length > 0 && o.Warmup >= length {
		return fmt.Errorf("a warm-up of %s leaves nothing to count of a load of %s", o.Warmup, length)
	}
	if o.Abort && len(o.Thresholds) == 0 {
		return errors.New("ending the load when a threshold is missed needs a threshold")
	}
	if o.Grace == 0 {
		o.Grace = 10 * time.Second
	}
	if o.AbortAfter == 0 {
		o.AbortAfter = 10 * time.Second
	}
	if o.Samples == 0 {
		o.Samples = 3
	}
	for i := range o.Thresholds {
		if o.Thresholds[i].Relative && o.Baseline == nil {
			return fmt.Errorf("threshold %s: a percentage of a baseline, and there is none", o.Thresholds[i])
		}
	}
	return nil
}

// repeated returns the requests that every iteration runs: the selected ones,
// without those of setup and teardown.
func (o *Options) repeated() ([]string, error) {
	apart := append(slices.Clone(o.Setup), o.Teardown...)
	if len(apart) == 0 {
		return o.Run.Select, nil
	}
	once, err := o.Run.Collection.Select(apart...)
	if err != nil {
		return nil, err
	}
	all, err := o.Run.Collection.Select(o.Run.Select...)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, n := range all {
		if !slices.Contains(once, n) {
			ids = append(ids, n.ID())
		}
	}
	if len(ids) == 0 {
		return nil, runner.ErrNoRequests
	}
	return ids, nil
}

// once runs folders in a session of their own. Every virtual user gets the
// variables that they set.
func (o *Options) once(ctx context.Context, names []string) error {
	if len(names) == 0 {
		return nil
	}
	plan, err := runner.NewPlan(o.Run.Collection, names...)
	if err != nil {
		return err
	}
	s, err := runner.NewSession(plan, o.Run)
	if err != nil {
		return err
	}
	defer s.Close()
	s.Begin(1)
	res, err := s.End(s.Iterate(ctx, runner.Iteration{Of: 1}))
	if err != nil {
		return err
	}
	if res.Failed() {
		f := res.Failures[0]
		return fmt.Errorf("%w: %s: %s", ErrSetup, f.Item.Name, f.Message)
	}
	o.Run.Environment, o.Run.Globals, o.Run.Variables = res.Environment, res.Globals, res.Variables
	return nil
}
