package criteria

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"postie/runner/event"
)

// A Threshold is a bound on a figure of the run, such as p95<500ms.
type Threshold struct {
	text, metric, op string
	quantile         float64 // of response times, for pNN
	bound            float64 // ms, percent or a number
}

// String is the threshold as written.
func (t Threshold) String() string { return t.text }

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
