package load

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"postie/collections/vars"
	"postie/runner"
)

// A generator creates the load: it starts and stops virtual users by the
// schedule. Its goroutines end before run returns.
type generator struct {
	opts    *Options
	plan    *runner.Plan
	figures *figures
	rows    *rows
	seed    uint64
	line    line
	share   division
	began   time.Time

	iterations atomic.Int64 // how many iterations were numbered
	stop       chan struct{}
	stopOnce   sync.Once
	over       chan struct{} // closed at the end of an open model: no iteration arrives later
	users      sync.WaitGroup
	err        atomic.Pointer[error] // why a user could not be created
}

func newGenerator(o *Options, p *runner.Plan) *generator {
	began := o.Begin
	if began.IsZero() {
		began = time.Now()
	}
	g := &generator{opts: o, plan: p, figures: newFigures(began.Add(o.Warmup), o.Samples), share: o.Share.divide(), line: o.Schedule.line(),
		began: began, stop: make(chan struct{}), over: make(chan struct{}), seed: rand.Uint64()}
	g.iterations.Store(int64(o.Given))
	g.rows = newRows(o, g.share)
	if o.Run.Rand != nil {
		g.seed = o.Run.Rand.Uint64()
	}
	return g
}

// end stops users from starting further iterations.
func (g *generator) end() { g.stopOnce.Do(func() { close(g.stop) }) }

// fail ends the load because of an error that the target has not caused.
func (g *generator) fail(err error) {
	g.err.CompareAndSwap(nil, &err)
	g.end()
}

// run creates the load. It returns when everything is over and all figures were
// sent.
func (g *generator) run(ctx context.Context, send func(*Part)) error {
	within, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan struct{})
	var watch sync.WaitGroup
	watch.Go(func() { g.watch(ctx, send, done) })
	g.pause(within, time.Until(g.began))
	if g.opts.Schedule.Open() {
		g.arrivals(within)
	} else {
		g.population(within)
	}
	close(g.over)
	g.settle(within)
	g.finish(within, cancel)
	close(done)
	watch.Wait()
	g.rows.close()
	if err := g.err.Load(); err != nil {
		return *err
	}
	return nil
}

// settle waits for running iterations when no more are started: they may use
// the rest of the schedule's time, and then the grace.
func (g *generator) settle(ctx context.Context) {
	idle := make(chan struct{})
	go func() { g.users.Wait(); close(idle) }()
	var end <-chan time.Time
	if length := g.line.length(); length > 0 {
		t := time.NewTimer(length - time.Since(g.began))
		defer t.Stop()
		end = t.C
	}
	select {
	case <-idle:
	case <-end:
	case <-g.stop:
	case <-ctx.Done():
	}
}

// finish lets running iterations end within the grace.
func (g *generator) finish(ctx context.Context, cancel context.CancelFunc) {
	g.end()
	over := make(chan struct{})
	go func() { g.users.Wait(); close(over) }()
	grace := time.NewTimer(g.opts.Grace)
	defer grace.Stop()
	select {
	case <-over:
	case <-grace.C:
	case <-ctx.Done():
	}
	cancel()
	<-over
}

// number returns the number of the share's next iteration. It returns false
// when there are no more.
func (g *generator) number() (int, bool) {
	n := g.share.nth(int(g.iterations.Add(1) - 1))
	if most := g.opts.Schedule.Iterations; most > 0 && n >= most {
		return 0, false
	}
	return n, true
}

func (g *generator) stopping() bool {
	select {
	case <-g.stop:
		return true
	default:
		return false
	}
}

// population keeps as many users active as the schedule requires at each
// moment.
func (g *generator) population(ctx context.Context) {
	const step = 50 * time.Millisecond
	var retire []chan struct{} // of the active users, the newest last
	var out atomic.Int64       // users that have ended because nothing is left to do
	length := g.line.length()
	for made := 0; ; {
		t := time.Since(g.began)
		if length > 0 && t >= length || g.stopping() || ctx.Err() != nil || out.Load() > 0 && g.exhausted() {
			return
		}
		for want := g.share.below(int(g.line.at(t) + 0.5)); len(retire) != want; {
			if len(retire) > want {
				close(retire[len(retire)-1])
				retire = retire[:len(retire)-1]
				continue
			}
			retired, n := make(chan struct{}), g.share.nth(made)
			made++
			retire = append(retire, retired)
			g.users.Go(func() {
				g.loop(ctx, n, retired)
				out.Add(1)
			})
		}
		if length == 0 { // the number of iterations decides when it is over
			return
		}
		due := time.Now().Add(step)
		if g.pause(ctx, step) {
			g.figures.late(due)
		}
	}
}

// exhausted reports whether all iterations or all rows were started.
func (g *generator) exhausted() bool {
	most := g.opts.Schedule.Iterations
	return most > 0 && g.iterations.Load() >= int64(g.share.below(most)) || g.rows.ranOut()
}

// loop runs a user of a closed model until it is retired.
func (g *generator) loop(ctx context.Context, number int, retired <-chan struct{}) {
	u := g.open(number)
	if u == nil {
		return
	}
	defer u.session.Close()
	g.figures.user(1)
	defer g.figures.user(-1)
	for ctx.Err() == nil && !g.stopping() {
		select {
		case <-retired:
			return
		default:
		}
		began := time.Now()
		a, ok := g.next(began)
		if !ok || !u.iterate(ctx, a) {
			return
		}
		if rest := g.opts.Pace - time.Since(began); rest > 0 {
			g.rest(ctx, rest, retired)
		}
	}
}

// next returns the next iteration with its row. It returns false when
// iterations or rows have run out.
func (g *generator) next(due time.Time) (arrival, bool) {
	n, ok := g.number()
	if !ok {
		return arrival{}, false
	}
	row, ok := g.rows.next()
	return arrival{number: n, row: row, due: due}, ok
}

// rest pauses a user between iterations.
func (g *generator) rest(ctx context.Context, d time.Duration, retired <-chan struct{}) {
	t := time.NewTimer(d)
	defer t.Stop()
	due := time.Now().Add(d)
	select {
	case <-t.C:
		g.figures.late(due)
	case <-retired:
	case <-g.stop:
	case <-ctx.Done():
	}
}

// open creates a user. When that fails, the load ends.
func (g *generator) open(number int) *user {
	u, err := newUser(g, number)
	if err != nil {
		g.fail(err)
		return nil
	}
	return u
}

// arrivals starts iterations at the times of the rate, however long responses
// take. Each iteration gets a free user, or a new one while there may be more;
// otherwise it is dropped. Iterations that were due before the generator began
// are not started.
func (g *generator) arrivals(ctx context.Context) {
	most := g.share.below(g.opts.Schedule.MaxUsers)
	free := make(chan chan arrival, most)
	since, made := time.Now(), 0
	for k := 0; ; k++ {
		at, ok := g.line.when(float64(g.share.nth(k) + 1))
		if !ok {
			g.pause(ctx, g.line.length()-time.Since(g.began))
			return
		}
		due := g.began.Add(at)
		if due.Before(since) {
			continue
		}
		if !g.pause(ctx, time.Until(due)) {
			return
		}
		a, ok := g.next(due)
		if !ok {
			return
		}
		lag := time.Since(due)
		var work chan arrival
		select {
		case work = <-free:
		default:
		}
		g.figures.arrival(work != nil || made < most, due, lag)
		switch {
		case work != nil:
			work <- a
		case made < most:
			number := g.share.nth(made)
			made++
			work = make(chan arrival, 1)
			work <- a
			g.users.Go(func() { g.serve(ctx, number, work, free) })
		}
	}
}

// An arrival is an iteration with the time when it is due.
type arrival struct {
	number int
	row    *vars.Scope // nil without data
	due    time.Time
}

// serve runs a user of an open model until no more iterations arrive.
func (g *generator) serve(ctx context.Context, number int, work chan arrival, free chan<- chan arrival) {
	u := g.open(number)
	if u == nil {
		return
	}
	defer u.session.Close()
	g.figures.user(1)
	defer g.figures.user(-1)
	for {
		select {
		case a := <-work:
			if !u.iterate(ctx, a) {
				return
			}
			free <- work
		case <-g.over:
			select { // an arrival that was passed before the end
			case a := <-work:
				u.iterate(ctx, a)
			default:
			}
			return
		}
	}
}

// pause waits. It returns false when the load must end before that.
func (g *generator) pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return !g.stopping() && ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-g.stop:
	case <-ctx.Done():
	}
	return false
}

// scrap is the shortest rest at the end of a load that is reported as a second
// of its own. A shorter one counts in the second before.
const scrap = 100 * time.Millisecond

// watch sends the figures of each second at its end. It ends the load when the
// caller interrupts it.
func (g *generator) watch(ctx context.Context, send func(*Part), done <-chan struct{}) {
	second := max(int(time.Since(g.began)/time.Second), 0)
	first, last, meter := second, latest(time.Now(), g.began), newMeter()
	part := func(now time.Time, end bool) {
		g.figures.take(func(p *Part) {
			p.Second, p.Since, p.Took, p.Last, p.RanOut = second, now.Sub(g.began), now.Sub(last), end, g.rows.ranOut()
			p.Given = int(g.iterations.Load())
			if err := g.err.Load(); end && err != nil {
				p.Fault = (*err).Error()
			}
			p.CPU = meter.share(p.Took)
			if end && second > first && p.Took < scrap { // too short for a rate, so it belongs to the second before
				p.Second, p.Took, p.Users, p.Peak, p.CPU = second-1, 0, 0, 0, 0
			}
			send(p)
		})
		second, last = max(second+1, int(now.Sub(g.began)/time.Second)), now
	}
	interrupt, cancelled := g.opts.Interrupt, ctx.Done()
	for {
		tick := time.NewTimer(time.Until(g.began.Add(time.Duration(second+1) * time.Second)))
		select {
		case now := <-tick.C:
			part(now, false)
		case <-interrupt:
			interrupt = nil // it is reported once
			g.figures.interrupted()
			g.end()
		case <-cancelled:
			cancelled = nil
			g.figures.interrupted()
		case <-done:
			tick.Stop()
			part(time.Now(), true)
			return
		}
		tick.Stop()
	}
}

func sleep(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
