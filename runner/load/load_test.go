package load_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"postie/collections"
	"postie/collections/vars"
	"postie/runner"
	"postie/runner/load"
	"postie/runner/script/sandbox"
)

// target counts the requests of each path, and answers as the test set it up.
type target struct {
	*httptest.Server
	mu    sync.Mutex
	paths map[string]int
	peak  atomic.Int64
	now   atomic.Int64
}

func serve(t testing.TB, handle http.HandlerFunc) *target {
	t.Helper()
	s := &target{paths: map[string]int{}}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := s.now.Add(1)
		defer s.now.Add(-1)
		for p := s.peak.Load(); n > p && !s.peak.CompareAndSwap(p, n); p = s.peak.Load() {
		}
		s.mu.Lock()
		s.paths[r.URL.Path]++
		s.mu.Unlock()
		if handle != nil {
			handle(w, r)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *target) count(path string) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return int64(s.paths[path])
}

func parse(t testing.TB, items string) *collections.Collection {
	t.Helper()
	c, err := collections.Parse("c.json", []byte(`{"info":{"name":"C","schema":"https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},"item":[`+items+`]}`))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func options(t testing.TB, items, url string) load.Options {
	return load.Options{Run: runner.Options{
		Documents: runner.Documents{Collection: parse(t, items), Environment: vars.NewScope("e", vars.Variable{Key: "url", Value: url})},
		Scripts:   runner.Scripts{Engine: sandbox.New()}}}
}

func put(t testing.TB, o load.Options) *load.Report {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	r, err := load.Run(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	accounted(t, r)
	return r
}

// accounted holds every report to its own promise: no iteration is lost.
func accounted(t testing.TB, r *load.Report) {
	t.Helper()
	l := r.Loop
	if l.Started != l.Finished+l.Failed+l.Cut {
		t.Errorf("started %d, finished %d, failed %d, cut %d", l.Started, l.Finished, l.Failed, l.Cut)
	}
	if l.Arrivals > 0 && l.Arrivals != l.Started+l.Dropped {
		t.Errorf("arrivals %d, started %d, dropped %d", l.Arrivals, l.Started, l.Dropped)
	}
}

const get = `{"name":"get","request":"{{url}}/get","event":[{"listen":"test","script":{"exec":["pm.test('is up', () => pm.response.to.have.status(200))"]}}]}`

// A number of iterations is shared by the virtual users, and each counts once.
func TestIterationsAreShared(t *testing.T) {
	t.Parallel()
	srv := serve(t, nil)
	o := options(t, get, srv.URL)
	o.Schedule = load.Schedule{Users: load.Fixed(4, 0), Iterations: 50}
	r := put(t, o)
	if r.Total.Count != 50 || r.Loop.Finished != 50 || srv.count("/get") != 50 || r.Total.Passed != 50 {
		t.Errorf("counted %d, finished %d, sent %d, checks %d", r.Total.Count, r.Loop.Finished, srv.count("/get"), r.Total.Passed)
	}
	if r.Total.Time.Max < r.Total.Time.P50 || r.Total.HDR == "" {
		t.Errorf("times %+v", r.Total.Time)
	}
}

// Virtual users do not see each other: variables and cookies are their own.
func TestUsersAreApart(t *testing.T) {
	t.Parallel()
	var mixed atomic.Int64
	srv := serve(t, func(w http.ResponseWriter, r *http.Request) {
		who := r.URL.Query().Get("who")
		if c, err := r.Cookie("who"); err == nil && c.Value != who {
			mixed.Add(1)
		}
		http.SetCookie(w, &http.Cookie{Name: "who", Value: who})
	})
	o := options(t, `{"name":"a","request":"{{url}}/a?who={{who}}","event":[{"listen":"prerequest","script":{"exec":[
		"if (!pm.environment.get('who')) pm.environment.set('who', pm.variables.replaceIn('{{$guid}}'))"]}}]}`, srv.URL)
	o.Schedule = load.Schedule{Users: load.Fixed(5, 0), Iterations: 60}
	r := put(t, o)
	if mixed.Load() != 0 || r.Failed() || r.Total.Failed != 0 {
		t.Errorf("%d requests had another's cookie; %+v", mixed.Load(), r.Errors)
	}
}

// Users share JavaScript machines, and what their scripts leave in them is their
// own all the same.
func TestWhatScriptsLeaveIsTheirUsers(t *testing.T) {
	t.Parallel()
	srv := serve(t, nil)
	o := options(t, `{"name":"a","request":"{{url}}/a","event":[
		{"listen":"prerequest","script":{"exec":["if (!pm.environment.get('who')) { who = pm.variables.replaceIn('{{$guid}}'); pm.environment.set('who', who); }"]}},
		{"listen":"test","script":{"exec":["pm.test('is mine', () => pm.expect(who).to.eql(pm.environment.get('who')));"]}}]},`+get, srv.URL)
	o.Schedule = load.Schedule{Users: load.Fixed(5, 0), Iterations: 60}
	if r := put(t, o); r.Failed() || r.Total.Failed != 0 || r.Total.Passed != 120 {
		t.Errorf("%d failed, %d checks passed: %+v", r.Total.Failed, r.Total.Passed, r.Errors)
	}
}

// A rate starts iterations however long the answers take; those that find no
// free user are dropped, and counted.
func TestRateDropsWhatFindsNoUser(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	srv := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
	})
	o := options(t, `{"name":"slow","request":"{{url}}/slow"}`, srv.URL)
	o.Schedule = load.Schedule{Rate: load.Fixed(50, time.Second), MaxUsers: 3}
	o.Observe = func(s load.Snapshot) { // after the last arrival
		select {
		case <-release:
		default:
			close(release)
		}
	}
	r := put(t, o)
	if r.Loop.Dropped == 0 || r.Loop.Started < 3 || srv.peak.Load() > 3 || r.Loop.MaxUsers > 3 {
		t.Errorf("%+v, %d requests at once", r.Loop, srv.peak.Load())
	}
	if len(r.Warnings) == 0 {
		t.Error("dropped iterations are not warned of")
	}
}

// A server that stalls: measured from when requests were due, the stall is in
// the figures of all that waited, not of the few that were sent.
func TestStallsAreNotOmitted(t *testing.T) {
	t.Parallel()
	const stall = 800 * time.Millisecond
	var first sync.Once
	var until atomic.Int64
	srv := serve(t, func(http.ResponseWriter, *http.Request) {
		first.Do(func() { until.Store(time.Now().Add(stall).UnixNano()) })
		time.Sleep(time.Until(time.Unix(0, until.Load())))
	})
	o := options(t, `{"name":"a","request":"{{url}}/a"}`, srv.URL)
	o.Schedule = load.Schedule{Rate: load.Fixed(100, time.Second), MaxUsers: 1000}
	r := put(t, o)
	// Of 100 arrivals in the second, the first 80 wait 800, 790 … 10 ms.
	if r.Total.SinceDue.P50 < 200 {
		t.Errorf("the median since requests were due is %v ms: the stall is left out", r.Total.SinceDue.P50)
	}
	if r.Total.SinceDue.Max < 780 {
		t.Errorf("the longest took %v ms", r.Total.SinceDue.Max)
	}
}

// At the end, iterations in progress have the grace; then they are cut, and
// counted as cut.
func TestGrace(t *testing.T) {
	t.Parallel()
	var hanging sync.WaitGroup
	hanging.Add(2)
	srv := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		hanging.Done()
		<-r.Context().Done()
	})
	end := make(chan struct{})
	go func() {
		hanging.Wait()
		close(end)
	}()
	o := options(t, `{"name":"hangs","request":"{{url}}/hangs"}`, srv.URL)
	o.Schedule, o.Grace, o.Interrupt = load.Schedule{Users: load.Fixed(2, time.Hour)}, 100*time.Millisecond, end
	r := put(t, o)
	if r.Loop.Cut != 2 || r.Loop.Finished != 0 || r.Total.Count != 0 {
		t.Errorf("%+v; of requests that were cut %d are counted, though the target did not fail", r.Loop, r.Total.Count)
	}
}

// Setup and teardown run once; what setup leaves reaches every user.
func TestSetupAndTeardown(t *testing.T) {
	t.Parallel()
	srv := serve(t, nil)
	o := options(t, `{"name":"Before","item":[{"name":"login","request":"{{url}}/login","event":[{"listen":"test","script":{"exec":[
			"pm.environment.set('token', 'e'); pm.globals.set('g', 'g'); pm.collectionVariables.set('c', 'c')"]}}]}]},
		{"name":"use","request":"{{url}}/use/{{token}}{{g}}{{c}}"},
		{"name":"After","item":[{"name":"logout","request":"{{url}}/logout"}]}`, srv.URL)
	o.Setup, o.Teardown = []string{"Before"}, []string{"After"}
	o.Schedule = load.Schedule{Users: load.Fixed(3, 0), Iterations: 20}
	r := put(t, o)
	if srv.count("/login") != 1 || srv.count("/logout") != 1 || srv.count("/use/egc") != 20 || r.Total.Count != 20 {
		t.Errorf("%v, counted %d", srv.paths, r.Total.Count)
	}
	o = options(t, `{"name":"Before","item":[{"name":"login","request":"{{url}}/login","event":[{"listen":"test","script":{"exec":["pm.test('no', () => { throw Error('refused') })"]}}]}]},`+get, srv.URL)
	o.Setup, o.Schedule = []string{"Before"}, load.Schedule{Users: load.Fixed(1, 0), Iterations: 1}
	if _, err := load.Run(t.Context(), o); !errors.Is(err, load.ErrSetup) {
		t.Errorf("a setup that fails: %v", err)
	}
}

// The teardown also runs after an interrupt: what setup made is to go.
func TestTeardownAfterInterrupt(t *testing.T) {
	t.Parallel()
	srv := serve(t, nil)
	o := options(t, get+`,{"name":"After","request":"{{url}}/after"}`, srv.URL)
	end := make(chan struct{})
	var once sync.Once
	o.Observe = func(load.Snapshot) { once.Do(func() { close(end) }) }
	o.Teardown, o.Interrupt, o.Run.Interrupt = []string{"After"}, end, end
	o.Schedule = load.Schedule{Users: load.Fixed(1, time.Hour)}
	if r := put(t, o); !r.Interrupted || srv.count("/after") != 1 {
		t.Errorf("interrupted %v, %d teardowns, warnings %q", r.Interrupted, srv.count("/after"), r.Warnings)
	}
}

// Unique rows are used once over all users, and end the load.
func TestUniqueRows(t *testing.T) {
	t.Parallel()
	srv := serve(t, nil)
	o := options(t, `{"name":"a","request":"{{url}}/{{id}}"}`, srv.URL)
	text := "id\n"
	for i := range 30 {
		text += fmt.Sprintln(i)
	}
	var err error
	if o.Run.Data, err = collections.ReadData("d.csv", strings.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	o.Order, o.Schedule = load.Unique, load.Schedule{Users: load.Fixed(4, time.Minute)}
	r := put(t, o)
	for i := range 30 {
		if n := srv.count(fmt.Sprint("/", i)); n != 1 {
			t.Errorf("row %d was used %d times", i, n)
		}
	}
	if !r.RanOut || r.Total.Count != 30 {
		t.Errorf("ran out %v, %d requests", r.RanOut, r.Total.Count)
	}
}

// Thresholds are judged over all requests and over single ones; the first that
// is missed ends the load when that is asked for.
func TestThresholds(t *testing.T) {
	t.Parallel()
	srv := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/bad" {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	items := get + `,{"name":"bad","request":"{{url}}/bad","event":[{"listen":"test","script":{"exec":["pm.test('is up', () => pm.response.to.have.status(200))"]}}]}`
	o := options(t, items, srv.URL)
	var err error
	if o.Thresholds, err = load.ParseThresholds("p95<1m,failed<1%,checks>99%,{get}.failed<1%,{b*}.checks<=0%,requests>=20,{get}.rate>0.001/s"); err != nil {
		t.Fatal(err)
	}
	o.Schedule = load.Schedule{Users: load.Fixed(2, 0), Iterations: 10}
	r := put(t, o)
	var met []bool
	for _, v := range r.Verdicts {
		met = append(met, v.Met)
	}
	if want := []bool{true, false, false, true, true, true, true}; fmt.Sprint(met) != fmt.Sprint(want) || !r.Failed() {
		t.Errorf("%+v", r.Verdicts)
	}
	if len(r.Errors) != 1 || r.Errors[0].Text != "503 Service Unavailable" || len(r.Samples) != 3 || r.Samples[0].Code != 503 {
		t.Errorf("errors %+v, samples %+v", r.Errors, r.Samples)
	}
	o.Thresholds, _ = load.ParseThresholds("{gte}.p95<1s")
	if _, err := load.Run(t.Context(), o); err == nil || !strings.Contains(err.Error(), `did you mean "get"?`) {
		t.Errorf("a threshold on no request: %v", err)
	}
	o.Thresholds, _ = load.ParseThresholds("failed<1%")
	o.Schedule, o.Abort, o.AbortAfter = load.Schedule{Users: load.Fixed(1, time.Hour)}, true, time.Millisecond
	if r := put(t, o); r.Aborted != "failed<1%" {
		t.Errorf("aborted by %q", r.Aborted)
	}
}

// A server that answers, and refuses: no test looks at it, so nothing failed as
// Postman has it. As k6 has it all did, and the report says so.
func TestStatusesCount(t *testing.T) {
	t.Parallel()
	srv := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/down" {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	closed := httptest.NewServer(nil)
	closed.Close()
	o := options(t, `{"name":"down","request":"{{url}}/down"},{"name":"up","request":"{{url}}/up"},{"name":"away","request":"`+closed.URL+`"}`, srv.URL)
	o.Schedule = load.Schedule{Users: load.Fixed(1, 0), Iterations: 2}
	warned := func(r *load.Report) bool { return strings.Contains(strings.Join(r.Warnings, "\n"), "2 of 6 requests") }
	r := put(t, o)
	if r.Total.Failed != 2 || r.Total.Refused != 4 || !warned(r) {
		t.Errorf("failed %d, refused %d, warnings %q", r.Total.Failed, r.Total.Refused, r.Warnings)
	}
	var text strings.Builder
	if err := load.Text(&text, r); err != nil || !strings.Contains(text.String(), "status        2 without an answer, 2 2xx, 2 5xx, http_req_failed 66.67%") {
		t.Error(text.String())
	}
	var err error
	if o.Thresholds, err = load.ParseThresholds("http_req_failed<67%,http_req_failed<66%,5xx<34%,{down}.5xx<=99%,{up}.http_req_failed==0%,{up}.2xx>=100%,4xx<=0%"); err != nil {
		t.Fatal(err)
	}
	r = put(t, o)
	var met []bool
	for _, v := range r.Verdicts {
		met = append(met, v.Met)
	}
	if want := []bool{true, false, true, false, true, true, true}; fmt.Sprint(met) != fmt.Sprint(want) || warned(r) {
		t.Errorf("%+v, warnings %q", r.Verdicts, r.Warnings)
	}
}

// A figure that nothing was measured of is not within its bound.
func TestThresholdsOnNothing(t *testing.T) {
	t.Parallel()
	srv := serve(t, nil)
	closed := httptest.NewServer(nil)
	closed.Close()
	skipped := `{"name":"skipped","event":[{"listen":"prerequest","script":{"exec":["pm.execution.skipRequest()"]}}],"request":"{{url}}"}`
	for _, c := range []struct{ name, items, url, thresholds string }{
		{"no answer", get, closed.URL, "p95<1m,avg<1m,med<1m,min<1m,max<1m"},
		{"no check", `{"name":"get","request":"{{url}}"}`, srv.URL, "checks>99%,{get}.checks>99%"},
		{"no request", skipped, srv.URL, "failed<1%,errors<1%,p99<1m,checks>=0%,{skipped}.failed<1%"},
	} {
		o := options(t, c.items, c.url)
		o.Schedule = load.Schedule{Users: load.Fixed(1, 0), Iterations: 2}
		var err error
		if o.Thresholds, err = load.ParseThresholds(c.thresholds); err != nil {
			t.Fatal(err)
		}
		r := put(t, o)
		for _, v := range r.Verdicts {
			if v.Met || !v.Unmeasured {
				t.Errorf("%s: %+v", c.name, v)
			}
		}
		var text strings.Builder
		if err := load.Text(&text, r); err != nil || !strings.Contains(text.String(), "nothing was measured") {
			t.Errorf("%s: %s", c.name, text.String())
		}
	}
}

// A pre-request script that throws breaks its request, and not the one before.
func TestPrerequestFailures(t *testing.T) {
	t.Parallel()
	srv := serve(t, nil)
	items := get + `,{"name":"broken","request":"{{url}}/b","event":[{"listen":"prerequest","script":{"exec":["throw new Error('no')"]}}]}`
	o := options(t, items, srv.URL)
	o.Schedule = load.Schedule{Users: load.Fixed(1, 0), Iterations: 2}
	r := put(t, o)
	got := map[string][2]int64{}
	for _, f := range r.Requests {
		got[f.Request] = [2]int64{f.Failed, f.Errors}
	}
	if want := map[string][2]int64{"get": {}, "broken": {2, 2}}; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("failed and broken: %v, want %v", got, want)
	}
}

// A baseline bounds figures by percentages of another load's.
func TestBaseline(t *testing.T) {
	t.Parallel()
	srv := serve(t, nil)
	o := options(t, get, srv.URL)
	o.Schedule = load.Schedule{Users: load.Fixed(1, 0), Iterations: 5}
	before := put(t, o)
	text, err := json.Marshal(before)
	if err != nil {
		t.Fatal(err)
	}
	if o.Baseline, err = load.ParseReport(text); err != nil {
		t.Fatal(err)
	}
	o.Thresholds, _ = load.ParseThresholds("requests<=100%,requests<=50%,{get}.requests>=100%")
	r := put(t, o)
	if !r.Verdicts[0].Met || r.Verdicts[1].Met || !r.Verdicts[2].Met {
		t.Errorf("%+v", r.Verdicts)
	}
	for name, text := range map[string]string{"another file": `{"a":1}`, "no JSON": `x`, "a later version": `{"version":99}`} {
		if _, err := load.ParseReport([]byte(text)); err == nil {
			t.Errorf("%s is taken for a report", name)
		}
	}
	o.Baseline = nil
	if _, err := load.Run(t.Context(), o); err == nil {
		t.Error("a percentage without a baseline is taken")
	}
}

// An interrupt ends the load with its figures, and nothing of it stays behind.
func TestInterrupt(t *testing.T) { // not parallel: it counts goroutines
	srv := serve(t, nil)
	before := runtime.NumGoroutine()
	interrupt := make(chan struct{})
	o := options(t, get, srv.URL)
	o.Schedule, o.Interrupt = load.Schedule{Users: load.Fixed(5, time.Hour)}, interrupt
	var once sync.Once
	o.Observe = func(s load.Snapshot) {
		if s.Requests > 0 {
			once.Do(func() { close(interrupt) })
		}
	}
	r := put(t, o)
	if !r.Interrupted || r.Total.Count == 0 {
		t.Errorf("interrupted %v, %d requests", r.Interrupted, r.Total.Count)
	}
	srv.CloseClientConnections()
	for runtime.NumGoroutine() > before+2 { // else the test ends with all of them named
		time.Sleep(time.Millisecond)
	}
}

// Every form of the report is whole, and shows hostile names as text.
func TestForms(t *testing.T) {
	t.Parallel()
	srv := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	o := options(t, `{"name":"<script>alert(1)</script>\u001b[31m","request":"{{url}}/x","event":[{"listen":"test","script":{"exec":["pm.test('</table><b>', () => pm.response.to.have.status(200))"]}}]}`, srv.URL)
	o.Schedule = load.Schedule{Users: load.Fixed(1, 0), Iterations: 2}
	o.Thresholds, _ = load.ParseThresholds("failed<1%")
	r := put(t, o)
	for name, write := range map[string]func(*bytes.Buffer) error{
		"html":  func(b *bytes.Buffer) error { return load.HTML(b, r) },
		"text":  func(b *bytes.Buffer) error { return load.Text(b, r) },
		"csv":   func(b *bytes.Buffer) error { return load.CSV(b, r) },
		"junit": func(b *bytes.Buffer) error { return load.JUnit(b, r) },
		"pair":  func(b *bytes.Buffer) error { return load.Compare(b, r, r) },
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(name, err)
		}
		if strings.Contains(b.String(), "\x1b") && name != "csv" || name == "html" && (strings.Contains(b.String(), "<script") || strings.Contains(b.String(), "</table><b>")) {
			t.Errorf("%s: %s", name, b.String())
		}
	}
}

// What a load that was cut short leaves says so in every form; what is slower
// than the baseline is named.
func TestFormsSayWhatHappened(t *testing.T) {
	t.Parallel()
	figures := func(p95 float64) load.Figures {
		return load.Figures{Request: "Pay", Count: 5, Time: load.Spread{P95: p95}}
	}
	r := &load.Report{Version: load.Version, Interrupted: true, Series: make([]load.Second, 2), Requests: []load.Figures{figures(50)},
		Slower: []load.Change{{Request: "Pay", Before: 20, After: 50}}}
	for name, c := range map[string]struct {
		write func(io.Writer, *load.Report) error
		want  []string
	}{
		"text":  {load.Text, []string{"was interrupted", "Pay: p95 50.0 ms, before 20.0 ms (+150%)"}},
		"html":  {load.HTML, []string{"was interrupted", "Pay: p95 50.0 ms, before 20.0 ms (+150%)"}},
		"junit": {load.JUnit, []string{`errors="1"`, "<error message=\"interrupted"}},
		"csv":   {load.CSV, []string{",event\n", ",interrupted\n"}},
		"json":  {load.JSON, []string{`"interrupted": true`, `"slower": [`}},
	} {
		var b strings.Builder
		if err := c.write(&b, r); err != nil {
			t.Fatal(name, err)
		}
		for _, want := range c.want {
			if !strings.Contains(b.String(), want) {
				t.Errorf("%s: no %q in\n%s", name, want, b.String())
			}
		}
	}
}

// A baseline names the requests that got slower, with no threshold.
func TestSlowerThanBaseline(t *testing.T) {
	t.Parallel()
	srv := serve(t, func(http.ResponseWriter, *http.Request) { time.Sleep(20 * time.Millisecond) })
	o := options(t, get, srv.URL)
	o.Schedule = load.Schedule{Users: load.Fixed(1, 0), Iterations: 5}
	o.Baseline = &load.Report{Version: load.Version, Requests: []load.Figures{{Request: "get", Count: 5, Time: load.Spread{P95: 2}}}}
	if r := put(t, o); len(r.Slower) != 1 || r.Slower[0].Request != "get" || r.Slower[0].Before != 2 || r.Slower[0].After < 20 {
		t.Errorf("%+v", r.Slower)
	}
	o.Baseline.Requests[0].Time.P95 = 60_000
	if r := put(t, o); len(r.Slower) != 0 {
		t.Errorf("quicker, and named: %+v", r.Slower)
	}
}

// Unique rows are used once over all shares of a load.
func TestUniqueRowsOfShares(t *testing.T) {
	t.Parallel()
	srv := serve(t, nil)
	o := options(t, `{"name":"a","request":"{{url}}/{{id}}"}`, srv.URL)
	text := "id\n"
	for i := range 31 {
		text += fmt.Sprintln(i)
	}
	var generators sync.WaitGroup
	for _, share := range load.Shares(2, 1, 4) {
		o := o
		var err error
		if o.Run.Data, err = collections.ReadData("d.csv", strings.NewReader(text)); err != nil {
			t.Fatal(err)
		}
		o.Order, o.Share, o.Schedule = load.Unique, share, load.Schedule{Users: load.Fixed(7, time.Minute)}
		generators.Go(func() {
			ranOut := false
			if err := load.Generate(t.Context(), o, func(p *load.Part) { ranOut = p.RanOut }); err != nil || !ranOut {
				t.Errorf("ran out %v: %v", ranOut, err)
			}
		})
	}
	generators.Wait()
	for i := range 31 {
		if n := srv.count(fmt.Sprint("/", i)); n != 1 {
			t.Errorf("row %d was used %d times", i, n)
		}
	}
}

// BenchmarkUsers is the throughput of a closed load, plain and with three tests
// for each request, of few users and of many. Its memory is the whole process's
// but for the server's.
func BenchmarkUsers(b *testing.B) {
	srv := serve(b, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"ok":true,"id":42}`)
	})
	tests := `,"event":[{"listen":"test","script":{"exec":["const j = pm.response.json();","pm.test('status', () => pm.response.to.have.status(200));",
		"pm.test('id', () => pm.expect(j.id).to.equal(42));","pm.test('ok', () => pm.expect(j.ok).to.equal(true));"]}}]`
	for name, script := range map[string]string{"plain": "", "scripted": tests} {
		var items []string
		for i := range 10 {
			items = append(items, fmt.Sprintf(`{"name":"r%d","request":"{{url}}/r%d"%s}`, i, i, script))
		}
		for _, users := range []float64{1, 50} {
			b.Run(fmt.Sprintf("%s/%v", name, users), func(b *testing.B) {
				o := options(b, strings.Join(items, ","), srv.URL)
				b.ReportAllocs()
				n := 0
				for b.Loop() {
					o.Schedule = load.Schedule{Users: load.Fixed(users, 0), Iterations: 1000}
					n += int(put(b, o).Total.Count)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/request")
			})
		}
	}
}
