package matrix_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"postie/collections"
	"postie/runner"
	"postie/runner/event"
	"postie/runner/matrix"
)

// A remote carries runs out elsewhere: it has their events handed over when it
// is their turn.
type remote struct {
	mu       sync.Mutex
	replayed []int
	broken   error // of every replay
	failures int   // of every run
	before   func(number int)
}

func (c *remote) carry(_ context.Context, number int, o runner.Options) (*runner.Result, error) {
	if c.before != nil {
		c.before(number)
	}
	res := &runner.Result{}
	o.Output.Reporters[0].(matrix.Postponer).Postpone(c.failures, func(r event.Reporter) error {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.replayed = append(c.replayed, number)
		res.Bailed = true // what replay fills in is there when the result is yielded
		if err := r.Report(&event.RunStarted{Name: fmt.Sprint(number)}, &res.Summary); err != nil {
			return err
		}
		return c.broken
	})
	return res, nil
}

// names are the runs that a reporter has seen, with their numbers.
type names []string

func (n *names) Report(e event.Event, _ *event.Summary) error {
	*n = append(*n, fmt.Sprint(e.(*event.RunStarted).Name, " is ", event.HeadOf(e).Cursor.Run))
	return nil
}

// Events that are postponed are reported in the order of the runs, whichever
// ends first, and are asked for when it is their turn.
func TestPostponedEvents(t *testing.T) {
	t.Parallel()
	others := make(chan struct{}, 3)
	c := &remote{}
	c.before = func(number int) {
		if number > 0 {
			others <- struct{}{}
			return
		}
		for range 3 { // the first run ends last
			<-others
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		if len(c.replayed) > 0 {
			t.Errorf("runs %v were replayed before their turn", c.replayed)
		}
	}
	var seen names
	for number, out := range matrix.Run(t.Context(), slices.Values(make([]runner.Options, 4)), matrix.Options{Workers: 4, Carry: c.carry, Reporters: []event.Reporter{&seen}}) {
		if out.Err != nil || !out.Result.Bailed {
			t.Errorf("run %d: %+v", number, out)
		}
	}
	if want := (names{"0 is 0", "1 is 1", "2 is 2", "3 is 3"}); !slices.Equal(seen, want) {
		t.Errorf("%q, want %q", seen, want)
	}
}

// Failures among postponed events count at once, and an error of handing them
// over is that of the run.
func TestPostponedFailures(t *testing.T) {
	t.Parallel()
	c := &remote{failures: 2, broken: errors.New("the store is gone")}
	ran := 0
	for _, out := range matrix.Run(t.Context(), slices.Values(make([]runner.Options, 50)), matrix.Options{Workers: 1, Carry: c.carry, MaxFailures: 4}) {
		if ran++; !errors.Is(out.Err, c.broken) {
			t.Error(out.Err)
		}
	}
	if ran != 2 {
		t.Errorf("%d runs were started, want 2", ran)
	}
}

// starts counts starts and ends of runs.
type starts struct{ began, ended int }

func (s *starts) Report(e event.Event, _ *event.Summary) error {
	switch e.(type) {
	case *event.RunStarted:
		s.began++
	case *event.RunFinished:
		s.ended++
	}
	return nil
}

// Rows are one run to reporters, with one start and one end, however many they
// are.
func TestRowsAreOneRun(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.NotFoundHandler())
	defer srv.Close()
	col, err := collections.Parse("c.json", []byte(`{"info":{"name":"R"},"item":[{"name":"a","request":"`+srv.URL+`"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	seen := &starts{}
	o := runner.Options{Documents: runner.Documents{Collection: col}, Output: runner.Output{Reporters: []event.Reporter{seen}}}
	res, err := matrix.Rows(t.Context(), o, []runner.Iteration{{Of: 3}, {Number: 1, Of: 3}, {Number: 2, Of: 3}})
	if err != nil || seen.began != 1 || seen.ended != 1 || res.Stats.Requests.Total != 3 {
		t.Errorf("%d starts, %d ends, %+v, %v", seen.began, seen.ended, res.Stats, err)
	}
}
