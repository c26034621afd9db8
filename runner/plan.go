package runner

import (
	"errors"
	"iter"
	"slices"
	"strings"

	"postie/collections"
	"postie/collections/vars"
	"postie/runner/event"
)

// A Plan is the list of requests a session goes through, with what is read from
// them once. It does not change: any number of sessions may share it.
type Plan struct {
	collection *collections.Collection
	items      []*item
	ids        map[string]int
	names      map[string]int

	scriptsStore bool // scripts may set variables: what one defines, others may call
}

// An item is a planned request: its node and what is read from it once.
type item struct {
	node       *collections.Node
	ref        event.ItemRef
	prerequest []collections.Script
	test       []collections.Script
	profile    collections.Profile
}

// NewPlan selects the requests of a collection: all, or those of the folders
// and requests of these names, ids or paths. A name that is not there, or is
// there more than once, is an error.
func NewPlan(c *collections.Collection, names ...string) (*Plan, error) {
	if c == nil {
		return nil, errors.New("options: no collection")
	}
	nodes, err := c.Select(names...)
	if err != nil {
		return nil, err
	}
	p := &Plan{collection: c, ids: map[string]int{}, names: map[string]int{}}
	for i, n := range nodes {
		line, _ := n.Position()
		p.items = append(p.items, &item{
			node:       n,
			ref:        event.ItemRef{ID: n.ID(), Name: n.Name(), Path: n.Path(), Line: line, File: fileOf(n, c)},
			prerequest: n.Scripts("prerequest"),
			test:       n.Scripts("test"),
			profile:    n.Profile(),
		})
		// The last of several wins, as in Postman's own lookup.
		p.ids[n.ID()] = i
		p.names[n.Name()] = i
	}
	p.scriptsStore = scriptsStore(p.items)
	return p, nil
}

// storing are words of scripts that set a variable, or run code which is in
// no script of the collection.
var storing = []string{"set", "Set", "vault", "eval", "Function", "require"}

// scriptsStore reports whether any script has one of those words.
func scriptsStore(items []*item) bool {
	seen := map[*collections.Node]bool{} // owners, whose scripts several items have
	for _, it := range items {
		for _, s := range slices.Concat(it.prerequest, it.test) {
			if !seen[s.Owner] && slices.ContainsFunc(storing, func(word string) bool { return strings.Contains(s.Source, word) }) {
				return true
			}
		}
		for n := it.node; n != nil && !seen[n]; n = n.Parent() {
			seen[n] = true
		}
	}
	return false
}

// Len is the number of requests.
func (p *Plan) Len() int { return len(p.items) }

// Items yields what names the requests, in order.
func (p *Plan) Items() iter.Seq[event.ItemRef] {
	return func(yield func(event.ItemRef) bool) {
		for _, it := range p.items {
			if !yield(it.ref) {
				return
			}
		}
	}
}

// URLs are those of the requests, as far as the options' variables fill them in.
func (p *Plan) URLs(o *Options) []string {
	scopes := vars.Stack{Environment: o.Environment, Globals: o.Globals, Collection: vars.NewScope("collection", p.collection.Variables()...)}
	out := make([]string, 0, len(p.items))
	for _, it := range p.items {
		out = append(out, scopes.Expand(it.template().URL.String()))
	}
	return out
}

// template is the item's request before variables are filled in. Executions,
// and other runs, share it: they replace it, they do not change it.
func (it *item) template() *collections.Request { return it.node.Template() }

// fileOf is the file of a node of a collection of many files; "" when it is
// the collection's own.
func fileOf(n *collections.Node, c *collections.Collection) string {
	if f := n.File(); f != c.File() {
		return f
	}
	return ""
}

// find returns the position setNextRequest(name) means: by id, then name.
func (p *Plan) find(name string) (int, bool) {
	if i, ok := p.ids[name]; ok {
		return i, true
	}
	i, ok := p.names[name]
	return i, ok
}

// closest names the request most like name, "" when none is near.
func (p *Plan) closest(name string) string {
	return vars.Closest(name, func(yield func(string) bool) {
		for _, it := range p.items {
			if !yield(it.ref.Name) {
				return
			}
		}
	})
}
