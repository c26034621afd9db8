package runner

import (
	"postie/collections"
	"postie/collections/vars"
	"postie/runner/auth"
	"postie/runner/event"
	"postie/runner/internal/emit"
	"postie/runner/internal/random"
	"postie/runner/internal/send"
	"postie/runner/mask"
	"postie/runner/script"
)

// An execution is one item being run in one iteration.
type execution struct {
	item    *item
	at      emit.Place
	request *collections.Request // as scripts have changed it, unresolved
	next    *script.Next
	skip    bool
	visual  *script.Visualizer
	// reportedNext is setNextRequest of a test script, as the CLI prints it.
	reportedNext *string
	attempt      int  // from 1; 0 when requests are never sent again
	flaky        bool // it passed, though not on the first attempt
	scriptsStore bool // see Plan

	opts   *Options
	out    *emit.Emitter
	scopes *vars.Stack
	mask   *mask.Masker
	sender *send.Sender
	box    *sandbox
	host   *host
	auths  map[*collections.Node]*auth.State
	random *random.Source
}

func (x *execution) emit(e event.Event) { x.out.Emit(e, x.at.Cursor) }

func (x *execution) warn(w event.Warned) { x.out.Warn(x.at, w) }
