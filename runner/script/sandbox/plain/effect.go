package plain

import (
	"postie/collections/vars"
	"postie/runner/script"
)

// A Report is a test that passed, or a line of console output.
type Report struct {
	Test    *script.Assertion
	Level   string           // of a console line
	Message []script.Message // of a console line
}

// Effects are what a script did. Changes of variables are in the order in which
// the script first named the variables.
type Effects struct {
	Reports                          []Report
	Local                            []vars.Variable // the local scope after the script
	Environment, Collection, Globals []vars.Change
	Next                             *script.Next
	Legacy                           []string // deprecated names that the script uses
}

// test runs pm.test.
func test(name expression, f *function) statement {
	return func(r *run) {
		n := name(r)
		if n.kind != text || r.inTest {
			r.giveUp()
			return
		}
		index := r.tests
		r.tests++
		r.inTest = true
		r.effect(f)
		r.inTest = false
		r.effects.Reports = append(r.effects.Reports, Report{Test: &script.Assertion{Name: n.text, Index: index}}) // after the lines that the test prints
	}
}

// setNext runs pm.execution.setNextRequest.
func (r *run) setNext(name value) {
	switch name.kind {
	case text:
		r.effects.Next = &script.Next{Name: &name.text}
	case null:
		r.effects.Next = &script.Next{}
	default:
		r.giveUp()
	}
}

// levels are the levels of console output, by the methods that write it.
var levels = map[string]string{"log": "log", "info": "info", "warn": "warn", "error": "error", "debug": "debug",
	"clear": "clear", "trace": "debug", "dir": "log"}

// MostOutput is how many bytes a plain script may print, in any encoding of
// them.
const MostOutput = 64 << 10

// print runs console.log and the like.
func (r *run) print(level string, list []value) {
	line := Report{Level: level, Message: []script.Message{}}
	for _, v := range list {
		if v.kind == undefined {
			r.giveUp()
		}
		m := script.Message{JSON: r.json(nil, v), Inspect: r.inspected(v)}
		r.work(mostWork / MostOutput * (len(m.JSON) + 2*len(m.Inspect) + len(`{"value":,"inspect":""},`)))
		line.Message = append(line.Message, m)
	}
	r.effects.Reports = append(r.effects.Reports, line)
}

// finish adds the changes of variables to the effects.
func (r *run) finish() Effects {
	e := &r.effects
	e.Environment, e.Collection, e.Globals = r.changes[environment], r.changes[collection], r.changes[globals]
	scope := r.scope(local)
	changed := r.changes[local] != nil
	if changed {
		if scope = scope.Clone(); scope == nil {
			scope = vars.NewScope("")
		}
		scope.Apply(r.changes[local])
	}
	for v := range scope.All() {
		if changed { // JavaScript does not report the types of changed variables
			v = vars.Variable{Key: v.Key, Value: v.Value}
		}
		e.Local = append(e.Local, v)
	}
	return *e
}
