package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go/micro"

	"postie/runner/load"
)

// A portion is a share that a worker has prepared.
type portion struct {
	begin chan time.Duration
	end   context.CancelFunc
}

// share handles a message of a dispatcher about a share of a load.
func (w *Worker) share(r micro.Request) {
	key := w.bus.opts.Key
	src, err := key.open(r.Subject(), r.Data(), maxRecord)
	var word loadWord
	if err == nil {
		err = json.Unmarshal(src, &word)
	}
	name := fmt.Sprintf("%s.%d", word.Run, word.Share)
	w.mu.Lock()
	p := w.portions[name]
	w.mu.Unlock()
	switch {
	case err != nil:
		_ = r.Error("400", err.Error(), nil)
	case word.Job != nil:
		take := func() {
			if err := w.takeShare(w.ctx, word.Job, name, func() { _ = r.Respond(nil) }); err != nil {
				_ = r.Error("500", err.Error(), nil)
			}
		}
		if !w.loads.Go(take) {
			_ = r.Error("500", errEnding.Error(), nil)
		}
	case p == nil:
		_ = r.Error("404", "it does not have this share", nil)
	default:
		p.hear(&word)
		_ = r.Respond(nil)
	}
}

var errEnding = errors.New("it is ending")

// hear does what a message says.
func (p *portion) hear(word *loadWord) {
	switch {
	case word.End:
		p.end()
	case word.Begin:
		select {
		case p.begin <- word.In:
		default: // the message was received before
		}
	}
}

// takeShare prepares a share, confirms that, waits for the message to begin and
// runs the load. The error is an error of preparing.
func (w *Worker) takeShare(ctx context.Context, j *loadJob, name string, prepared func()) error {
	if stopped(w.opts.Draining) {
		return errEnding
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	run := w.run(ctx, j.Run)
	defer context.AfterFunc(run.ctx, cancel)()
	o, err := w.prepare(ctx, run, &job{Run: j.Run, Spec: j.Spec})
	if err != nil {
		return err
	}
	opts := load.Options{Run: *o, Schedule: j.Schedule, Warmup: j.Warmup, Grace: j.Grace, Setup: j.Once, Think: j.Think, Pace: j.Pace, Order: j.Order,
		Samples: j.Samples, Share: j.Share, Given: j.Given, Interrupt: either(ctx, run.stop, w.opts.Draining)}
	p := &portion{begin: make(chan time.Duration, 1), end: cancel}
	w.mu.Lock()
	w.portions[name] = p
	w.mu.Unlock()
	defer func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.portions, name)
	}()
	prepared()
	select {
	case in := <-p.begin:
		opts.Begin = time.Now().Add(in)
	case <-time.After(30 * time.Second):
		return nil // the dispatcher is gone
	case <-ctx.Done():
		return nil
	}
	w.busy.Add(1)
	defer w.busy.Add(-1)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	run.heard()
	wg.Go(func() { run.endOrphan(ctx, w.bus.times.orphaned, cancel) })
	w.putOn(ctx, cancel, run, j, opts)
	return nil
}

// either returns a channel that is closed when a or b is closed, unless ctx
// ends before.
func either(ctx context.Context, a, b <-chan struct{}) <-chan struct{} {
	out := make(chan struct{})
	go func() {
		select {
		case <-a:
		case <-b:
		case <-ctx.Done():
			return
		}
		close(out)
	}()
	return out
}

// putOn runs a share and publishes its counts. When it cannot publish, it ends
// the share, so that no load is created that is not counted. A worker that ends
// leaves the rest of the share to another worker.
func (w *Worker) putOn(ctx context.Context, cancel context.CancelFunc, run *workerRun, j *loadJob, opts load.Options) {
	number := 0
	publish := func(p loadPart) {
		subject := partSubject(j.Run, j.Number, number)
		number++
		// Counts are published also when the load was interrupted.
		within, giveUp := outlast(ctx, w.bus.times.silent)
		defer giveUp()
		src, err := encode(p)
		if err == nil {
			_, err = w.bus.write(within, subject, w.bus.opts.Key.seal(subject, src), 0)
		}

		if err != nil && ctx.Err() == nil {
			w.opts.Notice("load: " + err.Error())
			w.reportFull(ctx, j.Run, err)
			cancel()
		}
	}
	err := load.Generate(ctx, opts, func(part *load.Part) {
		ends := ctx.Err() != nil || stopped(w.opts.Draining) && !stopped(run.stop)
		left := part.Last && ends
		part.Last = part.Last && !left
		publish(loadPart{Part: part, Left: left})
	})
	if err != nil && ctx.Err() == nil {
		w.opts.Notice("load: " + err.Error())
	}
}

// outlast returns a context that ends some time after ctx has ended.
func outlast(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	out, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(d, cancel) })
	return out, func() { stop(); cancel() }
}

// heard records that the dispatcher has sent something.
func (r *workerRun) heard() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lastHeard = time.Now()
}

// endOrphan ends a load when its dispatcher has sent nothing for too long.
func (r *workerRun) endOrphan(ctx context.Context, most time.Duration, cancel context.CancelFunc) {
	for pause(ctx, most/10) {
		r.mu.Lock()
		away := time.Since(r.lastHeard)
		r.mu.Unlock()
		if away > most {
			cancel()
			return
		}
	}
}
