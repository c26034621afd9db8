package runner

import (
	"postie/collections"
	"postie/runner/event"
)

// A plan is the list of requests a run goes through, with the lookup
// setNextRequest uses.
type plan struct {
	items []*item
	ids   map[string]int
	names map[string]int
}

// An item is a planned request: its node and what is read from it once.
type item struct {
	node       *collections.Node
	ref        event.ItemRef
	prerequest []collections.Script
	test       []collections.Script
	profile    collections.Profile
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

func newPlan(c *collections.Collection, names []string) (*plan, error) {
	nodes, err := c.Select(names...)
	if err != nil {
		return nil, err
	}
	p := &plan{ids: map[string]int{}, names: map[string]int{}}
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
	return p, nil
}

// find returns the position setNextRequest(name) means: by id, then name.
func (p *plan) find(name string) (int, bool) {
	if i, ok := p.ids[name]; ok {
		return i, true
	}
	i, ok := p.names[name]
	return i, ok
}

// closest names the request most like name, "" when none is near.
func (p *plan) closest(name string) string {
	best, near := "", len(name)/3+1
	for _, it := range p.items {
		if d := distance(name, it.ref.Name, near+1); d <= near {
			best, near = it.ref.Name, d-1
		}
	}
	return best
}

// distance is the edit distance of a and b, cut off at limit.
func distance(a, b string, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diag := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := diag
			if a[i-1] != b[j-1] {
				cost = min(diag, row[j], row[j-1]) + 1
			}
			diag, row[j] = row[j], cost
		}
	}
	return row[len(b)]
}
