package load

import (
	"encoding/json"
	"slices"
	"sync"
	"time"

	"postie/runner/event"
)

// A Part has the counts of a generator in about one second of a load. A
// Collector adds up parts exactly, in any order and from any number of
// generators. The JSON form is only for programs of the same version.
type Part struct {
	Second int           `json:"second"` // of the load, from 0
	Since  time.Duration `json:"since"`  // from the begin of the load to the end of this part, since clocks of machines differ
	Took   time.Duration `json:"took"`
	Last   bool          `json:"last,omitempty"`  // the generator has ended
	Given  int           `json:"given,omitempty"` // iterations of the share started so far, earlier generators included

	Users   int     `json:"users"` // active users at the end
	Peak    int     `json:"peak"`  // greatest number of active users
	CPU     float64 `json:"cpu"`   // share of the machine's processors used by the generator
	Loop    Loop    `json:"loop"`
	Tallies []Tally `json:"tallies,omitempty"` // by request
	Checks  []Check `json:"checks,omitempty"`
	Causes  []Cause `json:"causes,omitempty"`

	Samples     []Sample `json:"samples,omitempty"`
	Interrupted bool     `json:"interrupted,omitempty"`
	Fault       string   `json:"fault,omitempty"`  // why the generator ended early; in the last part
	RanOut      bool     `json:"ranOut,omitempty"` // unique rows have run out
}

// A Loop counts iterations.
type Loop struct {
	Started   int64     `json:"started,omitempty"`
	Finished  int64     `json:"finished,omitempty"`
	Failed    int64     `json:"failed,omitempty"`
	Cut       int64     `json:"cut,omitempty"`
	Arrivals  int64     `json:"arrivals,omitempty"`
	Dropped   int64     `json:"dropped,omitempty"`
	Wait      Histogram `json:"wait,omitzero"`      // from the due time of iterations to their start
	Iteration Histogram `json:"iteration,omitzero"` // durations
	Lag       Histogram `json:"lag,omitzero"`       // lateness of the generator itself
}

func (l *Loop) merge(o *Loop) {
	l.Started += o.Started
	l.Finished += o.Finished
	l.Failed += o.Failed
	l.Cut += o.Cut
	l.Arrivals += o.Arrivals
	l.Dropped += o.Dropped
	l.Wait.Merge(&o.Wait)
	l.Iteration.Merge(&o.Iteration)
	l.Lag.Merge(&o.Lag)
}

// A Tally has the counts of one request of the collection, or of all requests.
type Tally struct {
	Path      []string  `json:"path,omitempty"`
	Count     int64     `json:"count,omitempty"`
	Failed    int64     `json:"failed,omitempty"` // without a response, or with a failed test or script
	Errors    int64     `json:"errors,omitempty"` // without a response, or with a script that threw
	Passed    int64     `json:"passed,omitempty"` // checks that passed
	Missed    int64     `json:"missed,omitempty"` // checks that failed
	In        int64     `json:"in,omitempty"`     // bytes of response bodies
	Out       int64     `json:"out,omitempty"`
	Classes   [6]int64  `json:"classes,omitzero"` // index 0: no response, 2: 2xx
	Times     Histogram `json:"times,omitzero"`   // durations at the server
	SinceDue  Histogram `json:"sinceDue,omitzero"`
	DNS       Histogram `json:"dns,omitzero"`
	Connect   Histogram `json:"connect,omitzero"`
	TLS       Histogram `json:"tls,omitzero"`
	FirstByte Histogram `json:"firstByte,omitzero"`
	Download  Histogram `json:"download,omitzero"`
}

func (t *Tally) histograms() [7]*Histogram {
	return [...]*Histogram{&t.Times, &t.SinceDue, &t.DNS, &t.Connect, &t.TLS, &t.FirstByte, &t.Download}
}

func (t *Tally) merge(o *Tally) {
	t.Count += o.Count
	t.Failed += o.Failed
	t.Errors += o.Errors
	t.Passed += o.Passed
	t.Missed += o.Missed
	t.In += o.In
	t.Out += o.Out
	for i, n := range o.Classes {
		t.Classes[i] += n
	}
	theirs := o.histograms()
	for i, h := range t.histograms() {
		h.Merge(theirs[i])
	}
}

// reset sets a tally to zero and keeps its memory for the next second.
func (t *Tally) reset() {
	for _, h := range t.histograms() {
		h.reset()
	}
	*t = Tally{Path: t.Path, Times: t.Times, SinceDue: t.SinceDue, DNS: t.DNS, Connect: t.Connect, TLS: t.TLS, FirstByte: t.FirstByte, Download: t.Download}
}

func (t *Tally) add(o *outcome) {
	t.Count++
	if o.failed {
		t.Failed++
	}
	if o.broken {
		t.Errors++
	}
	t.In += o.in
	t.Out += o.out
	if o.code == 0 {
		t.Classes[0]++
		return
	}
	t.Classes[min(o.code/100, 5)]++
	t.Times.Add(o.timings.Total)
	t.SinceDue.Add(o.timings.Total + o.late)
	for _, p := range [...]struct {
		h *Histogram
		d time.Duration
	}{{&t.DNS, o.timings.DNS}, {&t.Connect, o.timings.Connect}, {&t.TLS, o.timings.TLS},
		{&t.FirstByte, o.timings.FirstByte}, {&t.Download, o.timings.Download}} {
		if p.d > 0 {
			p.h.Add(p.d)
		}
	}
}

// An outcome is one request with everything that is known about it at the end.
type outcome struct {
	path    []string
	code    int // 0: no response
	timings event.Timings
	late    time.Duration // lateness of its iteration's start
	in, out int64
	failed  bool
	broken  bool
	cause   string // of the failure, in short; "": none
	sample  *Sample
}

// An assertion is the result of one test of an item.
type assertion struct {
	path   []string
	name   string
	passed bool
}

// A Sample is a failed exchange as it was sent and received, with secrets
// hidden.
type Sample struct {
	Request  string    `json:"request"` // path of the item
	Cause    string    `json:"cause"`
	At       time.Time `json:"at"`
	Method   string    `json:"method"`
	URL      string    `json:"url"`
	Sent     string    `json:"sent,omitempty"` // header and body
	Code     int       `json:"code,omitempty"`
	Received string    `json:"received,omitempty"`
}

// maxNames limits how many names of checks and causes are counted separately,
// because a name may contain a value that is always new.
const maxNames = 1000

// others is the name under which further names are counted.
const others = "(others)"

// figures has the counts of all virtual users in the current second.
type figures struct {
	mu      sync.Mutex
	counted time.Time // end of the warm-up; iterations that were due before are not counted
	keep    int       // samples of each request and cause
	part    Part
	spare   Part           // used by take only
	by      map[string]int // indexes in part.Tallies
	checks  map[string]int
	causes  map[string]int
	sampled map[string]int // by request and cause, for the whole load
	users   int
}

func newFigures(counted time.Time, keep int) *figures {
	return &figures{counted: counted, keep: keep, by: map[string]int{}, checks: map[string]int{}, causes: map[string]int{}, sampled: map[string]int{}}
}

// request counts an outcome and the assertions of its item, unless it belongs
// to the warm-up.
func (f *figures) request(o *outcome, asserted []assertion, now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if now.Before(f.counted) {
		return
	}
	for i := range asserted {
		f.check(&asserted[i])
	}
	if o == nil {
		return
	}
	f.of(o.path).add(o)
	if o.cause == "" {
		return
	}
	i, ok := f.causes[o.cause]
	if !ok {
		i = place(f.causes, o.cause)
		if i == len(f.part.Causes) {
			f.part.Causes = append(f.part.Causes, Cause{Text: nameOf(f.causes, o.cause)})
		}
	}
	f.part.Causes[i].Count++
	if k := sampleKey(pathKey(o.path), o.cause); o.sample != nil && f.sampled[k] < f.keep {
		f.sampled[k]++
		f.part.Samples = append(f.part.Samples, *o.sample)
	}
}

// place returns the index of a name in a list. Names beyond maxNames share one.
func place(places map[string]int, name string) int {
	name = nameOf(places, name)
	if i, ok := places[name]; ok {
		return i
	}
	places[name] = len(places)
	return len(places) - 1
}

func nameOf(places map[string]int, name string) string {
	if _, ok := places[name]; !ok && len(places) >= maxNames {
		return others
	}
	return name
}

func sampleKey(request, cause string) string { return request + "\x00" + cause }

// of returns the tally of a request.
func (f *figures) of(path []string) *Tally {
	key := pathKey(path)
	i, ok := f.by[key]
	if !ok {
		i = len(f.part.Tallies)
		f.by[key] = i
		f.part.Tallies = append(f.part.Tallies, Tally{Path: path})
	}
	return &f.part.Tallies[i]
}

// wants reports whether another sample of a failure must be kept.
func (f *figures) wants(path []string, cause string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.sampled[sampleKey(pathKey(path), cause)] < f.keep
}

func (f *figures) check(a *assertion) {
	i, ok := f.checks[a.name]
	if !ok {
		i = place(f.checks, a.name)
		if i == len(f.part.Checks) {
			f.part.Checks = append(f.part.Checks, Check{Name: nameOf(f.checks, a.name)})
		}
	}
	c, t := &f.part.Checks[i], f.of(a.path)
	if a.passed {
		c.Passed++
		t.Passed++
		return
	}
	c.Failed++
	t.Missed++
}

// arrival counts an iteration of an open model that was due. taken says whether
// a virtual user was free for it.
func (f *figures) arrival(taken bool, due time.Time, lag time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if due.Before(f.counted) {
		return
	}
	f.part.Loop.Lag.Add(lag)
	f.part.Loop.Arrivals++
	if !taken {
		f.part.Loop.Dropped++
	}
}

func (f *figures) start(due time.Time, late time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if due.Before(f.counted) {
		return
	}
	f.part.Loop.Started++
	f.part.Loop.Wait.Add(late)
}

// An ending says how an iteration ended.
type ending int

const (
	finished ending = iota
	failed
	cut
)

// end counts the end of an iteration that start has counted.
func (f *figures) end(e ending, due time.Time, took time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if due.Before(f.counted) {
		return
	}
	switch e {
	case cut:
		f.part.Loop.Cut++
		return
	case failed:
		f.part.Loop.Failed++
	case finished:
		f.part.Loop.Finished++
	}
	f.part.Loop.Iteration.Add(took)
}

// late counts how late the generator itself was, except during the warm-up.
func (f *figures) late(due time.Time) {
	now := time.Now()
	f.mu.Lock()
	defer f.mu.Unlock()
	if !due.Before(f.counted) {
		f.part.Loop.Lag.Add(now.Sub(due))
	}
}

func (f *figures) user(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.users += n
	f.part.Peak = max(f.part.Peak, f.users)
}

func (f *figures) interrupted() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.part.Interrupted = true
}

// take passes the counts so far to send. send must not keep the part, because
// its memory is used again for the part after the next one. Meanwhile users
// continue to count.
func (f *figures) take(send func(*Part)) {
	f.mu.Lock()
	p := f.part
	p.Users = f.users
	f.part = f.spare
	f.part.Peak = f.users
	for _, t := range p.Tallies[len(f.part.Tallies):] {
		f.part.Tallies = append(f.part.Tallies, Tally{Path: t.Path})
	}
	for _, c := range p.Checks[len(f.part.Checks):] {
		f.part.Checks = append(f.part.Checks, Check{Name: c.Name})
	}
	for _, c := range p.Causes[len(f.part.Causes):] {
		f.part.Causes = append(f.part.Causes, Cause{Text: c.Text})
	}
	f.mu.Unlock()
	send(&p)
	f.spare = p.emptied()
}

// emptied returns an empty part that uses the memory of this one and keeps its
// names.
func (p *Part) emptied() Part {
	for i := range p.Tallies {
		p.Tallies[i].reset()
	}
	for _, h := range []*Histogram{&p.Loop.Wait, &p.Loop.Iteration, &p.Loop.Lag} {
		h.reset()
	}
	for i := range p.Checks {
		p.Checks[i].Passed, p.Checks[i].Failed = 0, 0
	}
	for i := range p.Causes {
		p.Causes[i].Count = 0
	}
	return Part{Tallies: p.Tallies, Checks: p.Checks, Causes: p.Causes, Loop: Loop{Wait: p.Loop.Wait, Iteration: p.Loop.Iteration, Lag: p.Loop.Lag}}
}

// MarshalJSON leaves out everything that has no counts in this second.
func (p Part) MarshalJSON() ([]byte, error) {
	type plain Part
	p.Tallies = slices.DeleteFunc(slices.Clone(p.Tallies), func(t Tally) bool { return t.Count+t.Passed+t.Missed == 0 })
	p.Checks = slices.DeleteFunc(slices.Clone(p.Checks), func(c Check) bool { return c.Passed+c.Failed == 0 })
	p.Causes = slices.DeleteFunc(slices.Clone(p.Causes), func(c Cause) bool { return c.Count == 0 })
	return json.Marshal(plain(p))
}
