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
	Number   int           `json:"number"` // of the share and of its parts
	Spec     *spec         `json:"spec"`
	Schedule load.Schedule `json:"schedule"`
	Warmup   time.Duration `json:"warmup"`
	Grace    time.Duration `json:"grace"`
	Once     []string      `json:"once,omitempty"` // what setup and teardown run; iterations do not run it
	Think    load.Span     `json:"think"`
	Pace     time.Duration `json:"pace"`
	Order    load.Order    `json:"order"`
	Samples  int           `json:"samples"`
	Share    load.Share    `json:"share"`
	Given    int           `json:"given,omitempty"` // iterations that an earlier worker has started
}

// A loadWord is a message to a worker about its share: to prepare, to begin or
// to end. A message with none of these asks whether the worker has the share.
type loadWord struct {
	Job   *loadJob      `json:"job,omitempty"`
	Begin bool          `json:"begin,omitempty"`
	End   bool          `json:"end,omitempty"` // another worker has the share
	Run   string        `json:"run"`
	Share int           `json:"share"`
	In    time.Duration `json:"in,omitempty"` // time until the load begins; negative: it has begun
}

// A loadPart has the counts of a worker for its share.
type loadPart struct {
	Part *load.Part `json:"part"`
	Left bool       `json:"left,omitempty"` // the worker ends before its share: another worker takes the share
}

func partSubject(run string, share, number int) string {
	return fmt.Sprintf("postie.runs.%s.parts.%d.%d", run, share, number)
}

// A loader is a worker that takes a share of a load.
type loader struct {
	name  string
	slots int
	lost  bool
}

// A watched is a share that is running.
type watched struct {
	number  int
	by      *loader
	share   load.Share
	heard   time.Time
	given   int  // iterations started
	moving  bool // the new worker has not confirmed it yet
	left    bool // its worker has announced its end
	asking  bool // its worker is being asked whether it is there
	askedAt time.Time
	denied  int // answers in a row that no such worker exists
	over    bool
	moved   bool // over here, because another worker has it
}

// Load runs a load on all available workers and returns the figures of the
// whole load; see load.Run. Setup and teardown run in this process. The share
// of a lost worker is moved to another. An error that ends a load after its
// begin is returned with the figures so far.
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

// loaders returns the workers that take shares. It waits for them as jobs do.
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
				return out, nil // fewer workers than wanted are better than none
			}
			return nil, d.bus.noWorker(members)
		case ctx.Err() != nil:
			return nil, ctx.Err()
		}
	}
}

// enough reports whether as many workers as the load waits for have answered.
func (d *Dispatcher) enough(members []Member) bool {
	return d.opts.Workers > 0 && len(members) >= d.opts.Workers
}

// A clusterLoad is a running load.
type clusterLoad struct {
	d         *Dispatcher
	opts      *load.Options
	spec      *spec
	crew      []*loader
	collector *load.Collector
	shares    []*watched
	warnings  []string

	interrupted bool
	beside      sync.WaitGroup // work that is done while watch continues
	rest        chan func()    // the part of this work that watch must do
}

// begin makes all workers prepare their shares, and then begin at the same
// time.
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

// word tells a share's worker how long it is until the load begins, because the
// clocks of machines differ.
func (l *clusterLoad) word(ctx context.Context, s *watched) error {
	return l.request(ctx, s.by.name, loadWord{Run: l.d.opts.ID, Share: s.number, Begin: true, In: time.Until(l.opts.Begin)})
}

// A refusal is the answer of a worker that refuses what a message asks for.
type refusal struct{ why string }

func (r *refusal) Error() string { return r.why }

// request sends a message to a worker and waits until the worker has done what
// it says.
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

// watch adds up the counts of the workers until all have ended.
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
				l.excuse() // this process was suspended, and not the workers
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
		l.replace(ctx, len(parts) > 0)
	}
	return nil
}

// excuse resets the time since which workers are silent.
func (l *clusterLoad) excuse() {
	for _, s := range l.shares {
		s.heard = time.Now()
	}
}

func (l *clusterLoad) over() bool {
	return !slices.ContainsFunc(l.shares, func(s *watched) bool { return !s.over })
}

// part adds a part.
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
	p.Interrupted = l.interrupted // workers do not know the reason of their end
	snapshot := l.collector.Add(fmt.Sprint(i), p)
	s.by.lost = s.by.lost && (sent.Left || p.Last) // the worker could not be reached for a while
	s.heard, s.denied, s.given, s.left, s.over = time.Now(), 0, p.Given, sent.Left, s.over || p.Last
	if p.Fault != "" {
		l.warn("worker %s ended its share after %s: %s", s.by.name, l.at(), p.Fault)
	}
	if s.moved && !p.Last && !sent.Left {
		// The worker only could not be reached. Each of its parts is answered
		// with the message to end, until the worker has received it.
		l.beside.Go(func() { _ = l.request(ctx, s.by.name, loadWord{Run: l.d.opts.ID, Share: i, End: true}) })
	}
	if first := slices.IndexFunc(l.shares, func(s *watched) bool { return !s.over }); l.opts.Observe != nil && (i == first || first < 0) {
		l.opts.Observe(snapshot)
	}
	if l.collector.Missed() != "" {
		l.d.stop()
	}
}

// replace moves the shares of workers that ended, or are silent, to others. While
// it is behind with the parts, the next one may be from a worker that seems
// silent.
func (l *clusterLoad) replace(ctx context.Context, behind bool) {
	t := l.d.bus.times
	for _, s := range l.shares {
		quiet := time.Since(s.heard)
		switch {
		case s.over || s.moving:
		case s.left:
			l.move(ctx, s, fmt.Sprintf("worker %s ended after %s", s.by.name, l.at()))
		case behind:
		case s.denied > 1 || quiet >= t.silent && !l.isLast(s.by), quiet >= t.silent+t.orphaned:
			l.move(ctx, s, fmt.Sprintf("worker %s was lost after %s", s.by.name, l.at()))
		case quiet >= t.quiet && !s.asking && time.Since(s.askedAt) >= t.quiet:
			l.ask(ctx, s)
		}
	}
}

// isLast reports whether no other worker could continue a worker's share.
func (l *clusterLoad) isLast(w *loader) bool {
	return !slices.ContainsFunc(l.crew, func(other *loader) bool { return other != w && !other.lost })
}

// ask finds out whether a worker without parts is still there, since a busy
// worker sends parts late. It must be found missing twice, because its last
// part may be on the way.
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

// later runs slow work next to watch, and passes the rest of the work to watch.
// ctx is the context of watch.
func (l *clusterLoad) later(ctx context.Context, do func() (rest func())) {
	l.beside.Go(func() {
		rest := do()
		select {
		case l.rest <- rest:
		case <-ctx.Done():
		}
	})
}

// move makes another worker continue a share, and reports that with what
// happened.
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

// moved records that a share was moved to another worker. When that worker
// could not take it, a third one is asked.
func (l *clusterLoad) moved(ctx context.Context, s *watched, happened string, err error) {
	s.moving = false
	if err != nil {
		l.move(ctx, s, fmt.Sprintf("%s; then %v", happened, err))
		return
	}
	l.warn("%s: the figures have a gap of %s, then worker %s took over its share (%d of %d)", happened, time.Since(s.heard).Round(time.Second), s.by.name, s.share.To-s.share.From, s.share.Of)
	s.heard = time.Now()
}

// at returns how long the load has been running.
func (l *clusterLoad) at() time.Duration { return time.Since(l.opts.Begin).Round(time.Second) }

func (l *clusterLoad) warn(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	l.warnings = append(l.warnings, text)
	l.d.opts.Notice(text)
}

// freest returns the worker with the most slots for each share that it would
// have.
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
