// Package event says what happened in a run. Events are data without
// behaviour: the runner emits them, and reporters, logs and comparisons read
// them without knowing the runner.
//
// FailureOf is the only definition of what fails a run, and Summary.Failed the
// only verdict on a whole one.
package event

import (
	"encoding/json"
	"io"
	"time"

	"postie/runner/script"
)

// An Event is one step of a run, in order: RunStarted, IterationStarted,
// ItemStarted, ScriptFinished, RequestFinished, TestFinished, ConsoleLogged,
// Warned, ItemFinished, IterationFinished, RunFinished. Each marshals to one
// JSON object; the run log holds one per line.
type Event interface{ event() *Head }

// Head starts every event.
type Head struct {
	Time   time.Time `json:"time"`
	Cursor Cursor    `json:"cursor"`
}

func (h *Head) event() *Head { return h }

// A Cursor is the place of an event in the run. Ref is new for each item
// execution.
type Cursor struct {
	Run       int    `json:"run,omitempty"` // which run of a matrix
	Iteration int    `json:"iteration"`
	Position  int    `json:"position"` // index among the selected requests
	Length    int    `json:"length"`   // requests selected
	Cycles    int    `json:"cycles"`   // iterations planned
	Ref       string `json:"ref,omitempty"`
}

// HeadOf is the head of an event, to read or set its time and its place in the
// run.
func HeadOf(e Event) *Head { return e.event() }

// An ItemRef names the item an event is about, so that a reporter needs no
// other event to print it.
type ItemRef struct {
	ID   string   `json:"id"`
	Name string   `json:"name"`
	Path []string `json:"path"`           // collection, folders…, request
	Line int      `json:"line,omitempty"` // in the collection file
	File string   `json:"file,omitempty"` // when the collection has many
}

// RunStarted opens a run.
type RunStarted struct {
	Head
	Version     string          `json:"version"` // of postie
	File        string          `json:"file"`
	Name        string          `json:"name"` // the collection's
	ID          string          `json:"id"`
	Environment string          `json:"environment,omitempty"` // its name
	Label       string          `json:"label,omitempty"`       // distinguishes the run from others
	Part        string          `json:"part,omitempty"`        // of a run that is spread over several machines, such as 2/5
	Worker      string          `json:"worker,omitempty"`      // who carried it out, in a cluster
	Collection  json.RawMessage `json:"collection"`            // as JSON reports print it, or of that the ids and names
	Criteria    []string        `json:"criteria,omitempty"`    // bounds on the whole run, when this is a part of it
	Items       int             `json:"items"`
	Iterations  int             `json:"iterations"`

	// Print writes the whole collection, as JSON reports print it, when
	// Collection has but the ids and names of it and a run log is to hold it;
	// else it is nil. A large collection is in no event that way.
	Print func(io.Writer) error `json:"-"`
}

// IterationStarted opens an iteration.
type IterationStarted struct {
	Head
	Data json.RawMessage `json:"data,omitempty"` // the row
}

// ItemStarted opens one execution of an item. JSON is the item as written.
type ItemStarted struct {
	Head
	Item ItemRef         `json:"item"`
	JSON json.RawMessage `json:"json,omitempty"`
}

// ScriptFinished reports that one script ended; Err is nil when it did not fail.
type ScriptFinished struct {
	Head
	Item     ItemRef       `json:"item"`
	Listen   script.Listen `json:"listen"`
	ScriptID string        `json:"scriptId"`
	Owner    string        `json:"owner"`          // name of the collection, folder or item it is written at
	Line     int           `json:"line,omitempty"` // of Err, in the collection file
	File     string        `json:"file,omitempty"` // of Line, when the collection has many
	Duration time.Duration `json:"duration"`
	Err      *script.Error `json:"error,omitempty"`
}

// RequestFinished reports one request on the wire: the item's own (Source
// "item"), an auth replay ("replay"), pm.sendRequest ("script"), or a token
// request ("token").
type RequestFinished struct {
	Head
	Item     ItemRef   `json:"item"`
	Source   string    `json:"source"`
	Request  Request   `json:"request"`
	Response *Response `json:"response,omitempty"`
	Err      *Failure  `json:"error,omitempty"`
	Hops     []Hop     `json:"hops,omitempty"`    // before the last one
	Final    *Hop      `json:"final,omitempty"`   // the last one as sent, when there were others; Response answers it
	Attempt  int       `json:"attempt,omitempty"` // with Retry, from 1
	Retried  bool      `json:"retried,omitempty"` // it was sent again: its outcome does not count
}

// A Field is a header line as sent or received.
type Field = script.Field

// A Request is what was sent.
type Request struct {
	Method  string          `json:"method"`
	URL     string          `json:"url"`     // encoded, as sent
	Display string          `json:"display"` // resolved, unencoded, as newman's CLI prints it
	Header  []Field         `json:"header"`
	Body    Bytes           `json:"body,omitempty"` // what was sent, up to a limit; nil for files
	Size    int64           `json:"size"`           // of the body
	JSON    json.RawMessage `json:"json"`           // in collection form, as JSON reports print it
}

// A Response is what came back, decoded.
type Response struct {
	Proto    string          `json:"proto"`
	Code     int             `json:"code"`
	Status   string          `json:"status"`
	Header   []Field         `json:"header"`
	Body     Bytes           `json:"body,omitempty"`
	Whole    int64           `json:"whole,omitempty"`  // length of a large body, of which Body is the start
	Digest   string          `json:"digest,omitempty"` // SHA-256 of a large body, in hexadecimal digits
	BodySize int64           `json:"bodySize"`         // as newman's size().body
	HeadSize int64           `json:"headSize"`
	Time     time.Duration   `json:"time"` // newman's responseTime
	Timings  Timings         `json:"timings"`
	Cookies  []script.Cookie `json:"cookies,omitempty"`
}

// LargeBody is the longest body, in bytes, that events hold whole; of a longer
// one they hold the first StartOfBody bytes, so that what logs and reports need
// does not grow with an answer.
const (
	LargeBody   = 16 << 20
	StartOfBody = 1 << 20
)

// Length is how long the body is that came, in bytes, also when Body is its
// start alone.
func (r *Response) Length() int64 { return max(r.Whole, int64(len(r.Body))) }

// Timings are the phases of the last hop.
type Timings struct {
	Wait      time.Duration `json:"wait"`
	DNS       time.Duration `json:"dns"`
	Connect   time.Duration `json:"connect"`
	TLS       time.Duration `json:"tls"`
	FirstByte time.Duration `json:"firstByte"`
	Download  time.Duration `json:"download"`
	Total     time.Duration `json:"total"`
}

// A Hop is a redirect or challenge answer before the final response.
type Hop struct {
	Method  string  `json:"method"`
	URL     string  `json:"url"`
	Header  []Field `json:"header"`
	Code    int     `json:"code"`
	Status  string  `json:"status"`
	Reply   []Field `json:"reply"`
	Timings Timings `json:"timings"`
}

// TestFinished is one assertion.
type TestFinished struct {
	Head
	Item     ItemRef       `json:"item"`
	Listen   script.Listen `json:"listen"` // of the script it is in
	ScriptID string        `json:"scriptId,omitempty"`
	Name     string        `json:"name"`
	Index    int           `json:"index"`
	Skipped  bool          `json:"skipped,omitempty"`
	Err      *script.Error `json:"error,omitempty"`
	Line     int           `json:"line,omitempty"` // in the collection file
	File     string        `json:"file,omitempty"` // of Line, when the collection has many
	Expected *string       `json:"expected,omitempty"`
	Actual   *string       `json:"actual,omitempty"`
}

// ConsoleLogged is one console call of a script.
type ConsoleLogged struct {
	Head
	Item     ItemRef          `json:"item"`
	Listen   script.Listen    `json:"listen"`
	Level    string           `json:"level"` // log info warn error debug clear
	Messages []script.Message `json:"messages"`
	Note     bool             `json:"note,omitempty"` // Postman's on a deprecated name, once a script
}

// Warned reports something that is not what one may expect. Console marks
// those newman prints as a console warning of the item.
type Warned struct {
	Head
	Item    ItemRef `json:"item"`
	Kind    string  `json:"kind"` // "unresolved", "redirect", "file", "auth", "next" …
	Text    string  `json:"text"`
	Hint    string  `json:"hint,omitempty"`
	Console bool    `json:"console,omitempty"`
	Strict  bool    `json:"strict,omitempty"` // counts as a failure
}

// ItemFinished closes an execution.
type ItemFinished struct {
	Head
	Item       ItemRef            `json:"item"`
	Skipped    bool               `json:"skipped,omitempty"`
	Next       *string            `json:"next,omitempty"` // setNextRequest in a test script; "" is null
	Visualizer *script.Visualizer `json:"visualizer,omitempty"`
	Attempts   int                `json:"attempts,omitempty"` // with Retry
	Flaky      bool               `json:"flaky,omitempty"`    // passed after an attempt that did not
}

// IterationFinished closes an iteration.
type IterationFinished struct{ Head }

// RunFinished closes a run. Reporters finish their files on it.
type RunFinished struct {
	Head
	Summary     Summary         `json:"summary"`
	Environment json.RawMessage `json:"environment"` // final state, export form
	Globals     json.RawMessage `json:"globals"`
	Err         *Failure        `json:"error,omitempty"` // what ended the run early
	Interrupted bool            `json:"interrupted,omitempty"`
	Bailed      bool            `json:"bailed,omitempty"` // it stopped at a failure, as the options want
}
