// Package emit dates and places the events of a session, keeps them back where it
// must, hides secrets in them, counts them and hands them to reporters.
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

// A Place is where in a run something happens.
type Place struct {
	Cursor  event.Cursor
	Item    event.ItemRef
	Secrets *mask.Item // of the item's requests; nil outside items
}

// An Emitter dates and places events, hides secrets in them, folds them into
// the result and hands them to the reporters, one at a time. It may keep events
// back: those of an attempt that may be made again, which may turn out not to
// count, and those of an item whose scripts may yet make a secret of a value
// that an event shows. It is safe for concurrent use.
type Emitter struct {
	now       func() time.Time
	mask      *mask.Masker
	reporters []event.Reporter
	strict    bool // warnings are failures

	mu       sync.Mutex
	Result   event.Result // what was delivered came to; read it while nothing is emitted
	err      error        // of a reporter: stops the run
	warned   map[string]bool
	missed   []string      // warnings about the run as a whole, when they are failures
	buffer   []event.Event // kept back, as they came
	deferred bool          // an item's scripts may make secrets
	attempt  int           // where in the buffer the attempt that may be made again begins; -1 for none
	tested   bool          // its test phase was reached
}

// New makes an emitter. Strict says that warnings are failures.
func New(now func() time.Time, m *mask.Masker, reporters []event.Reporter, strict bool) *Emitter {
	return &Emitter{now: now, mask: m, reporters: reporters, strict: strict, warned: map[string]bool{}, attempt: -1}
}

// Emit takes an event, which happened at a place.
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

// deliver cuts large bodies, hides secrets, folds the event into the result and
// hands it to the reporters.
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

// DeferReporters keeps the events of an item back until its scripts are done: a
// token is in the answer before a script stores it under a secret name, and
// only then known to be one.
func (e *Emitter) DeferReporters() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.deferred = true
}

// Flush delivers what DeferReporters kept back.
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

// BeginAttempt keeps events back while it is open whether the attempt counts.
func (e *Emitter) BeginAttempt() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.attempt, e.tested = len(e.buffer), false
}

// EndAttempt decides over the events of an attempt: of one that was abandoned,
// what was sent and printed is reported, and its tests and scripts are not.
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

// replaced are the events that remain of an attempt that another replaced.
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

// AttemptFailure is the first failed test, or script, of the attempt.
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

// Phase counts a phase of an item, whether it had scripts or not.
func (e *Emitter) Phase(listen script.Listen) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if listen == script.Test && e.attempt >= 0 {
		e.tested = true
		return
	}
	e.Result.AddPhase(listen)
}

// Assertions is how many were made, those kept back included.
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

// Warn emits a warning once per item and text. A strict warning about the run
// as a whole fails the run when it ends, for no item's report would show it.
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

// Shortfall is what strict warnings about the run as a whole make of it; nil
// for nothing.
func (e *Emitter) Shortfall() *event.Failure {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.missed) == 0 {
		return nil
	}
	return &event.Failure{Kind: event.KindWarning, Name: "Warning", Message: strings.Join(e.missed, "; ")}
}

// Broken is a reporter's error; nil for none.
func (e *Emitter) Broken() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.err
}
