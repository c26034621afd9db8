package criteria

import "postie/runner/event"

// A Threshold is a bound on a figure of the run, such as p95<500ms.
type Threshold struct{ Bound }

// thresholds are those of a run.
var thresholds = Grammar{
	Figures: map[string]Unit{"avg": Milliseconds, "min": Milliseconds, "max": Milliseconds, "duration": Milliseconds,
		"failed": Percent, "requests": Number},
	Examples: "p95<500ms and failed<1%",
}

// ParseThresholds reads a comma-separated list: p50 to p99.9, avg, min and max
// of response times, failed (a percentage of the requests), requests, and
// duration of the run.
func ParseThresholds(s string) ([]Threshold, error) {
	var out []Threshold
	list, err := thresholds.Parse(s)
	for _, b := range list {
		out = append(out, Threshold{b})
	}
	return out, err
}

// measured reports whether there is anything of which to say the figure: a run
// without an answer is not shown to be quick.
func (t *Threshold) measured(s *event.Summary, times *event.Quantiles) bool {
	switch t.Figure {
	case "requests", "duration":
		return true
	case "failed":
		return s.Stats.Requests.Total > 0
	}
	return times.Len() > 0
}

// value is the figure a threshold bounds.
func (t *Threshold) value(s *event.Summary, times *event.Quantiles) float64 {
	switch t.Figure {
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
	return times.At(t.Percentile / 100)
}
