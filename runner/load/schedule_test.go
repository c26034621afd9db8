package load

import (
	"math"
	"testing"
	"time"

	"postie/runner/criteria"
)

// The line of a schedule, and when its arrivals are due, against arithmetic.
func TestSchedule(t *testing.T) {
	t.Parallel()
	s := Schedule{Users: []Stage{{Target: 0}, {Duration: 10 * time.Second, Target: 100}, {Duration: 5 * time.Second, Hold: true}, {Duration: 5 * time.Second, Target: 0}}}
	l := s.line()
	for at, want := range map[time.Duration]float64{0: 0, 5 * time.Second: 50, 10 * time.Second: 100, 14 * time.Second: 100, 17500 * time.Millisecond: 50, 30 * time.Second: 0} {
		if got := l.at(at); math.Abs(got-want) > 1e-9 {
			t.Errorf("at %s: %v users, want %v", at, got, want)
		}
	}
	if l.length() != 20*time.Second || s.Most() != 100 {
		t.Errorf("length %s, most %v", l.length(), s.Most())
	}
}

// Of a rate that rises from 0 to 10 a second within 10 s, the n-th arrival is
// due when n = t²/2; of a steady one, at n/rate.
func TestArrivals(t *testing.T) {
	t.Parallel()
	rising := Schedule{Rate: []Stage{{Target: 0}, {Duration: 10 * time.Second, Target: 10}, {Duration: 10 * time.Second, Hold: true}}, MaxUsers: 1}
	l := rising.line()
	for n := 1.0; n <= 50; n++ {
		at, ok := l.when(n)
		if want := math.Sqrt(2 * n); !ok || math.Abs(at.Seconds()-want) > 1e-6 {
			t.Fatalf("arrival %v at %s, want %v s", n, at, want)
		}
	}
	if at, ok := l.when(51); !ok || math.Abs(at.Seconds()-10.1) > 1e-6 {
		t.Errorf("the first of the steady rate at %s", at)
	}
	if _, ok := l.when(151); ok {
		t.Error("an arrival after the end")
	}
	steady := Schedule{Rate: Fixed(200, time.Minute), MaxUsers: 1}
	if at, _ := steady.line().when(12000); at != time.Minute {
		t.Errorf("the last of 12,000 at %s", at)
	}
}

func TestProfilesHaveTheirShape(t *testing.T) {
	t.Parallel()
	at := func(name string, share float64) float64 {
		stages, err := Profile(name, 100, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		s := Schedule{Users: stages}
		if got := s.line().length(); got != time.Minute {
			t.Errorf("%s lasts %s", name, got)
		}
		return s.line().at(time.Duration(share * float64(time.Minute)))
	}
	for _, c := range []struct {
		name  string
		share float64
		want  float64
	}{{"fixed", 0, 100}, {"fixed", .99, 100}, {"ramp-up", 0, 25}, {"ramp-up", .5, 100}, {"ramp-up", .9, 100},
		{"spike", .2, 10}, {"spike", .5, 100}, {"spike", .8, 10}, {"peak", .1, 20}, {"peak", .5, 100}, {"peak", .9, 20}} {
		if got := at(c.name, c.share); math.Abs(got-c.want) > 0.01 {
			t.Errorf("%s at %v: %v users, want %v", c.name, c.share, got, c.want)
		}
	}
	if _, err := Profile("wave", 1, time.Minute); err == nil {
		t.Error("an unknown profile is taken")
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Stage{"30s:100": {Duration: 30 * time.Second, Target: 100}, "2m": {Duration: 2 * time.Minute, Hold: true},
		"1m:600/m": {Duration: time.Minute, Target: 10}, "10:5": {Duration: 10 * time.Second, Target: 5}} {
		if got, err := ParseStage(text); err != nil || got != want {
			t.Errorf("%s: %+v %v", text, got, err)
		}
	}
	for _, bad := range []string{"", ":5", "30s:", "30s:x", "-1s:5", "5s:-3", "NaN:1", "5s:Inf"} {
		if _, err := ParseStage(bad); err == nil {
			t.Errorf("stage %q is taken", bad)
		}
	}
	if s, err := ParseSpan("1s..3s"); err != nil || s != (Span{time.Second, 3 * time.Second}) {
		t.Errorf("%+v %v", s, err)
	}
	for _, bad := range []string{"", "3s..1s", "1s..", "a..b"} {
		if _, err := ParseSpan(bad); err == nil {
			t.Errorf("span %q is taken", bad)
		}
	}
	for _, bad := range []Schedule{{}, {Users: Fixed(1, 0)}, {Rate: Fixed(1, time.Second)}, {Users: Fixed(1, time.Second), Rate: Fixed(1, time.Second), MaxUsers: 1}, {Users: Fixed(1, time.Second), Iterations: -1}} {
		if bad.check() == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
}

func TestParseThresholds(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]criteria.Bound{
		"p95<500ms":       {Figure: "p95", Percentile: 95, Unit: "ms", Op: "<", Value: 500},
		"p99.9<=2s":       {Figure: "p99.9", Percentile: 99.9, Unit: "ms", Op: "<=", Value: 2000},
		"failed<1%":       {Figure: "failed", Unit: "%", Op: "<", Value: 1},
		"failed<1":        {Figure: "failed", Unit: "%", Op: "<", Value: 1},
		"checks>99%":      {Figure: "checks", Unit: "%", Op: ">", Value: 99},
		"rate>180/s":      {Figure: "rate", Unit: "/s", Op: ">", Value: 180},
		"{Login}.p99<1s":  {Request: "Login", Figure: "p99", Percentile: 99, Unit: "ms", Op: "<", Value: 1000},
		"{A/B*}.avg<1.5s": {Request: "A/B*", Figure: "avg", Unit: "ms", Op: "<", Value: 1500},
		"p95<=110%":       {Figure: "p95", Percentile: 95, Unit: "ms", Op: "<=", Value: 110, Relative: true},
		"rate>=90 %":      {Figure: "rate", Unit: "/s", Op: ">=", Value: 90, Relative: true},
	} {
		want.Text = text
		if got, err := ParseThresholds(text); err != nil || got[0].Bound != want {
			t.Errorf("%s: %+v %v", text, got, err)
		}
	}
	for _, bad := range []string{"", "p95", "p0<1ms", "p101<1ms", "speed<1", "p95<fast", "{Login}<1s", "p95<500ms,", "failed<NaN", "rate>x/s"} {
		if _, err := ParseThresholds(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
	if p, err := ParsePassIf("less_than(p95, 500)"); err != nil || p.Figure != "p95" || p.Op != "<" || p.Value != 500 {
		t.Errorf("%+v %v", p, err)
	}
	if p, err := ParsePassIf("less_than(error_rate, 1)"); err != nil || p.Figure != "errors" {
		t.Errorf("%+v %v", p, err)
	}
	for _, bad := range []string{"less_than(p95)", "under(p95, 5)", "less_than(p12, 5)", "p95<5"} {
		if _, err := ParsePassIf(bad); err == nil {
			t.Errorf("pass-if %q is taken", bad)
		}
	}
}
