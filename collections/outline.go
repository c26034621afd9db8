package collections

import "strings"

// An Outline is the tree of a collection, folder or request for people and
// programs that look for something in a collection.
type Outline struct {
	Type     string          `json:"type"` // collection, folder or request
	ID       string          `json:"id"`
	Name     string          `json:"name"`
	Method   string          `json:"method,omitempty"`
	URL      string          `json:"url,omitempty"`
	Auth     string          `json:"auth,omitempty"` // written at this node, not inherited
	File     string          `json:"file,omitempty"`
	Line     int             `json:"line,omitempty"`
	Scripts  []OutlineScript `json:"scripts,omitempty"`
	Examples int             `json:"examples,omitempty"`
	Items    []*Outline      `json:"items,omitempty"`
}

// An OutlineScript is a script that is written at a node.
type OutlineScript struct {
	Listen string `json:"listen"`
	Line   int    `json:"line,omitempty"` // in the file, from 1
	Lines  int    `json:"lines"`
}

// Outline returns the tree with the named folders and requests, which are found
// as by Select. Without names it is the whole tree.
func (c *Collection) Outline(names ...string) (*Outline, error) {
	nodes, err := c.Select(names...)
	if err != nil || len(names) == 0 {
		return c.root.outline(nil), err
	}
	in := map[*Node]bool{} // the nodes and the folders around them
	for _, n := range nodes {
		for ; n != nil; n = n.parent {
			in[n] = true
		}
	}
	return c.root.outline(in), nil
}

// outline returns a node with those of its children that are in; nil means all.
func (n *Node) outline(in map[*Node]bool) *Outline {
	line, _ := n.Position()
	out := &Outline{Type: "folder", ID: n.ID(), Name: n.Name(), File: n.File(), Line: line, Examples: len(n.Examples())}
	if n.Parent() == nil {
		out.Type = "collection"
	}
	if !n.IsFolder() {
		r := n.Request()
		out.Type, out.Method, out.URL = "request", r.Method, r.URL.String()
	}
	if a, owner, ok := n.Auth(); ok && owner == n {
		out.Auth = a.Type
	}
	for _, listen := range []string{"prerequest", "test"} {
		for _, s := range n.OwnScripts(listen) {
			out.Scripts = append(out.Scripts, OutlineScript{Listen: listen, Line: s.FileLine(1), Lines: strings.Count(s.Source, "\n") + 1})
		}
	}
	for _, c := range n.Children() {
		if in == nil || in[c] {
			out.Items = append(out.Items, c.outline(in))
		}
	}
	return out
}
