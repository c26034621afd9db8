package runner

import (
	"postie/collections/vars"
	"postie/runner/event"
	"postie/runner/mask"
	"postie/runner/transport/jar"
)

// A Result is what a run came to, with the state it left behind.
type Result struct {
	event.Result

	Environment, Globals, Variables *vars.Scope // final; Variables are the collection's
	Jar                             *jar.Jar
	Mask                            *mask.Masker // knows the secrets, to hide them where any of these is shown or written
}

// Empty reports whether nothing came of the run: no request was sent, no script
// chose so, and nothing failed.
func (r *Result) Empty() bool { return r.Requests() == 0 && !r.Idle() && !r.Failed() }
