package collections

import (
	"bytes"
	"cmp"
	"encoding/json"
	"strings"

	"github.com/tidwall/gjson"

	"postie/collections/vars"
)

// A Request is a request as the document or a script says it.
type Request struct {
	Method      string
	URL         URL
	Header      []Header
	Body        *Body // nil for none
	Auth        *Auth // its own, before inheritance
	Certificate json.RawMessage
	Proxy       json.RawMessage
	Description *string // nil for none

	described descriptionNote
	emptyAuth bool // the document has an auth that says nothing
}

// A descriptionNote is what a description says besides its text.
type descriptionNote struct {
	mediaType string // "" for text/plain
	null      bool   // it is null
}

// A Header is one line of a request's header list.
type Header struct {
	Key, Value string
	Disabled   bool
	System     bool  // added by the runner
	Notes      Notes // what reports show of it besides

	null bool // the document has null for the value, which is sent as "null"
}

// Notes are members of an entry that change nothing, as JSON text: an id, a
// name, a description, disabled where it is false. Reports print them before
// the key.
type Notes string

// notes are those of an entry.
func notes(r gjson.Result) Notes {
	o := objectOf(r)
	var b bytes.Buffer
	if v := o.get("id"); truthy(v) {
		b.WriteString(`"id":` + v.Raw + `,`)
	}
	if v := o.get("name"); v.Type == gjson.String && v.Str != "" {
		b.WriteString(`"name":` + v.Raw + `,`)
	}
	if v := o.get("disabled"); v.Exists() && !truthy(v) {
		b.WriteString(`"disabled":false,`)
	}
	if v := o.get("description"); v.Exists() {
		printDescription(&b, v)
		b.WriteByte(',')
	}
	return Notes(b.String())
}

// printDescription writes the member that describes something. One that is
// null has a type all the same, as in newman.
func printDescription(b *bytes.Buffer, r gjson.Result) {
	content := r
	if r.IsObject() {
		content = lookup(r, "content")
	}
	b.WriteString(`"description":{`)
	if content.Exists() && r.Type != gjson.Null {
		b.WriteString(`"content":`)
		b.Write(quoteJSON(text(content)))
		b.WriteByte(',')
	}
	b.WriteString(`"type":`)
	b.Write(quoteJSON(cmp.Or(text(lookup(r, "type")), "text/plain")))
	b.WriteByte('}')
}

// A URL holds the parts as Postman's parser splits them; nil Path and Query
// differ from empty ones.
type URL struct {
	Protocol  string
	Auth      *UserInfo
	Host      []string
	Port      string
	NoPort    bool // a colon without a port follows the host
	Path      []string
	Query     []QueryParam
	Hash      *string
	Variables []PathVariable
}

// UserInfo comes before a URL's host.
type UserInfo struct{ User, Password string }

// A QueryParam has nil Key or Value where the text has none ("?a", "?=b").
type QueryParam struct {
	Key, Value *string
	Disabled   bool
	System     bool // added by the runner
	Notes      Notes
}

// A PathVariable fills a ":name" segment. Value is nil, string or float64…, or
// vars.Undefined{} for none.
type PathVariable struct {
	Key      string
	Value    any
	Type     string // "string", …; "" for any
	Notes    Notes
	Disabled bool // no matter to Postman, which fills it in all the same
	filled   bool // the URL's text has it already
}

// A Body has the member of its mode set.
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

	enabled string // JSON of a "disabled" that is there, and does not disable
	noFile  bool   // the mode is "file", and the document says nothing of one
}

// A FormParam is a part of a form body.
type FormParam struct {
	Key         string
	Value       any // string, nil, vars.Undefined{} for none, or other JSON
	Type        string
	Src         []string
	SrcArray    bool // src was an array
	FileName    string
	HasFileName bool // FileName is there, though it may be empty
	ContentType string
	Disabled    bool
	System      bool // added by the runner
	Notes       Notes

	empty emptyMembers
}

// emptyMembers are members that say nothing and are there all the same, as
// JSON; "" for those that are not.
type emptyMembers struct{ key, contentType, src, content, fileName string }

// noKey stands for a key that is not there.
const noKey = "none"

// A File is a file body: Src names it, or Content is base64.
type File struct {
	Src      string
	Content  *string
	Unloaded bool // no file was named: reports say so

	empty emptyMembers
}

// ParseRequest reads a request in collection form, as pm.sendRequest and a
// script's changed pm.request give it: any liberal form is taken.
func ParseRequest(src []byte) (*Request, error) {
	if !gjson.ValidBytes(src) {
		return nil, &ParseError{File: "request", Text: "not valid JSON"}
	}
	c := &canonicaliser{}
	c.request(gjson.ParseBytes(src))
	return parseRequest(gjson.ParseBytes(c.out.Bytes())), nil
}

// method is upper case; GET when there is none.
func method(r gjson.Result) string {
	if m := text(r); m != "" {
		return strings.ToUpper(m)
	}
	return "GET"
}

// parseRequest reads a request in strict form.
func parseRequest(r gjson.Result) *Request {
	o := objectOf(r)
	req := &Request{
		Method: method(o.get("method")),
		URL:    parseURLObject(o.get("url")),
		Header: parseHeaders(o.get("header")),
		Body:   parseBody(o.get("body")),
	}
	if v := o.get("description"); v.Exists() { // an empty one is one, unlike an item's
		words := description(v)
		req.Description = &words
		req.described = descriptionNote{mediaType: text(lookup(v, "type")), null: v.Type == gjson.Null}
	}
	if a, ok := parseAuth(o.get("auth")); ok {
		req.Auth = &a
	} else {
		req.emptyAuth = truthy(o.get("auth"))
	}
	req.Certificate = objectOrNull(o.get("certificate"))
	req.Proxy = objectOrNull(o.get("proxy"))
	return req
}

// objectOrNull is the text of an object, or null; nil for what is neither.
func objectOrNull(r gjson.Result) json.RawMessage {
	if r.IsObject() || r.Exists() && r.Type == gjson.Null {
		return json.RawMessage(r.Raw)
	}
	return nil
}

func parseURLObject(r gjson.Result) URL {
	if r.Type == gjson.String {
		return ParseURL(r.Str)
	}
	o := objectOf(r)
	u := URL{Protocol: text(o.get("protocol")), Port: text(o.get("port"))}
	u.NoPort = u.Port == "" && o.get("port").Type == gjson.String
	if a := o.get("auth"); a.IsObject() {
		u.Auth = &UserInfo{User: text(lookup(a, "user")), Password: text(lookup(a, "password"))}
	}
	if h := o.get("host"); h.IsArray() {
		u.Host = texts(h)
	}
	if p := o.get("path"); p.IsArray() {
		u.Path = append([]string{}, texts(p)...)
	}
	if q := o.get("query"); q.IsArray() {
		u.Query = []QueryParam{}
		for _, p := range elements(q) {
			u.Query = append(u.Query, parseQueryParam(p))
		}
	}
	if h := o.get("hash"); h.Type == gjson.String {
		u.Hash = &h.Str
	}
	for _, v := range elements(o.get("variable")) {
		variable := objectOf(v)
		key := variable.get("key")
		if !truthy(key) {
			key = variable.get("id")
		}
		one := PathVariable{Key: text(key), Value: value(variable.get("value")), Type: text(variable.get("type")),
			Disabled: truthy(variable.get("disabled")), Notes: notes(v)}
		if !variable.get("value").Exists() {
			one.Value = vars.Undefined{}
		}
		u.Variables = append(u.Variables, one)
	}
	return u
}

// parseQueryParam renders numbers and booleans as JavaScript would; newman
// drops them.
func parseQueryParam(p gjson.Result) QueryParam {
	o := objectOf(p)
	out := QueryParam{Disabled: truthy(o.get("disabled")), System: truthy(o.get("system")), Notes: notes(p)}
	if k := o.get("key"); k.Type != gjson.Null {
		s := text(k)
		out.Key = &s
	}
	if v := o.get("value"); v.Type != gjson.Null {
		s := text(v)
		out.Value = &s
	}
	return out
}

func parseHeaders(list gjson.Result) []Header {
	out := []Header{}
	for _, h := range elements(list) {
		if h.Type == gjson.Null {
			continue
		}
		o := objectOf(h)
		v := o.get("value")
		one := Header{null: v.Exists() && v.Type == gjson.Null,
			Key: text(o.get("key")), Value: headerText(v),
			Disabled: truthy(o.get("disabled")), System: truthy(o.get("system")), Notes: notes(h)}
		if !v.IsArray() {
			out = append(out, one)
			continue
		}
		for _, v := range v.Array() { // node sends a line for each
			one.Value = headerText(v)
			out = append(out, one)
		}
	}
	return out
}

// headerText is a value as JavaScript's String makes it.
func headerText(v gjson.Result) string {
	switch {
	case v.Exists() && v.Type == gjson.Null:
		return "null"
	case v.IsObject():
		return "[object Object]"
	}
	return text(v)
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
			b.Raw = new(string) // a mode nobody knows is an empty text
		}
		b.Mode = "raw"
	}
	return b
}

// parseRaw is the text of a raw body; what is no text is sent as JSON.
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

// parseURLEncoded reads the parameters of a form, which is a JavaScript object:
// its keys are texts.
func parseURLEncoded(list gjson.Result) []FormParam {
	out := parseForm(list)
	for i := range out {
		p := &out[i]
		switch p.empty.key {
		case noKey:
			p.Key = "undefined"
		case "null":
			p.Key = "null"
		}
		p.Type, p.Src, p.SrcArray, p.FileName, p.HasFileName, p.ContentType = "", nil, false, "", false, ""
		p.empty = emptyMembers{key: p.empty.key}
	}
	return out
}

// fill gives a part of form-data the texts that newman has where the document
// has none, for its key and its value.
func (p *FormParam) fill() {
	p.System = false
	if p.empty.key == noKey || p.empty.key == "null" {
		p.empty.key = ""
	}
	switch p.Value {
	case nil, vars.Undefined{}:
		p.Value = ""
	}
	if _, isText := p.Value.(string); p.Type == "file" && (!isText || p.Value == "") {
		p.Value = vars.Undefined{}
	}
}

func parseForm(list gjson.Result) []FormParam {
	out := []FormParam{}
	for _, p := range elements(list) {
		o := objectOf(p)
		name, src := o.get("fileName"), o.get("src")
		f := FormParam{Key: text(o.get("key")), Value: value(o.get("value")), Type: text(o.get("type")),
			FileName: name.Str, HasFileName: name.Type == gjson.String, ContentType: text(o.get("contentType")),
			Disabled: truthy(o.get("disabled")), System: truthy(o.get("system")), Notes: notes(p)}
		f.empty = emptyMembers{key: oddKey(o.get("key")), contentType: o.get("contentType").Raw, src: src.Raw, fileName: name.Raw}
		if !o.get("value").Exists() {
			f.Value = vars.Undefined{}
		}
		switch {
		case src.IsArray():
			f.Src, f.SrcArray = texts(src), true
		case text(src) != "":
			f.Src = []string{text(src)}
		}
		out = append(out, f)
	}
	return out
}

// WithoutContent is a file as reports show it when a request was sent: without
// its bytes, and marked where it named none.
func (f *File) WithoutContent() *File {
	return &File{Src: f.Src, Unloaded: f.Src == "" && f.Content == nil, empty: emptyMembers{src: f.empty.src}}
}

// oddKey is a key that is no text, as JSON; "" for one that is.
func oddKey(r gjson.Result) string {
	switch {
	case !r.Exists():
		return noKey
	case r.Type == gjson.String:
		return ""
	}
	return r.Raw
}

// parseFile reads a file body; a text alone names the file. nil is for none.
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

func variableText(v any) string {
	if v == nil {
		return ""
	}
	return vars.Text(v)
}

// Resolve returns a copy in which expand was applied to every string; the URL
// is joined, expanded and parsed again, so that a value may change its
// structure, as in Postman.
func (r *Request) Resolve(expand func(string) string) *Request {
	out := *r
	out.Method = expand(r.Method)
	out.URL = r.URL.resolve(expand)
	out.Header = make([]Header, len(r.Header))
	for i, h := range r.Header {
		h.Key, h.Value = expand(h.Key), expand(h.Value)
		out.Header[i] = h
	}
	out.Body = r.Body.resolve(expand)
	return &out
}

func (u URL) resolve(expand func(string) string) URL {
	out := ParseURL(expand(u.String()))
	out.Variables = nil
	for _, v := range u.Variables {
		if s, ok := v.Value.(string); ok {
			v.Value = expand(s)
		}
		out.Variables = append(out.Variables, v)
	}
	for i := range out.Variables {
		// What the text now says is literal.
		out.Variables[i].filled = true
	}
	return out
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

func resolveForm(list []FormParam, expand func(string) string) []FormParam {
	out := make([]FormParam, len(list))
	for i, p := range list {
		p.Key, p.FileName, p.ContentType = expand(p.Key), expand(p.FileName), expand(p.ContentType)
		if s, ok := p.Value.(string); ok {
			p.Value = expand(s)
		}
		src := make([]string, len(p.Src))
		for j, s := range p.Src {
			src[j] = expand(s)
		}
		p.Src = src
		out[i] = p
	}
	return out
}

// resolveJSON expands the strings inside a JSON value.
func resolveJSON(r gjson.Result, expand func(string) string) json.RawMessage {
	var b bytes.Buffer
	writeResolved(&b, r, expand)
	return b.Bytes()
}

func writeResolved(b *bytes.Buffer, r gjson.Result, expand func(string) string) {
	switch {
	case r.Type == gjson.String:
		b.Write(quoteJSON(expand(r.Str)))
	case r.IsArray() || r.IsObject():
		open, end := byte('['), byte(']')
		if r.IsObject() {
			open, end = '{', '}'
		}
		b.WriteByte(open)
		first := true
		r.ForEach(func(k, v gjson.Result) bool {
			if !first {
				b.WriteByte(',')
			}
			first = false
			if r.IsObject() {
				b.Write(quoteJSON(k.Str))
				b.WriteByte(':')
			}
			writeResolved(b, v, expand)
			return true
		})
		b.WriteByte(end)
	default:
		b.WriteString(r.Raw)
	}
}
