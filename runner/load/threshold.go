package load

import (
	"fmt"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"postie/collections/vars"
	"postie/runner"
)

// A Threshold is a bound on a figure of the load, or of one request:
// p95<500ms, failed<1%, checks>99%, rate>180/s, {Login}.p99<1s, dropped<0.1%,
// and p95<=110% of a baseline.
type Threshold struct {
	text     string
	selector string // name, path or glob of requests; "" is all
	metric   string
	of       float64 // percentile, for pN
	op       string
	bound    float64 // ms, percent or a number
	relative bool    // the bound is a percentage of the baseline's figure
}

// String is the threshold as written.
func (t Threshold) String() string { return t.text }

// metrics are the figures a threshold may bound, by what they are measured in.
var metrics = map[string]string{
	"avg": "ms", "min": "ms", "med": "ms", "max": "ms", "iteration": "ms", "wait": "ms", "duration": "ms",
	"failed": "%", "errors": "%", "checks": "%", "dropped": "%",
	"rate": "/s", "iterations": "", "requests": "",
}

// operators, the longer of two that start alike first.
var operators = []string{"<=", ">=", "==", "<", ">"}

// ParseThresholds reads a comma-separated list.
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
		return t, fmt.Errorf("%q: %s; p95<500ms, failed<1%% and {Login}.p99<1s are thresholds", s, why)
	}
	rest := s
	if strings.HasPrefix(rest, "{") {
		name, after, ok := strings.Cut(rest[1:], "}.")
		if !ok {
			return bad("no figure after the request, as in {Login}.p95<500ms")
		}
		t.selector, rest = name, after
	}
	value := ""
	for _, op := range operators {
		if metric, v, ok := strings.Cut(rest, op); ok {
			t.metric, t.op, value = strings.TrimSpace(metric), op, strings.TrimSpace(v)
			break
		}
	}
	if t.op == "" {
		return bad("no <, <=, > or >=")
	}
	unit, known := metrics[t.metric]
	if digits, ok := strings.CutPrefix(t.metric, "p"); ok && !known {
		p, err := strconv.ParseFloat(digits, 64)
		if err != nil || p <= 0 || p > 100 {
			return bad("no such percentile")
		}
		t.of, unit, known = p, "ms", true
	}
	if !known {
		return bad("unknown figure")
	}
	var err error
	if t.bound, t.relative, err = parseBound(value, unit); err != nil {
		return bad(err.Error())
	}
	return t, nil
}

// parseBound reads a bound in the unit of its figure. A percentage of a figure
// that is none refers to the baseline.
func parseBound(s, unit string) (bound float64, relative bool, err error) {
	number, percent := strings.CutSuffix(s, "%")
	switch {
	case percent:
		bound, err = strconv.ParseFloat(strings.TrimSpace(number), 64)
		relative = unit != "%"
	case unit == "ms":
		if bound, err = strconv.ParseFloat(s, 64); err != nil {
			var d time.Duration
			d, err = time.ParseDuration(s)
			bound = millis(d)
		}
	case unit == "/s":
		bound, err = ParseRate(s)
	default:
		bound, err = strconv.ParseFloat(s, 64)
	}
	if err != nil || math.IsNaN(bound) || math.IsInf(bound, 0) {
		return 0, false, fmt.Errorf("no such bound")
	}
	return bound, relative, nil
}

// passWords are the conditions of Postman's --pass-if, by operator.
var passWords = map[string]string{"less_than": "<", "less_than_eq": "<=", "greater_than": ">", "greater_than_eq": ">="}

// passMetrics are its figures in our words. Its error rate is our errors:
// requests without an answer and scripts that threw.
var passMetrics = map[string]string{"avg": "avg", "p90": "p90", "p95": "p95", "p99": "p99", "error_rate": "errors", "rps": "rate"}

// ParsePassIf reads Postman's spelling of a threshold: less_than(p95, 500).
func ParsePassIf(s string) (Threshold, error) {
	word, rest, ok := strings.Cut(strings.TrimSuffix(strings.TrimSpace(s), ")"), "(")
	metric, value, more := strings.Cut(rest, ",")
	op, known := passWords[strings.TrimSpace(word)]
	name, figure := passMetrics[strings.TrimSpace(metric)]
	if !ok || !more || !known || !figure {
		return Threshold{}, fmt.Errorf("%q: want less_than(p95, 500) or the like, of avg, p90, p95, p99, error_rate or rps", s)
	}
	t, err := parseThreshold(name + op + strings.TrimSpace(value))
	t.text = s
	return t, err
}

// A Verdict is what became of a threshold.
type Verdict struct {
	Threshold string  `json:"threshold"`
	Request   string  `json:"request,omitempty"` // the one that misses it, or the only one
	Value     float64 `json:"value"`             // in the unit of the bound
	Bound     float64 `json:"bound"`
	Unit      string  `json:"unit,omitempty"`
	Met       bool    `json:"met"`

	early bool // it may be told before the load is over
}

// judge looks at every threshold. The collector is locked.
func (c *Collector) judge() []Verdict {
	var out []Verdict
	for i := range c.opts.Thresholds {
		t := &c.opts.Thresholds[i]
		if t.selector == "" {
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
		if !found { // no such request was sent: that it was quick is not shown
			out = append(out, Verdict{Threshold: t.text, Bound: t.bound, Unit: t.unit()})
		}
	}
	return out
}

func (c *Collector) verdict(t *Threshold, key string, s *Tally) Verdict {
	v := Verdict{Threshold: t.text, Request: key, Value: c.value(t, s), Bound: t.bound, Unit: t.unit()}
	if t.relative {
		base := c.opts.Baseline.value(t, key)
		v.Bound = base * t.bound / 100
	}
	v.Met = holds(v.Value, t.op, v.Bound)
	v.early = s.Count > 0 && (t.op == "<" || t.op == "<=" || t.metric == "checks")
	return v
}

func (t *Threshold) unit() string {
	if t.of > 0 {
		return "ms"
	}
	return metrics[t.metric]
}

func holds(v float64, op string, bound float64) bool {
	switch op {
	case "<":
		return v < bound
	case "<=":
		return v <= bound
	case ">":
		return v > bound
	case "==":
		return v == bound
	}
	return v >= bound
}

// value is the figure that a threshold bounds. The collector is locked.
func (c *Collector) value(t *Threshold, s *Tally) float64 {
	switch t.metric {
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
	switch t.metric {
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
	case "requests":
		return float64(s.Count)
	case "checks":
		if s.Passed+s.Missed == 0 {
			return 100
		}
		return share(s.Passed, s.Passed+s.Missed)
	}
	return millis(s.Times.At(t.of))
}

// share is a percentage; 0 of nothing.
func share(part, whole int64) float64 {
	if whole == 0 {
		return 0
	}
	return 100 * float64(part) / float64(whole)
}

// selects reports whether a request is meant: by its name, its path, or a glob
// over the path.
func (t *Threshold) selects(p []string) bool {
	key := pathKey(p)
	name := p[len(p)-1]
	if t.selector == name || t.selector == key {
		return true
	}
	ok, err := path.Match(t.selector, key)
	if err == nil && ok {
		return true
	}
	ok, err = path.Match(t.selector, name)
	return err == nil && ok
}

// pathKey is the path of a request below the collection.
func pathKey(p []string) string {
	if len(p) > 1 {
		p = p[1:]
	}
	return strings.Join(p, "/")
}

// selectors refuses thresholds on requests that the load does not have.
func selectors(list []Threshold, p *runner.Plan) error {
	var names []string
	for item := range p.Items() {
		names = append(names, pathKey(item.Path), item.Name)
	}
	for i := range list {
		t := &list[i]
		if t.selector == "" || strings.Contains(t.selector, "(") {
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
		if near := vars.Closest(t.selector, slices.Values(names)); near != "" {
			hint = fmt.Sprintf("; did you mean %q?", near)
		}
		return fmt.Errorf("threshold %s: no request %q%s", t.text, t.selector, hint)
	}
	return nil
}
