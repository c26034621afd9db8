package runner

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"postie/runner/event"
	"postie/runner/mask"
	"postie/runner/script"
)

// A place is where in a run something happens.
type place struct {
	cursor  event.Cursor
	item    event.ItemRef
	secrets *mask.Item // of the item's requests; nil outside items
}

// An emitter dates and places events, hides secrets in them, folds them into
// the result and hands them to the reporters, one at a time. It may keep events
// back: those of an attempt that may be made again, which may turn out not to
// count, and those of an item whose scripts may yet make a secret of a value
// that an event shows. It is safe for concurrent use.
type emitter struct {
	now       func() time.Time
	mask      *mask.Masker
	reporters []event.Reporter
	strict    bool // warnings are failures

	mu       sync.Mutex
	result   event.Result
	err      error // of a reporter: stops the run
	warned   map[string]bool
	missed   []string      // warnings about the run as a whole, when they are failures
	buffer   []event.Event // kept back, as they came
	deferred bool          // an item's scripts may make secrets
	attempt  int           // where in the buffer the attempt that may be made again begins; -1 for none
	tested   bool          // its test phase was reached
}

func newEmitter(o *Options, m *mask.Masker) *emitter {
	return &emitter{now: o.Now, mask: m, reporters: o.Output.Reporters, strict: o.Checks.Strict, warned: map[string]bool{}, attempt: -1}
}

// emit takes an event, which happened at a place.
func (e *emitter) emit(ev event.Event, cur event.Cursor) {
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
// tells the reporters.
func (e *emitter) deliver(ev event.Event) {
	e.hide(ev)
	e.result.Add(ev)
	for _, r := range e.reporters {
		if err := r.Report(ev, &e.result.Summary); err != nil && e.err == nil {
			e.err = err
		}
	}
}

func (e *emitter) hide(ev event.Event) {
	large := cutLarge(ev)
	e.mask.Hide(ev)
	if large {
		trimLarge(ev)
	}
}

// deferReporters keeps the events of an item back until its scripts are done: a
// token is in the answer before a script stores it under a secret name, and
// only then known to be one.
func (e *emitter) deferReporters() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.deferred = true
}

// flush delivers what deferReporters kept back.
func (e *emitter) flush() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.deferred = false
	e.drain()
}

func (e *emitter) drain() {
	kept := e.buffer
	e.buffer = nil
	for _, ev := range kept {
		e.deliver(ev)
	}
}

// beginAttempt keeps events back while it is open whether the attempt counts.
func (e *emitter) beginAttempt() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.attempt, e.tested = len(e.buffer), false
}

// endAttempt decides over the events of an attempt: of one that was abandoned,
// what was sent and printed is reported, and its tests and scripts are not.
func (e *emitter) endAttempt(abandoned bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.attempt < 0 {
		return
	}
	from := e.attempt
	e.attempt = -1
	if e.tested && !abandoned {
		e.result.AddPhase(script.Test)
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

// attemptFailure is the first failed test, or script, of the attempt.
func (e *emitter) attemptFailure() string {
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

// phase counts a phase of an item, whether it had scripts or not.
func (e *emitter) phase(listen script.Listen) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if listen == script.Test && e.attempt >= 0 {
		e.tested = true
		return
	}
	e.result.AddPhase(listen)
}

// assertions is how many were made, those kept back included.
func (e *emitter) assertions() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := e.result.Stats.Assertions.Total
	for _, ev := range e.buffer {
		if _, ok := ev.(*event.TestFinished); ok {
			n++
		}
	}
	return n
}

// warn emits a warning once per item and text. A strict warning about the run
// as a whole fails the run when it ends, for no item's report would show it.
func (e *emitter) warn(at place, w event.Warned) {
	key := at.item.ID + "\x00" + w.Text
	e.mu.Lock()
	seen := e.warned[key]
	e.warned[key] = true
	about := len(at.item.Path) > 0
	if e.strict && !about && !seen {
		e.missed = append(e.missed, w.Text)
	}
	e.mu.Unlock()
	if seen && !w.Console {
		return
	}
	w.Item, w.Strict = at.item, e.strict && about
	e.emit(&w, at.cursor)
}

// shortfall is what strict warnings about the run as a whole make of it; nil
// for nothing.
func (e *emitter) shortfall() *event.Failure {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.missed) == 0 {
		return nil
	}
	return &event.Failure{Kind: event.KindWarning, Name: "Warning", Message: strings.Join(e.missed, "; ")}
}

// broken is a reporter's error; nil for none.
func (e *emitter) broken() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.err
}
