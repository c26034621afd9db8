package load

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A metric is a figure in the form of monitoring systems.
type metric struct {
	name, help string // name and unit as in Prometheus
	kind       string // counter, gauge or histogram
	points     []point
}

// A point is a value of a metric for some labels. labels has names and values
// in turn.
type point struct {
	labels []string
	value  float64
	times  *buckets // for a histogram
}

// buckets are counts up to the bounds, as in Prometheus and OTLP.
type buckets struct {
	upTo  []int64 // cumulative, by bounds
	count int64
	sum   float64 // seconds
}

// bounds are the bounds of buckets: from a millisecond to a minute.
var bounds = []time.Duration{time.Millisecond, 2 * time.Millisecond, 5 * time.Millisecond, 10 * time.Millisecond, 25 * time.Millisecond,
	50 * time.Millisecond, 75 * time.Millisecond, 100 * time.Millisecond, 250 * time.Millisecond, 500 * time.Millisecond, 750 * time.Millisecond,
	time.Second, 2500 * time.Millisecond, 5 * time.Second, 10 * time.Second, 30 * time.Second, time.Minute}

func (h *Histogram) buckets() *buckets {
	return &buckets{upTo: h.below(bounds), count: h.Len(), sum: h.Mean().Seconds() * float64(h.Len())}
}

// metrics returns all figures so far.
func (c *Collector) metrics() []metric {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append(c.requestMetrics(), c.loopMetrics()...)
}

func (c *Collector) requestMetrics() []metric {
	all := []metric{
		{name: "postie_load_requests_total", help: "Requests sent.", kind: "counter"},
		{name: "postie_load_requests_failed_total", help: "Requests without an answer, or with a failed test or script.", kind: "counter"},
		{name: "postie_load_request_errors_total", help: "Requests without an answer, or with a script that threw.", kind: "counter"},
		{name: "postie_load_responses_total", help: "Answers by class of their status; none for no answer.", kind: "counter"},
		{name: "postie_load_checks_total", help: "Assertions by result.", kind: "counter"},
		{name: "postie_load_body_bytes_total", help: "Bytes of bodies by direction.", kind: "counter"},
		{name: "postie_load_request_duration_seconds", help: "Response time.", kind: "histogram"},
		{name: "postie_load_request_since_due_seconds", help: "Response time from when the request was due.", kind: "histogram"},
	}
	for _, key := range c.keys() {
		t := c.by[key]
		of := func(more ...string) []string { return append([]string{"request", key}, more...) }
		add := func(i int, v int64, labels []string) {
			all[i].points = append(all[i].points, point{labels: labels, value: float64(v)})
		}
		add(0, t.Count, of())
		add(1, t.Failed, of())
		add(2, t.Errors, of())
		for i, n := range t.Classes {
			if n > 0 {
				add(3, n, of("class", classes[i]))
			}
		}
		add(4, t.Passed, of("result", "passed"))
		add(4, t.Missed, of("result", "failed"))
		add(5, t.In, of("direction", "in"))
		add(5, t.Out, of("direction", "out"))
		all[6].points = append(all[6].points, point{labels: of(), times: t.Times.buckets()})
		all[7].points = append(all[7].points, point{labels: of(), times: t.SinceDue.buckets()})
	}
	return all
}

func (c *Collector) loopMetrics() []metric {
	l, users := &c.loop, 0
	for _, n := range c.users {
		users += n
	}
	one := func(v int64, labels ...string) point { return point{labels: labels, value: float64(v)} }
	failures := metric{name: "postie_load_failures_total", help: "Requests that failed, by cause.", kind: "counter"}
	for _, text := range slices.Sorted(maps.Keys(c.causes)) {
		failures.points = append(failures.points, one(c.causes[text].Count, "cause", text))
	}
	return []metric{failures,
		{"postie_load_iterations_started_total", "Iterations started.", "counter", []point{one(l.Started)}},
		{"postie_load_iterations_total", "Iterations that ended, by result; cut ones ended with the grace.", "counter",
			[]point{one(l.Finished, "result", "finished"), one(l.Failed, "result", "failed"), one(l.Cut, "result", "cut")}},
		{"postie_load_arrivals_total", "Iterations that were due, of an open model.", "counter", []point{one(l.Arrivals)}},
		{"postie_load_iterations_dropped_total", "Iterations that were due and found no virtual user.", "counter", []point{one(l.Dropped)}},
		{"postie_load_iteration_duration_seconds", "How long iterations took.", "histogram", []point{{times: l.Iteration.buckets()}}},
		{"postie_load_iteration_wait_seconds", "From when iterations were due to when they started.", "histogram", []point{{times: l.Wait.buckets()}}},
		{"postie_load_schedule_lag_seconds", "How late the generator itself was.", "histogram", []point{{times: l.Lag.buckets()}}},
		{"postie_load_vus", "Virtual users at work.", "gauge", []point{one(int64(users))}},
		{"postie_load_cpu_ratio", "Share of the machine's processors that the generator took in its busiest second.", "gauge", []point{{value: c.cpu}}},
	}
}

// WriteMetrics writes the figures so far in Prometheus' text format.
func (c *Collector) WriteMetrics(w io.Writer) error {
	var b strings.Builder
	for _, m := range c.metrics() {
		fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %s %s\n", m.name, m.help, m.name, m.kind)
		for _, p := range m.points {
			p.write(&b, m.name)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (p *point) write(b *strings.Builder, name string) {
	sample := func(suffix, value string, more ...string) {
		b.WriteString(name + suffix)
		labels := append(slices.Clone(p.labels), more...)
		for i := 0; i < len(labels); i += 2 {
			b.WriteString(map[bool]string{true: "{", false: ","}[i == 0] + labels[i] + `="` + escapeLabel.Replace(strings.ToValidUTF8(labels[i+1], "\uFFFD")) + `"`)
		}
		if len(labels) > 0 {
			b.WriteString("}")
		}
		b.WriteString(" " + value + "\n")
	}
	number := func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
	if p.times == nil {
		sample("", number(p.value))
		return
	}
	for i, n := range p.times.upTo {
		sample("_bucket", fmt.Sprint(n), "le", number(bounds[i].Seconds()))
	}
	sample("_bucket", fmt.Sprint(p.times.count), "le", "+Inf")
	sample("_sum", number(p.times.sum))
	sample("_count", fmt.Sprint(p.times.count))
}

// escapeLabel escapes the value of a label.
var escapeLabel = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

// ServeHTTP answers a scrape of Prometheus.
func (c *Collector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		http.Error(w, "GET is what there is", http.StatusMethodNotAllowed)
		return
	}
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	_ = c.WriteMetrics(w) // fails only when the client has gone
}
