package load

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"postie/runner"
)

// A generator puts the load on: it starts and stops virtual users as the
// schedule has it. Its goroutines end before run returns.
type generator struct {
	opts    *Options
	plan    *runner.Plan
	figures *figures
	rows    *rows
	seed    uint64
	line    line
	began   time.Time

	iterations atomic.Int64 // numbers given out
	stop       chan struct{}
	stopOnce   sync.Once
	users      sync.WaitGroup
	err        atomic.Pointer[error] // why no user could be made
}

func newGenerator(o *Options, p *runner.Plan) *generator {
	now := time.Now()
	g := &generator{opts: o, plan: p, figures: newFigures(now, o), rows: newRows(o), line: o.Schedule.line(),
		began: now, stop: make(chan struct{}), seed: rand.Uint64()}
	if o.Run.Rand != nil {
		g.seed = o.Run.Rand.Uint64()
	}
	return g
}

// end tells users to start no more iterations.
func (g *generator) end() { g.stopOnce.Do(func() { close(g.stop) }) }

// run puts the load on, and returns when all of it is over.
func (g *generator) run(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan struct{})
	var watch sync.WaitGroup
	watch.Go(func() { g.watch(ctx, done) })
	if g.opts.Schedule.Open() {
		g.arrivals(ctx)
	} else {
		g.population(ctx)
	}
	g.finish(ctx, cancel)
	close(done)
	watch.Wait()
	g.figures.ended = time.Now()
	g.figures.ranOut = g.rows.ranOut()
	g.rows.close()
}

// finish lets iterations under way end, for as long as the grace is.
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

// number hands out an iteration; false when there are no more.
func (g *generator) number() (int, bool) {
	n := g.iterations.Add(1)
	if most := g.opts.Schedule.Iterations; most > 0 && n > int64(most) {
		return 0, false
	}
	return int(n - 1), true
}

func (g *generator) stopping() bool {
	select {
	case <-g.stop:
		return true
	default:
		return false
	}
}

// population keeps as many users at work as the schedule has at each moment.
func (g *generator) population(ctx context.Context) {
	const step = 50 * time.Millisecond
	var retire []chan struct{} // of the users at work, the newest last
	var out atomic.Int64       // users that ended by themselves: nothing is left to do
	length := g.line.length()
	for number := 0; ; {
		t := time.Since(g.began)
		if length > 0 && t >= length || g.stopping() || ctx.Err() != nil || out.Load() > 0 && g.exhausted() {
			break
		}
		for want := int(g.line.at(t) + 0.5); len(retire) != want; {
			if len(retire) > want {
				close(retire[len(retire)-1])
				retire = retire[:len(retire)-1]
				continue
			}
			leave := make(chan struct{})
			n := number
			number++
			retire = append(retire, leave)
			g.users.Go(func() {
				g.loop(ctx, n, leave)
				out.Add(1)
			})
		}
		g.pause(ctx, step)
	}
	if length == 0 { // the iterations say when it is over
		g.users.Wait()
	}
}

// exhausted reports whether all iterations, or all rows, were handed out.
func (g *generator) exhausted() bool {
	most := g.opts.Schedule.Iterations
	return most > 0 && g.iterations.Load() >= int64(most) || g.rows.ranOut()
}

// loop is the life of a user of a closed model.
func (g *generator) loop(ctx context.Context, number int, leave <-chan struct{}) {
	u := g.open(number)
	if u == nil {
		return
	}
	defer u.session.Close()
	g.figures.user(1)
	defer g.figures.user(-1)
	for ctx.Err() == nil && !g.stopping() {
		select {
		case <-leave:
			return
		default:
		}
		n, ok := g.number()
		if !ok {
			return
		}
		began := time.Now()
		if !u.iterate(ctx, n, began) {
			return
		}
		if rest := g.opts.Pace - time.Since(began); rest > 0 {
			g.rest(ctx, rest, leave)
		}
	}
}

// rest is a user's pause between iterations.
func (g *generator) rest(ctx context.Context, d time.Duration, leave <-chan struct{}) {
	t := time.NewTimer(d)
	defer t.Stop()
	due := time.Now().Add(d)
	select {
	case <-t.C:
		g.figures.late(time.Since(due))
	case <-leave:
	case <-g.stop:
	case <-ctx.Done():
	}
}

// open makes a user. When none can be made the load ends.
func (g *generator) open(number int) *user {
	u, err := newUser(g, number)
	if err != nil {
		g.err.CompareAndSwap(nil, &err)
		g.end()
		return nil
	}
	return u
}

// arrivals starts iterations at the times that the rate says, whatever the
// answers take: each finds a free user, or a new one while there may be more, or
// is dropped.
func (g *generator) arrivals(ctx context.Context) {
	free := make(chan chan arrival, g.opts.Schedule.MaxUsers)
	made := 0
	for k := 1; ; k++ {
		at, ok := g.line.when(float64(k))
		if !ok && g.line.length() > 0 {
			g.pause(ctx, g.line.length()-time.Since(g.began))
			return
		}
		due := g.began.Add(at)
		if !g.pause(ctx, time.Until(due)) {
			return
		}
		n, ok := g.number()
		if !ok || g.rows.ranOut() {
			return
		}
		lag := time.Since(due)
		select {
		case u := <-free:
			u <- arrival{n, due}
			g.figures.arrival(true, lag)
			continue
		default:
		}
		if made == g.opts.Schedule.MaxUsers {
			g.figures.arrival(false, lag)
			continue
		}
		number := made
		made++
		work := make(chan arrival, 1)
		work <- arrival{n, due}
		g.users.Go(func() { g.serve(ctx, number, work, free) })
		g.figures.arrival(true, lag)
	}
}

// An arrival is an iteration that was due at a time.
type arrival struct {
	number int
	due    time.Time
}

// serve is the life of a user of an open model: it takes what arrives.
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
			if !u.iterate(ctx, a.number, a.due) {
				return
			}
			free <- work
			continue
		default:
		}
		select {
		case a := <-work:
			if !u.iterate(ctx, a.number, a.due) {
				return
			}
			free <- work
		case <-g.stop:
			u.last(ctx, work)
			return
		case <-ctx.Done():
			u.last(ctx, work)
			return
		}
	}
}

// last runs what was handed over before the end.
func (u *user) last(ctx context.Context, work <-chan arrival) {
	select {
	case a := <-work:
		u.iterate(ctx, a.number, a.due)
	default:
	}
}

// pause waits, and reports false when the load is to end first.
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

// watch closes a second of the figures after the other, and ends the load when
// the caller or a threshold says so.
func (g *generator) watch(ctx context.Context, done <-chan struct{}) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	last, meter := time.Now(), newMeter()
	for {
		select {
		case now := <-tick.C:
			took := now.Sub(last)
			last = now
			s := g.figures.tick(now, took, meter.share(took))
			if g.opts.Observe != nil {
				g.opts.Observe(s)
			}
			if g.opts.Abort && now.Sub(g.figures.counted) >= g.opts.AbortAfter {
				g.abort()
			}
		case <-g.opts.Interrupt:
			g.figures.mu.Lock()
			g.figures.interrupted = true
			g.figures.mu.Unlock()
			g.end()
			<-done
			return
		case <-done:
			g.figures.tick(time.Now(), time.Since(last), meter.share(time.Since(last)))
			return
		}
	}
}

// abort ends the load when a threshold is missed.
func (g *generator) abort() {
	g.figures.mu.Lock()
	defer g.figures.mu.Unlock()
	for _, v := range g.figures.judge(g.opts, time.Now()) {
		if !v.Met && v.early {
			g.figures.aborted = v.Threshold
			g.end()
			return
		}
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
