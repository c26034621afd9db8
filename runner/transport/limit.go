package transport

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// A Limiter keeps clients from flooding a host: so many requests a second,
// and so many at once, each host by itself. Clients may share it.
type Limiter struct {
	rate  rate.Limit // 0: any
	burst int
	slots int // 0: any number at once

	mu    sync.Mutex
	hosts map[string]*hostLimiter
}

// A hostLimiter is the traffic to one host.
type hostLimiter struct {
	pace  *rate.Limiter
	slots chan struct{}
}

// NewLimiter returns a limiter of perSecond requests a second (0 for any
// number), and atOnce at the same time (0 for any number).
func NewLimiter(perSecond float64, atOnce int) *Limiter {
	return &Limiter{rate: rate.Limit(perSecond), burst: max(1, int(perSecond)/10), slots: atOnce, hosts: map[string]*hostLimiter{}}
}

func (l *Limiter) of(host string) *hostLimiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	h := l.hosts[host]
	if h == nil {
		h = &hostLimiter{}
		if l.rate > 0 {
			h.pace = rate.NewLimiter(l.rate, l.burst)
		}
		if l.slots > 0 {
			h.slots = make(chan struct{}, l.slots)
		}
		l.hosts[host] = h
	}
	return h
}

// Acquire waits until a request to host may go out; release lets the next one.
// A nil limiter never waits. The error is ctx's.
func (l *Limiter) Acquire(ctx context.Context, host string) (release func(), err error) {
	if l == nil {
		return func() {}, nil
	}
	h := l.of(host)
	release = func() {}
	if h.slots != nil {
		select {
		case h.slots <- struct{}{}:
			release = func() { <-h.slots }
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	if err := h.await(ctx); err != nil {
		release()
		return nil, err
	}
	return release, nil
}

// await waits for the time of the next request. A deadline of ctx that comes
// before it is waited for too: it is the caller's to say that time is up.
func (h *hostLimiter) await(ctx context.Context) error {
	if h.pace == nil {
		return nil
	}
	next := h.pace.Reserve()
	t := time.NewTimer(next.Delay())
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		next.Cancel()
		return context.Cause(ctx)
	}
}
