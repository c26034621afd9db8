package cluster

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

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
	d := dispatcher(t, connectTo(t, h, key), DispatcherOptions{})
	defer d.Close()
	rep, err := d.Load(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if rep.Total.Count != 60 || srv.asked.Load() != 60 || rep.Loop.Finished != 60 || rep.Failed() || rep.Total.Passed != 60 {
		t.Errorf("count %d, asked %d, %+v, failed %v", rep.Total.Count, srv.asked.Load(), rep.Loop, rep.Failed())
	}
}

// The share of a worker that is lost goes to another, and the report says so.
func TestLoadOfALostWorkerGoesOn(t *testing.T) {
	t.Parallel()
	srv, h, key := startServer(t), startHub(t), NewKey()
	startWorker(t, h, key, WorkerOptions{Name: "w1"})
	end := startWorker(t, h, key, WorkerOptions{Name: "w2"})
	o := loadOptions(t, srv.URL)
	o.Schedule, o.Grace = load.Schedule{Users: load.Fixed(4, 14*time.Second)}, time.Second
	var once sync.Once
	o.Observe = func(s load.Snapshot) {
		if s.Elapsed > 2*time.Second {
			once.Do(func() { go end() })
		}
	}
	d := dispatcher(t, connectTo(t, h, key), DispatcherOptions{})
	defer d.Close()
	rep, err := d.Load(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if all := strings.Join(rep.Warnings, "\n"); !strings.Contains(all, "worker w2 was lost") || !strings.Contains(all, "worker w1 took over") {
		t.Errorf("warnings: %s", all)
	}
	last := rep.Series[len(rep.Series)-2]
	if last.Users != 4 {
		t.Errorf("%d users at the end", last.Users)
	}
}
