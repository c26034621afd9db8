package sandbox

import (
	"context"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"modernc.org/quickjs"

	"postie/runner/script"
	"postie/runner/script/sandbox/engine"
)

// A pool has realms that sandboxes share, one script after the other: a thousand
// virtual users then need as many realms as scripts run at once, and those stay in
// the processor's cache. A realm in which a script leaves something, such as a
// global, stays with the sandbox of that script, whose next script finds it.
type pool struct {
	mu     sync.Mutex
	free   stack
	users  int      // sandboxes that share
	loaded []string // parts of the API and libraries that scripts have loaded
	turns  chan struct{}
}

// newPool has a few realms for each processor: more scripts than that do not run
// at once, and those that wait for something take no turn.
func newPool() *pool { return &pool{turns: make(chan struct{}, max(4, 2*runtime.GOMAXPROCS(0)))} }

// enter waits for a turn.
func (p *pool) enter(ctx context.Context) error {
	select {
	case p.turns <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *pool) exit() { <-p.turns }

func (p *pool) join() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.users++
}

// leave ends the realms with the last of the sandboxes.
func (p *pool) leave() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.users--; p.users > 0 {
		return
	}
	for _, r := range p.free {
		r.end()
	}
	p.free = nil
}

// take is the realm that was used last, or a new one.
func (p *pool) take(c *cache) (*realm, error) {
	if r := p.last(); r != nil {
		return r, nil
	}
	r, err := loadRealm(c, true)
	if err == nil {
		r.shared = &shared{pool: p}
	}
	return r, err
}

func (p *pool) last() *realm {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.free.take()
}

// wants reports whether a sandbox's realm is one for other sandboxes, if there are
// any.
func (p *pool) wants(s *sandbox) bool {
	p.mu.Lock()
	alone := p.users == 1
	p.mu.Unlock()
	return !alone && !s.realm.shared.changed && s.untouched()
}

// put frees a realm. One that has been free for long is ended: there was a time
// when more scripts ran at once.
func (p *pool) put(r *realm) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r.shared.since = time.Now()
	if p.free = append(p.free, r); r.shared.since.Sub(p.free[0].shared.since) > longestRest {
		p.free[0].end()
		p.free = slices.Delete(p.free, 0, 1)
	}
}

// longestRest is how long a realm may be free.
const longestRest = time.Minute

// learn keeps what a script has loaded. A realm that scripts load something into
// has changed, so the next ones have it before their scripts begin.
func (p *pool) learn(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !slices.Contains(p.loaded, name) {
		p.loaded = append(p.loaded, name)
	}
}

func (p *pool) lessons() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clip(p.loaded)
}

// shared is the state of a realm that belongs to a pool.
type shared struct {
	pool    *pool
	based   bool      // it has a baseline
	ready   int       // how much of what the pool has learned is in it
	loading bool      // it loads of its own accord, and for no script
	changed bool      // by a script: it serves one sandbox from then on
	since   time.Time // it is free
}

// leftNothing reports whether a script of a kind has left the realm as it was.
func (r *realm) leftNothing(kind script.Listen) bool {
	s := r.shared
	if s.changed {
		return false
	}
	s.changed = r.vm.JobsPending() || !r.vm.Unchanged(string(kind))
	return !s.changed
}

// libraryMark starts the names of libraries among what a pool has learned.
const libraryMark = "library "

// loads notes that a part of the API, or a library, is loaded.
func (s *shared) loads(name string) {
	if s == nil || s.loading {
		return
	}
	s.changed = true
	if name != libraryMark+"sugar" { // a script that asks for it changes JavaScript's own objects
		s.pool.learn(name)
	}
}

// keep keeps the realm for this sandbox alone: a package of somebody's own was
// loaded, which may have changed anything.
func (s *shared) keep() {
	if s != nil {
		s.changed = true
	}
}

// settle readies a realm of a pool for a script that may use those places of
// SugarJS. What the realm puts up itself, and no script leaves behind, is there
// when the baseline is taken. It returns the places that are still to be put up.
func (r *realm) settle(places string) (left string, err error) {
	s := r.shared
	if s == nil || s.changed {
		return places, nil
	}
	lessons := s.pool.lessons()
	based := s.based && places == "" && len(lessons) == s.ready
	if based && r.vm.Watches(string(r.x.script.Listen)) {
		return "", nil
	}
	if !r.x.untouched() || based { // others must not find what scripts have left: it is no part of a baseline
		return places, nil
	}
	s.loading = true
	defer func() { s.loading = false }()
	if err := r.base(lessons[s.ready:], places); err != nil {
		return "", err
	}
	s.based, s.ready = true, len(lessons)
	return "", nil
}

// base loads what others have loaded, and takes the baseline.
func (r *realm) base(lessons []string, places string) error {
	var parts, libraries []string
	for _, name := range lessons {
		if name, ok := strings.CutPrefix(name, libraryMark); ok {
			libraries = append(libraries, name)
		} else {
			parts = append(parts, name)
		}
	}
	apart, err := r.call(&r.driver.ready, strings.Join(parts, " "), places)
	if err != nil {
		return err
	}
	defer r.vm.Free(apart)
	r.vm.HideVariables() // of the API, which scripts do not reach
	nothing, err := r.call(&r.driver.require, strings.Join(libraries, " "))
	if err != nil {
		return err
	}
	r.vm.Free(nothing)
	r.shared.changed = !r.vm.TakeBaseline(r.vm.Elements(apart)...)
	return nil
}

// call calls a function with texts. The caller owns the result.
func (r *realm) call(fn *quickjs.Value, texts ...string) (engine.Value, error) {
	var arguments []engine.Value
	for _, text := range texts {
		v := r.vm.String(text)
		defer r.vm.Free(v)
		arguments = append(arguments, v)
	}
	return r.vm.Invoke(fn, arguments...)
}
