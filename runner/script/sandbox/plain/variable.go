package plain

import (
	"encoding/json"
	"math"
	"slices"

	"postie/collections/vars"
)

// A layer is a scope of variables. A search looks at the layers in this order.
type layer int

const (
	local layer = iota
	data
	environment
	collection
	globals
	layers
)

// scopes are the layers by their names on pm.
var scopes = map[string]layer{"variables": local, "iterationData": data, "environment": environment,
	"collectionVariables": collection, "globals": globals}

func (r *run) scope(l layer) *vars.Scope {
	s := r.facts.Scopes
	if s == nil {
		return nil
	}
	return [layers]*vars.Scope{s.Local, s.Data, s.Environment, s.Collection, s.Globals}[l]
}

// variable returns what pm.environment.get and the like return.
func (r *run) variable(l layer, key string) (v value, found bool) {
	last := l
	if l == local { // pm.variables searches all scopes
		last = globals
	}
	for ; l <= last; l++ {
		if c := r.change(l, key); c != nil {
			if c.Unset {
				continue
			}
			return r.value(c.Value), true
		}
		if r.cleared[l] {
			continue
		}
		if got, ok := r.scope(l).Get(key); ok {
			return r.value(got), true
		}
	}
	return value{}, false
}

// value converts the value of a variable.
func (r *run) value(v vars.Value) value {
	switch v := v.(type) {
	case nil:
		return value{kind: null}
	case bool:
		return truth(v)
	case float64:
		return value{kind: number, number: v}
	case string:
		return value{kind: text, text: v}
	case json.RawMessage:
		return r.parsed(string(v))
	case vars.Undefined:
		return value{}
	}
	return r.giveUp()
}

// change returns the script's change of a variable, or nil.
func (r *run) change(l layer, key string) *vars.Change {
	r.work(len(r.changes[l]))
	for i := range r.changes[l] {
		if c := &r.changes[l][i]; c.Key == key && !c.Clear {
			return c
		}
	}
	return nil
}

// record records a change. A changed variable keeps its place among the
// changes; one that was unset moves to the end. A script cannot change the data
// row, and a local scope whose variables have types is left to the machine.
func (r *run) record(l layer, c vars.Change) {
	if r.work(roundCost); l == data || l == local && r.localHasTypes() {
		r.giveUp()
	}
	before := r.change(l, c.Key)
	if before != nil && !before.Unset && (!c.Unset || !r.cleared[l]) {
		*before = c
		return
	}
	r.changes[l] = slices.DeleteFunc(r.changes[l], func(other vars.Change) bool { return other.Key == c.Key && !other.Clear })
	if !c.Unset || !r.cleared[l] { // there is nothing to unset after a clear
		r.changes[l] = append(r.changes[l], c)
	}
}

func (r *run) localHasTypes() bool {
	s := r.scope(local)
	if s == nil {
		return false
	}
	r.work(s.Len())
	for v := range s.All() {
		if v.Type != "" || v.Disabled {
			return true
		}
	}
	return false
}

// set runs pm.environment.set and the like.
func set(l layer, key, to expression) statement {
	return func(r *run) {
		k := key(r)
		r.set(l, k, to(r))
	}
}

func (r *run) set(l layer, key, to value) {
	if key.kind != text || to.kind == undefined || math.IsInf(to.number, 0) || math.IsNaN(to.number) {
		r.giveUp()
		return
	}
	v := stored(to)
	if to.compound() {
		v = r.storedMembers(to)
	}
	r.record(l, vars.Change{Key: key.text, Value: v})
}

// storedMembers converts a list or an object to the value of a variable, which
// is JSON. A value without a JSON form is left to the machine.
func (r *run) storedMembers(of value) vars.Value {
	if holdsUndefined(of) {
		r.giveUp()
	}
	v, err := vars.FromJSON(r.json(nil, of))
	if err != nil {
		r.giveUp()
	}
	return v
}

func holdsUndefined(v value) bool {
	return v.kind == undefined || slices.ContainsFunc(v.list, holdsUndefined)
}

// stored converts a value to the value of a variable. It turns -0 into 0.
func stored(v value) vars.Value {
	switch v.kind {
	case boolean:
		return v.isTrue()
	case number:
		return v.number + 0
	case text:
		return v.text
	}
	return nil
}

// unset runs pm.environment.unset and the like.
func unset(l layer, key expression) statement {
	return func(r *run) { r.unset(l, key(r)) }
}

func (r *run) unset(l layer, key value) {
	r.record(l, vars.Change{Key: r.mustText(key).text, Unset: true})
}

// clear removes all variables of a layer, and so undoes the changes before it.
func (r *run) clear(l layer) {
	if l == data || l == local {
		r.giveUp()
	}
	r.changes[l], r.cleared[l] = []vars.Change{{Clear: true}}, true
}

// mustText returns v, and gives up when v is not a text.
func (r *run) mustText(v value) value {
	if v.kind != text {
		r.giveUp()
	}
	return v
}

// read returns the value of the variable with a name.
func (r *run) read(l layer, name value) value {
	v, _ := r.variable(l, r.mustText(name).text)
	return v
}

// filled replaces the variables and dynamic names in a template. Values with
// members are left to the machine.
func (r *run) filled(l layer, template string) value {
	r.work(len(template))
	return r.newText(vars.Fill(template, func(name string) (string, bool) {
		if r.work(roundCost); r.stuck {
			return "", false
		}
		v, found := r.variable(l, name)
		switch {
		case found && v.kind == undefined:
			return "", true
		case found:
			s := r.shown(v)
			r.work(len(s))
			return s, true
		}
		return r.dynamic(name)
	}))
}

// dynamic returns the value of a dynamic variable such as $guid.
func (r *run) dynamic(name string) (string, bool) {
	if s := r.facts.Scopes; s != nil && s.Dynamic != nil {
		if v, ok := s.Dynamic.Value(name); ok {
			return vars.Text(v), true
		}
	}
	return "", false
}
