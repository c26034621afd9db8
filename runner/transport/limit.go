package transport

import (
	"context"
	"sync"

	"golang.org/x/time/rate"
)

// A Limiter keeps clients from flooding a host: so many requests a second,
// and so many at once, each host by itself. Clients may share it.
type Limiter struct {
	rate  rate.Limit // 0: any
	burst int
	slots int // 0: any number at once

	mu    sync.Mutex
	hosts map[string]*lane
}

// A lane is the traffic to one host.
type lane struct {
	pace  *rate.Limiter
	slots chan struct{}
}

// NewLimiter returns a limiter of perSecond requests a second (0 for any
// number), and atOnce at the same time (0 for any number).
func NewLimiter(perSecond float64, atOnce int) *Limiter {
	return &Limiter{rate: rate.Limit(perSecond), burst: max(1, int(perSecond)/10), slots: atOnce, hosts: map[string]*lane{}}
}

func (l *Limiter) lane(host string) *lane {
	l.mu.Lock()
	defer l.mu.Unlock()
	ln := l.hosts[host]
	if ln == nil {
		ln = &lane{}
		if l.rate > 0 {
			ln.pace = rate.NewLimiter(l.rate, l.burst)
		}
		if l.slots > 0 {
			ln.slots = make(chan struct{}, l.slots)
		}
		l.hosts[host] = ln
	}
	return ln
}

// enter waits for host's turn; leave gives it back. A nil limiter never waits.
func (l *Limiter) enter(ctx context.Context, host string) (leave func(), err error) {
	if l == nil {
		return func() {}, nil
	}
	ln := l.lane(host)
	leave = func() {}
	if ln.slots != nil {
		select {
		case ln.slots <- struct{}{}:
			leave = func() { <-ln.slots }
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	if ln.pace != nil {
		if err := ln.pace.Wait(ctx); err != nil {
			leave()
			return nil, err
		}
	}
	return leave, nil
}
