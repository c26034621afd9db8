package load_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"postie/runner/load"
)

// A pipes is a network within the process, so that a test may own its clock.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { close(p.closed); return nil }
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case p.conns <- theirs:
		return ours, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// within runs a test with a clock of its own, and a server that answers through
// pipes. Items need no script.
func within(t *testing.T, handle http.HandlerFunc, test func(t *testing.T, o load.Options)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		p := &pipes{conns: make(chan net.Conn), closed: make(chan struct{})}
		srv := &http.Server{Handler: handle}
		served := make(chan struct{})
		go func() { defer close(served); _ = srv.Serve(p) }() // closed below
		o := options(t, `{"name":"get","request":"{{url}}/get"}`, "http://127.0.0.1")
		o.Run.Scripts.Engine = nil
		o.Run.Network.DialContext = p.dial
		test(t, o)
		srv.Close()
		<-served
		time.Sleep(time.Hour) // connections end
	})
}

func takes(d time.Duration) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { time.Sleep(d); fmt.Fprint(w, "ok") }
}

// A rate is started whatever the answers take, arrivals that find no user are
// dropped, and nothing is lost: each is an iteration, or dropped.
func TestRateIsKept(t *testing.T) {
	t.Parallel()
	within(t, takes(500*time.Millisecond), func(t *testing.T, o load.Options) {
		o.Schedule = load.Schedule{Rate: load.Fixed(100, 30*time.Second), MaxUsers: 100}
		r := put(t, o)
		if l := r.Loop; l.Arrivals != 3000 || l.Dropped != 0 || l.Finished != 3000 || r.LagP99 > 1 {
			t.Errorf("arrivals %d, dropped %d, finished %d, lag %v", l.Arrivals, l.Dropped, l.Finished, r.LagP99)
		}
		for _, s := range r.Series[1:29] {
			if s.Started < 99 || s.Started > 101 {
				t.Errorf("started %d in a second", s.Started)
			}
		}
		o.Schedule.MaxUsers = 25 // half of what it takes
		r = put(t, o)
		if l := r.Loop; l.Arrivals != 3000 || math.Abs(float64(l.Dropped)-1500) > 60 {
			t.Errorf("arrivals %d, dropped %d", l.Arrivals, l.Dropped)
		}
	})
}

// A server that stalls for two seconds: the 99th percentile from when requests
// were due is that of arithmetic, though few requests were in progress.
func TestStallIsNotHidden(t *testing.T) {
	t.Parallel()
	var began time.Time
	stall, until := 10*time.Second, 12*time.Second
	handle := func(w http.ResponseWriter, _ *http.Request) {
		if at := time.Since(began); at >= stall && at < until {
			time.Sleep(until - at)
		}
		time.Sleep(5 * time.Millisecond)
		fmt.Fprint(w, "ok")
	}
	within(t, handle, func(t *testing.T, o load.Options) {
		began = time.Now()
		o.Schedule = load.Schedule{Rate: load.Fixed(100, 30*time.Second), MaxUsers: 400}
		r := put(t, o)
		var truth []float64
		for k := range 3000 {
			at, took := float64(k+1)*10, 5.0
			if at >= 10_000 && at < 12_000 {
				took += 12_000 - at
			}
			truth = append(truth, took)
		}
		slices.Sort(truth)
		for _, c := range []struct {
			name      string
			got, want float64
		}{{"p99", r.Total.SinceDue.P99, truth[2969]}, {"p95", r.Total.SinceDue.P95, truth[2849]}, {"p50", r.Total.SinceDue.P50, truth[1499]}} {
			if math.Abs(c.got-c.want) > 0.05*c.want {
				t.Errorf("%s since due is %v ms, want %v", c.name, c.got, c.want)
			}
		}
		// Ten users can't send what is due in the stall. What they send late is
		// measured from when it was due; what they can't is dropped, and said.
		o.Schedule.MaxUsers = 10
		began = time.Now()
		if r = put(t, o); r.Loop.Dropped < 150 || len(r.Warnings) == 0 {
			t.Errorf("dropped %d, warnings %q", r.Loop.Dropped, r.Warnings)
		}
	})
}

// Users come and go as the stages say, and iterations in progress at the end may
// finish within the grace.
func TestStages(t *testing.T) {
	t.Parallel()
	within(t, takes(100*time.Millisecond), func(t *testing.T, o load.Options) {
		o.Schedule.Users = []load.Stage{{}, {Duration: 10 * time.Second, Target: 20}, {Duration: 10 * time.Second, Hold: true}, {Duration: 10 * time.Second}}
		r := put(t, o)
		for second, want := range map[int]int{4: 10, 9: 20, 15: 20, 24: 10} {
			if got := r.Series[second].Users; got < want-1 || got > want+1 {
				t.Errorf("%d users after %d s, want %d", got, second+1, want)
			}
		}
		if r.Loop.Cut != 0 || r.Loop.MaxUsers != 20 {
			t.Errorf("%+v", r.Loop)
		}
		o.Schedule.Users = load.Fixed(5, 950*time.Millisecond)
		if r = put(t, o); r.Loop.Cut != 0 || r.Loop.Finished < 45 {
			t.Errorf("with a grace: %+v", r.Loop)
		}
		o.Grace = time.Millisecond
		if r = put(t, o); r.Loop.Cut != 5 {
			t.Errorf("with next to none: %+v", r.Loop)
		}
		o.Grace = -1
		if r = put(t, o); r.Loop.Cut != 5 {
			t.Errorf("with none: %+v", r.Loop)
		}
	})
}

// Iterations that were handed out last have the time of the schedule, and are
// not cut by a grace that starts when the first user is out of work.
func TestLastIterationsHaveTheirTime(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	n := 0
	handle := func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		n++
		slow := n == 10
		mu.Unlock()
		if slow {
			time.Sleep(20 * time.Second)
		}
		fmt.Fprint(w, "ok")
	}
	within(t, handle, func(t *testing.T, o load.Options) {
		for name, s := range map[string]load.Schedule{
			"closed": {Users: load.Fixed(3, time.Minute), Iterations: 10},
			"open":   {Rate: load.Fixed(100, time.Minute), MaxUsers: 20, Iterations: 10},
		} {
			n = 0
			o.Schedule, o.Grace = s, time.Second
			if r := put(t, o); r.Loop.Finished != 10 || r.Loop.Cut != 0 || r.Seconds > 30 {
				t.Errorf("%s: %+v in %v s", name, r.Loop, r.Seconds)
			}
		}
	})
}

// Pace makes an iteration take its time, and the warm-up is not counted.
func TestPaceAndWarmup(t *testing.T) {
	t.Parallel()
	within(t, takes(10*time.Millisecond), func(t *testing.T, o load.Options) {
		o.Schedule, o.Pace = load.Schedule{Users: load.Fixed(10, 20*time.Second)}, time.Second
		if r := put(t, o); math.Abs(float64(r.Loop.Started)-200) > 10 {
			t.Errorf("%d iterations of ten users, one a second", r.Loop.Started)
		}
		o.Warmup = 10 * time.Second
		r := put(t, o)
		if math.Abs(float64(r.Loop.Started)-100) > 10 || r.Total.Count != r.Loop.Finished || math.Abs(r.Seconds-10) > 0.5 {
			t.Errorf("%d iterations, %d requests counted in %v s", r.Loop.Started, r.Total.Count, r.Seconds)
		}
	})
}

// The parts of generators that have shares of a load, through JSON and in any
// order, are the whole load: figures, percentiles, and which iteration was whose.
func TestSharesAreTheWhole(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]load.Schedule{
		"rate":       {Rate: load.Fixed(50, 10*time.Second), MaxUsers: 60},
		"users":      {Users: []load.Stage{{Target: 1}, {Duration: 5 * time.Second, Target: 7}, {Duration: 5 * time.Second, Hold: true}}},
		"iterations": {Users: load.Fixed(7, 0), Iterations: 200},
	} {
		t.Run(name, func(t *testing.T) {
			within(t, takes(200*time.Millisecond), func(t *testing.T, o load.Options) {
				o.Schedule, o.Begin = s, time.Now().Add(2*time.Second)
				var mu sync.Mutex
				sent := map[string][][]byte{}
				var generators sync.WaitGroup
				for i, share := range load.Shares(3, 2, 1) {
					o := o
					o.Share = share
					generators.Go(func() {
						err := load.Generate(t.Context(), o, func(p *load.Part) {
							text, err := json.Marshal(p)
							mu.Lock()
							defer mu.Unlock()
							if source := fmt.Sprint("w", i); err == nil {
								sent[source] = append(sent[source], text)
							}
						})
						if err != nil {
							t.Error(err)
						}
					})
				}
				generators.Wait()
				c, err := load.NewCollector(o, o.Begin.Add(-time.Hour)) // its clock is not that of the generators
				if err != nil {
					t.Fatal(err)
				}
				for _, source := range []string{"w2", "w0", "w1"} {
					for _, text := range sent[source] {
						var p load.Part
						if err := json.Unmarshal(text, &p); err != nil {
							t.Fatal(err)
						}
						c.Add(source, &p)
					}
				}
				got := c.Report()
				accounted(t, got)
				whole := put(t, o)
				if got.Loop.Arrivals != whole.Loop.Arrivals || got.Loop.Finished != whole.Loop.Finished || got.Total.Count != whole.Total.Count ||
					math.Abs(float64(got.Loop.MaxUsers-whole.Loop.MaxUsers)) > 2 || math.Abs(float64(len(got.Series)-len(whole.Series))) > 1 || math.Abs(got.Seconds-whole.Seconds) > 1.5 || got.Total.Time.P99 != whole.Total.Time.P99 {
					t.Errorf("shares: %+v, %v s, %d in the series\nwhole:  %+v, %v s, %d in the series", got.Loop, got.Seconds, len(got.Series), whole.Loop, whole.Seconds, len(whole.Series))
				}
			})
		})
	}
}

// A generator that begins late joins in, and makes up for nothing.
func TestLateGeneratorJoins(t *testing.T) {
	t.Parallel()
	within(t, takes(time.Millisecond), func(t *testing.T, o load.Options) {
		o.Schedule, o.Begin = load.Schedule{Rate: load.Fixed(100, 10*time.Second), MaxUsers: 60}, time.Now().Add(-6*time.Second)
		c, err := load.NewCollector(o, o.Begin)
		if err != nil {
			t.Fatal(err)
		}
		if err := load.Generate(t.Context(), o, func(p *load.Part) { c.Add("late", p) }); err != nil {
			t.Fatal(err)
		}
		if r := c.Report(); r.Loop.Arrivals < 390 || r.Loop.Arrivals > 401 || len(r.Series) > 6 {
			t.Errorf("%+v in %d seconds", r.Loop, len(r.Series))
		}
	})
}
