// Package plain carries out scripts that need no JavaScript machine: those that
// look at the response, compute something, assert what they see, and set variables.
// Most scripts of most collections are of this kind, and a machine costs ten times
// as much.
//
// It knows a small part of JavaScript and of the pm API, and that part exactly.
// Whatever it does not know is not plain, and so is whatever does not pass: a
// failed assertion, a value of another type, a property that is not the value's
// own. Nothing has happened by then, and the machine runs the script from its
// start: it alone has the messages, stacks and errors of scripts.
package plain

import (
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"postie/collections/vars"
	"postie/runner/script"
)

// A Script is a plain one. It is safe for concurrent use.
type Script struct {
	body   []statement
	locals int
	misses atomic.Int32 // runs in a row that ended with the machine
}

// Compile returns nil for a script that is not plain.
func Compile(source string) *Script {
	if len(source) > Longest || !utf8.ValidString(source) || strings.Contains(source, "<!--") || strings.Contains(source, "-->") {
		return nil
	}
	p := newParser(source)
	p.open(true)
	body := p.statements("")
	if p.failed {
		return nil
	}
	return &Script{body: body, locals: p.locals}
}

// Longest is the size in bytes of a script that may be plain: longer ones are
// libraries.
const Longest = 16 << 10

// Facts are what a script sees.
type Facts struct {
	*script.Context
	Text func() string // the response's body
}

// Run carries a script out. ok is false when the machine must run it: there are
// no effects then.
func (s *Script) Run(f Facts) (e Effects, ok bool) {
	if n := s.misses.Load(); n >= mostMisses && n%retry != 0 {
		s.misses.Add(1)
		return Effects{}, false
	}
	r := &run{facts: f, locals: make([]value, s.locals)}
	if r.perform(s.body); !r.stuck {
		r.reportEntries()
	}
	if r.stuck {
		s.misses.Add(1)
		return Effects{}, false
	}
	s.misses.Store(0)
	return r.finish(), true
}

// A script that has turned out to need the machine so often in a row goes to it at
// once, but for one in a hundred times: a server that failed may be well again.
const (
	mostMisses = 8
	retry      = 100
)

// A run is a script being carried out.
type run struct {
	facts   Facts
	locals  []value
	text    *string // the response's body, once it is read
	body    *value  // the same, once it is read as JSON
	changes [layers][]vars.Change
	effects Effects
	tests   int
	inTest  bool
	entries []string // the names of tests[…]
	leaving departure
	result  value // of the function that is left
	spent   int   // of what work bounds
	stuck   bool  // the machine must run the script: what follows counts no more
}

// mostWork bounds what a script may do here, in bytes it reads or writes. The
// machine watches the time and the memory of those that do more.
const mostWork = 8 << 20

// What an operation costs besides the bytes it reads or writes.
const (
	operatorCost  = 8
	statementCost = 16
	roundCost     = 200 // of a callback, or of a loop for one element
)

// work is some of it.
func (r *run) work(bytes int) {
	if r.spent += bytes; r.spent > mostWork {
		r.giveUp()
	}
}

// giveUp leaves the script to the machine.
func (r *run) giveUp() value {
	r.stuck = true
	return value{}
}

// A statement does something, an expression has a value. Once a run is stuck,
// both may go on with any value.
type (
	statement  func(r *run)
	expression func(r *run) value
)

func (r *run) perform(list []statement) {
	r.work(statementCost * len(list))
	for _, s := range list {
		if s(r); r.stuck || r.leaving != staying {
			return
		}
	}
}

func (r *run) evaluate(list []expression) []value {
	if len(list) == 0 {
		return nil
	}
	values := make([]value, 0, len(list))
	for _, e := range list {
		values = append(values, e(r))
	}
	return values
}
