package runner

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"postie/runner/event"
	"postie/runner/script"
)

// A Gate is what a run must come up to besides its own tests.
type Gate struct {
	FailOn       []Status // responses that fail
	RequireTests bool     // a request without an assertion fails
	MaxDuration  time.Duration
	Thresholds   []Threshold
}

// A Status is a response code or a class of them.
type Status struct{ text string }

// ParseStatus reads 503 or 5xx.
func ParseStatus(s string) (Status, error) {
	s = strings.ToLower(strings.TrimSpace(s))
	if len(s) != 3 || s[0] < '1' || s[0] > '5' || strings.Trim(s[1:], "0123456789x") != "" {
		return Status{}, fmt.Errorf("%q: want a status such as 503 or 5xx", s)
	}
	return Status{s}, nil
}

func (s Status) matches(code int) bool {
	digits := strconv.Itoa(code)
	if len(digits) != len(s.text) {
		return false
	}
	for i := range digits {
		if s.text[i] != 'x' && s.text[i] != digits[i] {
			return false
		}
	}
	return true
}

// gate checks one execution, which began with so many assertions made.
func (x *execution) gate(got *answer, before int) (failed bool) {
	g := &x.opts.Gate
	code := got.response.Code
	if i := slices.IndexFunc(g.FailOn, func(s Status) bool { return s.matches(code) }); i >= 0 {
		failed = true
		x.emit(&event.TestFinished{Item: x.item.ref, Listen: script.Test, Name: "status is not " + g.FailOn[i].text,
			Err: &script.Error{Type: "Error", Name: "AssertionError", Message: fmt.Sprintf("the response is %d %s", code, got.response.Status)}}, x.cur)
	}
	if g.RequireTests && x.assertions() == before {
		failed = true
		x.emit(&event.TestFinished{Item: x.item.ref, Listen: script.Test, Name: "has a test",
			Err: &script.Error{Type: "Error", Name: "AssertionError", Message: "the request was not tested: no script made an assertion"}}, x.cur)
	}
	return failed
}

func (x *execution) assertions() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.result.Stats.Assertions.Total
}

// A Threshold is a bound on a figure of the run, such as p95<500ms.
type Threshold struct {
	text, metric, op string
	quantile         float64 // of response times, for pNN
	bound            float64 // ms, percent or a number
}

// thresholdOps, the longer of two that start alike first.
var thresholdOps = []string{"<=", ">=", "<", ">"}

// ParseThresholds reads a comma-separated list: p50 to p99.9, avg, min and max
// of response times, failed (a percentage of the requests), requests, and
// duration of the run.
func ParseThresholds(s string) ([]Threshold, error) {
	var out []Threshold
	for part := range strings.SplitSeq(s, ",") {
		t, err := parseThreshold(strings.TrimSpace(part))
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

func parseThreshold(s string) (Threshold, error) {
	t := Threshold{text: s}
	bad := func(why string) (Threshold, error) {
		return t, fmt.Errorf("%q: %s; p95<500ms and failed<1%% are thresholds", s, why)
	}
	value := ""
	for _, op := range thresholdOps {
		if metric, rest, ok := strings.Cut(s, op); ok {
			t.metric, t.op, value = strings.TrimSpace(metric), op, strings.TrimSpace(rest)
			break
		}
	}
	if t.op == "" {
		return bad("no <, <=, > or >=")
	}
	var err error
	switch digits, isQuantile := strings.CutPrefix(t.metric, "p"); {
	case t.metric == "failed":
		t.bound, err = strconv.ParseFloat(strings.TrimSuffix(value, "%"), 64)
	case t.metric == "requests":
		t.bound, err = strconv.ParseFloat(value, 64)
	case isQuantile:
		if t.quantile, err = strconv.ParseFloat(digits, 64); err != nil || t.quantile <= 0 || t.quantile >= 100 {
			return bad("no such percentile")
		}
		t.bound, err = parseMillis(value)
	case slices.Contains([]string{"avg", "min", "max", "duration"}, t.metric):
		t.bound, err = parseMillis(value)
	default:
		return bad("unknown figure")
	}
	if err != nil || math.IsNaN(t.bound) {
		return bad("no such bound")
	}
	return t, nil
}

// parseMillis reads 500ms, 2s, or a number of milliseconds.
func parseMillis(s string) (float64, error) {
	if v, err := strconv.ParseFloat(s, 64); err == nil {
		return v, nil
	}
	d, err := time.ParseDuration(s)
	return event.Milliseconds(d), err
}

// value is the figure a threshold bounds.
func (t *Threshold) value(s *event.Summary, times *event.Quantiles) float64 {
	switch t.metric {
	case "failed":
		if s.Stats.Requests.Total == 0 {
			return 0
		}
		return 100 * float64(s.Stats.Requests.Failed) / float64(s.Stats.Requests.Total)
	case "requests":
		return float64(s.Stats.Requests.Total)
	case "avg":
		return s.Response.Average
	case "min":
		return s.Response.Min
	case "max":
		return s.Response.Max
	case "duration":
		return event.Milliseconds(s.Completed.Sub(s.Started))
	}
	return times.At(t.quantile / 100)
}

func (t *Threshold) holds(v float64) bool {
	switch t.op {
	case "<":
		return v < t.bound
	case "<=":
		return v <= t.bound
	case ">":
		return v > t.bound
	}
	return v >= t.bound
}

func (t *Threshold) unit() string {
	switch t.metric {
	case "failed":
		return "%"
	case "requests":
		return ""
	}
	return "ms"
}

// verdictOf is what a run that came to its end falls short of; nil for
// nothing.
func (g *Gate) verdictOf(s *event.Summary, times *event.Quantiles) *event.Failure {
	var short []string
	if took := s.Completed.Sub(s.Started); g.MaxDuration > 0 && took > g.MaxDuration {
		short = append(short, fmt.Sprintf("the run took %s, more than %s", took.Round(time.Millisecond), g.MaxDuration))
	}
	for i := range g.Thresholds {
		t := &g.Thresholds[i]
		if v := t.value(s, times); !t.holds(v) {
			short = append(short, fmt.Sprintf("threshold %s: %s is %s%s", t.text, t.metric, strconv.FormatFloat(math.Round(v*100)/100, 'f', -1, 64), t.unit()))
		}
	}
	if len(short) == 0 {
		return nil
	}
	return &event.Failure{Kind: "threshold", Name: "Threshold", Message: strings.Join(short, "; ")}
}
