package load_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"

	"postie/runner/load"
)

// The grammar of Prometheus' text format, a line at a time.
var exposition = regexp.MustCompile(`^(# HELP [a-z_]+ .+|# TYPE [a-z_]+ (counter|gauge|histogram)|[a-z_]+(\{[a-z]+="(\\.|[^"\\\n])*"(,[a-z]+="(\\.|[^"\\\n])*")*\})? [0-9.e+-]+)$`)

// Metrics are figures of the load, in a form that Prometheus reads whatever the
// names of requests are.
func TestMetrics(t *testing.T) {
	t.Parallel()
	srv := serve(t, nil)
	o := options(t, `{"name":"quote \" back \\ line\n","request":"{{url}}/a"},`+get, srv.URL)
	o.Schedule = load.Schedule{Users: load.Fixed(2, 0), Iterations: 20}
	var c *load.Collector
	o.Watch = func(made *load.Collector) { c = made }
	put(t, o)
	rec := httptest.NewRecorder()
	c.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	text := rec.Body.String()
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		if !exposition.MatchString(line) {
			t.Errorf("not of the format: %q", line)
		}
	}
	for _, want := range []string{`postie_load_requests_total{request="get"} 20`, `postie_load_requests_total{request="quote \" back \\ line\n"} 20`,
		`postie_load_checks_total{request="get",result="passed"} 20`, `postie_load_request_duration_seconds_bucket{request="get",le="+Inf"} 20`,
		`postie_load_responses_total{request="get",class="2xx"} 20`, `postie_load_iterations_total{result="finished"} 20`, `postie_load_vus 0`} {
		if !strings.Contains(text, want+"\n") {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
	rec = httptest.NewRecorder()
	c.ServeHTTP(rec, httptest.NewRequest(http.MethodPost, "/", nil))
	if rec.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", rec.Code)
	}
}

// An OpenTelemetry collector gets the last figures, with the headers it asks
// for; one that refuses is the error.
func TestPush(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var path, auth string
	var body []byte
	hub := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		path, auth = r.URL.Path, r.Header.Get("Authorization")
		body, _ = io.ReadAll(r.Body)
		if auth == "" {
			http.Error(w, "who are you?", http.StatusUnauthorized)
		}
	}))
	defer hub.Close()
	srv := serve(t, nil)
	o := options(t, get, srv.URL)
	o.Schedule = load.Schedule{Users: load.Fixed(1, 0), Iterations: 5}
	push := &load.Push{URL: hub.URL, Header: http.Header{"Authorization": {"Bearer x"}}}
	o.Watch = push.Start
	put(t, o)
	if err := push.Close(); err != nil {
		t.Fatal(err)
	}
	var got struct {
		ResourceMetrics []struct {
			ScopeMetrics []struct {
				Metrics []struct {
					Name string
					Sum  struct {
						DataPoints  []struct{ AsDouble float64 }
						IsMonotonic bool
					}
					Histogram struct {
						DataPoints []struct {
							Count          string
							BucketCounts   []string
							ExplicitBounds []float64
						}
					}
				}
			}
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if err := json.Unmarshal(body, &got); err != nil || path != "/v1/metrics" || auth != "Bearer x" {
		t.Fatalf("%s to %s as %q: %v", body, path, auth, err)
	}
	found := 0
	for _, m := range got.ResourceMetrics[0].ScopeMetrics[0].Metrics {
		switch m.Name {
		case "postie.load.requests":
			found++
			if m.Sum.DataPoints[0].AsDouble != 5 || !m.Sum.IsMonotonic {
				t.Errorf("%+v", m)
			}
		case "postie.load.request_duration":
			found++
			if p := m.Histogram.DataPoints[0]; p.Count != "5" || len(p.BucketCounts) != len(p.ExplicitBounds)+1 {
				t.Errorf("%+v", m)
			}
		}
	}
	if found != 2 {
		t.Errorf("of %s", body)
	}
	mu.Unlock()
	refused := &load.Push{URL: hub.URL}
	o.Watch = refused.Start
	put(t, o)
	err := refused.Close()
	mu.Lock()
	if err == nil || !strings.Contains(err.Error(), "401") || !strings.Contains(err.Error(), "who are you?") {
		t.Errorf("refused: %v", err)
	}
	for _, bad := range []string{"", "localhost:4318", "ftp://x", "http://"} {
		if load.CheckPushURL(bad) == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}
