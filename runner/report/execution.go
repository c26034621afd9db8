package report

import (
	"encoding/json"
	"iter"
	"time"

	"github.com/tidwall/gjson"

	"postie/runner"
	"postie/runner/runlog"
)

// A Log is a run's events, which can be read more than once: all of them, or
// those of the kinds named. *runlog.Log is one.
type Log interface {
	Events(kinds ...string) iter.Seq2[runner.Event, error]
}

// An Execution is one item run in one iteration, with what happened in it.
type Execution struct {
	Item     runner.ItemRef
	Cursor   runner.Cursor
	JSON     json.RawMessage // the item as written
	Data     json.RawMessage // the iteration's data row
	Started  time.Time
	Requests []*runner.RequestFinished
	Scripts  []*runner.ScriptFinished
	Tests    []*runner.TestFinished
	Console  []*runner.ConsoleLogged
	Warnings []*runner.Warned
	Skipped  bool
}

// Request is the one the execution is about: the item's own, its last replay,
// or, when there is neither, the last a script sent. It is nil for none.
func (x *Execution) Request() *runner.RequestFinished {
	var other *runner.RequestFinished
	for i := len(x.Requests) - 1; i >= 0; i-- {
		switch x.Requests[i].Source {
		case "item", "replay":
			return x.Requests[i]
		}
		if other == nil {
			other = x.Requests[i]
		}
	}
	return other
}

// Time is how long the response of its request took; 0 for none.
func (x *Execution) Time() time.Duration {
	if r := x.Request(); r != nil && r.Response != nil {
		return r.Response.Time
	}
	return 0
}

// Failed reports whether anything in it failed.
func (x *Execution) Failed() bool {
	for f := range x.failures() {
		_ = f
		return true
	}
	return false
}

func (x *Execution) failures() iter.Seq[*runner.Failure] {
	return func(yield func(*runner.Failure) bool) {
		for _, e := range x.events() {
			if f := runner.FailureOf(e); f != nil && !yield(f) {
				return
			}
		}
	}
}

func (x *Execution) events() []runner.Event {
	var out []runner.Event
	for _, e := range x.Requests {
		out = append(out, e)
	}
	for _, e := range x.Scripts {
		out = append(out, e)
	}
	for _, e := range x.Tests {
		out = append(out, e)
	}
	for _, e := range x.Warnings {
		out = append(out, e)
	}
	return out
}

// Executions yields the executions of a log, one at a time.
func Executions(log Log) iter.Seq2[*Execution, error] {
	return func(yield func(*Execution, error) bool) {
		var x *Execution
		var data json.RawMessage
		for e, err := range log.Events() {
			if err != nil {
				yield(nil, err)
				return
			}
			switch e := e.(type) {
			case *runner.IterationStarted:
				data = e.Data
			case *runner.ItemStarted:
				if x != nil && !yield(x, nil) {
					return
				}
				x = &Execution{Item: e.Item, Cursor: e.Cursor, JSON: e.JSON, Data: data, Started: e.Time}
			case *runner.ItemFinished:
				if x != nil {
					x.Skipped = e.Skipped
					if !yield(x, nil) {
						return
					}
					x = nil
				}
			default:
				if x != nil {
					x.add(e)
				}
			}
		}
		if x != nil { // the log was cut off
			yield(x, nil)
		}
	}
}

func (x *Execution) add(e runner.Event) {
	switch e := e.(type) {
	case *runner.RequestFinished:
		x.Requests = append(x.Requests, e)
	case *runner.ScriptFinished:
		x.Scripts = append(x.Scripts, e)
	case *runner.TestFinished:
		x.Tests = append(x.Tests, e)
	case *runner.ConsoleLogged:
		x.Console = append(x.Console, e)
	case *runner.Warned:
		x.Warnings = append(x.Warnings, e)
	}
}

// ends are the first and last event of a log. A log that was cut off gets an
// end made up from what is there.
func ends(log Log) (*runner.RunStarted, *runner.RunFinished, error) {
	start, end := &runner.RunStarted{}, (*runner.RunFinished)(nil)
	for e, err := range log.Events(runlog.RunStarted, runlog.RunFinished) {
		if err != nil {
			return nil, nil, err
		}
		switch e := e.(type) {
		case *runner.RunStarted:
			start = e
		case *runner.RunFinished:
			end = e
		}
	}
	if end != nil {
		return start, end, nil
	}
	end, err := cutOff(log)
	return start, end, err
}

func cutOff(log Log) (*runner.RunFinished, error) {
	end := &runner.RunFinished{Interrupted: true, Err: &runner.Failure{Kind: "run", Name: "Error",
		Message: "the run log ends early"}}
	for e, err := range log.Events() {
		if err != nil {
			return nil, err
		}
		end.Summary.Add(e)
	}
	return end, nil
}

// An owner is a folder or collection.
type owner struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// parents maps the ids of a collection's items to what holds them.
func parents(collection json.RawMessage) map[string]owner {
	out := map[string]owner{}
	info := gjson.GetBytes(collection, "info")
	var walk func(list gjson.Result, o owner)
	walk = func(list gjson.Result, o owner) {
		list.ForEach(func(_, it gjson.Result) bool {
			id := it.Get("id").String()
			out[id] = o
			if sub := it.Get("item"); sub.Exists() {
				walk(sub, owner{ID: id, Name: it.Get("name").String()})
			}
			return true
		})
	}
	walk(gjson.GetBytes(collection, "item"), owner{ID: info.Get("_postman_id").String(), Name: info.Get("name").String()})
	return out
}
