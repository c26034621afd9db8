package collections

import (
	"encoding/json"
	"strings"

	"github.com/tidwall/gjson"

	"postie/collections/regex"
	"postie/collections/vars"
)

var languages = map[string]string{
	"json": "application/json", "javascript": "application/javascript",
	"html": "text/html", "xml": "application/xml",
}

var jsonType = regex.Lazy(`^application/(\S+\+)?json`)

// RawText is the text that a raw body sends, without comments when it is JSON,
// and the Content-Type it gets when the request names none.
func (r *Request) RawText() (text, contentType string) {
	if r.Body == nil {
		return "", ""
	}
	contentType = languages[r.Body.Language]
	if r.Body.Raw != nil {
		text = *r.Body.Raw
	}
	if r.SendsJSON() {
		text = stripComments(text)
	}
	if contentType == "" {
		contentType = "text/plain"
	}
	return text, contentType
}

// SendsJSON reports whether Postman treats a raw body as JSON: because of its
// language or, without one, because of the request's Content-Type.
func (r *Request) SendsJSON() bool {
	return r.Body != nil && (r.Body.Language == "json" || r.Body.Language == "" && jsonTyped(r.Header))
}

// jsonTyped reports whether newman treats a body without a language as JSON.
// The first enabled Content-Type decides. A single Content-Type counts even
// when it is disabled, and when there are several and all are disabled, the
// body is JSON whatever they say.
func jsonTyped(list []Header) bool {
	first, n := -1, 0
	for i, h := range list {
		if strings.EqualFold(h.Key, "Content-Type") {
			n++
			if first < 0 || list[first].Disabled && !h.Disabled {
				first = i
			}
		}
	}
	if n > 1 && list[first].Disabled {
		return true
	}
	return n > 0 && jsonType().MatchString(list[first].Value)
}

// stripComments removes // and /* */ outside strings.
func stripComments(text string) string {
	if !strings.Contains(text, "//") && !strings.Contains(text, "/*") {
		return text
	}
	var out strings.Builder
	inString := false
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case inString:
			out.WriteByte(c)
			if c == '\\' && i+1 < len(text) {
				i++
				out.WriteByte(text[i])
			}
			inString = c != '"'
		case strings.HasPrefix(text[i:], "//"):
			n := strings.IndexByte(text[i:], '\n') // a \r before it goes too
			if n < 0 {
				return out.String()
			}
			i += n - 1
		case strings.HasPrefix(text[i:], "/*"):
			n := strings.Index(text[i+2:], "*/")
			if n < 0 {
				return out.String()
			}
			i += n + 3
		default:
			out.WriteByte(c)
			inString = c == '"'
		}
	}
	return out.String()
}

// GraphQLText returns the JSON that is sent for a GraphQL body: query,
// operationName and variables, in newman's order. Variables written as a text
// are sent as they are, even when they are not JSON.
func (b *Body) GraphQLText() string {
	g := gjson.ParseBytes(b.GraphQL)
	text := g.Get("variables").Type == gjson.String
	var members []string
	for _, k := range []string{"query", "operationName", "variables"} {
		v := g.Get(k)
		switch {
		case !v.Exists(), text && v.Type != gjson.String, text && k == "variables" && v.Str == "":
		case text && k == "variables":
			members = append(members, `"variables":`+v.Str)
		default:
			members = append(members, `"`+k+`":`+v.Raw)
		}
	}
	return "{" + strings.Join(members, ",") + "}"
}

// A Body is a request's body. Only the field of its Mode is set.
type Body struct {
	Mode       string // raw, urlencoded, formdata, file, graphql
	Raw        *string
	RawJSON    bool // the document has no text but a value, of which Raw is the text
	URLEncoded []FormParam
	FormData   []FormParam
	File       *File
	GraphQL    json.RawMessage
	Language   string // options.raw.language
	Options    json.RawMessage
	Disabled   bool

	enabled string // the JSON of a "disabled" member that does not disable the body
	noFile  bool   // the mode is "file", but the document names no file
}

// A File is a file body: Src is its path, or Content is its content in base64.
type File struct {
	Src      string
	Content  *string
	Unloaded bool // no file was named; reports show this

	empty emptyMembers
}

func parseBody(r gjson.Result) *Body {
	if r.Exists() && r.Type == gjson.Null {
		return &Body{}
	}
	if !r.IsObject() {
		return nil
	}
	o := objectOf(r)
	b := &Body{Mode: strings.ToLower(text(o.get("mode"))), Disabled: truthy(o.get("disabled")),
		Language: text(lookup(o.get("options"), "raw", "language"))}
	if v := o.get("options"); v.IsObject() {
		b.Options = json.RawMessage(v.Raw)
	}
	if v := o.get("disabled"); v.Exists() && !b.Disabled {
		b.enabled = v.Raw
	}
	if b.Mode == "" {
		return b
	}
	switch b.Mode {
	case "urlencoded":
		b.URLEncoded = parseURLEncoded(o.get("urlencoded"))
	case "formdata":
		b.FormData = parseForm(o.get("formdata"))
		for i := range b.FormData {
			b.FormData[i].fill()
		}
	case "file":
		b.File, b.noFile = parseFile(o.get("file")), !o.get("file").Exists()
	case "graphql":
		if g := o.get("graphql"); g.IsObject() {
			b.GraphQL = json.RawMessage(g.Raw)
		} else if g.Type == gjson.String {
			b.GraphQL = json.RawMessage(`{"query":` + g.Raw + `}`)
		}
	default:
		b.Raw = parseRaw(o.get("raw"))
		b.RawJSON = b.Raw != nil && o.get("raw").Type != gjson.String
		if b.Mode != "raw" && b.Raw == nil {
			b.Raw = new(string) // a body of an unknown mode is sent as an empty text
		}
		b.Mode = "raw"
	}
	return b
}

// parseRaw returns the text of a raw body. A value that is not a string is sent
// as JSON.
func parseRaw(r gjson.Result) *string {
	switch {
	case !r.Exists() || r.Type == gjson.Null:
		return nil
	case r.Type == gjson.String:
		return &r.Str
	}
	raw := string(vars.JSON(json.RawMessage(r.Raw)))
	return &raw
}

// WithoutContent returns the file as reports show it after a request: without
// its content, and marked when no file was named.
func (f *File) WithoutContent() *File {
	return &File{Src: f.Src, Unloaded: f.Src == "" && f.Content == nil, empty: emptyMembers{src: f.empty.src}}
}

// parseFile reads a file body. A string is the path of the file. The result is
// nil when there is no file.
func parseFile(r gjson.Result) *File {
	if r.Exists() && r.Type == gjson.Null {
		return nil
	}
	if r.Type == gjson.String {
		return &File{Src: r.Str, empty: emptyMembers{src: r.Raw}}
	}
	src, content := lookup(r, "src"), lookup(r, "content")
	f := &File{Src: text(src), empty: emptyMembers{src: src.Raw, content: content.Raw}}
	if content.Type == gjson.String {
		f.Content = &content.Str
	}
	return f
}

func (b *Body) resolve(expand func(string) string) *Body {
	if b == nil {
		return nil
	}
	out := *b
	if b.Raw != nil {
		raw := expand(*b.Raw)
		out.Raw = &raw
	}
	out.URLEncoded = resolveForm(b.URLEncoded, expand)
	out.FormData = resolveForm(b.FormData, expand)
	if b.File != nil {
		f := *b.File
		f.Src = expand(f.Src)
		out.File = &f
	}
	if b.GraphQL != nil {
		out.GraphQL = resolveJSON(gjson.ParseBytes(b.GraphQL), expand)
	}
	return &out
}
