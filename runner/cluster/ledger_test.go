package cluster

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
)

// A memoryLedger is the model of a ledger: compare and swap on the newest
// record. Answers to writes may be lost, as on a network.
type memoryLedger struct {
	mu      sync.Mutex
	records map[string][]byte
	numbers map[string]uint64
	next    uint64
	step    func() // called before each operation: others may go first
	lose    func() bool
}

func (l *memoryLedger) last(_ context.Context, subject string) ([]byte, uint64, error) {
	l.step()
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.records[subject], l.numbers[subject], nil
}

func (l *memoryLedger) write(_ context.Context, subject string, record []byte, expected uint64) (bool, error) {
	l.step()
	for {
		l.mu.Lock()
		ok := l.numbers[subject] == expected
		if ok {
			l.next++
			l.records[subject], l.numbers[subject] = record, l.next
		}
		l.mu.Unlock()
		if !ok || !l.lose() {
			return ok, nil
		}
		l.step() // the answer was lost: Bus.publish tries again
	}
}

// A world runs a few workers and a dispatcher on one job, one step at a time, in
// an order drawn from a seed. Any worker may be given the job at any time, more
// than once and at once: delivery, redelivery, a partition that ends. Any may
// die between any two steps.
type world struct {
	rand    *rand.Rand
	ledger  *memoryLedger
	turn    chan struct{}
	actors  []*actor
	current *actor
}

type actor struct {
	resume chan bool // false: it dies
	done   bool
}

// killed ends an actor's goroutine.
type killed struct{}

func (w *world) start(f func()) {
	a := &actor{resume: make(chan bool)}
	w.actors = append(w.actors, a)
	go func() {
		defer func() {
			if r := recover(); r != nil && r != (killed{}) {
				panic(r)
			}
			a.done = true
			w.turn <- struct{}{}
		}()
		if !<-a.resume {
			panic(killed{})
		}
		f()
	}()
}

// step hands over to the scheduler.
func (w *world) step() {
	a := w.current
	w.turn <- struct{}{}
	if !<-a.resume {
		panic(killed{})
	}
}

// run schedules until all are done. A death happens with the given chance.
func (w *world) run(death float64) {
	for {
		alive := slices.DeleteFunc(slices.Clone(w.actors), func(a *actor) bool { return a.done })
		if len(alive) == 0 {
			return
		}
		w.current = alive[w.rand.IntN(len(alive))]
		w.current.resume <- w.rand.Float64() >= death
		<-w.turn
	}
}

// TestEachJobHasOneOutcome goes through interleavings of delivery, redelivery,
// death, duplicate ends and cancelling: an outcome is written once and never
// changes, with Fail nobody begins after somebody has, and when all is over one
// more delivery always leads to an outcome.
func TestEachJobHasOneOutcome(t *testing.T) {
	t.Parallel()
	key := NewKey()
	for seed := range uint64(3000) {
		onLost := []OnLost{Retry, Fail}[seed%2]
		r := rand.New(rand.NewPCG(seed, 1))
		l := &memoryLedger{records: map[string][]byte{planSubject("r"): {1}}, numbers: map[string]uint64{}}
		w := &world{rand: r, ledger: l, turn: make(chan struct{})}
		l.step = w.step
		l.lose = func() bool { return r.Float64() < 0.1 }
		sent, counted, cancelled := 0, 0, false
		deliver := func(name string) {
			a := &attempt{ledger: l, key: key, run: "r", job: 1, worker: name, token: newID(), onLost: onLost}
			v, err := a.begin(context.Background())
			if err != nil {
				t.Errorf("seed %d: %v", seed, err)
			}
			if v != work {
				return
			}
			sent++ // requests
			ok, err := a.end(context.Background(), ended{Attempt: a.number, Worker: name}, nil)
			if err != nil {
				t.Errorf("seed %d: %v", seed, err)
			}
			if ok {
				counted++
			}
		}
		for i := range 1 + r.IntN(5) {
			name := fmt.Sprintf("w%d", i)
			w.start(func() { deliver(name) })
		}
		if r.IntN(4) == 0 {
			w.start(func() {
				a := &attempt{ledger: l, key: key, run: "r", job: 1, token: newID()}
				ok, err := a.cancel(context.Background())
				if err != nil {
					t.Errorf("seed %d: %v", seed, err)
				}
				cancelled = cancelled || ok
			})
		}
		w.run([]float64{0, 0.05, 0.3}[seed%3])
		before := l.records[endSubject("r", 1)]
		beganRecord := l.records[beganSubject("r", 1)]
		var is began
		if beganRecord != nil {
			if _, err := openRecord(key, beganSubject("r", 1), beganRecord, &is); err != nil {
				t.Fatal(err)
			}
		}
		l.step, l.lose = func() {}, func() bool { return false }
		for range 2 {
			deliver("last")
		}
		after := l.records[endSubject("r", 1)]
		switch {
		case before != nil && string(before) != string(after):
			t.Fatalf("seed %d: the outcome changed", seed)
		case is.Cancelled && (sent > 0 || after != nil):
			t.Fatalf("seed %d: cancelled, and begun %d times", seed, sent)
		case cancelled && !is.Cancelled:
			t.Fatalf("seed %d: the dispatcher takes the job for cancelled, and it is not", seed)
		case !is.Cancelled && after == nil:
			t.Fatalf("seed %d: no outcome", seed)
		case onLost == Fail && sent > 1:
			t.Fatalf("seed %d: sent %d times", seed, sent)
		case counted > 1:
			t.Fatalf("seed %d: %d outcomes counted", seed, counted)
		}
	}
}

// TestNothingIsBegunWhenARunIsOver removes the records of a run, as its dispatcher
// does at the end, in the midst of deliveries that come late: nobody begins the
// job again.
func TestNothingIsBegunWhenARunIsOver(t *testing.T) {
	t.Parallel()
	key := NewKey()
	over := 0
	for seed := range uint64(500) {
		synctest.Test(t, func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 2))
			l := &memoryLedger{records: map[string][]byte{planSubject("r"): {1}}, numbers: map[string]uint64{}}
			w := &world{rand: r, ledger: l, turn: make(chan struct{})}
			l.step = w.step
			l.lose = func() bool { return r.Float64() < 0.1 }
			removed := false
			for i := range 1 + r.IntN(5) {
				w.start(func() {
					a := &attempt{ledger: l, key: key, run: "r", job: 1, worker: fmt.Sprint("w", i), token: newID(), onLost: Retry}
					v, err := a.begin(t.Context())
					if err != nil {
						t.Error(err)
					}
					if v == skip {
						return
					}
					var newest began
					if src := l.records[beganSubject("r", 1)]; removed && src != nil {
						if err := a.read(beganSubject("r", 1), src, &newest); err != nil {
							t.Error(err)
						}
					}
					if newest.Token == a.token {
						t.Errorf("seed %d: %s begins a job whose run is over", seed, a.worker)
					}
					if _, err := a.end(t.Context(), ended{Attempt: a.number}, nil); err != nil {
						t.Error(err)
					}
				})
			}
			w.start(func() {
				for range 100 {
					if end, _, _ := l.last(t.Context(), endSubject("r", 1)); end != nil {
						clear(l.records)
						clear(l.numbers)
						removed = true
						over++
						return
					}
				}
			})
			w.run([]float64{0, 0.05}[seed%2])
		})
	}
	if over < 100 {
		t.Errorf("only %d runs were over", over)
	}
}
