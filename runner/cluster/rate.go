package cluster

import (
	"context"
	"sync"
	"time"

	"postie/runner/transport"
)

// lease is how long a worker's share of the rate is valid. The valid shares
// together never exceed the whole rate: a new worker first gets what is free,
// and more when the others have renewed their shares, which are then smaller.
const (
	lease = 3 * time.Second
	renew = 400 * time.Millisecond
)

// Limits are limits of a run over all workers, for each host.
type Limits struct {
	Rate   float64 // requests per second; 0: unlimited
	AtOnce int     // concurrent requests; 0: unlimited
}

// shares are the workers' shares of a run's limits.
type shares struct {
	whole Limits
	mu    sync.Mutex
	held  map[string]*share
}

type share struct {
	rate   float64
	atOnce int
	until  time.Time
}

// grant gives a worker a share or renews it. inUse is the worker's number of
// concurrent requests: they count until they end.
func (s *shares) grant(worker string, inUse int, now time.Time) share {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held == nil {
		s.held = map[string]*share{}
	}
	freeRate, free, active := s.whole.Rate, s.whole.AtOnce, 1
	for name, h := range s.held {
		switch {
		case now.After(h.until):
			delete(s.held, name)
		case name != worker:
			active++
			freeRate -= h.rate
			free -= h.atOnce
		}
	}
	out := share{rate: -1, atOnce: -1, until: now.Add(lease)}
	if s.whole.Rate > 0 {
		if out.rate = min(s.whole.Rate/float64(active), freeRate); out.rate < s.whole.Rate/float64(active)/20 {
			out.rate = 0
		}
	}
	if s.whole.AtOnce > 0 {
		out.atOnce = max(min(max(s.whole.AtOnce/active, 1), free), 0)
	}
	held := out
	held.rate, held.atOnce = max(out.rate, 0), max(out.atOnce, inUse, 0)
	s.held[worker] = &held
	return out
}

// A leasedLimiter renews a worker's share of a run's limits while jobs of the
// run are running.
type leasedLimiter struct {
	limiter *transport.Limiter
	jobs    int
	stop    context.CancelFunc
}

// limit returns the limiter of a run on this worker. ctx is the context of a
// job; after the last job the share is returned.
func (r *workerRun) limit(ctx context.Context, w *Worker, run string) *transport.Limiter {
	r.mu.Lock()
	defer r.mu.Unlock()
	l := r.limiter
	if l == nil || l.jobs == 0 {
		if l == nil {
			l = &leasedLimiter{limiter: transport.NewLeased()}
			r.limiter = l
		}
		renewing, stop := context.WithCancel(r.ctx)
		l.stop = stop
		w.renewals.Go(func() { w.renew(renewing, run, l.limiter) }) // ends with the last job, or with the run
	}
	l.jobs++
	context.AfterFunc(ctx, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		if l.jobs--; l.jobs == 0 {
			l.stop()
		}
	})
	return l.limiter
}

// renew asks for the share repeatedly. Without an answer the share ends.
func (w *Worker) renew(ctx context.Context, run string, l *transport.Limiter) {
	defer l.Grant(0, 0)
	until := time.Now()
	for {
		sentAt := time.Now()
		wait, cancel := context.WithTimeout(ctx, time.Second)
		a, err := w.ask(wait, run, question{Kind: "rate", InUse: l.Used()})
		cancel()
		switch {
		case err == nil:
			l.Grant(a.Rate, a.AtOnce)
			until = sentAt.Add(time.Duration(a.Lease))
		case time.Now().After(until):
			l.Grant(0, 0)
		}
		if !pause(ctx, renew) {
			return
		}
	}
}
