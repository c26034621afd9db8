package matrix_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postie/collections"
	"postie/collections/forgerock"
	"postie/collections/vars"
	"postie/runner"
	"postie/runner/event"
	"postie/runner/matrix"
	"postie/runner/mock"
	"postie/runner/runnertest"
	"postie/runner/script/sandbox"
	"postie/runner/transport"
)

// A memory is a Spool that holds what it keeps.
type memory struct{ events []event.Event }

func (m *memory) Report(e event.Event, _ *event.Summary) error {
	m.events = append(m.events, e)
	return nil
}
func (m *memory) Replay(report func(event.Event) error) error {
	for _, e := range m.events {
		if err := report(e); err != nil {
			return err
		}
	}
	return nil
}
func (m *memory) Close() error { return nil }

func spool() (matrix.Spool, error) { return &memory{}, nil }

// A transcript is events as lines, without what differs from run to run.
type transcript struct {
	mu    sync.Mutex
	lines []string
}

func (tr *transcript) Report(e event.Event, _ *event.Summary) error {
	if !tr.mu.TryLock() {
		panic("reporters are called concurrently")
	}
	defer tr.mu.Unlock()
	line := strings.TrimPrefix(fmt.Sprintf("%T", e), "*event.")
	switch e := e.(type) {
	case *event.IterationStarted:
		line = fmt.Sprintf("%d: iteration %d of %d %s", e.Cursor.Run, e.Cursor.Iteration, e.Cursor.Cycles, e.Data)
	case *event.RequestFinished:
		line = fmt.Sprintf("%d: %s %s", e.Cursor.Run, e.Item.Name, e.Request.Display)
	case *event.TestFinished:
		line = fmt.Sprintf("%d: test %s %v", e.Cursor.Run, e.Name, e.Err == nil)
	case *event.RunFinished:
		line = fmt.Sprintf("end: requests %d, tests %d/%d", e.Summary.Stats.Requests.Total, e.Summary.Stats.Assertions.Total, e.Summary.Stats.Assertions.Failed)
	}
	tr.lines = append(tr.lines, line)
	return nil
}

// tenants are runs of the Session Management collection on simulated tenants.
func tenants(t testing.TB, n int, latency time.Duration) []runner.Options {
	t.Helper()
	col, err := collections.Parse("c.json", forgerock.Collection())
	if err != nil {
		t.Fatal(err)
	}
	env, err := collections.ParseEnvironment("e.json", forgerock.Simulated())
	if err != nil {
		t.Fatal(err)
	}
	var out []runner.Options
	engine := sandbox.New() // as the command line: scripts compile once for all
	for range n {
		srv, err := mock.Serve(t.Context(), "127.0.0.1:0", mock.Conditions{Latency: latency}.Wrap(mock.NewForgeRock(mock.ForgeRockOptions{})))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { srv.Close() })
		out = append(out, runner.Options{
			Documents: runner.Documents{Collection: col, Environment: env},
			Network:   runner.Network{Options: transport.Options{ConnectTo: []transport.ConnectTo{{Addr: srv.Addr()}}, RootCAs: srv.CertPool()}},
			Scripts:   runner.Scripts{Engine: engine},
			Output:    runner.Output{Label: fmt.Sprint("tenant ", len(out))},
		})
	}
	return out
}

// TestPromise_70_OrderIsThatOfTheRuns: however many work at once, reporters see the same.
func TestPromise_70_OrderIsThatOfTheRuns(t *testing.T) {
	t.Parallel()
	runs := tenants(t, 5, 0)
	var want []string
	for _, workers := range []int{1, 4} {
		tr := &transcript{}
		for i, out := range matrix.Run(t.Context(), slices.Values(runs), matrix.Options{Workers: workers, Runs: len(runs), Reporters: []event.Reporter{tr}, Spool: spool}) {
			if out.Err != nil || out.Result.Failed() {
				t.Fatalf("run %d: %v %+v", i, out.Err, out.Result)
			}
		}
		if want == nil {
			want = tr.lines
		}
		if diff := cmp.Diff(want, tr.lines); diff != "" {
			t.Errorf("%d workers (-one +many):\n%s", workers, diff)
		}
	}
}

const rows = "id,pause\n1,30\n2,0\n3,20\n4,0\n"

const rowed = `{"info":{"name":"Rows"},"item":[{"name":"get","request":"{{host}}/{{id}}",
 "event":[{"listen":"prerequest","script":{"exec":["pm.variables.set('mine', (pm.variables.get('mine') || 0) + 1);"]}},
  {"listen":"test","script":{"exec":["pm.test('alone', () => pm.expect(pm.variables.get('mine')).to.equal(1));","pm.test('not 3', () => pm.expect(pm.iterationData.get('id')).to.not.equal(3));"]}}]}]}`

func TestParallelIterationsAreOneRun(t *testing.T) {
	t.Parallel()
	srv := runnertest.Serve(t, nil)
	col, err := collections.Parse("rows.json", []byte(rowed))
	if err != nil {
		t.Fatal(err)
	}
	data, err := collections.ReadData("rows.csv", bytes.NewReader([]byte(rows)))
	if err != nil {
		t.Fatal(err)
	}
	tr := &transcript{}
	res, err := matrix.Parallel(t.Context(), runner.Options{
		Documents:  runner.Documents{Collection: col, Data: data, Environment: vars.NewScope("e", vars.Variable{Key: "host", Value: srv.URL})},
		Scripts:    runner.Scripts{Engine: sandbox.New()},
		Iterations: 5,
	},
		matrix.Options{Workers: 3, Reporters: []event.Reporter{tr}, Spool: spool})
	if err != nil {
		t.Fatal(err)
	}
	if res.Stats.Iterations.Total != 5 || len(res.Failures) != 1 || res.Failures[0].Cursor.Iteration != 2 {
		t.Errorf("iterations %+v, failures %+v", res.Stats.Iterations, res.Failures)
	}
	var got []string
	for _, l := range tr.lines {
		if strings.Contains(l, "iteration ") || strings.HasPrefix(l, "RunStarted") || strings.HasPrefix(l, "end") {
			got = append(got, l)
		}
	}
	want := []string{"RunStarted", `0: iteration 0 of 5 {"id":1,"pause":30}`, `0: iteration 1 of 5 {"id":2,"pause":0}`,
		`0: iteration 2 of 5 {"id":3,"pause":20}`, `0: iteration 3 of 5 {"id":4,"pause":0}`, `0: iteration 4 of 5 {"id":4,"pause":0}`,
		"end: requests 5, tests 10/1"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestMaxFailures ends the runs that have not begun.
func TestMaxFailures(t *testing.T) {
	t.Parallel()
	col, err := collections.Parse("c.json", []byte(`{"info":{"name":"Down"},"item":[{"name":"a","request":"http://127.0.0.1:1/"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	ran := 0
	for range matrix.Run(t.Context(), slices.Values(slices.Repeat([]runner.Options{{Documents: runner.Documents{Collection: col}}}, 50)),
		matrix.Options{Workers: 2, MaxFailures: 1, Spool: spool}) {
		ran++
	}
	if ran > 10 {
		t.Errorf("%d runs after the first failure", ran)
	}
}

// TestLastRoundIsShared has three runs share two workers: none may be left to
// work alone at the end.
func TestLastRoundIsShared(t *testing.T) {
	t.Parallel()
	const items = 100
	third := make(chan struct{})
	var seen sync.Once
	var working, most atomic.Int32
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if n := working.Add(1); n > most.Load() {
			most.Store(n)
		}
		defer working.Add(-1)
		switch r.URL.Path {
		case "/2/0":
			seen.Do(func() { close(third) })
		case "/0/0", fmt.Sprintf("/1/%d", items-1):
			select {
			case <-third: // before either of the first two could end
			case <-r.Context().Done(): // the test has no more time: the third run waits for the end of another
			}
		}
	}))
	t.Cleanup(srv.Close)
	runs := numbered(t, srv.URL, 3, items)
	for i, out := range matrix.Run(t.Context(), slices.Values(runs), matrix.Options{Workers: 2, Runs: 3, Spool: spool}) {
		if out.Err != nil || out.Result.Stats.Requests.Total != items || out.Result.Failed() {
			t.Errorf("run %d: %v %+v", i, out.Err, out.Result)
		}
	}
	if most.Load() > 2 {
		t.Errorf("%d requests at once for two workers", most.Load())
	}
}

// TestTimedRunsDoNotShare: waiting for another run would count as their time.
func TestTimedRunsDoNotShare(t *testing.T) {
	t.Parallel()
	const items = 20
	var ended, early atomic.Bool
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/2/0":
			early.Store(!ended.Load())
		case fmt.Sprintf("/0/%d", items-1), fmt.Sprintf("/1/%d", items-1):
			ended.Store(true)
		}
	}))
	t.Cleanup(srv.Close)
	runs := numbered(t, srv.URL, 3, items)
	for i := range runs {
		runs[i].Timeout = time.Minute
	}
	for i, out := range matrix.Run(t.Context(), slices.Values(runs), matrix.Options{Workers: 2, Runs: 3, Spool: spool}) {
		if out.Err != nil {
			t.Errorf("run %d: %v", i, out.Err)
		}
	}
	if early.Load() {
		t.Error("the third run began before another had ended")
	}
}

// TestScriptsRunRequestsInTheirTurn has the only worker busy with the item
// whose script runs a request.
func TestScriptsRunRequestsInTheirTurn(t *testing.T) {
	t.Parallel()
	srv := runnertest.Serve(t, nil)
	col, err := collections.Parse("c.json", fmt.Appendf(nil, `{"info":{"name":"Nested"},"item":[
		{"name":"a","request":"%s/a","event":[{"listen":"test","script":{"exec":["await pm.execution.runRequest('b');"]}}]},
		{"name":"b","request":"%[1]s/b"}]}`, srv.URL))
	if err != nil {
		t.Fatal(err)
	}
	run := runner.Options{Documents: runner.Documents{Collection: col}, Scripts: runner.Scripts{Engine: sandbox.New()}}
	for i, out := range matrix.Run(t.Context(), slices.Values([]runner.Options{run, run}), matrix.Options{Workers: 1, Runs: 2, Spool: spool}) {
		if out.Err != nil || out.Result.Failed() || out.Result.Stats.Requests.Total != 3 {
			t.Errorf("run %d: %v %+v", i, out.Err, out.Result)
		}
	}
}

// numbered are runs that send /run/item for each of some items.
func numbered(t *testing.T, base string, runs, items int) []runner.Options {
	t.Helper()
	var list []string
	for i := range items {
		list = append(list, fmt.Sprintf(`{"name":"%d","request":"%s/{{run}}/%[1]d"}`, i, base))
	}
	col, err := collections.Parse("c.json", []byte(`{"info":{"name":"Numbered"},"item":[`+strings.Join(list, ",")+`]}`))
	if err != nil {
		t.Fatal(err)
	}
	var out []runner.Options
	for i := range runs {
		out = append(out, runner.Options{Documents: runner.Documents{Collection: col, Environment: vars.NewScope("e", vars.Variable{Key: "run", Value: fmt.Sprint(i)})}})
	}
	return out
}

// BenchmarkTenants is 50 tenants with 20 ms of latency each.
func BenchmarkTenants(b *testing.B) {
	runs := tenants(b, 50, 20*time.Millisecond)
	for _, workers := range []int{1, 16} {
		b.Run(fmt.Sprintf("j=%d", workers), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				for _, out := range matrix.Run(b.Context(), slices.Values(runs), matrix.Options{Workers: workers, Runs: len(runs), Spool: spool}) {
					if out.Err != nil {
						b.Fatal(out.Err)
					}
				}
			}
		})
	}
}
