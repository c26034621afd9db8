// Package plain runs scripts that need no JavaScript machine: scripts that look
// at the response, compute something, check assertions, and set variables. Most
// scripts of most collections are of this kind, and running them in a machine
// costs ten times as much.
//
// It implements a small part of JavaScript and of the pm API exactly. A script
// that uses anything else is not plain. A run also gives up at a failed
// assertion, at a value of an unexpected type, and at a property that the value
// itself does not have. A run that gives up has had no effect, and the machine
// runs the script from its start: only the machine has the messages, stacks and
// errors of scripts.
package plain

import (
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"postie/collections/vars"
	"postie/runner/script"
)

// A Script is a plain script. It is safe for concurrent use.
type Script struct {
	body   []statement
	locals int
	misses atomic.Int32 // runs in a row that the machine had to repeat
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

// Longest is the size in bytes of the longest script that may be plain: longer
// scripts are libraries.
const Longest = 16 << 10

// Facts are the data that a script can read.
type Facts struct {
	*script.Context
	Text func() string // the response's body
}

// Run runs a script. When the machine must run it, ok is false and there are no
// effects.
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

// A script that needed the machine mostMisses times in a row goes to the
// machine at once, except for one run in retry: a server that failed may have
// recovered.
const (
	mostMisses = 8
	retry      = 100
)

// A run is the state of a running script.
type run struct {
	facts   Facts
	locals  []value
	text    *string // the response's body, once it was read
	body    *value  // the body's JSON value, once it was read
	changes [layers][]vars.Change
	cleared [layers]bool
	effects Effects
	tests   int
	inTest  bool
	entries []entry // of tests[…]
	leaving departure
	result  value // of the function that returns
	spent   int   // what work has counted
	stuck   bool  // the machine must run the script: later results do not matter
}

// mostWork limits what a plain script may do, in bytes that it reads or writes.
// The machine, which limits time and memory, runs scripts that do more.
const mostWork = 8 << 20

// What an operation costs in addition to the bytes that it reads or writes.
const (
	operatorCost  = 8
	statementCost = 16
	roundCost     = 200 // of a callback, or of one round of a loop
)

// work counts the cost of an operation.
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

// A statement has an effect, an expression has a value. Once a run is stuck,
// both may go on with any values.
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
