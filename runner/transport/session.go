package transport

import (
	"crypto/tls"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/net/http2"
)

// sessions are the HTTP/2 connections of each route. The library's own pool is
// not used: it sends a request again where the server says that it did not act
// on it, and a request is sent once.
type sessions struct {
	transport *http2.Transport
	habits    *habits

	mu     sync.Mutex
	open   map[string][]*session // the one that was used last is at the end
	closed bool
}

// A session is an HTTP/2 connection.
type session struct {
	conn   *http2.ClientConn
	remote string
	tls    *tls.ConnectionState
	used   atomic.Bool
	rested atomic.Int64 // when an answer was complete, in Unix nanoseconds
}

func newSessions(c *Client, h *habits) *sessions {
	return &sessions{habits: h, open: map[string][]*session{}, transport: &http2.Transport{
		DisableCompression: true, MaxHeaderListSize: uint32(min(c.headerLimit(), 1<<31))}}
}

// add starts a session on a connection, with a request to come reserved.
func (p *sessions) add(key string, conn net.Conn) (*session, error) {
	cc, err := p.transport.NewClientConn(conn)
	if err != nil {
		conn.Close()
		return nil, err
	}
	s := &session{conn: cc, remote: conn.RemoteAddr().String(), tls: tlsState(conn)}
	s.conn.ReserveNewRequest()
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.closed {
		p.open[key] = append(p.open[key], s)
	}
	return s, nil
}

// take reserves a request on the session of a route that was used last and can
// take one; nil for none.
func (p *sessions) take(key string) *session {
	for _, s := range slices.Backward(p.live(key)) {
		s.settle(p.habits.patience(key, s.restedAt()))
		if s.conn.ReserveNewRequest() {
			return s
		}
	}
	return nil
}

// live are a route's sessions, without those that have ended.
func (p *sessions) live(key string) []*session {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := slices.DeleteFunc(slices.Clone(p.open[key]), func(s *session) bool {
		state := s.conn.State()
		if state.Closed {
			p.habits.lost(key, s.idle())
		}
		return state.Closed || state.Closing && state.StreamsActive == 0
	})
	p.open[key] = list
	return list
}

// close ends the sessions.
func (p *sessions) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for _, list := range p.open {
		for _, s := range list {
			s.conn.Close()
		}
	}
	clear(p.open)
}

// rest takes note that an answer is complete.
func (s *session) rest() { s.rested.Store(time.Now().UnixNano()) }

func (s *session) restedAt() time.Time { return time.Unix(0, s.rested.Load()) }

// idle is the time since an answer was complete.
func (s *session) idle() time.Duration { return time.Since(s.restedAt()) }

// settle gives a server that ends a session right after an answer the time to
// do so.
func (s *session) settle(patience time.Duration) {
	if patience <= 0 {
		return
	}
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	for end := time.Now().Add(patience); time.Now().Before(end) && s.conn.CanTakeNewRequest(); {
		<-look.C
	}
}
