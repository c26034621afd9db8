package runner

import (
	"cmp"
	"fmt"
	"net/url"
	"path"
	"regexp"
	"strings"

	"postie/collections"
	"postie/collections/vars"
	"postie/runner/event"
)

// multipart builds a form-data body as newman's encoder writes it. Files are
// read when they are sent, so a large upload costs no memory.
func (x *execution) multipart(r *collections.Request) (*body, error) {
	b := &body{mode: "formdata"}
	boundary := userBoundary(headerOf(r.Header, "Content-Type"))
	if boundary == "" {
		b.bound = x.boundary()
		boundary, b.ctype = b.bound, "multipart/form-data; boundary="+b.bound
	}
	any := false
	for _, p := range r.Body.FormData {
		if p.Disabled {
			continue
		}
		any = true
		if err := x.field(b, boundary, p); err != nil {
			return nil, err
		}
	}
	if !any {
		return nil, nil
	}
	b.add([]byte("--" + boundary + "--\r\n"))
	return b, nil
}

var boundaryParam = regexp.MustCompile(`^multipart/form-data;.*boundary=(?:"([^"]+)"|([^;]+))`)

// userBoundary is the boundary of a form-data Content-Type the user wrote.
func userBoundary(ctype string) string {
	m := boundaryParam.FindStringSubmatch(ctype)
	if m == nil {
		return ""
	}
	return m[1] + m[2]
}

// boundary is newman's: 26 dashes and 24 digits.
func (x *execution) boundary() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return fmt.Sprintf("%s%012d%012d", strings.Repeat("-", 26), x.opts.Rand.Int64N(1e12), x.opts.Rand.Int64N(1e12))
}

// field adds the part or, for an array of files, the parts of one parameter.
func (x *execution) field(b *body, boundary string, p collections.FormParam) error {
	if p.Type != "file" {
		var name *string
		ctype := p.ContentType
		if p.FileName != "" {
			name = &p.FileName
			ctype = cmp.Or(ctype, collections.MediaType(p.FileName))
		}
		b.add([]byte(partHead(boundary, p.Key, name, ctype) + formValue(p.Value) + "\r\n"))
		return nil
	}
	if len(p.Src) == 0 {
		x.emptyFile(b, boundary, p)
		return nil
	}
	for _, src := range p.Src {
		f, err := x.open(src)
		if err != nil {
			return &fileError{place: fmt.Sprintf("form field %q", p.Key), name: src, err: err}
		}
		name := cmp.Or(p.FileName, src)
		ctype := cmp.Or(p.ContentType, collections.MediaType(src))
		b.add([]byte(partHead(boundary, p.Key, &name, ctype)))
		b.parts = append(b.parts, f)
		b.add([]byte("\r\n"))
	}
	return nil
}

// emptyFile adds a file parameter that names no file: its base64 value, or an
// empty part with an empty filename and a warning, as Postman does.
func (x *execution) emptyFile(b *body, boundary string, p collections.FormParam) {
	data, _ := p.Value.(string)
	var name *string
	ctype := p.ContentType
	if p.FileName != "" {
		name = &p.FileName
		ctype = cmp.Or(ctype, collections.MediaType(p.FileName))
	}
	if data == "" {
		x.warn(x.cur, x.item.ref, event.Warned{Kind: "file", Console: true,
			Text: fmt.Sprintf("Form param `%s`, file load error: missing file source", p.Key)})
		if name == nil {
			name = new(string)
		}
		b.add([]byte(partHead(boundary, p.Key, name, ctype) + "\r\n"))
		return
	}
	if ctype == "" {
		ctype = "application/octet-stream"
	}
	b.add([]byte(partHead(boundary, p.Key, name, ctype)))
	b.add(decodeBase64(data))
	b.add([]byte("\r\n"))
}

// oneLine keeps a name from starting a header line of its own.
var oneLine = strings.NewReplacer("\r", "%0D", "\n", "%0A")

func partHead(boundary, key string, filename *string, ctype string) string {
	var h strings.Builder
	h.WriteString("--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + oneLine.Replace(key) + "\"")
	if filename != nil {
		name := path.Base(strings.ReplaceAll(*filename, `\`, "/"))
		if *filename == "" {
			name = ""
		}
		h.WriteString("; filename=\"" + oneLine.Replace(name) + "\"")
		if strings.ContainsFunc(name, func(r rune) bool { return r > 0xff }) {
			h.WriteString("; filename*=UTF-8''" + url.PathEscape(name)) // RFC 8187
		}
	}
	if ctype != "" {
		h.WriteString("\r\nContent-Type: " + oneLine.Replace(ctype))
	}
	h.WriteString("\r\n\r\n")
	return h.String()
}

// formValue is a text part: what is no string is sent as JSON.
func formValue(v any) string {
	switch v := v.(type) {
	case nil, vars.Undefined:
		return ""
	case string:
		return v
	}
	return string(vars.JSON(v))
}
