package sandbox

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/unicode"

	"postie/runner/script"
)

var charsetParameter = lazily(`(?i)(?:charset|encoding)\s*=\s*['"]? *([\w-]+)`)

// decoded is a response's body as text: by the charset that its Content-Type
// names, or by its byte order mark, which is left out; UTF-8 otherwise.
func decoded(r *script.Response) string {
	text := r.Body
	if e := charset(contentType(r)); e != nil {
		if t, err := e.NewDecoder().Bytes(r.Body); err == nil {
			text = t
		}
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if utf8.Valid(text) {
		return string(text)
	}
	if t, err := unicode.UTF8.NewDecoder().Bytes(text); err == nil { // it replaces what is invalid
		text = t
	}
	return string(text)
}

func contentType(r *script.Response) string {
	for i := len(r.Header) - 1; i >= 0; i-- {
		if strings.EqualFold(r.Header[i].Name, "Content-Type") {
			return r.Header[i].Value
		}
	}
	return ""
}

// charset is the encoding a Content-Type names, nil for UTF-8 and for those
// nobody knows.
func charset(contentType string) encoding.Encoding {
	if !strings.Contains(contentType, "=") { // as most often, and sooner known
		return nil
	}
	m := charsetParameter().FindStringSubmatch(contentType)
	if m == nil {
		return nil
	}
	switch name := strings.ToLower(m[1]); name {
	case "utf-8", "utf8":
		return nil
	case "utf-16", "utf16":
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	default:
		// The registered meaning comes first: browsers read latin1 as windows-1252.
		if e, err := ianaindex.IANA.Encoding(name); err == nil && e != nil {
			return e
		}
		if e, err := htmlindex.Get(name); err == nil {
			return e
		}
		return nil
	}
}
