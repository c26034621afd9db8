package runner

import (
	"context"
	"time"

	"postie/collections"
	"postie/runner/event"
	"postie/runner/script"
)

// An ending is how an item's execution ended.
type ending struct {
	next *script.Next // setNextRequest was called
	bail bool         // the run stops here
}

// An execution is one item being run in one iteration.
type execution struct {
	*run
	item    *item
	cur     event.Cursor
	request *collections.Request // as scripts have changed it, unresolved
	next    *script.Next
	skip    bool
	visual  *script.Visualizer
	shown   *string // setNextRequest of a test script, as the CLI tells it
	attempt int     // from 1; 0 when requests are never sent again
	flaky   bool    // it passed, though not on the first attempt
}

// item runs one item: scripts, request, scripts. Tests run after a failed
// request too, and a failed pre-request script does not stop the request
// unless the run bails, as in Postman.
func (r *run) item(ctx context.Context, it *item, cur event.Cursor) ending {
	x := &execution{run: r, item: it, cur: cur, request: it.template()}
	text := it.node.JSON
	if cur.Cycles > 1 || r.opts.Label != "" {
		text = it.node.KeptJSON
	}
	x.emit(&event.ItemStarted{Item: it.ref, JSON: text()}, cur)
	pause(ctx, r.opts.Delay)
	if r.opts.Pace != nil {
		pause(ctx, r.opts.Pace(cur, it.ref)-time.Since(r.began))
	}
	lift := func() {}
	if len(it.prerequest)+len(it.test) > 0 {
		lift = x.veil()
	}
	end := x.steps(ctx)
	lift()
	x.emit(&event.ItemFinished{Item: it.ref, Skipped: x.skip, Next: x.shown, Visualizer: x.visual,
		Attempts: x.attempt, Flaky: x.flaky}, cur)
	return end
}

func (x *execution) steps(ctx context.Context) ending {
	before := x.assertions()
	if failed := x.phase(ctx, script.Prerequest, nil); failed && x.bails() {
		return ending{bail: true}
	}
	if x.skip {
		return ending{next: x.next}
	}
	return x.tries(ctx, before)
}

func (x *execution) bails() bool { return x.opts.Bail != BailNever }

// phase runs the scripts of one event in order and reports whether any
// failed. A bailing run skips the rest after the first that did.
func (x *execution) phase(ctx context.Context, listen script.Listen, got *answer) (failed bool) {
	scripts := x.item.prerequest
	if listen == script.Test {
		scripts = x.item.test
	}
	for i := range scripts {
		if ctx.Err() != nil {
			return failed
		}
		if x.script(ctx, &scripts[i], listen, got) {
			failed = true
			if x.bails() {
				break
			}
		}
		if x.skip {
			break
		}
	}
	x.phaseDone(listen)
	return failed
}

// script runs one script, applies what it did and reports whether it or one
// of its assertions failed.
func (x *execution) script(ctx context.Context, s *collections.Script, listen script.Listen, got *answer) bool {
	if x.opts.Engine == nil {
		return false
	}
	x.host.enter(x, s, listen)
	began := time.Now()
	out := x.evaluate(ctx, s, listen, got)
	took := time.Since(began)
	failed := x.host.leave()
	x.apply(out, listen)
	done := &event.ScriptFinished{Item: x.item.ref, Listen: listen, ScriptID: s.ID, Owner: s.Owner.Name(),
		Duration: took, Err: out.Err}
	if out.Err != nil {
		done.Line, done.File = s.FileLine(out.Err.Line), s.File()
	}
	x.emit(done, x.cur)
	return failed || out.Err != nil
}

// evaluate runs a script in the run's sandbox, which opens with the first.
func (x *execution) evaluate(ctx context.Context, s *collections.Script, listen script.Listen, got *answer) *script.Outcome {
	box, err := x.sandbox(ctx)
	if err == nil {
		var out *script.Outcome
		if out, err = box.Run(ctx, x.source(s, listen), x.context(s, got)); err == nil {
			return out
		}
	}
	return &script.Outcome{Err: &script.Error{Type: "Error", Name: "Error", Message: err.Error()},
		Local: scopeList(x.stack.Local)}
}

func (x *execution) source(s *collections.Script, listen script.Listen) *script.Script {
	kind := "item"
	if s.Owner.IsFolder() {
		kind = "folder"
	}
	if s.Owner.Parent() == nil {
		kind = "collection"
	}
	what := "test script"
	if listen == script.Prerequest {
		what = "pre-request script"
	}
	return &script.Script{ID: s.ID, Name: kind + " " + quote(s.Owner.Name()) + " > " + what, Listen: listen, Source: s.Source}
}

func (x *execution) context(s *collections.Script, got *answer) *script.Context {
	c := &script.Context{
		Iteration:  x.cur.Iteration,
		Iterations: x.cur.Cycles,
		ItemID:     x.item.ref.ID,
		ItemName:   x.item.ref.Name,
		Location:   x.item.ref.Path,
		Current:    s.Owner.Name(),
		Scopes:     &x.stack,
	}
	if got == nil {
		c.Request = x.request.JSON()
		return c
	}
	c.Request = got.request
	c.Response = got.response
	c.Cookies = got.cookies
	return c
}

// apply carries a script's outcome over to the run.
func (x *execution) apply(out *script.Outcome, listen script.Listen) {
	x.stack.Local = localScope(out.Local)
	x.stack.Environment.Apply(out.Environment)
	x.stack.Collection.Apply(out.Collection)
	x.stack.Globals.Apply(out.Globals)
	x.mask.learnScopes()
	if out.Next != nil {
		x.next = out.Next
		if listen == script.Test {
			x.shown = out.Next.Name
		}
	}
	if out.Visualizer != nil {
		x.visual = out.Visualizer
	}
	if listen == script.Prerequest {
		x.skip = x.skip || out.Skip
		x.mutate(out.Request)
	}
}

// mutate takes over pm.request as a pre-request script left it.
func (x *execution) mutate(src []byte) {
	if len(src) == 0 {
		return
	}
	changed, err := collections.ParseRequest(src)
	if err != nil {
		x.warn(x.cur, x.item.ref, event.Warned{Kind: "script", Text: "pm.request is not a request any more: " + err.Error()})
		return
	}
	x.request = changed
}
