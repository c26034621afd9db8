package collections

import (
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
	raw      gjson.Result // in strict form
	auth     gjson.Result // its own
	behavior gjson.Result // its own protocolProfileBehavior
	place    place
	events   []event

	kept   keptText                // by KeptJSON
	parsed atomic.Pointer[Request] // by Template
}

// An event is a script with when it runs.
type event struct {
	listen   string
	disabled bool
	idle     bool // has a src, which Postman does not run
	exec     gjson.Result
	name     gjson.Result // of the script
	packages gjson.Result // likewise
	notes    Notes
	script   Script
}

// newTree builds the nodes of the strict document.
func newTree(c *Collection, p *canonicaliser) *Node {
	b := &treeBuilder{col: c, places: p.places, scripts: p.scripts}
	root := b.node(nil, c.doc)
	info, id := lookup(c.doc, "info"), lookup(c.doc, "id")
	root.id = firstText(lookup(info, "id"), lookup(info, "_postman_id"), id)
	root.name = c.info("name")
	if root.id == "" {
		root.id = newID()
	}
	return root
}

type treeBuilder struct {
	col             *Collection
	places, scripts []place
}

// next takes the next place of a list.
func next(list *[]place) place {
	if len(*list) == 0 {
		return place{}
	}
	p := (*list)[0]
	*list = (*list)[1:]
	return p
}

// node reads a node, its events and what it holds.
func (b *treeBuilder) node(parent *Node, raw gjson.Result) *Node {
	m := lookups(raw, "id", "_postman_id", "name", "auth", "protocolProfileBehavior", "event", "item", "request")
	events, items := m[5], m[6]
	n := &Node{col: b.col, parent: parent, raw: raw, place: next(&b.places)}
	n.folder = parent == nil || truthy(items)
	if n.auth, n.behavior = m[3], m[4]; !n.folder {
		n.auth = lookup(m[7], "auth")
	}
	if parent != nil {
		n.name = text(m[2])
		n.id = firstText(m[0], m[1])
	}
	if parent != nil && n.id == "" {
		n.id = newID()
	}
	// The canonicaliser met scripts and items in the order of the members, so
	// a node whose events follow its items takes them later.
	later := items.Exists() && events.Exists() && items.Index < events.Index
	if !later {
		b.events(n, events)
	}
	if n.folder {
		for _, item := range elements(items) {
			n.children = append(n.children, b.node(n, item))
		}
	}
	if later {
		b.events(n, events)
	}
	return n
}

func (b *treeBuilder) events(n *Node, list gjson.Result) {
	for _, raw := range elements(list) {
		if !raw.IsObject() {
			continue
		}
		ev := event{listen: text(lookup(raw, "listen")), disabled: truthy(lookup(raw, "disabled"))}
		script := lookup(raw, "script")
		ev.exec, ev.name, ev.packages = lookup(script, "exec"), lookup(script, "name"), lookup(script, "packages")
		ev.notes = notes(raw)
		ev.script = Script{Owner: n, ID: text(lookup(script, "id"))}
		if script.Exists() {
			ev.script.place = next(&b.scripts)
		}
		if ev.script.ID == "" {
			ev.script.ID = newID()
		}
		ev.idle = truthy(lookup(script, "src")) || !script.IsObject()
		ev.script.Source = strings.Join(lines(ev.exec), "\n")
		n.events = append(n.events, ev)
	}
}

// lines are those of a script in strict form.
func lines(exec gjson.Result) []string {
	var out []string
	for _, l := range elements(exec) {
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
		if a, ok := parseAuth(n.auth); ok {
			return a, n, true
		}
	}
	return Auth{}, nil, false
}

// Request returns the request as written, templates intact: a fresh copy.
func (n *Node) Request() *Request { return parseRequest(lookup(n.raw, "request")) }

// Template is Request for those who do not change it: all get the same.
func (n *Node) Template() *Request {
	if r := n.parsed.Load(); r != nil {
		return r
	}
	n.parsed.CompareAndSwap(nil, n.Request())
	return n.parsed.Load()
}
