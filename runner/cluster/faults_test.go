package cluster

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go/micro"

	"postie/runner/cluster/hub"
	"postie/runner/load"
	"postie/runner/matrix"
	"postie/runner/script/sandbox"
)

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
	b, err := connect(t.Context(), Options{URL: h.URL(), Key: key}, times{ackWait: time.Second, noWorker: time.Second, answer: 10 * time.Millisecond})
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
	b.times.noWorker = 20 * time.Second
	d = dispatcher(t, b, DispatcherOptions{})
	beside(t, func() {
		until(t, func() bool {
			d.mu.Lock()
			defer d.mu.Unlock()
			return len(d.waiting) > 0
		})
		if err := b.js.DeleteStream(context.Background(), runStream); err != nil {
			t.Error(err)
		}
	})
	if _, err := d.Carry(t.Context(), 0, o); err == nil || !strings.Contains(err.Error(), "deleted") {
		t.Errorf("a deleted stream: %v", err)
	}
	d.Abandon()
}

// A run that the cluster could not carry out is reported all the same, as one that
// failed for that reason, and its error is a Fault.
func TestFaultsAreReported(t *testing.T) {
	t.Parallel()
	at := quick
	at.noWorker = time.Second
	d := dispatcher(t, connectAt(t, startHub(t).URL(), NewKey(), at), DispatcherOptions{})
	defer d.Close()
	rec, outs := runMatrix(t, tenantRuns(parse(t, twoRequests), "http://127.0.0.1:1", "a", 2), matrix.Options{Workers: 2, Carry: d.Carry})
	for i, out := range outs {
		if out.Result == nil || !out.Result.Failed() || !errors.As(out.Err, new(*Fault)) || !errors.Is(out.Err, ErrNoWorker) {
			t.Errorf("run %d: %+v", i, out)
		}
	}
	if all := strings.Join(rec.lines, "\n"); strings.Count(all, "no worker took a job for 1s") != 2 || strings.Count(all, "RunStarted") != 2 {
		t.Errorf("reported:\n%s", all)
	}
}

// Workers with another key are named when no other takes a job: that the server
// lets them in does not help.
func TestWorkersWithAnotherKey(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	startWorker(t, h, NewKey(), WorkerOptions{Name: "theirs"})
	at := quick
	at.noWorker, at.answer = time.Second, time.Second // for each of ten answers
	d := dispatcher(t, connectAt(t, h.URL(), NewKey(), at), DispatcherOptions{})
	defer d.Close()
	o := tenantRuns(parse(t, twoRequests), "http://127.0.0.1:1", "a", 1)[0]
	if _, err := d.Carry(t.Context(), 0, o); !errors.Is(err, ErrNoWorker) || !strings.Contains(err.Error(), "worker theirs has another cluster key") {
		t.Errorf("%v", err)
	}
	if _, err := d.Load(t.Context(), load.Options{Run: o, Schedule: load.Schedule{Users: load.Fixed(1, time.Second)}}); !errors.Is(err, ErrNoWorker) || !strings.Contains(err.Error(), "worker theirs has another cluster key") {
		t.Errorf("load: %v", err)
	}
}

// Of two workers with one name the second is refused: both would take the same
// share of a load.
func TestWorkersWithOneName(t *testing.T) {
	t.Parallel()
	h, key := startHub(t), NewKey()
	startWorker(t, h, key, WorkerOptions{Name: "w"})
	at := quick
	at.answer = time.Minute
	b := connectAt(t, h.URL(), key, at)
	until(t, func() bool {
		m, err := b.Members(t.Context(), time.Second, anyCompatible)
		return err == nil && len(m) == 1 && m[0].settled
	})
	if err := NewWorker(b, WorkerOptions{Name: "w"}).Run(t.Context()); err == nil || !strings.Contains(err.Error(), "another worker is called w") {
		t.Errorf("%v", err)
	}
}

// The status of a cluster has its workers, and its runs with what is left of
// them. A run whose dispatcher is at work is not resumed by another.
func TestStatus(t *testing.T) {
	t.Parallel()
	srv, h, key := startServer(t), startHub(t), NewKey()
	startWorker(t, h, key, WorkerOptions{Name: "w", Slots: 2, Version: "1.2"})
	d := dispatcher(t, connectTo(t, h, key), DispatcherOptions{})
	var held, after *Status
	other := connectTo(t, h, key)
	looked := beside(t, func() {
		defer close(srv.hold)
		until(t, func() bool { return srv.held.Load() == 2 })
		until(t, func() bool { // the other jobs may still be on their way, and so may the worker's answer
			var err error
			if held, err = other.Status(t.Context(), 100*time.Millisecond); err != nil {
				t.Error(err)
			}
			return err != nil || len(held.Members) == 1 && held.Waiting == 3
		})
		if _, err := NewDispatcher(t.Context(), other, DispatcherOptions{ID: d.ID()}); err == nil || !strings.Contains(err.Error(), "its dispatcher is at work") {
			t.Errorf("resumed beside its dispatcher: %v", err)
		}
	})
	runMatrix(t, tenantRuns(parse(t, twoRequests), srv.URL, "hold", 5), matrix.Options{Workers: 5, Carry: d.Carry})
	d.Abandon()
	if <-looked; held == nil {
		t.FailNow()
	}
	if m := held.Members; len(m) != 1 || m[0].Name != "w" || m[0].Version != "1.2" || m[0].Slots != 2 || m[0].Busy != 2 || m[0].Unfit() != "" {
		t.Errorf("%+v", m)
	}
	if r := held.Runs; len(r) != 1 || r[0].ID != d.ID() || r[0].Begun != 2 || r[0].Ended != 0 || r[0].Left != 5 || !r[0].Alive || held.Waiting != 3 || held.AtWork != 2 {
		t.Errorf("%+v, %+v", held, r)
	}
	until(t, func() bool { // the last jobs are acknowledged after their ends, and the server hears of the dispatcher's a little later
		var err error
		if after, err = other.Status(t.Context(), 100*time.Millisecond); err != nil {
			t.Fatal(err)
		}
		return after.Runs[0].Left == 0 && !after.Runs[0].Alive
	})
	if r := after.Runs; len(r) != 1 || r[0].Ended != 5 {
		t.Errorf("%+v", r)
	}
}

// A worker of another version is named when no other takes a job.
func TestWorkerOfAnotherVersion(t *testing.T) {
	t.Parallel()
	h, key := startHub(t), NewKey()
	at := quick
	at.noWorker, at.answer = time.Second, time.Second // for each of ten answers
	b := connectAt(t, h.URL(), key, at)
	svc, err := micro.AddService(b.conn, micro.Config{Name: service, Version: "1.0.0",
		Metadata:     map[string]string{"worker": "old", "postie": "0.9", "protocol": "0", "slots": "1"},
		StatsHandler: func(*micro.Endpoint) any { return activity{Now: time.Now().Add(-time.Hour)} },
		Endpoint:     &micro.EndpointConfig{Subject: shareSubject("old"), Handler: micro.HandlerFunc(func(micro.Request) {})}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = svc.Stop() }()
	asks := connectTo(t, h, key)
	var members []Member
	until(t, func() bool {
		members, err = asks.Members(t.Context(), time.Minute, func(m []Member) bool { return len(m) > 0 })
		return err != nil || len(members) > 0
	})
	if err != nil || !strings.HasPrefix(members[0].OffClock(), "the clock of worker old is 1h0m0s behind the one here") {
		t.Errorf("%+v, %v", members, err)
	}
	d := dispatcher(t, connectAt(t, h.URL(), key, at), DispatcherOptions{})
	defer d.Close()
	o := tenantRuns(parse(t, twoRequests), "http://127.0.0.1:1", "a", 1)[0]
	if _, err := d.Carry(t.Context(), 0, o); !errors.Is(err, ErrNoWorker) || !strings.Contains(err.Error(), "worker old (postie 0.9) takes jobs of version 0, and this postie sends version 1") {
		t.Errorf("%v", err)
	}
}

func startFull(t *testing.T, bytes int64) *hub.Hub {
	t.Helper()
	h, err := hub.Start(hub.Options{Listen: "127.0.0.1:0", Store: t.TempDir(), MaxStore: bytes})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Close)
	return h
}

// A full store ends the run, no matter whether the dispatcher or a worker finds
// it full.
func TestFullStoreEndsTheRun(t *testing.T) {
	t.Parallel()
	key := NewKey()
	t.Run("documents", func(t *testing.T) {
		b := connectTo(t, startFull(t, 1<<20), key)
		content := make([]byte, 4<<20)
		_, _ = rand.Read(content) // nothing to compress
		if _, err := b.put(t.Context(), "r", content); !errors.Is(err, errFull) {
			t.Errorf("%v", err)
		}
		if _, err := b.put(t.Context(), "r", make([]byte, maxDocument+1)); err == nil || !strings.Contains(err.Error(), "too large for a cluster, which takes 1024 MB") {
			t.Errorf("%v", err)
		}
	})
	t.Run("events", func(t *testing.T) {
		srv, h := startServer(t), startFull(t, 100<<10)
		startWorker(t, h, key, WorkerOptions{Name: "w"})
		d := dispatcher(t, connectTo(t, h, key), DispatcherOptions{})
		defer d.Close()
		o := tenantRuns(parse(t, `{"info":{"name":"N"},"item":[{"name":"A","request":"{{host}}/noise"}]}`), srv.URL, "", 1)[0]
		if _, err := d.Carry(t.Context(), 0, o); !errors.Is(err, errFull) || !strings.HasPrefix(err.Error(), "worker w: ") {
			t.Errorf("%v", err)
		}
	})
}

// A load whose stream is deleted ends, and has figures until then.
func TestStreamIsDeletedUnderALoad(t *testing.T) {
	t.Parallel()
	srv, h, key := startServer(t), startHub(t), NewKey()
	startWorker(t, h, key, WorkerOptions{Name: "w"})
	b := connectTo(t, h, key)
	b.times.noWorker = 20 * time.Second
	d := dispatcher(t, b, DispatcherOptions{})
	defer d.Abandon()
	o := loadOptions(t, srv.URL, "slow")
	o.Schedule = load.Schedule{Users: load.Fixed(2, time.Hour)}
	asked := make(chan struct{})
	var once sync.Once
	o.Observe = func(s load.Snapshot) {
		if s.Requests > 0 {
			once.Do(func() { close(asked) })
		}
	}
	beside(t, func() {
		<-asked
		if err := b.js.DeleteStream(context.Background(), runStream); err != nil {
			t.Error(err)
		}
	})
	rep, err := d.Load(t.Context(), o)
	if !errors.Is(err, errGone) || rep == nil || rep.Total.Count == 0 {
		t.Errorf("%+v, %v", rep, err)
	}
}

// A worker that is ended before it has reached the jobs has done nothing wrong.
func TestWorkerEndsBeforeItsFirstJob(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w := NewWorker(connectTo(t, startHub(t), NewKey()), WorkerOptions{Engine: sandbox.New()})
	if err := w.Run(ctx); err != nil {
		t.Error(err)
	}
}
