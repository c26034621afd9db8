package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nats.go/micro"

	"postie/runner/load"
)

// Times of a load.
const (
	startsIn = 500 * time.Millisecond // after the word to begin: it is everywhere by then
	silent   = 6 * time.Second        // a worker that sends no part for so long is lost
	orphaned = 10 * time.Second       // a worker that hears no dispatcher for so long ends its load
)

// A loadJob is a share of a load.
type loadJob struct {
	Run      string        `json:"run"`
	Number   int           `json:"number"` // of the share: that of its parts, too
	Spec     *spec         `json:"spec"`
	Schedule load.Schedule `json:"schedule"`
	Warmup   time.Duration `json:"warmup"`
	Grace    time.Duration `json:"grace"`
	Once     []string      `json:"once,omitempty"` // what setup and teardown run, and iterations do not
	Think    load.Span     `json:"think"`
	Pace     time.Duration `json:"pace"`
	Order    load.Order    `json:"order"`
	Samples  int           `json:"samples"`
	Share    load.Share    `json:"share"`
}

// A loadWord is what a worker is told about its share: to prepare, or to begin.
type loadWord struct {
	Job   *loadJob      `json:"job,omitempty"`
	Begin bool          `json:"begin,omitempty"`
	Run   string        `json:"run"`
	Share int           `json:"share"`
	In    time.Duration `json:"in,omitempty"` // when the load begins, from now; less than 0: it has begun
}

func partSubject(run string, share, number int) string {
	return fmt.Sprintf("postie.runs.%s.parts.%d.%d", run, share, number)
}

// A ready is a share that is prepared.
type ready struct {
	opts  load.Options
	begin chan time.Duration
}

// share answers a dispatcher that has a share of a load for this worker.
func (w *Worker) share(r micro.Request) {
	key := w.bus.opts.Key
	src, err := key.open(r.Subject(), r.Data(), maxRecord)
	var word loadWord
	if err == nil {
		err = json.Unmarshal(src, &word)
	}
	if err == nil && !word.Begin && word.Job == nil {
		err = errors.New("no share")
	}
	if err != nil {
		_ = r.Error("400", err.Error(), nil)
		return
	}
	name := fmt.Sprintf("%s.%d", word.Run, word.Share)
	if word.Begin {
		w.mu.Lock()
		p := w.ready[name]
		delete(w.ready, name)
		w.mu.Unlock()
		if p == nil {
			_ = r.Error("404", "this share was not prepared", nil)
			return
		}
		p.begin <- word.In
		_ = r.Respond(nil)
		return
	}
	w.loads.Go(func() {
		if err := w.takeShare(w.ctx, word.Job, name, func() { _ = r.Respond(nil) }); err != nil {
			_ = r.Error("500", err.Error(), nil)
		}
	})
}

// takeShare prepares a share, says so, waits for the word to begin and puts the
// load on. The error is one of preparing.
func (w *Worker) takeShare(ctx context.Context, j *loadJob, name string, prepared func()) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	run := w.run(ctx, j.Run)
	defer context.AfterFunc(run.ctx, cancel)()
	o, err := w.prepare(ctx, run, &job{Run: j.Run, Spec: j.Spec})
	if err != nil {
		return err
	}
	opts := load.Options{Run: *o, Schedule: j.Schedule, Warmup: j.Warmup, Grace: j.Grace, Setup: j.Once, Think: j.Think, Pace: j.Pace, Order: j.Order,
		Samples: j.Samples, Share: j.Share, Interrupt: run.stop}
	p := &ready{opts: opts, begin: make(chan time.Duration, 1)}
	w.mu.Lock()
	if w.ready == nil {
		w.ready = map[string]*ready{}
	}
	w.ready[name] = p
	w.mu.Unlock()
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
	wg.Go(func() { run.endOrphan(ctx, cancel) })
	last, giveUp := context.WithCancel(context.WithoutCancel(ctx)) // what was counted is published also when the load is cut
	defer giveUp()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(5*time.Second, giveUp) })()
	number := 0
	err = load.Generate(ctx, opts, func(part *load.Part) {
		if ctx.Err() != nil {
			part.Last = false // this worker ends, the share does not: another takes it
		}
		src, err := encode(part)
		if err != nil {
			return
		}
		subject := partSubject(j.Run, j.Number, number)
		number++
		if _, err := w.bus.write(last, subject, w.bus.opts.Key.seal(subject, src), 0); err != nil && ctx.Err() == nil {
			w.opts.Notice("load: " + err.Error())
			cancel() // what is not counted is not sent
		}
	})
	if err != nil && ctx.Err() == nil {
		w.opts.Notice("load: " + err.Error())
	}
	return nil
}

// heard notes a sign of life of the dispatcher.
func (r *workerRun) heard() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lastHeard = time.Now()
}

// endOrphan ends a load that nobody watches over any more.
func (r *workerRun) endOrphan(ctx context.Context, cancel context.CancelFunc) {
	for pause(ctx, time.Second) {
		r.mu.Lock()
		away := time.Since(r.lastHeard)
		r.mu.Unlock()
		if away > orphaned {
			cancel()
			return
		}
	}
}

// A loader is a worker that puts a load on.
type loader struct {
	name  string
	slots int
	lost  bool
}

// A watched is a share at work.
type watched struct {
	by    *loader
	share load.Share
	heard time.Time
	over  bool
}

// Load puts a load on with all workers that are there, and returns the figures
// of the whole; see load.Run. Setup and teardown are run here. The share of a
// worker that is lost goes to another.
func (d *Dispatcher) Load(ctx context.Context, o load.Options) (*load.Report, error) {
	if err := o.Prepare(ctx); err != nil {
		return nil, err
	}
	crew, err := d.loaders(ctx)
	if err != nil {
		return nil, err
	}
	s, err := d.spec(ctx, &o.Run)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	d.files[0] = o.Run.Files
	d.mu.Unlock()
	l := &clusterLoad{d: d, opts: &o, spec: s, crew: crew}
	if err := l.begin(ctx); err != nil {
		d.stop()
		return nil, err
	}
	if err := l.watch(ctx); err != nil {
		return nil, err
	}
	rep := l.collector.Report()
	rep.Warnings = append(rep.Warnings, l.warnings...)
	if err := o.Finish(context.WithoutCancel(ctx)); err != nil {
		rep.Warnings = append(rep.Warnings, "teardown: "+err.Error())
	}
	return rep, nil
}

// loaders are the workers that take shares. They are waited for as for jobs.
func (d *Dispatcher) loaders(ctx context.Context) ([]*loader, error) {
	for began := time.Now(); ; {
		members, err := d.bus.Members(ctx, 500*time.Millisecond, 0)
		if err != nil {
			return nil, err
		}
		var out []*loader
		for _, m := range members {
			if m.Compatible() {
				out = append(out, &loader{name: m.Name, slots: max(m.Slots, 1)})
			}
		}
		switch {
		case len(out) > 0:
			return out, nil
		case time.Since(began) > d.bus.times.noWorker:
			return nil, fmt.Errorf("%w for %s: postie worker --cluster %s starts one", ErrNoWorker, d.bus.times.noWorker, redacted(d.bus.opts.URL))
		case ctx.Err() != nil:
			return nil, ctx.Err()
		}
	}
}

// A clusterLoad is a load under way.
type clusterLoad struct {
	d         *Dispatcher
	opts      *load.Options
	spec      *spec
	crew      []*loader
	collector *load.Collector
	shares    []*watched
	warnings  []string
}

// begin has all workers prepare their shares, and then begin together.
func (l *clusterLoad) begin(ctx context.Context) error {
	var weights []int
	for _, w := range l.crew {
		weights = append(weights, w.slots)
	}
	for i, share := range load.Shares(weights...) {
		l.shares = append(l.shares, &watched{by: l.crew[i], share: share})
	}
	all := func(do func(i int) error) error {
		errs := make([]error, len(l.shares))
		var wg sync.WaitGroup
		for i := range l.shares {
			wg.Go(func() { errs[i] = do(i) })
		}
		wg.Wait()
		return errors.Join(errs...)
	}
	if err := all(func(i int) error { return l.prepare(ctx, i) }); err != nil {
		return err
	}
	l.opts.Begin = time.Now().Add(startsIn)
	c, err := load.NewCollector(*l.opts, l.opts.Begin)
	if err != nil {
		return err
	}
	if l.collector = c; l.opts.Watch != nil {
		l.opts.Watch(c)
	}
	return all(func(i int) error { return l.word(ctx, i) })
}

func (l *clusterLoad) prepare(ctx context.Context, i int) error {
	o, s := l.opts, l.shares[i]
	return l.tell(ctx, s.by.name, loadWord{Run: l.d.opts.ID, Share: i, Job: &loadJob{Run: l.d.opts.ID, Number: i, Spec: l.spec, Schedule: o.Schedule, Warmup: o.Warmup,
		Grace: o.Grace, Once: slices.Concat(o.Setup, o.Teardown), Think: o.Think, Pace: o.Pace, Order: o.Order, Samples: o.Samples, Share: s.share}})
}

// word has a share begin when the load does, by the time from now: the clocks
// of machines differ.
func (l *clusterLoad) word(ctx context.Context, i int) error {
	l.shares[i].heard = time.Now().Add(startsIn)
	return l.tell(ctx, l.shares[i].by.name, loadWord{Run: l.d.opts.ID, Share: i, Begin: true, In: time.Until(l.opts.Begin)})
}

// tell tells a worker, and waits until it has done so.
func (l *clusterLoad) tell(ctx context.Context, worker string, word loadWord) error {
	src, err := encode(word)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	subject := shareSubject(worker)
	m, err := l.d.bus.conn.RequestWithContext(ctx, subject, l.d.bus.opts.Key.seal(subject, src))
	if err == nil && m.Header.Get(micro.ErrorHeader) != "" {
		err = errors.New(m.Header.Get(micro.ErrorHeader))
	}
	if err != nil {
		return fmt.Errorf("worker %s: %w", worker, err)
	}
	return nil
}

// watch adds up what the workers count, until all have ended.
func (l *clusterLoad) watch(ctx context.Context) error {
	d := l.d
	consumer, err := d.bus.runs.OrderedConsumer(ctx, jetstream.OrderedConsumerConfig{FilterSubjects: []string{"postie.runs." + d.opts.ID + ".parts.>"}})
	if err != nil {
		return explain(d.bus.Server(), err)
	}
	parts := make(chan jetstream.Msg, 64)
	consuming, err := consumer.Consume(func(m jetstream.Msg) {
		select {
		case parts <- m:
		case <-d.ctx.Done():
		}
	})
	if err != nil {
		return explain(d.bus.Server(), err)
	}
	defer consuming.Stop()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	interrupt, interrupted := l.opts.Interrupt, false
	for !l.over() {
		select {
		case m := <-parts:
			l.part(m, interrupted)
		case <-tick.C:
			d.say("alive")
			l.replace(ctx)
		case <-interrupt:
			interrupt, interrupted = nil, true
			d.stop()
		case <-ctx.Done():
			d.say("over")
			return ctx.Err()
		case <-d.ctx.Done():
			return context.Cause(d.ctx)
		}
	}
	return nil
}

func (l *clusterLoad) over() bool {
	return !slices.ContainsFunc(l.shares, func(s *watched) bool { return !s.over })
}

// part counts a part.
func (l *clusterLoad) part(m jetstream.Msg, interrupted bool) {
	src, err := l.d.bus.opts.Key.open(m.Subject(), m.Data(), maxRecord)
	var p load.Part
	if err == nil {
		err = json.Unmarshal(src, &p)
	}
	var i, number int
	if _, scan := fmt.Sscanf(strings.TrimPrefix(m.Subject(), "postie.runs."+l.d.opts.ID+".parts."), "%d.%d", &i, &number); err != nil || scan != nil || i >= len(l.shares) {
		l.d.opts.Notice(fmt.Sprintf("load: a part that cannot be read: %v", errors.Join(err, scan)))
		return
	}
	s := l.shares[i]
	p.Interrupted = interrupted // workers do not know who ended it
	snapshot := l.collector.Add(fmt.Sprint(i), &p)
	s.heard, s.over = time.Now(), s.over || p.Last
	if first := slices.IndexFunc(l.shares, func(s *watched) bool { return !s.over }); l.opts.Observe != nil && (i == first || first < 0) {
		l.opts.Observe(snapshot)
	}
	if l.collector.Missed() != "" {
		l.d.stop()
	}
}

// replace gives the shares of workers that are silent to others.
func (l *clusterLoad) replace(ctx context.Context) {
	for i, s := range l.shares {
		if s.over || time.Since(s.heard) < silent {
			continue
		}
		s.over, s.by.lost = true, true
		at := time.Since(l.opts.Begin).Round(time.Second)
		to := l.freest()
		if to == nil {
			l.warn("worker %s was lost after %s, and there is no other for its share", s.by.name, at)
			continue
		}
		next := &watched{by: to, share: s.share}
		l.shares = append(l.shares, next)
		n := len(l.shares) - 1
		err := l.prepare(ctx, n)
		if err == nil {
			err = l.word(ctx, n)
		}
		next.heard = time.Now()
		if err != nil {
			next.over = true
			l.warn("worker %s was lost after %s, and its share went to nobody: %v", s.by.name, at, err)
			continue
		}
		l.warn("worker %s was lost after %s: the figures have a gap of %s, then worker %s took over its share (%d of %d)", s.by.name, at, time.Since(l.shares[i].heard).Round(time.Second), to.name,
			s.share.To-s.share.From, s.share.Of)
	}
}

func (l *clusterLoad) warn(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	l.warnings = append(l.warnings, text)
	l.d.opts.Notice(text)
}

// freest is the worker with the most slots for each share that it has.
func (l *clusterLoad) freest() *loader {
	var best *loader
	most := 0.0
	for _, w := range l.crew {
		if w.lost {
			continue
		}
		n := 1
		for _, s := range l.shares {
			if s.by == w && !s.over {
				n++
			}
		}
		if room := float64(w.slots) / float64(n); room > most {
			best, most = w, room
		}
	}
	return best
}
