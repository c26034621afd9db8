package collections

import (
	"bytes"
	"cmp"
	"encoding/json"
	"strings"

	"github.com/tidwall/gjson"

	"postie/collections/vars"
)

// A Request is a request as the document or a script defines it.
type Request struct {
	Method      string
	URL         URL
	Header      []Header
	Body        *Body // nil for none
	Auth        *Auth // the request's own auth, before inheritance
	Certificate json.RawMessage
	Proxy       json.RawMessage
	Description *string // nil for none

	described descriptionNote
	emptyAuth bool // the document has an empty auth
}

// A descriptionNote is what a description has besides its text.
type descriptionNote struct {
	mediaType string // "" for text/plain
	null      bool   // the description is null
}

// Notes are members of an entry that do not change what is sent, as JSON text:
// an id, a name, a description, and disabled when it is false. Reports print
// them before the key.
type Notes string

// notes returns the notes of an entry.
func notes(o object) Notes {
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

// printDescription writes a description. One that is null has a type all the
// same, as in newman.
func printDescription(b *bytes.Buffer, r gjson.Result) {
	content := r
	if r.IsObject() {
		content = lookup(r, "content")
	}
	b.WriteString(`"description":{`)
	if content.Exists() && r.Type != gjson.Null {
		b.WriteString(`"content":`)
		writeText(b, text(content))
		b.WriteByte(',')
	}
	b.WriteString(`"type":`)
	writeText(b, cmp.Or(text(lookup(r, "type")), "text/plain"))
	b.WriteByte('}')
}

// ParseRequest reads a request in collection form, as pm.sendRequest and a
// script's changed pm.request give it: any liberal form is taken.
func ParseRequest(src []byte) (*Request, error) {
	if !json.Valid(src) {
		return nil, &ParseError{File: "request", Text: "not valid JSON"}
	}
	c := &canonicaliser{}
	c.request(gjson.ParseBytes(src))
	return parseRequest(gjson.ParseBytes(c.out.Bytes())), nil
}

// method is in upper case, and GET when there is none.
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
	if v := o.get("description"); v.Exists() { // unlike in an item, an empty description counts
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

// objectOrNull returns the text of an object or of null, and nil for any other
// value.
func objectOrNull(r gjson.Result) json.RawMessage {
	if r.IsObject() || r.Exists() && r.Type == gjson.Null {
		return json.RawMessage(r.Raw)
	}
	return nil
}

func variableText(v any) string {
	if v == nil {
		return ""
	}
	return vars.Text(v)
}

// Resolve returns a copy in which expand was applied to every string. The URL
// is joined, expanded and parsed again, because a value may change its
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

// resolveJSON expands the strings inside a JSON value.
func resolveJSON(r gjson.Result, expand func(string) string) json.RawMessage {
	var b bytes.Buffer
	writeResolved(&b, r, expand)
	return b.Bytes()
}

func writeResolved(b *bytes.Buffer, r gjson.Result, expand func(string) string) {
	switch {
	case r.Type == gjson.String:
		writeText(b, expand(r.Str))
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
				writeText(b, k.Str)
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
