package sandbox

import (
	"context"
	"encoding/json"

	"postie/runner/script"
)

// A sandbox is the scripts' side of one run. It owns at most one realm at a
// time, opened when a script needs it.
type sandbox struct {
	programs *cache
	host     script.Host
	options  script.Options
	realm    *realm
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
	if err := s.open(); err != nil {
		return nil, err
	}
	r := newExecution(s, sc, c)
	out := r.run(ctx)
	if s.realm.broken || s.options.Isolate || r.starved() { // the next script would find no memory
		s.close()
	}
	return out, nil
}

func (s *sandbox) open() error {
	if s.realm != nil {
		return nil
	}
	r, err := openRealm(s.programs, s.options)
	if err == nil {
		s.realm = r
	}
	return err
}

func (s *sandbox) close() {
	if s.realm != nil {
		s.realm.close()
		s.realm = nil
	}
}

// Close implements script.Sandbox.
func (s *sandbox) Close() error {
	s.close()
	s.closed = true
	return nil
}

// An account is what a script tells when it ends, in JavaScript's words.
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
