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

// encoding is encoding(label): the name of an encoding that the web has under
// that label, or undefined.
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

// decode is decode(encoding, bytes, stream, fatal): the text, after the number of
// bytes at the end that begin a character of a stream. It is undefined when bytes
// must all be right and are not.
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
		// What stands for a wrong byte may also be what was written.
		again, err := e.NewEncoder().Bytes(text)
		if err != nil || !bytes.Equal(again, data[:len(data)-rest]) {
			return missing, nil
		}
	}
	return strconv.Itoa(rest) + " " + string(text), nil
}

// decodeIn is the text of data, and how many bytes at its end were left: those of
// a character that is not whole, unless they are the last.
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

// withControls is the text of bytes in an encoding of one byte a character, whose
// unassigned bytes from 0x80 to 0x9f are control characters on the web.
func withControls(text, data []byte) []byte {
	runes := []rune(string(text))
	for i, b := range data {
		if i < len(runes) && runes[i] == utf8.RuneError && b >= 0x80 && b <= 0x9f {
			runes[i] = rune(b)
		}
	}
	return []byte(string(runes))
}
