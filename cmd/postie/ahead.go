package main

import (
	"bytes"
	"context"

	"postie/runner/script"
	"postie/runner/script/sandbox"
)

// An ahead opens sandboxes for the scripts of a collection while it and the
// other documents are being read.
type ahead struct {
	engine script.Engine
	n      int // at once
	stop   context.CancelFunc
	done   <-chan struct{}
}

func newAhead(n int) *ahead {
	return &ahead{engine: sandbox.New(), n: n, stop: func() {}}
}

// begin starts once it has seen a document that has scripts. They may turn out
// to be empty, or not to run: then the work was for nothing.
func (a *ahead) begin(ctx context.Context) func(src []byte) {
	return func(src []byte) {
		if a.done != nil || !bytes.Contains(src, []byte(`"exec"`)) {
			return
		}
		warm, stop := context.WithCancel(ctx)
		a.stop, a.done = stop, sandbox.Warm(warm, a.engine, a.n)
	}
}

// end waits for what is under way.
func (a *ahead) end() {
	a.stop()
	if a.done != nil {
		<-a.done
	}
}
