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

	leased bool // Grant says how much, which may be nothing

	mu      sync.Mutex
	hosts   map[string]*hostLimiter
	changed chan struct{} // closed when a request of a leased limiter may look again
}

// A hostLimiter is the traffic to one host.
type hostLimiter struct {
	pace  *rate.Limiter
	slots chan struct{}
	used  int // of a leased limiter, at once
}

// NewLimiter returns a limiter of perSecond requests a second (0 for any
// number), and atOnce at the same time (0 for any number).
func NewLimiter(perSecond float64, atOnce int) *Limiter {
	return &Limiter{rate: rate.Limit(perSecond), burst: max(1, int(perSecond)/10), slots: atOnce, hosts: map[string]*hostLimiter{}}
}

// NewLeased returns a limiter that lets nothing pass until Grant says how much.
func NewLeased() *Limiter {
	return &Limiter{leased: true, hosts: map[string]*hostLimiter{}, changed: make(chan struct{})}
}

// Grant changes what a leased limiter lets pass: so many requests a second to a
// host, and so many at once; less than 0 is any number, and 0 is nothing.
func (l *Limiter) Grant(perSecond float64, atOnce int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if perSecond == 0 || atOnce == 0 {
		atOnce = 0
	} else {
		l.rate, l.burst = rate.Limit(perSecond), max(1, int(perSecond)/10)
		for _, h := range l.hosts {
			h.setPace(l)
		}
	}
	if l.slots != atOnce {
		l.slots = atOnce
		l.wake()
	}
}

func (h *hostLimiter) setPace(l *Limiter) {
	switch {
	case l.rate <= 0:
		h.pace = nil
	case h.pace == nil:
		h.pace = rate.NewLimiter(l.rate, l.burst)
	case h.pace.Limit() != l.rate:
		h.pace.SetLimit(l.rate)
		h.pace.SetBurst(l.burst)
	}
}

// Used is the most that one host has at once now.
func (l *Limiter) Used() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	most := 0
	for _, h := range l.hosts {
		most = max(most, h.used)
	}
	return most
}

// wake has those who wait look again. The caller holds the lock.
func (l *Limiter) wake() {
	close(l.changed)
	l.changed = make(chan struct{})
}

// enter waits until a leased limiter lets one more request to a host pass.
func (l *Limiter) enter(ctx context.Context, h *hostLimiter) error {
	for {
		l.mu.Lock()
		if l.slots < 0 || h.used < l.slots {
			h.used++
			h.setPace(l)
			l.mu.Unlock()
			return nil
		}
		changed := l.changed
		l.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func (l *Limiter) exit(h *hostLimiter) {
	l.mu.Lock()
	defer l.mu.Unlock()
	h.used--
	l.wake()
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
		if l.slots > 0 && !l.leased { // else enter counts
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
	if l.leased {
		if err := l.enter(ctx, h); err != nil {
			return nil, err
		}
		release = func() { l.exit(h) }
	}
	if h.slots != nil {
		select {
		case h.slots <- struct{}{}:
			release = func() { <-h.slots }
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	if err := await(ctx, l.paceOf(h)); err != nil {
		release()
		return nil, err
	}
	return release, nil
}

// paceOf is a host's pace, which Grant may change at any time.
func (l *Limiter) paceOf(h *hostLimiter) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	return h.pace
}

// await waits for the time of the next request. When ctx has a deadline before
// that, it waits for the deadline: the caller then reports a timeout.
func await(ctx context.Context, pace *rate.Limiter) error {
	if pace == nil {
		return nil
	}
	next := pace.Reserve()
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
