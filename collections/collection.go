// Package collections reads Postman collections, environments, globals and
// iteration data, walks and edits them, and writes them back. It uses no
// network and runs no JavaScript.
//
// A document is first rewritten into strict v2.1 form. The tree is then read from
// that text with gjson, so nothing of the document is lost. Model returns the
// document in the types of go-postman-collection.
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

	kept  keptText // filled by KeptJSON
	model func() *postman.Collection
}

// Parse reads a collection of format v1, v2.0 or v2.1. name is the file name in
// errors, which are *ParseError. src is not kept.
func Parse(name string, src []byte) (*Collection, error) {
	src, err := document(name, src)
	if err != nil {
		return nil, err
	}
	c, lines := &Collection{file: name}, newLineIndex(src)
	doc := parsed(src)
	top := objectOf(doc)                                                     // read once: the parser goes through the whole document
	if inner := top.get("collection"); inner.IsObject() || inner.IsArray() { // Postman's API wraps documents in this member
		doc, top = inner, objectOf(inner)
	}
	if isV1(top) {
		c.warn = append(c.warn, "a v1 collection: export it again from Postman as v2.1")
		converted := fromV1(doc)
		doc = gjson.ParseBytes(converted)
		top = objectOf(doc)
		lines = nil // the text is no longer that of the file
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

// build reads the tree from a strict document.
func (c *Collection) build(strict *canonicaliser) {
	c.strict = strict.out.Bytes()
	doc := parsed(c.strict)
	c.members = objectOf(doc)
	c.model = sync.OnceValue(func() *postman.Collection { return decode(doc) })
	c.root = newTree(c, strict)
}

// isItem reports whether a document is a single item: a request with a name and
// without a collection around it, as people copy it out of a collection.
func isItem(top object) bool {
	request := top.get("request")
	return (request.IsObject() || request.Type == gjson.String) &&
		!top.get("item").Exists() && !top.get("info").Exists() && !top.get("values").Exists()
}

// buildItem reads a single item as a collection with the item's name.
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
// collection, its items, and the lines of each script, in document order.
type Origin struct {
	Items   []Place
	Scripts [][]Place
	Skipped []string // a sentence for each request that is not HTTP and was left out
}

// ParseConverted reads a v2.1 collection that was converted from other files.
// Positions are those in the other files.
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

// Strict returns the document in strict v2.1 form: every item and header is an
// object, every script is a list of lines, and nothing is dropped.
func (c *Collection) Strict() json.RawMessage { return c.strict }

// checkShape returns an error when the document is not a collection. An empty
// object or array is an empty collection, as in newman.
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

// ID returns the id of the document, or a new one when it has none.
func (c *Collection) ID() string { return c.root.id }

// Name returns info.name, or "" when there is none.
func (c *Collection) Name() string { return c.root.name }

// File returns the name that was given to Parse.
func (c *Collection) File() string { return c.file }

// Root returns the collection as a node.
func (c *Collection) Root() *Node { return c.root }

// Model returns the document in the types of go-postman-collection. It is made
// at the first call, and is nil when those types cannot hold the document.
func (c *Collection) Model() *postman.Collection { return c.model() }

// Warnings returns what is wrong with the document but did not prevent reading
// it.
func (c *Collection) Warnings() []string { return c.warn }

// Skipped returns a sentence for each request of the document that is not HTTP
// and was left out.
func (c *Collection) Skipped() []string { return c.skip }

// Variables returns the variables of the collection, with typed values.
func (c *Collection) Variables() []vars.Variable {
	return variableList(c.members.get("variable"), true)
}

// All returns the requests in the order in which they run, depth first.
func (c *Collection) All() iter.Seq[*Node] {
	return func(yield func(*Node) bool) { c.root.requests(yield) }
}

// JSON returns the collection as newman's reports and exports print it. The
// caller must not change it.
func (c *Collection) JSON() json.RawMessage {
	return c.kept.or(func() json.RawMessage { return c.print(c.Variables()) })
}

// KeptJSON returns the same text as JSON, but prints it only once unless it is
// long.
func (c *Collection) KeptJSON() json.RawMessage { return c.kept.keep(c.JSON(), maxKeptCollection) }

// maxKeptCollection is the length in bytes of the longest text that KeptJSON
// keeps.
const maxKeptCollection = 1 << 20

// newID returns a version 4 UUID for a part of the document that has no id.
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
