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

// A pool has realms that sandboxes share, one script after the other. A
// thousand virtual users then need only as many realms as scripts run at once,
// and these realms stay in the processor's cache. When a script changes a
// realm, for example by a global, the realm stays with the sandbox of that
// script, so that its next script finds the change.
type pool struct {
	mu     sync.Mutex
	free   stack
	users  int      // sandboxes that use the pool
	loaded []string // parts of the API and libraries that scripts have loaded
	turns  chan struct{}
}

// newPool allows a few running scripts for each processor. Scripts that wait
// for something do not count.
func newPool() *pool { return &pool{turns: make(chan struct{}, max(4, 2*runtime.GOMAXPROCS(0)))} }

// enter waits until the script may run.
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

// leave removes a sandbox. The last sandbox ends the realms.
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

// take returns the free realm that was used last, or a new one.
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

// wants reports whether other sandboxes, if there are any, can use the realm of
// this sandbox.
func (p *pool) wants(s *sandbox) bool {
	p.mu.Lock()
	alone := p.users == 1
	p.mu.Unlock()
	return !alone && !s.realm.shared.changed && s.untouched()
}

// put returns a realm to the pool. It also ends a realm that has been free for
// long: fewer scripts run at once now.
func (p *pool) put(r *realm) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r.shared.since = time.Now()
	if p.free = append(p.free, r); r.shared.since.Sub(p.free[0].shared.since) > longestRest {
		p.free[0].end()
		p.free = slices.Delete(p.free, 0, 1)
	}
}

// longestRest is how long a realm may stay free.
const longestRest = time.Minute

// learn records what a script has loaded. Loading something changes a realm for
// good, so the pool's later realms load it before scripts run in them.
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
	based   bool      // a baseline was taken
	ready   int       // how many of the pool's loaded names are loaded in this realm
	loading bool      // the realm itself loads something, and not a script
	changed bool      // by a script: from then on the realm belongs to one sandbox
	since   time.Time // the realm is free since then
}

// leftNothing reports whether a script of the given kind has left the realm
// unchanged.
func (r *realm) leftNothing(kind script.Listen) bool {
	s := r.shared
	if s.changed {
		return false
	}
	s.changed = r.vm.JobsPending() || !r.vm.Unchanged(string(kind))
	return !s.changed
}

// libraryMark is the prefix of libraries among the names that a pool has
// learned.
const libraryMark = "library "

// loads records that a part of the API, or a library, was loaded.
func (s *shared) loads(name string) {
	if s == nil || s.loading {
		return
	}
	s.changed = true
	if name != libraryMark+"sugar" { // it is loaded for scripts that use it only, because it changes JavaScript's own objects
		s.pool.learn(name)
	}
}

// keep keeps the realm for one sandbox: a user's own package was loaded, and
// may have changed anything.
func (s *shared) keep() {
	if s != nil {
		s.changed = true
	}
}

// settle prepares a realm of a pool for a script that may use the given places
// of SugarJS. What settle loads is part of the baseline, so it does not count
// as a change by the script. It returns the places that are still to be
// installed.
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
	if !r.x.untouched() || based { // a baseline must not contain changes that scripts have made
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

// base loads what scripts in other realms have loaded, and takes the baseline.
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
	r.vm.HideVariables() // variables of the API, which scripts cannot reach
	nothing, err := r.call(&r.driver.require, strings.Join(libraries, " "))
	if err != nil {
		return err
	}
	r.vm.Free(nothing)
	r.shared.changed = !r.vm.TakeBaseline(r.vm.Elements(apart)...)
	return nil
}

// call calls a function with strings. The caller owns the result.
func (r *realm) call(fn *quickjs.Value, texts ...string) (engine.Value, error) {
	var arguments []engine.Value
	for _, text := range texts {
		v := r.vm.String(text)
		defer r.vm.Free(v)
		arguments = append(arguments, v)
	}
	return r.vm.Invoke(fn, arguments...)
}
