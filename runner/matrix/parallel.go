package matrix

import (
	"context"
	"iter"
	"sync"

	"postie/collections/vars"
	"postie/runner"
	"postie/runner/criteria"
	"postie/runner/event"
)

// Parallel carries out the iterations of one run side by side, each with its
// own sandbox, jar and scopes as they stood at the start: what a row's scripts
// set, no other row sees. Reporters see one run, its iterations in order.
func Parallel(ctx context.Context, opts runner.Options, o Options) (*runner.Result, error) {
	p := &parallel{reporters: o.Reporters, checks: opts.Checks}
	opts.Checks = opts.Checks.PerItem() // the rest is judged once, at the end
	o.Reporters, o.Runs = []event.Reporter{p}, iterations(opts)
	var rowErr error
	var first error
	for _, out := range Run(ctx, p.slices(opts, &rowErr), o) {
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
	return p.result, first
}

// iterations is how many of a run's iterations are carried out.
func iterations(o runner.Options) int {
	n := 0
	for i := range runner.Cycles(o) {
		if o.Only == nil || o.Only(i) {
			n++
		}
	}
	return n
}

// A parallel makes one run of many.
type parallel struct {
	reporters []event.Reporter
	checks    criteria.Options
	began     bool
	end       *event.RunFinished // the merge of those seen

	mu     sync.Mutex
	total  event.Summary // of the iterations that are over
	result *runner.Result
}

// slices are runs of one iteration each.
func (p *parallel) slices(opts runner.Options, rowErr *error) iter.Seq[runner.Options] {
	return func(yield func(runner.Options) bool) {
		of := runner.Cycles(opts)
		send := func(i int, row *vars.Scope) bool {
			if opts.Only != nil && !opts.Only(i) {
				return true
			}
			o := opts
			o.Only = nil // it is this one
			o.Slice = &runner.Slice{Iteration: i, Of: of, Row: row}
			return yield(o)
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

// Report passes events on as those of one run.
func (p *parallel) Report(e event.Event, sum *event.Summary) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	event.HeadOf(e).Cursor.Run = 0
	switch e := e.(type) {
	case *event.RunStarted:
		if p.began {
			return nil
		}
		p.began = true
	case *event.RunFinished:
		p.total.Merge(&e.Summary)
		if p.end != nil {
			e.Err, e.Interrupted = first(p.end.Err, e.Err), e.Interrupted || p.end.Interrupted
			e.Bailed = e.Bailed || p.end.Bailed
		}
		p.end = e
		return nil
	}
	so := p.total
	so.Merge(sum)
	return p.tell(e, &so)
}

func first(a, b *event.Failure) *event.Failure {
	if a != nil {
		return a
	}
	return b
}

func (p *parallel) tell(e event.Event, sum *event.Summary) error {
	for _, r := range p.reporters {
		if err := r.Report(e, sum); err != nil {
			return err
		}
	}
	return nil
}

// add takes in the result of an iteration.
func (p *parallel) add(r *runner.Result) {
	switch {
	case r == nil:
	case p.result == nil:
		p.result = r
	default:
		before := p.result
		p.result = r // its scopes are the last row's
		failures := append(before.Failures, r.Failures...)
		p.result.Failures = failures[:min(len(failures), event.MaxFailures)]
		p.result.Interrupted = before.Interrupted || r.Interrupted
		p.result.Bailed = before.Bailed || r.Bailed
		p.result.Times.Merge(&before.Times)
	}
}

func (p *parallel) finish() error {
	if p.end == nil {
		return nil
	}
	if p.result != nil && p.end.Err == nil {
		if p.end.Err = p.checks.Run(&p.total, &p.result.Times); p.end.Err != nil {
			p.total.FailureCount++
			p.result.Failures = append(p.result.Failures, *p.end.Err)
		}
	}
	p.end.Summary = p.total
	if p.result != nil {
		p.result.Summary = p.total
	}
	return p.tell(p.end, &p.total)
}
