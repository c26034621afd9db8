package runner

import (
	"context"

	"postie/runner/event"
	"postie/runner/script"
)

// An ending is how an item's execution ended.
type ending struct {
	next *script.Next // setNextRequest was called
	bail bool         // the run stops here
}

// run runs the item: scripts, request, scripts. Tests run after a failed
// request too, and a failed pre-request script does not stop the request
// unless the run bails, as in Postman.
func (x *execution) run(ctx context.Context) ending {
	if x.mayLearn() {
		x.out.DeferReporters()
	}
	end := x.steps(ctx)
	x.out.Flush()
	return end
}

// finish reports that the item is over.
func (x *execution) finish() {
	x.emit(&event.ItemFinished{Item: x.item.ref, Skipped: x.skip, Next: x.reportedNext, Visualizer: x.visual,
		Attempts: x.attempt, Flaky: x.flaky})
}

func (x *execution) steps(ctx context.Context) ending {
	before := x.out.Assertions()
	if failed := x.phase(ctx, script.Prerequest, nil); failed && x.opts.bails() {
		return ending{bail: true}
	}
	if x.skip {
		return ending{next: x.next}
	}
	return x.attempts(ctx, before)
}

// mayLearn reports whether scripts or extracts of the item may make a secret of
// something that its events show before.
func (x *execution) mayLearn() bool {
	switch {
	case x.opts.Output.Mask.Off:
		return false
	case len(x.opts.Checks.Extracts) > 0:
		return true
	case len(x.item.prerequest)+len(x.item.test) == 0:
		return false
	}
	return x.mask.MayLearn() || x.scriptsStore
}
