package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"iter"
	"strings"
	"sync"
	"time"

	"github.com/tidwall/gjson"

	"postie/runner/event"
	"postie/runner/runlog"
	"postie/runner/script"
)

// A Log holds the events of a run, which can be read more than once: all of
// them, those of some kinds, or their outline. With runlog.Collection it also
// yields the collection. *runlog.Log is a Log.
type Log interface {
	Events(kinds ...string) iter.Seq2[event.Event, error]
}

// An Execution is the execution of one item in one iteration, with everything
// that happened in it.
type Execution struct {
	Item     event.ItemRef
	Cursor   event.Cursor
	JSON     json.RawMessage   // the item's JSON as written
	Data     json.RawMessage   // the iteration's data row
	Run      *event.RunStarted // never nil; empty when the log lacks it
	Started  time.Time
	Requests []*event.RequestFinished
	Scripts  []*event.ScriptFinished
	Tests    []*event.TestFinished
	Console  []*event.ConsoleLogged
	Warnings []*event.Warned
	Skipped  bool
	Attempts int  // with --retry
	Flaky    bool // it passed, though not on the first attempt

	Visualizer *script.Visualizer // nil when there is none

	names func() itemNames // of the run's collection, read once
}

// environment is the name of the run's environment, or "" when there is none.
func (x *Execution) environment() string { return x.Run.Environment }

// Request returns the request that the execution is about: the item's own, its
// last replay, or, when there is neither, the last one that a script sent. It
// is nil when there is none.
func (x *Execution) Request() *event.RequestFinished {
	var other *event.RequestFinished
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

// Time returns how long the response to its request took; 0 when there is none.
func (x *Execution) Time() time.Duration {
	if r := x.Request(); r != nil && r.Response != nil {
		return r.Response.Time
	}
	return 0
}

// Failed reports whether anything in the execution failed.
func (x *Execution) Failed() bool {
	for range x.failures() {
		return true
	}
	return false
}

func (x *Execution) failures() iter.Seq[*event.Failure] {
	return func(yield func(*event.Failure) bool) {
		for _, c := range x.cases() {
			if c.failure != nil && !yield(c.failure) {
				return
			}
		}
	}
}

// A testCase is what test reports count: an assertion, or another kind of
// failure.
type testCase struct {
	name    string
	skipped bool
	failure *event.Failure // nil when it passed
}

// broken reports whether it failed for another reason than an assertion.
func (c *testCase) broken() bool { return c.failure != nil && c.failure.Kind != "assertion" }

// cases returns the failed requests and scripts, then the assertions, then the
// warnings that count as failures.
func (x *Execution) cases() []testCase {
	var out []testCase
	for _, r := range x.Requests {
		if r.Err != nil && !r.Retried {
			out = append(out, testCase{name: r.Request.Method + " " + r.Request.Display, failure: event.FailureOf(r)})
		}
	}
	for _, s := range x.Scripts {
		if s.Err != nil {
			out = append(out, testCase{name: string(s.Listen) + " script of " + s.Owner, failure: event.FailureOf(s)})
		}
	}
	for _, t := range x.Tests {
		out = append(out, testCase{name: t.Name, skipped: t.Skipped, failure: event.FailureOf(t)})
	}
	for _, w := range x.Warnings {
		if f := event.FailureOf(w); f != nil {
			out = append(out, testCase{name: w.Kind, failure: f})
		}
	}
	return out
}

// A grouper groups events by execution.
type grouper struct {
	open  *Execution
	data  json.RawMessage
	run   *event.RunStarted
	noted notes

	names func() itemNames
}

// start begins a run. It is called with nil for a run whose start is missing.
func (g *grouper) start(run *event.RunStarted) {
	if run == nil {
		run = &event.RunStarted{}
	}
	g.run, g.noted = run, notes{}
	g.names = sync.OnceValue(func() itemNames { return newItemNames(run.Collection) })
}

// notes are the notes about deprecated names that the run has had.
type notes map[string]bool

// again reports whether the run has had an event's note before. The notes come
// with each script, as in newman, but readers of a report need them once.
func (n notes) again(e event.Event) bool {
	c, ok := e.(*event.ConsoleLogged)
	if !ok || !c.Note || len(c.Messages) == 0 {
		return false
	}
	text := c.Messages[0].Inspect
	noted := n[text]
	n[text] = true
	return noted
}

// add takes an event and returns the execution that it completes, or nil. An
// execution whose end is missing is complete when the next one starts.
func (g *grouper) add(e event.Event) *Execution {
	done := g.open
	if g.run == nil {
		g.start(nil)
	}
	switch e := e.(type) {
	case *event.RunStarted:
		g.start(e)
	case *event.IterationStarted:
		g.data = e.Data
	case *event.ItemStarted:
		g.open = &Execution{Item: e.Item, Cursor: e.Cursor, JSON: e.JSON, Data: g.data, Run: g.run, Started: e.Time, names: g.names}
		return done
	case *event.ItemFinished:
		if done != nil {
			done.Skipped, done.Visualizer = e.Skipped, e.Visualizer
			done.Attempts, done.Flaky = e.Attempts, e.Flaky
		}
		g.open = nil
		return done
	case *event.RunFinished:
		g.open = nil
		return done
	default:
		if done != nil && !g.noted.again(e) {
			done.add(e)
		}
	}
	return nil
}

// Executions yields the executions of a log, one at a time.
func Executions(log Log) iter.Seq2[*Execution, error] { return executions(log) }

// outlines yields the executions without headers, bodies and JSON, for reports
// that do not show them.
func outlines(log Log) iter.Seq2[*Execution, error] { return executions(log, runlog.Outline) }

func executions(log Log, kinds ...string) iter.Seq2[*Execution, error] {
	return func(yield func(*Execution, error) bool) {
		g := grouper{}
		for e, err := range log.Events(kinds...) {
			if err != nil {
				yield(nil, err)
				return
			}
			if x := g.add(e); x != nil && !yield(x, nil) {
				return
			}
		}
		if g.open != nil { // the log is incomplete
			yield(g.open, nil)
		}
	}
}

func (x *Execution) add(e event.Event) {
	switch e := e.(type) {
	case *event.RequestFinished:
		x.Requests = append(x.Requests, e)
	case *event.ScriptFinished:
		x.Scripts = append(x.Scripts, e)
	case *event.TestFinished:
		x.Tests = append(x.Tests, e)
	case *event.ConsoleLogged:
		x.Console = append(x.Console, e)
	case *event.Warned:
		x.Warnings = append(x.Warnings, e)
	}
}

// runCase returns the name of a failure of the whole run.
func runCase(f *event.Failure) string {
	if f.Kind == event.KindThreshold {
		return "the run holds its thresholds"
	}
	return "the run was carried out"
}

// describe describes a failure in the words of the terminal report, for reports
// in other formats. file is that of the collection.
func describe(file string, x *Execution, f *event.Failure) string {
	var b strings.Builder
	line := func(label, value string) {
		if value != "" {
			b.WriteString(label + value + "\n")
		}
	}
	line("", f.Message)
	if f.Expected != nil && f.Actual != nil {
		line("expected: ", *f.Expected)
		line("got: ", *f.Actual)
	}
	line("at ", f.At)
	line("inside ", fullName(f.Item))
	if f.Line > 0 {
		line("", fmt.Sprintf("%s:%d", cmp.Or(f.File, file), f.Line))
	}
	if x.Cursor.Cycles > 1 {
		line("iteration: ", fmt.Sprint(x.Cursor.Iteration+1))
		line("data: ", rowOf(x.Data))
	}
	line("hint: ", f.Hint)
	return b.String()
}

// lastHop returns the request that the response answers, which after redirects
// is not the one of the collection.
func lastHop(r *event.RequestFinished) (method, url string, header []event.Field) {
	if r.Final != nil {
		return r.Final.Method, r.Final.URL, r.Final.Header
	}
	return r.Request.Method, r.Request.URL, r.Request.Header
}

// rowOf returns a data row as text, or "" when there is none.
func rowOf(data json.RawMessage) string {
	if len(data) == 0 || string(data) == "{}" || string(data) == "null" {
		return ""
	}
	return string(data)
}

// ends returns the start and the end of a log. A log of several runs has the
// start of the first one and the counts of all. For an incomplete log the end
// is made from the events that it has.
func ends(log Log) (*event.RunStarted, *event.RunFinished, error) {
	var start *event.RunStarted
	var end *event.RunFinished
	open := 0 // runs that started and did not finish
	for e, err := range log.Events(runlog.RunStarted, runlog.RunFinished) {
		if err != nil {
			return nil, nil, err
		}
		switch e := e.(type) {
		case *event.RunStarted:
			open++
			if start == nil {
				start = e
			}
		case *event.RunFinished:
			open--
			if end == nil {
				end = e
				continue
			}
			end.Summary.Merge(&e.Summary)
			if end.Err == nil {
				end.Err = e.Err
			}
		}
	}
	if start == nil {
		return nil, nil, runlog.ErrEmpty
	}
	if end != nil && open == 0 {
		return start, end, nil
	}
	end, err := cutOff(log)
	return start, end, err
}

func endsEarly() *event.Failure {
	return &event.Failure{Kind: event.KindRun, Name: "Error", Message: "the run log ends early"}
}

func cutOff(log Log) (*event.RunFinished, error) {
	end := &event.RunFinished{Interrupted: true, Err: endsEarly()}
	for e, err := range log.Events(runlog.Outline) {
		if err != nil {
			return nil, err
		}
		end.Summary.Add(e)
	}
	end.Summary.FailureCount++ // the log ends early
	return end, nil
}

// An owner is a folder or the collection.
type owner struct {
	ID, Name   string
	collection bool
}

// MarshalJSON writes what newman's JSON begins with. A collection has its id
// and name in its info.
func (o owner) MarshalJSON() ([]byte, error) {
	format := `{"id":%s,"name":%s}`
	if o.collection {
		format = `{"info":{"_postman_id":%s,"name":%s}}`
	}
	return fmt.Appendf(nil, format, encode(o.ID), encode(o.Name)), nil
}

// parents maps the ids of a collection's items to the folders that contain
// them.
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
	walk(gjson.GetBytes(collection, "item"), owner{ID: info.Get("_postman_id").String(), Name: info.Get("name").String(), collection: true})
	return out
}
