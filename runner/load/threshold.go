package load

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"postie/collections/vars"
	"postie/runner"
	"postie/runner/criteria"
)

// A Threshold is a limit on a figure of the load or of one request: p95<500ms,
// failed<1%, checks>99%, rate>180/s, {Login}.p99<1s, dropped<0.1%, and
// p95<=110% of a baseline.
type Threshold struct{ criteria.Bound }

// thresholds is the grammar of a load's thresholds.
var thresholds = criteria.Grammar{
	Figures: map[string]criteria.Unit{
		"avg": criteria.Milliseconds, "min": criteria.Milliseconds, "med": criteria.Milliseconds, "max": criteria.Milliseconds,
		"iteration": criteria.Milliseconds, "wait": criteria.Milliseconds, "duration": criteria.Milliseconds,
		"failed": criteria.Percent, "errors": criteria.Percent, "checks": criteria.Percent, "dropped": criteria.Percent,
		"http_req_failed": criteria.Percent, "2xx": criteria.Percent, "3xx": criteria.Percent, "4xx": criteria.Percent, "5xx": criteria.Percent,
		"rate": {Name: "/s", Parse: ParseRate}, "iterations": criteria.Number, "requests": criteria.Number,
	},
	Requests: true,
	Baseline: true,
	Examples: "p95<500ms, failed<1% and {Login}.p99<1s",
}

// ParseThresholds parses a comma-separated list.
func ParseThresholds(s string) ([]Threshold, error) {
	var out []Threshold
	list, err := thresholds.Parse(s)
	for _, b := range list {
		out = append(out, Threshold{b})
	}
	return out, err
}

// passWords are the operators of Postman's --pass-if.
var passWords = map[string]string{"less_than": "<", "less_than_eq": "<=", "greater_than": ">", "greater_than_eq": ">="}

// passMetrics maps Postman's figures to ours. Its error rate is our errors:
// requests without a response and scripts that threw.
var passMetrics = map[string]string{"avg": "avg", "p90": "p90", "p95": "p95", "p99": "p99", "error_rate": "errors", "rps": "rate"}

// ParsePassIf parses a threshold in Postman's syntax: less_than(p95, 500).
func ParsePassIf(s string) (Threshold, error) {
	word, rest, ok := strings.Cut(strings.TrimSuffix(strings.TrimSpace(s), ")"), "(")
	metric, value, more := strings.Cut(rest, ",")
	op, known := passWords[strings.TrimSpace(word)]
	name, figure := passMetrics[strings.TrimSpace(metric)]
	if !ok || !more || !known || !figure {
		return Threshold{}, fmt.Errorf("%q: want less_than(p95, 500) or the like, of avg, p90, p95, p99, error_rate or rps", s)
	}
	b, err := thresholds.ParseOne(name + op + strings.TrimSpace(value))
	b.Text = s
	return Threshold{b}, err
}

// A Verdict says whether a threshold was met.
type Verdict struct {
	Threshold string  `json:"threshold"`
	Request   string  `json:"request,omitempty"` // the request that misses it, or the only one
	Value     float64 `json:"value"`             // in the unit of the bound
	Bound     float64 `json:"bound"`
	Unit      string  `json:"unit,omitempty"`
	Met       bool    `json:"met"`

	// Unmeasured means that there is no such figure, because there was no
	// request, response or check: the threshold does not count as met.
	Unmeasured bool `json:"unmeasured,omitempty"`

	early bool // it may be decided before the load is over
}

// judge evaluates all thresholds. The collector must be locked.
func (c *Collector) judge() []Verdict {
	var out []Verdict
	for i := range c.opts.Thresholds {
		t := &c.opts.Thresholds[i]
		if t.Request == "" {
			out = append(out, c.verdict(t, "", &c.total))
			continue
		}
		found := false
		for _, key := range c.keys() {
			if s := c.by[key]; t.selects(s.Path) {
				found = true
				out = append(out, c.verdict(t, key, s))
			}
		}
		if !found { // no such request was sent, so nothing shows that it is fast
			out = append(out, Verdict{Threshold: t.Text, Bound: t.Value, Unit: t.Unit, Unmeasured: true})
		}
	}
	return out
}

func (c *Collector) verdict(t *Threshold, key string, s *Tally) Verdict {
	v := Verdict{Threshold: t.Text, Request: key, Value: c.value(t, s), Bound: t.Value, Unit: t.Unit}
	if t.Relative {
		base := c.opts.Baseline.value(t, key)
		v.Bound = base * t.Value / 100
	}
	v.Unmeasured = !c.measured(t, s)
	v.Met = t.Holds(v.Value, v.Bound) && !v.Unmeasured
	v.early = s.Count > 0 && (t.Op == "<" || t.Op == "<=" || t.Figure == "checks")
	return v
}

// measured reports whether the figure exists. The collector must be locked.
func (c *Collector) measured(t *Threshold, s *Tally) bool {
	switch t.Figure {
	case "dropped", "iterations", "duration", "rate", "requests":
		return true
	case "iteration":
		return c.loop.Iteration.Len() > 0
	case "wait":
		return c.loop.Wait.Len() > 0
	case "failed", "errors", "http_req_failed", "2xx", "3xx", "4xx", "5xx":
		return s.Count > 0
	case "checks":
		return s.Passed+s.Missed > 0
	}
	return s.Times.Len() > 0
}

// value returns the figure that a threshold limits. The collector must be
// locked.
func (c *Collector) value(t *Threshold, s *Tally) float64 {
	switch t.Figure {
	case "dropped":
		return share(c.loop.Dropped, c.loop.Arrivals)
	case "iterations":
		return float64(c.loop.Finished + c.loop.Failed)
	case "iteration":
		return millis(c.loop.Iteration.At(95))
	case "wait":
		return millis(c.loop.Wait.At(95))
	case "duration":
		return millis(c.until.Sub(c.began))
	case "rate":
		return float64(s.Count) / max(c.until.Sub(c.counted).Seconds(), 1e-9)
	}
	return s.value(t)
}

func (s *Tally) value(t *Threshold) float64 {
	switch t.Figure {
	case "avg":
		return millis(s.Times.Mean())
	case "min":
		return millis(s.Times.Min())
	case "med":
		return millis(s.Times.At(50))
	case "max":
		return millis(s.Times.Max())
	case "failed":
		return share(s.Failed, s.Count)
	case "errors":
		return share(s.Errors, s.Count)
	case "http_req_failed":
		return share(refused(s.Classes), s.Count)
	case "2xx", "3xx", "4xx", "5xx":
		return share(s.Classes[slices.Index(classes[:], t.Figure)], s.Count)
	case "requests":
		return float64(s.Count)
	case "checks":
		if s.Passed+s.Missed == 0 {
			return 100
		}
		return share(s.Passed, s.Passed+s.Missed)
	}
	return millis(s.Times.At(t.Percentile))
}

// refused returns how many requests k6 counts as failed: without a response, or
// with a status of 400 or more.
func refused(n [6]int64) int64 { return n[0] + n[4] + n[5] }

// share returns a percentage, or 0 when whole is 0.
func share(part, whole int64) float64 {
	if whole == 0 {
		return 0
	}
	return 100 * float64(part) / float64(whole)
}

// selects reports whether a threshold applies to a request: by its name, its
// path, or a glob for the path.
func (t *Threshold) selects(p []string) bool {
	key := pathKey(p)
	name := p[len(p)-1]
	if t.Request == name || t.Request == key {
		return true
	}
	ok, err := path.Match(t.Request, key)
	if err == nil && ok {
		return true
	}
	ok, err = path.Match(t.Request, name)
	return err == nil && ok
}

// pathKey returns the path of a request below the collection.
func pathKey(p []string) string {
	if len(p) > 1 {
		p = p[1:]
	}
	return strings.Join(p, "/")
}

// selectors returns an error for thresholds on requests that the load does not
// have.
func selectors(list []Threshold, p *runner.Plan) error {
	var names []string
	for item := range p.Items() {
		names = append(names, pathKey(item.Path), item.Name)
	}
	for i := range list {
		t := &list[i]
		if t.Request == "" || strings.Contains(t.Request, "(") {
			continue
		}
		known := false
		for item := range p.Items() {
			known = known || t.selects(item.Path)
		}
		if known {
			continue
		}
		hint := ""
		if near := vars.Closest(t.Request, slices.Values(names)); near != "" {
			hint = fmt.Sprintf("; did you mean %q?", near)
		}
		return fmt.Errorf("threshold %s: no request %q%s", t.Text, t.Request, hint)
	}
	return nil
}
