package collections

import (
	"bytes"
	"encoding/json"
	"io"
	"runtime"
)

// WriteJSON writes what JSON returns, some items at a time: a large collection
// is never in memory twice. Each object is given to change before it is
// written: an item, or what a folder or the collection has besides its items;
// what is no object in its place becomes a member "_". It is called for several
// at once.
func (c *Collection) WriteJSON(w io.Writer, change func(json.RawMessage) json.RawMessage) error {
	p := pieces{change: change, ready: make(chan chan []byte, runtime.GOMAXPROCS(0)), stop: make(chan struct{})}
	defer close(p.stop)
	go func() {
		defer close(p.ready)
		p.collection(c)
		p.send()
	}()
	for batch := range p.ready {
		if _, err := w.Write(<-batch); err != nil {
			return err
		}
	}
	return nil
}

// pieces is a document that is printed in batches, side by side.
type pieces struct {
	change func(json.RawMessage) json.RawMessage
	batch  []piece
	ready  chan chan []byte // the batches, in order
	stop   chan struct{}    // closed when nobody reads them any more
}

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
	out, batch := make(chan []byte, 1), p.batch
	p.batch = nil
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
			p.members(n.printHead)
			p.text(`,"item":`)
			p.items(n.children)
			p.members(n.printTail)
		} else {
			p.members(func(b *bytes.Buffer) {
				n.printHead(b)
				n.printTail(b)
			})
		}
		p.text("}")
	}
	p.text("]")
}

func (p *pieces) print(batch []piece) []byte {
	var out, one bytes.Buffer
	for _, piece := range batch {
		out.WriteString(piece.text)
		if piece.members == nil {
			continue
		}
		one.Reset()
		piece.members(&one)
		list := one.Bytes()
		bare := bytes.Trim(list, ",")
		if len(bare) == 0 {
			continue
		}
		before, after, _ := bytes.Cut(list, bare)
		object := p.change(append(append([]byte{'{'}, bare...), '}')) // an object of its own
		out.Write(before)
		if object[0] == '{' {
			out.Write(object[1 : len(object)-1])
		} else { // nothing is left of it but that it was there
			out.WriteString(`"_":`)
			out.Write(object)
		}
		out.Write(after)
	}
	return out.Bytes()
}
