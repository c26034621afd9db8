package event

import (
	"fmt"

	"postie/runner/script"
)

// A Failure is anything that makes a run fail.
type Failure struct {
	Kind       string        `json:"kind"` // one of the Kind constants
	Name       string        `json:"name"`
	Message    string        `json:"message"`
	Stack      string        `json:"stack,omitempty"`
	Code       string        `json:"code,omitempty"` // node's, for request errors
	Errno      int           `json:"errno,omitempty"`
	Syscall    string        `json:"syscall,omitempty"`
	Address    string        `json:"address,omitempty"`
	Port       int           `json:"port,omitempty"`
	Hint       string        `json:"hint,omitempty"` // the cure, when known
	Test       string        `json:"test,omitempty"` // assertion name
	Index      int           `json:"index,omitempty"`
	At         string        `json:"at"` // newman's: "assertion:0 in test-script", "request", "test-script"
	Item       ItemRef       `json:"item"`
	Cursor     Cursor        `json:"cursor"`
	Listen     script.Listen `json:"listen,omitempty"`
	Line       int           `json:"line,omitempty"`       // in the collection file
	File       string        `json:"file,omitempty"`       // of Line, when the collection has many
	ScriptLine int           `json:"scriptLine,omitempty"` // in the script
	Owner      string        `json:"owner,omitempty"`      // who owns the script
	Expected   *string       `json:"expected,omitempty"`
	Actual     *string       `json:"actual,omitempty"`
}

// FailureOf is the failure that an event reports, nil for none. It is what
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
			f.Kind, f.At, f.Item, f.Cursor = KindRequest, "request", e.Item, e.Cursor
			return &f
		}
	case *TestFinished:
		if e.Err != nil {
			return assertionFailure(e)
		}
	case *Warned:
		if e.Strict {
			return &Failure{Kind: KindWarning, Name: "Warning", Message: e.Text, Hint: e.Hint,
				At: "request", Item: e.Item, Cursor: e.Cursor}
		}
	case *RunFinished:
		return e.Err
	}
	return nil
}

func assertionFailure(e *TestFinished) *Failure {
	return &Failure{Kind: KindAssertion, Name: e.Err.Name, Message: e.Err.Message, Stack: e.Err.Stack,
		Test: e.Name, Index: e.Index, At: fmt.Sprintf("assertion:%d in %s-script", e.Index, e.Listen),
		Item: e.Item, Cursor: e.Cursor, Listen: e.Listen, Line: e.Line, File: e.File, ScriptLine: e.Err.Line,
		Expected: e.Expected, Actual: e.Actual}
}

func scriptFailure(e *ScriptFinished) *Failure {
	at := string(e.Listen) + "-script"
	if e.Err.Line > 0 {
		at += fmt.Sprintf(":%d:%d", e.Err.Line, e.Err.Column)
	}
	return &Failure{Kind: KindScript, Name: e.Err.Name, Message: e.Err.Message, Stack: e.Err.Stack, Hint: e.Err.Hint, At: at,
		Item: e.Item, Cursor: e.Cursor, Listen: e.Listen, Line: e.Line, File: e.File, ScriptLine: e.Err.Line, Owner: e.Owner}
}
