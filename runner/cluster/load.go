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

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nats.go/micro"

	"postie/runner/load"
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
	Given    int           `json:"given,omitempty"` // iterations that a worker before this one has started
}

// A loadWord is a message to a worker about its share: to prepare, to begin, or
// to end. One without any of these asks whether the worker has the share.
type loadWord struct {
	Job   *loadJob      `json:"job,omitempty"`
	Begin bool          `json:"begin,omitempty"`
	End   bool          `json:"end,omitempty"` // another has the share
	Run   string        `json:"run"`
	Share int           `json:"share"`
	In    time.Duration `json:"in,omitempty"` // when the load begins, from now; less than 0: it has begun
}

// A loadPart is what a worker has counted of its share.
type loadPart struct {
	Part *load.Part `json:"part"`
	Left bool       `json:"left,omitempty"` // the worker ends and its share does not: another takes it
}

func partSubject(run string, share, number int) string {
	return fmt.Sprintf("postie.runs.%s.parts.%d.%d", run, share, number)
}

// A loader is a worker that puts a load on.
type loader struct {
	name  string
	slots int
	lost  bool
}

// A watched is a share at work.
type watched struct {
	number  int
	by      *loader
	share   load.Share
	heard   time.Time
	given   int  // iterations started
	moving  bool // its worker has not taken it yet
	left    bool // its worker ended, and said so
	asking  bool // its worker whether it is there
	askedAt time.Time
	denied  int // answers in a row that nobody has it
	over    bool
	moved   bool // over because another has it
}

// Load puts a load on with all workers that are there, and returns the figures
// of the whole; see load.Run. Setup and teardown are run here. The share of a
// worker that is lost goes to another. With an error that ends a load that had
// begun come the figures until then.
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
	d.files[0], d.loading = o.Run.Files, true
	d.mu.Unlock()
	l := &clusterLoad{d: d, opts: &o, spec: s, crew: crew, rest: make(chan func())}
	if err := l.begin(ctx); err != nil {
		d.stop()
		return nil, err
	}
	fault := l.watch(ctx)
	rep := l.collector.Report()
	rep.Warnings = append(rep.Warnings, l.warnings...)
	if fault != nil {
		rep.Interrupted = true
		rep.Warnings = append(rep.Warnings, fault.Error())
	}
	if err := o.Finish(ctx); err != nil {
		rep.Warnings = append(rep.Warnings, "teardown: "+err.Error())
	}
	return rep, fault
}

// loaders are the workers that take shares. They are waited for as for jobs.
func (d *Dispatcher) loaders(ctx context.Context) ([]*loader, error) {
	roll, err := d.bus.roll()
	if err != nil {
		return nil, err
	}
	defer roll.close()
	for began := time.Now(); ; {
		members, err := roll.call(ctx, d.bus.times.answer, d.enough)
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
		case len(out) >= max(d.opts.Workers, 1):
			return out, nil
		case time.Since(began) > d.bus.times.noWorker:
			if len(out) > 0 {
				return out, nil // fewer than are wanted are better than none
			}
			return nil, d.bus.noWorker(members)
		case ctx.Err() != nil:
			return nil, ctx.Err()
		}
	}
}

// enough reports whether as many workers as a load waits for have answered.
func (d *Dispatcher) enough(members []Member) bool {
	return d.opts.Workers > 0 && len(members) >= d.opts.Workers
}

// A clusterLoad is a load in progress.
type clusterLoad struct {
	d         *Dispatcher
	opts      *load.Options
	spec      *spec
	crew      []*loader
	collector *load.Collector
	shares    []*watched
	warnings  []string

	interrupted bool
	beside      sync.WaitGroup // what is done while watch goes on
	rest        chan func()    // of it, for watch to do
}

// begin has all workers prepare their shares, and then begin together.
func (l *clusterLoad) begin(ctx context.Context) error {
	var weights []int
	for _, w := range l.crew {
		weights = append(weights, w.slots)
	}
	for i, share := range load.Shares(weights...) {
		l.shares = append(l.shares, &watched{number: i, by: l.crew[i], share: share})
	}
	all := func(do func(s *watched) error) error {
		errs := make([]error, len(l.shares))
		var wg sync.WaitGroup
		for i, s := range l.shares {
			wg.Go(func() { errs[i] = do(s) })
		}
		wg.Wait()
		return errors.Join(errs...)
	}
	if err := all(func(s *watched) error { return l.prepare(ctx, s) }); err != nil {
		return err
	}
	l.opts.Begin = time.Now().Add(l.d.bus.times.startsIn)
	c, err := load.NewCollector(*l.opts, l.opts.Begin)
	if err != nil {
		return err
	}
	if l.collector = c; l.opts.Watch != nil {
		l.opts.Watch(c)
	}
	for _, s := range l.shares {
		s.heard = l.opts.Begin
	}
	return all(func(s *watched) error { return l.word(ctx, s) })
}

func (l *clusterLoad) prepare(ctx context.Context, s *watched) error {
	o, run := l.opts, l.d.opts.ID
	return l.request(ctx, s.by.name, loadWord{Run: run, Share: s.number, Job: &loadJob{Run: run, Number: s.number, Spec: l.spec, Schedule: o.Schedule, Warmup: o.Warmup,
		Grace: o.Grace, Once: slices.Concat(o.Setup, o.Teardown), Think: o.Think, Pace: o.Pace, Order: o.Order, Samples: o.Samples, Share: s.share, Given: s.given}})
}

// word has a share begin when the load does, by the time from now: the clocks
// of machines differ.
func (l *clusterLoad) word(ctx context.Context, s *watched) error {
	return l.request(ctx, s.by.name, loadWord{Run: l.d.opts.ID, Share: s.number, Begin: true, In: time.Until(l.opts.Begin)})
}

// A refusal is a worker's answer that it does not do what a word says.
type refusal struct{ why string }

func (r *refusal) Error() string { return r.why }

// request sends a worker a word, and waits until it has done so.
func (l *clusterLoad) request(ctx context.Context, worker string, word loadWord) error {
	src, err := encode(word)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	subject := shareSubject(worker)
	m, err := l.d.bus.conn.RequestWithContext(ctx, subject, l.d.bus.opts.Key.seal(subject, src))
	if err == nil && m.Header.Get(micro.ErrorHeader) != "" {
		err = &refusal{m.Header.Get(micro.ErrorHeader)}
	}
	if err != nil {
		return fmt.Errorf("worker %s: %w", worker, err)
	}
	return nil
}

// watch adds up what the workers count, until all have ended.
func (l *clusterLoad) watch(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer l.beside.Wait()
	defer cancel()
	d := l.d
	consumer, err := d.bus.records(ctx, jetstream.OrderedConsumerConfig{FilterSubjects: []string{"postie.runs." + d.opts.ID + ".parts.>"}})
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
	interrupt, ticked := l.opts.Interrupt, time.Now()
	for !l.over() {
		select {
		case m := <-parts:
			l.part(ctx, m)
		case do := <-l.rest:
			do()
		case <-tick.C:
			d.say("alive")
			if time.Since(ticked) > d.bus.times.silent/2 {
				l.excuse() // this process was paused, not the workers
			}
			ticked = time.Now()
		case <-interrupt:
			interrupt, l.interrupted = nil, true
			d.stop()
		case <-ctx.Done():
			d.say("over")
			return ctx.Err()
		case <-d.ctx.Done():
			return context.Cause(d.ctx)
		}
		if len(parts) == 0 { // else there may be one of a worker that seems silent
			l.replace(ctx)
		}
	}
	return nil
}

// excuse starts to count the silence of workers from now on.
func (l *clusterLoad) excuse() {
	for _, s := range l.shares {
		s.heard = time.Now()
	}
}

func (l *clusterLoad) over() bool {
	return !slices.ContainsFunc(l.shares, func(s *watched) bool { return !s.over })
}

// part counts a part.
func (l *clusterLoad) part(ctx context.Context, m jetstream.Msg) {
	src, err := l.d.bus.opts.Key.open(m.Subject(), m.Data(), maxRecord)
	var sent loadPart
	if err == nil {
		err = json.Unmarshal(src, &sent)
	}
	if err == nil && sent.Part == nil {
		err = errors.New("nothing in it")
	}
	var i, number int
	if _, scan := fmt.Sscanf(strings.TrimPrefix(m.Subject(), "postie.runs."+l.d.opts.ID+".parts."), "%d.%d", &i, &number); err != nil || scan != nil || i >= len(l.shares) {
		l.d.opts.Notice(fmt.Sprintf("load: a part that cannot be read: %v", errors.Join(err, scan)))
		return
	}
	s, p := l.shares[i], sent.Part
	p.Interrupted = l.interrupted // workers do not know who ended it
	snapshot := l.collector.Add(fmt.Sprint(i), p)
	s.by.lost = s.by.lost && (sent.Left || p.Last) // it was away for a while
	s.heard, s.denied, s.given, s.left, s.over = time.Now(), 0, p.Given, sent.Left, s.over || p.Last
	if p.Fault != "" {
		l.warn("worker %s ended its share after %s: %s", s.by.name, l.at(), p.Fault)
	}
	if s.moved && !p.Last && !sent.Left {
		// The worker was only away. Each part that it sends is answered by the
		// word to end, until that word has reached it.
		l.beside.Go(func() { _ = l.request(ctx, s.by.name, loadWord{Run: l.d.opts.ID, Share: i, End: true}) })
	}
	if first := slices.IndexFunc(l.shares, func(s *watched) bool { return !s.over }); l.opts.Observe != nil && (i == first || first < 0) {
		l.opts.Observe(snapshot)
	}
	if l.collector.Missed() != "" {
		l.d.stop()
	}
}

// replace gives the shares of workers that ended, or are silent, to others.
func (l *clusterLoad) replace(ctx context.Context) {
	t := l.d.bus.times
	for _, s := range l.shares {
		quiet := time.Since(s.heard)
		switch {
		case s.over || s.moving:
		case s.left:
			l.move(ctx, s, fmt.Sprintf("worker %s ended after %s", s.by.name, l.at()))
		case s.denied > 1 || quiet >= t.silent && !l.isLast(s.by), quiet >= t.silent+t.orphaned:
			l.move(ctx, s, fmt.Sprintf("worker %s was lost after %s", s.by.name, l.at()))
		case quiet >= t.quiet && !s.asking && time.Since(s.askedAt) >= t.quiet:
			l.ask(ctx, s)
		}
	}
}

// isLast reports whether nobody else could go on with a worker's share.
func (l *clusterLoad) isLast(w *loader) bool {
	return !slices.ContainsFunc(l.crew, func(other *loader) bool { return other != w && !other.lost })
}

// ask finds out whether a worker is there that sends no parts: one with much to
// do sends them late. That it is not must be found twice, because its last part
// may be on its way.
func (l *clusterLoad) ask(ctx context.Context, s *watched) {
	s.asking = true
	word := loadWord{Run: l.d.opts.ID, Share: s.number}
	l.later(ctx, func() func() {
		err := l.request(ctx, s.by.name, word)
		return func() {
			s.asking, s.askedAt = false, time.Now()
			var no *refusal
			switch {
			case err == nil:
				s.heard, s.denied = time.Now(), 0
			case errors.Is(err, nats.ErrNoResponders), errors.As(err, &no):
				s.denied++
			}
		}
	})
}

// later does slow work beside watch, and passes the rest to it. The context is
// that of watch.
func (l *clusterLoad) later(ctx context.Context, do func() (rest func())) {
	l.beside.Go(func() {
		rest := do()
		select {
		case l.rest <- rest:
		case <-ctx.Done():
		}
	})
}

// move has another worker go on with a share, and says so with what happened.
func (l *clusterLoad) move(ctx context.Context, s *watched, happened string) {
	s.over, s.moved, s.by.lost = true, true, true
	to := l.freest()
	switch {
	case l.interrupted:
		return
	case to == nil:
		l.warn("%s, and there is no other for its share", happened)
		return
	}
	next := &watched{number: len(l.shares), by: to, share: s.share, given: s.given, heard: s.heard, moving: true}
	l.shares = append(l.shares, next)
	moved := *next
	l.later(ctx, func() func() {
		err := l.prepare(ctx, &moved)
		if err == nil {
			err = l.word(ctx, &moved)
		}
		return func() { l.moved(ctx, next, happened, err) }
	})
}

// moved notes that a share has gone to another worker. If that could not take
// it a third may.
func (l *clusterLoad) moved(ctx context.Context, s *watched, happened string, err error) {
	s.moving = false
	if err != nil {
		l.move(ctx, s, fmt.Sprintf("%s; then %v", happened, err))
		return
	}
	l.warn("%s: the figures have a gap of %s, then worker %s took over its share (%d of %d)", happened, time.Since(s.heard).Round(time.Second), s.by.name, s.share.To-s.share.From, s.share.Of)
	s.heard = time.Now()
}

// at is how long the load has lasted.
func (l *clusterLoad) at() time.Duration { return time.Since(l.opts.Begin).Round(time.Second) }

func (l *clusterLoad) warn(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	l.warnings = append(l.warnings, text)
	l.d.opts.Notice(text)
}

// freest is the worker with the most free slots for each share that it has.
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
