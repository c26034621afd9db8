package transport

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestLimiterPacesEachHost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := NewLimiter(10, 0)
		began := time.Now()
		for range 21 {
			release, err := l.Acquire(t.Context(), "a")
			if err != nil {
				t.Fatal(err)
			}
			release()
		}
		if took := time.Since(began); took != 2*time.Second {
			t.Errorf("21 requests at 10 a second took %s", took)
		}
		if _, err := l.Acquire(t.Context(), "b"); err != nil || time.Since(began) != 2*time.Second {
			t.Errorf("another host waits: %v", err)
		}
	})
}

func TestLimiterBoundsConcurrency(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := NewLimiter(0, 3)
		var now, most atomic.Int32
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				release, err := l.Acquire(t.Context(), "a")
				if err != nil {
					t.Error(err)
					return
				}
				defer release()
				most.Store(max(most.Load(), now.Add(1)))
				time.Sleep(time.Millisecond)
				now.Add(-1)
			})
		}
		wg.Wait()
		if most.Load() != 3 {
			t.Errorf("%d at once", most.Load())
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for range 3 {
			if _, err := l.Acquire(t.Context(), "a"); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := l.Acquire(ctx, "a"); err == nil {
			t.Error("a cancelled request got in")
		}
	})
}

// What a leased limiter lets pass changes while requests go out, and nothing
// passes before it is known.
func TestGrantsWhileRequestsGoOut(t *testing.T) {
	t.Parallel()
	l := NewLeased()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.Acquire(ended, "a"); err == nil {
		t.Error("a request passes that nothing was granted for")
	}
	l.Grant(1e6, 4)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range 200 {
				release, err := l.Acquire(t.Context(), []string{"a", "b"}[i%2])
				if err != nil {
					t.Error(err)
					return
				}
				release()
			}
		})
	}
	for i := range 200 {
		l.Grant([]float64{1e6, -1, 2e6}[i%3], 4)
	}
	wg.Wait()
}
