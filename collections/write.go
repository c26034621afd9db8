package collections

import (
	"bytes"
	"encoding/json"
	"io"
	"runtime"
	"sync"
)

// WriteJSON writes the text that JSON returns, a batch of items at a time, so
// that a large collection is not in memory twice. Each object is passed to
// change before it is written: an item, or the members that a folder or the
// collection has besides its items. A value that is not an object is written as
// a member "_". change may be called from several goroutines at once and must
// not keep its argument.
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

// pieces prints a document in batches, several at the same time.
type pieces struct {
	change func(json.RawMessage) json.RawMessage
	batch  []piece
	ready  chan chan *bytes.Buffer // the printed batches, in order
	stop   chan struct{}           // closed when the batches are no longer wanted
}

// buffers are reused: each holds a printed batch.
var buffers = sync.Pool{New: func() any { return &bytes.Buffer{} }}

// A piece is a part of a document: text, or members of an object with the comma
// before or after them.
type piece struct {
	text    string
	members func(*bytes.Buffer)
}

// batchSize is the number of pieces in a batch.
const batchSize = 256

func (p *pieces) add(one piece) {
	if p.batch = append(p.batch, one); len(p.batch) == batchSize {
		p.send()
	}
}

// send starts printing the batch.
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

// object writes the members of an object after change, with the comma that the
// object began or ended with.
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
	} else { // change removed all members, so only a marker is written
		out.WriteString(`"_":`)
		out.Write(object)
	}
	if after {
		out.WriteByte(',')
	}
}
