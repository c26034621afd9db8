package event

import (
	"math"
	"time"

	"postie/runner/script"
)

// A Count is newman's {total, pending, failed}.
type Count struct {
	Total   int `json:"total"`
	Pending int `json:"pending"`
	Failed  int `json:"failed"`
}

// Stats are newman's nine counters; Tests counts items whose test phase ran,
// Prerequests items reached.
type Stats struct {
	Iterations        Count `json:"iterations"`
	Items             Count `json:"items"`
	Scripts           Count `json:"scripts"`
	Prerequests       Count `json:"prerequests"`
	Requests          Count `json:"requests"`
	Tests             Count `json:"tests"`
	Assertions        Count `json:"assertions"`
	TestScripts       Count `json:"testScripts"`
	PrerequestScripts Count `json:"prerequestScripts"`
}

// A Spread is mean, extremes and population deviation in milliseconds.
type Spread struct {
	Average float64 `json:"average"`
	Min     float64 `json:"min"`
	Max     float64 `json:"max"`
	Sd      float64 `json:"sd"`
}

// Summary is the fold of a run's events: counts, never bodies.
type Summary struct {
	Stats        Stats  `json:"stats"`
	Skipped      int    `json:"skipped"`         // assertions skipped
	Flaky        int    `json:"flaky,omitempty"` // items that passed after a retry
	Response     Spread `json:"response"`
	DNS          Spread `json:"dns"`
	FirstByte    Spread `json:"firstByte"`
	SkippedItems int    `json:"skippedItems,omitempty"` // by their scripts
	Retried      int    `json:"retried,omitempty"`      // requests that were sent again; their outcomes count nowhere
	Warnings     int    `json:"warnings,omitempty"`
	// FailureCount is how often FailureOf returned a failure: failed requests,
	// scripts and assertions, strict warnings, and what the run as a whole
	// misses. Attempts that a retry replaced are none.
	FailureCount int `json:"failureCount,omitempty"`

	Received  int64     `json:"received"` // response body bytes
	Started   time.Time `json:"started"`
	Completed time.Time `json:"completed"`
}

// Failed is the verdict: whether anything failed. Logs of older versions have
// no FailureCount; of theirs the counts of what failed decide.
func (s *Summary) Failed() bool {
	return s.FailureCount+s.Stats.Requests.Failed+s.Stats.Scripts.Failed+s.Stats.Assertions.Failed > 0
}

// Idle reports whether nothing was sent because scripts skipped every request.
func (s *Summary) Idle() bool { return s.SkippedItems > 0 && s.Stats.Requests.Total == 0 }

// NothingSent is the warning about a run that is Idle.
const NothingSent = "nothing was sent: the scripts skipped every request"

// Add adds an event to the summary.
func (s *Summary) Add(e Event) {
	if FailureOf(e) != nil {
		s.FailureCount++
	}
	switch e := e.(type) {
	case *RunStarted:
		s.Started = e.Time
	case *RunFinished:
		return // it carries the summary
	case *Warned:
		s.Warnings++
	case *ScriptFinished:
		s.script(e)
	case *RequestFinished:
		s.request(e)
	case *TestFinished:
		count(&s.Stats.Assertions, e.Err != nil)
		if e.Skipped {
			s.Skipped++
		}
	case *ItemFinished:
		count(&s.Stats.Items, false)
		if e.Skipped {
			s.SkippedItems++
		}
		if e.Flaky {
			s.Flaky++
		}
	case *IterationFinished:
		count(&s.Stats.Iterations, false)
	}
	s.Completed = e.event().Time
}

// AddPhase counts a phase of an item that was reached, whether it had scripts
// or not: newman's "prerequests" and "tests". No event says so.
func (s *Summary) AddPhase(listen script.Listen) {
	if listen == script.Test {
		count(&s.Stats.Tests, false)
	} else {
		count(&s.Stats.Prerequests, false)
	}
}

func count(c *Count, failed bool) {
	c.Total++
	if failed {
		c.Failed++
	}
}

func (s *Summary) script(e *ScriptFinished) {
	failed := e.Err != nil
	count(&s.Stats.Scripts, failed)
	if e.Listen == script.Test {
		count(&s.Stats.TestScripts, failed)
	} else {
		count(&s.Stats.PrerequestScripts, failed)
	}
}

// Merge adds the counts of another run's summary.
func (s *Summary) Merge(b *Summary) {
	mine, theirs := s.Stats.counts(), b.Stats.counts()
	answered, more := s.answered(), b.answered()
	s.Response.merge(answered, &b.Response, more)
	s.DNS.merge(answered, &b.DNS, more)
	s.FirstByte.merge(answered, &b.FirstByte, more)
	for i := range mine {
		mine[i].Total += theirs[i].Total
		mine[i].Pending += theirs[i].Pending
		mine[i].Failed += theirs[i].Failed
	}
	s.Skipped += b.Skipped
	s.Flaky += b.Flaky
	s.SkippedItems += b.SkippedItems
	s.Retried += b.Retried
	s.Warnings += b.Warnings
	s.FailureCount += b.FailureCount
	s.Received += b.Received
	if s.Started.IsZero() || b.Started.Before(s.Started) && !b.Started.IsZero() {
		s.Started = b.Started
	}
	if b.Completed.After(s.Completed) {
		s.Completed = b.Completed
	}
}

func (s *Stats) counts() [9]*Count {
	return [9]*Count{&s.Iterations, &s.Items, &s.Scripts, &s.Prerequests, &s.Requests, &s.Tests, &s.Assertions, &s.TestScripts, &s.PrerequestScripts}
}

// merge joins the spread of n values with that of m others.
func (s *Spread) merge(n int, b *Spread, m int) {
	if m == 0 || b.Max == 0 {
		return
	}
	if n == 0 || s.Max == 0 {
		*s = *b
		return
	}
	total, delta := float64(n+m), b.Average-s.Average
	variance := (s.Sd*s.Sd*float64(n) + b.Sd*b.Sd*float64(m) + delta*delta*float64(n)*float64(m)/total) / total
	s.Average += delta * float64(m) / total
	s.Sd = math.Sqrt(variance)
	s.Min, s.Max = min(s.Min, b.Min), max(s.Max, b.Max)
}

func (s *Summary) request(e *RequestFinished) {
	count(&s.Stats.Requests, e.Err != nil && !e.Retried)
	if e.Retried {
		s.Retried++
	}
	if !e.counts() {
		return
	}
	answered := s.answered()
	s.Received += e.Response.BodySize
	s.Response.add(answered, Milliseconds(e.Response.Time))
	s.DNS.add(answered, Milliseconds(e.Response.Timings.DNS))
	s.FirstByte.add(answered, Milliseconds(e.Response.Timings.FirstByte))
}

// answered is how many requests got a response that counts.
func (s *Summary) answered() int {
	return s.Stats.Requests.Total - s.Stats.Requests.Failed - s.Retried
}

// counts reports whether the figures of a run take the response in.
func (e *RequestFinished) counts() bool {
	return e.Err == nil && e.Response != nil && !e.Retried
}

// Milliseconds is a duration in the unit of reports.
func Milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// add is newman's running mean and deviation over n values, the last one v.
// Requests that failed do not weigh in (newman divides by them, too).
func (s *Spread) add(n int, v float64) {
	if v == 0 || n == 0 {
		return
	}
	before, delta := s.Average, v-s.Average
	s.Average = (before*float64(n-1) + v) / float64(n)
	if s.Min == 0 || v < s.Min {
		s.Min = v
	}
	s.Max = max(s.Max, v)
	variance := (s.Sd*s.Sd*float64(n-1) + delta*(v-s.Average)) / float64(n)
	s.Sd = math.Sqrt(max(variance, 0))
}
