package collections

import (
	"fmt"
	"slices"
	"strings"
)

// Select returns the requests under the named folders or requests, in
// document order; no name selects all. A name is an id, a name, or a path
// A/B/C from the top. A bare name that several folders or requests have is an
// error that lists their paths.
func (c *Collection) Select(names ...string) ([]*Node, error) {
	names = slices.DeleteFunc(slices.Clone(names), func(s string) bool { return s == "" })
	if len(names) == 0 {
		return slices.Collect(c.All()), nil
	}
	chosen := map[*Node]bool{}
	for _, name := range names {
		n, err := c.find(name)
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

// All yields the requests under a node, itself included.
func (n *Node) All() func(yield func(*Node) bool) {
	return func(yield func(*Node) bool) { n.requests(yield) }
}

func (n *Node) walk(visit func(*Node)) {
	for _, c := range n.children {
		visit(c)
		c.walk(visit)
	}
}

func (c *Collection) find(name string) (*Node, error) {
	var byID *Node
	var byName, byPath []*Node
	c.root.walk(func(n *Node) {
		if n.id == name {
			byID = n
		}
		if n.name == name {
			byName = append(byName, n)
		}
		if strings.Join(n.Path()[1:], "/") == name {
			byPath = append(byPath, n)
		}
	})
	if byID != nil {
		return byID, nil
	}
	found := byName
	if len(found) == 0 {
		found = byPath
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return nil, fmt.Errorf("no folder or request %q in the collection%s", name, c.didYouMean(name))
	}
	// The path of a top-level node is its bare name.
	if len(byPath) == 1 && len(byName) == 1 {
		return byPath[0], nil
	}
	var paths []string
	for _, n := range found {
		paths = append(paths, fmt.Sprintf("%q", strings.Join(n.Path()[1:], "/")))
	}
	return nil, fmt.Errorf("%q names %d folders or requests; say which by id or path: %s", name, len(found), strings.Join(paths, ", "))
}

// didYouMean names the folders and requests that look like name.
func (c *Collection) didYouMean(name string) string {
	low := strings.ToLower(name)
	best := ""
	c.root.walk(func(n *Node) {
		other := strings.ToLower(n.name)
		if best == "" && (other == low || len(low) > 2 && strings.Contains(other, low) || len(other) > 2 && strings.Contains(low, other)) {
			best = n.name
		}
	})
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", best)
}
