package runner

import (
	"bytes"
	"encoding/base64"
	"io"
	"io/fs"
	"path"
	"strings"

	"postie/collections"
	"postie/runner/event"
	"postie/runner/transport"
)

// previewSize bounds what reports keep of a request body.
const previewSize = 1 << 20

// A body is what a request sends: parts in memory or in files.
type body struct {
	mode  string
	parts []part
	ctype string // for raw, graphql, file: when the user gave none; for forms: always
	bound string
	json  bool // raw text that newman takes for JSON
}

// A part is a run of bytes: in memory, or a file opened when it is sent.
type part struct {
	data []byte
	file string
	fsys fs.FS
	size int64
}

func (b *body) add(data []byte) { b.parts = append(b.parts, part{data: data, size: int64(len(data))}) }

// size is the number of bytes sent.
func (b *body) size() int64 {
	if b == nil {
		return 0
	}
	var n int64
	for _, p := range b.parts {
		n += p.size
	}
	return n
}

// stream is the body for the transport; nil for none.
func (b *body) stream() *transport.Body {
	if b == nil {
		return nil
	}
	if len(b.parts) == 1 && b.parts[0].file == "" && b.mode != "formdata" {
		return transport.BytesBody(b.parts[0].data)
	}
	return &transport.Body{Len: b.size(), Late: b.mode == "formdata" || b.mode == "file", Open: func() (io.ReadCloser, error) { return &partReader{parts: b.parts}, nil }}
}

// preview is what reports keep: the bytes when all of them are in memory.
func (b *body) preview() []byte {
	if b == nil || b.size() > previewSize {
		return nil
	}
	var out []byte
	for _, p := range b.parts {
		if p.file != "" {
			return nil
		}
		out = append(out, p.data...)
	}
	return out
}

// defaultType is the Content-Type that raw and graphql bodies get before the
// system headers when the user gave none.
func (b *body) defaultType() string {
	if b == nil || b.mode != "raw" && b.mode != "graphql" {
		return ""
	}
	return b.ctype
}

// lateType is the Content-Type that comes last, or in place of the user's;
// "" leaves the header as it is. Forms insist on theirs.
func (b *body) lateType(h transport.Header) string {
	if b == nil {
		return ""
	}
	user := strings.ToLower(h.Get("Content-Type"))
	switch b.mode {
	case "file":
		if h.Has("Content-Type") {
			return ""
		}
		return b.ctype
	case "urlencoded":
		if strings.HasPrefix(user, b.ctype) {
			return ""
		}
		return b.ctype
	case "formdata":
		if b.bound != "" {
			return b.ctype
		}
	}
	return ""
}

// reported is a request's body as reports show it: without the comments that
// were stripped, each file of a form on its own.
func (b *body) reported(as *collections.Body) *collections.Body {
	if b == nil || as == nil {
		return as
	}
	out := *as
	switch b.mode {
	case "raw":
		raw := string(b.parts[0].data)
		out.Raw = &raw
	case "formdata":
		out.FormData = nil
		for _, p := range as.FormData {
			if p.Type != "file" || !p.SrcArray || len(p.Src) == 0 {
				out.FormData = append(out.FormData, p)
				continue
			}
			for _, src := range p.Src {
				one := p
				one.Src, one.SrcArray = []string{src}, false
				out.FormData = append(out.FormData, one)
			}
		}
	}
	return &out
}

// A partReader reads the parts one after the other, one file open at a time.
type partReader struct {
	parts []part
	cur   io.Reader
	file  fs.File
}

func (r *partReader) Read(p []byte) (int, error) {
	for {
		if r.cur == nil {
			if len(r.parts) == 0 {
				return 0, io.EOF
			}
			if err := r.next(); err != nil {
				return 0, err
			}
		}
		n, err := r.cur.Read(p)
		if err == io.EOF {
			r.cur, err = nil, r.Close()
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

func (r *partReader) next() error {
	p := r.parts[0]
	r.parts = r.parts[1:]
	if p.file == "" {
		r.cur = bytes.NewReader(p.data)
		return nil
	}
	f, err := p.fsys.Open(p.file)
	if err != nil {
		return err
	}
	// Never more than was announced, should the file have grown.
	r.file, r.cur = f, io.LimitReader(f, p.size)
	return nil
}

func (r *partReader) Close() error {
	if r.file == nil {
		return nil
	}
	f := r.file
	r.file = nil
	return f.Close()
}

// pruned are the methods Postman sends without a body.
func pruned(method string) bool {
	switch strings.ToUpper(method) {
	case "GET", "COPY", "HEAD", "PURGE", "UNLOCK":
		return true
	}
	return false
}

// body makes the bytes of a request's body; nil when none is sent.
func (x *execution) body(o *outgoing) (*body, error) {
	b := o.request.Body
	if b == nil || b.Disabled || (pruned(o.request.Method) && !is(o.profile.DisableBodyPruning)) {
		return nil, nil
	}
	switch b.Mode {
	case "raw":
		return rawBody(o.request), nil
	case "urlencoded":
		return formBody(b.URLEncoded), nil
	case "formdata":
		return x.multipart(o.request)
	case "graphql":
		return graphQLBody(b), nil
	case "file":
		return x.fileBody(b.File)
	}
	return nil, nil
}

func rawBody(r *collections.Request) *body {
	if r.Body.Raw == nil || *r.Body.Raw == "" {
		return nil
	}
	text, ctype := r.RawText()
	b := &body{mode: "raw", ctype: ctype, json: r.SendsJSON()}
	b.add([]byte(text))
	return b
}

func headerOf(list []collections.Header, name string) string {
	for i := len(list) - 1; i >= 0; i-- {
		if !list[i].Disabled && strings.EqualFold(list[i].Key, name) {
			return list[i].Value
		}
	}
	return ""
}

// formBody is node's querystring encoding: duplicates stand at the first's
// place; a missing value is empty.
func formBody(params []collections.FormParam) *body {
	var keys []string
	values := map[string][]string{}
	for _, p := range params {
		if p.Disabled {
			continue
		}
		if _, ok := values[p.Key]; !ok {
			keys = append(keys, p.Key)
		}
		values[p.Key] = append(values[p.Key], p.Texts()...)
	}
	if len(keys) == 0 {
		return nil
	}
	var out []byte
	for _, k := range keys {
		for _, v := range values[k] {
			if len(out) > 0 {
				out = append(out, '&')
			}
			out = appendFormEscape(out, k)
			out = append(out, '=')
			out = appendFormEscape(out, v)
		}
	}
	b := &body{mode: "urlencoded", ctype: "application/x-www-form-urlencoded"}
	b.add(out)
	return b
}

func appendFormEscape(out []byte, s string) []byte {
	const hex = "0123456789ABCDEF"
	for i := range len(s) {
		c := s[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-_.~", c) >= 0 {
			out = append(out, c)
			continue
		}
		out = append(out, '%', hex[c>>4], hex[c&15])
	}
	return out
}

func graphQLBody(as *collections.Body) *body {
	b := &body{mode: "graphql", ctype: "application/json"}
	b.add([]byte(as.GraphQLText()))
	return b
}

func (x *execution) fileBody(f *collections.File) (*body, error) {
	if f == nil {
		return nil, nil
	}
	b := &body{mode: "file"}
	if f.Src == "" && f.Content != nil {
		b.add(decodeBase64(*f.Content))
		return b, nil
	}
	if f.Src == "" {
		x.warn(x.cur, x.item.ref, event.Warned{Kind: "file", Console: true, Text: "Binary file load error: invalid or missing file source"})
		return nil, nil
	}
	p, err := x.open(f.Src)
	if err != nil {
		return nil, &fileError{place: "file body", name: f.Src, err: err}
	}
	b.parts, b.ctype = []part{p}, collections.MediaType(f.Src)
	return b, nil
}

// decodeBase64 is node's lenient decoder: what is no base64 is skipped.
func decodeBase64(s string) []byte {
	clean := strings.Map(func(r rune) rune {
		switch {
		case r == '-':
			return '+'
		case r == '_':
			return '/'
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '+', r == '/':
			return r
		}
		return -1
	}, s)
	out, _ := base64.RawStdEncoding.DecodeString(clean) // a torn end keeps what came before
	return out
}

// open finds a file and its size.
func (x *execution) open(name string) (part, error) {
	if x.opts.Files == nil {
		return part{}, fs.ErrPermission
	}
	name = path.Clean(strings.ReplaceAll(name, `\`, "/"))
	info, err := fs.Stat(x.opts.Files, name)
	if err != nil {
		return part{}, err
	}
	if !info.Mode().IsRegular() {
		return part{}, errNotFile
	}
	return part{file: name, fsys: x.opts.Files, size: info.Size()}, nil
}
