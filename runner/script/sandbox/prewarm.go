package sandbox

import (
	"bytes"
	"context"

	"postie/runner/script"
)

// A Prewarm opens the sandboxes of a run on another core while the collection
// and the other documents are being read. It is for one goroutine.
type Prewarm struct {
	Engine script.Engine // of the run
	n      int
	stop   context.CancelFunc
	done   <-chan struct{}
}

// NewPrewarm is one for a run that has n sandboxes at once. Close ends it.
func NewPrewarm(n int) *Prewarm {
	return &Prewarm{Engine: New(), n: n, stop: func() {}}
}

// Watch returns a function to be called with each document as it is read. The
// first document that has scripts starts the work.
func (p *Prewarm) Watch(ctx context.Context) func(src []byte) {
	return func(src []byte) {
		if p.done != nil || !bytes.Contains(src, []byte(`"exec"`)) {
			return
		}
		ctx, stop := context.WithCancel(ctx)
		p.stop, p.done = stop, warm(ctx, p.Engine, p.n)
	}
}

// Stop opens no more: the run has begun, and opens its own when it needs them.
func (p *Prewarm) Stop() { p.stop() }

// Close stops, and waits for what is in progress.
func (p *Prewarm) Close() {
	p.stop()
	if p.done != nil {
		<-p.done
	}
}
