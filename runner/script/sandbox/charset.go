package sandbox

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"postie/runner/script"
)

var charsetParameter = lazily(`(?i)(?:charset|encoding)\s*=\s*['"]? *([\w-]+)`)

// decoded returns a response's body as text. It uses the charset of
// Content-Type, or else the byte order mark, which is left out, or else UTF-8.
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
	if t, err := unicode.UTF8.NewDecoder().Bytes(text); err == nil { // replaces invalid bytes
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

// charset returns the encoding that a Content-Type names, or nil for UTF-8 and
// for unknown charsets.
func charset(contentType string) encoding.Encoding {
	if !strings.Contains(contentType, "=") { // the most frequent case, and quick to find out
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
		// The IANA registry comes first, because browsers read latin1 as
		// windows-1252.
		if e, err := ianaindex.IANA.Encoding(name); err == nil && e != nil {
			return e
		}
		if e, err := htmlindex.Get(name); err == nil {
			return e
		}
		return nil
	}
}

// encoding implements host.encoding(label). It returns the name of the web
// encoding with that label, or undefined.
func (x *execution) encoding(a arguments) (any, error) {
	e, err := htmlindex.Get(a.text(0))
	if err != nil {
		return missing, nil
	}
	name, err := htmlindex.Name(e)
	if err != nil {
		return missing, nil
	}
	return name, nil
}

// decode implements host.decode(encoding, bytes, stream, fatal). It returns the
// number of bytes at the end that begin an incomplete character of a stream, a
// space and the text. With fatal, it returns undefined when bytes are invalid.
func (x *execution) decode(a arguments) (any, error) {
	e, err := htmlindex.Get(a.text(0))
	if err != nil {
		return nil, err
	}
	data := bytesIn(a.text(1))
	text, rest := decodeIn(e, data, !a.flag(2))
	if strings.HasPrefix(a.text(0), "iso-8859-") || strings.HasPrefix(a.text(0), "windows-") {
		text = withControls(text, data)
	}
	if a.flag(3) && bytes.ContainsRune(text, utf8.RuneError) {
		// The replacement character may also be part of valid text.
		again, err := e.NewEncoder().Bytes(text)
		if err != nil || !bytes.Equal(again, data[:len(data)-rest]) {
			return missing, nil
		}
	}
	return strconv.Itoa(rest) + " " + string(text), nil
}

// decodeIn returns the text of data, and how many bytes at its end were not
// decoded: unless data is the last part, a character may be incomplete.
func decodeIn(e encoding.Encoding, data []byte, last bool) (text []byte, rest int) {
	decoder := e.NewDecoder()
	buffer := make([]byte, 4096)
	for {
		written, read, err := decoder.Transform(buffer, data, last)
		text = append(text, buffer[:written]...)
		data = data[read:]
		if !errors.Is(err, transform.ErrShortDst) {
			return text, len(data)
		}
	}
}

// withControls corrects the text of a single-byte encoding: on the web, its
// unassigned bytes from 0x80 to 0x9f are control characters.
func withControls(text, data []byte) []byte {
	runes := []rune(string(text))
	for i, b := range data {
		if i < len(runes) && runes[i] == utf8.RuneError && b >= 0x80 && b <= 0x9f {
			runes[i] = rune(b)
		}
	}
	return []byte(string(runes))
}
