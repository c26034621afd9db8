package runner

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"postie/collections"
	"postie/collections/vars"
	"postie/runner/criteria"
	"postie/runner/event"
	"postie/runner/internal/emit"
	"postie/runner/internal/send"
	"postie/runner/mask"
	"postie/runner/script"
)

// maxNested is how deep requests may run requests, as in Postman.
const maxNested = 10

// A parentRun is what the run of one request from a script takes over from the
// run around it.
type parentRun struct {
	depth             int
	local, collection *vars.Scope
	mask              *mask.Masker
	onAnswer          func(*send.Answer, *event.Failure) // is given the answer as it came
}

// runRequest runs a request of the collection for a script, with its scripts
// and in a session of its own. It sees what the script has set, and what it sets
// is the script's; its events are those of the item whose script it is.
func (s *Session) runRequest(ctx context.Context, at emit.Place, q *script.RunRequest) (*script.SendResult, error) {
	depth := 1
	if p := s.opts.parent; p != nil {
		depth = p.depth + 1
	}
	if depth > maxNested {
		return nil, fmt.Errorf("Max pm.execution.runRequest depth of %d has been reached.", maxNested)
	}
	node, err := s.requestNamed(q.Name)
	if err != nil {
		return nil, err
	}
	send.LearnNode(s.mask, node)
	var got *send.Answer
	var failed *event.Failure
	p := &parentRun{depth: depth, mask: s.mask, onAnswer: func(a *send.Answer, f *event.Failure) { got, failed = a, f }}
	o := s.nestedOptions(p, node, at, &q.Set)
	for _, v := range q.Variables {
		p.local.Set(v.Key, v.Value)
	}
	local, collection := p.local.Clone(), p.collection.Clone() // as they were
	res, after, err := s.nestedRun(ctx, o, at)
	if err != nil {
		return nil, err
	}
	out := &script.SendResult{Set: script.ScopeChanges{Local: changes(local, after), Collection: changes(collection, res.Variables),
		Environment: changes(o.Environment, res.Environment), Globals: changes(o.Globals, res.Globals)}}
	if failed != nil {
		return out, sendError(failed)
	}
	if got != nil {
		out.Response, out.Cookies = got.Response, got.Cookies
	}
	return out, nil
}

// nestedRun runs the one request in the iteration of the item whose script
// asks for it. It also returns the local scope afterwards. What it did to the
// vault is applied to the session's.
func (s *Session) nestedRun(ctx context.Context, o Options, at emit.Place) (*Result, *vars.Scope, error) {
	plan, err := NewPlan(o.Collection, o.Select...)
	if err != nil {
		return nil, nil, err
	}
	nested, err := NewSession(plan, o)
	if err != nil {
		return nil, nil, err
	}
	defer nested.Close()
	res, err := nested.End(nested.Iterate(ctx, Iteration{Number: at.Cursor.Iteration, Of: at.Cursor.Cycles, Row: s.scopes.Data}))
	if o.Vault == nil {
		o.Vault = &vars.Scope{}
	}
	s.host.vault.apply(changes(o.Vault, nested.scopes.Vault))
	return res, nested.scopes.Local, err
}

func (s *Session) requestNamed(name string) (*collections.Node, error) {
	found, err := s.opts.Collection.Select(name)
	if err != nil {
		return nil, fmt.Errorf("pm.execution.runRequest: %w", err)
	}
	if name == "" || len(found) != 1 || found[0].ID() != name && found[0].Name() != name && name != strings.Join(found[0].Path()[1:], "/") {
		return nil, fmt.Errorf("pm.execution.runRequest: %q is no request of the collection", name)
	}
	return found[0], nil
}

// nestedOptions are the options with which a script's request runs: the session's,
// with the changes that the script has made to the scopes so far.
func (s *Session) nestedOptions(p *parentRun, node *collections.Node, at emit.Place, set *script.ScopeChanges) Options {
	p.local, p.collection = with(s.scopes.Local, set.Local), with(s.scopes.Collection, set.Collection)
	o := *s.opts
	o.parent = p
	o.Select = []string{node.ID()}
	o.Environment, o.Globals = with(s.scopes.Environment, set.Environment), with(s.scopes.Globals, set.Globals)
	o.Vault = s.host.vault.copy()
	o.Network.Jar = s.sender.Client.Jar()
	o.Output.Reporters = []event.Reporter{inner{s.host, s.out, at}}
	o.Delay, o.Rand, o.Pace, o.Acquire = 0, nil, nil, nil // it is part of an item
	o.Checks, o.Retry = criteria.Options{Strict: o.Checks.Strict}, Retry{}
	o.AllowEmpty = true // it may skip itself
	return o
}

// with is a copy of a scope with changes.
func with(s *vars.Scope, changes []vars.Change) *vars.Scope {
	if s == nil {
		s = &vars.Scope{}
	}
	c := s.Clone()
	c.Apply(changes)
	return c
}

// changes lead from one state of a scope to another.
func changes(from, to *vars.Scope) []vars.Change {
	var out []vars.Change
	for v := range to.All() {
		old, ok := from.Get(v.Key)
		if now, found := to.Get(v.Key); found && (!ok || !bytes.Equal(vars.JSON(old), vars.JSON(now))) {
			out = append(out, vars.Change{Key: v.Key, Value: now})
		}
	}
	for v := range from.All() {
		if _, ok := to.Get(v.Key); !ok && !v.Disabled {
			out = append(out, vars.Change{Key: v.Key, Unset: true})
		}
	}
	return out
}

// An inner reporter passes events of a run within a script on as the item's.
type inner struct {
	host *host
	out  *emit.Emitter
	at   emit.Place
}

// Report implements event.Reporter.
func (i inner) Report(e event.Event, _ *event.Summary) error {
	switch e := e.(type) {
	case *event.RequestFinished:
		e.Source = "script"
	case *event.TestFinished:
		if e.Err != nil {
			i.host.failed.Store(true)
		}
	case *event.ScriptFinished, *event.ConsoleLogged, *event.Warned:
	default:
		return nil
	}
	i.out.Emit(e, i.at.Cursor)
	return nil
}
