package collections

import "encoding/json"

// A Request is a request as the document or a script says it.
type Request struct {
	Method      string
	URL         URL
	Header      []Header
	Body        *Body // nil for none
	Auth        *Auth // its own, before inheritance
	Certificate json.RawMessage
	Proxy       json.RawMessage
	Description string
}

// A Header is one line of a request's header list. Null marks a value the
// document has as null or not at all.
type Header struct {
	Key, Value string
	Disabled   bool
	System     bool // added by the runner
}

// A URL holds the parts as Postman's parser splits them; nil Path and Query
// differ from empty ones.
type URL struct {
	Protocol  string
	Auth      *UserInfo
	Host      []string
	Port      string
	Path      []string
	Query     []QueryParam
	Hash      *string
	Variables []PathVariable
}

type UserInfo struct{ User, Password string }

// A QueryParam has nil Key or Value where the text has none ("?a", "?=b").
type QueryParam struct {
	Key, Value *string
	Disabled   bool
}

// A PathVariable fills a ":name" segment. Value is nil, string or float64….
type PathVariable struct {
	Key      string
	Value    any
	Disabled bool
}

// A Body has the member of its mode set.
type Body struct {
	Mode       string // raw, urlencoded, formdata, file, graphql
	Raw        *string
	URLEncoded []FormParam
	FormData   []FormParam
	File       *File
	GraphQL    json.RawMessage
	Language   string // options.raw.language
	Options    json.RawMessage
	Disabled   bool
}

// A FormParam is a part of a form body.
type FormParam struct {
	Key         string
	Value       any // string, nil, or other JSON
	Type        string
	Src         []string
	SrcArray    bool // src was an array
	FileName    string
	ContentType string
	Disabled    bool
}

// A File is a file body: Src names it, or Content is base64.
type File struct {
	Src     string
	Content *string
}

// ParseURL splits text as Postman's URL parser does; it never fails.
func ParseURL(text string) URL { panic("todo") }

// String joins the parts (path variables filled in), as newman's CLI shows a
// URL; nothing is percent-encoded but & # = inside parameters.
func (u URL) String() string { panic("todo") }

// ParseRequest reads a request in collection form, as pm.sendRequest and a
// script's changed pm.request give it.
func ParseRequest(src []byte) (*Request, error) { panic("todo") }

// JSON is the request as Postman's SDK prints it in reports.
func (r *Request) JSON() json.RawMessage { panic("todo") }

// Resolve returns a copy in which expand was applied to every string; the URL
// is joined, expanded and parsed again.
func (r *Request) Resolve(expand func(string) string) *Request { panic("todo") }
