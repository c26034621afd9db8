// Package emit stamps the events of a session with time and place, holds them
// back where it must, masks secrets in them, counts them and passes them to
// reporters.
package emit

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"postie/runner/event"
	"postie/runner/mask"
	"postie/runner/script"
)

// A Place is where in a run an event happens.
type Place struct {
	Cursor  event.Cursor
	Item    event.ItemRef
	Secrets *mask.Item // one of the item's requests; nil outside of items
}

// An Emitter stamps events, masks secrets in them, folds them into the result
// and passes them to the reporters, one at a time. It holds events back in two
// cases: those of an attempt that may be retried, because it may turn out not
// to count, and those of an item whose scripts may still store a value of an
// event under a secret name. It is safe for concurrent use.
type Emitter struct {
	now       func() time.Time
	mask      *mask.Masker
	reporters []event.Reporter
	strict    bool // warnings are failures

	mu       sync.Mutex
	Result   event.Result // the sum of the delivered events; read it only while nothing is emitted
	err      error        // the error of a reporter; it stops the run
	warned   map[string]bool
	missed   []string      // warnings about the whole run, in strict mode
	buffer   []event.Event // events held back, in their order
	deferred bool          // scripts of the item may still create secrets
	attempt  int           // index in the buffer at which the attempt begins that may be retried; -1 for none
	tested   bool          // its test phase was reached
}

// New makes an emitter. strict says that warnings are failures.
func New(now func() time.Time, m *mask.Masker, reporters []event.Reporter, strict bool) *Emitter {
	return &Emitter{now: now, mask: m, reporters: reporters, strict: strict, warned: map[string]bool{}, attempt: -1}
}

// Emit takes an event that happened at a place.
func (e *Emitter) Emit(ev event.Event, cur event.Cursor) {
	e.mu.Lock()
	defer e.mu.Unlock()
	h := event.HeadOf(ev)
	h.Time, h.Cursor = e.now(), cur
	if e.deferred || e.attempt >= 0 {
		e.buffer = append(e.buffer, ev)
		return
	}
	e.deliver(ev)
}

// deliver cuts large bodies, masks secrets, folds the event into the result and
// passes it to the reporters.
func (e *Emitter) deliver(ev event.Event) {
	e.hide(ev)
	e.Result.Add(ev)
	for _, r := range e.reporters {
		if err := r.Report(ev, &e.Result.Summary); err != nil && e.err == nil {
			e.err = err
		}
	}
}

func (e *Emitter) hide(ev event.Event) {
	large := cutLarge(ev)
	e.mask.Hide(ev)
	if large {
		trimLarge(ev)
	}
}

// DeferReporters holds the events of an item back until its scripts are done: a
// token is in the answer before a script stores it under a secret name, and
// only then it is known to be secret.
func (e *Emitter) DeferReporters() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.deferred = true
}

// Flush delivers what DeferReporters held back.
func (e *Emitter) Flush() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.deferred = false
	e.drain()
}

func (e *Emitter) drain() {
	kept := e.buffer
	e.buffer = nil
	for _, ev := range kept {
		e.deliver(ev)
	}
}

// BeginAttempt holds events back while it is undecided whether the attempt
// counts.
func (e *Emitter) BeginAttempt() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.attempt, e.tested = len(e.buffer), false
}

// EndAttempt decides about the events of an attempt. Of an attempt that was
// abandoned, requests and console output are reported, but not its tests and
// scripts.
func (e *Emitter) EndAttempt(abandoned bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.attempt < 0 {
		return
	}
	from := e.attempt
	e.attempt = -1
	if e.tested && !abandoned {
		e.Result.AddPhase(script.Test)
	}
	if abandoned {
		e.buffer = append(e.buffer[:from], replaced(e.buffer[from:])...)
	}
	if !e.deferred {
		e.drain()
	}
}

// replaced returns the events that remain of an attempt that was retried.
func replaced(attempt []event.Event) []event.Event {
	var out []event.Event
	for _, ev := range attempt {
		switch ev := ev.(type) {
		case *event.RequestFinished:
			ev.Retried = ev.Attempt > 0
		case *event.TestFinished, *event.ScriptFinished:
			continue
		}
		out = append(out, ev)
	}
	return out
}

// AttemptFailure returns the first failed test or script of the attempt.
func (e *Emitter) AttemptFailure() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, ev := range e.buffer[max(e.attempt, 0):] {
		switch f := event.FailureOf(ev); {
		case f == nil:
		case f.Kind == event.KindAssertion:
			return fmt.Sprintf("%q failed: %s", f.Test, f.Message)
		case f.Kind == event.KindScript:
			return "a script failed: " + f.Message
		}
	}
	return "a test failed"
}

// Phase counts a phase of an item, whether or not it had scripts.
func (e *Emitter) Phase(listen script.Listen) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if listen == script.Test && e.attempt >= 0 {
		e.tested = true
		return
	}
	e.Result.AddPhase(listen)
}

// Assertions returns how many assertions were made, including those held back.
func (e *Emitter) Assertions() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := e.Result.Stats.Assertions.Total
	for _, ev := range e.buffer {
		if _, ok := ev.(*event.TestFinished); ok {
			n++
		}
	}
	return n
}

// Warn emits a warning once per item and text. In strict mode a warning about
// the whole run fails the run when it ends, because it belongs to no item's
// report.
func (e *Emitter) Warn(at Place, w event.Warned) {
	key := at.Item.ID + "\x00" + w.Text
	e.mu.Lock()
	seen := e.warned[key]
	e.warned[key] = true
	about := len(at.Item.Path) > 0
	if e.strict && !about && !seen {
		e.missed = append(e.missed, w.Text)
	}
	e.mu.Unlock()
	if seen && !w.Console {
		return
	}
	w.Item, w.Strict = at.Item, e.strict && about
	e.Emit(&w, at.Cursor)
}

// Shortfall returns the failure that strict warnings about the whole run cause,
// or nil.
func (e *Emitter) Shortfall() *event.Failure {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.missed) == 0 {
		return nil
	}
	return &event.Failure{Kind: event.KindWarning, Name: "Warning", Message: strings.Join(e.missed, "; ")}
}

// Broken returns the error of a reporter, or nil.
func (e *Emitter) Broken() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.err
}
