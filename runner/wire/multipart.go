package wire

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"net/url"
	"path"
	"strings"

	"postie/collections"
	"postie/collections/regex"
	"postie/collections/vars"
)

// multipart builds a form-data body as newman's encoder writes it. Files are
// read when they are sent, so a large upload costs no memory.
func (b *builder) multipart() (*body, error) {
	out := &body{mode: "formdata"}
	boundary := userBoundary(headerOf(b.request.Header, "Content-Type"))
	if boundary == "" {
		out.bound = b.defaults.Boundary()
		boundary, out.ctype = out.bound, "multipart/form-data; boundary="+out.bound
	}
	any := false
	for _, p := range b.request.Body.FormData {
		if p.Disabled {
			continue
		}
		any = true
		if err := b.field(out, boundary, p); err != nil {
			return nil, err
		}
	}
	if !any {
		return nil, nil
	}
	out.add([]byte("--" + boundary + "--\r\n"))
	return out, nil
}

var boundaryParam = regex.Lazy(`^multipart/form-data;.*boundary=(?:"([^"]+)"|([^;]+))`)

// userBoundary is the boundary of a form-data Content-Type the user wrote.
func userBoundary(ctype string) string {
	m := boundaryParam().FindStringSubmatch(ctype)
	if m == nil {
		return ""
	}
	return m[1] + m[2]
}

// NewBoundary is newman's: 26 dashes and 24 digits.
func NewBoundary(rng *rand.Rand) string {
	return fmt.Sprintf("%s%012d%012d", strings.Repeat("-", 26), rng.Int64N(1e12), rng.Int64N(1e12))
}

// field adds the part or, for an array of files, the parts of one parameter.
func (b *builder) field(out *body, boundary string, p collections.FormParam) error {
	if p.Type != "file" {
		var name *string
		ctype := p.ContentType
		if p.FileName != "" || p.HasFileName {
			name = &p.FileName
			ctype = cmp.Or(ctype, collections.NamedMediaType(p.FileName))
		}
		out.add([]byte(partHead(boundary, p.Key, name, ctype) + formValue(p.Value) + "\r\n"))
		return nil
	}
	if len(p.Src) == 0 {
		b.emptyFile(out, boundary, p)
		return nil
	}
	for _, src := range p.Src {
		f, err := b.open(src)
		if err != nil {
			return &FileError{Place: fmt.Sprintf("form field %q", p.Key), Name: src, Err: err}
		}
		name := p.FileName
		if name == "" && !p.HasFileName {
			name = strings.ReplaceAll(src, `\`, "/") // a path, perhaps of Windows
		}
		ctype := cmp.Or(p.ContentType, collections.MediaType(src, p.FileName))
		out.add([]byte(partHead(boundary, p.Key, &name, ctype)))
		out.parts = append(out.parts, f)
		out.add([]byte("\r\n"))
	}
	return nil
}

// emptyFile adds a file parameter that names no file: its base64 value, or an
// empty part with an empty filename and a warning, as Postman does.
func (b *builder) emptyFile(out *body, boundary string, p collections.FormParam) {
	data, _ := p.Value.(string)
	var name *string
	ctype := p.ContentType
	if p.FileName != "" || p.HasFileName {
		name = &p.FileName
		ctype = cmp.Or(ctype, collections.NamedMediaType(p.FileName))
	}
	if data == "" {
		b.warn(fmt.Sprintf("Form param `%s`, file load error: missing file source", p.Key))
		if name == nil {
			name = new(string)
		}
		out.add([]byte(partHead(boundary, p.Key, name, ctype) + "\r\n"))
		return
	}
	if ctype == "" {
		ctype = "application/octet-stream"
	}
	out.add([]byte(partHead(boundary, p.Key, name, ctype)))
	out.add(decodeBase64(data))
	out.add([]byte("\r\n"))
}

// oneLine keeps a name from starting a header line of its own.
var oneLine = strings.NewReplacer("\r", "%0D", "\n", "%0A")

func partHead(boundary, key string, filename *string, ctype string) string {
	var h strings.Builder
	h.WriteString("--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + oneLine.Replace(key) + "\"")
	if filename != nil {
		name := path.Base(*filename)
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
