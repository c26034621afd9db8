package cluster

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"postie/collections/vars"
	"postie/runner"
	"postie/runner/cluster/hub"
	"postie/runner/matrix"
	"postie/runner/script/sandbox"
	"postie/runner/transport"
)

// rounds is how often tests of deaths are repeated: go test ./runner/cluster
// -run Killed -rounds 100.
var rounds = flag.Int("rounds", 3, "repetitions of the tests in which processes die")

// TestMain is the worker process of the tests, too.
func TestMain(m *testing.M) {
	if url := os.Getenv("CLUSTER_TEST_WORKER"); url != "" {
		key, err := ParseKey(os.Getenv("CLUSTER_TEST_KEY"))
		if err != nil {
			panic(err)
		}
		b, err := connect(context.Background(), Options{URL: url, Key: key}, quick)
		if err != nil {
			panic(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		go func() { _, _ = io.Copy(io.Discard, os.Stdin); cancel() }()
		if err := NewWorker(b, WorkerOptions{Name: os.Getenv("CLUSTER_TEST_NAME"), Slots: 2, Engine: sandbox.New()}).Run(ctx); err != nil {
			panic(err)
		}
		return
	}
	flag.Parse()
	os.Exit(m.Run())
}

// spawn starts a worker process, which ends with the test.
func spawn(t *testing.T, url string, key *Key, name string) *exec.Cmd {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), "CLUSTER_TEST_WORKER="+url, "CLUSTER_TEST_KEY="+key.String(), "CLUSTER_TEST_NAME="+name)
	c.Stderr = os.Stderr
	in, err := c.StdinPipe()
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
	return c
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
			time.AfterFunc(time.Duration(r.IntN(900))*time.Millisecond, func() { _ = victim.Process.Kill() })
			d := dispatcher(t, connectTo(t, h, key), DispatcherOptions{OnLost: onLost})
			_, outs := runMatrix(t, runs, matrix.Options{Workers: 6, Carry: d.Carry})
			if err := d.Close(); err != nil {
				t.Error(err)
			}
			lost := 0
			for i, out := range outs {
				switch {
				case out.Err != nil:
					t.Errorf("run %d: %v", i, out.Err)
				case strings.Contains(out.Result.Failures[0].Message, "was lost"):
					lost++
				case out.Result.Stats.Requests.Total != 2 || len(out.Result.Failures) != 1:
					t.Errorf("run %d: %+v", i, out.Result.Stats)
				}
			}
			if len(outs) != 16 || onLost == Retry && lost > 0 || lost > 2 {
				t.Errorf("%d outcomes, %d lost", len(outs), lost)
			}
			if onLost == Retry {
				return
			}
			srv.mu.Lock()
			defer srv.mu.Unlock()
			for uri, n := range srv.by {
				if n != 1 {
					t.Errorf("%s was asked for %d times", uri, n)
				}
			}
		})
	}
}

// What the server stores holds none of the secrets, names and bodies of a run.
func TestNothingIsStoredInClear(t *testing.T) {
	t.Parallel()
	srv, key := startServer(t), NewKey()
	dir := t.TempDir()
	h, err := hub.Start(hub.Options{Listen: "127.0.0.1:0", Store: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Close)
	startWorker(t, h, key, WorkerOptions{Name: "w"})
	o := tenantRuns(parse(t, strings.ReplaceAll(twoRequests, "Two", "Zweierlei-Collection")), srv.URL, "a", 1)[0]
	o.Environment.SetSecret("password", "hunter2-in-the-environment")
	o.Vault = vars.NewScope("vault", vars.Variable{Key: "pin", Value: "vault-s3cr3t-pin"})
	o.Output.Mask.Off = true
	d := dispatcher(t, connectTo(t, h, key), DispatcherOptions{})
	if _, err := d.Carry(t.Context(), 0, o); err != nil {
		t.Fatal(err)
	}
	d.Abandon() // everything is still there
	files, found := 0, 0
	err = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		files++
		src, err := os.ReadFile(path)
		if bytes.Contains(src, []byte("postie.runs.")) {
			found++
		}
		for _, secret := range []string{"hunter2-in-the-environment", "vault-s3cr3t-pin", "s3cr3t-of-the-answer", "Zweierlei-Collection", "tenant"} {
			if bytes.Contains(src, []byte(secret)) {
				t.Errorf("%s holds %q", path, secret)
			}
		}
		return err
	})
	if err != nil || files == 0 || found == 0 {
		t.Errorf("%d files, %d with records, %v", files, found, err)
	}
}

// A worker with another key refuses the job, and one with the right key gets it.
func TestOtherKeysOpenNothing(t *testing.T) {
	t.Parallel()
	srv, h, key := startServer(t), startHub(t), NewKey()
	startWorker(t, h, NewKey(), WorkerOptions{Name: "stranger", Slots: 4})
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
	startWorker(t, h, key, WorkerOptions{Name: "w", Slots: 1})
	interrupt := make(chan struct{})
	runs := tenantRuns(parse(t, twoRequests), srv.URL, "hold", 4)
	for i := range runs {
		runs[i].Interrupt = interrupt
	}
	go func() {
		for srv.asked.Load() == 0 {
			time.Sleep(10 * time.Millisecond)
		}
		close(interrupt)
		time.Sleep(1500 * time.Millisecond)
		close(srv.hold)
	}()
	d := dispatcher(t, connectTo(t, h, key), DispatcherOptions{})
	defer d.Close()
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

// Faults end the run with one line.
func TestFaults(t *testing.T) {
	t.Parallel()
	if _, err := Connect(t.Context(), Options{URL: "nats://user:pw@127.0.0.1:1", Key: NewKey()}); err == nil || !strings.Contains(err.Error(), "nats://127.0.0.1:1: no server answers") || strings.Contains(err.Error(), "pw") {
		t.Errorf("no server: %v", err)
	}
	closed, err := hub.Start(hub.Options{Listen: "127.0.0.1:0", Store: t.TempDir(), Token: "right"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(closed.Close)
	if _, err := Connect(t.Context(), Options{URL: closed.URL(), Token: "wrong", Key: NewKey()}); err == nil || !strings.Contains(err.Error(), "refuses these credentials") {
		t.Errorf("wrong credentials: %v", err)
	}
	if _, err := hub.Start(hub.Options{Listen: ":0", Store: t.TempDir()}); err != hub.ErrUnprotected {
		t.Errorf("an unprotected hub: %v", err)
	}
	h, key := startHub(t), NewKey()
	b, err := connect(t.Context(), Options{URL: h.URL(), Key: key}, times{ackWait: time.Second, noWorker: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	o := tenantRuns(parse(t, twoRequests), "http://127.0.0.1:1", "a", 1)[0]
	d := dispatcher(t, b, DispatcherOptions{})
	if _, err := d.Carry(t.Context(), 0, o); err == nil || !strings.Contains(err.Error(), "no worker took a job for 1s") {
		t.Errorf("no worker: %v", err)
	}
	_ = d.Close()
	b.times.noWorker = 10 * time.Second
	d = dispatcher(t, b, DispatcherOptions{})
	go func() {
		time.Sleep(300 * time.Millisecond)
		if err := b.js.DeleteStream(context.Background(), runStream); err != nil {
			t.Error(err)
		}
	}()
	if _, err := d.Carry(t.Context(), 0, o); err == nil || !strings.Contains(err.Error(), "deleted") {
		t.Errorf("a deleted stream: %v", err)
	}
	d.Abandon()
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

// A dispatcher dies at a moment drawn from a seed, and another carries its run
// on: every run is reported, and nothing is sent twice.
func TestKilledDispatcher(t *testing.T) {
	t.Parallel()
	for seed := range uint64(*rounds) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 3))
			srv, h, key := startServer(t), startHub(t), NewKey()
			startWorker(t, h, key, WorkerOptions{Name: "w", Slots: 3})
			c := parse(t, twoRequests)
			runs := tenantRuns(c, srv.URL, "slow", 16)
			first := dispatcher(t, connectTo(t, h, key), DispatcherOptions{})
			if _, err := first.bus.js.Stream(t.Context(), runStream); err != nil {
				t.Fatal(err)
			}
			time.AfterFunc(time.Duration(r.IntN(500))*time.Millisecond, first.bus.conn.Close)
			ctx, cancel := context.WithTimeout(t.Context(), 700*time.Millisecond)
			for range matrix.Run(ctx, slices.Values(runs), matrix.Options{Workers: 6, Carry: first.Carry}) {
			}
			cancel()
			first.Abandon()
			second := dispatcher(t, connectTo(t, h, key), DispatcherOptions{ID: first.ID()})
			_, outs := runMatrix(t, runs, matrix.Options{Workers: 6, Carry: second.Carry})
			if err := second.Close(); err != nil {
				t.Error(err)
			}
			for i, out := range outs {
				if out.Err != nil || out.Result.Stats.Requests.Total != 2 {
					t.Errorf("run %d: %+v", i, out)
				}
			}
			srv.mu.Lock()
			defer srv.mu.Unlock()
			if len(srv.by) != 32 || srv.asked.Load() != 32 {
				t.Errorf("%d requests of %d kinds, want 32", srv.asked.Load(), len(srv.by))
			}
		})
	}
}
