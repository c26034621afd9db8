package report

import (
	"io"
	"unicode/utf8"

	"postie/runner/script"
)

// Options are what the reporters have in common; each heeds those it can.
type Options struct {
	Title        string // of a page; "" is the collection's name
	Bodies       Bodies
	OmitHeaders  bool
	OnlyFailures bool // leave out executions in which nothing failed
	MaxBody      int  // longest body, in bytes; 0: all

	// Collection is what writes the collection of a run, by the run's number, as
	// one JSON object. Nil, or a nil function from it: it is what the log has.
	Collection func(run int) func(io.Writer) error

	// Visualize renders what a script gave to pm.visualizer. Nil: its template
	// and data are shown as they are.
	Visualize func(*script.Visualizer) (string, error)

	// Attach opens a file, in the folder AttachTo, for what a failed execution
	// sent and received. Nil: JUnit reports have no attachments.
	Attach   func(name string) (io.WriteCloser, error)
	AttachTo string
}

// Bodies says how bodies are written.
type Bodies string

const (
	BodiesText  Bodies = ""      // as text, and base64 where they are none
	BodiesBytes Bodies = "bytes" // newman's array of bytes
	BodiesNone  Bodies = "none"
)

// body cuts b to the limit and drops it when none is wanted.
func (o Options) body(b []byte) []byte {
	if o.Bodies == BodiesNone {
		return nil
	}
	if o.MaxBody == 0 || len(b) <= o.MaxBody {
		return b
	}
	n := o.MaxBody
	for n > 0 && o.MaxBody-n < utf8.UTFMax && !utf8.RuneStart(b[n]) {
		n-- // text stays text
	}
	return b[:n]
}
