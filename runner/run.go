// Package runner executes Postman collections: it decides order and scopes,
// runs scripts in a sandbox, sends requests and tells reporters what
// happened, event by event.
package runner

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"sync"
	"time"

	"postie/collections"
	"postie/collections/vars"
	"postie/runner/auth"
	"postie/runner/event"
	"postie/runner/script"
	"postie/runner/transport"
	"postie/runner/wire"
)

// A run is the state of one Run.
type run struct {
	opts   Options
	plan   *plan
	began  time.Time // for Pace
	stack  vars.Stack
	client *transport.Client
	box    script.Sandbox
	host   *host
	mask   *redactor
	auths  map[*collections.Node]*auth.State // of inherited auth, kept for the run
	tokens auth.Tokens
	warned map[string]bool

	mu     sync.Mutex // guards emit, and rand
	result Result
	err    error // of a reporter: stops the run
	cycles int

	nesting sync.Mutex // guards scopes while requests that scripts run begin or end

	holding, heldPhase bool          // an attempt is under way that may not count
	held               []event.Event // of it

	veiled bool          // reporters wait for what scripts may yet make a secret
	behind []event.Event // what they are told then
}

// Run executes a collection. Failed requests and tests are in the Result; the
// error is for runs that could not be carried out. On cancellation and
// reporter errors both are set.
func Run(ctx context.Context, opts Options) (*Result, error) {
	if err := opts.check(); err != nil {
		return nil, err
	}
	r, err := newRun(opts)
	if err != nil {
		return nil, err
	}
	defer r.client.Close()
	ctx, cancel := r.deadline(ctx)
	defer cancel()
	r.start()
	stop := r.iterations(ctx)
	r.closeSandbox()
	r.finish(ctx, stop)
	return &r.result, r.verdict(ctx)
}

func newRun(opts Options) (*run, error) {
	p, err := newPlan(opts.Collection, opts.Select)
	if err != nil {
		return nil, err
	}
	if len(p.items) == 0 && !opts.AllowEmpty {
		return nil, ErrNoRequests
	}
	client, err := transport.New(opts.Transport)
	if err != nil {
		return nil, err
	}
	r := &run{
		began:  time.Now(),
		opts:   opts,
		plan:   p,
		client: client,
		auths:  map[*collections.Node]*auth.State{},
		warned: map[string]bool{},
		cycles: Cycles(opts),
	}
	r.stack = vars.Stack{
		Local:       vars.NewScope("local"),
		Environment: scopeOr(opts.Environment),
		Globals:     scopeOr(opts.Globals),
		Vault:       scopeOr(opts.Vault),
		Collection:  vars.NewScope("collection", opts.Collection.Variables()...),
		Dynamic:     vars.NewDynamic(split(opts.Rand), opts.Now),
	}
	if n := opts.within; n != nil {
		r.stack.Local, r.stack.Collection = n.local, n.collection
	}
	r.mask = newRedactor(opts.Mask, &r.stack)
	for _, it := range p.items {
		r.mask.learnHeaders(it.template().Header)
		if a, _, ok := it.node.Auth(); ok {
			r.mask.learnAuth(&a)
		}
	}
	r.host = &host{run: r}
	return r, nil
}

func scopeOr(s *vars.Scope) *vars.Scope {
	if s == nil {
		return vars.NewScope("")
	}
	return s.Clone()
}

// Cycles is the number of iterations that options ask for.
func Cycles(o Options) int {
	switch {
	case o.Slice != nil:
		return 1
	case o.Iterations > 0:
		return o.Iterations
	case o.Data != nil && o.Data.Len() > 0:
		return o.Data.Len()
	}
	return 1
}

// errTimeout is what newman calls a run that took too long.
var errTimeout = errors.New("callback timed out")

func (r *run) deadline(ctx context.Context) (context.Context, context.CancelFunc) {
	if r.opts.Timeout <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeoutCause(ctx, r.opts.Timeout, errTimeout)
}

func (r *run) start() {
	r.result.Started = r.opts.Now()
	c := r.opts.Collection
	text := c.JSON
	if r.opts.Label != "" {
		text = c.KeptJSON
	}
	r.emit(&event.RunStarted{
		Version:     r.opts.Version,
		File:        c.File(),
		Name:        c.Name(),
		ID:          c.ID(),
		Environment: r.stack.Environment.Name,
		Label:       r.opts.Label,
		Collection:  text(),
		Items:       len(r.plan.items),
		Iterations:  r.cursor(0, 0).Cycles,
	}, r.cursor(0, 0))
	if r.opts.Engine == nil {
		r.warn(event.Cursor{}, event.ItemRef{}, event.Warned{Kind: "engine", Text: "scripts are skipped: no JavaScript engine"})
	}
}

// iterations runs all of them and returns what ended the run early, if
// anything did.
func (r *run) iterations(ctx context.Context) *event.Failure {
	if len(r.plan.items) == 0 {
		return nil
	}
	next, stop := r.rows()
	defer stop()
	for i := range r.cycles {
		if err := next(); err != nil {
			return &event.Failure{Kind: event.KindRun, Name: "Error", Message: err.Error()}
		}
		if r.opts.Only != nil && !r.opts.Only(i) {
			continue
		}
		again, f := r.iteration(ctx, i)
		if f != nil || !again {
			return f
		}
	}
	return nil
}

// rows returns a function that moves the stack's data scope to the next row.
// The last row repeats when iterations outnumber rows, as in Postman.
func (r *run) rows() (next func() error, stop func()) {
	if r.opts.Slice != nil {
		r.stack.Data = r.opts.Slice.Row
		return func() error { return nil }, func() {}
	}
	if r.opts.Data == nil {
		return func() error { return nil }, func() {}
	}
	pull, stop := iter.Pull2(r.opts.Data.Rows())
	return func() error {
		row, err, ok := pull()
		if ok && err == nil {
			r.stack.Data = row
		}
		return err
	}, stop
}

// iteration runs the items of one iteration. It reports whether the next one
// should run.
func (r *run) iteration(ctx context.Context, i int) (again bool, f *event.Failure) {
	r.emit(&event.IterationStarted{Data: dataJSON(r.stack.Data)}, r.cursor(i, 0))
	again = true
	jumps := 0
	for pos := 0; pos < len(r.plan.items); {
		over := r.turn(ctx)
		if r.interrupted(ctx) || r.err != nil {
			over()
			return false, r.cause(ctx)
		}
		cur := r.cursor(i, pos)
		cur.Ref = r.uuid()
		end := r.item(ctx, r.plan.items[pos], cur)
		over()
		if ctx.Err() != nil {
			return false, r.cause(ctx)
		}
		if end.bail {
			again, r.result.Bailed = false, true
			break
		}
		if end.next == nil {
			pos++
			continue
		}
		if jumps++; jumps > r.opts.MaxJumps {
			return false, &event.Failure{Kind: event.KindRun, Name: "Error",
				Message: fmt.Sprintf("setNextRequest jumped %d times in one iteration", r.opts.MaxJumps)}
		}
		pos = r.jump(*end.next, cur)
	}
	r.emit(&event.IterationFinished{}, r.cursor(i, len(r.plan.items)-1))
	return again, nil
}

// jump returns the position to go on at: past the end when the iteration is
// over.
func (r *run) jump(n script.Next, cur event.Cursor) int {
	if n.Name == nil || *n.Name == "" {
		return len(r.plan.items)
	}
	if pos, ok := r.plan.find(*n.Name); ok {
		return pos
	}
	w := event.Warned{Kind: "next", Text: fmt.Sprintf("setNextRequest: no request %q in this run; the iteration ends", *n.Name)}
	if near := r.plan.closest(*n.Name); near != "" {
		w.Hint = fmt.Sprintf("did you mean %q?", near)
	}
	r.warn(cur, r.plan.items[cur.Position].ref, w)
	return len(r.plan.items)
}

func (r *run) interrupted(ctx context.Context) bool {
	select {
	case <-r.opts.Interrupt:
		return true
	case <-ctx.Done():
		return true
	default:
		return false
	}
}

// cause says why a run ended early; nil for a reporter's own error.
func (r *run) cause(ctx context.Context) *event.Failure {
	if r.err != nil {
		return nil
	}
	if errors.Is(context.Cause(ctx), errTimeout) {
		return &event.Failure{Kind: event.KindRun, Name: "Error", Message: errTimeout.Error(),
			Hint: "raise --timeout, which bounds the whole run"}
	}
	return &event.Failure{Kind: event.KindInterrupt, Name: "Error", Message: "interrupted"}
}

func (r *run) finish(ctx context.Context, f *event.Failure) {
	r.result.Completed = r.opts.Now()
	if f == nil {
		f = r.opts.Checks.Run(&r.result.Summary, &r.result.Times)
	}
	r.result.Interrupted = f != nil && f.Kind == event.KindInterrupt
	for _, s := range []*vars.Scope{r.stack.Environment, r.stack.Globals} {
		if s.ID == "" {
			s.ID = r.uuid()
		}
	}
	r.result.Environment = r.stack.Environment
	r.result.Globals = r.stack.Globals
	r.result.Variables = r.stack.Collection
	r.result.Jar = r.client.Jar()
	sum := r.result.Summary
	if f != nil {
		sum.FailureCount++ // the event that carries the summary is part of it
	}
	r.emit(&event.RunFinished{
		Summary:     sum,
		Environment: exportScope(r.stack.Environment),
		Globals:     exportScope(r.stack.Globals),
		Err:         f,
		Interrupted: r.result.Interrupted,
		Bailed:      r.result.Bailed,
	}, r.cursor(0, 0))
}

// verdict is Run's error: a reporter's, a cancellation, a timeout, or an
// empty run.
func (r *run) verdict(ctx context.Context) error {
	switch {
	case r.err != nil:
		return r.err
	case r.result.Interrupted:
		return errors.Join(context.Canceled)
	case r.result.Requests() == 0 && len(r.result.Failures) == 0 && !r.opts.AllowEmpty:
		return ErrNoRequests
	}
	return nil
}

func (r *run) cursor(iteration, position int) event.Cursor {
	c := event.Cursor{Run: r.opts.Run, Iteration: iteration, Position: position, Length: len(r.plan.items), Cycles: r.cycles}
	if s := r.opts.Slice; s != nil {
		c.Iteration, c.Cycles = s.Iteration+iteration, s.Of
	}
	return c
}

// emit masks secrets, folds the event into the result and hands it to the
// reporters, one event at a time.
func (r *run) emit(e event.Event, cur event.Cursor) {
	r.mu.Lock()
	defer r.mu.Unlock()
	h := event.HeadOf(e)
	h.Time, h.Cursor = r.opts.Now(), cur
	r.mask.event(e)
	if r.holding {
		r.held = append(r.held, e)
		return
	}
	r.deliver(e)
}

// deliver folds an event into the result and tells the reporters.
func (r *run) deliver(e event.Event) {
	r.result.Add(e)
	if r.veiled {
		r.behind = append(r.behind, e)
		return
	}
	r.tell(e)
}

func (r *run) tell(e event.Event) {
	for _, rep := range r.opts.Reporters {
		if err := rep.Report(e, &r.result.Summary); err != nil && r.err == nil {
			r.err = err
		}
	}
}

// veil keeps the events of an item from reporters until its scripts are done:
// a token is in the answer before a script stores it under a masked name, and
// only then known to be a secret. lift tells of them.
func (r *run) veil() (lift func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.mask.expecting() {
		return func() {}
	}
	r.veiled = true
	known, before := r.mask.size(), len(r.result.Failures)
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		behind := r.behind
		r.veiled, r.behind = false, nil
		more := r.mask.size() > known
		if more {
			r.mask.failures(r.result.Failures[before:])
		}
		for _, e := range behind {
			if more {
				r.mask.event(e)
			}
			r.tell(e)
		}
	}
}

// warn emits a warning once per item and text.
func (r *run) warn(cur event.Cursor, it event.ItemRef, w event.Warned) {
	key := it.ID + "\x00" + w.Text
	r.mu.Lock()
	seen := r.warned[key]
	r.warned[key] = true
	r.mu.Unlock()
	if seen && !w.Console {
		return
	}
	w.Item, w.Strict = it, r.opts.Checks.Strict
	r.emit(&w, cur)
}

// split derives an independent source, for a user on another goroutine.
func split(rng *rand.Rand) *rand.Rand {
	return rand.New(rand.NewPCG(rng.Uint64(), rng.Uint64()))
}

func (r *run) boundary() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return wire.NewBoundary(r.opts.Rand)
}

func (r *run) uuid() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return newUUID(r.opts.Rand)
}

// newUUID is a version 4 UUID.
func newUUID(rng *rand.Rand) string {
	hi, lo := rng.Uint64(), rng.Uint64()
	hi = hi&^0xf000 | 0x4000
	lo = lo&^(0xc<<60) | 0x8<<60
	return fmt.Sprintf("%08x-%04x-%04x-%04x-%012x",
		hi>>32, hi>>16&0xffff, hi&0xffff, lo>>48, lo&0xffffffffffff)
}

// pause waits for d or the end of ctx.
func pause(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// phaseDone counts a phase, whether it had scripts or not: newman's
// "prerequests" and "tests".
func (r *run) phaseDone(listen script.Listen) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if listen == script.Test && r.holding {
		r.heldPhase = true
	} else if listen == script.Test {
		r.result.AddPhase(script.Test)
	} else {
		r.result.AddPhase(script.Prerequest)
	}
}
