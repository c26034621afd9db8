// Package vars holds Postman's variables: values, scopes, the stack that
// looks a name up, {{name}} templates and the $dynamic values.
package vars

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A Value is a variable's value as JavaScript would hold it. Its dynamic type
// is one of nil (null), Undefined, bool, float64, string, or json.RawMessage
// for an object or array (its JSON text, key order kept).
type Value any

// Undefined is JavaScript's undefined: the variable exists without a value,
// as after --env-var name with no "=".
type Undefined struct{}

// Text renders a value as JavaScript's toString does inside a template:
// numbers in JavaScript's format, null as "null", undefined as "", an array
// comma-joined, an object as "[object Object]".
func Text(v Value) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return numberText(v)
	case string:
		return v
	case json.RawMessage:
		return compoundText(v)
	}
	return ""
}

// numberText is JavaScript's Number.prototype.toString.
func numberText(f float64) string {
	switch abs := math.Abs(f); {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	case f == 0:
		return "0" // also for -0
	case abs >= 1e-6 && abs < 1e21:
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	s := strconv.FormatFloat(f, 'e', -1, 64)
	mantissa, exponent, _ := strings.Cut(s, "e")
	return mantissa + "e" + exponent[:1] + strings.TrimLeft(exponent[1:], "0")
}

func compoundText(raw json.RawMessage) string {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		return ""
	}
	if raw[0] == '{' {
		return "[object Object]"
	}
	var list []any
	if json.Unmarshal(raw, &list) != nil {
		return string(raw)
	}
	var b strings.Builder
	join(&b, list)
	return b.String()
}

// join writes list as Array.prototype.join does: null is empty, and an array
// in it is joined in its turn.
func join(b *strings.Builder, list []any) {
	for i, e := range list {
		if i > 0 {
			b.WriteByte(',')
		}
		switch e := e.(type) {
		case nil:
		case []any:
			join(b, e)
		case map[string]any:
			b.WriteString("[object Object]")
		default:
			b.WriteString(Text(e))
		}
	}
}

// FromJSON decodes one JSON value.
func FromJSON(raw []byte) (Value, error) {
	raw = bytes.TrimSpace(raw)
	if !json.Valid(raw) {
		return nil, syntaxError(raw)
	}
	switch raw[0] {
	case 'n':
		return nil, nil
	case 't', 'f':
		return raw[0] == 't', nil
	case '"':
		var s string
		err := json.Unmarshal(raw, &s)
		return s, err
	case '{', '[':
		return compact(raw), nil
	}
	f, err := strconv.ParseFloat(string(raw), 64)
	if errors.Is(err, strconv.ErrRange) {
		err = nil // 1e999 is Infinity, as in JavaScript
	}
	return f, err
}

func syntaxError(raw []byte) error {
	var v any
	return fmt.Errorf("invalid JSON value: %w", json.Unmarshal(raw, &v))
}

// compact is a copy of valid JSON without its spaces.
func compact(raw []byte) json.RawMessage {
	var b bytes.Buffer
	if err := json.Compact(&b, raw); err != nil {
		return bytes.Clone(raw)
	}
	return b.Bytes()
}

// JSON encodes a value; Undefined and non-finite numbers become null.
func JSON(v Value) []byte {
	switch v := v.(type) {
	case bool:
		return strconv.AppendBool(nil, v)
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return []byte("null")
		}
		return []byte(numberText(v))
	case string:
		return stringJSON(v)
	case json.RawMessage:
		if json.Valid(v) {
			return compact(v)
		}
	}
	return []byte("null")
}

// stringJSON is AppendText to nothing.
func stringJSON(s string) []byte { return AppendText(make([]byte, 0, len(s)+2), s) }

// AppendText appends a text as JSON. It leaves < > & as they are, as
// JSON.stringify does; what is no UTF-8 becomes U+FFFD.
func AppendText(out []byte, s string) []byte {
	out = append(out, '"')
	from := 0 // of what was not appended yet
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c < utf8.RuneSelf && c != '"' && c != '\\' {
			i++
			continue
		}
		size, escaped := escape(s[i:])
		if escaped != "" {
			out = append(append(out, s[from:i]...), escaped...)
			from = i + size
		}
		i += size
	}
	return append(append(out, s[from:]...), '"')
}

// escape is how the first character of s stands in JSON, and its size; "" when
// it stands as it is.
func escape(s string) (size int, escaped string) {
	switch c := s[0]; c {
	case '"':
		return 1, `\"`
	case '\\':
		return 1, `\\`
	case '\n':
		return 1, `\n`
	case '\r':
		return 1, `\r`
	case '\t':
		return 1, `\t`
	case '\b':
		return 1, `\b`
	case '\f':
		return 1, `\f`
	default:
		if c < ' ' {
			return 1, fmt.Sprintf(`\u%04x`, c)
		}
	}
	r, size := utf8.DecodeRuneInString(s)
	switch {
	case r == utf8.RuneError && size == 1:
		return 1, `\ufffd`
	case r == '\u2028' || r == '\u2029': // line ends in JavaScript's older sources
		return size, fmt.Sprintf(`\u%04x`, r)
	}
	return size, ""
}
