package load

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

// Version is the version of a Report's JSON form.
const Version = 1

// A Report is the result of a load. Its JSON form is stable: fields are added,
// and Version is increased when a field changes its meaning. Times are in
// milliseconds.
type Report struct {
	Version     int       `json:"version"`
	Collection  string    `json:"collection"`
	Environment string    `json:"environment,omitempty"`
	Started     time.Time `json:"started"`
	Seconds     float64   `json:"seconds"` // that count: without the warm-up
	Model       string    `json:"model"`   // description of the schedule

	Total    Figures       `json:"total"`
	Requests []Figures     `json:"requests"`
	Checks   []Check       `json:"checks"`
	Errors   []Cause       `json:"errors"` // by cause, the most frequent first
	Samples  []Sample      `json:"samples"`
	Series   []Second      `json:"series"`
	Verdicts []Verdict     `json:"thresholds"`
	Slower   []Change      `json:"slower"` // than the baseline, by at least 10 % and a millisecond
	Loop     IterationsSum `json:"iterations"`

	Interrupted bool     `json:"interrupted,omitempty"` // by the user
	Aborted     string   `json:"aborted,omitempty"`     // the threshold that ended the load
	RanOut      bool     `json:"ranOut,omitempty"`      // unique rows have run out
	LagP99      float64  `json:"lagP99"`                // how late the schedule itself was
	CPU         float64  `json:"cpu"`                   // share of all cores that the generator used in its busiest second
	Warnings    []string `json:"warnings"`
}

// Failed reports whether a threshold was missed.
func (r *Report) Failed() bool {
	return slices.ContainsFunc(r.Verdicts, func(v Verdict) bool { return !v.Met })
}

// IterationsSum counts iterations: Started is Finished + Failed + Cut, and
// Arrivals is Started + Dropped.
type IterationsSum struct {
	Started  int64   `json:"started"`
	Finished int64   `json:"finished"`
	Failed   int64   `json:"failed"`
	Cut      int64   `json:"cut"` // ended by the end of the grace
	Arrivals int64   `json:"arrivals,omitempty"`
	Dropped  int64   `json:"dropped,omitempty"`
	P95      float64 `json:"p95"`
	WaitP95  float64 `json:"waitP95"` // from the due time to the start
	Time     Spread  `json:"time"`
	Wait     Spread  `json:"wait"`
	MaxUsers int     `json:"maxUsers"`
}

// Figures are the results of one request, or of all requests.
type Figures struct {
	Request  string           `json:"request,omitempty"`
	Count    int64            `json:"count"`
	Rate     float64          `json:"rate"` // per second
	Failed   int64            `json:"failed"`
	Errors   int64            `json:"errors"`
	Refused  int64            `json:"httpReqFailed"` // without a response, or with a status of 400 or more
	Passed   int64            `json:"checksPassed"`
	Missed   int64            `json:"checksFailed"`
	BytesIn  int64            `json:"bytesIn"`
	BytesOut int64            `json:"bytesOut"`
	Status   map[string]int64 `json:"status"` // by class; "none": no response
	Time     Spread           `json:"time"`
	SinceDue Spread           `json:"sinceDue"` // from the due time of the request, which is the honest measure of an open model
	Phases   map[string]Stat  `json:"phases"`
	HDR      string           `json:"hdr,omitempty"` // histogram of Time: HdrHistogram V2, compressed, base64, microseconds
}

// A Stat is a short summary of a distribution.
type Stat struct {
	Avg float64 `json:"avg"`
	P95 float64 `json:"p95"`
}

// A Spread is a summary of a distribution.
type Spread struct {
	Avg  float64 `json:"avg"`
	Min  float64 `json:"min"`
	P50  float64 `json:"p50"`
	P90  float64 `json:"p90"`
	P95  float64 `json:"p95"`
	P99  float64 `json:"p99"`
	P999 float64 `json:"p99.9"`
	Max  float64 `json:"max"`
}

// A Check has the results of the assertions with one name.
type Check struct {
	Name   string `json:"name"`
	Passed int64  `json:"passed"`
	Failed int64  `json:"failed"`
}

// A Cause is a reason why requests failed, and how many.
type Cause struct {
	Text  string `json:"cause"`
	Count int64  `json:"count"`
}

// A Second has the figures of about one second of the load.
type Second struct {
	At       time.Time  `json:"at"`
	Users    int        `json:"users"`
	Started  int64      `json:"started"` // iterations
	Dropped  int64      `json:"dropped,omitempty"`
	Requests int64      `json:"requests"`
	Failed   int64      `json:"failed"`
	Rate     float64    `json:"rate"`
	P50      float64    `json:"p50"`
	P95      float64    `json:"p95"`
	P99      float64    `json:"p99"`
	Max      float64    `json:"max"`
	CPU      float64    `json:"cpu"`
	By       []SecondOf `json:"by,omitempty"`
}

// A SecondOf has the figures of one request in a second.
type SecondOf struct {
	Request  string  `json:"request"`
	Requests int64   `json:"requests"`
	Failed   int64   `json:"failed"`
	P95      float64 `json:"p95"`
}

// A Snapshot is the state of a running load.
type Snapshot struct {
	Second     Second
	Elapsed    time.Duration
	Warming    bool
	Requests   int64
	Failed     int64
	Refused    int64 // k6's http_req_failed
	Iterations int64
	Dropped    int64
	P95        float64 // so far
	Causes     []Cause
	Slowest    []SecondOf
}

// Report returns the figures of the parts so far.
func (c *Collector) Report() *Report {
	c.mu.Lock()
	defer c.mu.Unlock()
	for s := range c.open {
		c.close(s)
	}
	o := c.opts
	secs := max(c.until.Sub(c.counted).Seconds(), 0)
	r := &Report{Version: Version, Collection: o.Run.Collection.Name(), Started: c.began, Seconds: secs, Model: o.Schedule.String(),
		Total: c.total.figures("", secs), Errors: c.worstCauses(len(c.causes)), Series: slices.Clone(c.seconds),
		Interrupted: c.interrupted, Aborted: c.aborted, RanOut: c.ranOut, LagP99: millis(c.loop.Lag.At(99)), CPU: c.cpu,
		Checks: []Check{}, Requests: []Figures{}, Samples: []Sample{}, Verdicts: []Verdict{}, Slower: []Change{}, Warnings: []string{}}
	slices.SortFunc(r.Series, func(a, b Second) int { return a.At.Compare(b.At) })
	if o.Run.Environment != nil {
		r.Environment = o.Run.Environment.Name
	}
	for _, key := range c.keys() {
		r.Requests = append(r.Requests, c.by[key].figures(key, secs))
	}
	for _, name := range slices.Sorted(maps.Keys(c.checks)) {
		r.Checks = append(r.Checks, *c.checks[name])
	}
	for _, key := range slices.Sorted(maps.Keys(c.samples)) {
		r.Samples = append(r.Samples, c.samples[key]...)
	}
	r.Verdicts = append(r.Verdicts, c.judge()...)
	l := &c.loop
	r.Loop = IterationsSum{Started: l.Started, Finished: l.Finished, Failed: l.Failed, Cut: l.Cut, Arrivals: l.Arrivals, Dropped: l.Dropped,
		P95: millis(l.Iteration.At(95)), WaitP95: millis(l.Wait.At(95)), Wait: l.Wait.spread(), Time: l.Iteration.spread(), MaxUsers: slices.Max(append(slices.Collect(maps.Values(c.peaks)), 0))}
	if o.Baseline != nil {
		r.Slower = append(r.Slower, slower(o.Baseline, r)...)
	}
	r.warn()
	return r
}

// warn adds warnings when the figures say more about the generator than about
// the target.
func (r *Report) warn() {
	if r.LagP99 > 10 {
		r.Warnings = append(r.Warnings, fmt.Sprintf("the schedule was %.0f ms late at its 99th percentile: this machine could not keep up, and the figures are partly its own", r.LagP99))
	}
	if r.CPU > 0.95 {
		r.Warnings = append(r.Warnings, fmt.Sprintf("the generator took %.0f%% of this machine's processors: the figures are partly its own", 100*r.CPU))
	}
	if r.Loop.Dropped > 0 {
		r.Warnings = append(r.Warnings, fmt.Sprintf("%d of %d iterations were dropped: no virtual user was free; raise --max-vus, or the target is too slow for the rate", r.Loop.Dropped, r.Loop.Arrivals))
	}
	if n := r.unseen(); n > 0 {
		r.Warnings = append(r.Warnings, fmt.Sprintf("%d of %d requests had a status of 400 or above and no test that failed for it: they count in http_req_failed, not in failed; --threshold 'http_req_failed<1%%' bounds them", n, r.Total.Count))
	}
	if r.RanOut {
		r.Warnings = append(r.Warnings, "the rows of data ran out, and the load ended")
	}
}

// unseen returns the least number of requests with a status of 400 or above
// that no test has failed for. It returns 0 when a threshold checks statuses.
func (r *Report) unseen() (n int64) {
	for i := range r.Verdicts {
		if v := &r.Verdicts[i]; strings.Contains(v.Threshold, "http_req_failed") || strings.Contains(v.Threshold, "xx") {
			return 0
		}
	}
	for i := range r.Requests {
		n += max(r.Requests[i].Refused-r.Requests[i].Failed, 0)
	}
	return n
}

var classes = [6]string{"none", "1xx", "2xx", "3xx", "4xx", "5xx"}

func (s *Tally) figures(key string, secs float64) Figures {
	out := Figures{Request: key, Count: s.Count, Failed: s.Failed, Errors: s.Errors, Refused: refused(s.Classes), Passed: s.Passed, Missed: s.Missed, BytesIn: s.In, BytesOut: s.Out,
		Status: map[string]int64{}, Time: s.Times.spread(), SinceDue: s.SinceDue.spread(), HDR: s.Times.encode(),
		Phases: map[string]Stat{"dns": s.DNS.stat(), "connect": s.Connect.stat(), "tls": s.TLS.stat(), "firstByte": s.FirstByte.stat(), "download": s.Download.stat()}}
	if secs > 0 {
		out.Rate = float64(s.Count) / secs
	}
	for i, n := range s.Classes {
		if n > 0 {
			out.Status[classes[i]] = n
		}
	}
	return out
}

func (h *Histogram) stat() Stat { return Stat{millis(h.Mean()), millis(h.At(95))} }

func (h *Histogram) spread() Spread {
	return Spread{Avg: millis(h.Mean()), Min: millis(h.Min()), P50: millis(h.At(50)), P90: millis(h.At(90)), P95: millis(h.At(95)),
		P99: millis(h.At(99)), P999: millis(h.At(99.9)), Max: millis(h.Max())}
}

// ParseReport reads the JSON form of a Report.
func ParseReport(src []byte) (*Report, error) {
	var r Report
	if err := json.Unmarshal(src, &r); err != nil {
		return nil, fmt.Errorf("no report of a load: %w", err)
	}
	switch {
	case r.Version == 0:
		return nil, errors.New("no report of a load: postie load --save makes one")
	case r.Version > Version:
		return nil, fmt.Errorf("a report of version %d: this program reads up to %d", r.Version, Version)
	}
	return &r, nil
}

// IsReport reports whether the text looks like the JSON form of a Report.
func IsReport(r io.Reader) bool {
	d := json.NewDecoder(io.LimitReader(r, 4096))
	for _, want := range []json.Token{json.Delim('{'), "version", float64(Version), "collection"} {
		if got, err := d.Token(); err != nil || got != want {
			return false
		}
	}
	return true
}

// value returns a figure of a baseline, of all requests or of one.
func (r *Report) value(t *Threshold, key string) float64 {
	f := &r.Total
	if i := slices.IndexFunc(r.Requests, func(f Figures) bool { return f.Request == key }); key != "" && i >= 0 {
		f = &r.Requests[i]
	} else if key != "" {
		return 0
	}
	switch t.Figure {
	case "rate":
		return f.Rate
	case "requests":
		return float64(f.Count)
	case "iterations":
		return float64(r.Loop.Finished + r.Loop.Failed)
	case "iteration":
		return r.Loop.P95
	case "wait":
		return r.Loop.WaitP95
	case "duration":
		return 1000 * r.Seconds
	}
	s := Tally{Count: f.Count, Failed: f.Failed, Errors: f.Errors, Passed: f.Passed, Missed: f.Missed}
	for i, name := range classes {
		s.Classes[i] = f.Status[name]
	}
	if f.HDR != "" && s.Times.decode(f.HDR) != nil {
		return 0
	}
	return s.value(t)
}

// String describes the schedule.
func (s Schedule) String() string {
	var parts []string
	stages, what := s.Users, "virtual users"
	if s.Open() {
		stages, what = s.Rate, "iterations a second"
	}
	l := s.line()
	switch {
	case len(l) == 1 && l[0].from == l[0].to && l[0].d > 0:
		parts = append(parts, fmt.Sprintf("%s %s for %s", trim(l[0].from), what, l[0].d))
	case l.length() == 0:
		parts = append(parts, fmt.Sprintf("%s %s", trim(l[0].from), what))
	default:
		words := make([]string, 0, len(stages))
		for _, p := range l {
			if p.from == p.to {
				words = append(words, fmt.Sprintf("%s for %s", trim(p.to), p.d))
			} else {
				words = append(words, fmt.Sprintf("to %s in %s", trim(p.to), p.d))
			}
		}
		parts = append(parts, what+": "+strings.Join(words, ", "))
	}
	if s.Open() {
		parts = append(parts, fmt.Sprintf("at most %d virtual users", s.MaxUsers))
	}
	if s.Iterations > 0 {
		parts = append(parts, fmt.Sprintf("%d iterations", s.Iterations))
	}
	return strings.Join(parts, ", ")
}

func trim(v float64) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.2f", v), "0"), ".")
}
