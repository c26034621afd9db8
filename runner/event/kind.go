package event

// The kinds of failures.
const (
	KindAssertion = "assertion" // a test
	KindScript    = "script"    // a script that threw
	KindRequest   = "request"   // no answer came
	KindWarning   = "warning"   // a warning that counts, with Strict
	KindThreshold = "threshold" // the run as a whole misses a bound
	KindRun       = "run"       // the run could not go on
	KindInterrupt = "interrupt" // somebody ended the run
)
