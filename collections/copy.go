package collections

import (
	"bytes"
	"encoding/json"
	"errors"
)

// A copied is the header of a copy of a Collection: what it knows besides its
// strict document. The document follows after a line end.
type copied struct {
	File    string       `json:"file"`
	Warn    []string     `json:"warn,omitempty"`
	Skip    []string     `json:"skip,omitempty"`
	Nodes   []copiedPart `json:"nodes"`   // depth first, the collection itself first
	Scripts []copiedPart `json:"scripts"` // in the order of their nodes
}

// A copiedPart is what a node or script knows besides the document's text.
type copiedPart struct {
	ID      string  `json:"id"`
	Line    int     `json:"l,omitempty"`
	Col     int     `json:"c,omitempty"`
	Lines   []int   `json:"ls,omitempty"`
	Written []Place `json:"w,omitempty"`
}

func partOf(id string, p place) copiedPart { return copiedPart{id, p.line, p.col, p.lines, p.written} }

func (p copiedPart) place() place { return place{p.Line, p.Col, p.Lines, p.Written} }

// Copy returns the collection as bytes from which Restore makes the same
// collection in another process, with the same generated ids and the same
// positions.
func (c *Collection) Copy() ([]byte, error) {
	out := copied{File: c.file, Warn: c.warn, Skip: c.skip}
	c.root.visit(func(n *Node) {
		out.Nodes = append(out.Nodes, partOf(n.id, n.place))
		for i := range n.events {
			out.Scripts = append(out.Scripts, partOf(n.events[i].script.ID, n.events[i].script.place))
		}
	})
	head, err := json.Marshal(out)
	return append(append(head, '\n'), c.strict...), err
}

// Restore returns the collection that Copy wrote.
func Restore(src []byte) (*Collection, error) {
	var in copied
	head, strict, _ := bytes.Cut(src, []byte("\n"))
	if err := json.Unmarshal(head, &in); err != nil {
		return nil, err
	}
	if !json.Valid(strict) {
		return nil, errors.New("the copy of a collection has no document")
	}
	c := &Collection{file: in.File, warn: in.Warn, skip: in.Skip}
	c.build(canonical(parsed(strict), nil))
	fits := true
	take := func(list *[]copiedPart) (p copiedPart) {
		if len(*list) == 0 {
			fits = false
			return p
		}
		p, *list = (*list)[0], (*list)[1:]
		return p
	}
	c.root.visit(func(n *Node) {
		p := take(&in.Nodes)
		n.id, n.place = p.ID, p.place()
		for i := range n.events {
			p := take(&in.Scripts)
			n.events[i].script.ID, n.events[i].script.place = p.ID, p.place()
		}
	})
	if !fits || len(in.Nodes)+len(in.Scripts) > 0 {
		return nil, errors.New("the copy of a collection does not fit its document")
	}
	return c, nil
}

// visit calls f for the node and all nodes below it, depth first.
func (n *Node) visit(f func(*Node)) {
	f(n)
	for _, c := range n.children {
		c.visit(f)
	}
}
