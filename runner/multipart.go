package runner

import (
	"fmt"
	"mime"
	"path"
	"strings"

	"postie/collections"
	"postie/collections/vars"
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

// userBoundary is the boundary of a multipart Content-Type the user wrote.
func userBoundary(ctype string) string {
	t, params, err := mime.ParseMediaType(ctype)
	if err != nil || !strings.HasPrefix(t, "multipart/") {
		return ""
	}
	return params["boundary"]
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
		b.add([]byte(partHead(boundary, p.Key, nil, p.ContentType) + formValue(p.Value) + "\r\n"))
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
		name := p.FileName
		if name == "" {
			name = path.Base(strings.ReplaceAll(src, `\`, "/"))
		}
		ctype := p.ContentType
		if ctype == "" {
			ctype = typeOf(name)
		}
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
		if ctype == "" {
			ctype = typeOf(p.FileName)
		}
	}
	if data == "" {
		x.warn(x.cur, x.item.ref, Warned{Kind: "file", Console: true,
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

func partHead(boundary, key string, filename *string, ctype string) string {
	var h strings.Builder
	h.WriteString("--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + key + "\"")
	if filename != nil {
		h.WriteString("; filename=\"" + *filename + "\"")
	}
	if ctype != "" {
		h.WriteString("\r\nContent-Type: " + ctype)
	}
	h.WriteString("\r\n\r\n")
	return h.String()
}

// formValue is a text part: what is no string is sent as JSON.
func formValue(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	}
	return string(vars.JSON(v))
}
