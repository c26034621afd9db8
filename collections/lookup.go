package collections

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"unsafe"

	"github.com/tidwall/gjson"

	"postie/collections/vars"
)

// parsed is a document as gjson reads it. It shares the bytes, which nobody
// changes from then on: a copy of a large document is what costs most.
func parsed(src []byte) gjson.Result { return gjson.Parse(textOf(src)) }

// textOf is src as a text, which shares its bytes.
func textOf(src []byte) string { return unsafe.String(unsafe.SliceData(src), len(src)) }

// lookup is the only reader of document members. It takes the last of
// duplicate keys, as JavaScript does, where gjson's paths take the first.
func lookup(doc gjson.Result, keys ...string) gjson.Result {
	for _, key := range keys {
		var found gjson.Result
		if doc.IsObject() {
			doc.ForEach(func(k, v gjson.Result) bool {
				if k.String() == key {
					found = v
				}
				return true
			})
		}
		doc = found
	}
	return doc
}

// lookups are several members of one object, found in one pass: where the
// object is a whole collection, a pass reads all of it.
func lookups(doc gjson.Result, keys ...string) []gjson.Result {
	found := make([]gjson.Result, len(keys))
	if doc.IsObject() {
		doc.ForEach(func(k, v gjson.Result) bool {
			if i := slices.Index(keys, k.String()); i >= 0 {
				found[i] = v
			}
			return true
		})
	}
	return found
}

// An object is the members of a JSON object, read in one pass.
type object []property

// raw is the key as written.
type property struct {
	key, raw string
	value    gjson.Result
}

// objectOf has no members when r is no object. Of most objects they need no
// memory but the caller's stack.
func objectOf(r gjson.Result) object { return appendMembers(make(object, 0, 8), r) }

// get is a member's value: the last of several, as in JavaScript.
func (o object) get(key string) gjson.Result {
	for i := len(o) - 1; i >= 0; i-- {
		if o[i].key == key {
			return o[i].value
		}
	}
	return gjson.Result{}
}

// text is a scalar as JavaScript's String() gives it; "" for nothing.
func text(r gjson.Result) string {
	switch r.Type {
	case gjson.String:
		return r.Str
	case gjson.Null:
		return ""
	case gjson.Number:
		return number(r)
	}
	return r.Raw
}

// number is a number in JavaScript's format, but that integers beyond 2^53
// keep their digits.
func number(r gjson.Result) string {
	if strings.Trim(r.Raw, "0123456789") == "" && r.Raw != "" {
		return r.Raw
	}
	if digits, ok := strings.CutPrefix(r.Raw, "-"); ok && r.Num != 0 && strings.Trim(digits, "0123456789") == "" {
		return r.Raw
	}
	return vars.Text(r.Num)
}

// value is a JSON value as vars.Value holds it.
func value(r gjson.Result) any {
	switch r.Type {
	case gjson.String:
		return r.Str
	case gjson.Number:
		return r.Num
	case gjson.True:
		return true
	case gjson.False:
		return false
	case gjson.JSON:
		return json.RawMessage(r.Raw)
	}
	return nil
}

func truthy(r gjson.Result) bool {
	switch r.Type {
	case gjson.True, gjson.JSON:
		return true
	case gjson.String:
		return r.Str != ""
	case gjson.Number:
		return r.Num != 0
	}
	return false
}

// quoteJSON quotes as JSON.stringify does.
func quoteJSON(s string) []byte { return vars.JSON(s) }

// writeText writes a text as quoteJSON quotes it.
func writeText(b *bytes.Buffer, s string) { b.Write(vars.AppendText(b.AvailableBuffer(), s)) }
