package cluster

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go/jetstream"

	"postie/collections"
	"postie/collections/vars"
	"postie/runner"
	"postie/runner/cluster/hub"
	"postie/runner/event"
	"postie/runner/matrix"
	"postie/runner/script/sandbox"
)

// quick are the times of tests in which no worker is lost with a job.
var quick = times{ackWait: time.Minute, noWorker: time.Minute, answer: 500 * time.Millisecond, startsIn: 100 * time.Millisecond, quiet: 500 * time.Millisecond, silent: time.Minute, orphaned: time.Minute}

func startHub(t testing.TB) *hub.Hub {
	t.Helper()
	h, err := hub.Start(hub.Options{Listen: "127.0.0.1:0", Store: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Close)
	return h
}

func connectTo(t testing.TB, h *hub.Hub, key *Key) *Bus {
	t.Helper()
	return connectAt(t, h.URL(), key, quick)
}

func connectAt(t testing.TB, url string, key *Key, at times) *Bus {
	t.Helper()
	b, err := connect(t.Context(), Options{URL: url, Key: key}, at)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

// startWorker starts a worker in this process, until the test ends.
func startWorker(t testing.TB, h *hub.Hub, key *Key, o WorkerOptions) (end func()) {
	t.Helper()
	_, end = startWorkerOn(t, connectTo(t, h, key), o)
	return end
}

func startWorkerOn(t testing.TB, b *Bus, o WorkerOptions) (w *Worker, end func()) {
	t.Helper()
	if o.Engine == nil {
		o.Engine = sandbox.New()
	}
	o.Notice = func(text string) { t.Log("worker:", text) }
	w = NewWorker(b, o)
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := w.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	end = func() { cancel(); wg.Wait() }
	t.Cleanup(end)
	return w, end
}

// until waits for a condition.
func until(t testing.TB, is func() bool) {
	for !is() && t.Context().Err() == nil {
		time.Sleep(time.Millisecond)
	}
}

// beside does something while the test goes on, which waits for it at its end.
func beside(t testing.TB, do func()) (done <-chan struct{}) {
	out := make(chan struct{})
	go func() { defer close(out); do() }()
	t.Cleanup(func() { <-out })
	return out
}

// server answers, counts what it is asked, and can hold answers back.
type testServer struct {
	*httptest.Server
	asked atomic.Int64
	mu    sync.Mutex
	by    map[string]int
	now   int           // requests at work
	most  int           // that were at once
	hold  chan struct{} // requests for /hold wait for it
	held  atomic.Int64  // those that wait
}

func startServer(t testing.TB) *testServer {
	s := &testServer{by: map[string]int{}, hold: make(chan struct{})}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.asked.Add(1)
		s.mu.Lock()
		s.by[r.URL.RequestURI()]++
		s.now++
		s.most = max(s.most, s.now)
		s.mu.Unlock()
		defer func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.now--
		}()
		if strings.HasPrefix(r.URL.Path, "/hold") {
			s.held.Add(1)
			select {
			case <-s.hold:
			case <-r.Context().Done():
			}
			s.held.Add(-1)
		}
		if strings.HasPrefix(r.URL.Path, "/slow") {
			select {
			case <-time.After(50 * time.Millisecond):
			case <-r.Context().Done():
			}
		}
		if r.URL.Path == "/noise" { // more than one message holds, and nothing can compress it
			_, _ = io.CopyN(w, rand.Reader, 512<<10)
			return
		}
		fmt.Fprintf(w, `{"path":%q,"token":"s3cr3t-of-the-answer"}`, r.URL.RequestURI())
	}))
	t.Cleanup(s.Close)
	return s
}

func parse(t testing.TB, src string) *collections.Collection {
	t.Helper()
	c, err := collections.Parse("c.json", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const twoRequests = `{"info":{"name":"Two"},"variable":[{"key":"v","value":"1"}],"item":[
	{"name":"A","event":[{"listen":"test","script":{"exec":["pm.test('is ok', () => pm.response.to.have.status(200));",
		"pm.environment.set('seen', pm.response.json().path); console.log('a', {b: 1});"]}}],"request":"{{host}}/{{path}}?tenant={{tenant}}"},
	{"name":"B","event":[{"listen":"test","script":{"exec":["pm.test('fails', () => pm.expect(1).to.equal(2));"]}}],
		"request":{"method":"GET","url":"{{host}}/b?tenant={{tenant}}&seen={{seen}}"}}]}`

func tenantRuns(c *collections.Collection, host, path string, n int) []runner.Options {
	var out []runner.Options
	for i := range n {
		name := fmt.Sprintf("t%d", i)
		out = append(out, runner.Options{Documents: runner.Documents{Collection: c, Environment: vars.NewScope(name,
			vars.Variable{Key: "host", Value: host}, vars.Variable{Key: "tenant", Value: name}, vars.Variable{Key: "path", Value: path})},
			Scripts: runner.Scripts{Engine: sandbox.New()}, Output: runner.Output{Label: name}})
	}
	return out
}

// A recorder writes down what happened, but for times, ids and who worked.
type recorder struct{ lines []string }

func (r *recorder) Report(e event.Event, sum *event.Summary) error {
	line := fmt.Sprintf("%T %d/%d", e, event.HeadOf(e).Cursor.Run, event.HeadOf(e).Cursor.Iteration)
	switch e := e.(type) {
	case *event.RunStarted:
		line += fmt.Sprint(e.Label, e.Environment, e.Items, e.Iterations, string(e.Collection))
	case *event.RequestFinished:
		line += fmt.Sprint(e.Item.Path, e.Item.Line, e.Request.URL, e.Response != nil && e.Response.Code == 200)
	case *event.TestFinished:
		line += fmt.Sprint(e.Name, e.Line, e.Err)
	case *event.ConsoleLogged:
		line += fmt.Sprint(e.Messages)
	case *event.RunFinished:
		line += fmt.Sprintf("%+v %v", sum.Stats, e.Err)
	}
	r.lines = append(r.lines, line)
	return nil
}

func runMatrix(t testing.TB, runs []runner.Options, o matrix.Options) (*recorder, []matrix.Outcome) {
	t.Helper()
	rec := &recorder{}
	o.Reporters, o.Runs = append(o.Reporters, rec), len(runs)
	var outs []matrix.Outcome
	for _, out := range matrix.Run(t.Context(), slices.Values(runs), o) {
		outs = append(outs, out)
	}
	return rec, outs
}

func dispatcher(t testing.TB, b *Bus, o DispatcherOptions) *Dispatcher {
	t.Helper()
	if o.Notice == nil {
		o.Notice = func(text string) { t.Log("dispatcher:", text) }
	}
	d, err := NewDispatcher(t.Context(), b, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Abandon)
	if o.ID == "" {
		if err := d.Plan(t.Context(), nil, nil); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

// A cluster reports what one machine does, in the same order.
func TestReportsAreTheSame(t *testing.T) {
	t.Parallel()
	srv, h, key := startServer(t), startHub(t), NewKey()
	for i := range 3 {
		startWorker(t, h, key, WorkerOptions{Name: fmt.Sprintf("w%d", i), Slots: 2})
	}
	runs := tenantRuns(parse(t, twoRequests), srv.URL, "a", 12)
	want, _ := runMatrix(t, runs, matrix.Options{Workers: 4})
	b := connectTo(t, h, key)
	d := dispatcher(t, b, DispatcherOptions{})
	got, outs := runMatrix(t, runs, matrix.Options{Workers: 6, Carry: d.Carry})
	if diff := cmp.Diff(want.lines, got.lines); diff != "" {
		t.Errorf("(-one machine +cluster):\n%s", diff)
	}
	for i, out := range outs {
		if out.Err != nil || out.Result.Stats.Requests.Total != 2 || len(out.Result.Failures) != 1 {
			t.Errorf("run %d: %+v", i, out)
			continue
		}
		if v, _ := out.Result.Environment.Get("seen"); v != fmt.Sprintf("/a?tenant=t%d", i) {
			t.Errorf("run %d left seen = %v", i, v)
		}
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}

// The runs that would be left after the last round are part of it: they share the
// slots item by item, and no more items are at work than there are slots.
func TestLastRoundSharesSlots(t *testing.T) {
	t.Parallel()
	srv, h, key := startServer(t), startHub(t), NewKey()
	b := connectTo(t, h, key)
	d := dispatcher(t, connectTo(t, h, key), DispatcherOptions{})
	d.Expect(3, 2)
	beside(t, func() {
		defer close(srv.hold)
		until(t, func() bool {
			waiting, _, err := b.backlog(t.Context())
			return err == nil && waiting == 3
		})
		startWorkerOn(t, b, WorkerOptions{Name: "w", Slots: 2})
		until(t, func() bool {
			info, err := b.runs.Info(t.Context(), jetstream.WithSubjectFilter("postie.runs.*.began.*"))
			return err == nil && len(info.State.Subjects) == 3 && srv.held.Load() == 2
		})
	})
	_, outs := runMatrix(t, tenantRuns(parse(t, twoRequests), srv.URL, "hold", 3), matrix.Options{Workers: 3, Carry: d.Carry})
	for i, out := range outs {
		if out.Err != nil || out.Result.Stats.Requests.Total != 2 {
			t.Errorf("run %d: %+v", i, out)
		}
	}
	srv.mu.Lock()
	defer srv.mu.Unlock()
	if len(outs) != 3 || srv.most != 2 {
		t.Errorf("%d outcomes, %d requests at once", len(outs), srv.most)
	}
}

func TestLastRound(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		job, jobs, slots int
		want             *round
	}{
		{239, 300, 48, nil},
		{240, 300, 48, &round{12, 48}},
		{299, 300, 48, &round{12, 48}},
		{95, 96, 48, nil}, // nothing is left after it
		{0, 47, 48, nil},  // each has a slot
		{0, 49, 48, &round{1, 48}},
		{5, 6, 0, nil}, // nobody knows how many slots there are
	} {
		if got := lastRound(tt.job, tt.jobs, tt.slots); !cmp.Equal(got, tt.want) {
			t.Errorf("job %d of %d over %d slots: %v, want %v", tt.job, tt.jobs, tt.slots, got, tt.want)
		}
	}
	if got := (&round{12, 48}).share(16); got != 4 {
		t.Errorf("a third of the slots takes %d of 12", got)
	}
}

// Iterations in chunks are those of one run.
func TestRowsInChunks(t *testing.T) {
	t.Parallel()
	srv, h, key := startServer(t), startHub(t), NewKey()
	startWorker(t, h, key, WorkerOptions{Name: "w", Slots: 3})
	data, err := collections.ReadData("rows.csv", strings.NewReader("tenant,n\nx,1\ny,007\nz,3\nu,4\nv,5\n"))
	if err != nil {
		t.Fatal(err)
	}
	o := tenantRuns(parse(t, twoRequests), srv.URL, "a", 1)[0]
	o.Environment.Unset("tenant")
	o.Data, o.Iterations = data, 7
	want, got := &recorder{}, &recorder{}
	if _, err := matrix.Parallel(t.Context(), o, matrix.Options{Workers: 2, Reporters: []event.Reporter{want}}); err != nil {
		t.Fatal(err)
	}
	d := dispatcher(t, connectTo(t, h, key), DispatcherOptions{})
	defer d.Close()
	res, err := matrix.Parallel(t.Context(), o, matrix.Options{Workers: 2, Reporters: []event.Reporter{got}, CarryRows: d.CarryRows, Chunk: 3})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want.lines, got.lines); diff != "" {
		t.Errorf("(-one machine +cluster):\n%s", diff)
	}
	if res.Stats.Iterations.Total != 7 || len(res.Failures) != 7 {
		t.Errorf("%+v, %d failures", res.Stats, len(res.Failures))
	}
}

// A worker sends the dispatcher's files, as the dispatcher may read them, and
// none of its own machine.
func TestFilesComeFromTheDispatcher(t *testing.T) {
	t.Parallel()
	bodies := make(chan string, 4)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b := new(strings.Builder)
		_, _ = fmt.Fprint(b, r.ContentLength)
		bodies <- b.String()
	}))
	defer srv.Close()
	h, key := startHub(t), NewKey()
	startWorker(t, h, key, WorkerOptions{Name: "w"})
	o := runner.Options{Documents: runner.Documents{Collection: parse(t, `{"info":{"name":"F"},"item":[
		{"name":"there","request":{"method":"POST","url":"`+srv.URL+`","body":{"mode":"file","file":{"src":"{{name}}"}}}},
		{"name":"not there","request":{"method":"POST","url":"`+srv.URL+`","body":{"mode":"file","file":{"src":"/etc/passwd"}}}}]}`),
		Environment: vars.NewScope("e", vars.Variable{Key: "name", Value: "body.bin"}),
		Files:       fstest.MapFS{"body.bin": {Data: make([]byte, 700_000)}}}}
	d := dispatcher(t, connectTo(t, h, key), DispatcherOptions{})
	defer d.Close()
	res, err := d.Carry(t.Context(), 0, o)
	if err != nil {
		t.Fatal(err)
	}
	if got := <-bodies; got != "700000" {
		t.Errorf("a body of %s bytes", got)
	}
	if res.Stats.Requests.Total == 0 {
		t.Errorf("%+v", res.Stats)
	}
	var _ fs.FS = o.Files
}

// A document that several runs send at once is there when the first of them
// goes out, not only when the last does.
func TestDocumentIsThereForAll(t *testing.T) {
	t.Parallel()
	b := connectTo(t, startHub(t), NewKey())
	d := dispatcher(t, b, DispatcherOptions{})
	defer d.Close()
	content := make([]byte, 8<<20)
	if _, err := rand.Read(content); err != nil { // nothing to compress
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			name, err := d.document(t.Context(), content)
			if err == nil {
				_, err = b.get(t.Context(), name)
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}
