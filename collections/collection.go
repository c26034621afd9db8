// Package collections reads Postman collections, environments, globals and
// iteration data, walks and edits them, and writes them back. It does no
// network and runs no JavaScript.
package collections

import (
	"encoding/json"
	"iter"

	postman "github.com/rbretecher/go-postman-collection"

	"postie/collections/vars"
)

// A Collection is a parsed document. It is immutable but for Edit.
type Collection struct {
	root *Node
}

// Parse reads a v1, v2.0 or v2.1 collection. name is used in errors, which
// are *ParseError.
func Parse(name string, src []byte) (*Collection, error) { panic("todo") }

func (c *Collection) ID() string                 { panic("todo") }
func (c *Collection) Name() string               { panic("todo") }
func (c *Collection) File() string               { panic("todo") }
func (c *Collection) Root() *Node                { return c.root }
func (c *Collection) Variables() []vars.Variable { panic("todo") }
func (c *Collection) Model() *postman.Collection { panic("todo") }
func (c *Collection) Warnings() []string         { panic("todo") }

// JSON returns the collection as newman's reports and exports print it
// (without the variables' current values).
func (c *Collection) JSON() json.RawMessage { panic("todo") }

// All yields the requests in run order, depth first.
func (c *Collection) All() iter.Seq[*Node] { panic("todo") }

// Select returns the requests under the named folders or requests (by id,
// name or A/B/C path), in document order; no name selects all.
func (c *Collection) Select(names ...string) ([]*Node, error) { panic("todo") }
