// Package collections reads Postman collections, environments, globals and
// iteration data, walks and edits them, and writes them back. It does no
// network and runs no JavaScript.
//
// A document is rewritten into strict v2.1 form first; the tree is read from
// that with gjson, which keeps everything. Those who want the document in
// go-postman-collection's types ask for Model.
package collections

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"iter"
	"sync"

	postman "github.com/rbretecher/go-postman-collection"
	"github.com/tidwall/gjson"

	"postie/collections/vars"
)

// A Collection is a parsed document. It is immutable.
type Collection struct {
	file    string
	strict  json.RawMessage
	members object // of the strict document
	root    *Node
	warn    []string
	skip    []string

	kept  keptText // by KeptJSON
	model func() *postman.Collection
}

// Parse reads a v1, v2.0 or v2.1 collection. name is used in errors, which
// are *ParseError. Nothing of src is kept.
func Parse(name string, src []byte) (*Collection, error) {
	src, err := document(name, src)
	if err != nil {
		return nil, err
	}
	c, lines := &Collection{file: name}, newLineIndex(src)
	doc := parsed(src)
	top := objectOf(doc)                                                     // once: a pass reads all of the document
	if inner := top.get("collection"); inner.IsObject() || inner.IsArray() { // as Postman's API wraps documents
		doc, top = inner, objectOf(inner)
	}
	if isV1(top) {
		c.warn = append(c.warn, "a v1 collection: export it again from Postman as v2.1")
		converted := fromV1(doc)
		doc = gjson.ParseBytes(converted)
		top = objectOf(doc)
		lines = nil // its places are not the file's
	}
	if isItem(top) {
		c.buildItem(doc, lines)
		return c, nil
	}
	if err := c.checkShape(doc, top, lines); err != nil {
		return nil, err
	}
	c.build(canonical(doc, lines))
	return c, nil
}

// build reads the tree of a strict document.
func (c *Collection) build(strict *canonicaliser) {
	c.strict = strict.out.Bytes()
	doc := parsed(c.strict)
	c.members = objectOf(doc)
	c.model = sync.OnceValue(func() *postman.Collection { return decode(doc) })
	c.root = newTree(c, strict)
}

// isItem reports whether a document is one item, as people copy it out of a
// collection: a request with a name, and nothing round it.
func isItem(top object) bool {
	request := top.get("request")
	return (request.IsObject() || request.Type == gjson.String) &&
		!top.get("item").Exists() && !top.get("info").Exists() && !top.get("values").Exists()
}

// buildItem reads a collection of one item, under the item's name.
func (c *Collection) buildItem(doc gjson.Result, lines *lineIndex) {
	name := lookup(doc, "name").Raw
	if lookup(doc, "name").Type != gjson.String {
		name = `"request"`
	}
	c.build(canonicalItem(doc, lines, name))
}

func isOpenAPI(doc gjson.Result) bool {
	version := lookup(doc, "openapi")
	if !version.Exists() {
		version = lookup(doc, "swagger")
	}
	return version.Type == gjson.String
}

func isHAR(doc gjson.Result) bool {
	return lookup(lookup(doc, "log"), "entries").IsArray()
}

// isEmpty reports whether a document is an object or array without members.
func isEmpty(doc gjson.Result) bool {
	empty := doc.IsObject() || doc.IsArray()
	doc.ForEach(func(_, _ gjson.Result) bool {
		empty = false
		return false
	})
	return empty
}

// A Place is a spot in a file; Line and Col are 0 when unknown.
type Place struct {
	File      string
	Line, Col int
}

// An Origin says where the parts of a converted document were written: the
// collection and its items, and each script's lines, in document order.
type Origin struct {
	Items   []Place
	Scripts [][]Place
	Skipped []string // requests of kinds that a Collection has no place for, a sentence each
}

// ParseConverted reads a v2.1 collection that was converted from other files,
// where its places are.
func ParseConverted(name string, src []byte, o Origin) (*Collection, error) {
	c, err := Parse(name, src)
	if err != nil {
		return nil, err
	}
	c.skip = o.Skipped
	strict := canonical(parsed(src), nil)
	for i := range min(len(strict.parts), len(o.Items)) {
		strict.parts[i].place.written = o.Items[i : i+1]
	}
	for i := range min(len(strict.scripts), len(o.Scripts)) {
		strict.scripts[i].written = o.Scripts[i]
	}
	c.build(strict)
	return c, nil
}

// Strict is the document in strict v2.1 form: every item and header an
// object, every script a list of lines, nothing dropped.
func (c *Collection) Strict() json.RawMessage { return c.strict }

// checkShape distinguishes a collection from any other JSON. An empty object or array
// is an empty collection, as for newman.
func (c *Collection) checkShape(doc gjson.Result, top object, lines *lineIndex) error {
	item, info := top.get("item"), top.get("info")
	switch {
	case isEmpty(doc):
		return nil
	case item.IsArray():
		return nil
	case item.Exists():
		line, col := 0, 0
		if lines != nil {
			line, col = lines.position(item.Index)
		}
		return &ParseError{File: c.file, Line: line, Col: col, Text: "not a Postman collection: \"item\" is not an array"}
	}
	if what := foreignJSON(doc); what != "" {
		return &ParseError{File: c.file, Line: 1, Col: 1, Text: what}
	}
	if info.IsObject() {
		return nil
	}
	return &ParseError{File: c.file, Line: 1, Col: 1, Text: "this JSON is not a Postman collection: it has neither \"info\" nor \"item\""}
}

func (c *Collection) info(key string) string {
	if info := c.members.get("info"); info.IsObject() {
		return text(lookup(info, key))
	}
	return text(c.members.get(key))
}

// ID is the document's, or a fresh one.
func (c *Collection) ID() string { return c.root.id }

// Name is info.name; "" when there is none.
func (c *Collection) Name() string { return c.root.name }

// File is the name given to Parse.
func (c *Collection) File() string { return c.file }

// Root is the collection as a node.
func (c *Collection) Root() *Node { return c.root }

// Model is the document in go-postman-collection's types, made when it is first
// asked for; nil when they cannot hold it.
func (c *Collection) Model() *postman.Collection { return c.model() }

// Warnings are about what was read all the same.
func (c *Collection) Warnings() []string { return c.warn }

// Skipped are the requests that the document has and the Collection has not, a
// sentence each: those that are no HTTP.
func (c *Collection) Skipped() []string { return c.skip }

// Variables are the collection's own, with typed values.
func (c *Collection) Variables() []vars.Variable {
	return variableList(c.members.get("variable"), true)
}

// All yields the requests in run order, depth first.
func (c *Collection) All() iter.Seq[*Node] {
	return func(yield func(*Node) bool) { c.root.requests(yield) }
}

// JSON returns the collection as newman's reports and exports print it. It
// must not be changed.
func (c *Collection) JSON() json.RawMessage {
	return c.kept.or(func() json.RawMessage { return c.print(c.Variables()) })
}

// KeptJSON is JSON for those who ask again: a text that is not long is kept.
func (c *Collection) KeptJSON() json.RawMessage { return c.kept.keep(c.JSON(), maxKeptCollection) }

// maxKeptCollection is the longest text of a collection, in bytes, that is
// kept.
const maxKeptCollection = 1 << 20

// newID is a version 4 UUID for what the document leaves without an id.
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	id := hex.AppendEncode(make([]byte, 0, 36), b[:4])
	for _, part := range [][]byte{b[4:6], b[6:8], b[8:10], b[10:]} {
		id = hex.AppendEncode(append(id, '-'), part)
	}
	return string(id)
}
