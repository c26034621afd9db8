package matrix

import (
	"cmp"
	"context"
	"iter"
	"sync"

	"postie/collections/vars"
	"postie/runner"
	"postie/runner/criteria"
	"postie/runner/event"
)

// Parallel runs the iterations of one run in parallel. Each has its own sandbox
// and cookie jar, and scopes as they were at the start: scripts of one row do
// not see what scripts of another row set. Reporters see one run, with its
// iterations in order.
func Parallel(ctx context.Context, opts runner.Options, o Options) (*runner.Result, error) {
	plan, err := runner.NewPlan(opts.Collection, opts.Select...)
	if err != nil {
		return nil, err
	}
	if plan.Len() == 0 && !opts.AllowEmpty {
		return nil, runner.ErrNoRequests
	}
	p := &parallel{reporters: o.Reporters, checks: opts.Checks}
	opts.Checks = opts.Checks.PerItem() // the other checks are judged once, at the end
	o.Reporters, o.Runs = []event.Reporter{p}, iterations(opts)
	ctx, cancel := opts.Deadline(ctx)
	defer cancel()
	var rowErr error
	var first error
	jobs := p.jobs(plan, opts, &rowErr)
	if o.CarryRows != nil {
		o.Chunk = max(1, o.Chunk)
		o.Runs = (o.Runs + o.Chunk - 1) / o.Chunk
		jobs = chunks(opts, o, &rowErr)
	}
	for _, out := range run(ctx, jobs, o) {
		if out.Err != nil && first == nil {
			first = out.Err
		}
		p.add(out.Result)
	}
	if first == nil {
		first = rowErr
	}
	if err := p.finish(); first == nil {
		first = err
	}
	if first == nil && !opts.AllowEmpty && p.result != nil && p.result.Empty() {
		first = runner.ErrNoRequests
	}
	return p.result, first
}

// iterations returns how many of a run's iterations run.
func iterations(o runner.Options) int {
	n := 0
	for i := range o.IterationCount() {
		if o.Only == nil || o.Only(i) {
			n++
		}
	}
	return n
}

// A parallel merges many runs to one.
type parallel struct {
	reporters []event.Reporter
	checks    criteria.Options
	began     bool
	finished  *event.RunFinished // merged from those so far

	mu     sync.Mutex
	total  event.Summary // of the finished iterations
	result *runner.Result
}

// jobs yields the iterations, each in a session of its own.
func (p *parallel) jobs(plan *runner.Plan, opts runner.Options, rowErr *error) iter.Seq[job] {
	return func(yield func(job) bool) {
		for n := range each(opts, rowErr) {
			o := opts
			separate(&o)
			if !yield(job{timed: o.Timeout > 0, work: func(ctx context.Context, a runner.Acquire, r event.Reporter) (*runner.Result, error) {
				o.Acquire, o.Output.Reporters = a, []event.Reporter{r}
				return iterate(ctx, plan, o, n)
			}}) {
				return
			}
		}
	}
}

// chunks yields jobs for CarryRows, each with several iterations.
func chunks(opts runner.Options, m Options, rowErr *error) iter.Seq[job] {
	return func(yield func(job) bool) {
		number := -1
		send := func(rows []runner.Iteration) bool {
			number++
			n, o := number, opts
			separate(&o)
			return yield(job{timed: o.Timeout > 0, work: func(ctx context.Context, _ runner.Acquire, r event.Reporter) (*runner.Result, error) {
				o.Output.Reporters = []event.Reporter{r}
				return m.CarryRows(ctx, n, o, rows)
			}})
		}
		var rows []runner.Iteration
		for n := range each(opts, rowErr) {
			if rows = append(rows, n); len(rows) < m.Chunk {
				continue
			}
			if !send(rows) {
				return
			}
			rows = nil
		}
		if len(rows) > 0 {
			send(rows)
		}
	}
}

// Rows runs iterations of a run one after the other, each in a session of its
// own, as Parallel does in parallel. Reporters see one run.
func Rows(ctx context.Context, opts runner.Options, rows []runner.Iteration) (*runner.Result, error) {
	plan, err := runner.NewPlan(opts.Collection, opts.Select...)
	if err != nil {
		return nil, err
	}
	p := &parallel{reporters: opts.Output.Reporters}
	opts.Output.Reporters = []event.Reporter{p}
	var first error
	for _, n := range rows {
		o := opts
		separate(&o)
		res, err := iterate(ctx, plan, o, n)
		first = cmp.Or(first, err)
		p.add(res)
	}
	return p.result, cmp.Or(first, p.end())
}

// each yields the iterations that must run.
func each(opts runner.Options, rowErr *error) iter.Seq[runner.Iteration] {
	return func(yield func(runner.Iteration) bool) {
		of := opts.IterationCount()
		send := func(i int, row *vars.Scope) bool {
			if opts.Only != nil && !opts.Only(i) {
				return true
			}
			return yield(runner.Iteration{Number: i, Of: of, Row: row})
		}
		i := 0
		var last *vars.Scope
		if opts.Data != nil {
			for row, err := range opts.Data.Rows() {
				if err != nil {
					*rowErr = err
					return
				}
				if i >= of || !send(i, row) {
					return
				}
				i, last = i+1, row
			}
		}
		for ; i < of; i++ {
			if !send(i, last) {
				return
			}
		}
	}
}

// iterate runs one iteration in a session of its own.
func iterate(ctx context.Context, plan *runner.Plan, o runner.Options, n runner.Iteration) (*runner.Result, error) {
	s, err := runner.NewSession(plan, o)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	s.Begin(n.Of)
	return s.End(s.Iterate(ctx, n))
}

// Report passes events on as events of one run.
func (p *parallel) Report(e event.Event, sum *event.Summary) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	event.HeadOf(e).Cursor.Run = 0 // they belong to iterations of one run
	switch e := e.(type) {
	case *event.RunStarted:
		if p.began {
			return nil
		}
		p.began = true
		if p.checks.Defer {
			e.Criteria = p.checks.RunWide()
		}
	case *event.RunFinished:
		p.total.Merge(&e.Summary)
		if p.finished != nil {
			e.Err, e.Interrupted = first(p.finished.Err, e.Err), e.Interrupted || p.finished.Interrupted
			e.Bailed = e.Bailed || p.finished.Bailed
		}
		p.finished = e
		return nil
	}
	so := p.total
	so.Merge(sum)
	return p.notify(e, &so)
}

func first(a, b *event.Failure) *event.Failure {
	if a != nil {
		return a
	}
	return b
}

func (p *parallel) notify(e event.Event, sum *event.Summary) error {
	for _, r := range p.reporters {
		if err := r.Report(e, sum); err != nil {
			return err
		}
	}
	return nil
}

// add merges the result of an iteration.
func (p *parallel) add(r *runner.Result) {
	switch {
	case r == nil:
	case p.result == nil:
		p.result = r
	default:
		before := p.result
		p.result = r // the scopes of the result are those of the last row
		failures := append(before.Failures, r.Failures...)
		p.result.Failures = failures[:min(len(failures), event.MaxFailures)]
		p.result.Interrupted = before.Interrupted || r.Interrupted
		p.result.Bailed = before.Bailed || r.Bailed
		p.result.Times.Merge(&before.Times)
	}
}

// judge checks the run as a whole, which single iterations cannot do.
func (p *parallel) judge() error {
	failure := p.checks.Run(&p.total, &p.result.Times)
	if p.total.Idle() {
		w := &event.Warned{Head: p.finished.Head, Kind: "empty", Text: event.NothingSent}
		p.total.Add(w)
		if err := p.notify(w, &p.total); err != nil {
			return err
		}
		if p.checks.Strict && failure == nil {
			failure = &event.Failure{Kind: event.KindWarning, Name: "Warning", Message: w.Text}
		}
	}
	if failure != nil {
		p.finished.Err = failure
		p.total.FailureCount++
		p.result.Failures = append(p.result.Failures, *failure)
	}
	return nil
}

// finish judges the run and reports its end.
func (p *parallel) finish() error {
	if p.finished == nil {
		return nil
	}
	if p.result != nil && p.finished.Err == nil {
		if err := p.judge(); err != nil {
			return err
		}
	}
	return p.end()
}

// end reports the end of the run.
func (p *parallel) end() error {
	if p.finished == nil {
		return nil
	}
	p.finished.Summary = p.total
	if p.result != nil {
		p.result.Summary = p.total
	}
	return p.notify(p.finished, &p.total)
}
