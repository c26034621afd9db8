package event

// A Reporter observes a run. Report is never called concurrently; an error
// stops the run. The Summary is the fold so far, the event included.
type Reporter interface {
	Report(e Event, sum *Summary) error
}
