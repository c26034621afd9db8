package runner

import (
	"postie/collections/vars"
	"postie/runner/event"
	"postie/runner/mask"
	"postie/runner/transport/jar"
)

// A Result is the outcome of a run, with the state in which it left the scopes.
type Result struct {
	event.Result

	Environment, Globals, Variables *vars.Scope // final; Variables are the collection's
	Jar                             *jar.Jar
	Mask                            *mask.Masker // knows the secrets, to hide them where any of these is shown or written
}

// Empty reports whether the run did nothing, and not because scripts skipped all
// requests: none was sent, and nothing failed.
func (r *Result) Empty() bool { return r.Requests() == 0 && !r.Idle() && !r.Failed() }
