package criteria

import (
	"testing"
	"time"

	"postie/runner/event"
)

// A run of 100 responses of 1 to 100 ms, one request failed.
func TestThresholds(t *testing.T) {
	t.Parallel()
	var q event.Quantiles
	for i := 1; i <= 100; i++ {
		q.Add(float64(i))
	}
	s := &event.Summary{Response: event.Spread{Average: 50.5, Min: 1, Max: 100}, Started: time.UnixMilli(0), Completed: time.UnixMilli(3000)}
	s.Stats.Requests = event.Count{Total: 101, Failed: 1}
	for text, want := range map[string]bool{
		"p95<97ms": true, "p95<94ms": false, "p50 <= 51": true, "p99.9>98ms": true, "avg<51ms": true, "avg<50ms": false,
		"max<=100ms": true, "min>=1ms": true, "failed<1%": true, "failed<0.9%": false, "requests>=101": true, "requests>101": false,
		"duration<3.5s": true, "duration<2s": false, "failed<1%,p95<2s": true,
		"requests==101": true, "requests==100": false, "p100<=101ms": true,
	} {
		list, err := ParseThresholds(text)
		if err != nil {
			t.Fatal(err)
		}
		g := Options{Thresholds: list}
		if f := g.Run(s, &q); (f == nil) != want {
			t.Errorf("%s: %v", text, f)
		}
	}
	for text, want := range map[string]bool{"p95<1h": false, "avg<1h": false, "max<1h": false, "failed<1%": false, "requests==0": true, "duration<1h": true} {
		list, _ := ParseThresholds(text)
		g := Options{Thresholds: list}
		if f := g.Run(&event.Summary{}, &event.Quantiles{}); (f == nil) != want {
			t.Errorf("%s of a run without a request: %v", text, f)
		}
	}
	for _, bad := range []string{"", "p95", "p95<", "p0<1ms", "p101<1ms", "pNaN<1ms", "p95<Inf", "p95<=110%", "{Login}.p95<1s", "speed<3", "p95<fast", "failed<x", "p95<500ms,"} {
		if _, err := ParseThresholds(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
	g := Options{MaxDuration: 2 * time.Second}
	if f := g.Run(s, &q); f == nil || f.Message != "the run took 3s, more than 2s" {
		t.Errorf("%v", f)
	}
}
