package collections

import (
	"bytes"
	"encoding/json"
	"io"
	"runtime"
	"sync"
)

// WriteJSON writes what JSON returns, some items at a time: a large collection
// is never in memory twice. Each object is given to change before it is
// written: an item, or what a folder or the collection has besides its items;
// what is no object in its place becomes a member "_". It is called for several
// at once, and keeps none of what it is given.
func (c *Collection) WriteJSON(w io.Writer, change func(json.RawMessage) json.RawMessage) error {
	p := pieces{change: change, ready: make(chan chan *bytes.Buffer, runtime.GOMAXPROCS(0)), stop: make(chan struct{})}
	defer close(p.stop)
	go func() {
		defer close(p.ready)
		p.collection(c)
		p.send()
	}()
	for batch := range p.ready {
		text := <-batch
		_, err := w.Write(text.Bytes())
		if buffers.Put(text); err != nil {
			return err
		}
	}
	return nil
}

// pieces is a document that is printed in batches, side by side.
type pieces struct {
	change func(json.RawMessage) json.RawMessage
	batch  []piece
	ready  chan chan *bytes.Buffer // the batches, in order
	stop   chan struct{}           // closed when nobody reads them any more
}

// buffers are what batches are printed into, used again and again.
var buffers = sync.Pool{New: func() any { return &bytes.Buffer{} }}

// A piece of a document is text, or members of an object with the comma before
// or after them.
type piece struct {
	text    string
	members func(*bytes.Buffer)
}

// batchSize is how many pieces are printed at once.
const batchSize = 256

func (p *pieces) add(one piece) {
	if p.batch = append(p.batch, one); len(p.batch) == batchSize {
		p.send()
	}
}

// send has the batch printed.
func (p *pieces) send() {
	out, batch := make(chan *bytes.Buffer, 1), p.batch
	p.batch = make([]piece, 0, batchSize)
	select {
	case p.ready <- out:
		go func() { out <- p.print(batch) }()
	case <-p.stop:
	}
}

func (p *pieces) text(s string)                       { p.add(piece{text: s}) }
func (p *pieces) members(print func(b *bytes.Buffer)) { p.add(piece{members: print}) }

func (p *pieces) collection(c *Collection) {
	p.text("{")
	p.members(func(b *bytes.Buffer) {
		if c.printHead(b); b.Len() > 0 {
			b.WriteByte(',')
		}
	})
	p.text(`"item":`)
	p.items(c.root.children)
	p.members(func(b *bytes.Buffer) { c.printTail(b, c.Variables()) })
	p.text("}")
}

func (p *pieces) items(list []*Node) {
	p.text("[")
	for i, n := range list {
		if i > 0 {
			p.text(",")
		}
		p.text("{")
		if n.folder {
			p.members(func(b *bytes.Buffer) { n.printHead(b, objectOf(n.document())) })
			p.text(`,"item":`)
			p.items(n.children)
			p.members(func(b *bytes.Buffer) { n.printTail(b, objectOf(n.document())) })
		} else {
			p.members(func(b *bytes.Buffer) {
				o := objectOf(n.document())
				n.printHead(b, o)
				n.printTail(b, o)
			})
		}
		p.text("}")
	}
	p.text("]")
}

func (p *pieces) print(batch []piece) *bytes.Buffer {
	out, one := buffers.Get().(*bytes.Buffer), buffers.Get().(*bytes.Buffer)
	out.Reset()
	for _, piece := range batch {
		out.WriteString(piece.text)
		if piece.members != nil {
			one.Reset()
			one.WriteByte('{')
			piece.members(one)
			one.WriteByte('}')
			p.object(out, one.Bytes())
		}
	}
	buffers.Put(one)
	return out
}

// object writes the members of an object, changed, and the comma before or
// after them, which it may begin or end with.
func (p *pieces) object(out *bytes.Buffer, object []byte) {
	before := object[1] == ','
	if before {
		object = object[1:]
		object[0] = '{'
	}
	end := len(object) - 1
	after := object[end-1] == ','
	if after {
		object = object[:end]
		object[end-1] = '}'
	}
	if len(object) == len("{}") {
		return
	}
	if before {
		out.WriteByte(',')
	}
	if object = p.change(object); object[0] == '{' {
		out.Write(object[1 : len(object)-1])
	} else { // nothing is left of it but that it was there
		out.WriteString(`"_":`)
		out.Write(object)
	}
	if after {
		out.WriteByte(',')
	}
}
