package load

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"

	"postie/runner"
)

// A Collector adds up the parts of a load, from one generator or several, and
// judges the thresholds. It is safe for concurrent use.
type Collector struct {
	opts    *Options
	places  map[string]int // index of each request in the collection, by key
	began   time.Time
	counted time.Time // when the warm-up is over

	mu      sync.Mutex
	until   time.Time // end of the last part
	total   Tally
	by      map[string]*Tally
	checks  map[string]*Check
	causes  map[string]*Cause
	samples map[string][]Sample // by request and cause
	loop    Loop
	open    map[int]*second
	latest  map[string]int // second of the last part, by generator
	users   map[string]int // active users, by generator
	seconds []Second
	closed  map[int]int // seconds in the series: their index

	peaks       map[int]int // greatest number of users, by second: the sum over the generators
	cpu         float64
	interrupted bool
	aborted     string
	ranOut      bool
}

// A second is a second for which parts may still arrive.
type second struct {
	Second
	took  time.Duration
	times Histogram
	by    map[string]*secondOf
}

type secondOf struct {
	SecondOf
	times Histogram
}

// late is how many seconds a Collector waits for parts before it closes a
// second. Parts that arrive later still count in the totals.
const late = 5

// NewCollector returns a Collector for a load that began, or will begin, at a
// time. The error is for invalid options.
func NewCollector(o Options, began time.Time) (*Collector, error) {
	plan, err := o.plan()
	if err != nil {
		return nil, err
	}
	return newCollector(&o, plan, began), nil
}

func newCollector(o *Options, plan *runner.Plan, began time.Time) *Collector {
	c := &Collector{opts: o, places: map[string]int{}, began: began, counted: began.Add(o.Warmup), until: began, by: map[string]*Tally{}, checks: map[string]*Check{},
		causes: map[string]*Cause{}, samples: map[string][]Sample{}, open: map[int]*second{}, latest: map[string]int{}, closed: map[int]int{}, peaks: map[int]int{}, users: map[string]int{}}
	for item := range plan.Items() {
		if key := pathKey(item.Path); c.places[key] == 0 {
			c.places[key] = len(c.places) + 1
		}
	}
	return c
}

// Add counts a part of a generator, and returns the state of the load. source
// names the generator if there are several. The part is not kept.
func (c *Collector) Add(source string, p *Part) Snapshot {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.until = latest(c.until, c.began.Add(p.Since))
	for i := range p.Tallies {
		c.tally(&p.Tallies[i])
	}
	for _, x := range p.Checks {
		k := keep(c.checks, x.Name, func(name string) *Check { return &Check{Name: name} })
		k.Passed += x.Passed
		k.Failed += x.Failed
	}
	for _, x := range p.Causes {
		keep(c.causes, x.Text, func(name string) *Cause { return &Cause{Text: name} }).Count += x.Count
	}
	for _, s := range p.Samples {
		if k := sampleKey(s.Request, s.Cause); len(c.samples[k]) < c.opts.Samples {
			c.samples[k] = append(c.samples[k], s)
		}
	}
	c.loop.merge(&p.Loop)
	c.cpu = max(c.cpu, p.CPU)
	c.interrupted = c.interrupted || p.Interrupted
	c.ranOut = c.ranOut || p.RanOut
	return c.second(source, p)
}

// tally counts the figures of one request.
func (c *Collector) tally(t *Tally) {
	if t.Count+t.Passed+t.Missed == 0 {
		return
	}
	key := pathKey(t.Path)
	s := c.by[key]
	if s == nil {
		s = &Tally{Path: t.Path}
		c.by[key] = s
	}
	s.merge(t)
	c.total.merge(t)
}

// keep returns the value of a name in a map, which has at most maxNames names.
func keep[T any](m map[string]*T, name string, make func(string) *T) *T {
	if m[name] == nil && len(m) >= maxNames {
		name = others
	}
	if m[name] == nil {
		m[name] = make(name)
	}
	return m[name]
}

// second adds a part to its second, closes seconds that are over, and returns
// the state of the load.
func (c *Collector) second(source string, p *Part) Snapshot {
	s := c.open[p.Second]
	if s == nil {
		s = &second{by: map[string]*secondOf{}}
		c.open[p.Second] = s
	}
	s.At = latest(s.At, c.began.Add(p.Since))
	s.took = max(s.took, p.Took)
	s.Users += p.Users
	c.peaks[p.Second] += p.Peak
	s.Started += p.Loop.Started
	s.Dropped += p.Loop.Dropped
	s.CPU = max(s.CPU, p.CPU)
	for i := range p.Tallies {
		s.add(&p.Tallies[i])
	}
	if p.Last {
		delete(c.latest, source)
		delete(c.users, source)
	} else {
		c.users[source] = p.Users
		c.latest[source] = max(p.Second, c.latest[source])
	}
	done := c.done(p.Second)
	shown := *s
	for n := range c.open {
		if n == done {
			shown = *c.open[n]
		}
		if n < done && n < p.Second || n <= p.Second-late {
			c.close(n)
		}
	}
	return c.snapshot(&shown)
}

// done returns the newest second that all generators have reported. It ignores
// generators that are more than late seconds behind.
func (c *Collector) done(newest int) int {
	out := newest
	for _, n := range c.latest {
		if n > newest-late {
			out = min(out, n)
		}
	}
	return out
}

func (s *second) add(t *Tally) {
	if t.Count == 0 {
		return
	}
	key := pathKey(t.Path)
	b := s.by[key]
	if b == nil {
		b = &secondOf{SecondOf: SecondOf{Request: key}}
		s.by[key] = b
	}
	b.Requests += t.Count
	b.Failed += t.Failed
	b.times.Merge(&t.Times)
	s.Requests += t.Count
	s.Failed += t.Failed
	s.times.Merge(&t.Times)
}

// close adds a second to the series. When the second was closed before, its
// counts are added, and of its times the worst is kept.
func (c *Collector) close(n int) {
	s := c.open[n]
	delete(c.open, n)
	f := c.figuresOf(s)
	i, again := c.closed[n]
	if !again {
		c.closed[n] = len(c.seconds)
		c.seconds = append(c.seconds, f)
		return
	}
	was := &c.seconds[i]
	f.Users, f.Started, f.Dropped, f.Requests, f.Failed, f.Rate = f.Users+was.Users, f.Started+was.Started, f.Dropped+was.Dropped, f.Requests+was.Requests, f.Failed+was.Failed, f.Rate+was.Rate
	f.P50, f.P95, f.P99, f.Max = max(f.P50, was.P50), max(f.P95, was.P95), max(f.P99, was.P99), max(f.Max, was.Max)
	f.By = append(was.By, f.By...)
	*was = f
}

func (c *Collector) figuresOf(s *second) Second {
	out := s.Second
	out.Rate = float64(s.Requests) / max(s.took.Seconds(), 1e-9)
	out.P50, out.P95, out.P99, out.Max = millis(s.times.At(50)), millis(s.times.At(95)), millis(s.times.At(99)), millis(s.times.Max())
	for _, key := range c.keys() {
		if b := s.by[key]; b != nil {
			b.P95 = millis(b.times.At(95))
			out.By = append(out.By, b.SecondOf)
		}
	}
	return out
}

func (c *Collector) snapshot(s *second) Snapshot {
	t := &c.total
	return Snapshot{Second: c.figuresOf(s), Elapsed: c.until.Sub(c.began), Warming: c.until.Before(c.counted), Requests: t.Count, Failed: t.Failed, Refused: refused(t.Classes),
		Dropped: c.loop.Dropped, Iterations: c.loop.Finished + c.loop.Failed, P95: millis(t.Times.At(95)), Causes: c.worstCauses(3), Slowest: c.slowest(3)}
}

// keys returns the requests that were sent, in the order of the collection.
// Requests of scripts follow their item.
func (c *Collector) keys() []string {
	out := make([]string, 0, len(c.by))
	for key := range c.by {
		out = append(out, key)
	}
	slices.SortFunc(out, func(a, b string) int { return cmp.Or(cmp.Compare(c.place(a), c.place(b)), strings.Compare(a, b)) })
	return out
}

func (c *Collector) place(key string) int {
	if n := c.places[key]; n > 0 {
		return n
	}
	item, _, _ := cutLast(key, "/")
	return c.places[item]
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// worstCauses returns the most frequent errors.
func (c *Collector) worstCauses(n int) []Cause {
	out := make([]Cause, 0, len(c.causes))
	for _, x := range c.causes {
		if x.Count > 0 {
			out = append(out, *x)
		}
	}
	slices.SortFunc(out, func(a, b Cause) int { return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Text, b.Text)) })
	return out[:min(n, len(out))]
}

// slowest returns the requests with the highest 95th percentiles.
func (c *Collector) slowest(n int) []SecondOf {
	var out []SecondOf
	for _, key := range c.keys() {
		t := c.by[key]
		out = append(out, SecondOf{Request: key, Requests: t.Count, Failed: t.Failed, P95: millis(t.Times.At(95))})
	}
	slices.SortStableFunc(out, func(a, b SecondOf) int { return cmp.Compare(b.P95, a.P95) })
	return out[:min(n, len(out))]
}

// Missed returns a threshold that is already missed, if the options say that
// this ends the load, and "" otherwise. The report will name it.
func (c *Collector) Missed() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.opts.Abort || c.until.Sub(c.counted) < c.opts.AbortAfter {
		return ""
	}
	for _, v := range c.judge() {
		if !v.Met && v.early {
			c.aborted = v.Threshold
			return v.Threshold
		}
	}
	return ""
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
