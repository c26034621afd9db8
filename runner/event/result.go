package event

// MaxFailures bounds Result.Failures; the counts go on.
const MaxFailures = 10000

// A Result is the outcome of a run: the fold of its events.
type Result struct {
	Summary
	Failures    []Failure // the first MaxFailures
	Times       Quantiles // of responses, in milliseconds
	Interrupted bool
	Bailed      bool // stopped at a failure, by Options.Bail
}

// Requests is the number of requests that were sent or failed.
func (r *Result) Requests() int { return r.Stats.Requests.Total }

// Add folds an event, in place of Summary.Add.
func (r *Result) Add(e Event) {
	r.Summary.Add(e)
	if q, ok := e.(*RequestFinished); ok && q.counts() {
		r.Times.Add(Milliseconds(q.Response.Time))
	}
	if f := FailureOf(e); f != nil && len(r.Failures) < MaxFailures {
		r.Failures = append(r.Failures, *f)
	}
}
