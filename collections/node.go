package collections

import (
	"cmp"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/tidwall/gjson"
)

// A Node is the collection, a folder or a request.
type Node struct {
	col      *Collection
	parent   *Node
	children []*Node
	folder   bool
	id, name string
	raw      string // in strict form
	auth     string // written at this folder or at the collection; "" for none
	behavior string // the protocolProfileBehavior that is written at this node
	place    place
	events   []event

	kept   keptText                // filled by KeptJSON
	parsed atomic.Pointer[Request] // filled by Template
}

// An event is a script and the moment at which it runs.
type event struct {
	listen   string
	disabled bool
	idle     bool   // the script has a src, which Postman does not run
	exec     string // the lines as JSON; "" for none
	name     string // the script's name as JSON; "" for none
	packages string // the script's packages as JSON; "" for none
	notes    Notes
	script   Script
}

// newTree builds the nodes of the strict document.
func newTree(c *Collection, strict *canonicaliser) *Node {
	b := &treeBuilder{col: c, text: textOf(c.strict), parts: strict.parts, scripts: strict.scripts}
	root := b.node(nil)
	info := c.members.get("info")
	root.id = firstText(lookup(info, "id"), lookup(info, "_postman_id"), c.members.get("id"))
	root.name = c.info("name")
	if root.id == "" {
		root.id = newID()
	}
	return root
}

type treeBuilder struct {
	col     *Collection
	text    string // the strict document
	parts   []part // the parts for which no node was made yet
	scripts []place
}

// member returns a member of a part as JSON, or "" when there is none.
func (b *treeBuilder) member(p *part, name string) string {
	m := p.members[slices.Index(partMembers[:], name)]
	return b.text[m.from:m.to]
}

// node makes the node of the next part, with its events and the nodes below it.
func (b *treeBuilder) node(parent *Node) *Node {
	p := &b.parts[0]
	b.parts = b.parts[1:]
	n := &Node{col: b.col, parent: parent, raw: b.text[p.from:p.to], place: p.place, behavior: b.member(p, "protocolProfileBehavior")}
	n.folder = parent == nil || truthy(gjson.Parse(b.member(p, "item")))
	if n.folder {
		n.auth = b.member(p, "auth")
	}
	if parent != nil {
		n.name = text(gjson.Parse(b.member(p, "name")))
		n.id = cmp.Or(text(gjson.Parse(b.member(p, "id"))), text(gjson.Parse(b.member(p, "_postman_id"))))
		if n.id == "" {
			n.id = newID()
		}
	}
	b.events(n, gjson.Parse(b.member(p, "event")), b.scripts[p.script:])
	if p.items > 0 {
		n.children = make([]*Node, 0, p.items)
	}
	for range p.items {
		n.children = append(n.children, b.node(n))
	}
	return n
}

// events reads the events of a node. places are the positions of its scripts.
func (b *treeBuilder) events(n *Node, list gjson.Result, places []place) {
	for raw := range elements(list) {
		if !raw.IsObject() {
			continue
		}
		o := objectOf(raw)
		script := o.get("script")
		s := objectOf(script)
		exec := s.get("exec")
		ev := event{listen: text(o.get("listen")), disabled: truthy(o.get("disabled")), notes: notes(o),
			exec: exec.Raw, name: s.get("name").Raw, packages: s.get("packages").Raw,
			idle:   truthy(s.get("src")) || !script.IsObject(),
			script: Script{Owner: n, ID: text(s.get("id")), Source: strings.Join(lines(exec), "\n")}}
		if ev.script.ID == "" {
			ev.script.ID = newID()
		}
		if script.Exists() && len(places) > 0 {
			ev.script.place, places = places[0], places[1:]
		}
		n.events = append(n.events, ev)
	}
}

// lines returns the lines of a script in strict form.
func lines(exec gjson.Result) []string {
	var out []string
	for l := range elements(exec) {
		out = append(out, l.Str)
	}
	return out
}

func firstText(list ...gjson.Result) string {
	for _, r := range list {
		if s := text(r); s != "" {
			return s
		}
	}
	return ""
}

// ID returns the id of the document, or a new one when it has none.
func (n *Node) ID() string { return n.id }

// Name returns the name as written.
func (n *Node) Name() string { return n.name }

// Parent returns the folder or collection around the node; it is nil for the
// collection.
func (n *Node) Parent() *Node { return n.parent }

// Children returns the nodes in a folder; it is nil for a request.
func (n *Node) Children() []*Node { return n.children }

// IsFolder reports whether the node is a folder or the collection.
func (n *Node) IsFolder() bool { return n.folder }

// Path returns the names of the nodes from the collection down to this one.
func (n *Node) Path() []string {
	if n.parent == nil {
		return []string{n.name}
	}
	path := n.parent.Path()
	return append(path[:len(path):len(path)], n.name)
}

// Position returns where the node is in its file, from 1; 0 when unknown.
func (n *Node) Position() (line, col int) {
	if p := n.place.written; len(p) > 0 {
		return p[0].Line, p[0].Col
	}
	return n.place.line, n.place.col
}

// File returns the file in which the node is written: the file of the
// collection unless the collection has many files.
func (n *Node) File() string {
	if p := n.place.written; len(p) > 0 {
		return p[0].File
	}
	return n.col.file
}

func (n *Node) requests(yield func(*Node) bool) bool {
	if !n.folder {
		return yield(n)
	}
	for _, c := range n.children {
		if !c.requests(yield) {
			return false
		}
	}
	return true
}

// A Script is the source of one event.
type Script struct {
	ID     string
	Source string // lines joined with \n
	Owner  *Node

	place place
}

// FileLine returns the line of the file in which line n of the script is
// written. Both count from 1; the result is 0 when unknown.
func (s *Script) FileLine(n int) int {
	if s.Owner == nil || n < 1 {
		return 0
	}
	if lines := s.place.written; len(lines) > 0 {
		return lines[min(n, len(lines))-1].Line
	}
	if n <= len(s.place.lines) {
		return s.place.lines[n-1]
	}
	return s.place.line
}

// File returns the file in which the script is written when the collection has
// many files, otherwise "".
func (s *Script) File() string {
	if s.Owner == nil || len(s.place.written) == 0 {
		return ""
	}
	return s.place.written[0].File
}

// Scripts returns the enabled scripts of an event in the order in which they
// run: collection, folders, request.
func (n *Node) Scripts(listen string) []Script {
	var out []Script
	if n.parent != nil {
		out = n.parent.Scripts(listen)
	}
	for _, e := range n.events {
		if e.listen == listen && !e.disabled && !e.idle {
			out = append(out, e.script)
		}
	}
	return out
}

// OwnScripts returns the scripts that are written at the node itself, without
// blank ones.
func (n *Node) OwnScripts(listen string) []Script {
	var out []Script
	for _, s := range n.Scripts(listen) {
		if s.Owner == n && strings.TrimSpace(s.Source) != "" {
			out = append(out, s)
		}
	}
	return out
}

// Auth returns the auth that applies after inheritance, and the node at which
// it is written. Only noauth ends inheritance; null and {} inherit.
func (n *Node) Auth() (a Auth, owner *Node, ok bool) {
	for ; n != nil; n = n.parent {
		if a, ok := n.ownAuth(); ok {
			return a, n, true
		}
	}
	return Auth{}, nil, false
}

// ownAuth returns the auth that is written at the node.
func (n *Node) ownAuth() (Auth, bool) {
	if n.folder {
		return parseAuth(gjson.Parse(n.auth))
	}
	return parseAuth(lookup(n.member("request"), "auth"))
}

// document returns the JSON of the node.
func (n *Node) document() gjson.Result { return gjson.Parse(n.raw) }

func (n *Node) member(name string) gjson.Result { return objectOf(n.document()).get(name) }

// Request returns a new copy of the request as written, with its templates.
func (n *Node) Request() *Request { return parseRequest(n.member("request")) }

// Template returns the request as written. All callers share it and must not
// change it.
func (n *Node) Template() *Request {
	if r := n.parsed.Load(); r != nil {
		return r
	}
	n.parsed.CompareAndSwap(nil, n.Request())
	return n.parsed.Load()
}
