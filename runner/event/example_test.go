package event_test

import (
	"fmt"

	"postie/runner/event"
	"postie/runner/script"
)

// A failures reporter prints what fails as it fails. FailureOf decides: what a
// retry replaced is no failure, a strict warning is one.
type failures struct{}

func (failures) Report(e event.Event, sum *event.Summary) error {
	if f := event.FailureOf(e); f != nil {
		fmt.Printf("%s: %s (%d so far)\n", f.Kind, f.Message, sum.FailureCount)
	}
	return nil
}

func Example() {
	var reporter event.Reporter = failures{}
	var result event.Result
	for _, e := range []event.Event{
		&event.TestFinished{Name: "is there", Listen: script.Test},
		&event.TestFinished{Name: "is quick", Listen: script.Test, Err: &script.Error{Message: "expected 900 to be below 500"}},
		&event.RequestFinished{Err: &event.Failure{Message: "socket hang up"}, Retried: true},
		&event.Warned{Text: "no request \"Logn\" in this run", Strict: true},
	} {
		result.Add(e)
		if err := reporter.Report(e, &result.Summary); err != nil {
			fmt.Println(err)
		}
	}
	fmt.Println("failed:", result.Failed())
	// Output:
	// assertion: expected 900 to be below 500 (1 so far)
	// warning: no request "Logn" in this run (2 so far)
	// failed: true
}
