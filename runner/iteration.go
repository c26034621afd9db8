package runner

import (
	"context"
	"errors"
	"fmt"
	"time"

	"postie/collections/vars"
	"postie/runner/event"
	"postie/runner/internal/emit"
	"postie/runner/script"
)

// An Iteration is one round through the requests of a session.
type Iteration struct {
	Number int         // from 0
	Of     int         // how many are planned; 0 counts as 1
	Row    *vars.Scope // its data; nil for none
}

// Iterate runs the requests once. What fails in them is reported as an event. An
// error is the reason why no more iterations may follow.
func (s *Session) Iterate(ctx context.Context, n Iteration) error {
	s.scopes.Data = n.Row
	if s.opts.parent == nil {
		s.mask.Within(ctx)
	}
	s.mask.Variables(s.scopes) // the row's secrets, before an event could show them
	s.out.Emit(&event.IterationStarted{Data: dataJSON(n.Row)}, s.cursor(n, 0))
	err := s.items(ctx, n)
	if err == nil || errors.Is(err, errBail) {
		s.out.Emit(&event.IterationFinished{}, s.cursor(n, s.plan.Len()-1))
	}
	return err
}

// items runs the requests in order, or in the order that scripts choose.
func (s *Session) items(ctx context.Context, n Iteration) error {
	jumps := 0
	for pos := 0; pos < s.plan.Len(); {
		end, err := s.turn(ctx, s.cursor(n, pos))
		switch {
		case err != nil:
			return err
		case end.bail:
			return errBail
		case end.next == nil || s.opts.parent != nil: // a request that a script calls leads nowhere, as in Postman
			pos++
			continue
		}
		if jumps++; s.opts.MaxJumps > 0 && jumps > s.opts.MaxJumps {
			return jumpsError(s.opts.MaxJumps)
		}
		pos = s.jump(*end.next)
	}
	return nil
}

// turn runs one item once it may start.
func (s *Session) turn(ctx context.Context, cur event.Cursor) (ending, error) {
	if s.opts.Acquire != nil {
		defer s.opts.Acquire(ctx)()
	}
	if err := s.stopped(ctx); err != nil {
		return ending{}, err
	}
	cur.Ref = s.random.UUID()
	it := s.plan.items[cur.Position]
	at := emit.Place{Cursor: cur, Item: it.ref, Secrets: s.mask.Item()}
	defer at.Secrets.End()
	text := it.node.JSON
	if cur.Cycles > 1 || cur.Iteration > 0 || s.opts.Output.Label != "" {
		text = it.node.KeptJSON
	}
	s.out.Emit(&event.ItemStarted{Item: it.ref, JSON: text()}, cur)
	wait(ctx, nil, s.opts.Delay)
	if s.opts.Pace != nil {
		wait(ctx, nil, s.opts.Pace(cur, it.ref)-time.Since(s.began))
	}
	x := &execution{item: it, scriptsStore: s.plan.scriptsStore, at: at, request: it.template(), opts: s.opts, out: s.out, scopes: s.scopes, mask: s.mask,
		sender: s.sender, box: s.box, host: s.host, auths: s.auths, random: s.random}
	end := x.run(ctx)
	if end.next != nil && s.opts.parent == nil {
		s.checkNext(*end.next, at)
	}
	x.finish() // after the warning, so that reports show it with the item
	if ctx.Err() != nil {
		return end, cause(ctx)
	}
	return end, nil
}

// stopped says why no more items may start; nil when they may.
func (s *Session) stopped(ctx context.Context) error {
	if err := s.out.Broken(); err != nil {
		return reporterError{err}
	}
	select {
	case <-s.opts.Interrupt:
		return errInterrupted
	case <-ctx.Done():
		return cause(ctx)
	default:
		return nil
	}
}

// cause is why ctx ended: by the run's own deadline, or by the caller.
func cause(ctx context.Context) error {
	if errors.Is(context.Cause(ctx), errTimeout) {
		return errTimeout
	}
	return errInterrupted
}

// jump returns the position to go on at: past the end when the iteration is
// over.
func (s *Session) jump(n script.Next) int {
	if n.Name == nil || *n.Name == "" {
		return s.plan.Len()
	}
	if pos, ok := s.plan.find(*n.Name); ok {
		return pos
	}
	return s.plan.Len()
}

// checkNext warns about a next request that is not in the run; no name ends the
// iteration on purpose.
func (s *Session) checkNext(n script.Next, at emit.Place) {
	if n.Name == nil || *n.Name == "" {
		return
	}
	if _, ok := s.plan.find(*n.Name); ok {
		return
	}
	w := event.Warned{Kind: "next", Text: fmt.Sprintf("setNextRequest: no request %q in this run; the iteration ends", *n.Name)}
	if near := s.plan.closest(*n.Name); near != "" {
		w.Hint = fmt.Sprintf("did you mean %q?", near)
	}
	s.out.Warn(at, w)
}

func (s *Session) cursor(n Iteration, position int) event.Cursor {
	return event.Cursor{Iteration: n.Number, Position: position, Length: s.plan.Len(), Cycles: max(n.Of, 1)}
}
