package wire

import (
	"encoding/base64"
	"io"
	"io/fs"
	"net/url"
	"path"
	"slices"
	"strings"

	"postie/collections"
)

// pruned are the methods Postman sends without a body.
func pruned(method string) bool {
	switch strings.ToUpper(method) {
	case "GET", "COPY", "HEAD", "PURGE", "UNLOCK":
		return true
	}
	return false
}

// makeBody makes the bytes of a request's body; nil when none is sent.
func (b *builder) makeBody() (*body, error) {
	as := b.request.Body
	if as == nil || as.Disabled || (pruned(b.request.Method) && !is(b.profile.DisableBodyPruning)) {
		return nil, nil
	}
	switch as.Mode {
	case "raw":
		return rawBody(b.request), nil
	case "urlencoded":
		return formBody(as.URLEncoded), nil
	case "formdata":
		return b.multipart()
	case "graphql":
		return graphQLBody(as), nil
	case "file":
		return b.fileBody(as.File)
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

const formType = "application/x-www-form-urlencoded"

// formBody is node's querystring encoding: duplicates go to the
// place of the first; a missing value is empty.
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
	b := &body{mode: "urlencoded", ctype: formType}
	b.add(out)
	return b
}

// takeForm takes in a form to which the auth scheme added parameters.
func (b *builder) takeForm() {
	src, err := b.Wire.Body.Open()
	if err != nil {
		return // sending it will say so
	}
	defer src.Close()
	text, err := io.ReadAll(src)
	if err != nil {
		return // as above
	}
	var had []string
	if b.body != nil {
		had = strings.Split(string(b.body.parts[0].data), "&")
	}
	b.body = &body{mode: "urlencoded", ctype: formType}
	b.body.add(text)
	for pair := range strings.SplitSeq(string(text), "&") {
		if slices.Contains(had, pair) {
			continue
		}
		key, value, _ := strings.Cut(pair, "=")
		b.body.added = append(b.body.added, collections.FormParam{Key: unescape(key), Value: unescape(value), System: true})
	}
}

func unescape(s string) string {
	if out, err := url.QueryUnescape(s); err == nil {
		return out
	}
	return s
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

func (b *builder) fileBody(f *collections.File) (*body, error) {
	if f == nil {
		return nil, nil
	}
	out := &body{mode: "file"}
	if f.Src == "" && f.Content != nil {
		out.add(decodeBase64(*f.Content))
		return out, nil
	}
	if f.Src == "" {
		b.warn("Binary file load error: invalid or missing file source")
		return nil, nil
	}
	p, err := b.open(f.Src)
	if err != nil {
		return nil, &FileError{Place: "file body", Name: f.Src, Err: err}
	}
	out.parts, out.ctype = []part{p}, collections.MediaType(f.Src, "")
	return out, nil
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
func (b *builder) open(name string) (part, error) {
	files := b.defaults.Files
	if files == nil {
		return part{}, fs.ErrPermission
	}
	name = path.Clean(strings.ReplaceAll(name, `\`, "/"))
	info, err := fs.Stat(files, name)
	if err != nil {
		return part{}, err
	}
	if !info.Mode().IsRegular() {
		return part{}, errNotFile
	}
	return part{file: name, fsys: files, size: info.Size()}, nil
}
