// Package runner executes Postman collections: it decides order and scopes,
// runs scripts in a sandbox, sends requests and reports what happened, event
// by event.
//
// Run carries out a whole run. A Session is one user of a collection, for callers
// that start the iterations themselves.
package runner

import (
	"context"
	"errors"
	"iter"

	"postie/collections/vars"
	"postie/runner/event"
	"postie/runner/internal/emit"
)

// ErrNoRequests is returned when a run would send, or has sent, no request.
var ErrNoRequests = errors.New("no request to run")

// Run executes a collection: one Session over its rows of data. Failed requests
// and tests are in the Result; the error is for runs that could not be carried
// out. On cancellation and reporter errors both are set.
func Run(ctx context.Context, opts Options) (*Result, error) {
	if err := opts.check(); err != nil {
		return nil, err
	}
	plan, err := NewPlan(opts.Collection, opts.Select...)
	if err != nil {
		return nil, err
	}
	if plan.Len() == 0 && !opts.AllowEmpty {
		return nil, ErrNoRequests
	}
	s, err := NewSession(plan, opts)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	ctx, cancel := opts.Deadline(ctx)
	defer cancel()
	s.Begin(opts.IterationCount())
	cause := iterations(ctx, s, &opts)
	if cause == nil && s.out.Result.Idle() {
		s.out.Warn(emit.Place{}, event.Warned{Kind: "empty", Text: event.NothingSent})
	}
	res, err := s.End(cause)
	if err == nil && !opts.AllowEmpty && res.Empty() {
		err = ErrNoRequests
	}
	return res, err
}

// iterations runs all of them and returns what ended the run early.
func iterations(ctx context.Context, s *Session, o *Options) error {
	next, stop := rows(o)
	defer stop()
	n := o.IterationCount()
	for i := range n {
		row, err := next()
		if err != nil {
			return err
		}
		if o.Only != nil && !o.Only(i) {
			continue
		}
		if err := s.Iterate(ctx, Iteration{Number: i, Of: n, Row: row}); err != nil {
			return err
		}
	}
	return nil
}

// rows returns a function that gives one row of data after the other. The last
// row repeats when iterations outnumber rows, as in Postman.
func rows(o *Options) (next func() (*vars.Scope, error), stop func()) {
	if o.Data == nil {
		return func() (*vars.Scope, error) { return nil, nil }, func() {}
	}
	var last *vars.Scope
	pull, stop := iter.Pull2(o.Data.Rows())
	return func() (*vars.Scope, error) {
		row, err, ok := pull()
		if ok && err == nil {
			last = row
		}
		return last, err
	}, stop
}
