package runner

import (
	"fmt"
	"math/rand/v2"
	"sync"

	"postie/runner/wire"
)

// random is the session's source of random values, for scripts' requests on
// other goroutines too.
type random struct {
	mu  sync.Mutex
	rng *rand.Rand
}

// split derives an independent source, for a user on another goroutine.
func (r *random) split() *rand.Rand {
	r.mu.Lock()
	defer r.mu.Unlock()
	return rand.New(rand.NewPCG(r.rng.Uint64(), r.rng.Uint64()))
}

func (r *random) boundary() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return wire.NewBoundary(r.rng)
}

func (r *random) float64() float64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.rng.Float64()
}

// uuid is a version 4 UUID.
func (r *random) uuid() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	hi, lo := r.rng.Uint64(), r.rng.Uint64()
	hi = hi&^0xf000 | 0x4000
	lo = lo&^(0xc<<60) | 0x8<<60
	return fmt.Sprintf("%08x-%04x-%04x-%04x-%012x",
		hi>>32, hi>>16&0xffff, hi&0xffff, lo>>48, lo&0xffffffffffff)
}
