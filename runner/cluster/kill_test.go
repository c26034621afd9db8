package cluster

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"postie/collections"
	"postie/runner"
	"postie/runner/cluster/hub"
	"postie/runner/matrix"
	"postie/runner/script/sandbox"
	"postie/runner/transport"
)

// rounds is how often tests of deaths are repeated: go test ./runner/cluster
// -run 'Killed|StoppedLeader|CutOff' -rounds 100 -timeout 4h.
var rounds = flag.Int("rounds", 2, "repetitions of the tests in which processes die")

// loses are the times of tests in which a worker is lost with a job.
var loses = func() times { t := quick; t.ackWait = 3 * time.Second; return t }()

// TestMain is also the processes that tests end: workers and dispatchers.
func TestMain(m *testing.M) {
	switch role := os.Getenv("CLUSTER_TEST_ROLE"); role {
	case "":
		flag.Parse()
		os.Exit(m.Run())
	default:
		if err := other(role); err != nil {
			panic(err)
		}
	}
}

func other(role string) error {
	if role == "hub" {
		return serve(os.Getenv("CLUSTER_TEST_URL"))
	}
	key, err := ParseKey(os.Getenv("CLUSTER_TEST_KEY"))
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	go func() { _, _ = io.Copy(io.Discard, os.Stdin); cancel() }()
	b, err := connect(ctx, Options{URL: os.Getenv("CLUSTER_TEST_URL"), Key: key}, loses)
	if err != nil {
		return err
	}
	if role == "worker" {
		return NewWorker(b, WorkerOptions{Name: os.Getenv("CLUSTER_TEST_NAME"), Slots: 2, Engine: sandbox.New()}).Run(ctx)
	}
	d, err := NewDispatcher(ctx, b, DispatcherOptions{})
	if err != nil {
		return err
	}
	if err := d.Plan(ctx, nil, nil); err != nil {
		return err
	}
	fmt.Println(d.ID())
	c, err := collections.Parse("c.json", []byte(twoRequests))
	if err != nil {
		return err
	}
	for range matrix.Run(ctx, slices.Values(tenantRuns(c, os.Getenv("CLUSTER_TEST_NAME"), "slow", 16)), matrix.Options{Workers: 6, Carry: d.Carry}) {
	}
	return nil
}

// serve is a hub process. It prints where it is.
func serve(options string) error {
	var o hub.Options
	if err := json.Unmarshal([]byte(options), &o); err != nil {
		return err
	}
	h, err := hub.Start(o)
	if err != nil {
		return err
	}
	defer h.Close()
	fmt.Println(h.URL())
	_, _ = io.Copy(io.Discard, os.Stdin) // until the test ends
	return nil
}

// spawn starts a worker process, which ends with the test.
func spawn(t *testing.T, url string, key *Key, name string) *exec.Cmd {
	t.Helper()
	c, _ := spawnAs(t, "worker", url, key, name)
	return c
}

func spawnAs(t *testing.T, role, url string, key *Key, name string, through ...string) (*exec.Cmd, *bufio.Reader) {
	t.Helper()
	line := append(through, os.Args[0])
	c := exec.Command(line[0], line[1:]...)
	c.Env = append(os.Environ(), "CLUSTER_TEST_ROLE="+role, "CLUSTER_TEST_URL="+url, "CLUSTER_TEST_KEY="+key.String(), "CLUSTER_TEST_NAME="+name)
	c.Stderr = os.Stderr
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		_ = c.Process.Kill()
		_ = c.Wait()
	})
	return c, bufio.NewReader(out)
}

// A worker is killed at a moment drawn from a seed: every run is reported once,
// none is lost, and of those that only read all pass.
func TestKilledWorker(t *testing.T) {
	t.Parallel()
	for seed := range uint64(*rounds) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 2))
			srv, h, key := startServer(t), startHub(t), NewKey()
			victim := spawn(t, h.URL(), key, "victim")
			spawn(t, h.URL(), key, "survivor")
			onLost := []OnLost{Retry, Fail}[seed%2]
			runs := tenantRuns(parse(t, twoRequests), srv.URL, "slow", 16)
			srv.at(t, r, func() { _ = victim.Process.Kill() })
			said := &notices{}
			d := dispatcher(t, connectTo(t, h, key), DispatcherOptions{OnLost: onLost, Notice: said.add})
			_, outs := runMatrix(t, runs, matrix.Options{Workers: 6, Carry: d.Carry})
			if err := d.Close(); err != nil {
				t.Error(err)
			}
			checkOutcomes(t, srv, outs, onLost)
			checkRepeats(t, srv, said)
		})
	}
}

// at does something at a moment of a run of 32 requests, which the seed draws.
func (s *testServer) at(t *testing.T, seed *rand.Rand, do func()) (done <-chan struct{}) {
	requests, after := seed.Int64N(28), time.Duration(seed.IntN(60))*time.Millisecond
	return beside(t, func() {
		until(t, func() bool { return s.asked.Load() >= requests })
		time.Sleep(after)
		do()
	})
}

// checkOutcomes holds what 16 runs of two requests came to against the promise:
// each is reported once, and was carried out, or else says that its worker was
// lost. Without retries nothing is sent twice.
func checkOutcomes(t *testing.T, srv *testServer, outs []matrix.Outcome, onLost OnLost) {
	t.Helper()
	if len(outs) != 16 {
		t.Errorf("%d outcomes", len(outs))
	}
	for i, out := range outs {
		switch {
		case out.Err != nil:
			t.Errorf("run %d: %v", i, out.Err)
		case len(out.Result.Failures) != 1:
			t.Errorf("run %d: %+v", i, out.Result.Failures)
		case onLost == Fail && strings.Contains(out.Result.Failures[0].Message, "was lost"):
		case out.Result.Stats.Requests.Total != 2:
			t.Errorf("run %d: %+v", i, out.Result.Stats)
		}
	}
	srv.mu.Lock()
	defer srv.mu.Unlock()
	for uri, n := range srv.by {
		if onLost == Fail && n != 1 {
			t.Errorf("%s was asked for %d times", uri, n)
		}
	}
}

// notices are what a dispatcher wrote for the user.
type notices struct {
	mu    sync.Mutex
	lines []string
}

func (n *notices) add(text string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.lines = append(n.lines, text)
}

// count is how many of them have a text.
func (n *notices) count(text string) (lines int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, line := range n.lines {
		if strings.Contains(line, text) {
			lines++
		}
	}
	return lines
}

// name reports whether the user read that the requests of a run may have been
// sent more than once.
func (n *notices) name(run int) bool {
	return n.count(fmt.Sprintf("t%d: worker ", run)) > 0 || n.count(fmt.Sprintf("job %d: ", run+1)) > 0
}

// checkRepeats holds what 16 runs sent against what the user read: each request
// was sent, and those that were sent again belong to a run that is named. A job
// may be begun again although no worker died: one that is starved of time, or
// whose server is gone, is silent for as long as a dead one.
func checkRepeats(t *testing.T, srv *testServer, said *notices) {
	t.Helper()
	srv.mu.Lock()
	defer srv.mu.Unlock()
	for uri, n := range srv.by {
		_, tenant, _ := strings.Cut(uri, "?tenant=t")
		run, err := strconv.Atoi(strings.SplitN(tenant, "&", 2)[0])
		if err != nil {
			t.Error(err)
		}
		if n > 1 && !said.name(run) {
			t.Errorf("%s was asked for %d times, and the user read %q", uri, n, said.lines)
		}
	}
}

// A worker that is only slow to say that it is at work is taken for lost, and
// another begins its job. When the first ends it all the same its outcome counts,
// and the user hears of the second.
func TestSlowWorkerIsTakenForLost(t *testing.T) {
	t.Parallel()
	srv, h, key := startServer(t), startHub(t), NewKey()
	startWorker(t, h, key, WorkerOptions{Name: "slow"}) // to speak once in 15 seconds
	hears := loses
	hears.ackWait = 100 * time.Millisecond
	said := &notices{}
	d := dispatcher(t, connectTo(t, h, key), DispatcherOptions{OnLost: Retry, Notice: said.add})
	spare := connectAt(t, h.URL(), key, hears)
	beside(t, func() {
		until(t, func() bool { return srv.held.Load() == 1 })
		startWorkerOn(t, spare, WorkerOptions{Name: "second"})
		until(t, func() bool { return srv.held.Load() == 2 })
		srv.hold <- struct{}{} // for the first
	})
	_, outs := runMatrix(t, tenantRuns(parse(t, twoRequests), srv.URL, "hold", 1), matrix.Options{Workers: 1, Carry: d.Carry})
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	if len(outs) != 1 || outs[0].Err != nil || said.count("job 1: 2 workers began it") != 1 {
		t.Errorf("%+v, and the user read %q", outs, said.lines)
	}
}

// A worker with another key refuses the job, and one with the right key gets it.
func TestOtherKeysOpenNothing(t *testing.T) {
	t.Parallel()
	srv, h, key := startServer(t), startHub(t), NewKey()
	startWorkerOn(t, connectAt(t, h.URL(), NewKey(), loses), WorkerOptions{Name: "stranger", Slots: 4})
	startWorker(t, h, key, WorkerOptions{Name: "friend"})
	d := dispatcher(t, connectTo(t, h, key), DispatcherOptions{})
	defer d.Close()
	rec, outs := runMatrix(t, tenantRuns(parse(t, twoRequests), srv.URL, "a", 3), matrix.Options{Workers: 3, Carry: d.Carry})
	if len(outs) != 3 || outs[2].Result == nil || len(rec.lines) == 0 {
		t.Errorf("%+v", outs)
	}
	for text, bad := range map[string]bool{"": true, "xyz": true, strings.Repeat("g", 64): true, key.String() + "\n": false} {
		if _, err := ParseKey(text); (err != nil) != bad {
			t.Errorf("ParseKey(%q): %v", text, err)
		}
	}
	sealed := key.seal("here", []byte("text"))
	if _, err := key.open("there", sealed, 100); err == nil {
		t.Error("it opens at another place")
	}
	sealed[len(sealed)-1] ^= 1
	if _, err := key.open("here", sealed, 100); err == nil {
		t.Error("it opens although it was altered")
	}
	if _, err := key.open("here", key.seal("here", make([]byte, 1<<20)), 1000); err == nil {
		t.Error("more than the limit was opened")
	}
}

// An interrupt lets the item at work end, and nobody begins the others.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	srv, h, key := startServer(t), startHub(t), NewKey()
	w, _ := startWorkerOn(t, connectTo(t, h, key), WorkerOptions{Name: "w", Slots: 1})
	interrupt := make(chan struct{})
	runs := tenantRuns(parse(t, twoRequests), srv.URL, "hold", 4)
	for i := range runs {
		runs[i].Interrupt = interrupt
	}
	d := dispatcher(t, connectTo(t, h, key), DispatcherOptions{})
	defer d.Close()
	beside(t, func() {
		until(t, func() bool { return srv.asked.Load() > 0 })
		close(interrupt)
		until(t, func() bool { return stopped(w.run(t.Context(), d.ID()).stop) })
		close(srv.hold)
	})
	_, outs := runMatrix(t, runs, matrix.Options{Workers: 4, Carry: d.Carry})
	requests := 0
	for i, out := range outs {
		if out.Result == nil || !out.Result.Interrupted {
			t.Errorf("run %d: %+v", i, out)
			continue
		}
		requests += out.Result.Stats.Requests.Total
	}
	if requests != 1 || srv.asked.Load() != 1 {
		t.Errorf("%d requests reported, %d sent", requests, srv.asked.Load())
	}
}

// The rate holds over all workers.
func TestRateOverAllWorkers(t *testing.T) {
	t.Parallel()
	s := &shares{whole: Limits{Rate: 100, AtOnce: 7}}
	now := time.Now()
	r := rand.New(rand.NewPCG(1, 1))
	held := map[string]share{}
	for range 5000 {
		now = now.Add(time.Duration(r.IntN(700)) * time.Millisecond)
		name := fmt.Sprint("w", r.IntN(5))
		held[name] = s.grant(name, held[name].atOnce, now)
		rate, atOnce := 0.0, 0
		for _, h := range held {
			if now.Before(h.until) {
				rate += h.rate
				atOnce += h.atOnce
			}
		}
		if rate > 100.0001 || atOnce > 7+5 {
			t.Fatalf("%v requests a second and %d at once were granted", rate, atOnce)
		}
	}
	srv, h, key := startServer(t), startHub(t), NewKey()
	for i := range 3 {
		startWorker(t, h, key, WorkerOptions{Name: fmt.Sprint("w", i), Slots: 4})
	}
	runs := tenantRuns(parse(t, twoRequests), srv.URL, "a", 30)
	for i := range runs {
		runs[i].Network.Limiter = transport.NewLimiter(30, 0)
	}
	d := dispatcher(t, connectTo(t, h, key), DispatcherOptions{Limits: Limits{Rate: 30}})
	defer d.Close()
	began := time.Now()
	runMatrix(t, runs, matrix.Options{Workers: 16, Carry: d.Carry})
	if took := time.Since(began); took < 1200*time.Millisecond || srv.asked.Load() != 60 {
		t.Errorf("%d requests at 30 a second took %s", srv.asked.Load(), took)
	}
}

// Bounds judge names before and addresses after they are looked up.
func TestBounds(t *testing.T) {
	t.Parallel()
	srv := startServer(t)
	for _, tt := range []struct {
		name        string
		allow, deny []string
		ok          bool
	}{
		{"nothing said", nil, nil, true},
		{"denied by address", nil, []string{"127.0.0.0/8"}, false},
		{"denied by name", nil, []string{"local*"}, false},
		{"another is allowed", []string{"*.example.com"}, nil, false},
		{"allowed", []string{"127.0.0.1"}, nil, true},
		{"deny wins", []string{"localhost"}, []string{"127.0.0.1"}, false},
	} {
		b, err := ParseBounds(tt.allow, tt.deny)
		if err != nil {
			t.Fatal(err)
		}
		o := tenantRuns(parse(t, `{"info":{"name":"B"},"item":[{"name":"A","request":"{{host}}/"}]}`), strings.Replace(srv.URL, "127.0.0.1", "localhost", 1), "", 1)[0]
		if err := b.apply(&o.Network.Options); err != nil {
			t.Fatal(err)
		}
		res, err := runner.Run(t.Context(), o)
		if err != nil || res.Failed() == tt.ok {
			t.Errorf("%s: %v, %v", tt.name, err, res.Failures)
		}
	}
	if _, err := ParseBounds([]string{"http://x"}, nil); err == nil {
		t.Error("a URL is taken for a host")
	}
}

// A dispatcher is killed at a moment drawn from a seed, and another carries its
// run on: every run is reported, and nothing is sent twice.
func TestKilledDispatcher(t *testing.T) {
	t.Parallel()
	for seed := range uint64(*rounds) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 3))
			srv, h, key := startServer(t), startHub(t), NewKey()
			startWorker(t, h, key, WorkerOptions{Name: "w", Slots: 3})
			first, out := spawnAs(t, "dispatcher", h.URL(), key, srv.URL)
			id, err := out.ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			<-srv.at(t, r, func() { _ = first.Process.Kill() })
			said := &notices{}
			second := dispatcher(t, connectTo(t, h, key), DispatcherOptions{ID: strings.TrimSpace(id), Notice: said.add})
			_, outs := runMatrix(t, tenantRuns(parse(t, twoRequests), srv.URL, "slow", 16), matrix.Options{Workers: 6, Carry: second.Carry})
			if err := second.Close(); err != nil {
				t.Error(err)
			}
			checkOutcomes(t, srv, outs, Retry)
			checkRepeats(t, srv, said)
		})
	}
}
