package runner_test

import (
	"runtime"
	"testing"

	"postie/collections"
	"postie/runner"
	"postie/runner/event"
	"postie/runner/runnertest"
	"postie/runner/script/sandbox"
)

// A meter samples the live heap as iterations end.
type meter struct {
	every   int
	ended   int
	samples []uint64
}

func (m *meter) Report(e event.Event, _ *event.Summary) error {
	if _, ok := e.(*event.IterationFinished); !ok {
		return nil
	}
	if m.ended++; m.ended%m.every == 0 {
		var s runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&s)
		m.samples = append(m.samples, s.HeapAlloc)
	}
	return nil
}

// Memory is that of an iteration, however many there are.
func TestPromise_72_MemoryIsFlat(t *testing.T) { // not parallel: it measures
	srv := runnertest.Serve(t, nil)
	col, err := collections.Parse("c.json", []byte(`{"info":{"name":"C"},"item":[{"name":"a","request":"`+srv.URL+`/get",
		"event":[{"listen":"test","script":{"exec":["pm.environment.set('last', pm.response.text()); pm.test('ok', () => pm.response.to.have.status(200))"]}}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	m := &meter{every: 250}
	res, err := runner.Run(t.Context(), runner.Options{Documents: runner.Documents{Collection: col}, Scripts: runner.Scripts{Engine: sandbox.New()}, Output: runner.Output{Reporters: []event.Reporter{m}}, Iterations: 2000})
	if err != nil || res.Failed() {
		t.Fatalf("%v %+v", err, res)
	}
	early, late := m.samples[0], m.samples[len(m.samples)-1]
	if late > early+2<<20 {
		t.Errorf("live heap after 250 iterations %d kB, after 2000 %d kB", early>>10, late>>10)
	}
}
