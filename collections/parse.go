package collections

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"postie/collections/regex"
)

// maxDepth is the deepest nesting of brackets that is read. Real collections
// stay below a hundred.
const maxDepth = 2000

// document checks that src is JSON text and returns it as UTF-8 without a
// byte order mark.
func document(name string, src []byte) ([]byte, error) {
	src = decodeText(src)
	trimmed := bytes.TrimSpace(src)
	if len(trimmed) == 0 {
		return nil, &ParseError{File: name, Line: 1, Col: 1, Text: "the file is empty"}
	}
	if at := tooDeep(src); at >= 0 {
		return nil, errorAt(name, src, at, fmt.Sprintf("nested deeper than %d levels", maxDepth))
	}
	if !gjson.ValidBytes(src) {
		if what := Foreign(src); what != "" {
			return nil, &ParseError{File: name, Line: 1, Col: 1, Text: what}
		}
		return nil, syntaxError(name, src)
	}
	return src, nil
}

// decodeText turns UTF-8 with a mark, UTF-16 and Latin-1 into UTF-8.
func decodeText(src []byte) []byte {
	if src = UTF8(src); !utf8.Valid(src) {
		return fromLatin1(src)
	}
	return src
}

// UTF8 converts UTF-8 with a byte order mark, and UTF-16 that begins with
// ASCII, to plain UTF-8. Other text stays as it is.
func UTF8(src []byte) []byte {
	switch {
	case bytes.HasPrefix(src, []byte("\xef\xbb\xbf")):
		return src[3:]
	case bytes.HasPrefix(src, []byte("\xff\xfe")):
		return fromUTF16(src[2:], binary.LittleEndian)
	case bytes.HasPrefix(src, []byte("\xfe\xff")):
		return fromUTF16(src[2:], binary.BigEndian)
	case len(src) > 3 && src[0] != 0 && src[1] == 0:
		return fromUTF16(src, binary.LittleEndian)
	case len(src) > 3 && src[0] == 0 && src[1] != 0:
		return fromUTF16(src, binary.BigEndian)
	}
	return src
}

// fromLatin1 reads each byte as the character of that number, as newman does
// with text that is not UTF-8.
func fromLatin1(src []byte) []byte {
	out := make([]byte, 0, len(src)+len(src)/8)
	for _, c := range src {
		out = utf8.AppendRune(out, rune(c))
	}
	return out
}

func fromUTF16(src []byte, order binary.ByteOrder) []byte {
	units := make([]uint16, len(src)/2)
	for i := range units {
		units[i] = order.Uint16(src[2*i:])
	}
	var out []byte
	for _, r := range utf16.Decode(units) {
		out = utf8.AppendRune(out, r)
	}
	return out
}

// tooDeep returns the offset at which brackets nest deeper than maxDepth, or
// -1.
func tooDeep(src []byte) int {
	depth, inString := 0, false
	for i := 0; i < len(src); i++ {
		switch c := src[i]; {
		case inString:
			if c == '\\' {
				i++
			}
			inString = c != '"'
		case c == '"':
			inString = true
		case c == '[' || c == '{':
			if depth++; depth > maxDepth {
				return i
			}
		case c == ']' || c == '}':
			depth--
		}
	}
	return -1
}

// endsEarly reports whether src is the correct beginning of a JSON document
// that was cut off.
func endsEarly(src []byte) bool {
	var v json.RawMessage
	err := json.NewDecoder(bytes.NewReader(src)).Decode(&v)
	return errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF)
}

func syntaxError(name string, src []byte) error {
	var v json.RawMessage
	err := json.Unmarshal(src, &v)
	var se *json.SyntaxError
	if !errors.As(err, &se) {
		return &ParseError{File: name, Line: 1, Col: 1, Text: "not valid JSON"}
	}
	at := int(se.Offset) - 1
	reason := "not valid JSON: " + se.Error()
	switch {
	case at >= len(src)-1 && endsEarly(src):
		at, reason = len(src), "not valid JSON: the file ends too early; is it cut off?"
	case at >= 0 && at < len(src) && (src[at] == '}' || src[at] == ']') && previous(src, at) == ',':
		reason = "not valid JSON: trailing comma before " + string(src[at])
	case at >= 0 && at < len(src) && src[at] == '/':
		reason = "not valid JSON: comments are not allowed"
	case at >= 0 && at < len(src) && src[at] == '\'':
		reason = "not valid JSON: strings need double quotes"
	case at >= 0 && at < len(src) && conflict().Match(src[at:]):
		reason = "not valid JSON: a merge conflict is not resolved"
	}
	return errorAt(name, src, at, reason)
}

// conflict matches a line that git writes into a file when a merge has a
// conflict.
var conflict = regex.Lazy(`^(?:<<<<<<<|=======|>>>>>>>|\|\|\|\|\|\|\|)`)

func previous(src []byte, at int) byte {
	for i := at - 1; i >= 0; i-- {
		if !bytes.ContainsRune([]byte(" \t\r\n"), rune(src[i])) {
			return src[i]
		}
	}
	return 0
}

func errorAt(name string, src []byte, offset int, text string) *ParseError {
	line, col := newLineIndex(src).position(offset)
	return &ParseError{File: name, Line: line, Col: col, Text: text}
}

// unwrap removes the {"collection": …} that Postman's API puts around
// documents.
func unwrap(doc gjson.Result, kind string) gjson.Result {
	if inner := lookup(doc, kind); inner.IsObject() || inner.IsArray() {
		return inner
	}
	return doc
}
