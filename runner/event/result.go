package event

// MaxFailures bounds Result.Failures; the counts go on.
const MaxFailures = 10000

// A Result is what a run came to: the fold of its events.
type Result struct {
	Summary
	Failures    []Failure // the first MaxFailures
	Warnings    int
	Interrupted bool
}

// Failed reports whether anything failed.
func (r *Result) Failed() bool { return len(r.Failures) > 0 }

// Requests is the number of requests that were sent or failed.
func (r *Result) Requests() int { return r.Stats.Requests.Total }

// Add folds an event, in place of Summary.Add.
func (r *Result) Add(e Event) {
	r.Summary.Add(e)
	if _, ok := e.(*Warned); ok {
		r.Warnings++
	}
	if f := FailureOf(e); f != nil && len(r.Failures) < MaxFailures {
		r.Failures = append(r.Failures, *f)
	}
}
