package packages

import (
	"context"
	"sync"

	"postie/runner/script"
)

// flights make each library once, for all callers. Different libraries do not
// wait for each other. The zero value is ready to use.
type flights struct {
	mu   sync.Mutex
	made map[string]*flight
}

type flight struct {
	done chan struct{} // closed when lib and err are set
	lib  *script.Library
	err  error
}

// do returns the library with a name: it makes the library, or waits for the
// caller that is making it. An error is not kept: the next caller tries again.
// ctx ends only the wait of its own caller. When the caller that makes the
// library is canceled, a waiting caller takes over.
func (f *flights) do(ctx context.Context, name string, make func() (*script.Library, error)) (*script.Library, error) {
	for {
		one, mine := f.join(name)
		if mine {
			one.lib, one.err = make()
			f.land(name, one)
			return one.lib, one.err
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-one.done:
		}
		if one.err == nil || !isCanceled(one.err) {
			return one.lib, one.err
		}
	}
}

// join returns the flight of a name. mine is true for the caller that must make
// the library.
func (f *flights) join(name string) (one *flight, mine bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if one := f.made[name]; one != nil {
		return one, false
	}
	if f.made == nil {
		f.made = map[string]*flight{}
	}
	one = &flight{done: make(chan struct{})}
	f.made[name] = one
	return one, true
}

func (f *flights) land(name string, one *flight) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if one.err != nil {
		delete(f.made, name)
	}
	close(one.done)
}
