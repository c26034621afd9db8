package runner

import (
	"fmt"
	"math"
	"time"

	"postie/collections/vars"
	"postie/runner/script"
	"postie/runner/transport"
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
	Stats     Stats     `json:"stats"`
	Skipped   int       `json:"skipped"`         // assertions skipped
	Flaky     int       `json:"flaky,omitempty"` // items that passed after a retry
	Response  Spread    `json:"response"`
	DNS       Spread    `json:"dns"`
	FirstByte Spread    `json:"firstByte"`
	Received  int64     `json:"received"` // response body bytes
	Started   time.Time `json:"started"`
	Completed time.Time `json:"completed"`
}

// MaxFailures bounds Result.Failures; the counts go on.
const MaxFailures = 10000

// A Result is what a run came to.
type Result struct {
	Summary
	Failures    []Failure // the first MaxFailures
	Warnings    int
	Interrupted bool

	Environment, Globals, Variables *vars.Scope // final; Variables are the collection's
	Jar                             *transport.Jar
}

// Failed reports whether anything failed.
func (r *Result) Failed() bool { return len(r.Failures) > 0 }

// Requests is the number of requests that were sent or failed.
func (r *Result) Requests() int { return r.Stats.Requests.Total }

// Add folds an event, for those who read a run back from its log.
func (r *Result) Add(e Event) { r.fold(e) }

// fold adds an event to the result.
func (r *Result) fold(e Event) {
	r.Summary.Add(e)
	if _, ok := e.(*Warned); ok {
		r.Warnings++
	}
	if f := FailureOf(e); f != nil && len(r.Failures) < MaxFailures {
		r.Failures = append(r.Failures, *f)
	}
}

// Add adds an event to the summary.
func (s *Summary) Add(e Event) {
	switch e := e.(type) {
	case *RunStarted:
		s.Started = e.Time
	case *RunFinished:
		return // it carries the summary
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
		if e.Flaky {
			s.Flaky++
		}
	case *IterationFinished:
		count(&s.Stats.Iterations, false)
	}
	s.Completed = e.event().Time
}

// FailureOf is the failure an event tells of, nil for none. It is what
// Result.Failures holds, for those who read events.
func FailureOf(e Event) *Failure {
	switch e := e.(type) {
	case *ScriptFinished:
		if e.Err != nil {
			return scriptFailure(e)
		}
	case *RequestFinished:
		if e.Err != nil && !e.Retried {
			f := *e.Err
			f.Kind, f.At, f.Item, f.Cursor = "request", "request", e.Item, e.Cursor
			return &f
		}
	case *TestFinished:
		if e.Err != nil {
			return assertionFailure(e)
		}
	case *Warned:
		if e.Strict {
			return &Failure{Kind: "warning", Name: "Warning", Message: e.Text, Hint: e.Hint,
				At: "request", Item: e.Item, Cursor: e.Cursor}
		}
	case *RunFinished:
		return e.Err
	}
	return nil
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

func assertionFailure(e *TestFinished) *Failure {
	return &Failure{Kind: "assertion", Name: e.Err.Name, Message: e.Err.Message, Stack: e.Err.Stack,
		Test: e.Name, Index: e.Index, At: fmt.Sprintf("assertion:%d in %s-script", e.Index, e.Listen),
		Item: e.Item, Cursor: e.Cursor, Listen: e.Listen, Line: e.Line, File: e.File, ScriptLine: e.Err.Line,
		Expected: e.Expected, Actual: e.Actual}
}

func scriptFailure(e *ScriptFinished) *Failure {
	at := string(e.Listen) + "-script"
	if e.Err.Line > 0 {
		at += fmt.Sprintf(":%d:%d", e.Err.Line, e.Err.Column)
	}
	return &Failure{Kind: "script", Name: e.Err.Name, Message: e.Err.Message, Stack: e.Err.Stack, At: at,
		Item: e.Item, Cursor: e.Cursor, Listen: e.Listen, Line: e.Line, File: e.File, ScriptLine: e.Err.Line, Owner: e.Owner}
}

// Merge adds the counts of another run's summary.
func (s *Summary) Merge(b *Summary) {
	mine, theirs := s.Stats.counts(), b.Stats.counts()
	answered := s.Stats.Requests.Total - s.Stats.Requests.Failed
	more := b.Stats.Requests.Total - b.Stats.Requests.Failed
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
	if e.Err != nil || e.Response == nil {
		return
	}
	answered := s.Stats.Requests.Total - s.Stats.Requests.Failed
	s.Received += e.Response.BodySize
	s.Response.add(answered, ms(e.Response.Time))
	s.DNS.add(answered, ms(e.Response.Timings.DNS))
	s.FirstByte.add(answered, ms(e.Response.Timings.FirstByte))
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

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
