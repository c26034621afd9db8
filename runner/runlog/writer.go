// Package runlog stores the events of a run as NDJSON, one object a line. The
// events are written as they happen and can be read back as a stream. Reports
// that need all executions at the end are made from the log, at once or later.
package runlog

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"postie/runner/event"
)

// Version is the "v" of each line. A reader refuses a higher version.
const Version = 1

// A Writer is an event.Reporter that writes the log.
type Writer struct {
	out *bufio.Writer
	buf bytes.Buffer
	enc *json.Encoder
}

// NewWriter writes the log to w. Events are flushed when the run ends, when
// Flush is called, and when the buffer is full.
func NewWriter(w io.Writer) *Writer {
	l := &Writer{out: bufio.NewWriterSize(w, 64<<10)}
	l.enc = json.NewEncoder(&l.buf)
	l.enc.SetEscapeHTML(false)
	return l
}

// Report implements event.Reporter.
func (l *Writer) Report(e event.Event, _ *event.Summary) error {
	if start, ok := e.(*event.RunStarted); ok && start.Print != nil {
		if err := l.collection(start); err != nil {
			return err
		}
	}
	line, err := l.line(e)
	if err != nil {
		return err
	}
	if _, err := l.out.Write(line); err != nil {
		return err
	}
	switch e.(type) {
	case *event.ItemFinished, *event.RunFinished:
		return l.Flush() // so that an aborted process leaves whole executions
	}
	return nil
}

// Flush writes the buffered events.
func (l *Writer) Flush() error { return l.out.Flush() }

// Close is Flush: a log that ends early has events after its last flush.
func (l *Writer) Close() error { return l.Flush() }

// line returns the line of an event, which is valid until the next call.
func (l *Writer) line(e event.Event) ([]byte, error) {
	name := kind(e)
	if name == "" {
		return nil, fmt.Errorf("run log: unknown event %T", e)
	}
	l.buf.Reset()
	fmt.Fprintf(&l.buf, `{"v":%d,"event":%q,`, Version, name)
	start := l.buf.Len()
	if err := l.enc.Encode(e); err != nil {
		return nil, fmt.Errorf("run log: %s: %w", name, err)
	}
	// The event's opening brace is removed, so that its members follow ours.
	line := l.buf.Bytes()
	copy(line[start:], line[start+1:])
	return line[:len(line)-1], nil
}

// Kinds of events.
const (
	RunStarted        = "RunStarted"
	IterationStarted  = "IterationStarted"
	ItemStarted       = "ItemStarted"
	ScriptFinished    = "ScriptFinished"
	RequestFinished   = "RequestFinished"
	TestFinished      = "TestFinished"
	ConsoleLogged     = "ConsoleLogged"
	Warned            = "Warned"
	ItemFinished      = "ItemFinished"
	IterationFinished = "IterationFinished"
	RunFinished       = "RunFinished"
)

// Outline, as one of the kinds asked for, leaves out the headers, bodies and
// JSON of items and requests. As the only kind it stands for all events without
// them.
const Outline = "Outline"

func kind(e event.Event) string {
	switch e.(type) {
	case *event.RunStarted:
		return RunStarted
	case *event.IterationStarted:
		return IterationStarted
	case *event.ItemStarted:
		return ItemStarted
	case *event.ScriptFinished:
		return ScriptFinished
	case *event.RequestFinished:
		return RequestFinished
	case *event.TestFinished:
		return TestFinished
	case *event.ConsoleLogged:
		return ConsoleLogged
	case *event.Warned:
		return Warned
	case *event.ItemFinished:
		return ItemFinished
	case *event.IterationFinished:
		return IterationFinished
	case *event.RunFinished:
		return RunFinished
	}
	return ""
}

func blank(kind string) event.Event {
	switch kind {
	case RunStarted:
		return &event.RunStarted{}
	case IterationStarted:
		return &event.IterationStarted{}
	case ItemStarted:
		return &event.ItemStarted{}
	case ScriptFinished:
		return &event.ScriptFinished{}
	case RequestFinished:
		return &event.RequestFinished{}
	case TestFinished:
		return &event.TestFinished{}
	case ConsoleLogged:
		return &event.ConsoleLogged{}
	case Warned:
		return &event.Warned{}
	case ItemFinished:
		return &event.ItemFinished{}
	case IterationFinished:
		return &event.IterationFinished{}
	case RunFinished:
		return &event.RunFinished{}
	}
	return nil
}

// ErrNotLog is returned for a file that is no run log, ErrEmpty for one without
// a run, and ErrNoRun, which is an ErrEmpty, when there was nothing to run.
var (
	ErrNotLog = errors.New("not a run log")
	ErrEmpty  = errors.New("no run in it")
	ErrNoRun  = fmt.Errorf("%w: its part of the run had nothing to do", ErrEmpty)
)
