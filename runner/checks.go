package runner

import (
	"postie/collections/vars"
	"postie/runner/event"
	"postie/runner/internal/send"
	"postie/runner/script"
)

// check stores what the extracts take from the item's answer, then checks it
// against the asserts. It reports whether any failed.
func (x *execution) check(got *send.Answer) (failed bool) {
	for i := range x.opts.Checks.Extracts {
		e := &x.opts.Checks.Extracts[i]
		value, err := e.Value(got.Response)
		if err != nil {
			x.warn(event.Warned{Kind: "extract", Text: err.Error()})
			continue
		}
		if vars.IsSecretName(e.Name) {
			x.scopes.Environment.SetSecret(e.Name, value)
		} else {
			x.scopes.Environment.Set(e.Name, value)
		}
	}
	x.mask.Variables(x.scopes)
	hide := func(raw string) string { return string(x.mask.JSON([]byte(raw))) }
	return x.report(x.opts.Checks.Answer(got.Response, hide))
}

// report emits assertions that no script made, and reports whether any failed.
func (x *execution) report(list []script.Assertion) (failed bool) {
	for _, a := range list {
		failed = failed || a.Err != nil
		x.emit(&event.TestFinished{Item: x.item.ref, Listen: script.Test, Name: a.Name, Index: a.Index, Err: a.Err,
			Expected: a.Expected, Actual: a.Actual})
	}
	return failed
}
