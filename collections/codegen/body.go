package codegen

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"postie/collections"
	"postie/collections/regex"
	"postie/collections/vars"
)

// A body is text, bytes, a file, a form or parts. kind is "" when there is no
// body.
type body struct {
	kind     string // text, bytes, form, multipart, file
	text     text
	base64   string // of bytes
	file     text
	form     []field
	parts    []formPart
	boundary string
}

// A formPart is a part of a multipart body.
type formPart struct {
	name, value text // value is a path when file
	file        bool
	base64      bool  // value is base64
	filename    *text // nil: no type
	contentType string
}

// A segment is a piece of a body: text, the content of a file, or bytes.
type segment struct {
	text   text
	file   text
	base64 string
}

func (s segment) isText() bool { return s.file == nil && s.base64 == "" }

// bodyless are the methods that Postman sends without a body.
var bodyless = []string{"GET", "COPY", "HEAD", "PURGE", "UNLOCK"}

func (c *call) addBody(r *collections.Request, p collections.Profile) {
	c.drop("Content-Length") // the program computes the length itself
	b := r.Body
	if b == nil || b.Disabled || slices.Contains(bodyless, r.Method) && (p.DisableBodyPruning == nil || !*p.DisableBodyPruning) {
		return
	}
	addType := func(contentType string) {
		if _, ok := c.header("Content-Type"); !ok && !p.DisabledSystemHeaders["content-type"] {
			c.set("Content-Type", text{{literal: contentType}})
		}
	}
	switch b.Mode {
	case "raw":
		if s, contentType := r.RawText(); b.Raw != nil && *b.Raw != "" {
			c.body = body{kind: "text", text: c.split(s)}
			addType(contentType)
		}
	case "graphql":
		c.body = body{kind: "text", text: c.split(b.GraphQLText())}
		addType("application/json")
	case "urlencoded":
		c.formBody(b.URLEncoded, addType)
	case "formdata":
		c.multipartBody(r)
	case "file":
		c.fileBody(b.File, addType)
	}
}

func (c *call) fileBody(f *collections.File, addType func(string)) {
	switch {
	case f == nil:
	case f.Src != "":
		c.body = body{kind: "file", file: c.split(filePath(f.Src))}
		addType(collections.MediaType(f.Src, ""))
	case f.Content != nil:
		c.body = body{kind: "bytes", base64: strictBase64(*f.Content)}
	}
}

// filePath returns a path as collections write it, in which backslashes
// separate folders on Windows.
func filePath(s string) string { return strings.ReplaceAll(s, `\`, "/") }

const formType = "application/x-www-form-urlencoded"

// formBody returns a form. Fields of one name are together, as in node.
func (c *call) formBody(list []collections.FormParam, addType func(string)) {
	var keys []string
	values := map[string][]string{}
	for _, p := range list {
		if p.Disabled {
			continue
		}
		if _, ok := values[p.Key]; !ok {
			keys = append(keys, p.Key)
		}
		values[p.Key] = append(values[p.Key], p.Texts()...)
	}
	for _, key := range keys {
		for _, v := range values[key] {
			c.body.form = append(c.body.form, field{name: c.split(key), value: c.split(v)})
		}
	}
	if len(c.body.form) == 0 {
		return
	}
	c.body.kind = "form"
	if t, ok := c.header("Content-Type"); ok && !strings.HasPrefix(strings.ToLower(t.String()), formType) {
		c.drop("Content-Type") // a form always has its own Content-Type
	}
	addType(formType)
}

var boundaryParam = regex.Lazy(`^multipart/form-data;.*boundary=(?:"([^"]+)"|([^;]+))`)

func (c *call) multipartBody(r *collections.Request) {
	for _, p := range r.Body.FormData {
		if !p.Disabled {
			c.addPart(p)
		}
	}
	if len(c.body.parts) == 0 {
		return
	}
	c.body.kind = "multipart"
	if t, ok := c.header("Content-Type"); ok {
		if m := boundaryParam().FindStringSubmatch(t.String()); m != nil {
			c.body.boundary = m[1] + m[2]
			return
		}
	}
	c.body.boundary = c.boundary()
	c.set("Content-Type", text{{literal: "multipart/form-data; boundary=" + c.body.boundary}})
}

// boundary returns a boundary that does not occur in the texts of the parts.
func (c *call) boundary() string {
	h := sha256.New()
	for _, p := range c.body.parts {
		fmt.Fprintln(h, p.name.String(), p.value.String())
	}
	return strings.Repeat("-", 26) + hex.EncodeToString(h.Sum(nil))[:24]
}

// addPart adds the parts of a form parameter: one, or one for each of its
// files.
func (c *call) addPart(p collections.FormParam) {
	named := func(s string) *text {
		t := c.split(baseName(s))
		return &t
	}
	part := formPart{name: c.split(p.Key), contentType: p.ContentType}
	if p.FileName != "" {
		part.filename = named(p.FileName)
		if part.contentType == "" {
			part.contentType = collections.NamedMediaType(p.FileName)
		}
	}
	if p.Type != "file" {
		part.value = c.split(partText(p.Value))
		c.body.parts = append(c.body.parts, part)
		return
	}
	if len(p.Src) == 0 {
		c.namelessFile(part, p)
	}
	for _, src := range p.Src {
		one := part
		one.file, one.value = true, c.split(filePath(src))
		if one.filename == nil {
			one.filename = named(src)
		}
		if one.contentType = p.ContentType; one.contentType == "" {
			one.contentType = collections.MediaType(src, p.FileName)
		}
		c.body.parts = append(c.body.parts, one)
	}
}

// namelessFile adds a file parameter that names no file: its base64 value, or
// nothing.
func (c *call) namelessFile(part formPart, p collections.FormParam) {
	data, _ := p.Value.(string)
	if data == "" {
		c.note("the file of %q is not named: the part is empty", p.Key)
		if part.filename == nil {
			part.filename = &text{}
		}
	} else {
		part.base64 = true
		if part.contentType == "" {
			part.contentType = "application/octet-stream"
		}
	}
	part.value = text{{literal: strictBase64(data)}}
	c.body.parts = append(c.body.parts, part)
}

// strictBase64 returns base64 that every decoder reads. node skips characters
// that are not base64.
func strictBase64(s string) string {
	clean := strings.Map(func(r rune) rune {
		switch {
		case r == '-':
			return '+'
		case r == '_':
			return '/'
		case r < 0x80 && (r == '+' || r == '/' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z'):
			return r
		}
		return -1
	}, s)
	out, _ := base64.RawStdEncoding.DecodeString(clean) // when the end is incomplete, node keeps what came before
	return base64.StdEncoding.EncodeToString(out)
}

func baseName(s string) string {
	if s == "" {
		return ""
	}
	return path.Base(filePath(s))
}

// partText returns the content of a text part. A value that is not a string is
// sent as JSON.
func partText(v any) string {
	switch v := v.(type) {
	case nil, vars.Undefined:
		return ""
	case string:
		return v
	}
	return string(vars.JSON(v))
}

// oneLineName removes line ends from a name, so that it cannot add a header.
var oneLineName = strings.NewReplacer("\r", "%0D", "\n", "%0A")

// head returns the header of a part, as a run writes it.
func (p formPart) head(boundary string) text {
	named := func(t text) text {
		out := slices.Clone(t)
		for i := range out {
			out[i].literal = oneLineName.Replace(out[i].literal)
		}
		return out
	}
	t := slices.Concat(text{{literal: "--" + boundary + "\r\nContent-Disposition: form-data; name=\""}}, named(p.name), text{{literal: `"`}})
	if p.filename != nil {
		t = slices.Concat(t, text{{literal: `; filename="`}}, named(*p.filename), text{{literal: `"`}})
		if name := p.filename.String(); strings.ContainsFunc(name, func(r rune) bool { return r > 0xff }) {
			t = append(t, piece{literal: "; filename*=UTF-8''" + url.PathEscape(name)}) // RFC 8187
		}
	}
	if p.contentType != "" {
		t = append(t, piece{literal: "\r\nContent-Type: " + oneLineName.Replace(p.contentType)})
	}
	return append(t, piece{literal: "\r\n\r\n"})
}

// segments returns the bytes of the body, piece by piece; nil for no body.
func (c *call) segments() []segment {
	switch c.body.kind {
	case "text":
		return []segment{{text: c.body.text}}
	case "form":
		return []segment{{text: c.formText()}}
	case "bytes":
		return []segment{{base64: c.body.base64}}
	case "file":
		return []segment{{file: c.body.file}}
	case "multipart":
		return c.multipartSegments()
	}
	return nil
}

func (c *call) multipartSegments() (out []segment) {
	var before text
	for _, p := range c.body.parts {
		before = append(before, p.head(c.body.boundary)...)
		switch {
		case p.file:
			out = append(out, segment{text: merged(before)}, segment{file: p.value})
			before = nil
		case p.base64:
			out = append(out, segment{text: merged(before)}, segment{base64: p.value.String()})
			before = nil
		default:
			before = append(before, p.value...)
		}
		before = append(before, piece{literal: "\r\n"})
	}
	return append(out, segment{text: merged(append(before, piece{literal: "--" + c.body.boundary + "--\r\n"}))})
}

// formText returns a form as one text. Its literals are encoded already; its
// parameters must be encoded by the program.
func (c *call) formText() text {
	var out text
	for i, f := range c.body.form {
		if i > 0 {
			out = append(out, piece{literal: "&"})
		}
		out = append(out, encoded(f.name)...)
		out = append(out, piece{literal: "="})
		out = append(out, encoded(f.value)...)
	}
	return merged(out)
}

func encoded(t text) text {
	var out text
	for _, p := range t {
		if p.param != nil {
			out = append(out, piece{fn: "urlencode", inner: text{p}})
		} else {
			out = append(out, piece{literal: escapeForm(p.literal)})
		}
	}
	return out
}

func escapeForm(s string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-_.~", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
