package wire

import (
	"io"
	"io/fs"
	"slices"
	"strings"

	"postie/collections"
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

	added []collections.FormParam // by the auth scheme
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
	case "urlencoded":
		out.URLEncoded = slices.Concat(as.URLEncoded, b.added)
	case "formdata":
		out.FormData = nil
		for _, p := range as.FormData {
			if isFile(p) && len(p.Src) == 0 && !p.Disabled {
				text, _ := p.Value.(string)
				p.HasFileName = p.HasFileName || text == "" // as newman names what it did not find
			}
			if !isFile(p) || !p.SrcArray || len(p.Src) == 0 {
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
