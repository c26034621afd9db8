package collections

import (
	"bytes"
	"encoding/json"

	"github.com/tidwall/gjson"

	"postie/collections/vars"
)

// NamesJSON is like JSON, but of the items it has only the tree with ids and
// names.
func (c *Collection) NamesJSON() json.RawMessage {
	var b bytes.Buffer
	b.WriteString(`{"item":`)
	c.root.printNames(&b)
	b.WriteString(`,"info":{"_postman_id":`)
	writeText(&b, c.root.id)
	b.WriteString(`,"name":`)
	writeText(&b, c.root.name)
	printAbout(&b, c.members.get("info"))
	b.WriteString(`}}`)
	return b.Bytes()
}

// print returns the whole collection with the given variables.
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

// printHead writes the members before the items.
func (c *Collection) printHead(b *bytes.Buffer) {
	if id := lookup(c.members.get("info"), "_postman_id"); truthy(id) {
		b.WriteString(`"_":{"postman_id":` + id.Raw + `}`)
	}
}

// printTail writes the members after the items, beginning with a comma.
func (c *Collection) printTail(b *bytes.Buffer, list []vars.Variable) {
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
	if a, ok := parseAuth(c.members.get("auth")); ok {
		b.WriteString(`,"auth":`)
		a.print(b)
	}
	if p := c.members.get("protocolProfileBehavior"); p.IsObject() {
		b.WriteString(`,"protocolProfileBehavior":` + p.Raw)
	}
	b.WriteString(`,"info":{"_postman_id":`)
	writeText(b, c.root.id)
	b.WriteString(`,"name":`)
	writeText(b, c.root.name)
	b.WriteString(`,"schema":"https://schema.getpostman.com/json/collection/v2.1.0/collection.json"`)
	printAbout(b, c.members.get("info"))
	b.WriteByte('}')
}

// printAbout writes the description of the collection, beginning with a comma.
func printAbout(b *bytes.Buffer, info gjson.Result) {
	if d := lookup(info, "description"); description(d) != "" {
		b.WriteByte(',')
		printDescription(b, d)
	}
}

// Export returns the collection with its current variables, indented, as
// --export-collection writes it.
func (c *Collection) Export(list []vars.Variable) []byte {
	var b bytes.Buffer
	if json.Indent(&b, c.print(list), "", "  ") != nil {
		return c.print(list)
	}
	return b.Bytes()
}
