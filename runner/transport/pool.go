package transport

import (
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A pool keeps the idle HTTP/1.1 connections of each route.
type pool struct {
	habits *habits

	mu       sync.Mutex
	idle     map[string][]*stream     // the freshest last
	watching map[string]chan struct{} // closed when a route's first one has been watched
	closed   bool
}

func newPool(h *habits) *pool {
	return &pool{habits: h, idle: map[string][]*stream{}, watching: map[string]chan struct{}{}}
}

// maxIdle bounds the connections kept for a route.
const maxIdle = 64

// take returns an idle connection of a route that is still open, the one that was
// used last; nil for none.
func (p *pool) take(key string) *stream {
	for {
		s, patience, watched := p.pop(key)
		if s == nil {
			return nil
		}
		open := s.open(patience)
		watched()
		if open {
			return s
		}
		s.close()
		p.habits.lost(key, time.Since(s.idleSince))
	}
}

// pop removes the connection of a route that was used last. The caller watches it
// for as long as patience says, and then calls watched. The first time that a
// route's connection is watched, other requests to the route wait as well: those
// made later would overtake it over new connections.
func (p *pool) pop(key string) (s *stream, patience time.Duration, watched func()) {
	p.mu.Lock()
	for p.watching[key] != nil {
		wait := p.watching[key]
		p.mu.Unlock()
		<-wait
		p.mu.Lock()
	}
	defer p.mu.Unlock()
	list := p.idle[key]
	if len(list) == 0 {
		return nil, 0, nil
	}
	s = list[len(list)-1]
	p.idle[key] = list[:len(list)-1]
	patience = p.habits.patience(key, s.idleSince)
	if patience <= 0 || !p.habits.is(key, unknown) {
		return s, patience, func() {}
	}
	done := make(chan struct{})
	p.watching[key] = done
	return s, patience, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.watching, key)
		close(done)
	}
}

// cheap divides a wait: a new connection is made instead when that takes less than
// this part of it.
const cheap = 8

// unsettled is the connection of a route that was used last, if it would have to
// be watched for longer than it takes to make another; else nil.
func (p *pool) unsettled(key string) *stream {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := p.idle[key]
	if len(list) == 0 {
		return nil
	}
	s := list[len(list)-1]
	patience := p.habits.patience(key, s.idleSince)
	if s.bound || patience <= 0 || s.cost*cheap > patience {
		return nil
	}
	return s
}

// putUnsettled lets an unsettled connection show what the server does with it, for as
// long as it would have been watched, and then closes it: a server that takes
// one connection at a time waits for that.
func (p *pool) putUnsettled(key string, s *stream) {
	time.AfterFunc(p.habits.patience(key, s.idleSince), func() { p.retire(key, s) })
}

// retire closes a connection that was idle long enough to be kept, if nobody
// took it, and takes note of whether the server had closed it.
func (p *pool) retire(key string, s *stream) {
	p.mu.Lock()
	at := slices.Index(p.idle[key], s)
	if at >= 0 && p.habits.patience(key, s.idleSince) > 0 {
		at = -1 // it was taken since, and given back
	}
	if at >= 0 {
		p.idle[key] = slices.Delete(p.idle[key], at, at+1)
	}
	p.mu.Unlock()
	if at < 0 {
		return
	}
	if s.open(0) {
		p.habits.kept(key)
	} else {
		p.habits.lost(key, time.Since(s.idleSince))
	}
	s.close()
}

// put keeps a connection whose answer is complete.
func (p *pool) put(key string, s *stream) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || len(p.idle[key]) >= maxIdle {
		s.close()
		return
	}
	if s.used {
		p.habits.kept(key)
	}
	s.used, s.idleSince = true, time.Now()
	p.idle[key] = append(p.idle[key], s)
}

func (p *pool) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for _, list := range p.idle {
		for _, s := range list {
			s.close()
		}
	}
	clear(p.idle)
}

// open reports whether an idle connection can carry a request. It watches it
// for as long as patience says: the other side may close it, or may have sent
// something that is no answer.
func (s *stream) open(patience time.Duration) bool {
	if !s.expires.IsZero() && time.Now().After(s.expires) {
		return false
	}
	state := peek(s.conn)
	if state == closed || state == quiet && patience <= 0 {
		return state == quiet
	}
	// What is there to read may be TLS's own: a new session ticket, or the
	// note that the connection ends.
	_ = s.conn.SetReadDeadline(time.Now().Add(max(patience, time.Millisecond))) // a connection that is closed fails below
	_, err := s.r.Peek(1)
	_ = s.conn.SetReadDeadline(time.Time{})
	return isTimeout(err)
}

// keepAlive is how long a server says that it keeps an idle connection; 0 when
// it does not say. A request that would come close to that is not risked.
func keepAlive(h Header) time.Duration {
	for part := range strings.SplitSeq(h.Get("Keep-Alive"), ",") {
		name, value, _ := strings.Cut(part, "=")
		if !strings.EqualFold(strings.TrimSpace(name), "timeout") {
			continue
		}
		n, err := strconv.Atoi(strings.Trim(value, " \t\""))
		if err != nil || n <= 0 || n > 1<<20 {
			return 0
		}
		said := time.Duration(n) * time.Second
		return said - min(said/2, time.Second)
	}
	return 0
}
