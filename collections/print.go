package collections

import (
	"bytes"
	"cmp"
	"encoding/json"
	"sync/atomic"

	"github.com/tidwall/gjson"

	"postie/collections/vars"
)

// JSON is the request as Postman's SDK prints it in reports.
func (r *Request) JSON() json.RawMessage {
	var b bytes.Buffer
	r.print(&b)
	return b.Bytes()
}

func (r *Request) print(b *bytes.Buffer) {
	b.WriteByte('{')
	r.printDescription(b)
	b.WriteString(`"url":`)
	r.URL.print(b)
	if len(r.Header) > 0 { // an empty list is left out
		b.WriteString(`,"header":[`)
		for i, h := range r.Header {
			if i > 0 {
				b.WriteByte(',')
			}
			h.print(b)
		}
		b.WriteByte(']')
	}
	b.WriteString(`,"method":`)
	b.Write(quoteJSON(r.Method))
	if r.Body != nil {
		b.WriteString(`,"body":`)
		r.Body.print(b)
	}
	switch {
	case r.Auth != nil:
		b.WriteString(`,"auth":`)
		r.Auth.print(b)
	case r.emptyAuth:
		b.WriteString(`,"auth":{}`)
	}
	if r.Certificate != nil {
		b.WriteString(`,"certificate":`)
		printCertificate(b, r.Certificate)
	}
	if r.Proxy != nil {
		b.WriteString(`,"proxy":`)
		printProxy(b, r.Proxy)
	}
	b.WriteByte('}')
}

func (r *Request) printDescription(b *bytes.Buffer) {
	if r.Description == nil {
		return
	}
	b.WriteString(`"description":{`)
	if !r.described.null || *r.Description != "" {
		b.WriteString(`"content":`)
		b.Write(quoteJSON(*r.Description))
		b.WriteByte(',')
	}
	b.WriteString(`"type":`)
	b.Write(quoteJSON(cmp.Or(r.described.mediaType, "text/plain")))
	b.WriteString(`},`)
}

func (h Header) print(b *bytes.Buffer) {
	b.WriteByte('{')
	if h.Disabled {
		b.WriteString(`"disabled":true,`)
	}
	b.WriteString(string(h.Notes))
	b.WriteString(`"key":`)
	b.Write(quoteJSON(h.Key))
	b.WriteString(`,"value":`)
	if h.null && h.Value == "null" {
		b.WriteString("null")
	} else {
		b.Write(quoteJSON(h.Value))
	}
	if h.System {
		b.WriteString(`,"system":true`)
	}
	b.WriteByte('}')
}

// print writes the parts; query and variable are always there.
func (u URL) print(b *bytes.Buffer) {
	var parts bytes.Buffer
	u.members(&parts)
	if u.Query == nil {
		parts.WriteString(`,"query":[]`)
	}
	parts.WriteString(`,"variable":[`)
	for i, v := range u.Variables {
		if i > 0 {
			parts.WriteByte(',')
		}
		v.print(&parts)
	}
	parts.WriteString(`]`)
	b.WriteByte('{')
	b.Write(parts.Bytes()[1:])
	b.WriteByte('}')
}

func (v PathVariable) print(b *bytes.Buffer) {
	b.WriteByte('{')
	b.WriteString(string(v.Notes))
	b.Write(vars.Variable{Key: v.Key, Value: v.Value, Type: v.Type, Disabled: v.Disabled}.Members())
	b.WriteByte('}')
}

func (a *Auth) print(b *bytes.Buffer) {
	b.WriteString(`{"type":`)
	b.Write(quoteJSON(a.Type))
	b.WriteByte(',')
	b.Write(quoteJSON(a.Type))
	b.WriteString(`:[`)
	for i, p := range a.Params {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`{` + string(p.Notes) + `"type":`)
		b.Write(quoteJSON(cmp.Or(p.Type, "any")))
		b.WriteString(`,"value":`)
		b.Write(vars.JSON(p.Value))
		b.WriteString(`,"key":`)
		b.Write(quoteJSON(p.Key))
		b.WriteByte('}')
	}
	b.WriteString(`]}`)
}

func (body *Body) print(b *bytes.Buffer) {
	if body.Mode == "" {
		b.WriteString(`{}`)
		return
	}
	b.WriteString(`{"mode":`)
	b.Write(quoteJSON(body.Mode))
	switch {
	case body.Mode == "raw":
		b.WriteString(`,"raw":`)
		body.printRaw(b)
	case body.Mode == "urlencoded":
		b.WriteString(`,"urlencoded":`)
		printForm(b, body.URLEncoded)
	case body.Mode == "formdata":
		b.WriteString(`,"formdata":`)
		printForm(b, body.FormData)
	case body.Mode == "file" && !body.noFile:
		b.WriteString(`,"file":`)
		body.File.print(b)
	case body.Mode == "graphql":
		b.WriteString(`,"graphql":`)
		b.WriteString(cmp.Or(string(body.GraphQL), "{}"))
	}
	if body.Options != nil {
		b.WriteString(`,"options":`)
		b.Write(body.Options)
	}
	switch {
	case body.Disabled:
		b.WriteString(`,"disabled":true`)
	case body.enabled != "":
		b.WriteString(`,"disabled":` + body.enabled)
	}
	b.WriteByte('}')
}

// printRaw writes the text; a value in place of it as it is, as long as it is
// one.
func (body *Body) printRaw(b *bytes.Buffer) {
	switch {
	case body.Raw == nil:
		b.WriteString(`""`)
	case body.RawJSON && json.Valid([]byte(*body.Raw)):
		b.WriteString(*body.Raw)
	default:
		b.Write(quoteJSON(*body.Raw))
	}
}

func (f *File) print(b *bytes.Buffer) {
	if f == nil {
		b.WriteString("null")
		return
	}
	m := members{b: b}
	m.text("src", f.Src, f.empty.src)
	if f.Content != nil {
		m.add("content", quoteJSON(*f.Content))
	} else if f.empty.content == "null" {
		m.add("content", []byte("null"))
	}
	if f.Unloaded {
		m.add("value", []byte("null"))
	}
	m.end()
}

// members writes an object, member by member.
type members struct {
	b    *bytes.Buffer
	some bool // one was written
	open bool // and a comma after it
}

func (m *members) next() {
	switch {
	case !m.some:
		m.b.WriteByte('{')
	case !m.open:
		m.b.WriteByte(',')
	}
	m.some, m.open = true, false
}

// notes writes members that end in a comma.
func (m *members) notes(text Notes) {
	if text != "" {
		m.next()
		m.b.WriteString(string(text))
		m.open = true
	}
}

func (m *members) add(key string, value []byte) {
	m.next()
	m.b.Write(quoteJSON(key))
	m.b.WriteByte(':')
	m.b.Write(value)
}

// text adds a text, or what the document has in its place when it is empty.
func (m *members) text(key, value, empty string) {
	switch {
	case value != "":
		m.add(key, quoteJSON(value))
	case empty != "":
		m.add(key, []byte(empty))
	}
}

func (m *members) end() {
	if !m.some {
		m.b.WriteByte('{')
	}
	if m.open {
		m.b.Truncate(m.b.Len() - 1)
	}
	m.b.WriteByte('}')
}

func printForm(b *bytes.Buffer, list []FormParam) {
	b.WriteByte('[')
	for i, p := range list {
		if i > 0 {
			b.WriteByte(',')
		}
		p.print(b)
	}
	b.WriteByte(']')
}

func (p FormParam) print(b *bytes.Buffer) {
	m := members{b: b}
	if p.Disabled {
		m.add("disabled", []byte("true"))
	}
	m.notes(p.Notes)
	switch p.empty.key {
	case "":
		m.add("key", quoteJSON(p.Key))
	case noKey:
	default:
		m.add("key", []byte(p.empty.key))
	}
	if _, none := p.Value.(vars.Undefined); !none && (p.Value != nil || p.Type != "file") {
		m.add("value", vars.JSON(p.Value))
	}
	m.text("type", p.Type, "")
	switch {
	case p.SrcArray:
		m.add("src", listJSON(p.Src))
	case len(p.Src) > 0:
		m.add("src", quoteJSON(p.Src[0]))
	case p.empty.src != "":
		m.add("src", []byte(p.empty.src))
	}
	m.text("contentType", p.ContentType, p.empty.contentType)
	if p.HasFileName {
		m.add("fileName", quoteJSON(p.FileName))
	} else {
		m.text("fileName", p.FileName, p.empty.fileName)
	}
	if p.System {
		m.add("system", []byte("true"))
	}
	m.end()
}

func listJSON(list []string) []byte {
	out, _ := json.Marshal(append([]string{}, list...)) // strings always encode
	return out
}

// JSON is the node as newman's reports print it: an item, or for a folder
// with its items. It must not be changed.
func (n *Node) JSON() json.RawMessage {
	return n.kept.or(func() json.RawMessage {
		var b bytes.Buffer
		n.print(&b)
		return b.Bytes()
	})
}

// NamesJSON is the tree of JSON with the ids and names alone, and what the
// collection says of itself.
func (c *Collection) NamesJSON() json.RawMessage {
	var b bytes.Buffer
	b.WriteString(`{"item":`)
	c.root.printNames(&b)
	b.WriteString(`,"info":{"_postman_id":`)
	b.Write(quoteJSON(c.root.id))
	b.WriteString(`,"name":`)
	b.Write(quoteJSON(c.root.name))
	printAbout(&b, lookup(c.doc, "info"))
	b.WriteString(`}}`)
	return b.Bytes()
}

func (n *Node) printNames(b *bytes.Buffer) {
	b.WriteByte('[')
	for i, c := range n.children {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`{"id":`)
		b.Write(quoteJSON(c.id))
		b.WriteString(`,"name":`)
		b.Write(quoteJSON(c.name))
		if c.folder {
			b.WriteString(`,"item":`)
			c.printNames(b)
		}
		b.WriteByte('}')
	}
	b.WriteByte(']')
}

// KeptJSON is JSON for those who ask again, of iterations or of other runs: a
// short text is kept.
func (n *Node) KeptJSON() json.RawMessage { return n.kept.keep(n.JSON(), maxKept) }

// A keptText is what was printed once, for whoever prints it again. It is safe
// for concurrent use.
type keptText struct {
	text atomic.Pointer[json.RawMessage]
}

func (k *keptText) or(print func() json.RawMessage) json.RawMessage {
	if kept := k.text.Load(); kept != nil {
		return *kept
	}
	return print()
}

// keep keeps a text of at most limit bytes.
func (k *keptText) keep(text json.RawMessage, limit int) json.RawMessage {
	if len(text) <= limit {
		k.text.Store(&text)
	}
	return text
}

// maxKept is the longest text of a node, in bytes, that is kept: saved
// responses may be large.
const maxKept = 64 << 10

// printed is Template, but it does not keep what nobody has run: of a large
// collection, most requests are printed and not sent.
func (n *Node) printed() *Request {
	if r := n.parsed.Load(); r != nil {
		return r
	}
	return n.Request()
}

func (n *Node) print(b *bytes.Buffer) {
	b.WriteByte('{')
	n.printHead(b)
	if n.folder {
		b.WriteString(`,"item":[`)
		for i, c := range n.children {
			if i > 0 {
				b.WriteByte(',')
			}
			c.print(b)
		}
		b.WriteByte(']')
	}
	n.printTail(b)
	b.WriteByte('}')
}

// printHead writes the members before a folder's items.
func (n *Node) printHead(b *bytes.Buffer) {
	b.WriteString(`"id":`)
	b.Write(quoteJSON(n.id))
	if n.name != "" {
		b.WriteString(`,"name":`)
		b.Write(quoteJSON(n.name))
	}
	n.printDescription(b)
}

// printTail writes the members after a folder's items, and of a request all
// after its name; a comma comes first.
func (n *Node) printTail(b *bytes.Buffer) {
	if n.folder {
		if a, ok := parseAuth(n.auth); ok {
			b.WriteString(`,"auth":`)
			a.print(b)
		}
	} else {
		b.WriteString(`,"request":`)
		n.printed().print(b)
		b.WriteString(`,"response":`)
		printRaw(b, lookup(n.raw, "response"), "[]")
	}
	n.printEvents(b)
	if n.behavior.IsObject() {
		b.WriteString(`,"protocolProfileBehavior":` + n.behavior.Raw)
	}
}

func printRaw(b *bytes.Buffer, r gjson.Result, none string) {
	if r.Exists() && r.Type != gjson.Null {
		b.WriteString(r.Raw)
		return
	}
	b.WriteString(none)
}

func (n *Node) printDescription(b *bytes.Buffer) {
	if d := lookup(n.raw, "description"); description(d) != "" {
		b.WriteByte(',')
		printDescription(b, d)
	}
}

func (n *Node) printEvents(b *bytes.Buffer) {
	b.WriteString(`,"event":[`)
	for i, e := range n.events {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`{` + string(e.notes) + `"listen":`)
		b.Write(quoteJSON(e.listen))
		if e.disabled {
			b.WriteString(`,"disabled":true`)
		}
		b.WriteString(`,"script":{"id":`)
		b.Write(quoteJSON(e.script.ID))
		if e.name.Type == gjson.String {
			b.WriteString(`,"name":` + e.name.Raw)
		}
		b.WriteString(`,"type":"text/javascript"`)
		if e.packages.Exists() {
			b.WriteString(`,"packages":` + e.packages.Raw)
		}
		b.WriteString(`,"exec":`)
		printRaw(b, e.exec, "[]")
		b.WriteString(`}}`)
	}
	b.WriteByte(']')
}

// print is the whole collection with the given variables.
func (c *Collection) print(list []vars.Variable) json.RawMessage {
	var b bytes.Buffer
	b.WriteByte('{')
	if c.printHead(&b); b.Len() > 1 {
		b.WriteByte(',')
	}
	b.WriteString(`"item":[`)
	for i, n := range c.root.children {
		if i > 0 {
			b.WriteByte(',')
		}
		n.print(&b)
	}
	b.WriteByte(']')
	c.printTail(&b, list)
	b.WriteByte('}')
	return b.Bytes()
}

// printHead writes the member before the items, if there is one.
func (c *Collection) printHead(b *bytes.Buffer) {
	if id := lookup(c.doc, "info", "_postman_id"); truthy(id) {
		b.WriteString(`"_":{"postman_id":` + id.Raw + `}`)
	}
}

// printTail writes the members after the items; a comma comes first.
func (c *Collection) printTail(b *bytes.Buffer, list []vars.Variable) {
	found := lookups(c.doc, "auth", "protocolProfileBehavior", "info") // a pass reads all of the document
	c.root.printEvents(b)
	b.WriteString(`,"variable":[`)
	for i, v := range list {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('{')
		b.Write(v.Members())
		b.WriteByte('}')
	}
	b.WriteByte(']')
	if a, ok := parseAuth(found[0]); ok {
		b.WriteString(`,"auth":`)
		a.print(b)
	}
	if p := found[1]; p.IsObject() {
		b.WriteString(`,"protocolProfileBehavior":` + p.Raw)
	}
	b.WriteString(`,"info":{"_postman_id":`)
	b.Write(quoteJSON(c.root.id))
	b.WriteString(`,"name":`)
	b.Write(quoteJSON(c.root.name))
	b.WriteString(`,"schema":"https://schema.getpostman.com/json/collection/v2.1.0/collection.json"`)
	printAbout(b, found[2])
	b.WriteByte('}')
}

// printAbout writes the collection's description, a comma first.
func printAbout(b *bytes.Buffer, info gjson.Result) {
	if d := lookup(info, "description"); description(d) != "" {
		b.WriteByte(',')
		printDescription(b, d)
	}
}

// Export is the collection with its current variables, indented, as
// --export-collection writes it.
func (c *Collection) Export(list []vars.Variable) []byte {
	var b bytes.Buffer
	if json.Indent(&b, c.print(list), "", "  ") != nil {
		return c.print(list)
	}
	return b.Bytes()
}
