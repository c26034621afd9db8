package sandbox

import (
	"context"
	"encoding/json"

	"postie/runner/script"
)

// A sandbox runs the scripts of one run. It has at most one realm at a time,
// which is opened when a script needs it.
type sandbox struct {
	programs *cache
	host     script.Host
	options  script.Options
	pool     *pool // nil: the sandbox shares no realm
	realm    *realm
	last     script.Listen // what kind of script ran in the realm last
	touched  bool          // scripts of the sandbox may have changed the realm
	closed   bool
}

var _ script.Sandbox = (*sandbox)(nil)

// Run implements script.Sandbox.
func (s *sandbox) Run(ctx context.Context, sc *script.Script, c *script.Context) (*script.Outcome, error) {
	if s.closed {
		return nil, errClosed
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if out, ok := s.runPlain(sc, c); ok {
		return out, nil
	}
	if s.pool != nil {
		if err := s.pool.enter(ctx); err != nil {
			return nil, err
		}
		defer s.pool.exit()
	}
	if err := s.open(); err != nil {
		return nil, err
	}
	r := newExecution(s, sc, c)
	out := r.run(ctx)
	s.last = sc.Listen
	s.touched = s.touched || s.programs.plain(sc.Source) == nil || r.stopped(ctx)
	switch {
	case s.realm.broken || s.options.Isolate || r.starved(): // the next script would find no memory
		s.close()
	case s.pool != nil && s.pool.wants(s):
		s.pool.put(s.realm)
		s.realm, s.touched = nil, false
	}
	return out, nil
}

// untouched reports whether earlier scripts have changed nothing that the next
// script can see: there is no machine, or only plain scripts ran (these change
// nothing in it), or the machine was compared with its baseline.
func (s *sandbox) untouched() bool {
	if s.realm != nil && s.touched {
		s.touched = s.realm.shared == nil || !s.realm.leftNothing(s.last)
	}
	return s.realm == nil || !s.touched
}

func (s *sandbox) open() error {
	if s.realm != nil {
		return nil
	}
	r, err := s.take()
	if err == nil {
		r.vm.SetMemoryLimit(uintptr(s.options.Memory))
		s.realm = r
	}
	return err
}

func (s *sandbox) take() (*realm, error) {
	if s.pool != nil {
		return s.pool.take(s.programs)
	}
	return openRealm(s.programs)
}

func (s *sandbox) close() {
	if s.realm != nil {
		s.realm.close()
		s.realm, s.touched = nil, false
	}
}

// Close implements script.Sandbox.
func (s *sandbox) Close() error {
	s.close()
	if s.pool != nil && !s.closed {
		s.pool.leave()
	}
	s.closed = true
	return nil
}

// An account is the report of JavaScript on a script that has ended.
type account struct {
	Err  *fault `json:"err"`
	Next *struct {
		Name *string `json:"name"`
	} `json:"next"`
	Skip       bool               `json:"skip"`
	Visualizer *script.Visualizer `json:"visualizer"`
	Request    json.RawMessage    `json:"request"`
	Legacy     []string           `json:"legacy"`
}
