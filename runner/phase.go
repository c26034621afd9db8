package runner

import (
	"context"
	"strconv"
	"time"

	"postie/collections"
	"postie/runner/event"
	"postie/runner/internal/send"
	"postie/runner/script"
)

// phase runs the scripts of one event in order and reports whether any
// failed. A bailing run skips the rest after the first that did.
func (x *execution) phase(ctx context.Context, listen script.Listen, got *send.Answer) (failed bool) {
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
			if x.opts.bails() {
				break
			}
		}
		if x.skip {
			break
		}
	}
	x.out.Phase(listen)
	return failed
}

// script runs one script, applies what it did and reports whether it or one
// of its assertions failed.
func (x *execution) script(ctx context.Context, s *collections.Script, listen script.Listen, got *send.Answer) bool {
	if x.opts.Scripts.Engine == nil {
		return false
	}
	x.host.enter(x.at, s, listen)
	began := time.Now()
	out := x.evaluate(ctx, s, listen, got)
	took := time.Since(began)
	failed := x.host.failed.Load()
	x.apply(out, listen)
	done := &event.ScriptFinished{Item: x.item.ref, Listen: listen, ScriptID: s.ID, Owner: s.Owner.Name(),
		Duration: took, Err: out.Err}
	if out.Err != nil {
		done.Line, done.File = s.FileLine(out.Err.Line), s.File()
	}
	x.emit(done)
	return failed || out.Err != nil
}

// evaluate runs a script in the session's sandbox.
func (x *execution) evaluate(ctx context.Context, s *collections.Script, listen script.Listen, got *send.Answer) *script.Outcome {
	out, err := x.box.run(ctx, x.source(s, listen), x.context(s, got))
	if err != nil {
		return &script.Outcome{Err: &script.Error{Type: "Error", Name: "Error", Message: err.Error()},
			Local: scopeList(x.scopes.Local)}
	}
	return out
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
	return &script.Script{ID: s.ID, Name: kind + " " + strconv.Quote(s.Owner.Name()) + " > " + what, Listen: listen, Source: s.Source}
}

func (x *execution) context(s *collections.Script, got *send.Answer) *script.Context {
	c := &script.Context{
		Iteration:  x.at.Cursor.Iteration,
		Iterations: x.at.Cursor.Cycles,
		ItemID:     x.item.ref.ID,
		ItemName:   x.item.ref.Name,
		Location:   x.item.ref.Path,
		Current:    s.Owner.Name(),
		Scopes:     x.scopes,
	}
	if got == nil {
		c.Request = x.request.JSON()
		return c
	}
	c.Request = got.Request
	c.Response = got.Response
	c.Cookies = got.Cookies
	return c
}

// apply carries a script's outcome over to the run.
func (x *execution) apply(out *script.Outcome, listen script.Listen) {
	x.scopes.Local = localScope(out.Local)
	x.scopes.Environment.Apply(out.Environment)
	x.scopes.Collection.Apply(out.Collection)
	x.scopes.Globals.Apply(out.Globals)
	x.mask.Variables(x.scopes)
	if out.Next != nil {
		x.next = out.Next
		if listen == script.Test {
			x.reportedNext = out.Next.Name
		}
	}
	if out.Visualizer != nil {
		x.visual = out.Visualizer
	}
	if listen == script.Prerequest {
		// A script that throws stops a request that another script runs, and no other.
		x.skip = x.skip || out.Skip || out.Err != nil && x.opts.parent != nil
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
		x.warn(event.Warned{Kind: "script", Text: "pm.request is not a request any more: " + err.Error()})
		return
	}
	x.request = changed
}
