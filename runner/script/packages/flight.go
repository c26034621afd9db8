package packages

import (
	"context"
	"sync"

	"postie/runner/script"
)

// flights make each thing once, for all who ask for it meanwhile and later.
// Different things do not wait for each other. The zero value is ready.
type flights struct {
	mu   sync.Mutex
	made map[string]*flight
}

type flight struct {
	done chan struct{} // closed when lib and err are set
	lib  *script.Library
	err  error
}

// do returns what is made, or being made, by that name, or makes it. What
// failed is made again for the next caller. ctx ends the wait of its caller
// alone; when it ends the making, another who waits takes over.
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

// join returns the flight of a name; mine is true for the caller who makes it.
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
