package cluster

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"postie/runner/cluster/hub"
	"postie/runner/load"
)

func loadOptions(t *testing.T, host string) load.Options {
	o := tenantRuns(parse(t, `{"info":{"name":"L"},"item":[{"name":"A","event":[{"listen":"test","script":{"exec":["pm.test('is ok', () => pm.response.to.have.status(200));"]}}],
		"request":"{{host}}/slow"}]}`), host, "a", 1)[0]
	return load.Options{Run: o}
}

// The figures of a load over workers are those of all that the server saw, and
// each iteration is somebody's.
func TestLoadIsSharedExactly(t *testing.T) {
	t.Parallel()
	srv, h, key := startServer(t), startHub(t), NewKey()
	for i := range 3 {
		startWorker(t, h, key, WorkerOptions{Name: fmt.Sprintf("w%d", i), Slots: i + 1})
	}
	o := loadOptions(t, srv.URL)
	o.Schedule = load.Schedule{Users: load.Fixed(6, 0), Iterations: 60}
	list, err := load.ParseThresholds("failed<1%,checks>99%")
	if err != nil {
		t.Fatal(err)
	}
	o.Thresholds = list
	d := dispatcher(t, connectTo(t, h, key), DispatcherOptions{Workers: 3})
	defer d.Close()
	rep, err := d.Load(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if rep.Total.Count != 60 || srv.asked.Load() != 60 || rep.Loop.Finished != 60 || rep.Failed() || rep.Total.Passed != 60 {
		t.Errorf("count %d, asked %d, %+v, failed %v", rep.Total.Count, srv.asked.Load(), rep.Loop, rep.Failed())
	}
}

// A longLoad is a load of four users without an end, over workers w1 and w2.
type longLoad struct {
	load.Options
	bus       *Bus
	seconds   chan load.Snapshot
	notices   chan string
	interrupt chan struct{}
}

func newLongLoad(t *testing.T, srv *testServer, h *hub.Hub, key *Key) *longLoad {
	l := &longLoad{Options: loadOptions(t, srv.URL), bus: connectTo(t, h, key), seconds: make(chan load.Snapshot, 1000), notices: make(chan string, 100),
		interrupt: make(chan struct{})}
	l.Schedule, l.Grace = load.Schedule{Users: load.Fixed(4, time.Hour)}, time.Second
	l.Observe = func(s load.Snapshot) { l.seconds <- s }
	l.Interrupt = l.interrupt
	return l
}

// run ends the load when it has come through the steps.
func (l *longLoad) run(t *testing.T, steps func()) *load.Report {
	t.Helper()
	d := dispatcher(t, l.bus, DispatcherOptions{Workers: 2, Notice: func(text string) { l.notices <- text }})
	defer d.Close()
	go func() {
		defer close(l.interrupt)
		steps()
	}()
	rep, err := d.Load(t.Context(), l.Options)
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

// users waits for a second with so many users at work, from now on.
func (l *longLoad) users(t *testing.T, n int) {
	for len(l.seconds) > 0 {
		<-l.seconds
	}
	for {
		select {
		case s := <-l.seconds:
			if s.Second.Users == n {
				return
			}
		case <-t.Context().Done():
			return
		}
	}
}

// notice waits for a word to the user.
func (l *longLoad) notice(t *testing.T, part string) {
	for {
		select {
		case text := <-l.notices:
			if strings.Contains(text, part) {
				return
			}
		case <-t.Context().Done():
			return
		}
	}
}

// The share of a worker that is lost goes to another, and the report says so.
func TestLoadOfALostWorkerGoesOn(t *testing.T) {
	t.Parallel()
	srv, h, key := startServer(t), startHub(t), NewKey()
	startWorker(t, h, key, WorkerOptions{Name: "w1"})
	w2 := spawn(t, h.URL(), key, "w2")
	l := newLongLoad(t, srv, h, key)
	rep := l.run(t, func() {
		l.users(t, 4)
		_ = w2.Process.Kill()
		l.notice(t, "worker w2 was lost")
		l.users(t, 4)
	})
	if all := strings.Join(rep.Warnings, "\n"); !strings.Contains(all, "worker w1 took over its share (2 of 3)") {
		t.Errorf("warnings: %s", all)
	}
}

// The share of a worker that is told to end goes to another at once.
func TestLoadOfAWorkerThatEndsGoesOn(t *testing.T) {
	t.Parallel()
	srv, h, key := startServer(t), startHub(t), NewKey()
	startWorker(t, h, key, WorkerOptions{Name: "w1"})
	end := startWorker(t, h, key, WorkerOptions{Name: "w2"})
	l := newLongLoad(t, srv, h, key)
	l.bus.times.silent = time.Hour
	rep := l.run(t, func() {
		l.users(t, 4)
		end()
		l.notice(t, "worker w2 ended")
		l.users(t, 4)
	})
	if all := strings.Join(rep.Warnings, "\n"); !strings.Contains(all, "worker w1 took over its share (1 of 2)") {
		t.Errorf("warnings: %s", all)
	}
}

// Iterations that a worker has begun are not begun again by the one that takes
// its share over.
func TestIterationsOfAWorkerThatEndsAreNotRepeated(t *testing.T) {
	t.Parallel()
	srv, h, key := startServer(t), startHub(t), NewKey()
	startWorker(t, h, key, WorkerOptions{Name: "w1"})
	end := startWorker(t, h, key, WorkerOptions{Name: "w2"})
	o := loadOptions(t, srv.URL)
	o.Schedule = load.Schedule{Users: load.Fixed(4, 0), Iterations: 400}
	var once sync.Once
	o.Observe = func(load.Snapshot) { once.Do(func() { go end() }) }
	d := dispatcher(t, connectTo(t, h, key), DispatcherOptions{Workers: 2})
	defer d.Close()
	rep, err := d.Load(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if rep.Loop.Started != 400 || rep.Loop.Finished+rep.Loop.Cut != 400 {
		t.Errorf("%+v", rep.Loop)
	}
	if all := strings.Join(rep.Warnings, "\n"); !strings.Contains(all, "worker w1 took over its share") {
		t.Errorf("warnings: %s", all)
	}
}
