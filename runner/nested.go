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
	"postie/runner/script"
)

// maxNested is how deep requests may run requests, as in Postman.
const maxNested = 10

// A nest is what the run of one request from a script takes over from the run
// around it.
type nest struct {
	depth             int
	local, collection *vars.Scope
	took              func(*answer, *event.Failure) // is told of the answer as it came
}

// RunRequest runs a request of the collection for a script, with its scripts
// and in a sandbox of its own. What it sets counts from when its answer is
// handed over; its events are those of the item whose script it is.
func (h *host) RunRequest(ctx context.Context, q *script.RunRequest) (*script.SendResult, error) {
	x, depth := h.x, 1
	if n := h.opts.within; n != nil {
		depth = n.depth + 1
	}
	if depth > maxNested {
		return nil, fmt.Errorf("pm.execution.runRequest: requests run requests more than %d deep", maxNested)
	}
	node, err := h.requestNamed(q.Name)
	if err != nil {
		return nil, err
	}
	h.mask.learnHeaders(node.Template().Header)
	if a, _, ok := node.Auth(); ok {
		h.mask.learnAuth(&a)
	}
	var got *answer
	var failed *event.Failure
	n := &nest{depth: depth, took: func(a *answer, f *event.Failure) { got, failed = a, f }}
	o := h.within(n, node, x)
	for _, v := range q.Variables {
		n.local.Set(v.Key, v.Value)
	}
	collection := n.collection.Clone() // as it was
	res, err := Run(ctx, o)
	switch {
	case err != nil:
		return nil, err
	case failed != nil:
		return nil, &script.SendError{Message: failed.Message, Code: failed.Code, Errno: failed.Errno,
			Syscall: failed.Syscall, Address: failed.Address, Port: failed.Port}
	}
	out := &script.SendResult{Apply: func() {
		h.nesting.Lock()
		defer h.nesting.Unlock()
		h.stack.Environment.Apply(changes(o.Environment, res.Environment))
		h.stack.Globals.Apply(changes(o.Globals, res.Globals))
		h.stack.Collection.Apply(changes(collection, res.Variables))
		h.mask.learnScopes()
	}}
	if got != nil {
		out.Response, out.Cookies = got.response, got.cookies
	}
	return out, nil
}

func (h *host) requestNamed(name string) (*collections.Node, error) {
	found, err := h.opts.Collection.Select(name)
	if err != nil {
		return nil, fmt.Errorf("pm.execution.runRequest: %w", err)
	}
	if name == "" || len(found) != 1 || found[0].ID() != name && found[0].Name() != name && name != strings.Join(found[0].Path()[1:], "/") {
		return nil, fmt.Errorf("pm.execution.runRequest: %q is no request of the collection", name)
	}
	return found[0], nil
}

// within are the options of the run of one request from a script of x.
func (h *host) within(n *nest, node *collections.Node, x *execution) Options {
	h.nesting.Lock()
	defer h.nesting.Unlock()
	n.local, n.collection = h.stack.Local.Clone(), h.stack.Collection.Clone()
	o := h.opts
	o.within = n
	o.Select = []string{node.ID()}
	o.Environment, o.Globals, o.Vault = h.stack.Environment.Clone(), h.stack.Globals.Clone(), h.stack.Vault.Clone()
	o.Slice = &Slice{Iteration: x.cur.Iteration, Of: x.cur.Cycles, Row: h.stack.Data}
	o.Transport.Jar = h.client.Jar()
	o.Reporters = []event.Reporter{inner{x}}
	o.Data, o.Only, o.Iterations, o.Delay, o.Timeout, o.Rand = nil, nil, 0, 0, 0, nil
	o.Pace, o.Turn = nil, nil // it is part of an item
	o.Checks, o.Retry = criteria.Options{Strict: o.Checks.Strict}, Retry{}
	o.AllowEmpty = true // it may skip itself
	return o
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
type inner struct{ x *execution }

// Report implements Reporter.
func (i inner) Report(e event.Event, _ *event.Summary) error {
	switch e := e.(type) {
	case *event.RequestFinished:
		e.Source = "script"
	case *event.ScriptFinished, *event.TestFinished, *event.ConsoleLogged, *event.Warned:
	default:
		return nil
	}
	if t, ok := e.(*event.TestFinished); ok && t.Err != nil {
		i.x.host.failed = true
	}
	i.x.emit(e, i.x.cur)
	return nil
}
