package load

import (
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"postie/runner/event"
)

// The range of histograms, in microseconds, and the digits that they promise.
const (
	shortest = 1
	longest  = int64(time.Hour / time.Microsecond)
	digits   = 3
)

// A Histogram counts times with three digits, exactly under merging. The zero
// value is empty; it is not safe for concurrent use.
type Histogram struct{ h *hdrhistogram.Histogram }

// Add counts a time.
func (h *Histogram) Add(d time.Duration) {
	if h.h == nil {
		h.h = hdrhistogram.New(shortest, longest, digits)
	}
	_ = h.h.RecordValue(min(max(int64(d/time.Microsecond), 0), longest)) // in range
}

// Merge adds what another histogram has counted.
func (h *Histogram) Merge(o *Histogram) {
	if o.h == nil {
		return
	}
	if h.h == nil {
		h.h = hdrhistogram.New(shortest, longest, digits)
	}
	h.h.Merge(o.h)
}

// Len is how many times were counted.
func (h *Histogram) Len() int64 {
	if h.h == nil {
		return 0
	}
	return h.h.TotalCount()
}

// At is the time that p percent of all are not above; 0 when there are none.
func (h *Histogram) At(p float64) time.Duration {
	if h.h == nil {
		return 0
	}
	return time.Duration(h.h.ValueAtPercentile(p)) * time.Microsecond
}

// Mean, Min and Max are those of all times; 0 when there are none.
func (h *Histogram) Mean() time.Duration {
	if h.Len() == 0 {
		return 0
	}
	return time.Duration(h.h.Mean() * float64(time.Microsecond))
}

// Min is the shortest time.
func (h *Histogram) Min() time.Duration {
	if h.Len() == 0 {
		return 0
	}
	return time.Duration(h.h.Min()) * time.Microsecond
}

// Max is the longest time.
func (h *Histogram) Max() time.Duration {
	if h.Len() == 0 {
		return 0
	}
	return time.Duration(h.h.Max()) * time.Microsecond
}

func (h *Histogram) reset() {
	if h.h != nil {
		h.h.Reset()
	}
}

// A series is what is counted of one request of the collection, or of all.
type series struct {
	path       []string
	count      int64
	failed     int64 // without an answer, with a failed test or script
	errors     int64 // without an answer, or with a script that threw
	passed     int64 // checks
	missed     int64 // checks that failed
	in, out    int64 // bytes of bodies
	classes    [6]int64
	times      Histogram // as the server took
	sinceDue   Histogram // from when the request was due to start
	dns        Histogram
	connect    Histogram
	tls        Histogram
	firstByte  Histogram
	download   Histogram
	second     Histogram // times of the second that goes on
	secondN    int64
	secondFail int64
}

func (s *series) add(o *outcome) {
	s.count++
	s.secondN++
	if o.failed {
		s.failed++
		s.secondFail++
	}
	if o.broken {
		s.errors++
	}
	s.in += o.in
	s.out += o.out
	if o.code == 0 {
		s.classes[0]++
		return
	}
	s.classes[min(o.code/100, 5)]++
	s.times.Add(o.timings.Total)
	s.second.Add(o.timings.Total)
	s.sinceDue.Add(o.timings.Total + o.late)
	for _, p := range []struct {
		h *Histogram
		d time.Duration
	}{{&s.dns, o.timings.DNS}, {&s.connect, o.timings.Connect}, {&s.tls, o.timings.TLS},
		{&s.firstByte, o.timings.FirstByte}, {&s.download, o.timings.Download}} {
		if p.d > 0 {
			p.h.Add(p.d)
		}
	}
}

// An outcome is one request, once everything about it is known.
type outcome struct {
	path    []string
	code    int // 0 for no answer
	timings event.Timings
	late    time.Duration // how much later its iteration started than it was due
	in, out int64
	failed  bool
	broken  bool
	cause   string // of the failure, in short; "" for none
	sample  *Sample
}

// A Sample is a failed exchange, as it went over the wire, secrets hidden.
type Sample struct {
	Request  string    `json:"request"` // the item's path
	Cause    string    `json:"cause"`
	At       time.Time `json:"at"`
	Method   string    `json:"method"`
	URL      string    `json:"url"`
	Sent     string    `json:"sent,omitempty"` // header and body
	Code     int       `json:"code,omitempty"`
	Received string    `json:"received,omitempty"`
}

// figures are counted by all virtual users at once.
type figures struct {
	mu      sync.Mutex
	began   time.Time
	counted time.Time // when the warm-up was over
	ended   time.Time
	total   series
	by      map[string]*series
	order   []string
	checks  map[string]*Check
	names   []string // of checks, in the order they came
	causes  map[string]int64
	samples map[string][]Sample // by request and cause
	keep    int                 // samples of each

	started, finished, cut, broken int64 // iterations
	arrivals, dropped              int64
	wait                           Histogram // of iterations that were due
	iteration                      Histogram
	lag                            Histogram // of the schedule: how late the generator itself was
	seconds                        []Second
	secondStarted                  int64
	secondDropped                  int64
	users, mostUsers               int

	cpu         float64 // share of all cores that the generator took, at most, over a second
	interrupted bool
	aborted     string
	ranOut      bool
}

func newFigures(now time.Time, o *Options) *figures {
	return &figures{began: now, counted: now.Add(o.Warmup), by: map[string]*series{}, checks: map[string]*Check{},
		causes: map[string]int64{}, samples: map[string][]Sample{}, keep: o.Samples}
}

// request counts an outcome, unless it is of the warm-up.
func (f *figures) request(o *outcome, now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if now.Before(f.counted) {
		return
	}
	f.of(o.path).add(o)
	f.total.add(o)
	if o.cause != "" {
		f.causes[o.cause]++
		if k := pathKey(o.path) + "\x00" + o.cause; o.sample != nil && len(f.samples[k]) < f.keep {
			f.samples[k] = append(f.samples[k], *o.sample)
		}
	}
}

// of is the series of a request.
func (f *figures) of(path []string) *series {
	key := pathKey(path)
	s := f.by[key]
	if s == nil {
		s = &series{path: path}
		f.by[key] = s
		f.order = append(f.order, key)
	}
	return s
}

// wants reports whether another sample of a failure is kept.
func (f *figures) wants(path []string, cause string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.samples[pathKey(path)+"\x00"+cause]) < f.keep
}

// check counts an assertion.
func (f *figures) check(path []string, name string, passed bool, now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if now.Before(f.counted) {
		return
	}
	c := f.named(name)
	s := f.of(path)
	if passed {
		c.Passed++
		f.total.passed++
		s.passed++
		return
	}
	c.Failed++
	f.total.missed++
	s.missed++
}

// named is the check of a name; those beyond maxChecks are counted together.
func (f *figures) named(name string) *Check {
	if f.checks[name] == nil && len(f.checks) >= maxChecks {
		name = "(others)"
	}
	if f.checks[name] == nil {
		f.checks[name] = &Check{Name: name}
		f.names = append(f.names, name)
	}
	return f.checks[name]
}

// maxChecks bounds how many names of checks are kept apart: a name may hold a
// value that is new each time.
const maxChecks = 1000

// arrival counts an iteration of an open model that was due; taken says whether
// a virtual user was free for it.
func (f *figures) arrival(taken bool, lag time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.arrivals++
	f.lag.Add(lag)
	if !taken {
		f.dropped++
		f.secondDropped++
	}
}

func (f *figures) start(late time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.started++
	f.secondStarted++
	f.wait.Add(late)
}

// An ending says what became of an iteration.
type ending int

const (
	finished ending = iota
	failed
	cut
)

func (f *figures) end(e ending, took time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch e {
	case cut:
		f.cut++
		return
	case failed:
		f.broken++
	case finished:
		f.finished++
	}
	f.iteration.Add(took)
}

func (f *figures) late(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lag.Add(d)
}

func (f *figures) user(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.users += n
	f.mostUsers = max(f.mostUsers, f.users)
}

// tick closes a second and returns it.
func (f *figures) tick(now time.Time, took time.Duration, cpu float64) Snapshot {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.cpu = max(f.cpu, cpu)
	t := &f.total
	s := Second{At: now, Users: f.users, Started: f.secondStarted, Dropped: f.secondDropped,
		Requests: t.secondN, Failed: t.secondFail, Rate: float64(t.secondN) / max(took.Seconds(), 1e-9),
		P50: millis(t.second.At(50)), P95: millis(t.second.At(95)), P99: millis(t.second.At(99)), Max: millis(t.second.Max()), CPU: cpu}
	for _, key := range f.order {
		b := f.by[key]
		if b.secondN > 0 {
			s.By = append(s.By, SecondOf{Request: key, Requests: b.secondN, Failed: b.secondFail, P95: millis(b.second.At(95))})
		}
		b.second.reset()
		b.secondN, b.secondFail = 0, 0
	}
	t.second.reset()
	t.secondN, t.secondFail, f.secondStarted, f.secondDropped = 0, 0, 0, 0
	f.seconds = append(f.seconds, s)
	return Snapshot{Second: s, Elapsed: now.Sub(f.began), Warming: now.Before(f.counted), Requests: t.count, Failed: t.failed,
		Dropped: f.dropped, Iterations: f.finished + f.broken, P95: millis(t.times.At(95)), Causes: f.worstCauses(3), Slowest: f.slowest(3)}
}

// worstCauses are the most frequent errors.
func (f *figures) worstCauses(n int) []Cause {
	var out []Cause
	for text, count := range f.causes {
		out = append(out, Cause{text, count})
	}
	slices.SortFunc(out, func(a, b Cause) int {
		if a.Count != b.Count {
			return int(b.Count - a.Count)
		}
		return strings.Compare(a.Text, b.Text)
	})
	return out[:min(n, len(out))]
}

// slowest are the requests whose 95th percentile is highest.
func (f *figures) slowest(n int) []SecondOf {
	var out []SecondOf
	for _, key := range f.order {
		b := f.by[key]
		out = append(out, SecondOf{Request: key, Requests: b.count, Failed: b.failed, P95: millis(b.times.At(95))})
	}
	slices.SortStableFunc(out, func(a, b SecondOf) int {
		switch {
		case a.P95 > b.P95:
			return -1
		case a.P95 < b.P95:
			return 1
		}
		return 0
	})
	return out[:min(n, len(out))]
}

func millis(d time.Duration) float64 { return float64(d/time.Microsecond) / 1000 }
