package collections

import (
	"cmp"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/tidwall/gjson"
)

// A Node is a collection, folder or request of the tree.
type Node struct {
	col      *Collection
	parent   *Node
	children []*Node
	folder   bool
	id, name string
	raw      string // in strict form
	auth     string // its own, of a folder or the collection; "" for none
	behavior string // its own protocolProfileBehavior
	place    place
	events   []event

	kept   keptText                // by KeptJSON
	parsed atomic.Pointer[Request] // by Template
}

// An event is a script with when it runs.
type event struct {
	listen   string
	disabled bool
	idle     bool   // has a src, which Postman does not run
	exec     string // JSON, as what follows; "" for none
	name     string // of the script
	packages string // likewise
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
	parts   []part // those that no node was made of
	scripts []place
}

// member is a member of a part, as JSON; "" for none.
func (b *treeBuilder) member(p *part, name string) string {
	m := p.members[slices.Index(partMembers[:], name)]
	return b.text[m.from:m.to]
}

// node makes the node of the next part, with its events and what it holds.
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

// events reads those of a node, whose scripts are at the places given.
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

// lines are those of a script in strict form.
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

// ID is the document's, or a fresh one.
func (n *Node) ID() string { return n.id }

// Name is the name as written.
func (n *Node) Name() string { return n.name }

// Parent is nil at the collection.
func (n *Node) Parent() *Node { return n.parent }

// Children are a folder's; nil for a request.
func (n *Node) Children() []*Node { return n.children }

// IsFolder is true of folders and of the collection.
func (n *Node) IsFolder() bool { return n.folder }

// Path is the names from the collection to the node.
func (n *Node) Path() []string {
	if n.parent == nil {
		return []string{n.name}
	}
	path := n.parent.Path()
	return append(path[:len(path):len(path)], n.name)
}

// Position is where the node is in its file, 1-based; 0 when unknown.
func (n *Node) Position() (line, col int) {
	if p := n.place.written; len(p) > 0 {
		return p[0].Line, p[0].Col
	}
	return n.place.line, n.place.col
}

// File is the file the node is in: the collection's, but for collections
// of many files.
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

// A Script is one event's source.
type Script struct {
	ID     string
	Source string // lines joined with \n
	Owner  *Node

	place place
}

// FileLine is the line in the owner's file of the script's line n (1-based);
// 0 when unknown.
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

// File is the file the script is in when the collection has many; ""
// otherwise.
func (s *Script) File() string {
	if s.Owner == nil || len(s.place.written) == 0 {
		return ""
	}
	return s.place.written[0].File
}

// Scripts are the enabled scripts of an event, collection → folder → request.
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

// OwnScripts are those written at the node itself; blank ones do not count.
func (n *Node) OwnScripts(listen string) []Script {
	var out []Script
	for _, s := range n.Scripts(listen) {
		if s.Owner == n && strings.TrimSpace(s.Source) != "" {
			out = append(out, s)
		}
	}
	return out
}

// Auth is the effective auth after inheritance, and the node it is written
// at. Only noauth ends inheritance; null and {} inherit.
func (n *Node) Auth() (a Auth, owner *Node, ok bool) {
	for ; n != nil; n = n.parent {
		if a, ok := n.ownAuth(); ok {
			return a, n, true
		}
	}
	return Auth{}, nil, false
}

// ownAuth is the auth that is written at the node.
func (n *Node) ownAuth() (Auth, bool) {
	if n.folder {
		return parseAuth(gjson.Parse(n.auth))
	}
	return parseAuth(lookup(n.member("request"), "auth"))
}

// document is the node as its collection has it.
func (n *Node) document() gjson.Result { return gjson.Parse(n.raw) }

func (n *Node) member(name string) gjson.Result { return objectOf(n.document()).get(name) }

// Request returns the request as written, templates intact: a fresh copy.
func (n *Node) Request() *Request { return parseRequest(n.member("request")) }

// Template is Request for those who do not change it: all get the same.
func (n *Node) Template() *Request {
	if r := n.parsed.Load(); r != nil {
		return r
	}
	n.parsed.CompareAndSwap(nil, n.Request())
	return n.parsed.Load()
}
