// Package load puts load on what a collection talks to: many virtual users run
// the collection as it is, with its scripts, auth, cookies and data, and the
// answers become figures instead of logs.
//
// A schedule says how much load there is: so many virtual users (a closed
// model: a user waits for his answers) or so many iterations a second (an open
// model: new ones start whatever the answers take). Thresholds on the figures
// say whether the target was good enough.
package load

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"postie/runner"
)

// Options say what is run, how much of it, and which thresholds the target must
// meet.
type Options struct {
	Run      runner.Options // documents, network, scripts, checks and mask of each virtual user
	Schedule Schedule
	Warmup   time.Duration // at the start, not counted
	Grace    time.Duration // iterations in progress at the end may take so long; 0 is 10 s, less is none
	Setup    []string      // folders or requests run once before, by one session
	Teardown []string      // and once after
	Think    Span          // pause between requests
	Pace     time.Duration // an iteration takes at least so long
	Order    Order         // of data rows

	Thresholds []Threshold
	Abort      bool          // end the load when a threshold is missed
	AbortAfter time.Duration // but not before; 0 is 10 s
	Baseline   *Report       // what percentages in thresholds refer to; nil for none
	Samples    int           // failed exchanges kept per request and cause; 0 is 3

	Share Share     // of Generate: its part of the load; the zero value is all of it
	Begin time.Time // of Generate: when the load begins; the zero value is now. Nothing that was due before is made up for
	Given int       // of Generate: iterations of the share that another generator has started, which are not started again

	Watch     func(*Collector) // called once, before the load begins; nil for nobody
	Observe   func(Snapshot)   // called about once a second; nil for nobody
	Interrupt <-chan struct{}  // when closed, the load ends early, with the grace, and is reported
}

// ErrSetup is returned when the setup failed: no load was put on anything.
var ErrSetup = errors.New("the setup failed")

// Run puts the load on and returns the figures. What fails in requests and
// tests is in the Report; the error is for a load that could not be put on.
func Run(ctx context.Context, o Options) (*Report, error) {
	plan, err := o.plan()
	if err != nil {
		return nil, err
	}
	if err := o.Prepare(ctx); err != nil {
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

// Generate puts a share of a load on, without setup and teardown, and sends
// what it counts about once a second, and once more at the end: the sum is a
// Collector's, which may be elsewhere. Parts are sent one after the other; a
// part must not be kept after send returns. Interrupt or the context end it.
func Generate(ctx context.Context, o Options, send func(*Part)) error {
	plan, err := o.plan()
	if err != nil {
		return err
	}
	return newGenerator(&o, plan).run(ctx, send)
}

// plan checks the options, and fills in those that are not said.
func (o *Options) plan() (*runner.Plan, error) {
	if err := o.check(); err != nil {
		return nil, err
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
	return plan, selectors(o.Thresholds, plan)
}

// Prepare runs the setup once. The variables that it leaves are those that the
// options give to every virtual user from then on. Run does it by itself.
func (o *Options) Prepare(ctx context.Context) error { return o.once(ctx, o.Setup) }

// teardownTime is how long a teardown may take when the load was cut short, as in
// k6.
const teardownTime = time.Minute

// Finish runs the teardown once, with the variables of the setup, also when the
// load was interrupted or its context has ended. Run does it by itself.
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

// repeated are the requests that every iteration runs: those selected, without
// setup and teardown.
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

// once runs folders in a session of their own. The variables that it leaves
// behind are those of every virtual user.
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
