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

func loadOptions(t *testing.T, host, path string) load.Options {
	o := tenantRuns(parse(t, `{"info":{"name":"L"},"item":[{"name":"A","event":[{"listen":"test","script":{"exec":["pm.test('is ok', () => pm.response.to.have.status(200));"]}}],
		"request":"{{host}}/{{path}}"}]}`), host, path, 1)[0]
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
	o := loadOptions(t, srv.URL, "slow")
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

// A longLoad is a load over workers w1 and w2 whose requests are held back by the
// server.
type longLoad struct {
	load.Options
	srv       *testServer
	d         *Dispatcher
	said      notices
	interrupt chan struct{}
}

func newLongLoad(t *testing.T, h *hub.Hub, key *Key, s load.Schedule) *longLoad {
	l := &longLoad{srv: startServer(t), interrupt: make(chan struct{})}
	l.Options = loadOptions(t, l.srv.URL, "hold")
	l.Schedule, l.Interrupt = s, l.interrupt
	l.d = dispatcher(t, connectTo(t, h, key), DispatcherOptions{Workers: 2, Notice: l.said.add})
	return l
}

// run puts the load on while the steps are taken.
func (l *longLoad) run(t *testing.T, steps func()) *load.Report {
	t.Helper()
	defer l.d.Close()
	taken := beside(t, steps)
	rep, err := l.d.Load(t.Context(), l.Options)
	if err != nil {
		t.Fatal(err)
	}
	<-taken
	return rep
}

// end ends the load of users.
func (l *longLoad) end() {
	close(l.interrupt)
	close(l.srv.hold)
}

// users waits until so many requests are held back: so many users are at work.
func (l *longLoad) users(t *testing.T, n int64) {
	until(t, func() bool { return l.srv.held.Load() == n })
}

// notice waits for a word to the user.
func (l *longLoad) notice(t *testing.T, part string) {
	until(t, func() bool { return l.said.count(part) > 0 })
}

// The share of a worker that is lost goes to another, and the report says so.
func TestLoadOfALostWorkerGoesOn(t *testing.T) {
	t.Parallel()
	h, key := startHub(t), NewKey()
	startWorker(t, h, key, WorkerOptions{Name: "w1"})
	w2 := spawn(t, h.URL(), key, "w2")
	l := newLongLoad(t, h, key, load.Schedule{Users: load.Fixed(6, time.Hour)})
	rep := l.run(t, func() {
		defer l.end()
		l.users(t, 6)
		_ = w2.Process.Kill()
		l.users(t, 2)
		l.notice(t, "worker w2 was lost")
		l.users(t, 6)
	})
	if all := strings.Join(rep.Warnings, "\n"); !strings.Contains(all, "worker w1 took over its share (2 of 3)") {
		t.Errorf("warnings: %s", all)
	}
}

// The share of a worker that has to end goes to another at once.
func TestLoadOfAWorkerThatEndsGoesOn(t *testing.T) {
	t.Parallel()
	h, key := startHub(t), NewKey()
	startWorker(t, h, key, WorkerOptions{Name: "w1"})
	end := startWorker(t, h, key, WorkerOptions{Name: "w2"})
	l := newLongLoad(t, h, key, load.Schedule{Users: load.Fixed(4, time.Hour)})
	l.d.bus.times.silent = time.Hour
	rep := l.run(t, func() {
		defer l.end()
		l.users(t, 4)
		end()
		l.notice(t, "worker w2 ended")
		l.users(t, 4)
	})
	if all := strings.Join(rep.Warnings, "\n"); !strings.Contains(all, "worker w1 took over its share (1 of 2)") {
		t.Errorf("warnings: %s", all)
	}
}

// A worker that takes no more jobs lets its iterations end, and leaves its share to
// another: nothing is cut.
func TestLoadOfAWorkerThatDrainsGoesOn(t *testing.T) {
	t.Parallel()
	h, key := startHub(t), NewKey()
	startWorker(t, h, key, WorkerOptions{Name: "w1"})
	drain := make(chan struct{})
	startWorker(t, h, key, WorkerOptions{Name: "w2", Draining: drain})
	l := newLongLoad(t, h, key, load.Schedule{Users: load.Fixed(4, time.Hour)})
	l.d.bus.times.silent = time.Hour
	rep := l.run(t, func() {
		defer l.end()
		l.users(t, 4)
		close(drain)
		taken := make(chan struct{})
		var answers sync.WaitGroup
		answers.Go(func() { // they go on meanwhile
			for {
				select {
				case l.srv.hold <- struct{}{}:
				case <-taken:
					return
				}
			}
		})
		l.notice(t, "worker w2 ended")
		close(taken)
		answers.Wait() // nothing may be sent to hold when end closes it
		l.users(t, 4)
	})
	if rep.Loop.Cut > 0 || int64(rep.Loop.Finished) != l.srv.asked.Load() {
		t.Errorf("%+v, asked %d", rep.Loop, l.srv.asked.Load())
	}
	if all := strings.Join(rep.Warnings, "\n"); !strings.Contains(all, "worker w1 took over its share (1 of 2)") {
		t.Errorf("warnings: %s", all)
	}
}

// Iterations that a worker has begun are not begun again by the one that takes
// its share over.
func TestIterationsOfAWorkerThatEndsAreNotRepeated(t *testing.T) {
	t.Parallel()
	h, key := startHub(t), NewKey()
	startWorker(t, h, key, WorkerOptions{Name: "w1"})
	end := startWorker(t, h, key, WorkerOptions{Name: "w2"})
	l := newLongLoad(t, h, key, load.Schedule{Users: load.Fixed(4, 0), Iterations: 100})
	l.d.bus.times.silent = time.Hour
	rep := l.run(t, func() {
		for range 20 {
			select {
			case l.srv.hold <- struct{}{}: // one iteration each
			case <-t.Context().Done():
			}
		}
		l.users(t, 4)
		end()
		close(l.srv.hold)
	})
	if rep.Loop.Started != 100 || rep.Loop.Finished != 98 || rep.Loop.Cut != 2 || l.srv.asked.Load() != 100 {
		t.Errorf("%+v, asked %d", rep.Loop, l.srv.asked.Load())
	}
	if all := strings.Join(rep.Warnings, "\n"); !strings.Contains(all, "worker w1 took over its share") {
		t.Errorf("warnings: %s", all)
	}
}
