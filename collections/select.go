package collections

import (
	"fmt"
	"slices"
	"strings"

	"postie/collections/vars"
)

// Select returns the requests in the named folders, and the named requests, in
// document order. Without names it returns all. A name is an id, a name, or a
// path A/B/C from the top. It is an error, which lists the paths, when several
// folders or requests have the same name.
func (c *Collection) Select(names ...string) ([]*Node, error) {
	names = slices.DeleteFunc(slices.Clone(names), func(s string) bool { return s == "" })
	if len(names) == 0 {
		return slices.Collect(c.All()), nil
	}
	chosen := map[*Node]bool{}
	in := newIndex(c)
	for _, name := range names {
		n, err := in.find(name)
		if err != nil {
			return nil, err
		}
		for r := range n.All() {
			chosen[r] = true
		}
	}
	var out []*Node
	for n := range c.All() {
		if chosen[n] {
			out = append(out, n)
		}
	}
	return out, nil
}

// All yields the requests below a node, and the node itself if it is a request.
func (n *Node) All() func(yield func(*Node) bool) {
	return func(yield func(*Node) bool) { n.requests(yield) }
}

func (n *Node) walk(visit func(*Node)) {
	for _, c := range n.children {
		visit(c)
		c.walk(visit)
	}
}

// An index finds nodes by id, name and path, so that many names are found in
// one pass over the tree.
type index struct {
	col    *Collection
	ids    map[string]*Node
	names  map[string][]*Node
	byPath map[string][]*Node // nil until the first path is looked up
}

func newIndex(c *Collection) *index {
	in := &index{col: c, ids: map[string]*Node{}, names: map[string][]*Node{}}
	c.root.walk(func(n *Node) {
		in.ids[n.id] = n
		in.names[n.name] = append(in.names[n.name], n)
	})
	return in
}

func (in *index) paths(path string) []*Node {
	if in.byPath == nil {
		in.byPath = map[string][]*Node{}
		in.col.root.walk(func(n *Node) {
			p := strings.Join(n.Path()[1:], "/")
			in.byPath[p] = append(in.byPath[p], n)
		})
	}
	return in.byPath[path]
}

func (in *index) find(name string) (*Node, error) {
	if n := in.ids[name]; n != nil {
		return n, nil
	}
	found := in.names[name]
	if len(found) == 0 {
		found = in.paths(name)
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return nil, fmt.Errorf("no folder or request %q in the collection%s", name, in.col.didYouMean(name))
	}
	var paths []string
	for _, n := range found {
		paths = append(paths, fmt.Sprintf("%q", strings.Join(n.Path()[1:], "/")))
	}
	return nil, fmt.Errorf("%q names %d folders or requests; say which by id or path: %s", name, len(found), strings.Join(paths, ", "))
}

// didYouMean suggests a folder or request with a similar name, or with a
// similar path when name is a path.
func (c *Collection) didYouMean(name string) string {
	low := strings.ToLower(name)
	best := ""
	var names, paths []string
	c.root.walk(func(n *Node) {
		other := strings.ToLower(n.name)
		names = append(names, n.name)
		paths = append(paths, strings.Join(n.Path()[1:], "/"))
		if best == "" && (other == low || len(low) > 2 && strings.Contains(other, low) || len(other) > 2 && strings.Contains(low, other)) {
			best = n.name
		}
	})
	if near := vars.Closest(name, slices.Values(paths)); near != "" && strings.Contains(name, "/") {
		best = near
	} else if best == "" {
		best = vars.Closest(name, slices.Values(names))
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", best)
}
