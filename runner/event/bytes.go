package event

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

// Bytes are a body. In JSON they are a string when they are text, else
// {"base64": "…"}, so that a run log can be read and searched.
type Bytes []byte

type encoded struct {
	Base64 []byte `json:"base64"`
}

// MarshalJSON implements json.Marshaler.
func (b Bytes) MarshalJSON() ([]byte, error) {
	if !utf8.Valid(b) {
		return json.Marshal(encoded{b})
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	err := enc.Encode(string(b))
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), err
}

// UnmarshalJSON implements json.Unmarshaler.
func (b *Bytes) UnmarshalJSON(src []byte) error {
	if len(src) > 0 && src[0] == '"' { // a decoder hands over valid JSON only
		*b = Bytes(gjson.ParseBytes(src).Str)
		return nil
	}
	var e encoded
	err := json.Unmarshal(src, &e)
	*b = e.Base64
	return err
}
