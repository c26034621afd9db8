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

// parsed returns a document as gjson reads it. It shares the bytes of src,
// which must not change afterwards, because copying a large document would be
// the largest cost of parsing.
func parsed(src []byte) gjson.Result { return gjson.Parse(textOf(src)) }

// textOf returns src as a string that shares its bytes.
func textOf(src []byte) string { return unsafe.String(unsafe.SliceData(src), len(src)) }

// lookup reads a member of a document. All members are read by it or by
// objectOf: when a key occurs more than once they take the last one, as
// JavaScript does, while gjson's paths take the first.
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

// lookups returns several members of one object in one pass. An object may be a
// whole collection, and each pass reads all of it.
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

// An object holds the members of a JSON object, read in one pass.
type object []property

// A property is one member. raw is its key as written.
type property struct {
	key, raw string
	value    gjson.Result
}

// objectOf returns the members of r, and none when r is not an object. Most
// objects are small enough to be held on the caller's stack.
func objectOf(r gjson.Result) object { return appendMembers(make(object, 0, 8), r) }

// get returns the value of a member: the last one when there are several, as in
// JavaScript.
func (o object) get(key string) gjson.Result {
	for i := len(o) - 1; i >= 0; i-- {
		if o[i].key == key {
			return o[i].value
		}
	}
	return gjson.Result{}
}

// text converts a scalar to a string as JavaScript's String() does; it returns
// "" when there is no value.
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

// number prints a number in JavaScript's format, except that integers beyond
// 2^53 keep all their digits.
func number(r gjson.Result) string {
	if strings.Trim(r.Raw, "0123456789") == "" && r.Raw != "" {
		return r.Raw
	}
	if digits, ok := strings.CutPrefix(r.Raw, "-"); ok && r.Num != 0 && strings.Trim(digits, "0123456789") == "" {
		return r.Raw
	}
	return vars.Text(r.Num)
}

// value converts a JSON value to the form in which vars.Value holds it.
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

// quoteJSON quotes a string as JSON.stringify does.
func quoteJSON(s string) []byte { return vars.JSON(s) }

// writeText writes a string quoted by quoteJSON.
func writeText(b *bytes.Buffer, s string) { b.Write(vars.AppendText(b.AvailableBuffer(), s)) }
