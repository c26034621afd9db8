// Package replay takes what was recorded, a run log or a browser's HTTP archive
// (HAR), to be run again: all of it or what failed, at the pace it had, here or
// on another tenant.
package replay

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"postie/collections"
	"postie/collections/vars"
	"postie/runner/event"
	"postie/runner/mask"
	"postie/runner/runlog"
)

// ErrSeveral is returned for a log of several runs: they have no one collection.
var ErrSeveral = errors.New("it holds several runs, and the log of one is wanted")

// A Recording is what a log says of one run.
type Recording struct {
	Start   *event.RunStarted
	HasData bool           // the run had iteration data, which the log does not hold
	Ran     Selection      // what was run
	Failed  Selection      // of that, what failed
	Failure *event.Failure // of the run as a whole, such as a bound it missed; nil for none
}

// A Selection is items and iterations of a run, each once and in its order.
type Selection struct {
	Items      []event.ItemRef
	Iterations []int

	items      map[string]bool
	iterations map[int]bool
}

// add takes in one execution.
func (s *Selection) add(item event.ItemRef, iteration int) {
	if s.items == nil {
		s.items, s.iterations = map[string]bool{}, map[int]bool{}
	}
	if key := item.ID + "\x00" + strings.Join(item.Path, "\x00"); !s.items[key] {
		s.items[key] = true
		s.Items = append(s.Items, item)
	}
	if !s.iterations[iteration] {
		s.iterations[iteration] = true
		s.Iterations = append(s.Iterations, iteration)
	}
}

// Has reports whether the selection has an iteration, counted from 0. It has
// the form of runner.Options.Only.
func (s *Selection) Has(iteration int) bool { return s.iterations[iteration] }

// Read reads the log of one run. The error is runlog.ErrEmpty when no run
// starts in it, and ErrSeveral when several do.
func Read(log *runlog.Log) (*Recording, error) {
	r := &Recording{}
	for e, err := range log.Events(runlog.Outline, runlog.Collection) {
		if err != nil {
			return nil, err
		}
		if event.HeadOf(e).Cursor.Run > 0 {
			return nil, ErrSeveral
		}
		if err := r.add(e); err != nil {
			return nil, err
		}
	}
	if r.Start == nil {
		return nil, runlog.ErrEmpty
	}
	return r, nil
}

func (r *Recording) add(e event.Event) error {
	at := event.HeadOf(e).Cursor
	switch e := e.(type) {
	case *event.RunStarted:
		if r.Start != nil {
			return ErrSeveral
		}
		r.Start = e
	case *event.IterationStarted:
		r.HasData = r.HasData || len(e.Data) > len("{}") && string(e.Data) != "null"
	case *event.ItemStarted:
		r.Ran.add(e.Item, at.Iteration)
	case *event.RunFinished:
		r.Failure = e.Err
		return nil
	}
	if f := event.FailureOf(e); f != nil && (f.Item.ID != "" || len(f.Item.Path) > 0) {
		r.Failed.add(f.Item, at.Iteration)
	}
	return nil
}

// Collection is the one that ran, as the log holds it: secrets in it are
// masked, which Sendable reports.
func (r *Recording) Collection() (*collections.Collection, error) {
	return collections.Parse(r.Start.File, r.Start.Collection)
}

// Names select recorded items in a collection: by id, or by path where ids are
// made up anew each time the collection is read.
func Names(c *collections.Collection, items []event.ItemRef) ([]string, error) {
	ids := map[string]bool{}
	for n := range c.All() {
		ids[n.ID()] = true
	}
	var out []string
	for _, item := range items {
		switch {
		case ids[item.ID]:
			out = append(out, item.ID)
		case len(item.Path) > 1:
			out = append(out, strings.Join(item.Path[1:], "/"))
		default:
			return nil, fmt.Errorf("the log names no item %q of the collection", item.Name)
		}
	}
	_, err := c.Select(out...)
	return out, err
}

// A MaskedError is a request that cannot be sent: a secret in it was masked
// when it was recorded.
type MaskedError struct{ Item, Part string } // url, header, body or auth

// Error implements error.
func (e *MaskedError) Error() string {
	return fmt.Sprintf("item %q: a secret in its %s was masked when it was recorded", e.Item, e.Part)
}

// Sendable returns a *MaskedError when one of the requests selected in a
// recorded collection holds a masked secret.
func Sendable(c *collections.Collection, names []string) error {
	nodes, err := c.Select(names...)
	if err != nil {
		return err
	}
	for _, n := range nodes {
		request := gjson.GetBytes(n.JSON(), "request")
		for _, part := range []string{"url", "header", "body", "auth"} {
			if strings.Contains(request.Get(part).Raw, mask.Masked) {
				return &MaskedError{Item: n.Name(), Part: part}
			}
		}
	}
	return nil
}

// HasMaskedVariables reports whether variables of a recorded collection were
// secrets: they have to be set again.
func HasMaskedVariables(c *collections.Collection) bool {
	return slices.ContainsFunc(c.Variables(), func(v vars.Variable) bool { return strings.Contains(vars.Text(v.Value), mask.Masked) })
}
