// Package random is the source of random values of a session.
package random

import (
	"encoding/binary"
	"math/rand/v2"
	"sync"

	"postie/collections/vars"
	"postie/runner/wire"
)

// A Source makes the random values of a session, also for requests that scripts
// send on other goroutines.
type Source struct {
	mu  sync.Mutex
	rng *rand.Rand
}

// New makes a source that draws from rng, which nobody else may use.
func New(rng *rand.Rand) *Source { return &Source{rng: rng} }

// Split derives an independent source, for a user on another goroutine.
func (r *Source) Split() *rand.Rand {
	r.mu.Lock()
	defer r.mu.Unlock()
	return rand.New(rand.NewPCG(r.rng.Uint64(), r.rng.Uint64()))
}

// Boundary is one of form-data.
func (r *Source) Boundary() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return wire.NewBoundary(r.rng)
}

// Float64 is from 0 to 1.
func (r *Source) Float64() float64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.rng.Float64()
}

// UUID is a version 4 UUID.
func (r *Source) UUID() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	b := binary.BigEndian.AppendUint64(nil, r.rng.Uint64())
	return vars.UUID(4, binary.BigEndian.AppendUint64(b, r.rng.Uint64()))
}
