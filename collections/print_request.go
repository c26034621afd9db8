package collections

import (
	"bytes"
	"cmp"
	"encoding/json"

	"postie/collections/vars"
)

// JSON returns the request as Postman's SDK prints it in reports.
func (r *Request) JSON() json.RawMessage {
	var b bytes.Buffer
	r.print(&b)
	return b.Bytes()
}

func (r *Request) print(b *bytes.Buffer) {
	b.WriteByte('{')
	r.printDescription(b)
	b.WriteString(`"url":`)
	r.URL.print(b)
	if len(r.Header) > 0 { // an empty list is left out
		b.WriteString(`,"header":[`)
		for i, h := range r.Header {
			if i > 0 {
				b.WriteByte(',')
			}
			h.print(b)
		}
		b.WriteByte(']')
	}
	b.WriteString(`,"method":`)
	writeText(b, r.Method)
	if r.Body != nil {
		b.WriteString(`,"body":`)
		r.Body.print(b)
	}
	switch {
	case r.Auth != nil:
		b.WriteString(`,"auth":`)
		r.Auth.print(b)
	case r.emptyAuth:
		b.WriteString(`,"auth":{}`)
	}
	if r.Certificate != nil {
		b.WriteString(`,"certificate":`)
		printCertificate(b, r.Certificate)
	}
	if r.Proxy != nil {
		b.WriteString(`,"proxy":`)
		printProxy(b, r.Proxy)
	}
	b.WriteByte('}')
}

func (r *Request) printDescription(b *bytes.Buffer) {
	if r.Description == nil {
		return
	}
	b.WriteString(`"description":{`)
	if !r.described.null || *r.Description != "" {
		b.WriteString(`"content":`)
		writeText(b, *r.Description)
		b.WriteByte(',')
	}
	b.WriteString(`"type":`)
	writeText(b, cmp.Or(r.described.mediaType, "text/plain"))
	b.WriteString(`},`)
}

func (h Header) print(b *bytes.Buffer) {
	b.WriteByte('{')
	if h.Disabled {
		b.WriteString(`"disabled":true,`)
	}
	b.WriteString(string(h.Notes))
	b.WriteString(`"key":`)
	b.Write(h.key.print(h.Key))
	b.WriteString(`,"value":`)
	b.Write(h.value.print(h.Value))
	if h.System {
		b.WriteString(`,"system":true`)
	}
	b.WriteByte('}')
}

// print writes the parts of a URL. The members query and variable are always
// written.
func (u URL) print(b *bytes.Buffer) {
	var parts bytes.Buffer
	u.members(&parts)
	if u.Query == nil {
		parts.WriteString(`,"query":[]`)
	}
	parts.WriteString(`,"variable":`)
	u.printVariables(&parts)
	b.WriteByte('{')
	b.Write(parts.Bytes()[1:])
	b.WriteByte('}')
}

func (u URL) printVariables(b *bytes.Buffer) {
	b.WriteByte('[')
	for i, v := range u.Variables {
		if i > 0 {
			b.WriteByte(',')
		}
		v.print(b)
	}
	b.WriteByte(']')
}

func (v PathVariable) print(b *bytes.Buffer) {
	b.WriteByte('{')
	b.WriteString(string(v.Notes))
	b.Write(vars.Variable{Key: v.Key, Value: v.Value, Type: v.Type, Disabled: v.Disabled}.Members())
	b.WriteByte('}')
}

func (a *Auth) print(b *bytes.Buffer) {
	b.WriteString(`{"type":`)
	writeText(b, a.Type)
	b.WriteByte(',')
	writeText(b, a.Type)
	b.WriteString(`:[`)
	for i, p := range a.Params {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`{` + string(p.Notes) + `"type":`)
		writeText(b, cmp.Or(p.Type, "any"))
		b.WriteString(`,"value":`)
		b.Write(vars.JSON(p.Value))
		b.WriteString(`,"key":`)
		writeText(b, p.Key)
		b.WriteByte('}')
	}
	b.WriteString(`]}`)
}

func (body *Body) print(b *bytes.Buffer) {
	if body.Mode == "" {
		b.WriteString(`{}`)
		return
	}
	b.WriteString(`{"mode":`)
	writeText(b, body.Mode)
	switch {
	case body.Mode == "raw":
		b.WriteString(`,"raw":`)
		body.printRaw(b)
	case body.Mode == "urlencoded":
		b.WriteString(`,"urlencoded":`)
		printForm(b, body.URLEncoded)
	case body.Mode == "formdata":
		b.WriteString(`,"formdata":`)
		printForm(b, body.FormData)
	case body.Mode == "file" && !body.noFile:
		b.WriteString(`,"file":`)
		body.File.print(b)
	case body.Mode == "graphql":
		b.WriteString(`,"graphql":`)
		b.WriteString(cmp.Or(string(body.GraphQL), "{}"))
	}
	if body.Options != nil {
		b.WriteString(`,"options":`)
		b.Write(body.Options)
	}
	switch {
	case body.Disabled:
		b.WriteString(`,"disabled":true`)
	case body.enabled != "":
		b.WriteString(`,"disabled":` + body.enabled)
	}
	b.WriteByte('}')
}

// printRaw writes the text of a body. When the document has another value in
// its place, that value is written as long as it was not changed.
func (body *Body) printRaw(b *bytes.Buffer) {
	switch {
	case body.Raw == nil:
		b.WriteString(`""`)
	case body.RawJSON && json.Valid([]byte(*body.Raw)):
		b.WriteString(*body.Raw)
	default:
		writeText(b, *body.Raw)
	}
}

func (f *File) print(b *bytes.Buffer) {
	if f == nil {
		b.WriteString("null")
		return
	}
	m := members{b: b}
	m.text("src", f.Src, f.empty.src)
	if f.Content != nil {
		m.add("content", quoteJSON(*f.Content))
	} else if f.empty.content == "null" {
		m.add("content", []byte("null"))
	}
	if f.Unloaded {
		m.add("value", []byte("null"))
	}
	m.end()
}

func printForm(b *bytes.Buffer, list []FormParam) {
	b.WriteByte('[')
	for i, p := range list {
		if i > 0 {
			b.WriteByte(',')
		}
		p.print(b)
	}
	b.WriteByte(']')
}

func (p FormParam) print(b *bytes.Buffer) {
	m := members{b: b}
	if p.Disabled {
		m.add("disabled", []byte("true"))
	}
	m.notes(p.Notes)
	switch p.empty.key {
	case "":
		m.add("key", quoteJSON(p.Key))
	case noKey:
	default:
		m.add("key", []byte(p.empty.key))
	}
	if _, none := p.Value.(vars.Undefined); !none && (p.Value != nil || p.Type != "file") {
		m.add("value", vars.JSON(p.Value))
	}
	m.text("type", p.Type, "")
	switch {
	case p.SrcArray:
		m.add("src", listJSON(p.Src))
	case len(p.Src) > 0:
		m.add("src", quoteJSON(p.Src[0]))
	case p.empty.src != "":
		m.add("src", []byte(p.empty.src))
	}
	m.text("contentType", p.ContentType, p.empty.contentType)
	if p.HasFileName {
		m.add("fileName", quoteJSON(p.FileName))
	} else {
		m.text("fileName", p.FileName, p.empty.fileName)
	}
	if p.System {
		m.add("system", []byte("true"))
	}
	m.end()
}
