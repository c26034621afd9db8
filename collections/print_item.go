package collections

import (
	"bytes"
	"encoding/json"
	"strings"
	"sync/atomic"
)

// JSON returns the node as newman's reports print it: an item, or a folder with
// its items. The caller must not change it.
func (n *Node) JSON() json.RawMessage {
	return n.kept.or(func() json.RawMessage {
		var b bytes.Buffer
		n.print(&b)
		return b.Bytes()
	})
}

func (n *Node) printNames(b *bytes.Buffer) {
	b.WriteByte('[')
	for i, c := range n.children {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`{"id":`)
		writeText(b, c.id)
		b.WriteString(`,"name":`)
		writeText(b, c.name)
		if c.folder {
			b.WriteString(`,"item":`)
			c.printNames(b)
		}
		b.WriteByte('}')
	}
	b.WriteByte(']')
}

// KeptJSON returns the same text as JSON. A short text is kept for later
// iterations and for other runs.
func (n *Node) KeptJSON() json.RawMessage { return n.kept.keep(n.JSON(), maxKept) }

// A keptText is a printed text that is kept so that it is not printed again. It
// is safe for concurrent use.
type keptText struct {
	text atomic.Pointer[json.RawMessage]
}

func (k *keptText) or(print func() json.RawMessage) json.RawMessage {
	if kept := k.text.Load(); kept != nil {
		return *kept
	}
	return print()
}

// keep stores a text of at most limit bytes, and returns it.
func (k *keptText) keep(text json.RawMessage, limit int) json.RawMessage {
	if len(text) <= limit {
		k.text.Store(&text)
	}
	return text
}

// printed returns the request for printing. Unlike Template it does not keep a
// request that was never run: most requests of a large collection are printed
// and not sent.
func (n *Node) printed(o object) *Request {
	if r := n.parsed.Load(); r != nil {
		return r
	}
	return parseRequest(o.get("request"))
}

func (n *Node) print(b *bytes.Buffer) {
	b.WriteByte('{')
	o := objectOf(n.document())
	n.printHead(b, o)
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
	n.printTail(b, o)
	b.WriteByte('}')
}

// printHead writes the members before the items of a folder.
func (n *Node) printHead(b *bytes.Buffer, o object) {
	b.WriteString(`"id":`)
	writeText(b, n.id)
	if n.name != "" {
		b.WriteString(`,"name":`)
		writeText(b, n.name)
	}
	if d := o.get("description"); description(d) != "" {
		b.WriteByte(',')
		printDescription(b, d)
	}
}

// printTail writes the members after the items of a folder or after the name of
// a request, beginning with a comma.
func (n *Node) printTail(b *bytes.Buffer, o object) {
	if n.folder {
		if a, ok := n.ownAuth(); ok {
			b.WriteString(`,"auth":`)
			a.print(b)
		}
	} else {
		b.WriteString(`,"request":`)
		n.printed(o).print(b)
		b.WriteString(`,"response":`)
		printRaw(b, o.get("response").Raw, "[]")
	}
	n.printEvents(b)
	if strings.HasPrefix(n.behavior, "{") {
		b.WriteString(`,"protocolProfileBehavior":` + n.behavior)
	}
}

func (n *Node) printEvents(b *bytes.Buffer) {
	b.WriteString(`,"event":[`)
	for i, e := range n.events {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`{` + string(e.notes) + `"listen":`)
		writeText(b, e.listen)
		if e.disabled {
			b.WriteString(`,"disabled":true`)
		}
		b.WriteString(`,"script":{"id":`)
		writeText(b, e.script.ID)
		if strings.HasPrefix(e.name, `"`) {
			b.WriteString(`,"name":` + e.name)
		}
		b.WriteString(`,"type":"text/javascript"`)
		if e.packages != "" {
			b.WriteString(`,"packages":` + e.packages)
		}
		b.WriteString(`,"exec":`)
		printRaw(b, e.exec, "[]")
		b.WriteString(`}}`)
	}
	b.WriteByte(']')
}

// maxKept is the length in bytes of the longest text of a node that is kept;
// saved responses may be large.
const maxKept = 64 << 10
