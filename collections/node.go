package collections

import "encoding/json"

// A Node is a collection, folder or request of the tree.
type Node struct {
	parent *Node
}

func (n *Node) ID() string                { panic("todo") }
func (n *Node) Name() string              { panic("todo") }
func (n *Node) Parent() *Node             { return n.parent } // nil at the collection
func (n *Node) Children() []*Node         { panic("todo") }   // nil for a request
func (n *Node) IsFolder() bool            { panic("todo") }   // the collection is one too
func (n *Node) Path() []string            { panic("todo") }   // names, collection → node
func (n *Node) Position() (line, col int) { panic("todo") }

// Request returns the request as written, templates intact: a fresh copy.
func (n *Node) Request() *Request { panic("todo") }

// Auth is the effective auth after inheritance. Owner is the node it is
// written at.
func (n *Node) Auth() (a Auth, owner *Node, ok bool) { panic("todo") }

// Scripts are the enabled scripts of an event, collection → folder → request.
func (n *Node) Scripts(listen string) []Script { panic("todo") }

// Profile is protocolProfileBehavior, merged from the collection down.
func (n *Node) Profile() Profile { panic("todo") }

// JSON is the node as newman's reports print it: an item, or for a folder
// with its items.
func (n *Node) JSON() json.RawMessage { panic("todo") }

// A Script is one event's source.
type Script struct {
	ID     string
	Source string // lines joined with \n
	Owner  *Node
	Line   int // of the first source line in the file; 0 unknown
}

// Profile is protocolProfileBehavior. A nil pointer is "not said".
type Profile struct {
	FollowRedirects, FollowOriginalMethod, FollowAuthorization *bool
	RemoveReferer, StrictSSL, DisableBodyPruning               *bool
	DisableURLEncoding, DisableCookies, InsecureHTTPParser     *bool
	TLSPreferServerCiphers                                     *bool
	MaxRedirects                                               *int
	DisabledSystemHeaders                                      map[string]bool // lower case
	TLSDisabledProtocols, TLSCipherSelection                   []string
	ProtocolVersion                                            string
}

// Auth is an auth block. Params keep the document's order.
type Auth struct {
	Type   string
	Params []Param
}

// A Param is a typed key and value.
type Param struct {
	Key   string
	Value any // string, bool, float64, nil or json.RawMessage
	Type  string
}
